"""How verdicts, tracks and stages are written in the window. Numbers and times are written as in the report."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from forensiclab.analysis.events import Stage
from forensiclab.core.notation import time_text
from forensiclab.core.records import Exhibit, StreamInfo
from forensiclab.core.scores import Verdict

_tr = QCoreApplication.translate


def left_text(seconds: float) -> str:
    """Return the time left, in whole seconds: ``0:24 left``."""
    return _tr("wording", "{0} left").format(time_text(max(round(seconds), 0)).partition(".")[0])


def verdict_text(verdict: Verdict | None) -> str:
    """Return a verdict in words; None = not judged yet."""
    match verdict:
        case Verdict.SUPPORTS_MANIPULATION:
            return _tr("wording", "supports manipulation")
        case Verdict.SUPPORTS_AUTHENTICITY:
            return _tr("wording", "supports authenticity")
        case Verdict.INCONCLUSIVE:
            return _tr("wording", "inconclusive")
        case Verdict.NOT_ASSESSABLE:
            return _tr("wording", "not assessable")
    return _tr("wording", "not judged yet")


def track_text(track_id: int) -> str:
    """Name of a track."""
    return _tr("wording", "Track {0}").format(track_id)


def stage_text(stage: Stage) -> str:
    """Say what the analysis is doing."""
    match stage:
        case "hash":
            return _tr("wording", "computing SHA-256")
        case "read":
            return _tr("wording", "reading frames, finding and scoring faces")
        case "score":
            return _tr("wording", "scoring the last faces")


def stream_text(exhibit: Exhibit | None, stream: StreamInfo | None) -> tuple[str, str]:
    """Return what an exhibit is: one line for the window, and lines with the rest."""
    if exhibit is None or stream is None:
        return _tr("wording", "Not read yet"), ""
    parts = [f"{stream.width_px} × {stream.height_px} px", codec_text(stream, exhibit.path)]
    if stream.average_frame_rate:
        parts.append(_tr("wording", "{0} frames/s").format(f"{stream.average_frame_rate:.3f}".rstrip("0").rstrip(".")))
    if stream.duration_s:
        parts.append(time_text(stream.duration_s))
    parts += [short_size_text(exhibit.size_bytes), f"SHA-256 {exhibit.sha256[:16]}…"]
    details = [str(exhibit.path), f"SHA-256 {exhibit.sha256}", _tr("wording", "{0} bytes").format(exhibit.size_bytes)]
    if stream.encoder_settings:
        details.append(stream.encoder_settings)
    return " · ".join(parts), "\n".join(details)


def codec_text(stream: StreamInfo, path: Path) -> str:
    """Return the codec and container: ``h264 / mp4``."""
    names = stream.container.split(",")  # FFmpeg names all that its reader takes
    suffix = path.suffix.lower().removeprefix(".")
    return f"{stream.codec} / {suffix if suffix in names else names[0]}"


def short_size_text(size_bytes: int) -> str:
    """Return a file's size in a unit that one can grasp: ``391 kB``."""
    size, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"

"""Saving a frame as a picture: without loss, whole or not at all, and never over the evidence."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QIODevice, QSaveFile
from PySide6.QtGui import QImage

from forensiclab.core.errors import ForensicLabError
from forensiclab.core.notation import time_text

_translate = QCoreApplication.translate


def proposed_name(evidence: Path, pts_s: float) -> str:
    """Name for the picture of the frame at a time: ``clip 0-01.240.png``."""
    return f"{evidence.stem} {time_text(pts_s).replace(':', '-')}.png"


def save_png(image: QImage, path: Path, evidence: Path, pts_s: float) -> None:
    """Write a frame as PNG, with the name of the exhibit and the frame's time in it.

    Args:
        image: The frame.
        path: Where it goes; a file that is there already is replaced in one step.
        evidence: The examined file, which is never written to.
        pts_s: Presentation time of the frame in seconds.

    Raises:
        ForensicLabError: The path is the evidence itself, or cannot be written to.
    """
    if _is_same_file(path, evidence):
        sentence = _translate("FrameFile", "'{0}' is the examined file itself; choose another name for the picture.")
        raise ForensicLabError(sentence.format(path))
    described = image.copy()
    described.setText("Source", evidence.name)
    described.setText("Title", f"{evidence.name}, {time_text(pts_s)}")
    file = QSaveFile(str(path))
    is_written = (
        file.open(QIODevice.OpenModeFlag.WriteOnly)
        and described.save(file, "PNG")  # type: ignore[call-overload]  # the stub names its string parameter bytes
        and file.commit()
    )
    if not is_written:
        file.cancelWriting()
        sentence = _translate("FrameFile", "The picture '{0}' was not written: {1}. Choose another folder or name.")
        raise ForensicLabError(sentence.format(path, file.errorString().rstrip(".")))


def _is_same_file(path: Path, evidence: Path) -> bool:
    try:
        return path.samefile(evidence)
    except OSError:  # one of them is not there: then their places are compared
        return path.resolve() == evidence.resolve()

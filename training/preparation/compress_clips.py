"""Compressed copies of folders of clips."""

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import ForensicLabError, MediaError, SettingsError
from forensiclab.core.files import whole_file
from forensiclab.core.records import Picture
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip
from training.datasets.degrade import Degradation, write_degraded
from training.datasets.levels import RECIPE_FILE, Levels, compress
from training.datasets.shards import FAILURES_FILE, Failure, Progress, claim, write_failures
from training.preparation.compress import Prepared

CLIP_ENDINGS = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm")
_MASKS = "masks"
_DEFAULT_RATE = 25.0


def find_clips(folder: Path) -> tuple[Path, ...]:
    """Find the clips in a folder and the folders in it, by name.

    Raises:
        SettingsError: There is no such folder, or no clip in it.
    """
    if not folder.is_dir():
        raise SettingsError(f"There is no folder {folder}.")
    found = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in CLIP_ENDINGS and path.is_file()))
    if not found:
        endings = ", ".join(CLIP_ENDINGS)
        raise SettingsError(f"There is neither an index.csv of face crops nor a video ({endings}) in {folder}.")
    return found


def clip_frames(reader: MediaReader) -> Iterator[Picture]:
    """Yield the frames of an open clip."""
    for frame in reader.frames():
        yield frame.rgb()


def clip_rate(reader: MediaReader) -> float:
    """Return the frame rate of a clip, 25 where the file does not say."""
    return reader.info.average_frame_rate or _DEFAULT_RATE


def compress_clips(source: Path, levels: Levels, out: Path, *, jobs: int = 1) -> Prepared:
    """Write a copy of a folder of clips, every clip compressed at its level; the folders in it keep their names.

    x264 encodes the decoded frames once more. JPEG and WebP compress frame by frame; their frames, and those of
    ``clean``, are stored by x264 without further loss (CRF 0), in MP4 files. A preset gives files of the size and
    with the last encode that it names. Clips in folders called ``masks`` are copied as they are. In an official
    FaceForensics++ layout a forgery draws what its target draws, so that a pair differs by the forgery alone. Frames
    come at the clip's mean rate; sound is left out. What could not be read of a clip is said on the error stream.
    Broken off, it continues where it was.

    Args:
        source: The folder.
        levels: A level, a range from which each clip draws, or a preset.
        out: Where the copy goes; its own folder.
        jobs: Clips at the same time.

    Raises:
        SettingsError: There is no clip, two of them would get one name, ``out`` is or lies in the source, or it holds
            a copy of another kind.
    """
    clips = find_clips(source)
    names = {clip: clip.relative_to(source) for clip in clips}
    targets = {clip: out / (name if _is_mask(name) else name.with_suffix(".mp4")) for clip, name in names.items()}
    if len(set(targets.values())) < len(clips):
        raise SettingsError(f"Two videos in {source} differ by their endings only; their copies would have one name.")
    claim(out, source, RECIPE_FILE, f"{levels.text} of {len(clips)} clips of {source.name}")
    waiting = [clip for clip in clips if not targets[clip].is_file()]
    failures: list[Failure] = []
    progress = Progress("clip", len(waiting))

    def copy(clip: Path) -> str | None:
        try:
            if _is_mask(names[clip]):
                with whole_file(targets[clip]) as partial:
                    shutil.copyfile(clip, partial)
            else:
                _copy(clip, targets[clip], levels.draw(_key(names[clip])))
        except ForensicLabError as error:
            return str(error)
        return None

    with ThreadPoolExecutor(jobs, thread_name_prefix="compress") as pool:
        for number, (clip, reason) in enumerate(zip(waiting, pool.map(copy, waiting), strict=True), start=1):
            if reason is not None:
                failures.append((names[clip].as_posix(), reason))
            progress.say(number)
    write_failures(out / FAILURES_FILE, failures)
    return Prepared(made=len(waiting) - len(failures), kept=len(clips) - len(waiting), failures=tuple(failures))


def _copy(clip: Path, target: Path, level: object) -> None:
    with MediaReader(clip, threads=1) as reader:
        if reader.info.is_image:
            raise MediaError(f"'{clip}' is a picture, not a clip.")
        frames, rate = clip_frames(reader), clip_rate(reader)
        match level:
            case Degradation():
                write_degraded(frames, target, level, rate)
            case CompressionLevel(codec=Codec.H264, value=int(crf)):
                encode_clip(frames, target, crf=crf, frame_rate=rate, overwrite=True)
            case CompressionLevel():
                encode_clip((compress(frame, level) for frame in frames), target, crf=0, frame_rate=rate)
        if note := reader.coding().end_note:
            sys.stderr.write(f"{clip}: {note}\n")


def _is_mask(name: Path) -> bool:
    return _MASKS in name.parts[:-1]


def _key(name: Path) -> str:
    """Return what a clip draws its level by: officially the number of the real clip that it shows."""
    if "manipulated_sequences" in name.parts:
        return name.stem.split("_")[0]
    return name.stem if "original_sequences" in name.parts else name.with_suffix("").as_posix()

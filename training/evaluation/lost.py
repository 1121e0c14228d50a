"""Videos of a set that never became crops, as the folder itself says."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.crops import CropFolder
from training.datasets.manifest import MANIFEST_FILE, Medium, VideoEntry, read_manifest
from training.datasets.shards import FAILURES_FILE
from training.evaluation.measure import VideoKey
from training.evaluation.protocols import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class LostVideo:
    """A video without crops."""

    video: VideoKey
    label: int | None
    """None where the folder does not say."""
    reason: str


def lost_videos(folder: CropFolder, selection: Selection) -> tuple[LostVideo, ...]:
    """List the videos that a selection would choose, had they become crops.

    A folder made by ``prepare`` has a manifest (beside it, where several compressions were prepared together): each of
    its videos that no crop is of is lost. Any other folder has at most a list of failures, and all of them count, since
    it does not say what they belong to.

    Raises:
        SettingsError: The manifest or the list of failures cannot be read.
    """
    home = next((path for path in (folder.folder, folder.folder.parent) if (path / MANIFEST_FILE).is_file()), None)
    if home is None:
        failures = _read_failures(folder.folder / FAILURES_FILE)
        return tuple(
            LostVideo(video=VideoKey("", "", "", name), label=None, reason=reason) for name, reason in failures.items()
        )
    reasons = _read_failures(home / FAILURES_FILE)
    compressions = {entry.compression for entry in folder.entries}
    listed = [video for video in read_manifest(home / MANIFEST_FILE) if video.compression in compressions]
    clips: dict[str | None, set[str]] = {compression: set() for compression in compressions}
    for entry in folder.entries:
        clips[entry.compression].add(entry.clip)
    names = {compression: _names(found) for compression, found in clips.items()}
    return tuple(
        LostVideo(
            video=VideoKey(video.data_set, video.method or "", video.compression or "", _clip(video)),
            label=video.label,
            reason=reasons.get(video.path, "It gave no crop."),
        )
        for video in selection.select(listed)
        if not _is_among(video, clips[video.compression], names[video.compression])
    )


def _clip(video: VideoEntry) -> str:
    """Return what ``CropEntry.clip`` is for its crops."""
    return "/".join(filter(None, (str(video.label), video.method, video.id)))


def _names(clips: Iterable[str]) -> set[str]:
    """Return the clips, and what stands before each underscore in them: sequences of faces are ``VIDEO_SEQUENCE``."""
    return {clip[:end] for clip in clips for end in (*(at.start() for at in re.finditer("_", clip)), len(clip))}


def _is_among(video: VideoEntry, clips: set[str], names: set[str]) -> bool:
    match video.medium:
        case Medium.VIDEO:
            return _clip(video) in clips
        case Medium.FACES:
            return _clip(video) in names
        case Medium.CROP:
            return video.id in clips or _clip(video) in clips


def _read_failures(path: Path) -> dict[str, str]:
    """Name -> reason, where the file is there; a name that failed twice has both reasons."""
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row.get("video") or row.get("name") or "", []).append(row.get("reason") or "")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The list of failures {path} cannot be read: {error}.") from error
    return {name: _joined(reasons) for name, reasons in found.items()}


def _joined(reasons: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(reasons))

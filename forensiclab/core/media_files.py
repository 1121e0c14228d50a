"""Which files of a folder are videos or pictures, by their names."""

import os
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import MediaError
from forensiclab.core.text import Sentence

MEDIA_SUFFIXES = frozenset(
    ".3gp .asf .avi .bmp .flv .gif .h264 .h265 .hevc .heic .heif .jpeg .jpg .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts "
    ".mxf .ogv .png .tif .tiff .ts .vob .webm .webp .wmv .y4m .avif".split()
)
"""What is taken from a folder; a file that is named itself is tried whatever its name is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContent:
    """What lies in a folder and the folders below it."""

    media: tuple[Path, ...]
    """Videos and pictures, by name."""
    n_others: int
    """How many other files there are."""


def is_folder(path: Path) -> bool:
    """Whether this is a folder; what may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def search_folder(folder: Path) -> FolderContent:
    """Find the videos and pictures in a folder and below it. Links to other folders are not followed.

    Raises:
        MediaError: It holds none, or it or a folder below it cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise MediaError(Sentence("The folder {0} cannot be read: {1}.", error.filename, error.strerror)) from error

    found = os.walk(folder, onerror=refuse)
    files = sorted(Path(inner) / name for inner, _, names in found for name in names)
    media = tuple(file for file in files if file.suffix.lower() in MEDIA_SUFFIXES)
    if not media:
        raise MediaError(Sentence("The folder {0} holds no video or picture ({1} other files).", folder, len(files)))
    return FolderContent(media=media, n_others=len(files) - len(media))

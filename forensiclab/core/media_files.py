"""Which files of a folder are videos or pictures, by their names."""

import os
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import MediaError
from forensiclab.core.text import Sentence

MEDIA_SUFFIXES = frozenset(
    ".264 .265 .3g2 .3gp .apng .asf .avi .avif .bmp .divx .dv .f4v .flv .gif .h264 .h265 .heic .heif .hevc .ivf .jfif "
    ".jp2 .jpe .jpeg .jpg .m1v .m2ts .m2v .m4v .mjpeg .mjpg .mkv .mod .mov .mp4 .mpe .mpeg .mpg .mpo .mts .mxf .nut "
    ".ogm .ogv .png .qt .rm .rmvb .tif .tiff .tod .ts .vob .webm .webp .wmv .xvid .y4m".split()
)
"""What is taken from a folder; a file that is named itself is tried whatever its name is."""


_APPLE_DOUBLE = bytes.fromhex("00051607")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContent:
    """What lies in a folder and the folders below it."""

    media: tuple[Path, ...]
    """Videos and pictures, by name."""
    companions: tuple[Path, ...]
    """What macOS puts beside a file on other systems' disks (AppleDouble, ``._clip.mp4``): it holds no picture."""
    others: tuple[Path, ...]
    """All other files, by name."""


def is_folder(path: Path) -> bool:
    """Return whether this is a folder that may be looked at."""
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
    named = tuple(file for file in files if file.suffix.lower() in MEDIA_SUFFIXES)
    companions = tuple(filter(_is_companion, named))
    media = tuple(file for file in named if file not in set(companions))
    if not media:
        raise MediaError(Sentence("The folder {0} holds no video or picture ({1} other files).", folder, len(files)))
    others = tuple(file for file in files if file.suffix.lower() not in MEDIA_SUFFIXES)
    return FolderContent(media=media, companions=companions, others=others)


def _is_companion(file: Path) -> bool:
    """Return whether a file is one of AppleDouble, by its name and its first bytes."""
    if not file.name.startswith("._") or not file.is_file():
        return False
    try:
        with file.open("rb") as content:
            return content.read(len(_APPLE_DOUBLE)) == _APPLE_DOUBLE
    except OSError:
        return False

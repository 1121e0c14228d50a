"""What may be opened or dropped on the window: files, folders, and why the rest cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl

from forensiclab.core.media_files import is_folder

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedPaths:
    """Paths by what can be done with them."""

    files: tuple[Path, ...]
    """They can be tried."""
    folders: tuple[Path, ...]
    """They can be searched."""
    refusals: tuple[str, ...]
    """Sentences about the rest."""


def sort_urls(urls: Sequence[QUrl]) -> tuple[list[Path], list[str]]:
    """Split what was dropped into paths on this computer and sentences about the rest."""
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    remote = [url.toDisplayString() for url in urls if not url.isLocalFile()]
    text = _tr("intake", "'{0}' is not a file on this computer; save it here first, then open it.")
    return local, [text.format(address) for address in remote]


def sort_paths(paths: Sequence[Path]) -> SortedPaths:
    """Sort paths into files, folders and sentences about the rest."""
    files, folders, refusals = [], [], []
    text = _tr("intake", "There is no file '{0}'; check its name and location.")
    for path in paths:
        if is_folder(path):
            folders.append(path)
        elif not _is_there(path):
            refusals.append(text.format(path))
        else:
            files.append(path)
    return SortedPaths(files=tuple(files), folders=tuple(folders), refusals=tuple(refusals))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, a folder that may not be looked into
        return False

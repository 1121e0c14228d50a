"""What may be dropped on the window: which of it can be opened, and why the rest cannot."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl

_tr = QCoreApplication.translate


def sort_urls(urls: Sequence[QUrl]) -> tuple[list[Path], list[str]]:
    """Split what was dropped into files that can be tried and sentences about the rest."""
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    remote = [url.toDisplayString() for url in urls if not url.isLocalFile()]
    text = _tr("intake", "'{0}' is not a file on this computer; save it here first, then open it.")
    paths, refusals = sort_paths(local)
    return paths, [*refusals, *(text.format(address) for address in remote)]


def sort_paths(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Split paths into files that can be tried and sentences about the rest."""
    good, refusals = [], []
    for path in paths:
        if path.is_dir():
            refusals.append(_tr("intake", "'{0}' is a folder; open the files in it.").format(path))
        elif not path.exists():
            refusals.append(_tr("intake", "There is no file '{0}'; check its name and place.").format(path))
        else:
            good.append(path)
    return good, refusals

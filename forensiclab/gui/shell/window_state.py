"""What the window remembers by itself: its size and layout, the last folder, what was opened recently.

It lies beside the settings in a file of its own: the settings are the user's and worth copying to another computer,
this is not; and whoever does not want a record of what was examined can delete it, or look at it.
"""

import base64
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter

from forensiclab.core.errors import WriteError
from forensiclab.gui.shell.docks import Docks
from forensiclab.gui.widgets.screen import available_size
from forensiclab.settings import config_home, load_record, save_record

logger = logging.getLogger(__name__)

MAX_RECENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """Positions are Qt's own descriptions of them in Base64; empty = as at first."""

    geometry: str = ""
    docks: str = ""
    centre: str = ""
    """How player and timeline share the centre."""
    last_folder: str = ""
    recent: tuple[str, ...] = ()
    """Files and folders, the newest first."""

    def with_opened(self, path: Path) -> "WindowState":
        """Return the state with one more file or folder opened."""
        name = str(path.absolute())
        others = tuple(recent for recent in self.recent if recent != name)
        folder = path if path.is_dir() else path.parent
        return replace(self, recent=(name, *others)[:MAX_RECENT], last_folder=str(folder.absolute()))


def load_window_state() -> WindowState:
    """Return the state that was saved last; the first one's where that cannot be read."""
    return load_record(_file(), WindowState).record


def save_window_state(state: WindowState) -> None:
    """Keep the state.

    Raises:
        WriteError: It cannot be written.
    """
    save_record(state, _file())


def restore_window(state: WindowState, window: QMainWindow, docks: Docks, centre: QSplitter) -> None:
    """Lay a window as it was left; where nothing is known or it does not fit, as at first."""
    room = available_size()
    window.resize(min(1680, round(0.96 * room.width())), min(1000, round(0.92 * room.height())))
    window.restoreGeometry(from_text(state.geometry))
    docks.set_layout(from_text(state.docks))
    centre.restoreState(from_text(state.centre))


def keep_window(state: WindowState, window: QMainWindow, docks: Docks, centre: QSplitter) -> None:
    """Remember how a window lies, and all else of ``state``. What cannot be written is said in the log alone."""
    kept = replace(
        state,
        geometry=to_text(window.saveGeometry()),
        docks=to_text(docks.layout()),
        centre=to_text(centre.saveState()),
    )
    try:
        save_window_state(kept)
    except WriteError as error:
        logger.warning("%s", error)


def to_text(data: QByteArray) -> str:
    """Return Return Qt's description of a position as text."""
    return base64.b64encode(data.data()).decode("ascii")


def from_text(text: str) -> QByteArray:
    """Return Qt's description of a position from ``to_text``; empty where the text is not one."""
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()


def _file() -> Path:
    return config_home() / "window.toml"

"""The parts around the centre: docks that can be moved, tabbed, floated, hidden, and put back."""

from PySide6.QtCore import QByteArray, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QWidget

from forensiclab.gui.shell.dock_title import DockTitle

LAYOUT_VERSION = 2
"""Raised when the docks change so much that a saved layout no longer fits."""

_LEFT_PX, _RIGHT_PX = 258, 470
_LEFT_SHARE, _RIGHT_SHARE = 0.13, 0.26
"""Of the window's width: on a large screen the docks are wider than these pixels."""
_UPPER_SHARE, _LOWER_SHARE = 30, 70
_ROOM_FOR_TWO_PX = 880
"""A window that is lower has no room for two docks one above the other: there all of a side are tabs."""


class Docks(QObject):
    """Lays the docks around the centre of a window, and keeps where the user put them.

    While they are not active (there is no exhibit) all of them are hidden, whatever the user chose.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: list[tuple[QDockWidget, Qt.DockWidgetArea]] = []
        self._layout = QByteArray()
        """Where the docks were before they were hidden for want of an exhibit; empty = as at first."""
        self._is_active = False
        window.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            window.setCorner(corner, area)

    @property
    def toggles(self) -> list[QAction]:
        """One checkable action a dock, in the order in which they were added."""
        return [dock.toggleViewAction() for dock, _ in self._docks]

    def add(self, name: str, title: str, part: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Put a part into a dock of its own. ``name`` never changes and is never shown."""
        dock = _Dock(title, self._window)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(part)
        dock.setTitleBarWidget(DockTitle(dock))
        dock.hide()
        self._docks.append((dock, area))
        self._window.addDockWidget(area, dock)
        dock.toggleViewAction().setEnabled(self._is_active)
        return dock

    def reset(self) -> None:
        """Lay every dock as at first: one above the other at its side; from the third on they are tabs.

        In a low window all docks of a side are tabs, and the first is in front.
        """
        room = self._window.width()
        first_tab = 1 if self._window.height() < _ROOM_FOR_TWO_PX else 2
        for area, width in (
            (Qt.DockWidgetArea.LeftDockWidgetArea, max(_LEFT_PX, round(_LEFT_SHARE * room))),
            (Qt.DockWidgetArea.RightDockWidgetArea, max(_RIGHT_PX, round(_RIGHT_SHARE * room))),
        ):
            here = [dock for dock, home in self._docks if home == area]
            for dock in here:
                dock.setFloating(False)
                self._window.removeDockWidget(dock)
            for place, dock in enumerate(here):
                self._window.addDockWidget(area, dock)
                if place >= first_tab:
                    self._window.tabifyDockWidget(here[place - 1], dock)
                dock.show()
            if len(here) > first_tab:
                here[first_tab - 1].raise_()
            self._window.resizeDocks(here[:1], [width], Qt.Orientation.Horizontal)
            if first_tab > 1:
                shares = [_UPPER_SHARE, _LOWER_SHARE][: len(here)]
                self._window.resizeDocks(here[:2], shares, Qt.Orientation.Vertical)

    @Slot(int)
    def bring_forward(self, place: int) -> None:
        """Show the dock that was added at this place, from 0, in front of its neighbours; lead the keyboard into it."""
        dock, _ = self._docks[place]
        dock.show()
        dock.raise_()
        if dock.isFloating():
            dock.activateWindow()
        part = dock.widget()
        focused = QApplication.focusWidget()
        if part is None or (focused is not None and part.isAncestorOf(focused)):
            return
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if part.focusPolicy() == Qt.FocusPolicy.NoFocus:
            part.focusNextChild()

    def set_active(self, is_active: bool) -> None:
        """Show the docks where the user left them, or hide them all."""
        if is_active == self._is_active:
            return
        if not is_active:
            self._layout = self.layout()
        self._is_active = is_active
        for dock, _ in self._docks:
            dock.toggleViewAction().setEnabled(is_active)
            dock.setVisible(is_active)
        if is_active and not self._window.restoreState(self._layout, LAYOUT_VERSION):
            self.reset()

    def layout(self) -> QByteArray:
        """Return where the docks are, for ``set_layout``."""
        return self._window.saveState(LAYOUT_VERSION) if self._is_active else self._layout

    def set_layout(self, layout: QByteArray) -> None:
        """Put the docks back where ``layout`` says; what is not a layout of this version changes nothing."""
        if self._is_active:
            self._window.restoreState(layout, LAYOUT_VERSION)
        else:
            self._layout = layout


class _Dock(QDockWidget):
    """A dock that hands keys nobody wanted to the window, also while it floats as a window of its own."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        home = self.parentWidget()
        if not event.isAccepted() and self.isFloating() and isinstance(home, QMainWindow):
            QApplication.sendEvent(home, event)

"""The button that lists detectors that have no column: installed ones that were not run, methods without weights."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QWidget, QWidgetAction

from forensiclab.detectors.installed import how_to_get, installed_weights, methods_without_weights
from forensiclab.gui.widgets.label import Label, tool_tip

_TEXT_PX = 360
"""Width of the text in the menu."""


class MoreDetectors(QPushButton):
    """Opens a menu that says what else there is, and how to get it."""

    card_requested = Signal(str)
    """The user wants to read about these weights, or this method and how to get weights for it."""
    models_requested = Signal()
    """The user wants to see cards, or to import weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._analysed: tuple[str, ...] = ()
        self.setText(self.tr("More detectors"))
        self.setToolTip(self.tr("Detectors without a column here, and how to add them"))
        self.listing = QMenu(self)
        self.listing.setToolTipsVisible(True)
        self.setMenu(self.listing)
        self.listing.aboutToShow.connect(self._on_about_to_show)
        self.listing.triggered.connect(self._on_triggered)

    def set_analysed(self, names: Iterable[str]) -> None:
        """Tell which detectors have a column."""
        self._analysed = tuple(names)

    @Slot()
    def _on_about_to_show(self) -> None:
        # Weights may have been imported since the last time.
        self.listing.clear()
        idle = [weights.name for weights in installed_weights() if weights.name not in self._analysed]
        if idle:
            self.listing.addSection(self.tr("Installed, not part of this analysis"))
            self._add_named(idle, lambda _: self.tr("Choose it among the detectors to run, then analyse again."))
        without = methods_without_weights()
        if without:
            self.listing.addSection(self.tr("Methods without weights here"))
            self._add_named(without, self._how_to_get)
            self._add_text(
                self.tr(
                    "Import published weights of such a method under “Models…” or on the command line, or train it. "
                    "Choose one to read about it and how to get its weights."
                )
            )
            self.listing.addAction(self.tr("Copy the command that imports weights"), self._on_copy)
        self.listing.addAction(self.tr("Models…"), self.models_requested.emit)

    def _add_named(self, names: Iterable[str], tip: Callable[[str], str]) -> None:
        for name in names:
            action = self.listing.addAction(name)
            action.setData(name)
            action.setToolTip(tool_tip(tip(name)))

    def _add_text(self, text: str) -> None:
        label = Label(text)
        label.setWordWrap(True)
        label.setFixedWidth(_TEXT_PX)
        label.setContentsMargins(10, 4, 10, 4)
        action = QWidgetAction(self.listing)
        action.setDefaultWidget(label)
        self.listing.addAction(action)

    def _how_to_get(self, method: str) -> str:
        train, import_ = how_to_get(method)
        return self.tr("Import: {0}\nTrain: {1}").format(import_, train)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        name = action.data()
        if isinstance(name, str):
            self.card_requested.emit(name)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(how_to_get("METHOD")[1])

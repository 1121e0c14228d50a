"""One tab per exhibit, with a quiet button that closes it."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from forensiclab.gui.symbols import control_icon


class ExhibitTabs(QTabBar):
    """Tabs whose close buttons emit ``tabCloseRequested``; the data of a tab is the id of its exhibit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.setAccessibleName(self.tr("Exhibits"))

    def add_exhibit(self, name: str, details: str, exhibit_id: int) -> None:
        """Add a tab at the end."""
        index = self.addTab(name)
        self.setTabData(index, exhibit_id)
        self.setTabToolTip(index, details)
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFixedSize(20, 20)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+W closes by keyboard
        button.setIcon(control_icon("close", self.palette()))
        button.setToolTip(self.tr("Close {0}").format(name))
        button.setAccessibleName(self.tr("Close {0}").format(name))
        button.clicked.connect(self._on_close_clicked)
        self.setTabButton(index, QTabBar.ButtonPosition.RightSide, button)

    def index_of(self, exhibit_id: int) -> int:
        """Place of an exhibit's tab, -1 where there is none."""
        return next((i for i in range(self.count()) if self.tabData(i) == exhibit_id), -1)

    def _buttons(self) -> list[QWidget | None]:
        return [self.tabButton(i, QTabBar.ButtonPosition.RightSide) for i in range(self.count())]

    @Slot()
    def _on_close_clicked(self) -> None:
        clicked = self.sender()
        for index, button in enumerate(self._buttons()):
            if button is clicked:
                self.tabCloseRequested.emit(index)
                return

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for button in self._buttons():
                if isinstance(button, QToolButton):
                    button.setIcon(control_icon("close", self.palette()))
        super().changeEvent(event)

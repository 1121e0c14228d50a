"""The title of a dock, with buttons that are as easy to see on a dark ground as on a light one."""

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QSizePolicy, QWidget

from forensiclab.gui.widgets.label import Label, tool_tip
from forensiclab.gui.widgets.symbols import control_icon
from forensiclab.gui.widgets.tool_button import tool_button

_BUTTON_PX = 18


class DockTitle(QWidget):
    """Name, a button that makes the dock a window of its own or puts it back, a button that closes it.

    A drag moves the dock, a double click is the first button: both are the dock's own doing.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._name = Label(dock.windowTitle())
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.float_button = tool_button("")
        self.close_button = tool_button(self.tr("Close {0}").format(dock.windowTitle()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 4, 1)
        layout.setSpacing(2)
        layout.addWidget(self._name, 1)
        for button in (self.float_button, self.close_button):
            button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
            layout.addWidget(button)
        self.float_button.clicked.connect(self._on_float_clicked)
        self.close_button.clicked.connect(dock.close)
        dock.topLevelChanged.connect(self._on_top_level_changed)
        self._on_top_level_changed(dock.isFloating())
        self._paint_icons()

    def _paint_icons(self) -> None:
        self.float_button.setIcon(control_icon("float", self.palette()))
        self.close_button.setIcon(control_icon("close", self.palette()))

    @Slot()
    def _on_float_clicked(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    @Slot(bool)
    def _on_top_level_changed(self, is_floating: bool) -> None:
        text = self.tr("Dock {0} in the window again") if is_floating else self.tr("Detach {0} as a separate window")
        said = text.format(self._dock.windowTitle())
        self.float_button.setAccessibleName(said)
        self.float_button.setToolTip(tool_tip(said))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()
        super().changeEvent(event)

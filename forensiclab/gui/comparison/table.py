"""The table of the comparison: titles of the rows stay where they are, columns share the room that there is."""

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from forensiclab.gui.comparison.model import ComparisonModel, Row
from forensiclab.gui.work.timer import single_shot

PICTURE_PX = 96
_ROOM_PX = 4
"""Above and below the text of a row, together."""

_WRAPPED = (Row.VERDICT, Row.FLIP_POINT, Row.FALSE_ALARMS, Row.BAND, Row.DEVICE, Row.REASONS)
"""Rows whose texts may take several lines."""

_MIN_COLUMN_PX, _MAX_COLUMN_PX = 148, 420
_MAX_NAME_PX = 240
"""Names that need a wider column are elided in the middle."""


class ComparisonTable(QTableView):
    """A column per detector. The last row opens a detector's card."""

    card_requested = Signal(str)

    def __init__(self, model: ComparisonModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = model
        self.setModel(model)
        self.setAccessibleName(self.tr("Detectors side by side, one column each"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(True)
        self.setIconSize(QSize(PICTURE_PX, PICTURE_PX))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for header in (across, down):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        # Heights are those of the texts; they are taken once for many changes.
        self._fitting = single_shot(self, self.fit)
        self.clicked.connect(self._on_clicked)

    def fit_soon(self) -> None:
        """Fit columns and rows to what they hold when the event loop is next idle."""
        self._fitting.start()

    @Slot()
    def fit(self) -> None:
        """Fit columns to the room and rows to the texts."""
        count = self._facts.columnCount()
        for _ in range(2 if count else 0):
            room = self.viewport().width()
            width = min(room // count, _MAX_COLUMN_PX)
            if width < _MIN_COLUMN_PX:  # it scrolls anyway
                width = self._name_px(count)
            self.horizontalHeader().setDefaultSectionSize(width)
            for row in Row:
                height = PICTURE_PX + 4 if row is Row.ATTENTION else self._text_px(row)
                self.setRowHeight(row, height + _ROOM_PX)
            self.updateGeometries()
            if self.viewport().width() == room:
                break  # no scroll bar came or went
        self._fitting.stop()

    def _name_px(self, count: int) -> int:
        """Return the width of a column that shows the names of the detectors, within bounds."""
        widest = max(self.horizontalHeader().sectionSizeHint(column) for column in range(count))
        return min(max(widest, _MIN_COLUMN_PX), _MAX_NAME_PX)

    def _text_px(self, row: Row) -> int:
        """Return the height of the texts of a row."""
        if row not in _WRAPPED:
            row = Row.SHOWN  # all alike: to ask every cell takes long
        return max(self.sizeHintForRow(row), self.verticalHeader().sectionSizeHint(row))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.row() == Row.CARD:
            self.card_requested.emit(self._facts.columns[index.column()].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and index.isValid() and index.row() == Row.CARD:
            self._on_clicked(index)
        elif is_enter and index.isValid() and index.row() == Row.SHOWN:
            is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            turned = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
            self._facts.setData(index, turned, Qt.ItemDataRole.CheckStateRole)
        elif event.key() == Qt.Key.Key_Space and not (index.isValid() and index.row() == Row.SHOWN):
            event.ignore()  # the space bar plays, but where it switches
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_soon()

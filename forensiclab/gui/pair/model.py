"""The comparison of two exhibits as a table: what, left, right, difference."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from forensiclab.gui.pair.rows import PairRow
from forensiclab.gui.widgets.label import tool_tip

_Index = QModelIndex | QPersistentModelIndex
_WHAT, _DIFFERENCE = 0, 3
"""Columns."""


class PairModel(QAbstractTableModel):
    """Lines that differ are marked by a sign; findings that differ also by bold type."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PairRow, ...] = ()
        self._names = ("", "")

    @property
    def rows(self) -> tuple[PairRow, ...]:
        return self._rows

    def show(self, names: tuple[str, str], rows: Sequence[PairRow]) -> None:
        """Show the lines of two exhibits with these names."""
        self.beginResetModel()
        self._names, self._rows = names, tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("What"), *self._names, self.tr("Difference"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            difference = f"≠ {row.difference}" if row.differs else ""
            text = (row.what, row.left, row.right, difference)[index.column()]
            return tool_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        is_marked = row.differs and row.is_finding and index.column() in (_WHAT, _DIFFERENCE)
        if role == Qt.ItemDataRole.FontRole and is_marked:
            font = QFont()
            font.setBold(True)
            return font
        return None

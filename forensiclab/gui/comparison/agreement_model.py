"""The agreement of every two detectors as Qt's table wants it."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette

from forensiclab.analysis.agreement import PairAgreement
from forensiclab.core.notation import share_text
from forensiclab.gui.widgets.label import tool_tip

_Index = QModelIndex | QPersistentModelIndex

_MAX_TINT = 90
"""Opacity of the ground where two detectors always agree; the numbers stay readable on it."""


class AgreementModel(QAbstractTableModel):
    """Share of equal verdicts, rank correlation and number of crops; the same above and below the diagonal."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._pairs: dict[frozenset[str], PairAgreement] = {}
        self._tint = QColor()

    def show(self, names: Sequence[str], pairs: Sequence[PairAgreement], palette: QPalette) -> None:
        """Show these detectors, in this order."""
        self.beginResetModel()
        self._names = list(names)
        self._pairs = {frozenset((pair.first, pair.second)): pair for pair in pairs}
        self._tint = palette.color(QPalette.ColorRole.Highlight)
        self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        pair = self._pair(row, column)
        if row == column:
            return "–"
        if pair is None or not pair.crops:
            return self.tr("no common\ncrops")
        share = "–" if pair.share is None else share_text(pair.share, 0)
        correlation = "–" if pair.rank_correlation is None else f"{pair.rank_correlation:+.2f}"
        lines = [share, self.tr("ρ {0}").format(correlation), self.tr("n {0}").format(f"{pair.crops:,}")]
        if pair.contradicting:
            lines.append(self.tr("{0} opposed").format(f"{pair.contradicting:,}"))
        return "\n".join(lines)

    def sentence(self, row: int, column: int) -> str:
        """Return what a cell says, as sentences."""
        pair = self._pair(row, column)
        if row == column:
            return self._names[row]
        title = f"{self._names[row]} – {self._names[column]}"
        if pair is None or not pair.crops:
            return self.tr("{0}: no crop was scored by both.").format(title)
        if pair.share is None:
            text = self.tr("{0}: no crop has a verdict from both; a calibration is missing.").format(title)
        else:
            text = self.tr("{0}: the same verdict on {1} of {2} crops ({3}), opposed verdicts on {4}.")
            counts = (f"{count:,}" for count in (pair.agreeing, pair.judged))
            text = text.format(title, *counts, share_text(pair.share), f"{pair.contradicting:,}")
        if pair.rank_correlation is None:
            return text
        ranks = self.tr("Rank correlation of the raw scores {0} over {1} crops (Spearman).")
        return f"{text} {ranks.format(f'{pair.rank_correlation:+.3f}', f'{pair.crops:,}')}"

    def _pair(self, row: int, column: int) -> PairAgreement | None:
        return self._pairs.get(frozenset((self._names[row], self._names[column]))) if row != column else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._names)

    def headerData(self, section: int, _orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= section < len(self._names):
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self._names[section])
        return self._names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if not (0 <= row < len(self._names) and 0 <= column < len(self._names)):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(self.sentence(row, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.sentence(row, column)
            case Qt.ItemDataRole.BackgroundRole:
                pair = self._pair(row, column)
                if pair is None or pair.share is None:
                    return None
                tint = QColor(self._tint)
                tint.setAlpha(round(_MAX_TINT * pair.share))
                return tint
        return None

"""What every detector says about one face at one level, a line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from forensiclab.core.notation import probability_text, score_text
from forensiclab.core.scores import DetectorScore
from forensiclab.gui.inspector.compression.level_curves import ICON_PX, curve_icon
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import verdict_text
from forensiclab.gui.widgets.label import tool_tip
from forensiclab.gui.widgets.symbols import is_dark, verdict_color, verdict_pixmap

_Index = QModelIndex | QPersistentModelIndex

_LINES_AT_LEAST = 5
"""Lines seen at once, at most; beyond that the table scrolls."""

_NAME, _RAW, _PROBABILITY, _VERDICT, _FLIP = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One detector."""

    detector: str
    index: int
    """Its place among all detectors of the exhibit; makes the style of its curve."""
    score: DetectorScore | None
    """None while it is computed, or where it cannot be."""
    why_unusable: str
    """Why the detector cannot answer; empty where it can."""
    flip: str
    """Where its verdict changes for good, in words."""
    flip_details: str


class _LineDelegate(QStyledItemDelegate):
    """Tints the chosen line; a selection's own colours would swallow those of curves and verdicts."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        table = self.parent()
        if isinstance(table, QTableWidget) and index.row() == table.currentRow():
            tint = QColor(option.palette.color(QPalette.ColorRole.Highlight))
            tint.setAlpha(50)
            option.backgroundBrush = QBrush(tint)


class AnswerTable(QTableWidget):
    """A line per detector: piece of its curve and name, raw score, probability, verdict, flip point."""

    detector_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self._lines: tuple[TableLine, ...] = ()
        self.setAccessibleName(self.tr("What the detectors say at this level"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_LineDelegate(self))
        self.setIconSize(ICON_PX)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.setHorizontalHeaderLabels(
            [
                self.tr("Detector"),
                self.tr("Raw"),
                self.tr("Prob."),
                self.tr("Verdict"),
                self.tr("Flips at"),
            ]
        )
        tips = (
            self.tr("Choose a line to look at its detector. The symbol before the name marks its curve below."),
            self.tr("Raw score on the detector's own scale; higher = more likely forged."),
            self.tr("Calibrated probability of “forged”, where the detector has a calibration for this compression."),
            self.tr("What this one crop would support at this level. The verdict on the track rests on many crops."),
            self.tr(
                "Flip point: the weakest compression from which the verdict differs from the one without further "
                "compression, and stays different. The farther it lies from the exhibit's own compression, the more "
                "robust the verdict."
            ),
        )
        for column, tip in enumerate(tips):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setToolTip(tool_tip(tip))
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, tip)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(36)
        self._fit_columns()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setMinimumHeight(self._height(2))
        self.currentCellChanged.connect(self._on_current_cell_changed)

    @property
    def texts(self) -> list[list[str]]:
        """What the cells say, line by line."""
        cells = [[self.item(row, column) for column in range(5)] for row in range(self.rowCount())]
        return [[cell.text() if cell is not None else "" for cell in row] for row in cells]

    def show_lines(self, lines: Sequence[TableLine], chosen: str) -> None:
        """Show these detectors; ``chosen`` is the one that is looked at."""
        before, self._lines = self._lines, tuple(lines)
        changed = [row for row, line in enumerate(lines) if row >= len(before) or line != before[row]]
        with QSignalBlocker(self):
            self.setRowCount(len(lines))
            for row in changed:
                self._fill(row, lines[row])
            if changed:
                self._fit_columns()
            if len(lines) != len(before):
                self.setMinimumHeight(self._height(min(max(len(lines), 2), _LINES_AT_LEAST)))
                self.updateGeometry()
            row = next((row for row, line in enumerate(lines) if line.detector == chosen), -1)
            if row != self.currentRow():
                self.setCurrentCell(row, _NAME)
        self.viewport().update()

    def _height(self, lines: int) -> int:
        header = self.horizontalHeader().sizeHint().height()
        return lines * self.verticalHeader().defaultSectionSize() + header + 4

    def _fit_columns(self) -> None:
        for column in (_RAW, _PROBABILITY, _VERDICT, _FLIP):
            self.resizeColumnToContents(column)

    def _fill(self, row: int, line: TableLine) -> None:
        ratio, palette = self.devicePixelRatioF(), self.palette()
        self._put(row, _NAME, line.detector, line.detector, curve_icon(line.index, palette, ratio))
        if line.why_unusable:
            self._put(row, _RAW, "–", line.why_unusable)
            self._put(row, _PROBABILITY, "–", line.why_unusable)
            self._put(row, _VERDICT, self.tr("cannot answer"), line.why_unusable)
            self._put(row, _FLIP, "–", line.why_unusable)
            return
        score = line.score
        if score is None:
            for column in (_RAW, _PROBABILITY, _VERDICT):
                self._put(row, column, "…", self.tr("Computing"))
        else:
            reasons = "\n".join(map(translated, score.reasons))
            self._put(row, _RAW, score_text(score.raw_score), reasons)
            self._put(row, _PROBABILITY, probability_text(score.probability), reasons)
            icon = QIcon(verdict_pixmap(score.verdict, palette, 14, ratio))
            self._put(row, _VERDICT, verdict_text(score.verdict), reasons, icon)
            item = self.item(row, _VERDICT)
            if item is not None:
                item.setForeground(verdict_color(score.verdict, is_dark(palette)))
        self._put(row, _FLIP, line.flip, line.flip_details)

    def _put(self, row: int, column: int, text: str, tip: str, icon: QIcon | None = None) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(text)
        item.setToolTip(tool_tip(tip))
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, tip)
        item.setIcon(icon or QIcon())
        item.setForeground(self.palette().text())

    @Slot(int, int, int, int)
    def _on_current_cell_changed(self, row: int, _column: int, before: int, _before_column: int) -> None:
        self.viewport().update()
        if row != before and 0 <= row < len(self._lines):
            self.detector_chosen.emit(self._lines[row].detector)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(max(self.rowCount(), 2)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # the space bar plays, wherever the focus is
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for row, line in enumerate(self._lines):
                self._fill(row, line)
        super().changeEvent(event)

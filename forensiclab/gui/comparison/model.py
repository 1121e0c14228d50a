"""The comparison as Qt's table wants it: a column per detector, a row per fact."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QPalette, QPixmap

from forensiclab.core.notation import probability_text, score_text, share_text, time_text
from forensiclab.gui.comparison.columns import DetectorColumn
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import verdict_text
from forensiclab.gui.widgets.label import tool_tip
from forensiclab.gui.widgets.style import quiet_color
from forensiclab.gui.widgets.symbols import is_dark, verdict_color, verdict_pixmap

_Index = QModelIndex | QPersistentModelIndex

_SYMBOL_PX = 14
_NO_VALUE = "–"


class Row(IntEnum):
    """The rows, from top to bottom."""

    SHOWN = 0
    VERDICT = 1
    PROBABILITY = 2
    RAW_SCORE = 3
    ATTENTION = 4
    FLIP_POINT = 5
    FALSE_ALARMS = 6
    BAND = 7
    CROPS = 8
    DEVICE = 9
    REASONS = 10
    CARD = 11


class ComparisonModel(QAbstractTableModel):
    """Facts by row and detector."""

    shown_toggled = Signal(str, bool)
    """A detector was switched on or off."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: list[DetectorColumn] = []
        self._pictures: dict[str, QPixmap] = {}
        self._picture_pts_s: float | None = None
        self._palette = QPalette()
        self._ratio = 1.0

    @property
    def columns(self) -> list[DetectorColumn]:
        """What is shown."""
        return self._columns

    def show(self, columns: Sequence[DetectorColumn], palette: QPalette, ratio: float) -> bool:
        """Show these columns, with symbols for a palette and a screen of a pixel ratio.

        Returns:
            Whether more is new than the number of crops so far, so that heights may have changed.
        """
        before, after = self._columns, list(columns)
        is_dressed_alike = palette == self._palette and ratio == self._ratio
        if after == before and is_dressed_alike:
            return False
        is_same = [column.name for column in after] == [column.name for column in before]
        if not is_same:
            self.beginResetModel()
        self._columns, self._palette, self._ratio = after, palette, ratio
        if not is_same:
            self.endResetModel()
        elif is_dressed_alike and _without_counts(after) == _without_counts(before):
            self.dataChanged.emit(self.index(Row.CROPS, 0), self.index(Row.CROPS, len(after) - 1))
            return False
        else:
            self.touch()
        return True

    def touch(self) -> None:
        """Let views reread everything."""
        if self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(Row) - 1, len(self._columns) - 1))

    def show_pictures(self, pictures: Mapping[str, QPixmap], pts_s: float | None) -> None:
        """Show attention maps by detector, of the crop at a time; None where there is no crop."""
        self._pictures, self._picture_pts_s = dict(pictures), pts_s
        self.headerDataChanged.emit(Qt.Orientation.Vertical, Row.ATTENTION, Row.ATTENTION)
        if self._columns:
            last = len(self._columns) - 1
            self.dataChanged.emit(self.index(Row.ATTENTION, 0), self.index(Row.ATTENTION, last))

    def text(self, row: Row, column: int) -> str:
        """Return what a cell says in words."""
        shown = self._columns[column]
        score, band = shown.score, shown.band
        match row:
            case Row.SHOWN:
                return self.tr("shown") if shown.is_shown else self.tr("hidden")
            case Row.VERDICT:
                return verdict_text(score.verdict if score else None)
            case Row.PROBABILITY:
                return probability_text(score.probability if score else None)
            case Row.RAW_SCORE:
                return score_text(score.raw_score if score else None)
            case Row.ATTENTION:
                return "" if shown.name in self._pictures else self.tr("no map")
            case Row.FLIP_POINT:
                return shown.flip_point or self.tr("not measured")
            case Row.FALSE_ALARMS if band is not None:
                text = self.tr("{0} of {1} real crops")
                return text.format(share_text(band.false_alarm_rate), f"{band.n_real:,}")
            case Row.FALSE_ALARMS:
                return self.tr("not known")
            case Row.BAND:
                return (score.band if score else None) or _NO_VALUE
            case Row.CROPS:
                if score is None and shown.crops_so_far:
                    return self.tr("{0} so far").format(f"{shown.crops_so_far:,}")
                return f"{score.crops_scored:,}" if score else _NO_VALUE
            case Row.DEVICE:
                return shown.ran_on or _NO_VALUE
            case Row.REASONS:
                return "\n".join(map(translated, score.reasons)) if score else _NO_VALUE
            case _:
                return self.tr("Open the card…")

    def _title(self, row: Row) -> str:
        match row:
            case Row.SHOWN:
                return self.tr("Shown")
            case Row.VERDICT:
                return self.tr("Verdict")
            case Row.PROBABILITY:
                return self.tr("Probability")
            case Row.RAW_SCORE:
                return self.tr("Raw score")
            case Row.ATTENTION if self._picture_pts_s is not None:
                return self.tr("Attention\nat {0}").format(time_text(self._picture_pts_s))
            case Row.ATTENTION:
                return self.tr("Attention")
            case Row.FLIP_POINT:
                return self.tr("Flips at\n(one crop)")
            case Row.FALSE_ALARMS:
                return self.tr("False alarms")
            case Row.BAND:
                return self.tr("Calibration")
            case Row.CROPS:
                return self.tr("Crops scored")
            case Row.DEVICE:
                return self.tr("Ran on")
            case Row.REASONS:
                return self.tr("Reasons")
            case _:
                return self.tr("Card")

    def _help(self, row: Row) -> str:
        match row:
            case Row.SHOWN:
                return self.tr("Whether the window shows this detector; it stays part of the result.")
            case Row.PROBABILITY:
                return self.tr("Calibrated on held-out data, where there is a calibration for this compression.")
            case Row.RAW_SCORE:
                return self.tr(
                    "On the detector's own scale, higher = more likely forged; not comparable between detectors."
                )
            case Row.ATTENTION:
                return self.tr("Where the detector looked in the crop nearest to the player; not evidence of forgery.")
            case Row.FLIP_POINT:
                return self.tr("The weakest further compression that changes the verdict on the crop in the inspector.")
            case Row.FALSE_ALARMS:
                return self.tr("Measured share of real crops of the calibration set that also reach the threshold.")
            case Row.DEVICE:
                return self.tr("Device and precision; others may shift scores slightly.")
            case Row.BAND:
                return self.tr("The band of compression whose calibration was used.")
        return ""

    def _tip(self, row: Row, column: int) -> str:
        shown = self._columns[column]
        parts = [f"{shown.name}: {self.text(row, column)}"]
        if row in (Row.BAND, Row.FALSE_ALARMS) and shown.band is not None:
            band = shown.band
            text = self.tr(
                "Threshold for manipulation: probability {0}; for authenticity: {1}. Fitted on {2} real and {3} "
                "forged crops at {4}."
            )
            manipulation, authenticity = (
                f"{value:.3f}" for value in (band.manipulation_threshold, band.authenticity_threshold)
            )
            levels = ", ".join(band.levels)
            parts.append(text.format(manipulation, authenticity, f"{band.n_real:,}", f"{band.n_forged:,}", levels))
        return "\n".join([*parts, self._help(row)]).strip()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Row)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal:
            if not 0 <= section < len(self._columns):
                return None
            if role == Qt.ItemDataRole.ToolTipRole:
                return tool_tip(self._columns[section].name)
            return self._columns[section].name if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(Row(section))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._help(Row(section)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Row(section))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.row() == Row.SHOWN else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not (0 <= index.row() < len(Row) and 0 <= index.column() < len(self._columns)):
            return None
        row, shown = Row(index.row()), self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, index.column())
            case Qt.ItemDataRole.CheckStateRole if row is Row.SHOWN:
                return Qt.CheckState.Checked if shown.is_shown else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if row is Row.VERDICT:
                return verdict_pixmap(
                    shown.score.verdict if shown.score else None, self._palette, _SYMBOL_PX, self._ratio
                )
            case Qt.ItemDataRole.DecorationRole if row is Row.ATTENTION:
                return self._pictures.get(shown.name)
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(row, shown)
            case Qt.ItemDataRole.FontRole if row in (Row.VERDICT, Row.CARD):
                font = QFont()
                font.setBold(row is Row.VERDICT)
                font.setUnderline(row is Row.CARD)
                return font
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(row)
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(self._tip(row, index.column()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._tip(row, index.column())
        return None

    def _color(self, row: Row, shown: DetectorColumn) -> object:
        if not shown.is_shown:
            return quiet_color(self._palette)
        if row is Row.VERDICT:
            return verdict_color(shown.score.verdict if shown.score else None, is_dark(self._palette))
        if row is Row.CARD:
            return self._palette.link().color()
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.row() != Row.SHOWN:
            return False
        is_on = value in (Qt.CheckState.Checked, Qt.CheckState.Checked.value)
        self.shown_toggled.emit(self._columns[index.column()].name, is_on)
        return True


def _alignment(row: Row) -> Qt.AlignmentFlag:
    is_tall = row in (Row.ATTENTION, Row.REASONS)
    return Qt.AlignmentFlag.AlignLeft | (Qt.AlignmentFlag.AlignTop if is_tall else Qt.AlignmentFlag.AlignVCenter)


def _without_counts(columns: Sequence[DetectorColumn]) -> list[DetectorColumn]:
    return [replace(column, crops_so_far=0) for column in columns]

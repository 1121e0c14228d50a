"""What a bleach does to the answers about many faces, as its card has it: the gain, and false alarms beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import SettingsError, WeightsError
from forensiclab.core.notation import share_text
from forensiclab.detectors.base import MeasuredFigure
from forensiclab.detectors.bleach_rates import BleachRate, Decision, Rate
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.weights import find_weights
from forensiclab.gui.inspector.compression.level_axis import level_text
from forensiclab.gui.widgets.label import Label, tool_tip

_CLEAN_BELOW_QP = 14.0
"""Compression this weak is nearer to none than to any level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BleachEffect:
    """Measured rates on one data set at one level, each without and with the bleach."""

    data: str
    level: CompressionLevel
    rates: dict[tuple[Rate, Decision], tuple[MeasuredFigure, MeasuredFigure]]
    """By rate and decision."""


def installed_figures(name: str) -> tuple[MeasuredFigure, ...]:
    """Return the figures on the card of installed weights; none where it cannot be read."""
    try:
        return read_card(find_weights(name)).figures
    except WeightsError:
        return ()


def effects_in(figures: Iterable[MeasuredFigure]) -> list[BleachEffect]:
    """Return the effects that are among a card's figures, by data set and level, in the card's order."""
    found: dict[tuple[str, str], dict[str, MeasuredFigure]] = {}
    for figure in figures:
        found.setdefault((figure.data, figure.level), {})[figure.metric] = figure
    effects = []
    for (data, level), metrics in found.items():
        pairs = {}
        for decision in Decision:
            for rate in Rate:
                without, bleached = (
                    metrics.get(BleachRate(rate=rate, decision=decision, is_bleached=is_bleached).metric)
                    for is_bleached in (False, True)
                )
                if without is not None and bleached is not None:
                    pairs[rate, decision] = without, bleached
        if pairs:
            try:
                effects.append(BleachEffect(data=data, level=CompressionLevel.parse(level), rates=pairs))
            except SettingsError:
                continue  # a level of a later version
    return effects


def nearest_effect(
    effects: Sequence[BleachEffect], qp_mean: float | None, jpeg_quality: int | None
) -> BleachEffect | None:
    """Return the effect at the level nearest to an exhibit's own compression, on the first data set that has it.

    Args:
        effects: To choose from.
        qp_mean: Measured under the face; None where there is no QP.
        jpeg_quality: Of a JPEG picture.
    """
    if qp_mean is not None and qp_mean >= _CLEAN_BELOW_QP:
        codec, at = Codec.H264, qp_mean
    elif jpeg_quality is not None:
        codec, at = Codec.JPEG, float(jpeg_quality)
    else:
        codec, at = Codec.CLEAN, 0.0
    alike = [effect for effect in effects if effect.level.codec is codec] or effects
    return min(alike, key=lambda effect: abs((effect.level.value or 0) - at), default=None)


class BleachEffectTable(QWidget):
    """A line without and a line with the bleach; takes no room where nothing was measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption, self.at_threshold = Label(), Label()
        for label in (self.caption, self.at_threshold):
            label.setWordWrap(True)
        self._cells = [[Label() for _ in Rate] for _ in range(2)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        titles = (self.tr("Accuracy"), self.tr("False alarms"), self.tr("Missed forgeries"))
        tips = (
            self.tr("Share of all crops that the detector classifies correctly."),
            self.tr("Share of the crops of real faces that the detector calls forged."),
            self.tr("Share of the crops of forged faces that the detector calls real."),
        )
        for column, (title, tip) in enumerate(zip(titles, tips, strict=True), start=1):
            label = Label(title)
            label.setToolTip(tool_tip(tip))
            grid.addWidget(label, 0, column)
        for row, (title, cells) in enumerate(
            zip((self.tr("Without bleach"), self.tr("With bleach")), self._cells, strict=True), start=1
        ):
            grid.addWidget(Label(title), row, 0)
            for column, cell in enumerate(cells, start=1):
                grid.addWidget(cell, row, column)
        grid.setColumnStretch(4, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.caption)
        layout.addLayout(grid)
        layout.addWidget(self.at_threshold)
        self.show_effect(None)

    @property
    def texts(self) -> list[list[str]]:
        """The rates, without and with the bleach."""
        return [[cell.text() for cell in cells] for cells in self._cells]

    def show_effect(self, effect: BleachEffect | None) -> None:
        """Show what was measured; None = nothing was."""
        self.setVisible(effect is not None)
        if effect is None:
            return
        some, _ = next(iter(effect.rates.values()))
        is_clean = effect.level.codec is Codec.CLEAN
        level = self.tr("not recompressed") if is_clean else level_text(effect.level)
        self.caption.setText(
            self.tr("Measured on {0} real and {1} forged crops, {2} ({3}):").format(
                f"{some.n_real:,}", f"{some.n_forged:,}", level, effect.data
            )
        )
        for column, rate in enumerate(Rate):
            pair = effect.rates.get((rate, Decision.SIGN))
            for side, cells in enumerate(self._cells):
                cells[column].setText(_percent(pair[side]) if pair else "–")
                cells[column].setToolTip(tool_tip(_interval(pair[side]) if pair else ""))
        alarms, misses = (effect.rates.get((rate, Decision.THRESHOLD)) for rate in (Rate.FALSE_ALARMS, Rate.MISSES))
        self.at_threshold.setVisible(alarms is not None and misses is not None)
        if alarms is not None and misses is not None:
            text = self.tr(
                "At the detector's threshold of “supports manipulation”: false alarms {0} → {1}, missed {2} → {3}."
            )
            self.at_threshold.setText(text.format(*map(_percent, (*alarms, *misses))))


def _percent(figure: MeasuredFigure) -> str:
    return share_text(figure.value)


def _interval(figure: MeasuredFigure) -> str:
    if figure.ci_low is None or figure.ci_high is None:
        return ""
    return f"95 %: {100 * figure.ci_low:.1f} – {100 * figure.ci_high:.1f} %"

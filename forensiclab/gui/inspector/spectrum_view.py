"""The power spectrum of a crop beside what is usual among real faces."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from forensiclab.core.compression import Codec
from forensiclab.gui.inspector.compression.level_axis import level_text
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.shown_crop import InspectorView, ShownCrop
from forensiclab.gui.widgets.busy_mark import BusyMark
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.small_plot import SmallPlot, plot_pen
from forensiclab.gui.widgets.symbols import is_dark
from forensiclab.inspection.requests import Answer, Request, Spectrum, SpectrumRequest, UsualSpectrum

_NEAREST = "nearest"
_CLEAN_BELOW_QP = 14.0
"""Compression this weak leaves a crop's spectrum as good as it was."""


def nearest_usual(usual: tuple[UsualSpectrum, ...], qp_mean: float | None) -> UsualSpectrum | None:
    """Return the reference whose level comes nearest to a measured QP; that of uncompressed crops where there is no QP.

    A CRF is a request; but at x264's defaults the QP that comes of it lies within a few steps of it.
    """
    if qp_mean is None or qp_mean < _CLEAN_BELOW_QP:
        return next((one for one in usual if one.level.codec is Codec.CLEAN), usual[0] if usual else None)
    compressed = [one for one in usual if one.level.codec is Codec.H264]
    return min(compressed or usual, key=lambda one: abs((one.level.value or 0) - qp_mean), default=None)


class SpectrumView(InspectorView):
    """The crop's curve, the band of the references, and what they say and do not say."""

    def __init__(self, requests: RequestRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._requests = requests
        self._shown: ShownCrop | None = None
        self._spectrum: Spectrum | None = None
        self._has_begun = False
        self._failure = ""
        self.reference_box = QComboBox()
        self.reference_box.setAccessibleName(self.tr("Level of the real faces that the crop is compared with"))
        self.reference_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.reference_box.setMinimumContentsLength(16)
        self.reference_box.setToolTip(
            self.tr(
                "Compression removes fine detail, from real and forged faces alike. Compare a crop with faces that "
                "were compressed alike: the nearest level is the one whose CRF is nearest to the measured QP."
            )
        )
        self._canvas = SmallPlot()
        self._canvas.setAccessibleName(self.tr("Power of the crop by spatial frequency"))
        self._canvas.setToolTip(
            self.tr(
                "Left: coarse shapes; right: detail of two pixels. Upsampling in a generator can leave a bump or a "
                "lack of power on the right; so can sharpening, resizing and compression."
            )
        )
        self._plot = self._canvas.getPlotItem()
        self._plot.getAxis("left").setLabel(self.tr("log₁₀ power"))
        self._plot.getAxis("bottom").setLabel(self.tr("Cycles per pixel of the crop"))
        self._low, self._high = pg.PlotDataItem(), pg.PlotDataItem()
        self._band = pg.FillBetweenItem(self._low, self._high)
        self._median = pg.PlotDataItem(antialias=True)
        self._curve = pg.PlotDataItem(antialias=True)
        for item in (self._band, self._low, self._high, self._median, self._curve):
            self._plot.addItem(item)
        self._plot.setXRange(0, 0.5, padding=0.02)
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.caption = Label()
        self.caption.setWordWrap(True)
        self.busy = BusyMark()
        compared = Label(self.tr("Compared with &real faces"))
        compared.setBuddy(self.reference_box)
        choice = QHBoxLayout()
        choice.setSpacing(8)
        choice.addWidget(compared)
        choice.addWidget(self.reference_box, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(5)
        layout.addLayout(choice)
        layout.addWidget(self._canvas, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.busy)
        layout.addWidget(self.caption)
        self._compared = (compared, self.reference_box)
        self.reference_box.activated.connect(self._on_reference_chosen)
        requests.answered.connect(self._on_answered)
        requests.failed.connect(self._on_failed)
        self._apply_palette()
        self._draw()

    @property
    def reference(self) -> UsualSpectrum | None:
        """What the crop is compared with."""
        if self._spectrum is None:
            return None
        chosen = self.reference_box.currentData()
        named = next((one for one in self._spectrum.usual if str(one.level) == chosen), None)
        return named or nearest_usual(self._spectrum.usual, self._qp_mean)

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none; its spectrum comes after ``begin``."""
        if shown is None or self._shown is None or shown.contact is not self._shown.contact:
            self._spectrum, self._failure, self._has_begun = None, "", False
        self._shown = shown
        self._draw()

    def begin(self) -> None:
        """Ask for the spectrum, unless it is here already."""
        if self._shown is not None and self._spectrum is None:
            self._has_begun = True
            self._requests.ask(SpectrumRequest(self._shown.contact.crop.rule))
            self._draw()

    def pause(self) -> None:
        """Ask for nothing more until ``begin``."""
        self._has_begun = False

    @property
    def _qp_mean(self) -> float | None:
        return self._shown.contact.crop.quality.qp_mean if self._shown else None

    def _list_references(self, usual: tuple[UsualSpectrum, ...]) -> None:
        wanted = [_NEAREST, *(str(one.level) for one in usual)]
        if [self.reference_box.itemData(i) for i in range(self.reference_box.count())] == wanted:
            return
        with QSignalBlocker(self.reference_box):
            self.reference_box.clear()
            self.reference_box.addItem(self.tr("nearest level"), _NEAREST)
            for one in usual:
                text = self.tr("not compressed") if one.level.codec is Codec.CLEAN else level_text(one.level)
                self.reference_box.addItem(text, str(one.level))

    def _draw(self) -> None:
        spectrum, reference = self._spectrum, self.reference
        failure = self._failure or self._requests.file_failure
        is_waiting = self._shown is not None and spectrum is None and self._has_begun and not failure
        self.busy.show_state(is_waiting, self.tr("Measuring") if is_waiting else "")
        self.busy.setVisible(is_waiting)
        for widget in self._compared:
            widget.setVisible(spectrum is None or bool(spectrum.usual))
            widget.setEnabled(reference is not None)
        if spectrum is None:
            self._curve.setData([], [])
        else:
            bins = len(spectrum.log_power)
            frequencies = (np.arange(bins) + 0.5) / (2 * bins)
            is_known = np.isfinite(spectrum.log_power)
            self._curve.setData(frequencies[is_known], spectrum.log_power[is_known])
        for item, values in (
            (self._low, reference and reference.low),
            (self._median, reference and reference.median),
            (self._high, reference and reference.high),
        ):
            item.setData([] if reference is None else reference.frequencies, [] if values is None else values)
        self._draw_words(failure)

    def _draw_words(self, failure: str) -> None:
        reference = self.reference
        curve, band = self._curve_color().name(), self._band_color().name()
        parts = [f'<span style="color:{curve}">━━</span> ' + self.tr("this crop")] if self._spectrum else []
        if reference is not None:
            parts.append(f'<span style="color:{band}">■■</span> ' + self.tr("5–95 % of real faces"))
            parts.append(f'<span style="color:{band}">╍╍</span> ' + self.tr("their median"))
        # Each entry stays on one line.
        self.legend.setText(" &nbsp; ".join(f'<span style="white-space: nowrap">{part}</span>' for part in parts))
        if failure:
            self.caption.setText(failure)
        elif self._spectrum is None:
            self.caption.setText("")
        elif reference is None:
            self.caption.setText(
                self.tr(
                    "Power of the crop by spatial frequency, averaged over all directions. No reference of real faces "
                    "is installed, so there is nothing to compare it with."
                )
            )
        else:
            qp = "" if self._qp_mean is None else self.tr(" QP {0} was measured here.").format(f"{self._qp_mean:.1f}")
            level = self.tr("not compressed") if reference.level.codec is Codec.CLEAN else level_text(reference.level)
            text = self.tr(
                "Power by spatial frequency, averaged over all directions, beside {0} real faces of {1} ({2}).{3} "
                "Outside the band means unusual, not forged: cameras, resizing and filters also leave it."
            )
            said = text.format(reference.n_real, reference.data, level, qp)
            if self._spectrum.source_px < reference.min_source_px:
                enlarged = self.tr(
                    " This crop was {0} px wide in its frame, narrower than any of those ({1} px): it was enlarged, "
                    "and has less fine detail for that reason alone."
                )
                said += enlarged.format(round(self._spectrum.source_px), reference.min_source_px)
            self.caption.setText(said)

    def _curve_color(self) -> QColor:
        return QColor("#ff8f4d" if is_dark(self.palette()) else "#b34700")

    def _band_color(self) -> QColor:
        return QColor("#5cb8f5" if is_dark(self.palette()) else "#00629b")

    def _apply_palette(self) -> None:
        band = self._band_color()
        fill = QColor(band)
        fill.setAlpha(55)
        self._band.setBrush(pg.mkBrush(fill))
        for edge in (self._low, self._high):
            edge.setPen(plot_pen(self, band, 1))
        self._median.setPen(plot_pen(self, band, 1.4, Qt.PenStyle.DashLine))
        self._curve.setPen(plot_pen(self, self._curve_color(), 2.6))

    @Slot(int)
    def _on_reference_chosen(self, _index: int) -> None:
        self._draw()

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if isinstance(answer, Spectrum):
            self._spectrum = answer
            self._list_references(answer.usual)
            self._draw()

    @Slot(object, str)
    def _on_failed(self, request: Request, sentence: str) -> None:
        if isinstance(request, SpectrumRequest):
            self._failure = sentence
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
            self._draw_words(self._failure)
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_palette()
        return super().event(event)

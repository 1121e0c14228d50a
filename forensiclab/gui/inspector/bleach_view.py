"""What a bleach adds to a face, and what that does to the score. Two of its three pictures are generated."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QPalette, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from forensiclab.core.notation import probability_text, score_text
from forensiclab.core.scores import DetectorScore
from forensiclab.gui.inspector.bleach_effect import (
    BleachEffect,
    BleachEffectTable,
    effects_in,
    installed_figures,
    nearest_effect,
)
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.shown_crop import InspectorView, ShownCrop
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import verdict_text
from forensiclab.gui.widgets.busy_mark import BusyMark
from forensiclab.gui.widgets.crop_pane import CropPane
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import is_dark, verdict_color, verdict_pixmap
from forensiclab.inspection.requests import Answer, Bleaching, BleachRequest, Request

_AS_TRAINED = 100


class BleachView(InspectorView):
    """Original, bleach times gain, bleached crop; the answers before and after."""

    def __init__(self, requests: RequestRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._requests = requests
        self._shown: ShownCrop | None = None
        self._has_begun = False
        self._installed: tuple[str, ...] | None = None
        """Names of the bleach weights; None before the engine was asked."""
        self._bleaching: Bleaching | None = None
        self._failure = ""
        self._measured: tuple[str, list[BleachEffect]] = "", []
        """Name of the weights, and what was measured of them."""
        self._make_widgets()
        self._lay_out()
        self.weights_box.activated.connect(self._on_weights_chosen)
        self.gain.valueChanged.connect(self._on_changed)
        self.strength.valueChanged.connect(self._on_changed)
        requests.answered.connect(self._on_answered)
        requests.failed.connect(self._on_failed)
        self._draw()

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none; its bleach comes after ``begin``."""
        if shown is None or self._shown is None or shown.contact is not self._shown.contact:
            self._bleaching, self._failure, self._has_begun = None, "", False
        self._shown = shown
        self._draw()

    def begin(self) -> None:
        """Ask for the bleach, unless it is here already."""
        if self._shown is not None and self._bleaching is None:
            self._request_bleach()

    def pause(self) -> None:
        """Ask for nothing more until ``begin``."""
        self._has_begun = False

    def _make_widgets(self) -> None:
        self.original = CropPane(self.tr("Original"))
        self.bleach = CropPane(self.tr("Bleach × gain"), is_generated=True)
        self.bleached = CropPane(self.tr("Bleached crop"), is_generated=True)
        self.weights_box = QComboBox()
        self.weights_box.setAccessibleName(self.tr("Bleach weights"))
        self.weights_box.setPlaceholderText(self.tr("Bleach weights"))  # until they are looked up
        self.weights_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.gain = _slider(1, 50, 10, self.tr("Gain of the displayed bleach"))
        self.gain.setToolTip(
            self.tr("How many times the bleach is amplified for display, around mid grey. It changes no score.")
        )
        self.strength = _slider(
            0, 400, _AS_TRAINED, self.tr("Strength of the bleach in per cent of the trained strength")
        )
        self.strength.setSingleStep(5)
        self.strength.setPageStep(50)
        self.strength.setToolTip(
            self.tr(
                "How much of the bleach is added to the crop. 100 % is what the weights were trained for; a "
                "calibration, if any, holds for that alone."
            )
        )
        self.gain_label, self.strength_label = Label(), Label()
        self.strength_label.setMinimumWidth(self.strength_label.fontMetrics().horizontalAdvance("400 % (s = 0.0000)"))
        self.before, self.after = _ScoreLine(self.tr("Before")), _ScoreLine(self.tr("After"))
        self.reasons = Label()
        self.reasons.setObjectName("quiet")
        self.reasons.setWordWrap(True)
        self.busy = BusyMark()
        self.notice = Label()
        self.notice.setWordWrap(True)
        self.effect = BleachEffectTable()
        self.note = Label(self.tr("Shows how far the score can be moved, not what the face looked like."))
        self.note.setWordWrap(True)
        self.note.setToolTip(
            self.tr(
                "The bleach comes from a generator trained to improve a detector's answers on strongly compressed "
                "crops. It also moves the scores of real faces: its false alarms are listed beside its gain."
            )
        )
        self.how_to_get = Label(
            self.tr(
                "No bleach weights are installed.\n\n"
                "A bleach is a faint picture that a generator adds to a compressed crop so that a detector answers "
                "better; here it is shown beside the crop, with the scores before and after.\n\n"
                "To get the weights, import published ones in the model manager or with:\n"
                "forensiclab models import FILE --method pixel_bleach --name NAME --before DETECTOR\n\n"
                "Or train them:\npython -m training train pixel_bleach --data DIR --set detector=DETECTOR"
            )
        )
        self.how_to_get.setWordWrap(True)
        self.how_to_get.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.how_to_get.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def _lay_out(self) -> None:
        panes = QHBoxLayout()
        panes.setSpacing(6)
        for pane in (self.original, self.bleach, self.bleached):
            panes.addWidget(pane, 1)
        scores = QGridLayout()
        scores.setHorizontalSpacing(12)
        scores.setVerticalSpacing(2)
        titles = ("", self.tr("Raw score"), self.tr("Probability"), self.tr("Verdict"))
        for column, title in enumerate(titles):
            scores.addWidget(Label(title), 0, column)
        for row, line in enumerate((self.before, self.after), start=1):
            line.put_into(scores, row)
        scores.setColumnStretch(4, 1)
        settings = QGridLayout()
        settings.setHorizontalSpacing(8)
        settings.setVerticalSpacing(3)
        rows = (
            (self.tr("&Gain"), self.gain, self.gain_label),
            (self.tr("S&trength"), self.strength, self.strength_label),
        )
        for row, (text, slider, value) in enumerate(rows):
            label = Label(text)
            label.setBuddy(slider)
            settings.addWidget(label, row, 0)
            settings.addWidget(slider, row, 1)
            settings.addWidget(value, row, 2)
        self._work = QWidget()
        layout = QVBoxLayout(self._work)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.weights_box)
        layout.addLayout(panes, 100)
        layout.addWidget(self.busy)
        layout.addWidget(self.notice)
        layout.addLayout(scores)
        layout.addWidget(self.reasons)
        layout.addLayout(settings)
        layout.addWidget(self.effect)
        layout.addWidget(self.note)
        layout.addStretch(1)
        empty = QWidget()
        empty_layout = QVBoxLayout(empty)
        empty_layout.setContentsMargins(14, 12, 14, 12)
        empty_layout.addWidget(self.how_to_get)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._work)
        self._pages.addWidget(empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    @property
    def says_how_to_get_weights(self) -> bool:
        """Whether there are no bleach weights, and the view says how to get them."""
        return self._pages.currentIndex() == 1

    def _request_bleach(self) -> None:
        percent = self.strength.value()
        trained = self._bleaching.trained_strength if self._bleaching else None
        strength = None if percent == _AS_TRAINED or trained is None else trained * percent / 100
        self._has_begun, self._failure = True, ""
        self._requests.ask(
            BleachRequest(
                weights=self.weights_box.currentText() or None, gain=float(self.gain.value()), strength=strength
            )
        )
        self._draw()

    def _draw(self) -> None:
        shown, done = self._shown, self._bleaching
        self._pages.setCurrentIndex(1 if self._installed == () else 0)
        self._work.setEnabled(shown is not None)
        self.weights_box.setEnabled(bool(self._installed))
        failure = self._failure or self._requests.file_failure
        self.notice.setText(failure)
        self.notice.setVisible(bool(failure))
        is_waiting = shown is not None and done is None and self._has_begun and not failure
        self.busy.show_state(is_waiting, self.tr("Generating the bleach") if is_waiting else "")
        self.busy.setVisible(is_waiting)
        self.effect.show_effect(self._effect())
        self.gain_label.setText(f"× {self.gain.value()}")
        percent, trained = self.strength.value(), done.trained_strength if done else None
        self.strength_label.setText(
            f"{percent} %" if trained is None else f"{percent} % (s = {trained * percent / 100:.4f})"
        )
        plain = shown.contact.crop.picture if shown is not None else None
        self.original.show_picture(done.original if done is not None and done.original is not None else plain)
        self.bleach.show_picture(done.bleach if done else None)
        gain = done.gain if done is not None and done.gain is not None else self.gain.value()
        self.bleach.set_title(self.tr("Bleach × {0}").format(f"{gain:g}"))
        self.bleached.show_picture(done.bleached if done else None)
        look = self.palette(), self.devicePixelRatioF()
        self.before.show_score(done.before if done else None, *look)
        self.after.show_score(done.after if done else None, *look)
        answers = ((self.tr("Before: {0}"), done.before), (self.tr("After: {0}"), done.after)) if done else ()
        reasons = [
            text.format(" ".join(map(translated, score.reasons))) for text, score in answers if score and score.reasons
        ]
        self.reasons.setText("\n".join(reasons))
        self.reasons.setVisible(bool(reasons))

    def _effect(self) -> BleachEffect | None:
        """Return what was measured of the bleach at the level nearest to the exhibit's."""
        if self._shown is None or self._bleaching is None or self._bleaching.weights is None:
            return None
        name = self._bleaching.weights
        if name != self._measured[0]:
            self._measured = name, effects_in(installed_figures(name))
        stream = self._shown.stream
        qp_mean = self._shown.contact.crop.quality.qp_mean
        return nearest_effect(self._measured[1], qp_mean, stream.jpeg_quality if stream is not None else None)

    @Slot()
    def _on_changed(self) -> None:
        if self._shown is not None:
            self._request_bleach()

    @Slot(int)
    def _on_weights_chosen(self, _index: int) -> None:
        with QSignalBlocker(self.strength):
            self.strength.setValue(_AS_TRAINED)
        self._bleaching = None
        self._request_bleach()

    @Slot(object)
    def _on_answered(self, bleaching: Answer) -> None:
        if not isinstance(bleaching, Bleaching):
            return
        if bleaching.installed != self._installed:
            self._installed = bleaching.installed
            with QSignalBlocker(self.weights_box):
                self.weights_box.clear()
                self.weights_box.addItems(bleaching.installed)
                self.weights_box.setCurrentText(bleaching.weights or "")
        self._bleaching, self._failure = bleaching, translated(bleaching.failure)
        self._draw()

    @Slot(object, str)
    def _on_failed(self, request: Request, sentence: str) -> None:
        if isinstance(request, BleachRequest):
            self._failure = sentence
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)


class _ScoreLine:
    """The answer before or after, as labels of a table."""

    def __init__(self, title: str) -> None:
        self.title, self.raw, self.probability = Label(title), Label(), Label()
        self.symbol, self.verdict = Label(), Label()

    def put_into(self, grid: QGridLayout, row: int) -> None:
        """Take one row of a table."""
        verdict = QHBoxLayout()
        verdict.setSpacing(5)
        verdict.addWidget(self.symbol)
        verdict.addWidget(self.verdict, 1)
        for column, label in enumerate((self.title, self.raw, self.probability)):
            grid.addWidget(label, row, column)
        grid.addLayout(verdict, row, 3)

    def show_score(self, score: DetectorScore | None, palette: QPalette, ratio: float) -> None:
        """Show an answer in a palette, for a screen of pixel ratio ``ratio``; None = there is none yet."""
        self.raw.setText(score_text(score.raw_score if score else None))
        self.probability.setText(probability_text(score.probability if score else None))
        self.verdict.setText(verdict_text(score.verdict) if score else "–")
        self.symbol.setPixmap(verdict_pixmap(score.verdict, palette, 14, ratio) if score else QPixmap())
        self.symbol.setVisible(score is not None)
        color = verdict_color(score.verdict, is_dark(palette)).name() if score else "palette(window-text)"
        self.verdict.setStyleSheet(f"QLabel {{ color: {color}; }}")


def _slider(low: int, high: int, value: int, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setValue(value)
    slider.setAccessibleName(name)
    return slider

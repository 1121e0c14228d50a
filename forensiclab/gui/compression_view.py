"""A face under other compression: the crop, every detector's answer, and the curve of answers against the level."""

import time
from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.gui.inspector_busy import BusyMark
from forensiclab.gui.inspector_crop import ShownCrop
from forensiclab.gui.inspector_curves import DrawnDetector, LevelCurves
from forensiclab.gui.inspector_levels import (
    CODECS,
    codec_text,
    exhibit_mark,
    level_at,
    level_text,
    position_of,
    setting_text,
    strongest_at,
)
from forensiclab.gui.inspector_pane import CropPane
from forensiclab.gui.inspector_scores import LevelScores
from forensiclab.gui.inspector_table import AnswerTable, TableLine
from forensiclab.gui.probe_runner import ProbeRunner
from forensiclab.gui.probe_work import LevelScore, Preview, PreviewWish, Wish
from forensiclab.gui.wording import left_text

SETTLE_MS = 120
"""Scores are asked for when the slider has rested so long; the crop follows at once."""

_REDRAW_MS = 60
_FIRST_POSITION = {Codec.H264: 23, Codec.JPEG: 50, Codec.WEBP: 50}


class CompressionView(QWidget):
    """Codec, level, the crop before and after, a table and the curves."""

    detector_chosen = Signal(str)
    flip_points_changed = Signal(object)
    """Where verdicts on this crop flip, in words, by detector; those that are not known are left out."""

    def __init__(self, probe: ProbeRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probe = probe
        self._shown: ShownCrop | None = None
        self._positions = dict(_FIRST_POSITION)
        self._scores = LevelScores(Codec.H264, ())
        self._preview_failure = ""
        self._previewed: CompressionLevel | None = None
        """The level of the crop that is shown."""
        self._flip_points: Mapping[str, str] = {}
        self._is_filling = True
        self._is_probability: bool | None = None
        """What the user chose to see; None = probabilities as far as there are any."""
        self._began = 0.0, 0
        """Clock time at which the curves began to fill, and how many of their scores were known then."""
        self._settled = self._timer(SETTLE_MS)
        self._redraw = self._timer(_REDRAW_MS)
        self._make_widgets()
        self._lay_out()
        self.codec_box.currentIndexChanged.connect(self._on_codec_changed)
        self.slider.valueChanged.connect(self._on_level_changed)
        self.scale_box.activated.connect(self._on_scale_chosen)
        self.fill_button.clicked.connect(self._on_fill_clicked)
        self.table.detector_chosen.connect(self.detector_chosen)
        self.curves.level_chosen.connect(self._on_level_chosen)
        self._settled.timeout.connect(self._on_settled)
        self._redraw.timeout.connect(self._on_redraw)
        probe.previewed.connect(self._on_previewed)
        probe.scored.connect(self._on_scored)
        probe.failed.connect(self._on_failed)
        self._show_level()

    @property
    def level(self) -> CompressionLevel:
        """The level that is looked at."""
        return level_at(self._codec, self.slider.value())

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none; what the engine says about it comes after ``begin``."""
        is_other = shown is None or self._shown is None or shown.contact is not self._shown.contact
        self._shown = shown
        self._scores = self._known_scores()
        self.setEnabled(shown is not None)
        if is_other:
            self._preview_failure, self._previewed = "", None
            self.after.set_title(level_text(self.level))
            self.before.show_picture(shown.contact.crop.picture if shown else None)
            self.after.show_picture(None)
        self._draw()

    def begin(self) -> None:
        """Ask for the crop at the level, then for the scores."""
        if self._shown is None:
            return
        self._scores = self._known_scores()
        self._began = time.monotonic(), self._scores.progress(self._usable())[0]
        self._probe.preview(self.level, self._shown.contact.crop.rule)
        self._wish_scores()
        self._draw()

    def pause(self) -> None:
        """Ask for nothing more until ``begin``."""
        self._settled.stop()

    def _make_widgets(self) -> None:
        self.codec_box = QComboBox()
        self.codec_box.setAccessibleName(self.tr("Codec"))
        for codec in CODECS:
            self.codec_box.addItem(codec_text(codec), codec)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Strength of the compression"))
        self.slider.setPageStep(5)
        self.level_label = QLabel()
        self.level_label.setMinimumWidth(self.level_label.fontMetrics().horizontalAdvance(self.tr("quality 100 ")))
        self.before = CropPane(self.tr("As in the exhibit"))
        self.after = CropPane("")
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.hide()
        self.table = AnswerTable()
        self.curves = LevelCurves()
        self.curves.setToolTip(
            self.tr(
                "What each detector says about this crop as compression grows. “–” is the crop as it is in the "
                "exhibit. A large sign marks a flip point. Click to look at a level."
            )
        )
        self.scale_box = QComboBox()
        self.scale_box.setAccessibleName(self.tr("What the curves show"))
        self.scale_box.addItems([self.tr("Probability"), self.tr("Raw score")])
        self.busy = BusyMark()
        self.fill_button = QPushButton(self.tr("Stop"))
        self.fill_button.setToolTip(self.tr("Stops computing the curves, or goes on with it"))

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.setSpacing(8)
        choice.addWidget(self.codec_box)
        choice.addWidget(self.slider, 1)
        choice.addWidget(self.level_label)
        panes = QGridLayout()
        panes.setSpacing(8)
        for column, pane in enumerate((self.before, self.after)):
            panes.addWidget(pane, 0, column)
            panes.setColumnStretch(column, 1)
        under = QHBoxLayout()
        under.setSpacing(8)
        under.addWidget(self.scale_box)
        under.addWidget(self.busy, 1)
        under.addWidget(self.fill_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(5)
        layout.addLayout(choice)
        layout.addLayout(panes, 4)
        layout.addWidget(self.notice)
        layout.addWidget(self.table, 1)
        layout.addLayout(under)
        layout.addWidget(self.curves, 5)

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        return timer

    @property
    def _codec(self) -> Codec:
        return Codec(self.codec_box.currentData())

    def _known_scores(self) -> LevelScores:
        names = self._shown.detectors if self._shown else ()
        chosen = self._shown.chosen if self._shown else ""
        scores = LevelScores(self._codec, sorted(names, key=lambda name: name != chosen))
        if self._probe.face is not None:
            scores.take_known(self._probe)
        return scores

    def _wish_scores(self) -> None:
        self._probe.wish_scores(self._scores.wishes(self.level, with_curves=self._is_filling))

    def _show_level(self) -> None:
        """Bring the level into slider, label, axis."""
        codec = self._codec
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, strongest_at(codec))
            self.slider.setValue(self._positions[codec])
        is_crf = codec is Codec.H264
        tip = (
            self.tr(
                "CRF is what the encoder is asked for: 0 = hardly any loss, 23 = usual, 51 = the strongest. "
                "QP is what is measured in the bitstream afterwards."
            )
            if is_crf
            else self.tr("Quality is what the encoder is asked for: 100 = the weakest compression, 5 = very strong.")
        )
        self.slider.setToolTip(tip)
        self.slider.setAccessibleDescription(setting_text(self.level))
        self.level_label.setToolTip(tip)
        self.level_label.setText(setting_text(self.level))
        self.curves.show_level(self.level)

    def _redraw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        shown, scores = self._shown, self._scores
        drawn: dict[str, DrawnDetector] = {}
        lines: list[TableLine] = []
        for name in shown.detectors if shown else ():
            assert shown is not None
            index = shown.all_detectors.index(name)
            drawn[name] = DrawnDetector(
                index=index,
                scores=tuple(scores.of(name)),
                flip=scores.flip(name),
                is_chosen=name == shown.chosen and len(shown.detectors) > 1,
            )
            flip, flip_details = scores.flip_words(name)
            lines.append(
                TableLine(
                    detector=name,
                    index=index,
                    score=scores.at(self.level, name),
                    why_unusable=self._probe.why_unusable(name),
                    flip=flip,
                    flip_details=flip_details,
                )
            )
        self.table.show_lines(lines, shown.chosen if shown else "")
        self.curves.show_axes(self._codec, is_probability=self._shows_probability())
        self.curves.show_scores(drawn)
        qp = shown.contact.crop.quality.qp_mean if shown else None
        stream = shown.stream if shown else None
        self.curves.show_exhibit(exhibit_mark(self._codec, scores.all(), qp, stream))
        self._draw_title()
        self._draw_progress()
        flips = scores.flip_points()
        if flips != self._flip_points:
            self._flip_points = flips
            self.flip_points_changed.emit(flips)
        sentences = [self._probe.file_failure or self._preview_failure, *(line.why_unusable for line in lines)]
        self.notice.setText("\n".join(dict.fromkeys(filter(None, sentences))))
        self.notice.setVisible(bool(self.notice.text()))

    def _draw_title(self) -> None:
        """Name the level of the crop that is shown, and the QP that came of it."""
        if self._previewed is None:
            return
        title = level_text(self._previewed)
        qps = [s.qp_mean for s in self._scores.all() if s.level == self._previewed and s.qp_mean is not None]
        self.after.set_title(title + (" · " + self.tr("QP {0}").format(f"{qps[0]:.1f}") if qps else ""))

    def _shows_probability(self) -> bool:
        if self._is_probability is not None:
            return self._is_probability
        scores = self._scores.all()
        shows = not scores or any(score.probability is not None for score in scores)
        with QSignalBlocker(self.scale_box):
            self.scale_box.setCurrentIndex(0 if shows else 1)
        return shows

    def _usable(self) -> list[str]:
        return [name for name in (self._shown.detectors if self._shown else ()) if not self._probe.why_unusable(name)]

    def _draw_progress(self) -> None:
        known, total = self._scores.progress(self._usable())
        self.fill_button.setVisible(known < total and self._probe.face is not None)
        if known >= total or self._probe.file_failure or self._probe.face is None:
            self.busy.show_state(False)
        elif not self._is_filling:
            self.busy.show_state(False, self.tr("Stopped after {0} of {1} scores").format(known, total))
        else:
            since_s, before = self._began
            text = self.tr("{0} of {1} scores").format(known, total)
            if known - before > 2:
                left_s = (time.monotonic() - since_s) / (known - before) * (total - known)
                text += " · " + left_text(left_s)
            self.busy.show_state(True, text)

    # ---- slots -----------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_codec_changed(self, _index: int) -> None:
        self._show_level()
        self._scores = self._known_scores()
        self.after.show_picture(None)
        self.begin()
        self._draw()

    @Slot(int)
    def _on_level_changed(self, position: int) -> None:
        self._positions[self._codec] = position
        self._show_level()
        if self._shown is not None:
            self._probe.wish_scores(())  # the crop goes first, as long as the slider moves
            self._probe.preview(self.level, self._shown.contact.crop.rule)
            self._settled.start()
        self._redraw_soon()

    @Slot(object)
    def _on_level_chosen(self, level: CompressionLevel) -> None:
        self.slider.setValue(position_of(level))

    @Slot()
    def _on_settled(self) -> None:
        self._wish_scores()

    @Slot()
    def _on_redraw(self) -> None:
        self._draw()

    @Slot(int)
    def _on_scale_chosen(self, index: int) -> None:
        self._is_probability = index == 0
        self._draw()

    @Slot()
    def _on_fill_clicked(self) -> None:
        self._is_filling = not self._is_filling
        self.fill_button.setText(self.tr("Stop") if self._is_filling else self.tr("Go on"))
        self._began = time.monotonic(), self._scores.progress(self._usable())[0]
        self._wish_scores()
        self._draw()

    @Slot(object)
    def _on_previewed(self, preview: Preview) -> None:
        if preview.level.codec is self._codec:
            self._previewed = preview.level
            self.after.show_picture(preview.picture)
            self._draw_title()

    @Slot(object)
    def _on_scored(self, score: LevelScore) -> None:
        self._scores.add(score)
        self._redraw_soon()

    @Slot(object, str)
    def _on_failed(self, wish: Wish, sentence: str) -> None:
        if isinstance(wish, PreviewWish):
            self.after.show_picture(None, self.tr("The crop could not be compressed."))
            self._preview_failure = sentence
        self._draw()

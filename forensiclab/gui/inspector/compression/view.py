"""A face under other compression: the crop, every detector's answer, and the curve of answers against the level."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.gui.inspector.compression.answer_table import AnswerTable, TableLine
from forensiclab.gui.inspector.compression.curve_controls import CurveControls
from forensiclab.gui.inspector.compression.level_axis import exhibit_mark, nearest_first, setting_text
from forensiclab.gui.inspector.compression.level_chooser import LevelChooser
from forensiclab.gui.inspector.compression.level_curves import DrawnDetector, LevelCurves
from forensiclab.gui.inspector.compression.level_scores import LevelScores
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.shown_crop import InspectorView, ShownCrop
from forensiclab.gui.widgets.crop_pane import CropPane
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.work.timer import single_shot
from forensiclab.inspection.requests import Answer, LevelScore, PrepareRequest, Preview, PreviewRequest, Request

SETTLE_MS = 120
"""How long the slider must rest before scores are asked for; the crop follows at once."""

AHEAD_FROM_PX = 150
"""Levels of faces from this width on are made ahead, and the nearest that is there stands in for one that is not: of
smaller faces each level takes some 50 ms at most."""

_REDRAW_MS = 60
_GAP_PX = 8


class CompressionView(InspectorView):
    """Codec, level, the crop before and after, a table and the curves."""

    detector_chosen = Signal(str)
    flip_points_changed = Signal(object)
    """Where verdicts on this crop flip, in words, by detector; those that are not known are left out."""

    def __init__(self, requests: RequestRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._requests = requests
        self._shown: ShownCrop | None = None
        self._scores = LevelScores(Codec.H264, ())
        self._preview_failure = ""
        self._previewed: CompressionLevel | None = None
        """The level of the crop that is shown."""
        self._flip_points: Mapping[str, str] = {}
        self._settled = single_shot(self, self._on_settled, SETTLE_MS)
        self._redraw = single_shot(self, self._on_redraw, _REDRAW_MS)
        self._make_widgets()
        self._lay_out()
        self.chooser.codec_changed.connect(self._on_codec_changed)
        self.chooser.level_changed.connect(self._on_level_changed)
        self.controls.scale_chosen.connect(self._on_scale_chosen)
        self.controls.filling_toggled.connect(self._on_filling_toggled)
        self.table.detector_chosen.connect(self.detector_chosen)
        self.curves.level_chosen.connect(self.chooser.choose)
        requests.answered.connect(self._on_answered)
        requests.failed.connect(self._on_failed)
        self.curves.show_level(self.level)

    @property
    def level(self) -> CompressionLevel:
        """The level that is looked at."""
        return self.chooser.level

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none; what the engine says about it comes after ``begin``."""
        is_other = shown is None or self._shown is None or shown.contact is not self._shown.contact
        self._shown = shown
        self._scores = self._known_scores()
        self.setEnabled(shown is not None)
        if is_other:
            self._preview_failure, self._previewed = "", None
            self._draw_title()
            self.before.show_picture(shown.contact.crop.picture if shown else None)
            self.after.show_picture(None)
        if shown is None:
            self._draw()
        else:
            self._redraw_soon()  # not in one step with all the other views

    def begin(self) -> None:
        """Ask for the crop at the level, for those beside it, and for the scores."""
        if self._shown is None:
            return
        self._scores = self._known_scores()
        self._begin_filling()
        self._ask_for_preview(self._shown)
        self._make_ahead()
        self._request_scores()
        self._draw()

    def pause(self) -> None:
        """Ask for nothing more until ``begin``."""
        self._settled.stop()

    def _make_widgets(self) -> None:
        self.chooser = LevelChooser()
        self.before = CropPane(self.tr("As in the exhibit"))
        self.after = CropPane("")
        self.notice = Label()
        self.notice.setWordWrap(True)
        self.notice.hide()
        self.table = AnswerTable()
        self.curves = LevelCurves()
        self.curves.setToolTip(
            self.tr(
                "What each detector says about this crop as compression increases. “–” is the crop as in the "
                "exhibit. A large symbol marks a flip point; the label above names its detector. Click to choose a "
                "level."
            )
        )
        self.controls = CurveControls()

    def _lay_out(self) -> None:
        panes = _Panes((self.before, self.after), self.controls)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.chooser)
        layout.addWidget(panes, 4)
        layout.addWidget(self.notice)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.curves, 6)

    @property
    def _codec(self) -> Codec:
        return self.chooser.codec

    def _known_scores(self) -> LevelScores:
        names = self._shown.detectors if self._shown else ()
        chosen = self._shown.chosen if self._shown else ""
        scores = LevelScores(self._codec, sorted(names, key=lambda name: name != chosen))
        if self._requests.face is not None:
            scores.take_known(self._requests)
        return scores

    def _request_scores(self) -> None:
        self._requests.request_scores(self._scores.requests(self.level, with_curves=self.controls.is_filling))

    def _ask_for_preview(self, shown: ShownCrop) -> None:
        self._requests.preview(self.level, shown.contact.crop.rule, with_stand_in=_is_slow(shown))

    def _make_ahead(self) -> None:
        """Have the levels made to which the slider may be moved."""
        if self._shown is not None and _is_slow(self._shown):
            margin = self._shown.contact.crop.rule.margin
            self._requests.prepare(PrepareRequest(levels=nearest_first(self.level), margin=margin))

    def _begin_filling(self) -> None:
        self.controls.begin(self._scores.progress(self._usable())[0])

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
                    why_unusable=self._requests.why_unusable(name),
                    flip=flip,
                    flip_details=flip_details,
                )
            )
        self.table.show_lines(lines, shown.chosen if shown else "")
        self.curves.show_axes(self._codec, is_probability=self.controls.shows_probability(scores.all()))
        self.curves.show_scores(drawn)
        qp = shown.contact.crop.quality.qp_mean if shown else None
        stream = shown.stream if shown else None
        self.curves.show_exhibit(exhibit_mark(self._codec, scores.all(), qp, stream))
        self._draw_title()
        known, total = scores.progress(self._usable())
        can_compute = self._requests.face is not None and not self._requests.file_failure
        self.controls.show_progress(known, total, can_compute=can_compute)
        flips = scores.flip_points()
        if flips != self._flip_points:
            self._flip_points = flips
            self.flip_points_changed.emit(flips)
        sentences = [self._requests.file_failure or self._preview_failure, *(line.why_unusable for line in lines)]
        self.notice.setText("\n".join(dict.fromkeys(filter(None, sentences))))
        self.notice.setVisible(bool(self.notice.text()))

    def _draw_title(self) -> None:
        """Name the level of the crop that is shown, and the QP that came of it, or the level that it stands in for."""
        title = setting_text(self._previewed or self.level)
        if self._previewed not in (None, self.level):
            self.after.set_title(self.tr("{0}, {1} follows").format(title, self.level.value))
            return
        qps = [s.qp_mean for s in self._scores.all() if s.level == self._previewed and s.qp_mean is not None]
        self.after.set_title(title + (" · " + self.tr("QP {0}").format(f"{qps[0]:.1f}") if qps else ""))

    def _usable(self) -> list[str]:
        return [
            name for name in (self._shown.detectors if self._shown else ()) if not self._requests.why_unusable(name)
        ]

    # ---- slots -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_codec_changed(self) -> None:
        self.curves.show_level(self.level)
        self._scores = self._known_scores()
        self.after.show_picture(None)
        self._previewed = None
        self.begin()
        self._draw()

    @Slot()
    def _on_level_changed(self) -> None:
        self.curves.show_level(self.level)
        if self._shown is not None:
            self._requests.request_scores(())  # the crop goes first, as long as the slider moves
            self._ask_for_preview(self._shown)
            self._settled.start()
        self._redraw_soon()

    @Slot()
    def _on_settled(self) -> None:
        self._make_ahead()
        self._request_scores()

    @Slot()
    def _on_redraw(self) -> None:
        self._draw()

    @Slot()
    def _on_scale_chosen(self) -> None:
        self._draw()

    @Slot()
    def _on_filling_toggled(self) -> None:
        self._begin_filling()
        self._request_scores()
        self._draw()

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if isinstance(answer, Preview):
            self._show_preview(answer)
        elif isinstance(answer, LevelScore):
            self._scores.add(answer)
            self._redraw_soon()

    def _show_preview(self, preview: Preview) -> None:
        is_outdated = self._previewed == self.level != preview.level
        if preview.level.codec is self._codec and not is_outdated:
            self._previewed = preview.level
            self.after.show_picture(preview.picture)
            self._draw_title()

    @Slot(object, str)
    def _on_failed(self, request: Request, sentence: str) -> None:
        if isinstance(request, PreviewRequest):
            self.after.show_picture(None, self.tr("The crop could not be compressed."))
            self._preview_failure, self._previewed = sentence, None
        self._draw()


def _is_slow(shown: ShownCrop) -> bool:
    """Return whether a level of this face may take too long to be waited for."""
    return shown.contact.crop.quality.size_px >= AHEAD_FROM_PX


class _Panes(QWidget):
    """Pictures and controls side by side, no higher than the pictures can be."""

    def __init__(self, panes: Sequence[CropPane], controls: QWidget) -> None:
        super().__init__()
        self._panes = panes
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        for part in (*panes, controls):
            layout.addWidget(part, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = (self.width() - _GAP_PX * len(self._panes)) // (len(self._panes) + 1)
        self.setMaximumHeight(max(pane.height_for(width) for pane in self._panes))

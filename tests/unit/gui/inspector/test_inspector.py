import time
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QListView, QSlider, QTableWidget

from forensiclab.analysis.events import FramesSkipped
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import MediaError, WeightsError
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.gui.inspector import inspector as inspector_module
from forensiclab.gui.inspector.compression import view as compression_module
from forensiclab.gui.inspector.compression.level_axis import (
    coarse_to_fine,
    exhibit_mark,
    level_at,
    level_text,
    nearest_first,
    position_of,
)
from forensiclab.gui.inspector.compression.level_curves import curve_style
from forensiclab.gui.inspector.inspector import Inspector
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.spectrum_view import nearest_usual
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.inspection.requests import (
    Bleaching,
    BleachRequest,
    LevelScore,
    PrepareRequest,
    Preview,
    PreviewRequest,
    ScoreRequest,
    Spectrum,
    SpectrumRequest,
    StandInRequest,
    UsualSpectrum,
)

BINS = 16
ATTENTION, BLEACH, COMPRESSION, FREQUENCY = range(4)


def level(text):
    return CompressionLevel.parse(text)


def score_at(one, detector, *, probability=True):
    """Alpha goes from manipulation to inconclusive at CRF 30, beta never changes its mind."""
    is_strong = detector == "alpha" and one.codec is Codec.H264 and one.value >= 30
    score = DetectorScore(
        detector=detector, raw_score=2.5 - position_of(one) / 20,
        probability=(0.5 if is_strong else 0.9) if probability else None,
        verdict=Verdict.INCONCLUSIVE if is_strong else Verdict.SUPPORTS_MANIPULATION,
        reasons=(f"{detector} has a reason.",), band="light" if probability else None, crops_scored=1,
    )  # fmt: skip
    return LevelScore(level=one, score=score, qp_mean=one.value + 1.0 if one.codec is Codec.H264 else None)


def usual(text):
    middle = np.linspace(4, 0, BINS)
    return UsualSpectrum(
        level=level(text), frequencies=(np.arange(BINS) + 0.5) / (2 * BINS), low=middle - 0.5, median=middle,
        high=middle + 0.5, n_real=812, min_source_px=80, data="a set of real faces",
    )  # fmt: skip


@dataclass
class ScriptedEngine:
    asked: list = field(default_factory=list)
    ahead: list = field(default_factory=list)
    there: CompressionLevel | None = None
    """What can stand in for another level."""
    is_held: bool = False
    """Previews come when it is over."""
    error: Exception | None = None
    bad_detector: str = ""
    is_calibrated: bool = True
    weights: tuple = ("bleach one", "bleach two")
    bands: tuple = field(default_factory=lambda: (usual("clean"), usual("crf:23"), usual("crf:40")))

    def open(self, exhibit):
        pass

    def close(self):
        pass

    def answer(self, face, request, cancel):
        if isinstance(request, PrepareRequest):
            return self.prepare(face, request, cancel)
        answers = {
            PreviewRequest: self.preview, StandInRequest: self.stand_in, ScoreRequest: self.score,
            BleachRequest: self.bleach, SpectrumRequest: self.spectrum,
        }  # fmt: skip
        return answers[type(request)](face, request)

    def prepare(self, face, request, cancel):
        if request.levels:
            self.ahead.append(request)

    def preview(self, face, request):
        self._ask(request)
        until_s = time.monotonic() + 10
        while self.is_held and time.monotonic() < until_s:
            time.sleep(0.002)
        return self._preview(request.level)

    def stand_in(self, face, request):
        return self.there and self._preview(self.there)

    def score(self, face, request):
        self._ask(request)
        if request.detector == self.bad_detector:
            raise WeightsError(f"The detector '{request.detector}' has no weights here. Import them.")
        return score_at(request.level, request.detector, probability=self.is_calibrated)

    def bleach(self, face, request):
        self._ask(request)
        if not self.weights:
            return Bleaching(installed=())
        picture = np.full((64, 64, 3), round(request.gain), np.uint8)
        strength = 0.02 if request.strength is None else request.strength
        return Bleaching(
            installed=self.weights, weights=request.weights or self.weights[0], original=picture, bleach=picture,
            gain=request.gain, bleached=picture,
            before=DetectorScore(
                detector="bleach", raw_score=1.5, probability=None, verdict=Verdict.INCONCLUSIVE, reasons=("no",),
                band=None, crops_scored=1,
            ),
            after=DetectorScore(
                detector="bleach", raw_score=-2.0, probability=0.05, verdict=Verdict.SUPPORTS_AUTHENTICITY,
                reasons=(), band="light", crops_scored=1,
            ),
            strength=strength, trained_strength=0.02,
        )  # fmt: skip

    def _preview(self, level):
        grey = position_of(level) + 10
        return Preview(level=level, picture=np.full((64, 64, 3), grey, np.uint8))

    def spectrum(self, face, request):
        self._ask(request)
        return Spectrum(log_power=np.linspace(4, 0, BINS), source_px=90.0, usual=self.bands)

    def _ask(self, request):
        self.asked.append(request)
        if self.error is not None:
            raise self.error

    def asked_for(self, kind):
        return [request for request in self.asked if isinstance(request, kind)]


@pytest.fixture
def engine():
    engine = ScriptedEngine()
    yield engine
    engine.is_held = False


@pytest.fixture
def inspector(qtbot, no_thread_left, engine, monkeypatch):
    monkeypatch.setattr(inspector_module, "SETTLE_MS", 1)
    requests = RequestRunner(make_engine=lambda: engine)
    inspector = Inspector(requests)
    qtbot.addWidget(inspector)
    inspector.resize(430, 640)
    with qtbot.waitExposed(inspector):
        inspector.show()
    yield inspector
    requests.shutdown()


@pytest.fixture
def session(exhibits, clip):
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    session.state = SessionState.DONE
    return session


@pytest.fixture
def looking(inspector, session):
    inspector.set_session(session)
    inspector.select(Selection(track_id=1))
    inspector.set_position(0.8)
    return inspector


@pytest.fixture
def compressing(qtbot, looking):
    """The compression view with complete curves."""
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: is_complete(looking))
    return looking


def is_complete(inspector):
    texts = inspector.tabs.compression.table.texts
    return bool(texts) and all(line[4] not in ("…", "") for line in texts)


def grey(pane):
    return None if pane.picture is None else int(pane.picture[0, 0, 0])


# ---- what is looked at -----------------------------------------------------------------------------------------------


def test_says_why_there_is_nothing_to_look_at(inspector, exhibits, clip, engine, qtbot):
    assert "Open a video" in inspector.empty_text
    session = Session(clip)
    inspector.set_session(session)
    assert inspector.empty_text == "No face has been found yet."
    session.state = SessionState.DONE
    inspector.refresh()
    assert "was not read" in inspector.empty_text
    session.stream = exhibits.make_stream()
    inspector.refresh()
    assert "No face was found in this exhibit" in inspector.empty_text
    session.state = SessionState.CANCELLED
    inspector.refresh()
    assert inspector.empty_text == "No face was found before the analysis stopped."
    session.state = SessionState.RUNNING
    session.add(exhibits.faces_in(0))
    inspector.refresh()
    assert inspector.empty_text == "Choose a track to inspect its face."
    inspector.select(Selection(track_id=1))
    assert "has been scored yet" in inspector.empty_text
    qtbot.wait(20)
    assert engine.asked == []


def test_shows_the_crop_nearest_to_the_position(looking):
    assert looking.empty_text == ""
    assert looking.shown.contact.crop.frame_index == 20
    assert looking.facts.text().startswith("0:00.800 · frame 20 · face 70 px · QP 28.0")
    looking.set_position(1.13)
    assert looking.shown.contact.crop.frame_index == 30
    assert looking.filmstrip.currentIndex().row() == 6


def test_picking_a_crop_of_the_strip_seeks(qtbot, looking):
    strip = looking.filmstrip
    with qtbot.waitSignal(looking.seek_requested) as sought:
        place = strip.visualRect(strip.crops.index(1)).center()
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sought.args == [pytest.approx(0.2)]
    with qtbot.waitSignal(looking.seek_requested) as sought:
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert sought.args == [pytest.approx(0.4)]
    with qtbot.assertNotEmitted(looking.seek_requested):
        looking.set_position(1.6)
    assert strip.currentIndex().row() == 8


def test_the_strip_shows_plain_crops_of_the_range_with_scores(looking, session):
    crops = looking.filmstrip.crops
    assert crops.rowCount() == 10
    np.testing.assert_array_equal(crops.picture_at(4), looking.shown.contact.crop.picture)
    assert crops.index(0).data() == "+3.000\n0:00.000"
    looking.select(Selection(track_id=1, range_s=(0.9, 1.3)))
    assert [crops.crop_at(crops.index(row)).crop.frame_index for row in range(crops.rowCount())] == [25, 30]
    looking.select(Selection(track_id=1, range_s=(0.41, 0.42)))
    assert "selected range" in looking.empty_text


def test_asks_for_another_track_and_follows_when_told(qtbot, looking):
    with qtbot.waitSignal(looking.track_chosen) as chosen:
        looking.track_box.setCurrentIndex(1)
        looking.track_box.activated.emit(1)
    assert chosen.args == [2]
    looking.select(Selection(track_id=2))
    assert looking.shown.contact.crop.track_id == 2
    assert looking.track_box.currentText() == "Track 2"


def test_only_shown_detectors_can_be_chosen(looking):
    assert [looking.detector_box.itemText(i) for i in range(2)] == ["alpha", "beta"]
    looking.select(Selection(track_id=1, detectors=frozenset({"beta"})))
    assert looking.detector_box.count() == 1
    assert looking.shown.chosen == "beta"
    assert looking.filmstrip.crops.index(0).data().startswith("+3.500")


# ---- the views -------------------------------------------------------------------------------------------------------


def test_the_attention_map_follows_detector_opacity_colours_and_layout(looking):
    view, crop = looking.tabs.attention, looking.shown.contact.crop
    at_half = view.covered.picture
    assert (at_half != crop.picture).any()
    assert "alpha" in view.covered.title_text
    view.opacity.setValue(0)
    np.testing.assert_array_equal(view.covered.picture, crop.picture)
    view.opacity.setValue(100)
    full = view.covered.picture
    looking.set_colormap("viridis")
    assert (view.covered.picture != full).any()
    looking.set_colormap("no such map")
    assert view.colormap_box.currentText() == "viridis"
    assert not view.plain.isVisible()
    view.beside.click()
    assert view.plain.isVisible()
    np.testing.assert_array_equal(view.plain.picture, crop.picture)
    assert view.facts.text() == "Raw score of alpha +3.400"
    looking.detector_box.setCurrentText("beta")
    looking.detector_box.activated.emit(1)
    assert view.facts.text() == "Raw score of beta +3.900"
    assert "not evidence" in view.note.text()


def test_a_crop_that_a_detector_did_not_score_says_why(looking, session, exhibits):
    skip = replace(exhibits.make_skip(), start_s=0.7, end_s=0.9, detector="gamma", reason="the head is turned")
    session.add(FramesSkipped(skipped=skip))
    looking.set_engine(("alpha", "gamma"), "cpu", "float32")
    looking.detector_box.setCurrentText("gamma")
    looking.detector_box.activated.emit(2)
    assert looking.tabs.attention.facts.text() == "gamma has not scored this crop: the head is turned"
    np.testing.assert_array_equal(looking.tabs.attention.covered.picture, looking.shown.contact.crop.picture)


def test_attention_needs_no_engine(qtbot, looking, engine):
    qtbot.wait(30)
    assert engine.asked == []


def test_bleach_shows_three_pictures_two_of_them_marked_as_generated(qtbot, looking, engine):
    looking.tabs.setCurrentIndex(BLEACH)
    view = looking.tabs.bleach
    qtbot.waitUntil(lambda: grey(view.bleached) == 10)
    assert engine.asked == [BleachRequest()]
    assert view.original.mark == ""
    assert view.bleach.mark == view.bleached.mark == "generated pixels – not evidence"
    assert (view.before.raw.text(), view.before.verdict.text()) == ("+1.500", "inconclusive")
    assert (view.after.raw.text(), view.after.probability.text()) == ("-2.000", "0.050")
    assert view.after.verdict.text() == "supports authenticity"
    view.gain.setValue(30)
    qtbot.waitUntil(lambda: grey(view.bleach) == 30)
    view.strength.setValue(200)
    qtbot.waitUntil(lambda: engine.asked[-1].strength == pytest.approx(0.04))
    assert "s = 0.0400" in view.strength_label.text()
    view.weights_box.setCurrentIndex(1)
    view.weights_box.activated.emit(1)
    qtbot.waitUntil(lambda: engine.asked[-1] == BleachRequest(weights="bleach two", gain=30.0))


def test_the_mark_of_generated_pixels_is_in_the_picture_itself(qtbot, looking):
    looking.tabs.setCurrentIndex(BLEACH)
    qtbot.waitUntil(lambda: grey(looking.tabs.bleach.bleached) == 10)
    canvas = looking.tabs.bleach.bleached._canvas
    drawn = canvas.grab().toImage()
    side = min(drawn.width(), drawn.height())
    lines = [[drawn.pixelColor(x, y).lightness() for x in range(drawn.width())] for y in range(side)]
    assert max(max(line) for line in lines[-side // 4 :]) > 200  # white letters on a picture of grey 10
    assert max(max(line) for line in lines[5 : side // 4]) < 30


def test_without_bleach_weights_it_says_how_to_get_them(qtbot, looking, engine):
    engine.weights = ()
    looking.tabs.setCurrentIndex(BLEACH)
    qtbot.waitUntil(lambda: looking.tabs.bleach.says_how_to_get_weights)
    assert "models import" in looking.tabs.bleach.how_to_get.text()


def test_bleach_weights_that_cannot_be_used_say_why_and_others_can_be_chosen(qtbot, looking, engine, monkeypatch):
    broken = Bleaching(installed=engine.weights, weights="bleach one", failure="The weights are damaged.")
    monkeypatch.setattr(engine, "bleach", lambda face, request: broken)
    looking.tabs.setCurrentIndex(BLEACH)
    qtbot.waitUntil(lambda: looking.tabs.bleach.notice.text() == "The weights are damaged.")
    assert looking.tabs.bleach.weights_box.count() == 2
    assert not looking.tabs.bleach.busy.is_busy


def test_the_spectrum_stands_beside_the_nearest_reference(qtbot, looking, engine):
    looking.tabs.setCurrentIndex(FREQUENCY)
    view = looking.tabs.spectrum
    qtbot.waitUntil(lambda: view.reference is not None)
    assert engine.asked == [SpectrumRequest(looking.shown.contact.crop.rule)]
    assert view.reference.level == level("crf:23")  # QP 28 was measured
    assert "812 real faces of a set of real faces (H.264, CRF 23)" in view.caption.text()
    assert "QP 28.0" in view.caption.text()
    view.reference_box.setCurrentIndex(view.reference_box.findData("clean"))
    view.reference_box.activated.emit(1)
    assert view.reference.level == CLEAN
    assert "not compressed" in view.caption.text()


def test_without_a_reference_the_spectrum_stands_alone(qtbot, looking, engine):
    engine.bands = ()
    looking.tabs.setCurrentIndex(FREQUENCY)
    qtbot.waitUntil(lambda: "No reference" in looking.tabs.spectrum.caption.text())
    assert not looking.tabs.spectrum.reference_box.isVisible()


def test_the_nearest_reference_is_chosen_by_measured_qp():
    bands = (usual("clean"), usual("crf:23"), usual("crf:40"))
    found = [nearest_usual(bands, qp) for qp in (None, 5.0, 20.0, 31.0, 33.0, 50.0)]
    assert [str(one.level) for one in found] == ["clean", "clean", "crf:23", "crf:23", "crf:40", "crf:40"]
    assert nearest_usual((), 20.0) is None


# ---- compression -----------------------------------------------------------------------------------------------------


def test_the_crop_and_its_scores_come_first_then_the_curve_from_coarse_to_fine(compressing, engine):
    previews = engine.asked_for(PreviewRequest)
    assert previews[0] == PreviewRequest(level("crf:23"), compressing.shown.contact.crop.rule)
    scores = engine.asked_for(ScoreRequest)
    assert scores[:4] == [ScoreRequest(one, name) for one in (level("crf:23"), CLEAN) for name in ("alpha", "beta")]
    order = [request.level for request in scores if request.detector == "alpha"]
    assert order[2:4] == [level("crf:0"), level("crf:51")]
    assert len(order) == len(set(order))


def test_the_table_names_score_verdict_and_flip_point_of_every_detector(compressing):
    alpha, beta = compressing.tabs.compression.table.texts
    assert alpha == ["alpha", "+1.350", "0.900", "supports manipulation", "CRF 30"]
    assert beta == ["beta", "+1.350", "0.900", "supports manipulation", "none"]
    assert compressing.tabs.compression.curves.flips == {"alpha": 30}
    compressing.tabs.compression.chooser.slider.setValue(40)
    table = compressing.tabs.compression.table
    assert table.texts[0][3] != ""


def test_flip_points_are_told_with_their_codec_when_a_curve_is_complete_and_taken_back(qtbot, compressing):
    view = compressing.tabs.compression
    with qtbot.waitSignal(view.flip_points_changed) as told:
        view.chooser.codec_box.setCurrentIndex(1)
    assert told.args == [{}]  # the other codec's curves are not complete yet
    with qtbot.waitSignal(view.flip_points_changed) as told:
        view.chooser.codec_box.setCurrentIndex(0)
    assert told.args == [{"alpha": "H.264, CRF 30", "beta": "none (H.264)"}]


def test_the_slider_moves_the_picture_and_the_scores(qtbot, compressing, engine):
    view = compressing.tabs.compression
    for position in range(24, 46):
        view.chooser.slider.setValue(position)
    qtbot.waitUntil(lambda: grey(view.after) == 55)
    qtbot.waitUntil(lambda: view.after.title_text == "CRF 45 · QP 46.0")
    assert view.chooser.label.text() == "CRF 45"
    qtbot.waitUntil(lambda: view.table.texts[0][3] == "inconclusive")
    previewed = [request.level.value for request in engine.asked_for(PreviewRequest)]
    assert len(previewed) < 12  # requests that were overtaken are not met
    qtbot.keyClick(view.chooser.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.after.title_text.startswith("CRF 46"))


def test_the_picture_follows_within_a_tenth_of_a_second(qtbot, compressing):
    view = compressing.tabs.compression
    took_s = []
    for position in (33, 12, 40):
        since = time.monotonic()
        view.chooser.slider.setValue(position)
        qtbot.waitUntil(lambda position=position: grey(view.after) == position + 10)
        took_s.append(time.monotonic() - since)
    assert min(took_s) < 0.1


def test_levels_of_a_large_face_are_made_ahead_nearest_to_the_slider_first(qtbot, looking, engine, monkeypatch):
    monkeypatch.setattr(compression_module, "AHEAD_FROM_PX", 70)
    qtbot.wait(20)
    assert engine.ahead == []  # not before compression is looked at
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: len(engine.ahead) > 0)
    assert engine.ahead[-1].margin == looking.shown.contact.crop.rule.margin
    assert [one.value for one in engine.ahead[-1].levels[:5]] == [23, 22, 24, 21, 25]
    assert {one.value for one in engine.ahead[-1].levels} == set(range(52))
    view = looking.tabs.compression
    view.chooser.slider.setValue(51)
    qtbot.waitUntil(lambda: engine.ahead[-1].levels[0] == level("crf:51"))
    view.chooser.codec_box.setCurrentIndex(2)
    qtbot.waitUntil(lambda: engine.ahead[-1].levels[0] == level("webp:50"))


def test_until_a_level_of_a_large_face_is_there_the_nearest_stands_in_under_its_own_name(
    qtbot, looking, engine, monkeypatch
):
    monkeypatch.setattr(compression_module, "AHEAD_FROM_PX", 70)
    looking.tabs.setCurrentIndex(COMPRESSION)
    view = looking.tabs.compression
    qtbot.waitUntil(lambda: grey(view.after) == 33)
    engine.is_held = True
    engine.there = level("crf:24")
    view.chooser.slider.setValue(40)
    qtbot.waitUntil(lambda: grey(view.after) == 34)
    assert view.after.title_text == "CRF 24, 40 follows"
    engine.is_held = False
    qtbot.waitUntil(lambda: grey(view.after) == 50)
    qtbot.waitUntil(lambda: view.after.title_text.startswith("CRF 40"))
    view._on_answered(engine.stand_in(None, None))  # an answer that was late
    assert grey(view.after) == 50
    assert view.after.title_text.startswith("CRF 40")


def test_levels_of_a_small_face_are_made_when_they_are_asked_for(qtbot, compressing, engine):
    assert compressing.shown.contact.crop.quality.size_px < compression_module.AHEAD_FROM_PX
    assert engine.ahead == []


def test_a_complete_curve_is_not_computed_again(qtbot, compressing, engine):
    before = len(engine.asked)
    compressing.tabs.setCurrentIndex(ATTENTION)
    compressing.tabs.setCurrentIndex(COMPRESSION)
    qtbot.wait(20)
    compressing.set_position(0.0)
    qtbot.waitUntil(lambda: len(engine.asked) > before + 10)
    qtbot.waitUntil(lambda: is_complete(compressing))
    count = len(engine.asked_for(ScoreRequest))
    compressing.set_position(0.8)
    qtbot.waitUntil(lambda: is_complete(compressing))
    qtbot.wait(20)
    assert len(engine.asked_for(ScoreRequest)) == count


def test_other_codecs_count_in_quality(qtbot, compressing, engine):
    view = compressing.tabs.compression
    view.chooser.codec_box.setCurrentIndex(1)
    qtbot.waitUntil(lambda: view.after.title_text == "quality 50")
    view.chooser.slider.setValue(view.chooser.slider.maximum())
    assert view.level == level("jpeg:5")
    qtbot.waitUntil(lambda: is_complete(compressing))
    assert {request.level.value for request in engine.asked_for(ScoreRequest) if request.level.codec is Codec.JPEG} >= {
        100,
        5,
        50,
    }
    assert view.table.texts[0][4] == "none"


def test_the_exhibits_own_qp_is_marked_where_the_same_qp_comes_out(compressing):
    assert compressing.tabs.compression.curves.exhibit_text == "exhibit: QP 28.0"
    assert compressing.tabs.compression.curves._exhibit.value() == pytest.approx(27)


def test_curves_show_raw_scores_where_nothing_is_calibrated(qtbot, looking, engine):
    engine.is_calibrated = False
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: is_complete(looking))
    view = looking.tabs.compression
    assert view.controls.scale_box.currentText() == "Raw score"
    _, values = view.curves.curves["alpha"].getOriginalDataset()
    assert values[0] == pytest.approx(2.7)
    view.controls.scale_box.setCurrentIndex(0)
    view.controls.scale_box.activated.emit(0)
    points, _ = view.curves.curves["alpha"].getOriginalDataset()
    assert points is None or len(points) == 0


def test_a_detector_without_weights_says_so_in_its_line(qtbot, looking, engine):
    engine.bad_detector = "alpha"
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: looking.tabs.compression.table.texts[0][3] == "cannot answer")
    qtbot.waitUntil(lambda: looking.tabs.compression.table.texts[1][4] == "none")
    assert looking.tabs.compression.notice.text() == "The detector 'alpha' has no weights here. Import them."
    assert not looking.tabs.compression.controls.busy.is_busy


def test_filling_the_curves_can_be_stopped_and_goes_on(qtbot, looking, engine, monkeypatch):
    answer = engine.score

    def slowly(face, request):
        time.sleep(0.02)
        return answer(face, request)

    monkeypatch.setattr(engine, "score", slowly)
    looking.tabs.setCurrentIndex(COMPRESSION)
    view = looking.tabs.compression
    qtbot.waitUntil(lambda: len(engine.asked_for(ScoreRequest)) > 4)
    assert view.controls.busy.is_busy
    view.controls.fill_button.click()
    qtbot.waitUntil(lambda: view.controls.busy.label.text().startswith("Stopped after"))
    qtbot.wait(60)
    stopped_at = len(engine.asked)
    qtbot.wait(60)
    assert len(engine.asked) == stopped_at
    view.controls.fill_button.click()
    qtbot.waitUntil(lambda: len(engine.asked) > stopped_at)


def test_a_line_of_the_table_chooses_the_detector_everywhere(qtbot, compressing):
    compressing.tabs.compression.table.setCurrentCell(1, 0)
    assert compressing.detector_box.currentText() == "beta"
    assert compressing.shown.chosen == "beta"


def test_tabs_have_keys(qtbot, looking):
    looking.activateWindow()
    for key, tab in ((Qt.Key.Key_M, COMPRESSION), (Qt.Key.Key_B, BLEACH), (Qt.Key.Key_Q, FREQUENCY), (Qt.Key.Key_N, 0)):
        qtbot.keyClick(looking, key, Qt.KeyboardModifier.AltModifier)
        assert looking.tabs.currentIndex() == tab


# ---- work ------------------------------------------------------------------------------------------------------------


def test_a_hidden_inspector_does_no_work(qtbot, looking, engine):
    looking.hide()
    looking.tabs.setCurrentIndex(COMPRESSION)
    looking.set_position(0.0)
    qtbot.wait(30)
    assert engine.asked == []
    looking.show()
    qtbot.waitUntil(lambda: len(engine.asked) > 0)


def test_hiding_stops_the_curves(qtbot, looking, engine):
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: len(engine.asked) > 0)
    looking.hide()
    qtbot.wait(20)
    count = len(engine.asked)
    qtbot.wait(30)
    assert len(engine.asked) == count


def test_crops_that_the_player_runs_past_are_not_asked_about(qtbot, looking, engine):
    looking._settled.setInterval(80)
    looking.tabs.setCurrentIndex(FREQUENCY)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    for frame in range(0, 50, 2):
        looking.set_position(frame / 25)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    qtbot.wait(20)
    assert len(engine.asked) == 2


def test_a_file_that_has_gone_is_named_and_another_crop_can_be_tried(qtbot, looking, engine):
    engine.error = MediaError("'clip one.mp4' cannot be read any more.")
    looking.tabs.setCurrentIndex(COMPRESSION)
    qtbot.waitUntil(lambda: looking.tabs.compression.notice.text() == "'clip one.mp4' cannot be read any more.")
    assert not looking.tabs.compression.controls.busy.is_busy
    engine.error = None
    looking.set_position(0.0)
    qtbot.waitUntil(lambda: is_complete(looking))
    assert not looking.tabs.compression.notice.isVisible()


def test_another_exhibit_and_none_clear_the_views(qtbot, compressing, exhibits, engine):
    compressing.set_session(None)
    assert compressing.shown is None
    assert compressing.tabs.compression.table.texts == []
    assert compressing.tabs.bleach.original.picture is None
    count = len(engine.asked)
    qtbot.wait(20)
    assert len(engine.asked) == count


def test_light_and_dark_are_followed(qtbot, compressing):
    dark = QPalette(compressing.palette())
    for role, color in (
        (QPalette.ColorRole.Window, "#202020"),
        (QPalette.ColorRole.Base, "#181818"),
        (QPalette.ColorRole.Text, "#f0f0f0"),
        (QPalette.ColorRole.WindowText, "#f0f0f0"),
    ):
        dark.setColor(role, QColor(color))
    before = compressing.tabs.compression.curves.curves["alpha"].opts["pen"].color().name()
    compressing.setPalette(dark)
    qtbot.waitUntil(lambda: compressing.tabs.compression.curves.curves["alpha"].opts["pen"].color().name() != before)
    picture = compressing.tabs.compression.curves.grab().toImage()
    assert picture.pixelColor(2, 2).lightness() < 60


def test_every_control_has_a_name_for_screen_readers(looking):
    for kind in (QSlider, QComboBox, QListView, QTableWidget):
        for control in looking.findChildren(kind):
            is_popup = control.window() is not looking  # the list that a combo box opens
            assert control.accessibleName() or is_popup, control


# ---- levels ----------------------------------------------------------------------------------------------------------


def test_positions_go_from_weak_to_strong():
    assert position_of(level("crf:0")) < position_of(level("crf:51"))
    assert position_of(level("jpeg:100")) < position_of(level("jpeg:5"))
    assert position_of(CLEAN) < 0
    for codec in (Codec.H264, Codec.JPEG, Codec.WEBP):
        assert position_of(level_at(codec, 17)) == 17
    assert level_text(level("webp:30")) == "WebP, quality 30"


def test_nearest_first_names_every_level_once():
    assert [one.value for one in nearest_first(level("crf:50"))[:4]] == [50, 49, 51, 48]
    qualities = [one.value for one in nearest_first(level("jpeg:99"))]
    assert qualities[:5] == [99, 100, 98, 97, 96]
    assert sorted(qualities) == list(range(5, 101))


def test_coarse_to_fine_names_every_level_once_and_the_ends_first():
    levels = [level(f"crf:{crf}") for crf in (*range(0, 51, 3), 51)]
    ordered = coarse_to_fine(levels)
    assert ordered[:3] == [CLEAN, level("crf:0"), level("crf:51")]
    assert sorted(map(str, ordered)) == sorted(map(str, [CLEAN, *levels]))
    assert coarse_to_fine([]) == [CLEAN]


def test_the_exhibits_mark_needs_levels_that_reach_it(exhibits):
    scores = [score_at(level(f"crf:{crf}"), "alpha") for crf in (0, 20, 40)]
    assert exhibit_mark(Codec.H264, scores, 31.0, None) == (pytest.approx(30), "exhibit: QP 31.0")
    assert exhibit_mark(Codec.H264, scores, 48.0, None) is None
    assert exhibit_mark(Codec.H264, scores[:1], 31.0, None) is None
    assert exhibit_mark(Codec.H264, scores, None, None) is None
    photo = replace(exhibits.make_stream(is_image=True), jpeg_quality=85)
    assert exhibit_mark(Codec.JPEG, [], None, photo) == (15.0, "exhibit: quality 85")
    assert exhibit_mark(Codec.WEBP, scores, 31.0, photo) is None


def test_styles_of_neighbouring_curves_differ_without_colour():
    styles = [curve_style(index, QPalette()) for index in range(18)]
    assert len({(style.dash, style.symbol) for style in styles}) == 18

import gc
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel, QMenu, QTabBar, QWidget

from forensiclab.analysis.aggregate import score_track
from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.core.errors import MediaError
from forensiclab.core.options import Aggregation
from forensiclab.core.records import FaceQuality
from forensiclab.core.scores import ValidatedConditions
from forensiclab.core.text import Sentence
from forensiclab.gui.main_window import MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.text.languages import install_language, languages
from forensiclab.gui.text.translation import translated
from forensiclab.gui.work.analysis_runner import AnalysisRunner
from forensiclab.gui.work.thread import attempt
from forensiclab.media.container import check_file
from tests.translations import FOLDER, Message, compile_catalogue, messages, tool
from tests.unit.report.example import card as make_card

TS_FILES = sorted(FOLDER.glob("*.ts"))
MNEMONIC = re.compile(r"&(?!&)(\S)")
PLAIN_MNEMONIC = re.compile(r"&(\w)")


def catalogue(ts_file):
    """Message -> translation element."""
    root = ElementTree.parse(ts_file).getroot()
    return {
        Message(context.findtext("name", ""), message.findtext("source", "")): message.find("translation")
        for context in root.iter("context")
        for message in context.iter("message")
    }


def fields(text):
    return Counter(re.findall(r"\{[^{}]*\}", text))


@pytest.fixture(scope="module", params=TS_FILES, ids=lambda file: file.stem)
def ts_file(request):
    return request.param


@pytest.fixture(scope="module")
def translations(ts_file):
    return {message: element.text or "" for message, element in catalogue(ts_file).items()}


@pytest.fixture
def german(qapp):
    before = QLocale()
    installed = install_language(qapp, "de")
    assert len(installed) == 2, "Qt's own texts and ours"
    yield
    for translator in installed:
        qapp.removeTranslator(translator)
    QLocale.setDefault(before)


# ---- the files -------------------------------------------------------------------------------------------------------


def test_german_is_one_of_the_languages():
    assert "de" in languages()
    assert {file.stem for file in FOLDER.glob("*.ts")} == {file.stem for file in FOLDER.glob("*.qm")}


def test_every_text_of_the_source_and_no_other_is_in_the_file(ts_file):
    listed, found = set(catalogue(ts_file)), messages()
    how = "run: python -m tests.translations"
    assert found - listed == set(), how
    assert listed - found == set(), how


def test_every_message_is_translated(ts_file):
    unfinished = [
        message for message, element in catalogue(ts_file).items() if element.get("type") or not (element.text or "")
    ]
    assert unfinished == []


def test_fields_are_the_same_in_both(translations):
    differing = [message for message, text in translations.items() if fields(message.source) != fields(text)]
    assert differing == []


def test_whitespace_at_the_ends_is_the_same_in_both(translations):
    def ends(text):
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [m for m, text in translations.items() if ends(m.source) != ends(text)] == []


def test_an_ellipsis_stays(translations):
    assert [m for m, text in translations.items() if m.source.endswith("…") != text.endswith("…")] == []


def test_what_has_a_mnemonic_has_one_in_translation(translations):
    differing = [
        message
        for message, text in translations.items()
        if len(PLAIN_MNEMONIC.findall(message.source)) != len(PLAIN_MNEMONIC.findall(text))
    ]
    assert differing == []


def test_mnemonics_that_are_distinct_within_a_context_stay_so(translations):
    sources, texts = {}, {}
    for message, text in translations.items():
        for key in PLAIN_MNEMONIC.findall(message.source):
            sources.setdefault(message.context, []).append(key.lower())
            texts.setdefault(message.context, []).append(PLAIN_MNEMONIC.findall(text)[0].lower())
    distinct = [context for context, keys in sources.items() if len(set(keys)) == len(keys)]
    assert [(context, texts[context]) for context in distinct if len(set(texts[context])) != len(texts[context])] == []


def test_the_compiled_file_is_up_to_date(ts_file, tmp_path):
    if tool("lrelease") is None:
        pytest.skip("PySide6's lrelease is not installed")
    compile_catalogue(ts_file, tmp_path / "fresh.qm")
    assert (tmp_path / "fresh.qm").read_bytes() == ts_file.with_suffix(".qm").read_bytes(), (
        "run: python -m tests.translations --compile"
    )


# ---- sentences of the engine -----------------------------------------------------------------------------------------


def quality(size_px, yaw_deg):
    return FaceQuality(size_px=size_px, sharpness=9.0, yaw_deg=yaw_deg, pitch_deg=None, roll_deg=None, qp_mean=None)


def test_a_reason_for_a_verdict_is_shown_in_german(german):
    abstained = reasons_to_abstain(ValidatedConditions(min_face_px=64, max_abs_yaw_deg=45), quality(20.0, 80.0))
    joined = Sentence.joined("; ", abstained)
    score = score_track(make_card(calibration=()), [], [joined], None, None, Aggregation("mean"))
    assert score.reasons == (
        "No crop could be scored: the face is smaller than 64 px; the head is turned by more than 45 degrees.",
    )
    assert translated(score.reasons[0]) == (
        "Kein Ausschnitt konnte bewertet werden: das Gesicht ist kleiner als 64 px; "
        "der Kopf ist um mehr als 45 Grad gedreht."
    )


def test_numbers_keep_the_point_of_the_reports(german):
    score = score_track(make_card(calibration=()), [0.25, 0.75], [], None, None, Aggregation("mean"))
    assert translated(score.reasons[0]) == "Mittelwert der Rohwerte: 0.500 aus 2 Ausschnitten."


def test_an_error_of_the_engine_crosses_the_threads_in_german(german, tmp_path):
    missing = tmp_path / "nicht da {0}.mp4"
    outcome = attempt(lambda: check_file(missing), "unexpected")
    assert outcome.sentence == f"„{missing}“ gibt es nicht."


def test_what_is_no_sentence_stays_as_it_is(german):
    assert translated("The detectors contradict each other.") == "The detectors contradict each other."
    assert attempt(_fail_plainly, "unexpected").sentence == "not a sentence of ours"


def _fail_plainly():
    raise MediaError("not a sentence of ours")


def test_without_a_language_sentences_are_english(qapp):
    assert translated(Sentence("'{0}' is empty (0 bytes).", "a.mp4")) == "'a.mp4' is empty (0 bytes)."


def test_an_unknown_language_falls_back_to_english(qapp):
    before = QLocale()
    assert install_language(qapp, "tlh") == []
    assert QCoreApplication.translate("Menus", "&File") == "&File"
    QLocale.setDefault(before)


# ---- the window ------------------------------------------------------------------------------------------------------


def menus_below(menu):
    yield menu
    for action in menu.actions():
        if isinstance(action.menu(), QMenu):
            yield from menus_below(action.menu())


def texts_of(window):
    """Everything that the widgets and actions of a window say."""
    for widget in (window, *window.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        if isinstance(widget, QGroupBox | QMenu):
            yield widget.title()
        if isinstance(widget, QTabBar):
            yield from (widget.tabText(index) for index in range(widget.count()))
    for action in window.findChildren(QAction):
        yield from (action.text(), action.toolTip())


@pytest.fixture
def german_window(german, qtbot, no_thread_left, settings_of_its_own, analysis, export, exhibits):
    window = MainWindow(
        AnalysisRunner(analyze=analysis),
        FrameFetcher(open_frames=exhibits.ScriptedFrames),
        exhibits.scripted_factories(export),
    )
    with qtbot.waitExposed(window):
        window.show()
    yield window
    exhibits.dispose(window)
    gc.collect()


def test_the_menus_are_german(german_window):
    titles = [action.text().replace("&", "") for action in german_window.menuBar().actions()]
    assert titles == ["Datei", "Beweismittel", "Wiedergabe", "Analyse", "Ansicht", "Hilfe"]


def test_mnemonics_are_unique_within_each_menu(german_window):
    bar = german_window.menuBar()
    groups = [bar.actions()]
    for action in bar.actions():
        groups += [menu.actions() for menu in menus_below(action.menu())]
    for actions in groups:
        keys = [QKeySequence.mnemonic(action.text()).toString() for action in actions if "&" in action.text()]
        assert len(set(keys)) == len(keys), [action.text() for action in actions]


def test_no_english_is_left_in_the_window(german_window, clip, analysis, qtbot):
    german_window.open_paths([clip])
    qtbot.waitUntil(lambda: german_window.shown is not None and german_window.shown.report is not None)
    changed = catalogue(FOLDER / "forensiclab_de.ts")
    english = {message.source for message, element in changed.items() if element.text != message.source}
    german = {element.text for element in changed.values()}
    shown = {text for text in texts_of(german_window) if text}
    assert shown & (english - german) == set()

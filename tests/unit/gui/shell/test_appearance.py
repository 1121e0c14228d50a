import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QPalette

from forensiclab.gui.shell.appearance import scheme_palette
from forensiclab.gui.text import languages as languages_module
from forensiclab.gui.text.languages import install_language, languages
from forensiclab.gui.widgets.style import quiet_color

Role = QPalette.ColorRole


def luminance(color):
    def linear(value):
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in color.getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(name):
    palette = scheme_palette(name)
    pairs = [
        (Role.WindowText, Role.Window), (Role.Text, Role.Base), (Role.Text, Role.AlternateBase),
        (Role.ButtonText, Role.Button), (Role.HighlightedText, Role.Highlight), (Role.PlaceholderText, Role.Base),
        (Role.ToolTipText, Role.ToolTipBase), (Role.Link, Role.Base), (Role.LinkVisited, Role.Base),
    ]  # fmt: skip
    for text, ground in pairs:
        assert contrast(palette.color(text), palette.color(ground)) >= 4.5, text
    for ground in (Role.Window, Role.Base, Role.AlternateBase):
        assert contrast(quiet_color(palette), palette.color(ground)) >= 4.5


@pytest.fixture
def restored_locale():
    before = QLocale()
    yield
    QLocale.setDefault(before)


def test_the_texts_own_language_needs_no_translator(qapp, restored_locale):
    assert languages()[0] == "en"
    assert install_language(qapp, "en") == []
    assert QLocale().language() == QLocale.Language.English


def test_a_language_without_texts_falls_back(qapp, restored_locale):
    assert install_language(qapp, "xx") == []
    assert QLocale().language() == QLocale.Language.English


def test_a_language_is_offered_and_spoken_once_its_texts_are_there(qapp, restored_locale, tmp_path, monkeypatch):
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "forensiclab_de.qm").write_bytes(b"not a translation")
    monkeypatch.setattr(languages_module, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
    assert languages() == ("en", "de")
    installed = install_language(qapp, "de")
    try:
        assert QLocale().language() == QLocale.Language.German
        assert len(installed) == 1  # Qt's own texts; a damaged file of ours is left out
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    finally:
        for translator in installed:
            qapp.removeTranslator(translator)

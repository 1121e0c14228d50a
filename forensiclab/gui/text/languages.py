"""The languages that the program can speak."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from forensiclab.core.resources import resource_path

SOURCE_LANGUAGE = "en"
"""The language in which the texts are written."""


def languages() -> tuple[str, ...]:
    """Return two-letter names of the languages that the program can speak."""
    folder = resource_path("translations")
    files = sorted(folder.glob("forensiclab_*.qm")) if folder.is_dir() else []
    return (SOURCE_LANGUAGE, *(file.stem.removeprefix("forensiclab_") for file in files))


def install_language(app: QCoreApplication, name: str) -> list[QTranslator]:
    """Speak a language: ``system`` or one of ``languages``; the texts' own where it is not there.

    Must come before the first window is made.

    Returns:
        The translators; they must live as long as ``app``.
    """
    locale = QLocale.system() if name == "system" else QLocale(name)
    language = QLocale.languageToCode(locale.language())
    if language not in languages():
        locale, language = QLocale(SOURCE_LANGUAGE), SOURCE_LANGUAGE
    QLocale.setDefault(locale)
    if language == SOURCE_LANGUAGE:
        return []
    installed = []
    folders = (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), str(resource_path("translations")))
    for file, folder in zip((f"qtbase_{language}", f"forensiclab_{language}"), folders, strict=True):
        translator = QTranslator(app)
        if translator.load(file, folder) and QCoreApplication.installTranslator(translator):
            installed.append(translator)
    return installed

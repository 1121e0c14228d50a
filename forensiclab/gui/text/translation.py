"""Sentences of the engine in the language of the window."""

from PySide6.QtCore import QCoreApplication

from forensiclab.core.text import Sentence

CONTEXT = "engine"
"""Under which the templates of sentences stand in the catalogue."""


def translated(text: str) -> str:
    """Return a text of the engine as it is shown: a ``Sentence`` in the user's language, anything else as it is.

    Numbers keep the point that they have in reports and result files, so that they can be compared. May be called on
    any thread.
    """
    if not isinstance(text, Sentence):
        return text
    template = QCoreApplication.translate(CONTEXT, text.template)
    values = [translated(value) if isinstance(value, str) else value for value in text.values]
    return template.format(*values) if values else template

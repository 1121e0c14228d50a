"""English sentences that remember how they were made, so that the window can show them in another language."""

from collections.abc import Iterable
from numbers import Real
from typing import Self


class Sentence(str):
    """An English text that knows its template and the values in it.

    It *is* the English text: logs, JSON, reports and comparisons take it as any other. What cuts or joins it gives a
    plain text, but for ``joined``.
    """

    __slots__ = ("_template", "_values")

    _template: str
    _values: tuple[object, ...]

    def __new__(cls, template: str, *values: object) -> Self:
        """Fill a template.

        Args:
            template: With a numbered field for every value, ``"smaller than {0:.0f} px"``; literal, so that it is
                found for translation. Without values it is taken as it is, braces included.
            values: Numbers and sentences are kept as they are, so that they can be translated; anything else is kept as
                its text.
        """
        kept = tuple(value if isinstance(value, str | Real) else str(value) for value in values)
        sentence = super().__new__(cls, template.format(*kept) if kept else template)
        sentence._template, sentence._values = template, kept
        return sentence

    @classmethod
    def joined(cls, separator: str, parts: Iterable[str]) -> Self:
        """Join texts, each of which stays a sentence of its own."""
        values = tuple(parts)
        fields = (f"{{{number}}}" for number in range(len(values)))
        return cls(separator.replace("{", "{{").replace("}", "}}").join(fields), *values)

    @property
    def template(self) -> str:
        """The text with fields for the values."""
        return self._template

    @property
    def values(self) -> tuple[object, ...]:
        """What stands in the fields."""
        return self._values

    def filled(self, *values: object) -> Self:
        """Fill the template with other values; for templates kept in a table."""
        return type(self)(self._template, *values)

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self._template, *self._values)


def escaped(text: str) -> str:
    r"""Return a text as one line whose every character can be seen: the others stand as ``\x1b``, ``\n``, ``\u202e``.

    Control and direction characters in a foreign name could move a terminal's cursor or add lines that look like the
    program's own; half a surrogate pair, as in file names that are not UTF-8, could not be written at all.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)

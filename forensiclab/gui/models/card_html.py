"""A detector's card as a page for reading: everything on it comes from the card and from the method's own facts."""

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QCoreApplication

from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.card_text import CardRow, card_rows, figure_cells, method_rows
from forensiclab.detectors.installed import MethodFacts, how_to_get
from forensiclab.gui.text.bands import band_cells, band_titles
from forensiclab.gui.text.translation import translated

_tr = QCoreApplication.translate

_LINE = "#808080"
"""Colour of a table's lines, to be seen on light and on dark."""


def method_html(facts: MethodFacts) -> str:
    """Return the page of a method without weights."""
    train, take_in = how_to_get(facts.method, stands_before_another=facts.stands_before_another)
    return "".join(
        (
            _heading(facts.title),
            _paragraph(_tr("card", "No weights are installed for this method, so it cannot be used yet.")),
            _facts(method_rows(facts, facts.input_spec)),
            _heading(_tr("card", "How to get weights"), 3),
            _paragraph(_tr("card", "Train them on your own face crops:")),
            _code(train),
            _paragraph(_tr("card", "Or import published ones with the button below, or on the command line:")),
            _code(take_in),
        )
    )


def card_html(card: MethodCard, facts: MethodFacts) -> str:
    """Return the page of installed weights."""
    return "".join(
        (
            _heading(card.title),
            _facts(card_rows(card, facts)),
            _heading(_tr("card", "Calibration"), 3),
            _calibration(card),
            _heading(_tr("card", "Measured"), 3),
            _figures(card),
            _heading(_tr("card", "Known limits"), 3),
            _bullets(card.known_limits),
        )
    )


def _calibration(card: MethodCard) -> str:
    if not card.calibration:
        return _paragraph(
            _tr("card", "Not calibrated: it gives raw scores, but no probability, and supports no verdict by itself.")
        )
    note = _tr("card", "A probability at or above “Forged ≥” supports manipulation, at or below “Real ≤” authenticity.")
    return _paragraph(note) + _table(
        band_titles(), map(band_cells, card.calibration), may_wrap=(_tr("card", "Measured at"),)
    )


def _figures(card: MethodCard) -> str:
    if not card.figures:
        return _paragraph(_tr("card", "Nothing has been measured."))
    titles = (
        _tr("card", "Data"),
        _tr("card", "Compression"),
        _tr("card", "Metric"),
        _tr("card", "Value"),
        _tr("card", "Interval"),
        _tr("card", "Real"),
        _tr("card", "Forged"),
    )
    by = _paragraph(_tr("card", "By this command:")) + _code(card.evaluated_by) if card.evaluated_by else ""
    return _table(titles, map(figure_cells, card.figures), may_wrap=(titles[0], titles[2])) + by


def _heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{escape(text)}</h{level}>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _code(text: str) -> str:
    return f"<p style='margin-left: 12px'><code>{escape(text)}</code></p>"


def _bullets(texts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _facts(rows: Iterable[CardRow]) -> str:
    cells = "".join(
        f"<tr><td style='padding: 2px 14px 2px 0; white-space: nowrap'><b>{escape(translated(row.title))}</b></td>"
        f"<td style='padding: 2px 0'>{escape(translated(row.value))}</td></tr>"
        for row in rows
    )
    return f"<table>{cells}</table>"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]], may_wrap: Sequence[str]) -> str:
    """Write a table with lines; only cells under the titles ``may_wrap`` may take more than one line."""
    one_line = " style='white-space: nowrap'"
    styles = ["" if title in may_wrap else one_line for title in titles]
    head = "".join(f"<th align='left'{one_line}>{escape(title)}</th>" for title in titles)
    body = "".join(
        f"<tr>{''.join(f'<td{style}>{escape(text)}</td>' for style, text in zip(styles, row, strict=True))}</tr>"
        for row in rows
    )
    # Without the margin, Qt lays the upper line on descenders; lines in the colour of text would outshine it.
    return (
        "<table border='1' cellspacing='0' cellpadding='4' "
        f"style='margin-top: 6px; border-collapse: collapse; border: 1px solid {_LINE}'><tr>{head}</tr>{body}</table>"
    )

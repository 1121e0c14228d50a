"""A detector's card as a page of text: everything on it comes from the card or from the method's own facts."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from forensiclab.detectors.base import MeasuredFigure, MethodCard
from forensiclab.detectors.card_text import CardRow, band_text, card_rows, figure_cells, method_rows
from forensiclab.detectors.installed import MethodFacts, how_to_get

WIDTH = 110


def method_page(facts: MethodFacts) -> list[str]:
    """Write the page of a method without weights."""
    train, take_in = how_to_get(facts.method, stands_before_another=facts.stands_before_another)
    return [
        facts.title,
        *_lines(method_rows(facts, facts.input_spec)),
        "No weights are installed.",
        f"  Train them: {train}",
        f"  Import published ones: {take_in}",
    ]


def card_page(card: MethodCard, facts: MethodFacts) -> list[str]:
    """Write the page of installed weights."""
    return [
        f"{card.title} ({card.name})",
        *_lines(card_rows(card, facts)),
        *(line for band in card.calibration for line in _indented(band_text(band), "  ")),
        *_entry("Measured", card.evaluated_by or "nothing measured"),
        *_figures(card.figures),
        "Known limits:",
        *(line for limit in card.known_limits for line in _indented(limit, "  - ")),
    ]


def _lines(rows: Iterable[CardRow]) -> list[str]:
    return [line for row in rows for line in _entry(row.title, row.value)]


def _entry(name: str, text: str) -> list[str]:
    return wrap(f"{name}: {text}", WIDTH, subsequent_indent="  ")


def _indented(text: str, first: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent="    ")


def _figures(figures: Sequence[MeasuredFigure]) -> list[str]:
    rows = [
        (*cells, f"[{interval}]", f"({n_real} real, {n_forged} forged)")
        for *cells, interval, n_real, n_forged in map(figure_cells, figures)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + " ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]

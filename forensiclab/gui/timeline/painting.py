"""What all parts of the timeline are painted on: colours, where a time lies, where the ticks are."""

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPalette

from forensiclab.core.notation import time_text
from forensiclab.core.scores import Verdict
from forensiclab.gui.timeline.span import TimeSpan
from forensiclab.gui.widgets.symbols import is_dark, verdict_color

Floats = NDArray[np.float64]

VERDICT_ORDER: tuple[Verdict | None, ...] = (None, *Verdict)
"""A verdict's code in arrays is its place here."""

_TIME_STEPS_S = (0.01, 0.02, 0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)

_INDENT_PX, _NEAR_PX = 9.0, 60.0
"""Where a title begins, and how far into view the exhibit's start may lie for titles to begin behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """Colours of the timeline, from the palette."""

    base: QColor
    text: QColor
    quiet: QColor
    """Text of less weight, still readable."""
    grid: QColor
    accent: QColor
    """Playhead and range."""
    is_dark: bool

    @classmethod
    def of(cls, palette: QPalette) -> Self:
        text = palette.color(QPalette.ColorRole.Text)
        return cls(
            base=palette.color(QPalette.ColorRole.Base),
            text=text,
            quiet=_faded(text, 190),
            grid=_faded(text, 34),
            accent=palette.color(QPalette.ColorRole.Highlight),
            is_dark=is_dark(palette),
        )

    def of_verdict(self, code: int) -> QColor:
        """Return the colour of a verdict by its place in ``VERDICT_ORDER``."""
        return verdict_color(VERDICT_ORDER[code], self.is_dark)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMap:
    """Where times lie across the timeline."""

    left: float
    width: float
    """Of the part where times are shown, in pixels."""
    start_s: float
    end_s: float

    @classmethod
    def of(cls, span: TimeSpan, left: float, width: float) -> Self:
        return cls(left=left, width=max(width, 1.0), start_s=span.start_s, end_s=span.end_s)

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def pixel_s(self) -> float:
        """Seconds that a pixel shows."""
        return (self.end_s - self.start_s) / self.width

    @property
    def title_indent(self) -> float:
        """How far from ``left`` a title begins: behind the start, where the playhead rests, if that is near."""
        start = self.x(0.0) - self.left
        return max(_INDENT_PX, round(start) + 3.0) if start < _NEAR_PX else _INDENT_PX

    def x(self, pts_s: float) -> float:
        """Return where a time lies, in pixels."""
        return self.left + (pts_s - self.start_s) / self.pixel_s

    def xs(self, pts_s: Floats) -> Floats:
        """Return where times lie, in pixels."""
        return self.left + (pts_s - self.start_s) / self.pixel_s

    def time(self, x: float) -> float:
        """Return the time at a place, in seconds."""
        return self.start_s + (x - self.left) * self.pixel_s

    def columns(self, pts_s: Floats) -> Floats:
        """Return the different columns of pixels in which at least one of the times lies."""
        seen = pts_s[(pts_s >= self.start_s) & (pts_s <= self.end_s)]
        columns: Floats = self.left + np.unique(np.floor((seen - self.start_s) / self.pixel_s))
        return columns


def time_ticks(time_map: TimeMap, label_px: float) -> tuple[float, list[float]]:
    """Return the distance of a time axis's ticks in seconds, and where they are, at least a label apart."""
    least_s = label_px * time_map.pixel_s
    step_s = next((step for step in _TIME_STEPS_S if step >= least_s), 0.0)
    if not step_s:
        step_s = _TIME_STEPS_S[-1] * ceil(least_s / _TIME_STEPS_S[-1])
    first, last = ceil(max(time_map.start_s, 0.0) / step_s), floor(time_map.end_s / step_s)
    return step_s, [number * step_s for number in range(first, last + 1)]


def tick_text(pts_s: float, step_s: float) -> str:
    """Return a time at a tick, no more exact than the ticks are."""
    text = time_text(pts_s)
    if step_s >= 1:
        return text.partition(".")[0]
    return text[:-2] if step_s >= 0.1 else text[:-1]


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round values from ``low`` to ``high``: at most ``most``, and at least two where possible."""
    if not high > low or most < 1:
        return []
    size = 10.0 ** floor(log10((high - low) / most))
    finer: list[float] = []
    for factor in (1, 2, 5, 10, 20, 50):
        step = size * factor
        ticks = [number * step for number in range(ceil(low / step), floor(high / step) + 1)]
        if len(ticks) <= most:
            return ticks if len(ticks) > 1 or not finer else [finer[0], finer[-1]]
        finer = ticks
    return []


def draw_lines(painter: QPainter, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> None:
    """Draw separate lines with the painter's pen; Qt strokes them a hundred times faster than one long path."""
    if len(x0):
        lines = PrimitiveArray(QLineF, 4)
        lines.resize(len(x0))
        lines.ndarray()[:] = np.stack([x0, y0, x1, y1], axis=1)
        painter.drawLines(*lines.drawargs())


def draw_rects(painter: QPainter, x: Floats, y: Floats, width: Floats, height: float) -> None:
    """Draw rectangles of one height with the painter's pen and brush."""
    if len(x):
        rects = PrimitiveArray(QRectF, 4)
        rects.resize(len(x))
        rects.ndarray()[:] = np.stack([x, y, width, np.full(len(x), height)], axis=1)
        painter.drawRects(*rects.drawargs())


def _faded(color: QColor, alpha: int) -> QColor:
    faded = QColor(color)
    faded.setAlpha(alpha)
    return faded

"""Where a frame lies in its view: fitted, or enlarged about a place."""

from PySide6.QtCore import QPointF, QRectF, QSizeF

MAX_ZOOM = 32.0
"""Pixels of the screen for a pixel of the frame, along a side."""

SQUARES_FROM = 2.0
"""From here on a pixel of the frame is drawn as a square, and nothing is invented between two."""


class FrameZoom:
    """Size and place of the frame in its view.

    A zoom of 1 (100 %) shows a pixel of the frame on a pixel of the screen; sizes and places in the view are logical
    pixels, ``ratio`` of which make a pixel of the screen.
    """

    def __init__(self) -> None:
        self._frame = QSizeF(1, 1)
        self._view = QSizeF(1, 1)
        self._ratio = 1.0
        self._zoom: float | None = None
        self._center = QPointF(0.5, 0.5)
        """Place of the frame in the middle of the view, as shares of its width and height."""

    @property
    def is_fitted(self) -> bool:
        return self._zoom is None

    @property
    def zoom(self) -> float:
        """Pixels of the screen for a pixel of the frame."""
        return self._fitted() if self._zoom is None else self._zoom

    @property
    def can_pan(self) -> bool:
        """Whether a part of the frame lies outside the view."""
        rect = self.rect()
        return rect.width() > self._view.width() + 0.5 or rect.height() > self._view.height() + 0.5

    def set_sizes(self, frame: QSizeF, view: QSizeF, ratio: float) -> None:
        """Tell the size of the frame in its own pixels, that of the view, and the screen's pixels per logical one."""
        self._frame = QSizeF(max(frame.width(), 1), max(frame.height(), 1))
        self._view = QSizeF(max(view.width(), 1), max(view.height(), 1))
        self._ratio = ratio
        self._hold()

    def rect(self) -> QRectF:
        """Return where the frame lies in the view; beyond its edges where it is larger."""
        scale = self.zoom / self._ratio
        size = QSizeF(self._frame.width() * scale, self._frame.height() * scale)
        left = self._view.width() / 2 - self._center.x() * size.width()
        top = self._view.height() / 2 - self._center.y() * size.height()
        # On whole pixels of the screen, so that 100 % is the frame as it is.
        corner = QPointF(round(left * self._ratio) / self._ratio, round(top * self._ratio) / self._ratio)
        return QRectF(corner, size)

    def fit(self) -> None:
        """Show all of the frame, as large as it goes."""
        self._zoom = None
        self._center = QPointF(0.5, 0.5)

    def zoom_to(self, zoom: float, about: QPointF | None = None) -> None:
        """Enlarge or reduce, so that the place of the frame at ``about`` (None = the middle of the view) stays."""
        place = about or QPointF(self._view.width() / 2, self._view.height() / 2)
        before = self.rect()
        shares = QPointF(
            (place.x() - before.left()) / before.width(),
            (place.y() - before.top()) / before.height(),
        )
        self._zoom = min(max(zoom, min(self._fitted(), 1.0)), MAX_ZOOM)
        scale = self._zoom / self._ratio
        self._center = QPointF(
            shares.x() + (self._view.width() / 2 - place.x()) / (self._frame.width() * scale),
            shares.y() + (self._view.height() / 2 - place.y()) / (self._frame.height() * scale),
        )
        self._hold()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom like ``zoom_to``, by a factor; stop at 100 % and at the fitted frame on the way."""
        before, fitted = self.zoom, self._fitted()
        after = before * factor
        stops = [stop for stop in (fitted, 1.0) if min(before, after) < stop < max(before, after)]
        after = min(stops, key=lambda stop: abs(stop - before), default=after)
        if after == fitted or (after < fitted and fitted <= 1.0):
            self.fit()
        else:
            self.zoom_to(after, about)

    def pan(self, by: QPointF) -> None:
        """Move the frame in the view; its edges don't come further in than the view's."""
        rect = self.rect()
        self._center -= QPointF(by.x() / rect.width(), by.y() / rect.height())
        self._hold()

    def _fitted(self) -> float:
        across = self._view.width() / self._frame.width()
        down = self._view.height() / self._frame.height()
        return min(across, down) * self._ratio

    def _hold(self) -> None:
        """Keep the view full of frame; where the frame is smaller, in the middle."""
        if self._zoom is None:
            return
        scale = self._zoom / self._ratio
        half_x = self._view.width() / 2 / (self._frame.width() * scale)
        half_y = self._view.height() / 2 / (self._frame.height() * scale)
        x = 0.5 if half_x >= 0.5 else min(max(self._center.x(), half_x), 1 - half_x)
        y = 0.5 if half_y >= 0.5 else min(max(self._center.y(), half_y), 1 - half_y)
        self._center = QPointF(x, y)

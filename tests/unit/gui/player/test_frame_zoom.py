import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSizeF

from forensiclab.gui.player.frame_zoom import MAX_ZOOM, FrameZoom


@pytest.fixture
def zoom():
    zoom = FrameZoom()
    zoom.set_sizes(QSizeF(320, 180), QSizeF(400, 300), 2.0)
    return zoom


def test_the_place_under_the_pointer_stays(zoom):
    def place_in_frame(at):
        rect = zoom.rect()
        return (at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height()

    at = QPointF(130, 140)
    zoom.zoom_to(4.0)  # from here on the frame fills the view
    before = place_in_frame(at)
    for factor in (1.25, 1.25, 1.6, 2.0, 0.8):
        zoom.zoom_by(factor, at)
    # A pixel of the screen is half a logical one here.
    np.testing.assert_allclose(place_in_frame(at), before, atol=0.5 / zoom.rect().height())
    zoom.pan(QPointF(10_000, -10_000))
    assert (zoom.rect().left(), zoom.rect().bottom()) == (0, 300)


def test_a_hundred_per_cent_is_a_pixel_on_a_pixel_of_the_screen(zoom):
    zoom.zoom_to(1.0)
    rect = zoom.rect()
    assert (rect.width(), rect.height()) == (160, 90)  # on a screen of two pixels a logical one
    assert (rect.left() * 2).is_integer()
    assert not zoom.can_pan


def test_zooming_stops_at_the_fitted_frame_and_at_a_hundred_per_cent(zoom):
    seen = []
    for _ in range(30):
        zoom.zoom_by(1.25)
    assert zoom.zoom == MAX_ZOOM
    for _ in range(30):
        zoom.zoom_by(0.8)
        seen.append((zoom.zoom, zoom.is_fitted))
    assert (2.5, True) in seen
    assert seen[-1] == (1.0, False)
    zoom.set_sizes(QSizeF(3840, 2160), QSizeF(400, 300), 1.0)
    for _ in range(30):
        zoom.zoom_by(0.8)
    assert zoom.is_fitted

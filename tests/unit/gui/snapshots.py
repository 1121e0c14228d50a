"""Pictures of widgets, compared with the ones that are kept in ``tests/golden/gui``.

Everything that differs between computers is fixed: offscreen platform, Fusion style, DejaVu Sans (which comes with
matplotlib) at one size, palettes written out below. What is left (another FreeType, another Qt) is allowed for: a
picture may differ visibly in one pixel out of a hundred after it was reduced to half its size.

After a change that is meant, make the pictures anew, look at every one of them, and commit them:

    FORENSICLAB_RENEW_SNAPSHOTS=1 python -m pytest -n 0 tests/unit/gui -k looks_as_pinned
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QFontDatabase, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from forensiclab.gui.widgets.style import style_sheet
from forensiclab.report.wording import FONT_FOLDER

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "gui"
RENEW = "FORENSICLAB_RENEW_SNAPSHOTS"

VISIBLE = 32
"""Grey levels by which a channel of a pixel must differ to count."""
ALLOWED = 0.01
"""Share of such pixels that is taken for another font renderer."""

_LIGHT = {
    "Window": "#efefef", "WindowText": "#000000", "Base": "#ffffff", "AlternateBase": "#f5f5f5", "Text": "#000000",
    "Button": "#e8e8e8", "ButtonText": "#000000", "Highlight": "#308cc6", "HighlightedText": "#ffffff",
    "ToolTipBase": "#ffffdc", "ToolTipText": "#000000", "PlaceholderText": "#5c5c5c", "Link": "#0000ff",
    "Light": "#ffffff", "Midlight": "#cacaca", "Mid": "#b8b8b8", "Dark": "#9f9f9f", "Shadow": "#767676",
}  # fmt: skip
_DARK = {
    "Window": "#2b2b2b", "WindowText": "#e6e6e6", "Base": "#1f1f1f", "AlternateBase": "#2a2a2a", "Text": "#e6e6e6",
    "Button": "#3a3a3a", "ButtonText": "#e6e6e6", "Highlight": "#3d8fd1", "HighlightedText": "#ffffff",
    "ToolTipBase": "#3a3a3a", "ToolTipText": "#e6e6e6", "PlaceholderText": "#a8a8a8", "Link": "#6ab0f3",
    "Light": "#555555", "Midlight": "#444444", "Mid": "#555555", "Dark": "#222222", "Shadow": "#111111",
}  # fmt: skip


def palette(*, is_dark: bool) -> QPalette:
    """The palette of a light or a dark desktop."""
    colors = QPalette()
    for name, color in (_DARK if is_dark else _LIGHT).items():
        colors.setColor(QPalette.ColorRole[name], QColor(color))
    for name in ("Text", "WindowText", "ButtonText"):
        colors.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[name], QColor("#808080"))
    return colors


@contextmanager
def dressed(*, is_dark: bool) -> Iterator[None]:
    """Let the application look alike everywhere; make and show the widgets inside."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.style().name(), app.palette(), app.font(), app.styleSheet()
    number = QFontDatabase.addApplicationFont(str(FONT_FOLDER / "DejaVuSans.ttf"))
    font = QFont(QFontDatabase.applicationFontFamilies(number)[0])
    font.setPixelSize(13)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    colors = palette(is_dark=is_dark)
    app.setStyle("Fusion")
    app.setPalette(colors)
    app.setFont(font)
    app.setStyleSheet(style_sheet(colors))
    try:
        yield
    finally:
        app.setStyleSheet(before[3])
        app.setFont(before[2])
        app.setPalette(before[1])
        app.setStyle(before[0])


def assert_looks_as_pinned(widget: QWidget, name: str, tmp_path: Path) -> None:
    """Compare a shown widget with its pinned picture; where it differs, both are named."""
    shown = settled(widget)
    pinned = FOLDER / f"{name}.png"
    if os.environ.get(RENEW):
        FOLDER.mkdir(parents=True, exist_ok=True)
        assert shown.save(str(pinned))
        pytest.skip(f"renewed {pinned.name}: look at it")
    assert pinned.is_file(), f"there is no {pinned}; make it with {RENEW}=1"
    expected = QImage(str(pinned)).convertToFormat(QImage.Format.Format_RGB888)
    share = 1.0 if expected.size() != shown.size() else float(difference(shown, expected))
    if share > ALLOWED:
        now = tmp_path / f"{name}.png"
        shown.save(str(now))
        pytest.fail(f"{share:.1%} of the picture differs: it is {now}, pinned is {pinned}")


def settled(widget: QWidget) -> QImage:
    """The widget's picture once its layout has come to rest: labels that wrap ask for their height a round later."""
    picture = widget.grab().toImage()
    for _ in range(20):
        QTest.qWait(10)
        before, picture = picture, widget.grab().toImage()
        if picture == before:
            break
    return picture.convertToFormat(QImage.Format.Format_RGB888)


def difference(one: QImage, other: QImage) -> float:
    """Share of the pixels that differ visibly between two pictures of one size, at half their size."""
    return float((np.abs(_halved(one) - _halved(other)).max(axis=2) > VISIBLE).mean())


def _halved(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    height, width = image.height() // 2 * 2, image.width() // 2 * 2
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)[:height, :width].astype(float)
    return pixels.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))

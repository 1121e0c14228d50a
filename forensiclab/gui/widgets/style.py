"""The few rules of style that the platform's palette does not give; all colours come from the palette."""

from PySide6.QtGui import QColor, QPalette

_QUIET_SHARE = 0.72
"""How much of the text's colour is in quiet text; the rest is the ground's. Contrast stays above 4.5."""


def quiet_color(palette: QPalette) -> QColor:
    """Return the colour of text that is less important, readable on the palette's window and base."""
    text, ground = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    parts = ((text.red(), ground.red()), (text.green(), ground.green()), (text.blue(), ground.blue()))
    return QColor(*(round(_QUIET_SHARE * front + (1 - _QUIET_SHARE) * back) for front, back in parts))


def style_sheet(palette: QPalette) -> str:
    """Return the rules for a palette."""
    return f"""
QLabel#heading {{ font-weight: bold; }}
QLabel#title {{ font-size: 22pt; }}
QLabel#quiet {{ color: {quiet_color(palette).name()}; }}
QLabel#key {{ border: 1px solid palette(mid); border-radius: 3px; padding: 2px 8px; }}
QFrame#card {{ border: 1px solid palette(mid); border-radius: 4px; background: palette(base); }}
QFrame#card[selected="true"] {{ border: 2px solid palette(highlight); }}
QToolButton#menu::menu-indicator {{ subcontrol-origin: padding; subcontrol-position: right center; right: 3px; }}
QSplitter::handle {{ background: palette(window); }}
"""

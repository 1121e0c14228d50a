"""Colours of the program as the user chose them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from forensiclab.gui.widgets.symbols import is_dark

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}

_Role = QPalette.ColorRole
_COLORS: dict[str, dict[QPalette.ColorRole, str]] = {
    "light": {
        _Role.Window: "#efefef",
        _Role.WindowText: "#000000",
        _Role.Base: "#ffffff",
        _Role.AlternateBase: "#f7f7f7",
        _Role.Text: "#000000",
        _Role.PlaceholderText: "#666666",
        _Role.Button: "#efefef",
        _Role.ButtonText: "#000000",
        _Role.BrightText: "#ffffff",
        _Role.Light: "#ffffff",
        _Role.Midlight: "#cacaca",
        _Role.Mid: "#b8b8b8",
        _Role.Dark: "#9f9f9f",
        _Role.Shadow: "#767676",
        _Role.Highlight: "#1f6fad",
        _Role.HighlightedText: "#ffffff",
        _Role.ToolTipBase: "#ffffdc",
        _Role.ToolTipText: "#000000",
        _Role.Link: "#0b57a4",
        _Role.LinkVisited: "#6b2fa0",
    },
    "dark": {
        _Role.Window: "#2b2b2b",
        _Role.WindowText: "#f2f2f2",
        _Role.Base: "#1f1f1f",
        _Role.AlternateBase: "#262626",
        _Role.Text: "#f2f2f2",
        _Role.PlaceholderText: "#a3a3a3",
        _Role.Button: "#383838",
        _Role.ButtonText: "#f2f2f2",
        _Role.BrightText: "#ffffff",
        _Role.Light: "#5a5a5a",
        _Role.Midlight: "#4a4a4a",
        _Role.Mid: "#5c5c5c",
        _Role.Dark: "#1a1a1a",
        _Role.Shadow: "#101010",
        _Role.Highlight: "#2a6ea8",
        _Role.HighlightedText: "#ffffff",
        _Role.ToolTipBase: "#3a3a32",
        _Role.ToolTipText: "#f2f2f2",
        _Role.Link: "#7ab8f5",
        _Role.LinkVisited: "#c3a3f0",
    },
}
_DISABLED = {"light": "#8e8e8e", "dark": "#7d7d7d"}
_OUTLINED = ("QAbstractItemView", "QAbstractSpinBox", "QCheckBox", "QLineEdit", "QPlainTextEdit", "QRadioButton")
_OUTLINE_SOURCE = "#7f7f7f"
"""Fusion draws outlines in a darker shade of the window's colour; on a dark window nobody would see them."""


def apply_color_scheme(name: str) -> None:
    """Show every window light, dark, or as the system does: ``light``, ``dark``, ``system``."""
    QGuiApplication.setPalette(QPalette())
    QGuiApplication.styleHints().setColorScheme(_SCHEMES[name])
    # Desktops without a theme of their own do not know how to: then the colours are ours.
    if name in _COLORS and is_dark(QGuiApplication.palette()) != (name == "dark"):
        QGuiApplication.setPalette(scheme_palette(name))
    for kind in _OUTLINED:
        palette = QPalette()
        if is_dark(QGuiApplication.palette()):
            palette = QPalette(QGuiApplication.palette())
            palette.setColor(_Role.Window, QColor(_OUTLINE_SOURCE))
        QApplication.setPalette(palette, kind)  # type: ignore[arg-type] # its stub asks for bytes, it takes a text
    # A header is also an item view, but its window colour is its ground.
    QApplication.setPalette(QGuiApplication.palette(), "QHeaderView")  # type: ignore[arg-type] # as above


def scheme_palette(name: str) -> QPalette:
    """Return the colours of ``light`` or ``dark``; every text on its ground has a contrast of 4.5 or more."""
    palette = QPalette()
    for role, color in _COLORS[name].items():
        palette.setColor(role, QColor(color))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED[name]))
    return palette

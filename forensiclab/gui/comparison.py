"""What every detector says about the same track or video, side by side; contradictions are shown, never averaged."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Comparison(QWidget):
    """A column per detector, what they contradict each other about, and how far every two of them agree."""

    track_chosen = Signal(int)
    detectors_chosen = Signal(object)
    """Names of those to show as a frozenset, or None for all."""
    card_requested = Signal(str)
    """The user wants to read the card of these weights."""

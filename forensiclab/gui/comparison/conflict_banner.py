"""Says in words and with both shapes that detectors contradict each other; takes no room where none does."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from forensiclab.core.scores import Verdict
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import verdict_pixmap

_SYMBOL_PX = 16
_SIDES = (Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY)


class ConflictBanner(QFrame):
    """A frame with both sides of a contradiction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Contradiction between detectors"))
        self.title = Label()
        self.title.setObjectName("heading")
        self.title.setWordWrap(True)
        self._symbols = [Label() for _ in _SIDES]
        self.sides = [Label() for _ in _SIDES]
        lines = QVBoxLayout(self)
        lines.setContentsMargins(8, 6, 8, 6)
        lines.setSpacing(2)
        lines.addWidget(self.title)
        for symbol, side in zip(self._symbols, self.sides, strict=True):
            side.setWordWrap(True)
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(side, 1)
            lines.addLayout(line)
        self._paint()
        self.hide()

    @property
    def text(self) -> str:
        """All that the banner says; empty while it is hidden."""
        return "\n".join(label.text() for label in (self.title, *self.sides)) if not self.isHidden() else ""

    def show_conflict(self, about: str, forged: Sequence[str], real: Sequence[str], tracks: Sequence[int] = ()) -> None:
        """Show who contradicts whom; without names on both sides, nothing is shown.

        Args:
            about: What they contradict each other about: a track's name, or the video.
            forged, real: Names of the detectors that support manipulation, and authenticity.
            tracks: Other tracks about which detectors contradict each other.
        """
        if not (forged and real) and not tracks:
            self.hide()
            return
        said = [self.tr("The detectors contradict each other about {0}.").format(about)] if forged and real else []
        if tracks:
            said.append(self.tr("Tracks with a contradiction: {0}.").format(", ".join(map(str, tracks))))
        texts = (self.tr("Supports manipulation: {0}"), self.tr("Supports authenticity: {0}"))
        for symbol, side, text, names in zip(self._symbols, self.sides, texts, (forged, real), strict=True):
            side.setText(text.format(", ".join(names)) if names else "")
            for widget in (symbol, side):
                widget.setVisible(bool(names))
        self.title.setText(" ".join(said))
        self.setAccessibleDescription(self.title.text())
        self.show()

    def _paint(self) -> None:
        for symbol, verdict in zip(self._symbols, _SIDES, strict=True):
            symbol.setPixmap(verdict_pixmap(verdict, self.palette(), _SYMBOL_PX, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()
        super().changeEvent(event)

"""How the parts of the window lie: what is done with them is the window's business."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from forensiclab.gui.crops import Crops
from forensiclab.gui.empty_page import EmptyPage
from forensiclab.gui.exhibit_tabs import ExhibitTabs
from forensiclab.gui.message_bar import MessageBar
from forensiclab.gui.player import Player
from forensiclab.gui.player_worker import FrameFetcher
from forensiclab.gui.progress_strip import ProgressStrip
from forensiclab.gui.timeline import Timeline
from forensiclab.gui.verdict_panel import VerdictPanel

_SIDE_PX = 430


class Workspace(QWidget):
    """Messages; buttons and tabs; player over timeline on the left, verdicts over crops on the right; progress."""

    def __init__(self, fetcher: FrameFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = MessageBar()
        self.open_button = QPushButton(self.tr("Open…"))
        self.export_button = QPushButton(self.tr("Export report…"))
        self.tabs = ExhibitTabs()
        self.facts = QLabel()
        self.facts.setObjectName("quiet")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setContentsMargins(10, 0, 10, 3)
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.facts.setAccessibleName(self.tr("The exhibit"))
        self.player = Player(fetcher)
        self.timeline = Timeline()
        self.verdicts = VerdictPanel()
        self.crops = Crops()
        self.progress = ProgressStrip()
        self.empty_page = EmptyPage()
        self._pages = QStackedWidget()
        self._top = QWidget()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.open_button)
        top.addWidget(self.tabs, 1)
        top.addWidget(self.export_button)

        left = _split(Qt.Orientation.Vertical, self.player, self.timeline, sizes=(380, 210))
        right = _split(Qt.Orientation.Vertical, self.verdicts, self.crops, sizes=(280, 310))
        right.setMinimumWidth(340)
        both = _split(Qt.Orientation.Horizontal, left, right, sizes=(1366 - _SIDE_PX, _SIDE_PX))
        both.setStretchFactor(0, 1)
        both.setStretchFactor(1, 0)
        page = QWidget()
        work = QVBoxLayout(page)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(0)
        work.addWidget(self._top)
        work.addWidget(self.facts)
        work.addWidget(both, 1)
        self._pages.addWidget(self.empty_page)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.progress)

    def show_work(self, has_exhibit: bool) -> None:
        """Show the work, or what to do first."""
        self._pages.setCurrentIndex(1 if has_exhibit else 0)

    def show_facts(self, text: str, details: str) -> None:
        """Show what the exhibit is, in one line; details where the pointer rests."""
        self.facts.setText(text)
        self.facts.setToolTip(details)


def _split(direction: Qt.Orientation, *parts: QWidget, sizes: tuple[int, ...]) -> QSplitter:
    splitter = QSplitter(direction)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(5)
    for part in parts:
        splitter.addWidget(part)
    splitter.setSizes(list(sizes))
    return splitter

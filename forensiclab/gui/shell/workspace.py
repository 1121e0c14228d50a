"""The centre of the window: messages, what the exhibit is, player over timeline; or what to do first."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.player.player import Player
from forensiclab.gui.shell.empty_page import EmptyPage
from forensiclab.gui.timeline.timeline import Timeline
from forensiclab.gui.widgets.label import Label, tool_tip
from forensiclab.gui.widgets.message_bar import MessageBar


class _OneLine(Label):
    """One line of text that ends in dots where there is no room for all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class Workspace(QWidget):
    """Lays the parts of the centre; what is done with them is the window's business."""

    def __init__(self, fetcher: FrameFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = MessageBar()
        self.facts = _OneLine()
        self.facts.setObjectName("quiet")
        self.facts.setAccessibleName(self.tr("The exhibit"))
        self.export_button = QPushButton(self.tr("Report…"))
        self.export_button.setToolTip(self.tr("Preview the report and save it (Ctrl+E)"))
        self.player = Player(fetcher)
        self.timeline = Timeline()
        self.empty_page = EmptyPage()
        self.empty_page.setMinimumWidth(1)  # it has the whole window; its long lines must not make the work wide
        self._pages = QStackedWidget()

        top = QHBoxLayout()
        top.setContentsMargins(8, 3, 6, 3)
        top.addWidget(self.facts, 1)
        top.addWidget(self.export_button)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(5)
        self.splitter.addWidget(self.player)
        self.splitter.addWidget(self.timeline)
        self.splitter.setSizes([380, 210])
        page = QWidget()
        work = QVBoxLayout(page)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(0)
        work.addLayout(top)
        work.addWidget(self.splitter, 1)
        self._pages.addWidget(self.empty_page)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._pages, 1)

    def show_work(self, has_exhibit: bool) -> None:
        """Show the work, or what to do first."""
        self._pages.setCurrentIndex(1 if has_exhibit else 0)

    def show_facts(self, text: str, details: str) -> None:
        """Show what the exhibit is, in one line; details where the pointer rests."""
        self.facts.setText(text)
        self.facts.setToolTip(tool_tip(details))

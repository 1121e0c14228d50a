"""The window: puts the parts together, and leads what the user does to the part that does it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow

from forensiclab.analysis.events import AnalysisRequest, Event, ExhibitOpened, Progress
from forensiclab.gui.crops import Crops
from forensiclab.gui.docks import Docks
from forensiclab.gui.evidence import Evidence
from forensiclab.gui.evidence_list import EvidenceList
from forensiclab.gui.exports import ReportExports
from forensiclab.gui.intake import sort_paths, sort_urls
from forensiclab.gui.menus import Menus
from forensiclab.gui.player_worker import FrameFetcher
from forensiclab.gui.progress_strip import ProgressStrip
from forensiclab.gui.runner import AnalysisRunner
from forensiclab.gui.selection import Selection
from forensiclab.gui.selector import Selector
from forensiclab.gui.session import Session, SessionState
from forensiclab.gui.shortcut_sheet import ShortcutSheet
from forensiclab.gui.style import STYLE_SHEET
from forensiclab.gui.timeline import Timeline
from forensiclab.gui.verdict_panel import VerdictPanel
from forensiclab.gui.wording import stream_text
from forensiclab.gui.workspace import Workspace

REFRESH_INTERVAL_MS = 60
"""The parts are redrawn no more often than this, however many events arrive."""


class MainWindow(QMainWindow):
    """Player over timeline in the centre, everything else in docks around it."""

    def __init__(self, runner: AnalysisRunner, fetcher: FrameFetcher) -> None:
        """Take over ``runner`` and ``fetcher``: closing the window shuts both down."""
        super().__init__()
        self._runner = runner
        self._fetcher = fetcher
        self._shortcut_sheet: ShortcutSheet | None = None
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_INTERVAL_MS)
        self.work = Workspace(fetcher)
        self.progress = ProgressStrip()
        self.evidence = Evidence(runner, self._request, self)
        self.evidence_list = EvidenceList(self.evidence)
        self.verdicts = VerdictPanel()
        self.inspector = Crops()
        self.exports = ReportExports(runner, self.work.messages, self)
        self.setCentralWidget(self.work)
        self.statusBar().addWidget(self.progress, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.docks = Docks(self)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks.add("evidence", self.tr("Evidence"), self.evidence_list, left)
        self.docks.add("verdict", self.tr("Verdict"), self.verdicts, right)
        self.docks.add("inspector", self.tr("Inspector"), self.inspector, right)
        parts = (_ByTrack(self.work.timeline), self.verdicts, _ByTrack(self.inspector))
        self.selector = Selector(self.work.player, parts)
        self.setStyleSheet(STYLE_SHEET)
        self.setAcceptDrops(True)
        self.resize(1366, 768)
        self._menus = Menus(self.menuBar(), self.docks.toggles)
        self._connect_menus()
        self._connect()
        self._show_exhibit(None)

    @property
    def shown(self) -> Session | None:
        """The exhibit that is shown."""
        return self.selector.session

    @property
    def shortcut_sheet(self) -> ShortcutSheet | None:
        """The list of keys, once it was asked for."""
        return self._shortcut_sheet

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files: each gets a row and is analysed as soon as its turn comes."""
        good, refusals = sort_paths(paths)
        for sentence in refusals:
            self.work.messages.show_error(sentence)
        ids = self.evidence.add(good)
        if ids:
            self.evidence_list.show_exhibit(ids[0])

    def _request(self, path: Path) -> AnalysisRequest:
        return AnalysisRequest(path=path)

    def _connect_menus(self) -> None:
        menus, player = self._menus, self.work.player
        slots: tuple[tuple[QAction, Callable[[], object]], ...] = (
            (menus.open, self._on_open),
            (menus.export, self._on_export),
            (menus.close_exhibit, self._on_close_exhibit),
            (menus.quit, self.close),
            (menus.play, player.toggle_play),
            (menus.step_back, player.step_back),
            (menus.step_forward, player.step_forward),
            (menus.cancel, self.progress.cancel_button.click),
            (menus.next_exhibit, self._on_next_exhibit),
            (menus.previous_exhibit, self._on_previous_exhibit),
            (menus.reset_layout, self.docks.reset),
            (menus.show_shortcuts, self._on_show_shortcuts),
        )
        for action, slot in slots:
            action.triggered.connect(slot)

    def _connect(self) -> None:
        work, evidence = self.work, self.evidence
        self._refresh_timer.timeout.connect(self._on_refresh)
        evidence.fed.connect(self._on_fed)
        evidence.changed.connect(self._on_changed)
        evidence.failed.connect(self._on_failed)
        evidence.restarted.connect(self._on_restarted)
        evidence.removed.connect(self._on_changed)
        self._runner.waiting_changed.connect(self.progress.show_waiting)
        work.empty_page.open_requested.connect(self._on_open)
        work.export_button.clicked.connect(self._on_export)
        self.evidence_list.chosen.connect(self._on_chosen)
        self.progress.cancel_requested.connect(self._on_cancel_requested)
        work.player.failed.connect(self._on_player_failed)
        work.timeline.seek_requested.connect(work.timeline.set_position)  # at once, before the frame is there
        self.selector.listen(
            seek=(work.timeline.seek_requested, self.inspector.seek_requested),
            track=(self.inspector.track_chosen, self.verdicts.track_chosen),
        )

    def _show_exhibit(self, session: Session | None) -> None:
        """Bring an exhibit, or none, into every part of the window."""
        self.work.show_work(session is not None)
        self.docks.set_active(session is not None)
        self.selector.show(session)
        self.setWindowTitle(self.tr("{0} – ForensicLab").format(session.path.name) if session else "ForensicLab")
        self._menus.close_exhibit.setEnabled(session is not None)
        self._on_refresh()

    @Slot()
    def _on_open(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open videos or pictures"))
        self.open_paths([Path(name) for name in names])

    @Slot()
    def _on_export(self) -> None:
        if self.shown is not None:
            self.exports.ask(self.shown)

    @Slot()
    def _on_close_exhibit(self) -> None:
        current = self.evidence_list.current
        if current is not None:
            self.evidence.remove(current)

    @Slot(int)
    def _on_chosen(self, exhibit_id: int) -> None:
        self._show_exhibit(self.evidence.session(exhibit_id))

    @Slot()
    def _on_next_exhibit(self) -> None:
        self.evidence_list.step(1)

    @Slot()
    def _on_previous_exhibit(self) -> None:
        self.evidence_list.step(-1)

    @Slot()
    def _on_show_shortcuts(self) -> None:
        if self._shortcut_sheet is None:
            self._shortcut_sheet = ShortcutSheet(self._menus.shortcuts, self)
        self._shortcut_sheet.show()
        self._shortcut_sheet.raise_()

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self.evidence.running is not None:
            self.evidence.cancel(self.evidence.running)

    @Slot(int)
    def _on_restarted(self, exhibit_id: int) -> None:
        if exhibit_id == self.evidence_list.current:
            self._show_exhibit(self.evidence.session(exhibit_id))

    @Slot(int, object)
    def _on_fed(self, exhibit_id: int, event: Event) -> None:
        if isinstance(event, Progress):
            self.progress.show_progress(event)
        elif isinstance(event, ExhibitOpened):
            self.progress.show_loading()
        if self.evidence.session(exhibit_id) is self.shown and not self._refresh_timer.isActive():
            self._refresh_timer.start()

    @Slot(int)
    def _on_changed(self, exhibit_id: int) -> None:
        session = self.evidence.session(exhibit_id)
        running = self.evidence.running
        if running is None:
            self.progress.stop()
        elif running == exhibit_id and session is not None:
            self.progress.start(exhibit_id, session.path.name)
        if session is self.shown and session is not None and session.state is not SessionState.RUNNING:
            self._on_refresh()

    @Slot(int, str)
    def _on_failed(self, _exhibit_id: int, sentence: str) -> None:
        self.work.messages.show_error(sentence)

    @Slot()
    def _on_refresh(self) -> None:
        """Show what has come in for the exhibit in front."""
        session = self.shown
        has_report = session is not None and session.report is not None
        self._menus.export.setEnabled(has_report)
        self.work.export_button.setEnabled(has_report)
        self._menus.cancel.setEnabled(self._runner.is_analyzing)
        if session is not None:
            self.work.show_facts(*stream_text(session.exhibit, session.stream))
            self.selector.refresh()

    @Slot(str)
    def _on_player_failed(self, sentence: str) -> None:
        # A file that neither can read is named once, by the analysis.
        if self.shown is not None and self.shown.stream is not None:
            self.work.messages.show_error(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.work.player.toggle_play()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths, refusals = sort_urls(event.mimeData().urls())
        for sentence in refusals:
            self.work.messages.show_error(sentence)
        self.open_paths(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()  # at once, while the running batch ends
        self._refresh_timer.stop()
        self._runner.shutdown()
        self._fetcher.shutdown()
        event.accept()


class _ByTrack:
    """A part that follows the track alone."""

    def __init__(self, part: Timeline | Crops) -> None:
        self._part = part
        self.set_session, self.refresh = part.set_session, part.refresh

    def select(self, selection: Selection) -> None:
        self._part.select_track(selection.track_id)

    def set_position(self, pts_s: float) -> None:
        if isinstance(self._part, Timeline):
            self._part.set_position(pts_s)

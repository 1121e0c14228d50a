"""The window: puts the parts together, and leads what the user does to the part that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from forensiclab.analysis.events import AnalysisRequest, Event
from forensiclab.gui.comparison.comparison import Comparison
from forensiclab.gui.evidence.list import EvidenceList
from forensiclab.gui.evidence.thumbnails import Thumbnails, open_small
from forensiclab.gui.inspector.inspector import Inspector
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.reports.exports import ReportExports, ReportFactories
from forensiclab.gui.shell.analysis_progress import AnalysisProgress
from forensiclab.gui.shell.appearance import apply_color_scheme
from forensiclab.gui.shell.coordinator import Coordinator
from forensiclab.gui.shell.dialogs import Dialogs
from forensiclab.gui.shell.docks import Docks
from forensiclab.gui.shell.evidence_commands import EvidenceCommands
from forensiclab.gui.shell.log_store import LogStore
from forensiclab.gui.shell.menus import Menus
from forensiclab.gui.shell.opening import Opening
from forensiclab.gui.shell.window_state import keep_window, load_window_state, restore_window
from forensiclab.gui.shell.workspace import Workspace
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.state.settings_store import SettingsStore
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import stream_text
from forensiclab.gui.verdicts.verdict_panel import VerdictPanel
from forensiclab.gui.widgets.style import style_sheet
from forensiclab.gui.work.analysis_runner import AnalysisRunner
from forensiclab.gui.work.frames import OpenFrames
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.gui.work.timer import single_shot

REFRESH_INTERVAL_MS = 60
"""The parts are redrawn no more often than this, however many events arrive."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factories:
    """What the window has done by others; a test brings its own."""

    reports: ReportFactories = field(default_factory=ReportFactories)
    open_thumbnail: OpenFrames = open_small
    make_requests: Callable[[], RequestRunner] = RequestRunner


class MainWindow(QMainWindow):
    """Player over timeline in the centre, everything else in docks around it."""

    def __init__(
        self,
        runner: AnalysisRunner,
        fetcher: FrameFetcher,
        factories: Factories | None = None,
        logs: LogStore | None = None,
    ) -> None:
        """Take over ``runner`` and ``fetcher``: closing the window shuts both down."""
        super().__init__()
        factories = factories or Factories()
        self._runner = runner
        self._fetcher = fetcher
        self._tasks = TaskRunner(self)
        self._requests = factories.make_requests()
        self._refresh_timer = single_shot(self, self._on_refresh, REFRESH_INTERVAL_MS)
        self.settings_store = SettingsStore(self)
        self.work = Workspace(fetcher)
        self.evidence = Evidence(runner, self._request, self)
        self.progress = AnalysisProgress(self.evidence)
        thumbnails = Thumbnails(self.evidence, self._tasks, factories.open_thumbnail)
        self.evidence_list = EvidenceList(self.evidence, thumbnails)
        self.verdicts = VerdictPanel()
        self.inspector = Inspector(self._requests)
        self.comparison = Comparison(self._tasks)
        self.setCentralWidget(self.work)
        self.statusBar().addWidget(self.progress, 1)
        self.statusBar().addPermanentWidget(self.evidence_list.summary)
        self.statusBar().setSizeGripEnabled(False)
        self.docks = Docks(self)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks.add("evidence", self.tr("Evidence"), self.evidence_list, left)
        self.docks.add("verdict", self.tr("Verdict"), self.verdicts, right)
        self.docks.add("inspector", self.tr("Inspector"), self.inspector, right)
        self.docks.add("comparison", self.tr("Comparison"), self.comparison, right)
        parts = (self.work.timeline, self.verdicts, self.inspector, self.comparison)
        self.coordinator = Coordinator(self.work.player, parts)
        self._menus = Menus(self.menuBar(), self.docks.toggles)
        messages = self.work.messages
        self.exports = ReportExports(self._tasks, self.settings_store, messages, self, factories.reports)
        self.opening = Opening(self.evidence, self._tasks, messages, load_window_state(), self)
        self.commands = EvidenceCommands(self.evidence, self.evidence_list, self._menus, messages, self)
        self.dialogs = Dialogs(self._menus, self.settings_store, self._tasks, logs or LogStore(self), self)
        self.setStyleSheet(style_sheet(self.palette()))
        self.setAcceptDrops(True)
        restore_window(self.opening.state, self, self.docks, self.work.splitter)
        self._connect_menus()
        self._connect()
        self._on_settings_changed()
        self._show_exhibit(None)
        for problem in self.settings_store.problems:
            messages.show_error(translated(problem))

    @property
    def shown(self) -> Session | None:
        """The exhibit that is shown."""
        return self.coordinator.session

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files and folders: each file gets a row and is analysed as soon as its turn comes."""
        self.opening.open_paths(paths)

    def _request(self, path: Path) -> AnalysisRequest:
        settings = self.settings_store.settings
        return AnalysisRequest(
            path=path,
            detectors=settings.detectors,
            device=settings.device,
            precision=settings.precision,
            sampling=settings.sampling,
            aggregation=settings.aggregation,
        )

    def _connect_menus(self) -> None:
        menus, player = self._menus, self.work.player
        slots: tuple[tuple[QAction, Callable[[], object]], ...] = (
            (menus.open, self.opening.ask_for_files),
            (menus.open_folder, self.opening.ask_for_folder),
            (menus.export, self._on_export),
            (menus.quit, self.close),
            (menus.play, player.toggle_play),
            (menus.step_back, player.step_back),
            (menus.step_forward, player.step_forward),
            (menus.slower, player.slower),
            (menus.pause, player.pause),
            (menus.faster, player.faster),
            (menus.go_to_time, player.edit_time),
            (menus.copy_frame, player.copy_frame),
            (menus.save_frame, player.save_frame),
            (menus.zoom_in, player.view.zoom_in),
            (menus.zoom_out, player.view.zoom_out),
            (menus.zoom_to_fit, player.view.zoom_to_fit),
            (menus.zoom_to_pixels, player.view.zoom_to_pixels),
            (menus.cancel, self.progress.cancel_button.click),
            (menus.whole_range, self._on_whole_range),
            (menus.next_exhibit, self._on_next_exhibit),
            (menus.previous_exhibit, self._on_previous_exhibit),
            (menus.reset_layout, self.docks.reset),
            (menus.full_screen, self._on_full_screen),
        )
        for action, slot in slots:
            action.triggered.connect(slot)
        menus.detector_toggled.connect(self.coordinator.toggle_detector)
        menus.dock_called.connect(self.docks.bring_forward)
        menus.recent.aboutToShow.connect(self._on_recent_about_to_show)

    def _connect(self) -> None:
        work, evidence, opening, listed = self.work, self.evidence, self.opening, self.evidence_list
        self.settings_store.failed.connect(work.messages.show_error)
        self.settings_store.changed.connect(self._on_settings_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_settings_changed)
        evidence.fed.connect(self._on_fed)
        evidence.changed.connect(self._on_changed)
        evidence.failed.connect(self._on_failed)
        evidence.restarted.connect(self._on_restarted)
        opening.opened.connect(listed.show_exhibit)
        for asked in (work.empty_page.open_requested, listed.open_requested):
            asked.connect(opening.ask_for_files)
        for asked in (work.empty_page.open_folder_requested, listed.open_folder_requested):
            asked.connect(opening.ask_for_folder)
        work.export_button.clicked.connect(self._on_export)
        listed.current_changed.connect(self._on_current_changed)
        work.player.failed.connect(self._on_player_failed)
        work.player.refused.connect(work.messages.show_error)
        work.player.noticed.connect(work.messages.show_info)
        self.inspector.tabs.compression.flip_points_changed.connect(self.comparison.set_flip_points)
        self.comparison.card_requested.connect(self.dialogs.show_card)
        self.comparison.models_requested.connect(self._menus.models.trigger)
        self.coordinator.changed.connect(self._on_selection_changed)
        self.coordinator.listen(
            seek=(work.timeline.seek_requested, self.inspector.seek_requested),
            step=(work.timeline.step_requested,),
            track=(
                work.timeline.track_chosen,
                self.inspector.track_chosen,
                self.verdicts.track_chosen,
                self.comparison.track_chosen,
            ),
            range_s=(work.timeline.range_chosen,),
            detectors=(self.comparison.detectors_chosen,),
        )

    def _show_exhibit(self, session: Session | None) -> None:
        """Bring an exhibit, or none, into every part of the window."""
        self.work.show_work(session is not None)
        self.docks.set_active(session is not None)
        self.coordinator.show(session)
        self.setWindowTitle(self.tr("{0} – ForensicLab").format(session.path.name) if session else "ForensicLab")
        self._on_refresh()

    @Slot()
    def _on_settings_changed(self) -> None:
        settings = self.settings_store.settings
        apply_color_scheme(settings.color_scheme)
        for part in (self.inspector, self.comparison):
            part.set_colormap(settings.colormap)
        self.inspector.set_engine(settings.detectors, settings.device, settings.precision)

    @Slot()
    def _on_export(self) -> None:
        if self.shown is not None:
            self.exports.preview(self.shown)

    @Slot(int)
    def _on_current_changed(self, exhibit_id: int) -> None:
        self._show_exhibit(self.evidence.session(exhibit_id))

    @Slot()
    def _on_next_exhibit(self) -> None:
        self.evidence_list.step(1)

    @Slot()
    def _on_previous_exhibit(self) -> None:
        self.evidence_list.step(-1)

    @Slot()
    def _on_whole_range(self) -> None:
        if self.coordinator.selection.range_s is not None:
            self.coordinator.clear_range()
        elif self.isFullScreen():
            self._menus.full_screen.trigger()

    @Slot()
    def _on_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _on_recent_about_to_show(self) -> None:
        self.opening.fill_recent(self._menus.recent)

    @Slot(int)
    def _on_restarted(self, exhibit_id: int) -> None:
        if exhibit_id == self.evidence_list.current:
            self._show_exhibit(self.evidence.session(exhibit_id))

    @Slot(int, object)
    def _on_fed(self, exhibit_id: int, _event: Event) -> None:
        if self.evidence.session(exhibit_id) is self.shown and not self._refresh_timer.isActive():
            self._refresh_timer.start()

    @Slot(int)
    def _on_changed(self, exhibit_id: int) -> None:
        session = self.evidence.session(exhibit_id)
        if session is self.shown and session is not None and session.state is not SessionState.RUNNING:
            self._on_refresh()

    @Slot(int, str)
    def _on_failed(self, _exhibit_id: int, sentence: str) -> None:
        self.work.messages.show_error(sentence)

    @Slot()
    def _on_selection_changed(self) -> None:
        names = self.shown.detectors if self.shown else []
        self._menus.show_detectors(names, [self.coordinator.selection.shows(name) for name in names])

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
            self.coordinator.refresh()
        self._on_selection_changed()

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

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            sheet = style_sheet(self.palette())
            if sheet != self.styleSheet():  # setting it changes the palette once more
                self.setStyleSheet(sheet)
        elif event.type() == QEvent.Type.WindowStateChange:
            self._menus.full_screen.setChecked(self.isFullScreen())
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.opening.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.isVisible():
            keep_window(self.opening.state, self, self.docks, self.work.splitter)
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child.isWindow():
                child.close()
        self.hide()  # at once, while the running batch ends
        self._refresh_timer.stop()
        self._runner.shutdown()
        self._fetcher.shutdown()
        self._requests.shutdown()
        self._tasks.shutdown()
        event.accept()

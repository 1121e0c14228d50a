"""The window: puts the widgets together, opens exhibits, and leads what arrives to the session it belongs to."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow

from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest, Event, ExhibitOpened, Progress
from forensiclab.gui.intake import sort_paths, sort_urls
from forensiclab.gui.menus import Menus
from forensiclab.gui.player_worker import FrameFetcher
from forensiclab.gui.runner import AnalysisRunner, JobEnd
from forensiclab.gui.session import Session, SessionState
from forensiclab.gui.shortcut_sheet import ShortcutSheet
from forensiclab.gui.style import STYLE_SHEET
from forensiclab.gui.symbols import verdict_pixmap
from forensiclab.gui.wording import stream_text
from forensiclab.gui.workspace import Workspace

REFRESH_INTERVAL_MS = 60
"""The widgets are redrawn no more often than this, however many events arrive."""


class MainWindow(QMainWindow):
    """One tab per exhibit: one is shown at a time, one is analysed at a time, the others wait or are done."""

    def __init__(self, runner: AnalysisRunner, fetcher: FrameFetcher) -> None:
        """Take over ``runner`` and ``fetcher``: closing the window shuts both down."""
        super().__init__()
        self._runner = runner
        self._fetcher = fetcher
        self._sessions: dict[int, Session] = {}
        """By the id of the analysis."""
        self._exports: dict[int, Path] = {}
        """Where a report is being written to, by the id of the export."""
        self._selected_track: int | None = None
        self._shortcut_sheet: ShortcutSheet | None = None
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_INTERVAL_MS)
        self.work = Workspace(fetcher)
        self.setCentralWidget(self.work)
        self.setStyleSheet(STYLE_SHEET)
        self.setAcceptDrops(True)
        self.resize(1280, 690)
        self._menus = Menus(self.menuBar())
        self._connect_menus()
        self._connect()
        self._show_current()

    @property
    def sessions(self) -> list[Session]:
        """Every exhibit of the window, in the order of the tabs."""
        tabs = self.work.tabs
        return [self._sessions[tabs.tabData(i)] for i in range(tabs.count())]

    @property
    def shown(self) -> Session | None:
        """The exhibit that is shown."""
        return self._sessions.get(self._shown_id())

    @property
    def shortcut_sheet(self) -> ShortcutSheet | None:
        """The list of keys, once it was asked for."""
        return self._shortcut_sheet

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files: each gets a tab and is analysed as soon as its turn comes."""
        good, refusals = sort_paths(paths)
        for sentence in refusals:
            self.work.messages.show_error(sentence)
        first_new = self.work.tabs.count()
        for path in good:
            job_id = self._runner.analyze(AnalysisRequest(path=path))
            self._sessions[job_id] = Session(path)
            self.work.tabs.add_exhibit(path.name, str(path), job_id)
            self._show_tab(job_id)
        if good:
            self.work.tabs.setCurrentIndex(first_new)
            self._show_current()

    def export_to(self, pdf_path: Path) -> None:
        """Write the report of the shown exhibit as PDF, and its data as JSON beside it under the same name."""
        session = self.shown
        if session is None or session.report is None:
            return
        pdf_path = pdf_path if pdf_path.suffix.lower() == ".pdf" else pdf_path.with_name(pdf_path.name + ".pdf")
        json_path = pdf_path.with_suffix(".json")
        if json_path.exists() and not pdf_path.exists():
            # The user was asked about the PDF only; a JSON without its PDF is somebody else's.
            text = self.tr("'{0}' already exists and was not written over; choose another name for the report.")
            self.work.messages.show_error(text.format(json_path))
            return
        self._exports[self._runner.export(session.report, pdf_path, json_path)] = pdf_path
        if self._runner.is_analyzing:
            text = self.tr("'{0}' will be written when the running analysis ends.")
            self.work.messages.show_info(text.format(pdf_path.name))

    def select_track(self, track_id: int | None) -> None:
        """Show this track in every part of the window."""
        self._selected_track = track_id
        self.work.timeline.select_track(track_id)
        self.work.crops.select_track(track_id)
        self.work.verdicts.select_track(track_id)
        self._show_faces()

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
            (menus.cancel, self.work.progress.cancel_button.click),
            (menus.next_exhibit, self._on_next_exhibit),
            (menus.previous_exhibit, self._on_previous_exhibit),
            (menus.show_shortcuts, self._on_show_shortcuts),
        )
        for action, slot in slots:
            action.triggered.connect(slot)

    def _connect(self) -> None:
        work, runner = self.work, self._runner
        self._refresh_timer.timeout.connect(self._on_refresh)
        runner.started.connect(self._on_started)
        runner.arrived.connect(self._on_arrived)
        runner.failed.connect(self._on_failed)
        runner.ended.connect(self._on_ended)
        runner.waiting_changed.connect(work.progress.show_waiting)
        work.open_button.clicked.connect(self._on_open)
        work.empty_page.open_requested.connect(self._on_open)
        work.export_button.clicked.connect(self._on_export)
        work.tabs.currentChanged.connect(self._on_tab_changed)
        work.tabs.tabCloseRequested.connect(self._on_tab_close_requested)
        work.progress.cancel_requested.connect(self._on_cancel_requested)
        work.player.position_changed.connect(self._on_position_changed)
        work.player.failed.connect(self._on_player_failed)
        for source in (work.timeline, work.crops):
            source.seek_requested.connect(self._on_seek_requested)
        for chooser in (work.crops.track_chosen, work.verdicts.track_chosen, work.player.view.track_clicked):
            chooser.connect(self._on_track_chosen)

    def _shown_id(self) -> int:
        """Id of the exhibit in front; 0, which is no id, where there is none."""
        return int(self.work.tabs.tabData(self.work.tabs.currentIndex()) or 0)

    def _show_tab(self, job_id: int) -> None:
        """Say on an exhibit's tab how far it is."""
        session, index = self._sessions[job_id], self.work.tabs.index_of(job_id)
        notes = {
            SessionState.WAITING: self.tr("waiting"),
            SessionState.RUNNING: self.tr("running"),
            SessionState.CANCELLED: self.tr("cancelled"),
            SessionState.FAILED: self.tr("failed"),
        }
        note = notes.get(session.state)
        self.work.tabs.setTabText(index, f"{session.path.name} ({note})" if note else session.path.name)
        verdict = session.report.video.verdict if session.report else None
        pixmap = verdict_pixmap(verdict, self.palette(), 14, self.devicePixelRatioF())
        self.work.tabs.setTabIcon(index, QIcon(pixmap))

    def _show_current(self) -> None:
        """Bring the exhibit of the current tab into every part of the window."""
        session = self.shown
        self.work.show_work(session is not None)
        self.work.player.open(session.path if session else None)
        self._selected_track = None
        for part in (self.work.timeline, self.work.crops, self.work.verdicts):
            part.set_session(session)
        self.setWindowTitle(self.tr("{0} – ForensicLab").format(session.path.name) if session else "ForensicLab")
        self._menus.close_exhibit.setEnabled(session is not None)
        self._on_refresh()

    def _show_faces(self) -> None:
        session, pts_s = self.shown, self.work.player.pts_s
        if session is not None and pts_s is not None:
            self.work.player.view.set_faces(session.faces_at(pts_s), self._selected_track)

    def _close_exhibit(self, job_id: int) -> None:
        self._runner.discard(job_id)
        if not self._runner.is_analyzing:
            self.work.progress.stop()
        # First out of the sessions, then out of the tabs: removing the tab already shows the next one.
        del self._sessions[job_id]
        self.work.tabs.removeTab(self.work.tabs.index_of(job_id))

    @Slot()
    def _on_open(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open videos or pictures"))
        self.open_paths([Path(name) for name in names])

    @Slot()
    def _on_export(self) -> None:
        session = self.shown
        if session is None or session.report is None:
            return
        proposed = session.path.with_name(f"{session.path.stem} report.pdf")
        title = self.tr("Export the report as PDF, with a JSON beside it")
        name, _ = QFileDialog.getSaveFileName(self, title, str(proposed), self.tr("PDF (*.pdf)"))
        if name:
            self.export_to(Path(name))

    @Slot()
    def _on_close_exhibit(self) -> None:
        if self._shown_id():
            self._close_exhibit(self._shown_id())

    @Slot(int)
    def _on_tab_close_requested(self, index: int) -> None:
        self._close_exhibit(self.work.tabs.tabData(index))

    @Slot(int)
    def _on_tab_changed(self, _index: int) -> None:
        self._show_current()

    @Slot()
    def _on_next_exhibit(self) -> None:
        self.work.tabs.setCurrentIndex((self.work.tabs.currentIndex() + 1) % max(self.work.tabs.count(), 1))

    @Slot()
    def _on_previous_exhibit(self) -> None:
        self.work.tabs.setCurrentIndex((self.work.tabs.currentIndex() - 1) % max(self.work.tabs.count(), 1))

    @Slot()
    def _on_show_shortcuts(self) -> None:
        if self._shortcut_sheet is None:
            self._shortcut_sheet = ShortcutSheet(self._menus.shortcuts, self)
        self._shortcut_sheet.show()
        self._shortcut_sheet.raise_()

    @Slot()
    def _on_cancel_requested(self) -> None:
        self._runner.cancel()

    @Slot(int)
    def _on_started(self, job_id: int) -> None:
        session = self._sessions.get(job_id)
        if session is not None:
            session.state = SessionState.RUNNING
            self.work.progress.start(session.path.name)
            self._show_tab(job_id)
            self._refresh_timer.start()

    @Slot(int, object)
    def _on_arrived(self, job_id: int, event: Event) -> None:
        session = self._sessions.get(job_id)
        if session is None:
            return
        session.add(event)
        if isinstance(event, Progress):
            self.work.progress.show_progress(event)
        elif isinstance(event, ExhibitOpened):
            self.work.progress.show_loading()
        elif isinstance(event, AnalysisFinished):
            self._show_tab(job_id)
        if session is self.shown and not self._refresh_timer.isActive():
            self._refresh_timer.start()

    @Slot(int, str)
    def _on_failed(self, _job_id: int, sentence: str) -> None:
        self.work.messages.show_error(sentence)

    @Slot(int, object)
    def _on_ended(self, job_id: int, end: JobEnd) -> None:
        pdf_path = self._exports.pop(job_id, None)
        if pdf_path is not None and end is JobEnd.DONE:
            text = self.tr("The report is written: '{0}', with its data in '{1}' beside it.")
            self.work.messages.show_info(text.format(pdf_path, pdf_path.with_suffix(".json").name))
        session = self._sessions.get(job_id)
        if session is None:
            return
        states = {
            JobEnd.DONE: SessionState.DONE,
            JobEnd.CANCELLED: SessionState.CANCELLED,
            JobEnd.FAILED: SessionState.FAILED,
        }
        session.state = states[end]
        self.work.progress.stop()
        if end is JobEnd.FAILED and session.stream is None:
            self._close_exhibit(job_id)  # nothing of it could be read; the message says why
            return
        self._show_tab(job_id)
        self._on_refresh()

    @Slot()
    def _on_refresh(self) -> None:
        """Show what has come in for the exhibit in front."""
        session, work = self.shown, self.work
        has_report = session is not None and session.report is not None
        self._menus.export.setEnabled(has_report)
        work.export_button.setEnabled(has_report)
        self._menus.cancel.setEnabled(self._runner.is_analyzing)
        if session is None:
            return
        work.show_facts(*stream_text(session.exhibit, session.stream))
        work.player.set_extent(session.end_s, session.stream)
        for part in (work.timeline, work.crops, work.verdicts):
            part.refresh()
        if self._selected_track not in session.tracks:
            self.select_track(min(session.tracks, default=None))
        self._show_faces()

    @Slot(float)
    def _on_position_changed(self, pts_s: float) -> None:
        self.work.timeline.set_position(pts_s)
        self._show_faces()

    @Slot(float)
    def _on_seek_requested(self, pts_s: float) -> None:
        self.work.timeline.set_position(pts_s)
        self.work.player.seek(pts_s)

    @Slot(str)
    def _on_player_failed(self, sentence: str) -> None:
        # A file that neither can read is named once, by the analysis.
        if self.shown is not None and self.shown.stream is not None:
            self.work.messages.show_error(sentence)

    @Slot(int)
    def _on_track_chosen(self, track_id: int) -> None:
        self.select_track(track_id)

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

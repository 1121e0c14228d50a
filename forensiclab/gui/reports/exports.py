"""Reports: the preview of an exhibit's report, where it goes, and what is said when it is there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from forensiclab.analysis.events import AnalysisReport
from forensiclab.gui.reports.report_dialog import Preview, ReportDialog
from forensiclab.gui.state.session import Session
from forensiclab.gui.state.settings_store import SettingsStore
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.report.model import ReportDetails
from forensiclab.report.pdf import preview_pages, write_pdf
from forensiclab.report.result_json import write_json

Export = Callable[[AnalysisReport, ReportDetails, Path, Path], None]
"""Report, what the examiner states, path of the PDF, path of the JSON."""


def export_report(report: AnalysisReport, details: ReportDetails, pdf_path: Path, json_path: Path) -> None:
    """Write the report as PDF and its data as JSON.

    Raises:
        ReportError: One of the two could not be made or written.
    """
    write_pdf(report, pdf_path, details)
    write_json(report, json_path)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportFactories:
    """How reports are made; a test brings its own."""

    export: Export = export_report
    preview: Preview = preview_pages


class ReportExports(QObject):
    """Shows and writes reports, beside whatever analysis runs."""

    def __init__(
        self,
        tasks: TaskRunner,
        settings_store: SettingsStore,
        messages: MessageBar,
        window: QWidget,
        factories: ReportFactories,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._settings_store = settings_store
        self._messages = messages
        self._factories = factories
        self._details = ReportDetails(examiner=settings_store.settings.examiner or None)
        """As stated last: the next report of the window is likely to be of the same case."""
        self._session: Session | None = None
        self.dialog: ReportDialog | None = None
        """The preview, while it is open."""

    def preview(self, session: Session) -> None:
        """Show the report of an exhibit, so that it can be completed and saved."""
        if session.report is None or self.dialog is not None:
            return
        self._session = session
        self.dialog = ReportDialog(session.report, self._details, self._tasks, self._factories.preview, self._window)
        self.dialog.save_requested.connect(self._on_save_requested)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def export_to(self, session: Session, pdf_path: Path, details: ReportDetails) -> None:
        """Write the report of an exhibit as PDF, and its data as JSON beside it under the same name."""
        report = session.report
        if report is None:
            return
        pdf_path = pdf_path if pdf_path.suffix.lower() == ".pdf" else pdf_path.with_name(pdf_path.name + ".pdf")
        json_path = pdf_path.with_suffix(".json")
        if json_path.exists() and not pdf_path.exists():
            # The user was asked about the PDF only; a JSON without its PDF is somebody else's.
            text = self.tr("'{0}' already exists and was not overwritten; choose another name for the report.")
            self._say_error(text.format(json_path))
            return
        sentence = self.tr("The report '{0}' could not be written because of an unexpected error.").format(pdf_path)
        self._tasks.submit(
            self,
            partial(self._factories.export, report, details, pdf_path, json_path),
            done=lambda _: self._finish(pdf_path),
            failed=self._fail,
            unexpected=sentence,
            is_urgent=True,
        )
        if self.dialog is not None:
            self.dialog.show_saving(True)

    def _say_error(self, sentence: str) -> None:
        (self.dialog.messages if self.dialog is not None else self._messages).show_error(sentence)

    @Slot(object)
    def _on_save_requested(self, details: ReportDetails) -> None:
        session = self._session
        if session is None or self.dialog is None:
            return
        self._details = details
        self._settings_store.replace(replace(self._settings_store.settings, examiner=details.examiner or ""))
        chosen = self._settings_store.settings.report_folder
        folder = Path(chosen) if chosen and Path(chosen).is_dir() else session.path.parent
        title = self.tr("Save the report as PDF, with a JSON beside it")
        name, _ = QFileDialog.getSaveFileName(
            self.dialog, title, str(folder / f"{session.path.stem} report.pdf"), self.tr("PDF (*.pdf)")
        )
        if name:
            self.export_to(session, Path(name), details)

    @Slot(int)
    def _on_dialog_finished(self, _result: int) -> None:
        if self.dialog is not None:
            self._details = replace(self.dialog.details, amendment=None)  # that is about one report alone
            self.dialog.deleteLater()
        self.dialog = self._session = None

    def _fail(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_saving(False)
        self._say_error(sentence)

    def _finish(self, pdf_path: Path) -> None:
        if self.dialog is not None:
            self.dialog.show_saving(False)
            self.dialog.accept()
        text = self.tr("The report was saved as '{0}', with its data in '{1}' beside it.")
        self._messages.show_info(text.format(pdf_path, pdf_path.with_suffix(".json").name))

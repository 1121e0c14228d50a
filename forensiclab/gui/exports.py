"""Reports: where the one of an exhibit goes, and what is said when it is there."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from forensiclab.gui.message_bar import MessageBar
from forensiclab.gui.runner import AnalysisRunner, JobEnd
from forensiclab.gui.session import Session


class ReportExports(QObject):
    """Writes reports by the runner."""

    def __init__(self, runner: AnalysisRunner, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._runner = runner
        self._messages = messages
        self._running: dict[int, Path] = {}
        """Where a report is being written to, by the id of its job."""
        runner.failed.connect(self._on_failed)
        runner.ended.connect(self._on_ended)

    def ask(self, session: Session) -> None:
        """Ask where the report of an exhibit shall go, and write it there."""
        if session.report is None:
            return
        proposed = session.path.with_name(f"{session.path.stem} report.pdf")
        title = self.tr("Export the report as PDF, with a JSON beside it")
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(proposed), self.tr("PDF (*.pdf)"))
        if name:
            self.export_to(session, Path(name))

    def export_to(self, session: Session, pdf_path: Path) -> None:
        """Write the report of an exhibit as PDF, and its data as JSON beside it under the same name."""
        if session.report is None:
            return
        pdf_path = pdf_path if pdf_path.suffix.lower() == ".pdf" else pdf_path.with_name(pdf_path.name + ".pdf")
        json_path = pdf_path.with_suffix(".json")
        if json_path.exists() and not pdf_path.exists():
            # The user was asked about the PDF only; a JSON without its PDF is somebody else's.
            text = self.tr("'{0}' already exists and was not written over; choose another name for the report.")
            self._messages.show_error(text.format(json_path))
            return
        self._running[self._runner.export(session.report, pdf_path, json_path)] = pdf_path
        if self._runner.is_analyzing:
            text = self.tr("'{0}' will be written when the running analysis ends.")
            self._messages.show_info(text.format(pdf_path.name))

    @Slot(int, str)
    def _on_failed(self, job_id: int, sentence: str) -> None:
        if job_id in self._running:
            self._messages.show_error(sentence)

    @Slot(int, object)
    def _on_ended(self, job_id: int, end: JobEnd) -> None:
        pdf_path = self._running.pop(job_id, None)
        if pdf_path is not None and end is JobEnd.DONE:
            text = self.tr("The report is written: '{0}', with its data in '{1}' beside it.")
            self._messages.show_info(text.format(pdf_path, pdf_path.with_suffix(".json").name))

"""The report before it is saved: what the examiner states on the left, the pages on the right."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.notation import share_text
from forensiclab.gui.reports.report_pages import ReportPages
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.widgets.screen import available_size
from forensiclab.gui.work.task_runner import Task, TaskRunner
from forensiclab.gui.work.timer import single_shot
from forensiclab.report.model import ReportDetails

Preview = Callable[[AnalysisReport, ReportDetails, float], tuple[bytes, ...]]
"""Report, details, pixels per inch -> pages as PNG pictures."""

PIXELS_PER_INCH = 120.0
_TYPING_PAUSE_MS = 700
_ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0)


class ReportDialog(QDialog):
    """Typesets the report on the thread of the tasks whenever the examiner's words change. Writes nothing itself."""

    save_requested = Signal(object)
    """The ``ReportDetails`` as they are now."""

    def __init__(
        self,
        report: AnalysisReport,
        details: ReportDetails,
        tasks: TaskRunner,
        preview: Preview,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._tasks = tasks
        self._preview = preview
        self._typesetting: Task[tuple[bytes, ...]] | None = None
        self.setWindowTitle(self.tr("Report of {0}").format(report.exhibit.path.name))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.messages = MessageBar()
        self.case = QLineEdit(details.case or "")
        self.examiner = QLineEdit(details.examiner or "")
        self.questions = QPlainTextEdit(details.questions or "")
        self.questions.setTabChangesFocus(True)
        self.questions.setFixedHeight(6 * self.questions.fontMetrics().lineSpacing())
        self.questions.setPlaceholderText(self.tr("What the examination was asked to answer"))
        self.amendment = QLineEdit(details.amendment or "")
        self.amendment.setPlaceholderText(self.tr("which earlier report, and why"))
        self.pages = ReportPages()
        self.zoom = QComboBox()
        self.zoom.setAccessibleName(self.tr("Zoom"))
        self.zoom.addItem(self.tr("Page width"), None)
        for zoom in _ZOOMS:
            self.zoom.addItem(share_text(zoom, 0), zoom)
        self.state_label = Label()
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setMaximumWidth(120)
        self.busy.setAccessibleName(self.tr("The report is being typeset"))
        self.save_button = QPushButton(self.tr("&Save…"))
        self.save_button.setDefault(True)
        self._lay_out()
        self._pause = single_shot(self, self._on_pause, _TYPING_PAUSE_MS)
        for line in (self.case, self.examiner, self.amendment):
            line.textEdited.connect(self._on_edited)
        self.questions.textChanged.connect(self._on_edited)
        self.zoom.currentIndexChanged.connect(self._on_zoom_changed)
        self.save_button.clicked.connect(self._on_save_clicked)
        self._on_pause()

    @property
    def details(self) -> ReportDetails:
        """What the examiner states."""
        return ReportDetails(
            case=self.case.text().strip() or None,
            examiner=self.examiner.text().strip() or None,
            questions=self.questions.toPlainText().strip() or None,
            amendment=self.amendment.text().strip() or None,
        )

    def show_saving(self, is_saving: bool) -> None:
        """Show whether the report is being written right now."""
        self.save_button.setEnabled(not is_saving)
        self.busy.setVisible(is_saving or self._typesetting is not None)

    def _lay_out(self) -> None:
        note = Label(
            self.tr(
                "What you state here is printed in the report as stated. Empty fields are printed as “not stated”.\n\n"
                "A JSON with all results is saved beside the PDF, and is also inside it."
            )
        )
        note.setWordWrap(True)
        note.setObjectName("quiet")
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(self.tr("&Case"), self.case)
        form.addRow(self.tr("&Examiner"), self.examiner)
        form.addRow(self.tr("&Questions asked"), self.questions)
        form.addRow(self.tr("&Amends"), self.amendment)
        side = QWidget()
        side.setFixedWidth(270)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.addLayout(form)
        left.addWidget(note)
        left.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(side)
        middle.addWidget(self.pages, 1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addWidget(self.state_label)
        bottom.addWidget(self.busy)
        bottom.addStretch(1)
        bottom.addWidget(self.zoom)
        bottom.addWidget(self.save_button)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addLayout(middle, 1)
        layout.addLayout(bottom)
        room = available_size()
        self.resize(min(1120, room.width() - 60), min(900, room.height() - 80))

    @Slot()
    def _on_edited(self) -> None:
        self._pause.start()

    @Slot()
    def _on_pause(self) -> None:
        if self._typesetting is not None:
            self._typesetting.drop()
        self.state_label.setText(self.tr("Typesetting…"))
        self.busy.show()
        self._typesetting = self._tasks.submit(
            self,
            partial(self._preview, self._report, self.details, PIXELS_PER_INCH),
            done=self._show_pages,
            failed=self._show_failure,
            unexpected=self.tr("The report could not be typeset because of an unexpected error."),
            is_urgent=True,
        )

    def _show_pages(self, pages: tuple[bytes, ...]) -> None:
        self._end_typesetting(self.tr("{0} pages").format(len(pages)))
        self.pages.set_pages(pages)

    def _show_failure(self, sentence: str) -> None:
        self._end_typesetting(self.tr("No preview"))
        self.messages.show_error(sentence)

    def _end_typesetting(self, state: str) -> None:
        self._typesetting = None
        self.state_label.setText(state)
        self.busy.setVisible(not self.save_button.isEnabled())

    @Slot(int)
    def _on_zoom_changed(self, _index: int) -> None:
        self.pages.set_zoom(self.zoom.currentData())

    @Slot()
    def _on_save_clicked(self) -> None:
        self.save_requested.emit(self.details)

    def done(self, result: int) -> None:
        if self._typesetting is not None:
            self._typesetting.drop()
            self._typesetting = None
        self._pause.stop()
        super().done(result)

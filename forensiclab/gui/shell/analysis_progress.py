"""What runs right now, how far it is, how long it will take, and the button that stops it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from forensiclab.analysis.events import Event, ExhibitOpened, Progress
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.text.wording import left_text, stage_text
from forensiclab.gui.widgets.label import Label

_STEPS = 1000


class AnalysisProgress(QWidget):
    """Follows the analysis that runs; shown while there is one."""

    def __init__(self, evidence: Evidence, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evidence = evidence
        self.label = Label()
        self.bar = QProgressBar()
        self.bar.setMaximumHeight(16)
        self.bar.setFormat("%p %")
        self.bar.setAccessibleName(self.tr("Progress of the analysis"))
        self.left_label = Label()
        self.left_label.setMinimumWidth(self.left_label.fontMetrics().horizontalAdvance("0:00:00 left  "))
        self.cancel_button = QPushButton(self.tr("&Cancel"))
        self.cancel_button.setAccessibleDescription(self.tr("Stops the analysis and keeps what was found so far"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 8, 4)
        layout.setSpacing(12)
        layout.addWidget(self.label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.left_label)
        layout.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(self._on_cancel_clicked)
        evidence.fed.connect(self._on_fed)
        evidence.changed.connect(self._on_changed)
        evidence.removed.connect(self._on_changed)
        self._name = ""
        self._exhibit_id = 0
        """Of the exhibit that is analysed; 0 = none."""
        self.hide()

    def start(self, exhibit_id: int, name: str) -> None:
        """Show that an analysis of the exhibit ``name`` has started; saying so again changes nothing."""
        if exhibit_id == self._exhibit_id:
            return
        self._exhibit_id = exhibit_id
        self._name = name
        self.label.setText(self.tr("{0}: starting").format(name))
        self.left_label.clear()
        self.bar.setRange(0, 0)
        self.cancel_button.setEnabled(True)
        self.show()

    def show_loading(self) -> None:
        """Show that the exhibit is open, and that face finder and detectors are being loaded."""
        if self.cancel_button.isEnabled():
            self.label.setText(self.tr("{0}: loading face finder and detectors").format(self._name))
        self.bar.setRange(0, 0)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the analysis is."""
        if self.cancel_button.isEnabled():
            self.label.setText(f"{self._name}: {stage_text(progress.stage)}")
        self.left_label.setText("" if progress.left_s is None else left_text(progress.left_s))
        if progress.stage == "score":
            return  # counts within one track: the bar stays where reading has brought it
        if progress.total:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * min(max(progress.done / progress.total, 0.0), 1.0)))
        else:
            self.bar.setRange(0, 0)

    def stop(self) -> None:
        """Show that nothing is running."""
        self._exhibit_id = 0
        self.hide()

    @Slot(int, object)
    def _on_fed(self, _exhibit_id: int, event: Event) -> None:
        if isinstance(event, Progress):
            self.show_progress(event)
        elif isinstance(event, ExhibitOpened):
            self.show_loading()

    @Slot(int)
    def _on_changed(self, _exhibit_id: int) -> None:
        running = self._evidence.running
        session = None if running is None else self._evidence.session(running)
        if running is None or session is None:
            self.stop()
        else:
            self.start(running, session.path.name)

    @Slot()
    def _on_cancel_clicked(self) -> None:
        # Acknowledged at once; the batch that runs comes to its end first.
        self.cancel_button.setEnabled(False)
        self.label.setText(self.tr("{0}: cancelling").format(self._name))
        if self._evidence.running is not None:
            self._evidence.cancel(self._evidence.running)

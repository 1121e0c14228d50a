"""What runs right now, how far it is, how long it will take, and the button that stops it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from forensiclab.analysis.events import Progress
from forensiclab.gui.wording import left_text, stage_text

_STEPS = 1000


class ProgressStrip(QWidget):
    """Shown while an analysis runs."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setMaximumHeight(16)
        self.bar.setAccessibleName(self.tr("Progress of the analysis"))
        self.left_label = QLabel()
        self.left_label.setMinimumWidth(self.left_label.fontMetrics().horizontalAdvance("0:00:00 left  "))
        self.waiting_label = QLabel()
        self.cancel_button = QPushButton(self.tr("&Cancel"))
        self.cancel_button.setAccessibleDescription(self.tr("Stops the analysis and keeps what was found so far"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 8, 4)
        layout.setSpacing(12)
        layout.addWidget(self.label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.left_label)
        layout.addWidget(self.waiting_label)
        layout.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(self._on_cancel_clicked)
        self._name = ""
        self._exhibit_id = 0
        """Of the exhibit that is analysed; 0 = none."""
        self.hide()

    def start(self, exhibit_id: int, name: str) -> None:
        """An analysis of the exhibit ``name`` has started; to say so again changes nothing."""
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
        """The exhibit is open, and what will look at it is being loaded."""
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

    @Slot(int)
    def show_waiting(self, jobs: int) -> None:
        """Show how many jobs wait behind this one."""
        self.waiting_label.setText(self.tr("{0} waiting").format(jobs) if jobs else "")

    def stop(self) -> None:
        """Nothing runs any more."""
        self._exhibit_id = 0
        self.hide()

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self.cancel_button.setEnabled(False)
        self.label.setText(self.tr("{0}: cancelling").format(self._name))
        self.cancel_requested.emit()

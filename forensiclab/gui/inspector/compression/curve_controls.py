"""What the curves of the compression view show, how far they are, and the button that stops them."""

import time
from collections.abc import Collection

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from forensiclab.gui.text.wording import left_text
from forensiclab.gui.widgets.busy_mark import BusyMark
from forensiclab.gui.widgets.label import Label
from forensiclab.inspection.requests import LevelScore


class CurveControls(QWidget):
    """A narrow column."""

    scale_chosen = Signal()
    filling_toggled = Signal()
    """The user stopped the computing of the curves, or lets it go on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_filling = True
        self._is_probability: bool | None = None
        """What the user chose to see; None = probabilities as far as there are any."""
        self._began = 0.0, 0
        """Clock time at which the curves began to fill, and how many of their scores were known then."""
        title = Label(self.tr("Curves"))
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scale_box = QComboBox()
        self.scale_box.setAccessibleName(self.tr("What the curves show"))
        self.scale_box.addItems([self.tr("Probability"), self.tr("Raw score")])
        self.busy = BusyMark()
        self.busy.label.setWordWrap(True)
        self.fill_button = QPushButton(self.tr("Stop"))
        self.fill_button.setToolTip(self.tr("Stops computing the curves, or continues"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(title)
        layout.addWidget(self.scale_box)
        layout.addWidget(self.busy)
        layout.addWidget(self.fill_button)
        layout.addStretch(1)
        self.scale_box.activated.connect(self._on_scale_activated)
        self.fill_button.clicked.connect(self._on_fill_clicked)

    def begin(self, known: int) -> None:
        """Begin to measure how fast scores come, with those that are known."""
        self._began = time.monotonic(), known

    def shows_probability(self, scores: Collection[LevelScore]) -> bool:
        """Return whether the curves show probabilities: as the user chose, else where any score has one."""
        if self._is_probability is not None:
            return self._is_probability
        shows = not scores or any(one.score.probability is not None for one in scores)
        with QSignalBlocker(self.scale_box):
            self.scale_box.setCurrentIndex(0 if shows else 1)
        return shows

    def show_progress(self, known: int, total: int, *, can_compute: bool) -> None:
        """Show how many scores of how many are known.

        Args:
            known, total: Scores of the curves.
            can_compute: Whether the missing ones can be had at all.
        """
        is_done = known >= total or not can_compute
        self.fill_button.setVisible(not is_done)
        if is_done:
            self.busy.show_state(False)
        elif not self.is_filling:
            self.busy.show_state(False, self.tr("Stopped after {0} of {1} scores").format(known, total))
        else:
            since_s, before = self._began
            text = self.tr("{0} of {1} scores").format(known, total)
            if known - before > 2:
                left_s = (time.monotonic() - since_s) / (known - before) * (total - known)
                text += "\n" + left_text(left_s)
            self.busy.show_state(True, text)

    @Slot(int)
    def _on_scale_activated(self, index: int) -> None:
        self._is_probability = index == 0
        self.scale_chosen.emit()

    @Slot()
    def _on_fill_clicked(self) -> None:
        self.is_filling = not self.is_filling
        self.fill_button.setText(self.tr("Stop") if self.is_filling else self.tr("Continue"))
        self.filling_toggled.emit()

"""How analyses run: device, precision, which faces are scored, how scores are joined, and with which detectors."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.opening import ALL_DETECTORS
from forensiclab.core.options import Aggregation, SamplingPolicy
from forensiclab.detectors.devices import Device, list_devices
from forensiclab.detectors.installed import installed_weights
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.settings import Settings

_SHIPPED, _ALL, _NAMED = range(3)


class AnalysisPage(QWidget):
    """A page of the preferences. Which devices there are comes from the thread of the tasks."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = QComboBox()
        self.device.addItem(self.tr("automatic"), "auto")
        self.device.addItem(self.tr("processor (cpu)"), "cpu")
        self.precision = QComboBox()
        self.precision.addItem(self.tr("exact (float32)"), "float32")
        self.precision.addItem(self.tr("reduced: faster where the hardware allows, checked against exact"), "reduced")
        self.sampling = _WithNumber(self.tr("How many faces"), 100_000)
        for text, kind in (
            (self.tr("up to N faces, evenly spread over each track; N ="), "per-track"),
            (self.tr("every N-th face of a track; N ="), "every"),
            (self.tr("every face"), "all"),
        ):
            self.sampling.add(text, kind, has_number=kind != "all")
        self.aggregation = _WithNumber(self.tr("Percentage"), 100)
        for text, kind in (
            (self.tr("mean of its scores"), "mean"),
            (self.tr("median of its scores"), "median"),
            (self.tr("mean of the highest N per cent; N ="), "top"),
        ):
            self.aggregation.add(text, kind, has_number=kind == "top")
        self.detectors = QComboBox()
        for text in (
            self.tr("those shipped with the program"),
            self.tr("all installed"),
            self.tr("these:"),
        ):
            self.detectors.addItem(text)
        self._named: tuple[str, ...] | None = None
        """Chosen one by one; None while nobody has."""
        self._used: dict[int, tuple[str, ...]] = {}
        """What the other choices mean, by their place."""
        self._shown_kind = _SHIPPED
        self.names = QListWidget()
        self.names.setAccessibleName(self.tr("Detectors used"))
        note = Label(
            self.tr("Applies to analyses started from now on; a report states what differs from the defaults.")
        )
        note.setObjectName("quiet")
        note.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("&Device"), self.device)
        form.addRow(self.tr("&Precision"), self.precision)
        form.addRow(self.tr("&Faces scored"), self.sampling)
        form.addRow(self.tr("&Score of a track"), self.aggregation)
        form.addRow(self.tr("D&etectors"), self.detectors)
        form.addRow("", self.names)
        layout = QVBoxLayout(self)
        layout.addLayout(form, 1)
        layout.addWidget(note)
        self.detectors.currentIndexChanged.connect(self._on_detectors_changed)
        sentence = self.tr("The devices could not be looked up because of an unexpected error.")
        tasks.submit(self, list_devices, done=self._show_devices, unexpected=sentence, is_urgent=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Only now it has the style and the letters that it is shown in.
        numbers = (self.sampling.number, self.aggregation.number)
        widest_px = max(number.sizeHint().width() for number in numbers)
        for number in numbers:
            number.setMinimumWidth(widest_px)

    def show_settings(self, settings: Settings) -> None:
        """Show these settings."""
        _choose(self.device, settings.device)
        _choose(self.precision, settings.precision)
        sampling, aggregation = settings.sampling, settings.aggregation
        self.sampling.show_value(sampling.kind, sampling.number)
        self.aggregation.show_value(aggregation.kind, aggregation.percent if aggregation.kind == "top" else 10)
        if settings.detectors:
            self.detectors.setCurrentIndex(_ALL if settings.detectors == (ALL_DETECTORS,) else _NAMED)
        else:
            self.detectors.setCurrentIndex(_SHIPPED)
        kind = self._shown_kind = self.detectors.currentIndex()
        self._named = settings.detectors if kind == _NAMED else None
        self.names.clear()
        weights_here = installed_weights()
        installed = [weights.name for weights in weights_here]
        self._used = {
            _SHIPPED: tuple(
                weights.name
                for weights in weights_here
                if weights.is_shipped and (weights.card is None or weights.card.stands_before is None)
            ),
            _ALL: tuple(installed),
        }
        gone = [name for name in settings.detectors if name not in installed and name != ALL_DETECTORS]
        for name in [*installed, *gone]:
            item = QListWidgetItem(self.tr("{0} (not installed)").format(name) if name in gone else name)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.names.addItem(item)
        self._mark_used()

    def changed(self, settings: Settings) -> Settings:
        """Return the settings with what the page says now."""
        detectors: tuple[str, ...] = ()
        if self.detectors.currentIndex() == _ALL:
            detectors = (ALL_DETECTORS,)
        elif self.detectors.currentIndex() == _NAMED:
            detectors = self._checked()
        return replace(
            settings,
            device=self.device.currentData(),
            precision=self.precision.currentData(),
            sampling=SamplingPolicy(*self.sampling.value(unused=1)),
            aggregation=Aggregation(*self.aggregation.value(unused=100)),
            detectors=detectors,
        )

    def _checked(self) -> tuple[str, ...]:
        items = [self.names.item(row) for row in range(self.names.count())]
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    def _mark_used(self) -> None:
        """Check what the choice means; who begins to choose one by one begins with what was meant before."""
        kind = self.detectors.currentIndex()
        used = self._used.get(kind, self._named if self._named is not None else self._checked())
        for row in range(self.names.count()):
            item = self.names.item(row)
            is_used = item.data(Qt.ItemDataRole.UserRole) in used
            item.setCheckState(Qt.CheckState.Checked if is_used else Qt.CheckState.Unchecked)
        self.names.setEnabled(kind == _NAMED)

    @Slot(int)
    def _on_detectors_changed(self, index: int) -> None:
        if self._shown_kind == _NAMED and index != _NAMED:
            self._named = self._checked()
        self._shown_kind = index
        self._mark_used()

    def _show_devices(self, devices: Sequence[Device]) -> None:
        for device in devices:
            title = self.tr("{0}: {1}").format(device.name, device.title)
            place = self.device.findData(device.name)
            if place < 0:
                self.device.addItem(title, device.name)
            else:
                self.device.setItemText(place, title)
            if device.is_automatic:
                self.device.setItemText(0, self.tr("automatic (here: {0})").format(device.name))


class _WithNumber(QWidget):
    """A choice, some of whose entries take a number: ``every:5``."""

    def __init__(self, number_name: str, most: int) -> None:
        super().__init__()
        self.kind = QComboBox()
        self.number = QSpinBox()
        self.number.setRange(1, most)
        self.number.setAccessibleName(number_name)
        self._with_number: set[str] = set()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.kind, 1)
        layout.addWidget(self.number)
        self.setFocusProxy(self.kind)
        self.kind.currentIndexChanged.connect(self._on_kind_changed)

    def add(self, text: str, kind: str, *, has_number: bool) -> None:
        """Add an entry."""
        if has_number:
            self._with_number.add(kind)
        self.kind.addItem(text, kind)

    def show_value(self, kind: str, number: int) -> None:
        """Choose an entry and its number."""
        self.kind.setCurrentIndex(max(self.kind.findData(kind), 0))
        self.number.setValue(number)
        self._on_kind_changed(0)

    def value(self, *, unused: int) -> tuple[str, int]:
        """Return the kind and its number, which is ``unused`` where the kind takes none."""
        kind: str = self.kind.currentData()
        return kind, self.number.value() if kind in self._with_number else unused

    @Slot(int)
    def _on_kind_changed(self, _index: int) -> None:
        self.number.setEnabled(self.kind.currentData() in self._with_number)


def _choose(box: QComboBox, value: str) -> None:
    """Choose an entry by its data; one that is not there is added, so that it is not lost."""
    if box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(box.findData(value))

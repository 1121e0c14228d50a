"""Asks for published weights and what is known about them, and imports them on the thread of the tasks."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab.detectors import known_methods
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.importing import ImportRequest, import_weights
from forensiclab.detectors.installed import MethodFacts, installed_weights, method_facts
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.work.task_runner import Task, TaskRunner

NOT_STATED = "not stated"


class ImportDialog(QDialog):
    """Stays open, with the reason, until the weights are in or the user gives up."""

    imported = Signal(str)
    """Name of the weights that are installed now."""

    def __init__(self, tasks: TaskRunner, method: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._import: Task[MethodCard] | None = None
        """Under way."""
        self._facts_task: Task[MethodFacts] | None = None
        self.setWindowTitle(self.tr("Import weights"))
        self.messages = MessageBar()
        self.file = QLineEdit()
        self.browse_button = QPushButton(self.tr("&Browse…"))
        self.browse_button.setAutoDefault(False)
        self.method_box = QComboBox()
        self.method_box.addItems(sorted(known_methods()))
        self.method_box.setCurrentIndex(max(self.method_box.findText(method), 0))
        self.before_box = QComboBox()
        self.before_box.setToolTip(
            self.tr("The installed detector that these weights were trained with; they work with it alone")
        )
        for weights in installed_weights():
            if weights.card is not None and weights.card.stands_before is None:
                self.before_box.addItem(weights.name)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("a-z, 0-9, “_”, “-” and “.”"))
        self.source = QLineEdit()
        self.source.setPlaceholderText(self.tr("where the file comes from, for the card"))
        self.licence = QLineEdit()
        self.licence.setPlaceholderText(self.tr("of the weights, for the card"))
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setMaximumWidth(120)
        self.busy.setAccessibleName(self.tr("The weights are being imported"))
        self.busy.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.import_button = self.buttons.addButton(self.tr("&Import"), QDialogButtonBox.ButtonRole.AcceptRole)
        note = Label(
            self.tr(
                "A safetensors file (or a Keras .h5 file of MesoNet) whose tensors fit the method. Files that can "
                "carry code (.pt, .pth, pickles) are refused; convert them to safetensors first. The weights are "
                "copied into your own folder; the file is not changed."
            )
        )
        note.setObjectName("quiet")
        note.setWordWrap(True)
        row = QWidget()
        row.setFocusProxy(self.file)  # the label's key leads there
        place = QHBoxLayout(row)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self.file, 1)
        place.addWidget(self.browse_button)
        self._form = QFormLayout()
        self._form.addRow(self.tr("&File"), row)
        self._form.addRow(self.tr("&Method"), self.method_box)
        self._form.addRow(self.tr("Used wi&th"), self.before_box)
        self._form.addRow(self.tr("&Name"), self.name)
        self._form.addRow(self.tr("&Source"), self.source)
        self._form.addRow(self.tr("&Licence"), self.licence)
        for label, field in (
            (self.tr("File"), self.file),
            (self.tr("Name"), self.name),
            (self.tr("Source"), self.source),
            (self.tr("Licence"), self.licence),
        ):
            field.setAccessibleName(label)
        bottom = QHBoxLayout()
        bottom.addWidget(self.busy)
        bottom.addWidget(self.buttons, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addWidget(note)
        layout.addLayout(self._form)
        layout.addStretch(1)
        layout.addLayout(bottom)
        self.resize(600, 340)
        self.browse_button.clicked.connect(self._on_browse_clicked)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        for field in (self.file, self.name):
            field.textChanged.connect(self._on_edited)
        self.method_box.currentIndexChanged.connect(self._on_method_changed)
        self._on_method_changed()
        self._on_edited()

    @property
    def stands_before_another(self) -> bool:
        """Whether a detector is asked for that the weights belong to."""
        return self._form.isRowVisible(self.before_box)

    def _request(self) -> ImportRequest:
        return ImportRequest(
            file=Path(self.file.text().strip()),
            method=self.method_box.currentText(),
            name=self.name.text().strip(),
            source=self.source.text().strip() or NOT_STATED,
            licence=self.licence.text().strip() or NOT_STATED,
            stands_before=(self.before_box.currentText() or None) if self.stands_before_another else None,
        )

    def _show_busy(self) -> None:
        self.busy.setVisible(self._import is not None)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setEnabled(self._import is None)
        self._on_edited()

    def reject(self) -> None:
        # What is being imported cannot be called back, and its end must be told.
        if self._import is None:
            super().reject()

    @Slot()
    def _on_edited(self) -> None:
        is_complete = bool(self.file.text().strip() and self.name.text().strip())
        self.import_button.setEnabled(is_complete and self._import is None)

    @Slot()
    def _on_method_changed(self) -> None:
        self._form.setRowVisible(self.before_box, False)
        method = self.method_box.currentText()
        if self._facts_task is not None:
            self._facts_task.drop()
        sentence = self.tr("The method '{0}' could not be looked up because of an unexpected error.").format(method)
        self._facts_task = self._tasks.submit(
            self,
            partial(method_facts, method),
            done=self._show_facts,
            failed=self.messages.show_error,
            unexpected=sentence,
            is_urgent=True,
        )

    def _show_facts(self, facts: MethodFacts) -> None:
        self._facts_task = None
        self._form.setRowVisible(self.before_box, facts.stands_before_another)

    @Slot()
    def _on_browse_clicked(self) -> None:
        kinds = self.tr("Weights (*.safetensors *.h5 *.hdf5 *.keras);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Weights to import"), self.file.text(), kinds)
        if name:
            self.file.setText(name)
            if not self.name.text():
                self.name.setText(Path(name).stem.lower().replace(" ", "_"))

    @Slot()
    def _on_accepted(self) -> None:
        self._import = self._tasks.submit(
            self,
            partial(import_weights, self._request()),
            done=self._finish,
            failed=self._fail,
            unexpected=self.tr("The weights could not be imported because of an unexpected error."),
            is_urgent=True,
        )
        self._show_busy()

    def _finish(self, card: MethodCard) -> None:
        self._import = None
        self._show_busy()
        self.imported.emit(card.name)
        self.accept()

    def _fail(self, sentence: str) -> None:
        self._import = None
        self._show_busy()
        self.messages.show_error(sentence)

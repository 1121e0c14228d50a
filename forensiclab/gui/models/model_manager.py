"""The weights that are installed and the methods that have none: cards to read, hashes to check, weights to import."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from forensiclab.core.errors import WeightsError
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.installed import (
    InstalledWeights,
    MethodFacts,
    installed_weights,
    method_facts,
    methods_without_weights,
    verify_weights,
)
from forensiclab.gui.models.card_html import card_html, method_html
from forensiclab.gui.models.import_dialog import ImportDialog
from forensiclab.gui.text.translation import translated
from forensiclab.gui.widgets.label import Label, tool_tip
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.widgets.screen import available_size
from forensiclab.gui.work.task_runner import Task, TaskRunner

_KEY_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of one check."""

    name: str
    problem: str = ""
    """Empty where the weights are intact."""


def verify(name: str) -> Verified:
    """Check weights; damage is a result here, not a failure. For a worker thread."""
    try:
        verify_weights(name)
    except WeightsError as error:
        return Verified(name=name, problem=translated(error.sentence))
    return Verified(name=name)


class ModelManager(QDialog):
    """Lists weights and methods, and shows the card of the chosen one. Not modal."""

    changed = Signal()
    """Other weights are installed than before."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._weights: dict[str, InstalledWeights] = {}
        self._facts: dict[str, MethodFacts] = {}
        """Of the methods whose page was shown before."""
        self._states: dict[str, str] = {}
        """What the last check of a set of weights said."""
        self._facts_task: Task[MethodFacts] | None = None
        self._checks = 0
        """Under way."""
        self.setWindowTitle(self.tr("Models"))
        self.messages = MessageBar()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Weights and methods"))
        self.tree.setHeaderLabels([self.tr("Name"), self.tr("State")])
        self.tree.setIndentation(12)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.page = QTextBrowser()
        self.page.setAccessibleName(self.tr("Card"))
        self.page.setOpenLinks(False)
        self.verify_button = QPushButton(self.tr("&Verify"))
        self.verify_button.setToolTip(self.tr("Check the hash, the card and the shapes of these weights"))
        self.verify_all_button = QPushButton(self.tr("Verify &all"))
        self.import_button = QPushButton(self.tr("&Import…"))
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setMaximumWidth(120)
        self.busy.setAccessibleName(self.tr("Weights are being checked"))
        self.busy.hide()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        note = Label(self.tr("Weights are safetensors files with a card; they are checked before every use."))
        note.setObjectName("quiet")
        note.setWordWrap(True)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.tree)
        splitter.addWidget(self.page)
        splitter.setSizes([380, 900])
        bottom = QHBoxLayout()
        for button in (self.verify_button, self.verify_all_button, self.import_button):
            button.setAutoDefault(False)
            bottom.addWidget(button)
        bottom.addWidget(self.busy)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addWidget(splitter, 1)
        layout.addWidget(note)
        layout.addLayout(bottom)
        room = available_size()
        self.resize(min(1280, room.width() - 60), min(680, room.height() - 80))
        self.tree.currentItemChanged.connect(self._on_current_changed)
        self.verify_button.clicked.connect(self._on_verify_clicked)
        self.verify_all_button.clicked.connect(self._on_verify_all_clicked)
        self.import_button.clicked.connect(self._on_import_clicked)
        close.rejected.connect(self.close)
        self.reload()

    def reload(self) -> None:
        """Read again what is installed; the chosen entry stays chosen."""
        current = self._current_name()
        self._weights = {weights.name: weights for weights in installed_weights()}
        self.tree.clear()
        installed = self._add_group(self.tr("Installed weights"))
        for name, weights in self._weights.items():
            self._add_row(installed, name, self._state_text(weights))
        missing = self._add_group(self.tr("Methods without weights"))
        for method in methods_without_weights():
            self._add_row(missing, method, self.tr("no weights"))
        self.tree.expandAll()
        self.verify_all_button.setEnabled(bool(self._weights))
        first = installed.child(0) or missing.child(0)
        if not self.show_model(current) and first is not None:
            self.tree.setCurrentItem(first)

    def show_model(self, name: str) -> bool:
        """Show the card of weights, or the page of a method, by its name. Returns whether there is one."""
        for group in (self.tree.topLevelItem(0), self.tree.topLevelItem(1)):
            for row in range(group.childCount() if group is not None else 0):
                item = group.child(row) if group is not None else None
                if item is not None and item.data(0, _KEY_ROLE) == name:
                    self.tree.setCurrentItem(item)
                    return True
        return False

    def _add_group(self, title: str) -> QTreeWidgetItem:
        group = QTreeWidgetItem(self.tree, [title])
        group.setFirstColumnSpanned(True)
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        return group

    def _add_row(self, group: QTreeWidgetItem, name: str, state: str) -> None:
        row = QTreeWidgetItem(group, [name, state])
        row.setData(0, _KEY_ROLE, name)
        row.setToolTip(0, tool_tip(name))
        row.setToolTip(1, tool_tip(state))

    def _state_text(self, weights: InstalledWeights) -> str:
        parts = [self.tr("shipped") if weights.is_shipped else self.tr("imported")]
        if weights.card is None:
            parts.append(self.tr("damaged card"))
        elif weights.card.calibration:
            parts.append(self.tr("calibrated"))
        else:
            parts.append(self.tr("not calibrated"))
        if weights.name in self._states:
            parts.append(self._states[weights.name])
        return ", ".join(parts)

    def _current_name(self) -> str:
        item = self.tree.currentItem()
        found = item.data(0, _KEY_ROLE) if item is not None else None
        return str(found or "")

    def _current_method(self) -> str:
        name = self._current_name()
        if name not in self._weights:
            return name
        card = self._weights[name].card
        return card.method if card is not None else ""

    def _show_page(self) -> None:
        """Show the page of the current entry; what its method says of itself may have to be looked up first."""
        name, method = self._current_name(), self._current_method()
        weights = self._weights.get(name)
        self.verify_button.setEnabled(weights is not None)
        if weights is not None and weights.card is None:
            self.page.setPlainText(weights.problem)
            return
        if not method:
            self.page.clear()
            return
        facts = self._facts.get(method)
        if facts is not None:
            card: MethodCard | None = weights.card if weights is not None else None
            self.page.setHtml(method_html(facts) if card is None else card_html(card, facts))
            return
        self.page.setPlainText(self.tr("Looking it up…"))
        if self._facts_task is not None:
            self._facts_task.drop()
        sentence = self.tr("The method '{0}' could not be looked up because of an unexpected error.").format(method)
        self._facts_task = self._tasks.submit(
            self,
            partial(method_facts, method),
            done=self._take_facts,
            failed=self.page.setPlainText,
            unexpected=sentence,
            is_urgent=True,
        )

    def _take_facts(self, facts: MethodFacts) -> None:
        self._facts[facts.method] = facts
        self._show_page()

    def _verify(self, names: list[str]) -> None:
        sentence = self.tr("The weights could not be checked because of an unexpected error.")
        for name in names:
            work = partial(verify, name)
            self._tasks.submit(self, work, done=self._show_check, failed=self._show_failed_check, unexpected=sentence)
        self._count_checks(len(names))

    def _count_checks(self, more: int) -> None:
        self._checks += more
        self.busy.setVisible(self._checks > 0)

    def _show_check(self, checked: Verified) -> None:
        self._count_checks(-1)
        self._states[checked.name] = self.tr("DAMAGED") if checked.problem else self.tr("intact")
        if checked.problem:
            self.messages.show_error(checked.problem)
        self.reload()

    def _show_failed_check(self, sentence: str) -> None:
        self._count_checks(-1)
        self.messages.show_error(sentence)

    @Slot()
    def _on_current_changed(self) -> None:
        self._show_page()

    @Slot()
    def _on_verify_clicked(self) -> None:
        self._verify([self._current_name()])

    @Slot()
    def _on_verify_all_clicked(self) -> None:
        self._verify(list(self._weights))

    @Slot()
    def _on_import_clicked(self) -> None:
        dialog = ImportDialog(self._tasks, self._current_method(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(self._on_imported)
        dialog.open()

    @Slot(str)
    def _on_imported(self, name: str) -> None:
        self.reload()
        self.show_model(name)
        text = self.tr("'{0}' is installed. It is not calibrated, so it gives raw scores but no probability.")
        self.messages.show_info(text.format(name))
        self.changed.emit()

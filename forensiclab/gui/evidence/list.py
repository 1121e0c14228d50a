"""The list of exhibits: what there is, how far each is, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab.gui.evidence.delegate import EvidenceDelegate
from forensiclab.gui.evidence.model import ID_ROLE, EvidenceModel, SortedEvidence
from forensiclab.gui.evidence.thumbnails import Thumbnails
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.state.session import SessionState
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.style import quiet_color
from forensiclab.gui.work.timer import single_shot


class EvidenceList(QWidget):
    """One row an exhibit; the current one is shown in the window, the chosen ones are what commands are about."""

    current_changed = Signal(int)
    """Id of the exhibit that became the current one; 0, which is not an id, where there is none."""
    chosen_changed = Signal()
    open_requested = Signal()
    open_folder_requested = Signal()

    def __init__(self, evidence: Evidence, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evidence = evidence
        self._menu: QMenu | None = None
        self.model = EvidenceModel(evidence, thumbnails, self)
        self.sorted = SortedEvidence(self.model, self)
        self.view = _View()
        self.view.setModel(self.sorted)
        self.view.setItemDelegate(EvidenceDelegate(self.view))
        self.open_button = _button(self.tr("Open…"))
        self.open_button.setToolTip(self.tr("Open videos or pictures (Ctrl+O)"))
        self.folder_button = _button(self.tr("Folder…"))
        self.folder_button.setToolTip(self.tr("Open every video and picture in a folder (Ctrl+Shift+O)"))
        self.sort_box = QComboBox()
        self.sort_box.setAccessibleName(self.tr("Sort exhibits by"))
        self.sort_box.setToolTip(self.tr("Sort exhibits by"))
        for text, order in (
            (self.tr("as added"), "added"),
            (self.tr("by name"), "name"),
            (self.tr("by state"), "state"),
            (self.tr("by verdict"), "verdict"),
        ):
            self.sort_box.addItem(text, order)
        self.summary = Label()
        """How many exhibits are done, run, wait and so on; for the status bar."""
        self.summary.setContentsMargins(8, 0, 8, 0)
        self.summary.setAccessibleName(self.tr("Exhibits by state"))
        top = QHBoxLayout()
        top.setContentsMargins(4, 2, 4, 0)
        top.setSpacing(4)
        top.addWidget(self.open_button)
        top.addWidget(self.folder_button)
        top.addWidget(self.sort_box, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        self.setMinimumWidth(190)

        self.open_button.clicked.connect(self.open_requested)
        self.folder_button.clicked.connect(self.open_folder_requested)
        self.sort_box.currentIndexChanged.connect(self._on_sort_changed)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._summing_up = single_shot(self, self._on_sum_up)
        for signal in (evidence.added, evidence.removed, evidence.changed):
            signal.connect(self._on_evidence_changed)
        evidence.queue_changed.connect(self._on_queue_changed)

    @property
    def current(self) -> int | None:
        """Id of the current exhibit."""
        found = self.view.currentIndex().data(ID_ROLE)
        return None if found is None else int(found)

    @property
    def chosen(self) -> list[int]:
        """Ids of the chosen exhibits, from top to bottom."""
        rows = sorted(self.view.selectionModel().selectedIndexes(), key=QModelIndex.row)
        found = [index.data(ID_ROLE) for index in rows]
        return [int(exhibit_id) for exhibit_id in found if exhibit_id is not None]  # None: it is being removed

    @property
    def shown_order(self) -> list[int]:
        """Ids of all exhibits, from top to bottom."""
        return [int(self.sorted.index(row, 0).data(ID_ROLE)) for row in range(self.sorted.rowCount())]

    def set_menu(self, menu: QMenu) -> None:
        """Set the menu that a right click shows."""
        self._menu = menu

    def show_exhibit(self, exhibit_id: int) -> None:
        """Make an exhibit the current and only chosen one."""
        self._go_to(self.sorted.mapFromSource(self.model.index_of(exhibit_id)))

    def choose(self, exhibit_ids: Sequence[int]) -> None:
        """Choose these exhibits; the current one stays the current one."""
        self.view.clearSelection()
        for exhibit_id in exhibit_ids:
            index = self.sorted.mapFromSource(self.model.index_of(exhibit_id))
            self.view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)

    def leave(self, exhibit_ids: Sequence[int]) -> None:
        """Make the exhibit that is nearest to the current one, but none of these, the current one."""
        here = self.view.currentIndex().row()
        others = [row for row, other in enumerate(self.shown_order) if other not in set(exhibit_ids)]
        if self.current in exhibit_ids and others:
            self._go_to(self.sorted.index(min(others, key=lambda row: (abs(row - here), -row)), 0))

    def step(self, rows: int) -> None:
        """Make current the exhibit a number of rows below (above, if negative), round and round."""
        count = self.sorted.rowCount()
        if count:
            self._go_to(self.sorted.index((self.view.currentIndex().row() + rows) % count, 0))

    def _go_to(self, index: QModelIndex) -> None:
        if index.isValid():
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(index, flag)
            self.view.scrollTo(index)

    @Slot(int)
    def _on_sort_changed(self, _index: int) -> None:
        self.sorted.sort_by(self.sort_box.currentData())
        self.view.scrollTo(self.view.currentIndex())

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        if self._menu is not None and self.view.indexAt(place).isValid():
            self._menu.popup(self.view.viewport().mapToGlobal(place))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_changed.emit(self.current or 0)

    @Slot()
    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit()

    @Slot(int)
    def _on_evidence_changed(self, _exhibit_id: int) -> None:
        self._summing_up.start()

    @Slot()
    def _on_queue_changed(self) -> None:
        # Rows are asked for their state when they are painted.
        self.sorted.renew()
        self.view.viewport().update()

    @Slot()
    def _on_sum_up(self) -> None:
        count = self._evidence.count
        named = (
            (self.tr("{0} done"), count(SessionState.DONE)),
            (self.tr("{0} running"), count(SessionState.RUNNING)),
            (self.tr("{0} waiting"), count(SessionState.WAITING)),
            (self.tr("{0} cancelled"), count(SessionState.CANCELLED)),
            (self.tr("{0} failed"), count(SessionState.FAILED)),
        )
        self.summary.setText(", ".join(text.format(number) for text, number in named if number))


def _button(text: str) -> QToolButton:
    """Return a button no wider than its text."""
    button = QToolButton()
    button.setText(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _View(QListView):
    """The rows; says what to do when there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Exhibits"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setAlternatingRowColors(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # the space bar plays, wherever the focus is
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(quiet_color(self.palette()))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            area = self.viewport().rect().adjusted(12, 12, -12, -12)
            painter.drawText(area, flags, self.tr("Drop videos, pictures or folders here."))
            painter.end()

"""The list of exhibits."""

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from forensiclab.gui.evidence import Evidence
from forensiclab.gui.evidence_model import ID_ROLE, EvidenceModel


class EvidenceList(QWidget):
    """One row an exhibit; the current one is shown in the window."""

    chosen = Signal(int)
    """Id of the exhibit that became the current one; 0, which is no id, where there is none."""

    def __init__(self, evidence: Evidence, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = EvidenceModel(evidence, self)
        self.view = QListView()
        self.view.setAccessibleName(self.tr("Exhibits"))
        self.view.setModel(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def current(self) -> int | None:
        """Id of the current exhibit."""
        found = self.view.currentIndex().data(ID_ROLE)
        return None if found is None else int(found)

    def show_exhibit(self, exhibit_id: int) -> None:
        """Make an exhibit the current one."""
        self.view.setCurrentIndex(self.model.index_of(exhibit_id))

    def step(self, rows: int) -> None:
        """Make the exhibit so many rows below (above, if negative) the current one, round and round."""
        count = self.model.rowCount()
        if count:
            self.view.setCurrentIndex(self.model.index((self.view.currentIndex().row() + rows) % count))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit(self.current or 0)

"""The exhibits as a model: one row each, in the order in which they were added."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from forensiclab.gui.evidence import Evidence
from forensiclab.gui.session import Session, SessionState

_Index = QModelIndex | QPersistentModelIndex

ID_ROLE = Qt.ItemDataRole.UserRole
"""Id of the exhibit of a row."""


class EvidenceModel(QAbstractListModel):
    """Shows what ``Evidence`` holds."""

    def __init__(self, evidence: Evidence, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._evidence = evidence
        self._ids: list[int] = evidence.ids
        evidence.added.connect(self._on_added)
        evidence.removed.connect(self._on_removed)
        evidence.changed.connect(self._on_changed)
        evidence.queue_changed.connect(self._on_queue_changed)

    def index_of(self, exhibit_id: int | None) -> QModelIndex:
        """The row of an exhibit, invalid where there is none."""
        return self.index(self._ids.index(exhibit_id)) if exhibit_id in self._ids else QModelIndex()

    def state_text(self, exhibit_id: int) -> str:
        """How far the analysis of an exhibit is, in a word or two."""
        session = self._evidence.session(exhibit_id)
        if session is None:
            return ""
        match session.state:
            case SessionState.WAITING:
                queue = self._evidence.queue
                if exhibit_id not in queue:
                    return self.tr("waiting")
                return self.tr("waiting, number {0}").format(queue.index(exhibit_id) + 1)
            case SessionState.RUNNING:
                return self._running_text(session)
            case SessionState.DONE:
                return self.tr("done")
            case SessionState.CANCELLED:
                return self.tr("cancelled")
            case SessionState.FAILED:
                return self.tr("failed")

    def _running_text(self, session: Session) -> str:
        progress = session.progress
        if progress is None or not progress.total:
            return self.tr("running")
        return self.tr("running, {0} %").format(round(100 * min(progress.done / progress.total, 1.0)))

    @Slot(int)
    def _on_added(self, exhibit_id: int) -> None:
        self.beginInsertRows(QModelIndex(), len(self._ids), len(self._ids))
        self._ids.append(exhibit_id)
        self.endInsertRows()

    @Slot(int)
    def _on_removed(self, exhibit_id: int) -> None:
        row = self._ids.index(exhibit_id)
        self.beginRemoveRows(QModelIndex(), row, row)
        self._ids.remove(exhibit_id)
        self.endRemoveRows()

    @Slot(int)
    def _on_changed(self, exhibit_id: int) -> None:
        index = self.index_of(exhibit_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    @Slot()
    def _on_queue_changed(self) -> None:
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        exhibit_id = self._ids[index.row()]
        session = self._evidence.session(exhibit_id)
        if session is None:
            return None
        if role == ID_ROLE:
            return exhibit_id
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{session.path.name} ({self.state_text(exhibit_id)})"
        return None

"""The exhibits as a model: one row each, and an order to sort them by."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Slot,
)
from PySide6.QtGui import QImage

from forensiclab.core.notation import time_text
from forensiclab.core.scores import Verdict
from forensiclab.gui.evidence.thumbnails import Thumbnails
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.text.wording import short_size_text, verdict_text
from forensiclab.gui.widgets.label import tool_tip

_Index = QModelIndex | QPersistentModelIndex

ID_ROLE = Qt.ItemDataRole.UserRole
"""Id of the exhibit of a row."""
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The ``ExhibitRow`` of a row."""

_SHOWN_HASH = 8
"""Characters of the SHA-256 in a row; all of them are in its tooltip."""

_STATE_ORDER = (
    SessionState.RUNNING,
    SessionState.WAITING,
    SessionState.FAILED,
    SessionState.CANCELLED,
    SessionState.DONE,
)
_VERDICT_ORDER = (
    Verdict.SUPPORTS_MANIPULATION,
    Verdict.INCONCLUSIVE,
    Verdict.SUPPORTS_AUTHENTICITY,
    Verdict.NOT_ASSESSABLE,
    None,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExhibitRow:
    """What a row shows."""

    name: str
    state: SessionState
    state_text: str
    verdict: Verdict | None
    facts: str
    """Duration, size, beginning of the SHA-256."""
    share_done: float | None
    """Of the running analysis, in [0, 1]; None if it does not run or nobody knows."""
    image: QImage | None
    is_picture: bool


class EvidenceModel(QAbstractListModel):
    """Shows what ``Evidence`` holds, in the order in which it was added."""

    def __init__(self, evidence: Evidence, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._evidence = evidence
        self._thumbnails = thumbnails
        self._ids: list[int] = evidence.ids
        evidence.added.connect(self._on_added)
        evidence.removed.connect(self._on_removed)
        evidence.changed.connect(self._on_changed)
        evidence.restarted.connect(self._on_changed)
        thumbnails.changed.connect(self._on_changed)

    def index_of(self, exhibit_id: int | None) -> QModelIndex:
        """Return the row of an exhibit, invalid where there is none."""
        return self.index(self._ids.index(exhibit_id)) if exhibit_id in self._ids else QModelIndex()

    def sort_key(self, place: int, order: str) -> tuple[str | int, ...]:
        """Return what the row at ``place`` is sorted by in an order of ``SortedEvidence``; never equal for two rows."""
        exhibit_id = self._ids[place]
        session = self._evidence.session(exhibit_id)
        if session is None:
            return ()
        match order:
            case "name":
                return session.path.name.casefold(), place
            case "state":
                return _STATE_ORDER.index(session.state), self._evidence.place(exhibit_id) or 0, place
            case "verdict":
                return _VERDICT_ORDER.index(session.report.video.verdict if session.report else None), place
        return (place,)

    def row(self, exhibit_id: int, session: Session) -> ExhibitRow:
        """Return what the row of an exhibit shows."""
        exhibit, stream = session.exhibit, session.stream
        facts = []
        if stream is not None and stream.duration_s and not stream.is_image:
            facts.append(time_text(stream.duration_s))
        if exhibit is not None:
            facts += [short_size_text(exhibit.size_bytes), exhibit.sha256[:_SHOWN_HASH]]
        verdict = session.report.video.verdict if session.report else None
        return ExhibitRow(
            name=session.path.name,
            state=session.state,
            state_text=self._state_text(exhibit_id, session),
            verdict=verdict,
            facts=" · ".join(facts) or self.tr("not read yet"),
            share_done=session.share_read if session.state is SessionState.RUNNING else None,
            image=self._thumbnails.image(exhibit_id),
            is_picture=stream is not None and stream.is_image,
        )

    def _state_text(self, exhibit_id: int, session: Session) -> str:
        match session.state:
            case SessionState.WAITING:
                place = self._evidence.place(exhibit_id)
                return self.tr("waiting") if place is None else self.tr("waiting, number {0}").format(place + 1)
            case SessionState.RUNNING:
                share = session.share_read
                return self.tr("running") if share is None else self.tr("running, {0} %").format(round(100 * share))
            case SessionState.CANCELLED:
                if session.report is None:
                    return self.tr("cancelled")
                return self.tr("cancelled: {0} so far").format(verdict_text(session.report.video.verdict))
            case SessionState.FAILED:
                return self.tr("failed: {0}").format(session.error) if session.error else self.tr("failed")
        return verdict_text(session.report.video.verdict) if session.report else self.tr("done")

    def _details(self, session: Session, row: ExhibitRow) -> str:
        lines = [str(session.path), row.state_text]
        if session.exhibit is not None:
            lines += [self.tr("{0} bytes").format(session.exhibit.size_bytes), f"SHA-256 {session.exhibit.sha256}"]
        return "\n".join(lines)

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

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        exhibit_id = self._ids[index.row()] if 0 <= index.row() < len(self._ids) else 0
        session = self._evidence.session(exhibit_id)
        if session is None:
            return None
        if role == ID_ROLE:
            return exhibit_id
        if role == ROW_ROLE:
            return self.row(exhibit_id, session)
        if role == Qt.ItemDataRole.DisplayRole:
            return session.path.name
        row = self.row(exhibit_id, session)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}: {row.state_text}. {row.facts}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self._details(session, row))
        return None


class SortedEvidence(QSortFilterProxyModel):
    """The exhibits in an order of the user's choice: ``added``, ``name``, ``state`` or ``verdict``."""

    def __init__(self, model: EvidenceModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._order = "added"
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def sort_by(self, order: str) -> None:
        """Sort by another thing, now and whenever something changes."""
        self._order = order
        self.invalidate()

    def renew(self) -> None:
        """Sort again where the order of the queue matters."""
        if self._order == "state":
            self.invalidate()

    def lessThan(self, left: _Index, right: _Index) -> bool:
        # The kinds of the parts are the same for every row of one order.
        first, second = self._model.sort_key(left.row(), self._order), self._model.sort_key(right.row(), self._order)
        return first < second

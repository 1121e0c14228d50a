"""Two exhibits side by side: verdicts, scores, crops, and where they differ."""

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from forensiclab.gui.pair.crop_strip import CropStrip
from forensiclab.gui.pair.model import PairModel
from forensiclab.gui.pair.rows import pair_rows
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.state.session import Session
from forensiclab.gui.verdicts.verdict_panel import VerdictPanel
from forensiclab.gui.widgets.label import Label, tool_tip
from forensiclab.gui.widgets.screen import available_size
from forensiclab.gui.work.timer import single_shot

_REFRESH_MS = 200
_ROOM_PX = 4
"""Above and below the text of a row, together."""


class PairWindow(QWidget):
    """A window of its own that may stay open beside the work; it follows analyses that still run."""

    def __init__(self, evidence: Evidence, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._evidence = evidence
        self._sides = (_Side(), _Side())
        self.boxes = tuple(side.box for side in self._sides)
        """Where the two exhibits are chosen."""
        self.model = PairModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("The two exhibits, line by line"))
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(True)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        rows = self.table.verticalHeader()  # as high as their texts, also after the columns became narrower
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        rows.setMinimumSectionSize(self.table.fontMetrics().height() + _ROOM_PX)
        self._timer = single_shot(self, self._on_refresh, _REFRESH_MS)
        self._listing = single_shot(self, self._on_list_again)
        note = Label(self.tr("Raw scores are comparable only within one detector, and only at the same compression."))
        note.setObjectName("quiet")
        note.setWordWrap(True)
        upper = QWidget()
        both = QHBoxLayout(upper)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(10)
        for side in self._sides:
            both.addWidget(side, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(upper)
        splitter.addWidget(self.table)
        splitter.setSizes([320, 360])
        layout = QVBoxLayout(self)
        layout.addWidget(splitter, 1)
        layout.addWidget(note)
        room = available_size()
        self.resize(min(1320, room.width() - 40), min(800, room.height() - 60))
        for box in self.boxes:
            box.currentIndexChanged.connect(self._on_box_changed)
        for signal in (evidence.added, evidence.removed):
            signal.connect(self._on_listed_changed)
        evidence.changed.connect(self._on_changed)
        evidence.restarted.connect(self._on_changed)

    def compare(self, left: int, right: int) -> None:
        """Show two exhibits by their ids."""
        self._fill((left, right))

    def _fill(self, wanted: tuple[int | None, int | None]) -> None:
        """List the exhibits in both boxes and choose the wanted ones, as far as they are still there."""
        for box, exhibit_id in zip(self.boxes, wanted, strict=True):
            with QSignalBlocker(box):
                box.clear()
                for other in self._evidence.ids:
                    session = self._evidence.session(other)
                    if session is not None:
                        box.addItem(session.path.name, other)
                        box.setItemData(box.count() - 1, tool_tip(str(session.path)), Qt.ItemDataRole.ToolTipRole)
                box.setCurrentIndex(box.findData(exhibit_id))
        self._on_refresh()

    @Slot()
    def _on_refresh(self) -> None:
        sessions = [self._evidence.session(box.currentData() or 0) for box in self.boxes]
        for side, session in zip(self._sides, sessions, strict=True):
            side.show_session(session)
        left, right = sessions
        names = tuple(session.path.name if session else "" for session in sessions)
        self.setWindowTitle(self.tr("{0} beside {1}").format(*names))
        if left is not None and right is not None:
            self.model.show((names[0], names[1]), pair_rows(left, right))
        else:
            self.model.show(("", ""), ())

    @Slot(int)
    def _on_box_changed(self, _index: int) -> None:
        self._on_refresh()

    @Slot(int)
    def _on_listed_changed(self, _exhibit_id: int) -> None:
        self._listing.start()

    @Slot()
    def _on_list_again(self) -> None:
        left, right = self.boxes
        self._fill((left.currentData(), right.currentData()))

    @Slot(int)
    def _on_changed(self, exhibit_id: int) -> None:
        is_shown = self.isVisible() and exhibit_id in [box.currentData() for box in self.boxes]
        if is_shown and not self._timer.isActive():
            self._timer.start()


class _Side(QWidget):
    """One exhibit: its name, its verdicts, some of its crops."""

    def __init__(self) -> None:
        super().__init__()
        self._session: Session | None = None
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Exhibit"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.verdicts = VerdictPanel()
        self.crop_strip = CropStrip()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addWidget(self.verdicts, 1)
        layout.addWidget(self.crop_strip)

    def show_session(self, session: Session | None) -> None:
        """Show an exhibit, or none, or what is new about the one that is shown."""
        if session is not self._session:
            self._session = session
            self.verdicts.set_session(session)
        else:
            self.verdicts.refresh()
        tracks = session.tracks.values() if session is not None else ()
        self.crop_strip.set_crops([crop for track in tracks for crop in track.crops])

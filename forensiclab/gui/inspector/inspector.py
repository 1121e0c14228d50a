"""One face looked at closely: where the detectors look, and what bleaching, compression and its spectrum say of it."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.events import ContactCrop
from forensiclab.gui.inspector.filmstrip import Filmstrip
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.shown_crop import ShownCrop, facts_text, why_empty
from forensiclab.gui.inspector.tabs import InspectorTabs
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, TrackState
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import track_text, verdict_text
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import verdict_pixmap
from forensiclab.gui.work.timer import single_shot
from forensiclab.inspection.requests import InspectedExhibit, InspectedFace

SETTLE_MS = 200
"""How long a face must stay before the engine is asked about it: not while the player runs past it."""


class Inspector(QWidget):
    """The crops of the selected track as a strip, and four views of the crop that is nearest to the player's place."""

    seek_requested = Signal(float)
    track_chosen = Signal(int)

    def __init__(self, requests: RequestRunner, parent: QWidget | None = None) -> None:
        """Show nothing yet. ``requests`` is shut down by whoever made it."""
        super().__init__(parent)
        self._requests = requests
        self._session: Session | None = None
        self._selection = Selection()
        self._pts_s = 0.0
        self._engine_detectors: tuple[str, ...] = ()
        self._device, self._precision = "auto", "float32"
        self._exhibit: InspectedExhibit | None = None
        self._shown: ShownCrop | None = None
        self._settled = single_shot(self, self._on_settled, SETTLE_MS)
        self.track_box, self.detector_box = QComboBox(), QComboBox()
        self.filmstrip = Filmstrip()
        self.facts = Label()
        self.tabs = InspectorTabs(requests)
        self.empty = Label()
        self._lay_out()
        self.track_box.activated.connect(self._on_track_activated)
        self.detector_box.activated.connect(self._on_detector_activated)
        self.tabs.compression.detector_chosen.connect(self._on_detector_chosen)
        self.filmstrip.picked.connect(self._on_picked)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.refresh()

    @property
    def shown(self) -> ShownCrop | None:
        """The selected crop."""
        return self._shown

    @property
    def empty_text(self) -> str:
        """Why there is nothing to look at; empty where there is."""
        return "" if self._pages.currentIndex() == 0 else self.empty.text()

    def set_engine(self, detectors: tuple[str, ...], device: str, precision: str) -> None:
        """Rescore crops with these detectors, on this device, as in ``analysis.events.AnalysisRequest``.

        Without names, and with ``all``, those are meant that the exhibit was analysed with.
        """
        self._engine_detectors = tuple(name for name in detectors if name != "all")
        self._device, self._precision = device, precision
        self.refresh()

    def set_colormap(self, name: str) -> None:
        """Draw attention maps in one of ``analysis.attention.COLORMAPS``."""
        self.tabs.attention.set_colormap(name)

    def set_session(self, session: Session | None) -> None:
        """Show another exhibit, or none."""
        self._session = session
        self._selection = Selection()
        self._pts_s = 0.0
        self.refresh()

    def select(self, selection: Selection) -> None:
        """Show this track, range and these detectors."""
        self._selection = selection
        self.refresh()

    def set_position(self, pts_s: float) -> None:
        """Look at the crop that is nearest to this time."""
        self._pts_s = pts_s
        self._look(self.filmstrip.follow(pts_s))

    def refresh(self) -> None:
        """Show what has come into the session since the last time."""
        self._open_exhibit()
        self._list_tracks()
        self._list_detectors()
        track = self._track
        crops = [crop for crop in track.crops if self._selection.covers(crop.crop.pts_s)] if track else []
        self.filmstrip.show_crops(crops, self.detector_box.currentText())
        self._look(self.filmstrip.follow(self._pts_s))
        self._pages.setCurrentIndex(0 if self._shown is not None else 1)
        if self._shown is None:
            self.empty.setText(why_empty(self._session, track))

    # ---- laying out ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.track_box.setAccessibleName(self.tr("Track"))
        self.detector_box.setAccessibleName(self.tr("Detector"))
        self.detector_box.setToolTip(self.tr("The detector shown in every view"))
        for box in (self.track_box, self.detector_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.facts.setAccessibleName(self.tr("Selected crop"))
        self.facts.setToolTip(
            self.tr(
                "QP is the quantisation measured in the bitstream under the face: the higher, the more detail was "
                "removed. Picture types: I stands alone, P and B are predicted from others."
            )
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(16, 16, 16, 16)
        work = QWidget()
        lines = QVBoxLayout(work)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        lines.addWidget(self.filmstrip)
        facts = QHBoxLayout()
        facts.setContentsMargins(8, 0, 8, 0)
        facts.addWidget(self.facts)
        lines.addLayout(facts)
        lines.addWidget(self.tabs, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(work)
        self._pages.addWidget(self.empty)
        choice = QHBoxLayout()
        choice.setContentsMargins(8, 4, 8, 0)
        choice.addWidget(self.track_box, 1)
        choice.addWidget(self.detector_box, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(choice)
        layout.addWidget(self._pages, 1)
        self.setMinimumSize(300, 240)

    # ---- what is looked at -----------------------------------------------------------------------------------------

    @property
    def _track(self) -> TrackState | None:
        track_id = self._selection.track_id
        return self._session.tracks.get(track_id) if self._session is not None and track_id is not None else None

    def _open_exhibit(self) -> None:
        """Lead the requests to the exhibit, once it is known what it is."""
        session = self._session
        exhibit = None
        if session is not None and session.stream is not None:
            exhibit = InspectedExhibit(
                path=session.path, stream=session.stream, device=self._device, precision=self._precision
            )
        if exhibit != self._exhibit:
            self._exhibit = exhibit
            self._requests.set_exhibit(exhibit)
            self._settled.start()

    def _list_tracks(self) -> None:
        tracks = self._session.tracks if self._session else {}
        with QSignalBlocker(self.track_box):
            if [self.track_box.itemData(i) for i in range(self.track_box.count())] != list(tracks):
                self.track_box.clear()
                for track_id in tracks:
                    self.track_box.addItem(track_text(track_id), track_id)
            for i, track in enumerate(tracks.values()):
                # The shape says the verdict where there is little room; the words are one hover or screen reader away.
                symbol = verdict_pixmap(track.verdict, self.palette(), 14, self.devicePixelRatioF())
                self.track_box.setItemIcon(i, symbol)
                said = f"{track_text(track.track_id)}: {verdict_text(track.verdict)}"
                for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                    self.track_box.setItemData(i, said, role)
            self.track_box.setCurrentIndex(self.track_box.findData(self._selection.track_id))
        self.track_box.setEnabled(self.track_box.count() > 0)

    def _all_detectors(self) -> tuple[str, ...]:
        of_session = self._session.detectors if self._session else []
        return tuple(dict.fromkeys((*of_session, *(self._engine_detectors if of_session else ()))))

    def _list_detectors(self) -> None:
        names = [name for name in self._all_detectors() if self._selection.shows(name)]
        with QSignalBlocker(self.detector_box):
            if [self.detector_box.itemText(i) for i in range(self.detector_box.count())] != names:
                chosen = self.detector_box.currentText()
                self.detector_box.clear()
                self.detector_box.addItems(names)
                self.detector_box.setCurrentIndex(max(self.detector_box.findText(chosen), 0))
        self.detector_box.setEnabled(len(names) > 0)

    def _look(self, contact: ContactCrop | None) -> None:
        """Show a crop in every view; ask the engine about it if it stays."""
        before = self._shown
        shown = None if contact is None else self._describe(contact)
        if shown == before:
            return
        self._shown = shown
        if before is None or shown is None or before.contact is not shown.contact:
            self._requests.set_face(None)
            self._settled.start()
        self.facts.setText(facts_text(shown.contact.crop) if shown is not None else "")
        for view in self.tabs.views:
            view.show_crop(shown)
        if self._requests.face is not None and self.isVisible():
            self.tabs.view.begin()

    def _describe(self, contact: ContactCrop) -> ShownCrop:
        session = self._session
        chosen, crop = self.detector_box.currentText(), contact.crop
        skipped = session.skipped if session else []
        why = (
            translated(skip.reason)
            for skip in skipped
            if skip.track_id in (None, crop.track_id)
            and skip.detector in (None, chosen)
            and skip.start_s <= crop.pts_s <= skip.end_s
        )
        records = session.report.method.detectors if session and session.report else ()
        return ShownCrop(
            contact=contact,
            detectors=tuple(self.detector_box.itemText(i) for i in range(self.detector_box.count())),
            all_detectors=self._all_detectors(),
            chosen=chosen,
            stream=session.stream if session else None,
            why_not_scored=next(why, ""),
            attention_note=next((translated(one.attention_note) for one in records if one.card.name == chosen), ""),
        )

    # ---- slots -----------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_track_activated(self, index: int) -> None:
        self.track_chosen.emit(self.track_box.itemData(index))

    @Slot(int)
    def _on_detector_activated(self, _index: int) -> None:
        self.refresh()

    @Slot(str)
    def _on_detector_chosen(self, name: str) -> None:
        self.detector_box.setCurrentText(name)
        self.refresh()

    @Slot(float)
    def _on_picked(self, pts_s: float) -> None:
        self.set_position(pts_s)  # at once, before the frame is there
        self.seek_requested.emit(pts_s)

    @Slot(int)
    def _on_tab_changed(self, _index: int) -> None:
        self._rest()
        if self._requests.face is not None and self.isVisible():
            self.tabs.view.begin()

    @Slot()
    def _on_settled(self) -> None:
        if self._shown is None or self._exhibit is None or not self.isVisible():
            return
        face = InspectedFace.of(self._shown.contact.crop)
        if self._requests.face != face:
            self._requests.set_face(face)
        self.tabs.view.begin()

    def _rest(self) -> None:
        """Ask the engine for nothing more."""
        self._requests.drop_requests()
        for view in self.tabs.views:
            view.pause()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settled.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settled.stop()
        self._rest()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._list_tracks()
        super().changeEvent(event)

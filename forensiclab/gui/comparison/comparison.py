"""What every detector says about the same track or video, side by side; contradictions are shown, never averaged."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from forensiclab.analysis.agreement import PairAgreement, contradiction
from forensiclab.analysis.attention import COLORMAPS
from forensiclab.analysis.events import TrackResult
from forensiclab.gui.comparison.agreement_runner import AgreementRunner, finished_tracks
from forensiclab.gui.comparison.agreement_view import AgreementView
from forensiclab.gui.comparison.attention_pictures import attention_pictures, nearest_crop
from forensiclab.gui.comparison.choices import ComparisonChoices
from forensiclab.gui.comparison.columns import Cards, DetectorColumn, columns_of, scores_of
from forensiclab.gui.comparison.conflict_banner import ConflictBanner
from forensiclab.gui.comparison.model import ComparisonModel
from forensiclab.gui.comparison.table import PICTURE_PX, ComparisonTable
from forensiclab.gui.state.installed_cards import InstalledCards
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState, TrackState
from forensiclab.gui.text.wording import track_text
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.gui.work.timer import single_shot

PICTURES_MS = 150
"""The attention maps follow the player no more often than this."""


class Comparison(QWidget):
    """A column per detector, what they contradict each other about, and how far every two of them agree."""

    track_chosen = Signal(int)
    detectors_chosen = Signal(object)
    """Names of those to show as a frozenset, or None for all."""
    card_requested = Signal(str)
    """The user wants to read the card of these weights."""
    models_requested = Signal()
    """The user wants to see what is installed, or to import weights."""

    def __init__(self, tasks: TaskRunner, cards: Cards | None = None, parent: QWidget | None = None) -> None:
        """Show nothing yet.

        Args:
            tasks: Has the agreement computed; shut down by whoever made it.
            cards: Where cards are found, None = in the reports and among the installed weights.
            parent: Of the widget.
        """
        super().__init__(parent)
        self._cards = cards or InstalledCards()
        self._session: Session | None = None
        self._selection = Selection()
        self._pts_s = 0.0
        self._is_about_video = False
        self._flip_points: dict[str, str] = {}
        self._colormap = COLORMAPS[0]
        self._conflicts: dict[int, tuple[TrackResult, bool]] = {}
        """Whether detectors contradict each other, by track, and the result that this was read from."""
        self._pairs: tuple[PairAgreement, ...] = ()
        self._pairs_about: object = None
        """What ``_pairs`` are about: exhibit, track and detectors."""
        self._pictures_state: object = None
        self._agreement_runner = AgreementRunner(tasks, self)
        self._pictures_due = single_shot(self, self._on_pictures_due, PICTURES_MS)
        self.choices = ComparisonChoices()
        self.banner = ConflictBanner()
        self.model = ComparisonModel()
        self.table = ComparisonTable(self.model)
        self.agreement = AgreementView()
        self.pages = QTabWidget()
        self.empty = Label()
        self._lay_out()
        self.choices.scope_box.video_chosen.connect(self._on_video_chosen)
        self.choices.scope_box.track_chosen.connect(self._on_track_chosen)
        self.choices.order_box.currentIndexChanged.connect(self._on_order_changed)
        self.choices.all_button.clicked.connect(self._on_show_all)
        self.choices.more_button.models_requested.connect(self.models_requested)
        self.choices.more_button.card_requested.connect(self.card_requested)
        self.model.shown_toggled.connect(self._on_shown_toggled)
        self.table.card_requested.connect(self.card_requested)
        self.pages.currentChanged.connect(self._on_page_changed)
        self._agreement_runner.answered.connect(self._on_agreement_answered)
        self._show()

    def set_session(self, session: Session | None) -> None:
        """Show another exhibit, or none."""
        self._session = session
        self._selection = Selection()
        self._pts_s = 0.0
        self._flip_points, self._conflicts = {}, {}
        self._agreement_runner.forget()
        self._pairs, self._pairs_about = (), None
        self.refresh()

    def select(self, selection: Selection) -> None:
        """Compare on this track, unless the user compares on the whole video; mark the detectors that are shown."""
        self._selection = selection
        self.refresh()

    def set_position(self, pts_s: float) -> None:
        """Show the attention maps of the crop that is nearest to this time."""
        self._pts_s = pts_s
        self._show_pictures_soon()

    @Slot(object)
    def set_flip_points(self, flip_points: Mapping[str, str]) -> None:
        """Show where verdicts on the inspected crop flip, in words, by detector; those left out are not measured."""
        self._flip_points = dict(flip_points)
        self.refresh()

    def set_colormap(self, name: str) -> None:
        """Draw attention maps in one of ``analysis.attention.COLORMAPS``."""
        self._colormap = name
        self._show_pictures_soon()

    def refresh(self) -> None:
        """Show what has come into the session since the last time; where nobody looks, later."""
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        self.choices.scope_box.show_scope(self._session.tracks if self._session is not None else {}, self._track_id)
        self._show_columns()
        self._show_conflict()
        self._show_pictures_soon()
        self._ask_for_agreement()

    # ---- laying out ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.table, self.tr("&Side by side"))
        self.pages.addTab(self.agreement, self.tr("A&greement"))
        self.pages.setTabToolTip(1, self.tr("How far each pair of the detectors shown agrees, crop by crop"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.setMinimumSize(300, 240)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.choices)
        layout.addWidget(self.banner)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.empty, 1)

    # ---- what is compared ------------------------------------------------------------------------------------------

    @property
    def _track_id(self) -> int | None:
        """The track that is compared on; None = the whole video."""
        return None if self._is_about_video else self._selection.track_id

    @property
    def _shown_names(self) -> list[str]:
        return [column.name for column in self.model.columns if column.is_shown]

    def _compared_tracks(self) -> list[TrackState]:
        if self._session is None:
            return []
        if self._is_about_video:
            return list(self._session.tracks.values())
        return [track for track in self._session.tracks.values() if track.track_id == self._selection.track_id]

    def _show_columns(self) -> None:
        session = self._session
        columns: Sequence[DetectorColumn] = ()
        if session is not None:
            columns = columns_of(
                session,
                self._track_id,
                self._selection.detectors,
                self._flip_points,
                self.choices.order,
                self._cards,
            )
        if self.model.show(columns, self.palette(), self.devicePixelRatioF()):
            self.table.fit_soon()
        self.choices.all_button.setEnabled(any(not column.is_shown for column in columns))
        self.choices.order_box.setEnabled(len(columns) > 1)
        self.choices.more_button.set_analysed(column.name for column in columns)
        self.pages.setVisible(bool(columns))
        self.empty.setVisible(not columns)
        is_over = session is not None and session.state in (SessionState.DONE, SessionState.CANCELLED)
        if session is None:
            self.empty.setText(self.tr("Open a video or a picture: its detectors are compared here."))
        elif is_over or session.state is SessionState.FAILED:
            self.empty.setText(self.tr("No face was scored in this exhibit, so there is nothing to compare."))
        else:
            self.empty.setText(self.tr("The detectors are compared as soon as the first face is scored."))

    def _show_conflict(self) -> None:
        """Show a contradiction, whatever detectors are shown."""
        if self._session is None:
            self.banner.show_conflict("", (), ())
            return
        tracks = self._session.tracks
        for track_id, track in tracks.items():
            known = self._conflicts.get(track_id)
            if track.result is not None and (known is None or known[0] is not track.result):
                self._conflicts[track_id] = track.result, any(contradiction(track.result.scores))
        others = [
            track_id
            for track_id, (_, is_there) in sorted(self._conflicts.items())
            if is_there and track_id in tracks and track_id != self._track_id
        ]
        about = self.tr("the whole video") if self._track_id is None else track_text(self._track_id)
        forged, real = contradiction(scores_of(self._session, self._track_id))
        self.banner.show_conflict(about, forged, real, others)

    def _ask_for_agreement(self) -> None:
        """Have the agreement computed, if it is looked at and another one than what is known."""
        session = self._session
        if session is None or not self.isVisible() or self.pages.currentWidget() is not self.agreement:
            return
        names, tracks = self._shown_names, finished_tracks(self._compared_tracks())
        about = session, self._track_id, frozenset(names)
        key = about, tuple(track.track_id for track in tracks), session.report
        if key == self._agreement_runner.key:
            self._show_agreement()  # the order may be another one
            return
        if about != self._pairs_about:
            self._pairs, self._pairs_about = (), about
        if len(names) < 2 or not tracks:
            self._agreement_runner.forget()
        else:
            cards = {name: card for name in names if (card := self._cards.card(name, session)) is not None}
            self._agreement_runner.ask(key, tracks, names, cards)
        self._show_agreement()

    def _show_agreement(self, failure: str = "") -> None:
        if failure:
            text = failure
        elif len(self._shown_names) < 2:
            text = self.tr("With one detector there is nothing to compare.")
        elif not finished_tracks(self._compared_tracks()):
            text = self.tr("The agreement is computed as soon as a track has ended.")
        else:
            text = self.tr("The agreement is being computed.")
        self.agreement.show_pairs(self._shown_names, self._pairs, text)

    def _show_pictures_soon(self) -> None:
        if self.isVisible() and not self._pictures_due.isActive():
            self._pictures_due.start()

    # ---- slots -----------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_agreement_answered(self, key: object, answer: object) -> None:
        if key == self._agreement_runner.key:
            self._pairs = answer if isinstance(answer, tuple) else ()
            self._show_agreement(answer if isinstance(answer, str) else "")

    @Slot()
    def _on_pictures_due(self) -> None:
        crop = nearest_crop(self._compared_tracks(), self._pts_s)
        names = tuple(column.name for column in self.model.columns)
        state = (crop, names, self._colormap, self.devicePixelRatioF(), self._session)
        if state == self._pictures_state:
            return
        self._pictures_state = state
        if crop is None:
            self.model.show_pictures({}, None)
        else:
            pictures = attention_pictures(crop, names, PICTURE_PX, self.devicePixelRatioF(), self._colormap)
            self.model.show_pictures(pictures, crop.crop.pts_s)

    @Slot()
    def _on_video_chosen(self) -> None:
        self._is_about_video = True
        self.refresh()

    @Slot(int)
    def _on_track_chosen(self, track_id: int) -> None:
        self._is_about_video = False
        self.refresh()
        self.track_chosen.emit(track_id)

    @Slot(int)
    def _on_order_changed(self, _index: int) -> None:
        self.refresh()

    @Slot()
    def _on_show_all(self) -> None:
        self.detectors_chosen.emit(None)

    @Slot(str, bool)
    def _on_shown_toggled(self, name: str, is_on: bool) -> None:
        everything = frozenset(column.name for column in self.model.columns)
        shown = frozenset(column.name for column in self.model.columns if column.is_shown)
        shown = shown | {name} if is_on else shown - {name}
        if shown:
            self.detectors_chosen.emit(None if shown == everything else shown)
        else:
            self.model.touch()  # one detector always stays

    @Slot(int)
    def _on_page_changed(self, _index: int) -> None:
        self._ask_for_agreement()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "pages"):
            self.refresh()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

"""What the evidence supports, for the video and for every track, with the reasons."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from forensiclab.analysis.events import TrackResult
from forensiclab.core.notation import probability_text, score_text, time_text
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import track_text, verdict_text
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import is_dark, verdict_color, verdict_pixmap

_MAX_SKIP_REASONS = 4


class VerdictPanel(QScrollArea):
    """A card for the video, then one per finished track. A click on a track's card selects the track."""

    track_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._selected_track: int | None = None
        self._video_card: _Card | None = None
        self._video_state: object = None
        """What the video's card was made from; remade when it differs."""
        self._track_cards: dict[int, tuple[TrackResult, _Card]] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Verdicts"))
        self._body = QWidget()
        self._cards = QVBoxLayout(self._body)
        self._cards.setContentsMargins(8, 6, 8, 6)
        self._cards.setSpacing(6)
        self._cards.addStretch(1)
        self.setWidget(self._body)
        self.setMinimumHeight(120)

    @property
    def texts(self) -> list[str]:
        """All that the panel says, from top to bottom."""
        items = [self._cards.itemAt(i) for i in range(self._cards.count())]
        cards = [item.widget() for item in items if item is not None]
        return [
            label.text() for card in cards if card is not None for label in card.findChildren(QLabel) if label.text()
        ]

    def set_session(self, session: Session | None) -> None:
        """Show another session, or none."""
        self._session = session
        self._selected_track = None
        self._clear()
        self.refresh()

    def select(self, selection: Selection) -> None:
        """Mark the selected track's card and bring it into view."""
        track_id = selection.track_id
        if track_id == self._selected_track:
            return
        self._selected_track = track_id
        for card_track, (_, card) in self._track_cards.items():
            card.set_selected(card_track == track_id)
            if card_track == track_id:
                self.ensureWidgetVisible(card, 0, 4)

    def set_position(self, pts_s: float) -> None:
        """Do nothing: a verdict is about all frames."""

    def refresh(self) -> None:
        """Show what has come in since the last time."""
        session = self._session
        if session is None:
            return
        state = (session.state, session.report, len(session.skipped), session.stream)
        if state != self._video_state:
            self._video_state = state
            if self._video_card is not None:
                self._remove(self._video_card)
            self._video_card = self._make_video_card(session)
            self._cards.insertWidget(0, self._video_card)
        for track_id, track in sorted(session.tracks.items()):
            shown = self._track_cards.get(track_id)
            if track.result is None or (shown is not None and shown[0] is track.result):
                continue
            if shown is not None:
                self._remove(shown[1])
            card = self._make_track_card(track.result, track.verdict)
            place = 1 + sum(other < track_id for other in self._track_cards)
            self._track_cards[track_id] = (track.result, card)
            self._cards.insertWidget(place, card)

    def _clear(self) -> None:
        for card in [self._video_card, *(card for _, card in self._track_cards.values())]:
            if card is not None:
                self._remove(card)
        self._video_card, self._video_state, self._track_cards = None, None, {}

    def _remove(self, card: "_Card") -> None:
        self._cards.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _make_video_card(self, session: Session) -> "_Card":
        report = session.report
        if report is None:
            waiting = {
                SessionState.WAITING: self.tr("Waiting for the running analysis to end."),
                SessionState.RUNNING: self.tr("The verdict appears when the whole exhibit has been read."),
                SessionState.CANCELLED: self.tr("Cancelled before there was a result."),
                SessionState.FAILED: self.tr("The analysis stopped before there was a verdict."),
            }
            card = _Card(self.tr("Video"), None, parent=self._body)
            card.add_text(session.error)
            card.add_text(waiting.get(session.state, ""))
        else:
            card = _Card(self.tr("Video"), report.video.verdict, parent=self._body)
            if report.is_partial:
                card.add_text(self.tr("Cancelled: this covers only what was examined before."))
            for reason in report.video.reasons:
                card.add_text(translated(reason))
            card.add_scores(report.video.scores)
            for warning in report.warnings:
                card.add_text(translated(warning))
        for reason, frames in session.skipped_by_reason()[:_MAX_SKIP_REASONS]:
            card.add_text(self.tr("Frames not scored: {0}; {1}").format(frames, translated(reason)), is_quiet=True)
        return card

    def _make_track_card(self, result: TrackResult, verdict: Verdict | None) -> "_Card":
        card = _Card(track_text(result.track_id), verdict, track_id=result.track_id, parent=self._body)
        card.clicked.connect(self._on_card_clicked)
        facts = [
            f"{time_text(result.start_s)}–{time_text(result.end_s)}",
            self.tr("{0} frames").format(result.frames_with_face),
            self.tr("face {0} px").format(round(result.median_face_px)),
        ]
        if result.median_qp is not None:
            facts.append(self.tr("QP {0}").format(round(result.median_qp)))
        card.add_text(" · ".join(facts), is_quiet=True)
        card.add_scores(result.scores)
        for score in result.scores:
            for reason in score.reasons:
                text = translated(reason)
                card.add_text(f"{score.detector}: {text}" if len(result.scores) > 1 else text)
        card.set_selected(result.track_id == self._selected_track)
        return card

    @Slot(int)
    def _on_card_clicked(self, track_id: int) -> None:
        self.track_chosen.emit(track_id)


class _Card(QFrame):
    clicked = Signal(int)

    def __init__(self, title: str, verdict: Verdict | None, *, track_id: int | None = None, parent: QWidget) -> None:
        super().__init__(parent)
        self._verdict = verdict
        self._track_id = track_id
        self.setObjectName("card")
        self.setProperty("selected", False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(f"{title}: {verdict_text(verdict)}")
        if track_id is not None:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._symbol = Label()
        self._symbol.setFixedSize(18, 18)
        name = Label(title)
        name.setObjectName("heading")
        self._said = Label(verdict_text(verdict))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._symbol)
        head.addWidget(name)
        head.addWidget(self._said, 1)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(10, 7, 10, 8)
        self._lines.setSpacing(3)
        self._lines.addLayout(head)
        self._paint()

    def add_text(self, text: str, *, is_quiet: bool = False) -> None:
        """Add a paragraph."""
        if not text:
            return
        label = Label(text)
        label.setWordWrap(True)
        if is_quiet:
            label.setObjectName("quiet")
        self._lines.addWidget(label)

    def add_scores(self, scores: Sequence[DetectorScore]) -> None:
        """Add a table with one line per detector."""
        if not scores:
            return
        table = QGridLayout()
        table.setContentsMargins(0, 2, 0, 2)
        table.setHorizontalSpacing(12)
        table.setVerticalSpacing(2)
        titles = (self.tr("Detector"), self.tr("Raw score"), self.tr("Probability"), self.tr("Crops"))
        for column, title in enumerate(titles):
            self._put(table, 0, column, title, is_quiet=True)
        for row, score in enumerate(scores, start=1):
            cells = (
                score.detector,
                score_text(score.raw_score),
                probability_text(score.probability),
                str(score.crops_scored),
            )
            for column, text in enumerate(cells):
                self._put(table, row, column, text)
        table.setColumnStretch(0, 1)
        self._lines.addLayout(table)

    def set_selected(self, is_selected: bool) -> None:
        """Frame the card as the selected one."""
        if self.property("selected") != is_selected:
            self.setProperty("selected", is_selected)
            self.style().unpolish(self)
            self.style().polish(self)

    def _put(self, table: QGridLayout, row: int, column: int, text: str, *, is_quiet: bool = False) -> None:
        label = Label(text)
        if is_quiet:
            label.setObjectName("quiet")
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        table.addWidget(label, row, column, side)

    def _paint(self) -> None:
        self._symbol.setPixmap(verdict_pixmap(self._verdict, self.palette(), 18, self.devicePixelRatioF()))
        color = verdict_color(self._verdict, is_dark(self.palette())).name()
        self._said.setStyleSheet(f"QLabel {{ color: {color}; font-weight: bold; }}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._track_id is not None:
            self.clicked.emit(self._track_id)
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()
        super().changeEvent(event)

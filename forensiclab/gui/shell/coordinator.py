"""Leads every part of the window to the same exhibit, track, range of time and detectors."""

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from forensiclab.gui.player.player import Player
from forensiclab.gui.state.selection import Part, Selection
from forensiclab.gui.state.session import Session
from forensiclab.gui.work.timer import single_shot


class Coordinator(QObject):
    """What is looked at. Parts ask it by their signals, and it tells all of them; each exhibit keeps its selection."""

    changed = Signal()
    """The selection is another one."""

    def __init__(self, player: Player, parts: Sequence[Part]) -> None:
        super().__init__(player)
        self._player = player
        self._parts = tuple(parts)
        self._session: Session | None = None
        self._selection = Selection()
        self._kept: WeakKeyDictionary[Session, tuple[Selection, float]] = WeakKeyDictionary()
        """Selection and position of the exhibits that were looked at before."""
        self._due: list[Part] = []
        """Parts that do not show yet what has come in."""
        self._next = single_shot(self, self._on_next)
        player.position_changed.connect(self._on_position_changed)
        player.view.track_clicked.connect(self._on_track_chosen)

    @property
    def session(self) -> Session | None:
        """The exhibit that is shown."""
        return self._session

    @property
    def selection(self) -> Selection:
        return self._selection

    @property
    def is_refreshing(self) -> bool:
        """Whether a part does not show yet what has come in."""
        return bool(self._due)

    def listen(
        self,
        *,
        seek: Sequence[SignalInstance] = (),
        step: Sequence[SignalInstance] = (),
        track: Sequence[SignalInstance] = (),
        range_s: Sequence[SignalInstance] = (),
        detectors: Sequence[SignalInstance] = (),
    ) -> None:
        """Follow the signals by which parts ask for a time, frames on or back, a track, a range or detectors."""
        for signals, slot in (
            (seek, self._on_seek_requested),
            (step, self._on_step_requested),
            (track, self._on_track_chosen),
            (range_s, self._on_range_chosen),
            (detectors, self._on_detectors_chosen),
        ):
            for signal in signals:
                signal.connect(slot)

    def show(self, session: Session | None) -> None:
        """Show an exhibit (or none) as it was left, in every part."""
        if self._session is not None:
            self._kept[self._session] = (self._selection, self._player.pts_s or 0.0)
        self._session = session
        selection, pts_s = self._kept.get(session, (Selection(), 0.0)) if session else (Selection(), 0.0)
        self._player.open(session.path if session else None)
        if pts_s:
            self._player.seek(pts_s)
        for part in self._parts:
            part.set_session(session)
        self._select(selection)
        self._due.clear()
        self._choose_track()

    def refresh(self) -> None:
        """Show in every part what has come into the session: one after the other, and in between the window lives."""
        if self._session is not None:
            self._player.set_extent(self._session.end_s, self._session.stream)
            self._due += [part for part in self._parts if part not in self._due]
            self._next.start()

    def toggle_detector(self, number: int) -> None:
        """Show or hide the detector with this number, from 1, in the order of the exhibit's; one always stays."""
        names = self._session.detectors if self._session else []
        if not 1 <= number <= len(names):
            return
        shown = frozenset(name for name in names if self._selection.shows(name)) ^ {names[number - 1]}
        if shown:
            self._on_detectors_chosen(shown)
        else:
            self.changed.emit()  # whoever asked shows it as hidden already

    def clear_range(self) -> None:
        """Look at the whole exhibit again."""
        self._on_range_chosen(None)

    def _select(self, selection: Selection) -> None:
        self._selection = selection
        self._player.set_range(selection.range_s)
        for part in self._parts:
            part.select(selection)
        self._show_faces()
        self.changed.emit()

    def _choose_track(self) -> None:
        """Select the first track where none is selected."""
        tracks = self._session.tracks if self._session is not None else {}
        if self._session is not None and self._selection.track_id not in tracks:
            self._select(replace(self._selection, track_id=min(tracks, default=None)))
        self._show_faces()

    @Slot()
    def _on_next(self) -> None:
        if self._due:
            self._due.pop(0).refresh()
        if self._due:
            self._next.start()
        else:
            self._choose_track()

    def _show_faces(self) -> None:
        pts_s = self._player.pts_s
        if self._session is not None and pts_s is not None:
            self._player.view.set_faces(self._session.faces_at(pts_s), self._selection.track_id)

    @Slot(float)
    def _on_position_changed(self, pts_s: float) -> None:
        for part in self._parts:
            part.set_position(pts_s)
        self._show_faces()

    @Slot(float)
    def _on_seek_requested(self, pts_s: float) -> None:
        self._player.seek(pts_s)

    @Slot(int)
    def _on_step_requested(self, frames: int) -> None:
        for _ in range(abs(frames)):  # the player adds them up
            if frames > 0:
                self._player.step_forward()
            else:
                self._player.step_back()

    @Slot(int)
    def _on_track_chosen(self, track_id: int) -> None:
        self._select(replace(self._selection, track_id=track_id))

    @Slot(object)
    def _on_range_chosen(self, range_s: tuple[float, float] | None) -> None:
        self._select(replace(self._selection, range_s=range_s))

    @Slot(object)
    def _on_detectors_chosen(self, detectors: frozenset[str] | None) -> None:
        everything = frozenset(self._session.detectors) if self._session else frozenset()
        self._select(replace(self._selection, detectors=None if detectors == everything else detectors))

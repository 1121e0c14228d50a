"""One pass over an exhibit: frames are decoded, faces found and tracked, and those to be scored are cut out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from forensiclab.analysis.sampling import EvenKeeper
from forensiclab.analysis.scoring import BATCH
from forensiclab.core.options import SamplingPolicy
from forensiclab.core.records import Picture, TrackedFace, TrackPath
from forensiclab.faces.track import FaceSource, FaceTracker
from forensiclab.media.frame import Frame

Cut = TypeVar("Cut")
"""A face as it is cut out to be scored."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DueFaces(Generic[Cut]):
    """Faces of one track to score now."""

    track_id: int
    faces: tuple[Cut, ...]
    """By time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndedTrack(Generic[Cut]):
    """A track that gets no more faces, and those of its faces that are still to be scored."""

    path: TrackPath
    faces: tuple[Cut, ...]
    """By time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenFrame(Generic[Cut]):
    """What one frame shows, and what is to be scored because of it."""

    frame_index: int
    pts_s: float
    is_shot_cut: bool
    """Whether a new shot begins with this frame."""
    ended: tuple[EndedTrack[Cut], ...]
    """Tracks that ended before this frame, by id."""
    faces: tuple[TrackedFace, ...]
    """The faces in this frame, by track id."""
    is_sampled: bool
    """Whether any of them was cut out."""
    due: tuple[DueFaces[Cut], ...]
    """Full batches of tracks that go on."""


class FaceStream(Generic[Cut]):
    """Follows the faces of an exhibit and holds those that wait to be scored, as many as there is room for."""

    def __init__(
        self,
        finder: FaceSource,
        policy: SamplingPolicy,
        cut: Callable[[Picture, Frame, TrackedFace], Cut | None],
        *,
        room: int,
        size_of: Callable[[Cut], int] = lambda _: 1,
    ) -> None:
        """Begin before the first frame.

        Args:
            finder: Finds the faces of a frame.
            policy: Which faces of a track are scored.
            cut: (picture as stored, frame, face) -> the face cut out; None where it cannot be scored.
            room: For faces that wait for their track to end, in the unit of ``size_of``; where it runs out, the
                largest tracks are sampled more thinly.
            size_of: Room that a face takes; by default each counts as one.
        """
        self._tracker = FaceTracker(finder)
        self._policy, self._cut, self._room, self._size_of = policy, cut, room, size_of
        self._live: dict[int, _LiveTrack[Cut]] = {}
        self.was_thinned = False
        """Whether tracks were sampled more thinly than asked for."""

    @property
    def waiting(self) -> int:
        """Faces held that would be scored if the exhibit ended now."""
        return sum(track.will_score for track in self._live.values())

    def over(self, frames: Iterable[Frame]) -> Iterator[SeenFrame[Cut]]:
        """Follow the faces through the frames of an exhibit, in order."""
        for frame in frames:
            step = self._tracker.step(frame)
            ended = tuple(map(self._end, step.ended))
            wanted = [face for face in step.faces if self._track(face.track_id).wants_next()]
            yield SeenFrame(
                frame_index=frame.index,
                pts_s=frame.pts_s,
                is_shot_cut=step.is_shot_cut,
                ended=ended,
                faces=step.faces,
                is_sampled=bool(wanted),
                due=tuple(self._keep(frame, wanted)),
            )

    def finish(self) -> Iterator[EndedTrack[Cut]]:
        """End the tracks that are left, by id, because no more frames are read."""
        return map(self._end, self._tracker.finish())

    def _track(self, track_id: int) -> "_LiveTrack[Cut]":
        if track_id not in self._live:
            self._live[track_id] = _LiveTrack(self._policy)
        return self._live[track_id]

    def _end(self, track_id: int) -> EndedTrack[Cut]:
        return EndedTrack(path=self._tracker.path(track_id), faces=self._live.pop(track_id).take())

    def _keep(self, frame: Frame, wanted: Sequence[TrackedFace]) -> Iterator[DueFaces[Cut]]:
        """Cut faces out; hand on full batches of tracks that are scored as they go."""
        picture = frame.stored_rgb() if wanted else None
        for face in wanted:
            assert picture is not None
            track, cut = self._live[face.track_id], self._cut(picture, frame, face)
            if cut is not None:
                track.keeper.keep(cut)
            if not self._policy.is_deferred and len(track.keeper) == BATCH:
                yield DueFaces(track_id=face.track_id, faces=track.take())
        if wanted and self._policy.is_deferred:
            self._make_room()

    def _make_room(self) -> None:
        """Let go of every other face of the largest track until there is room."""
        while sum(map(self._size, self._live.values())) > self._room:
            largest = max(self._live.values(), key=self._size)
            if len(largest.keeper) < 2:
                return
            largest.keeper.thin()
            self.was_thinned = True

    def _size(self, track: "_LiveTrack[Cut]") -> int:
        return sum(map(self._size_of, track.keeper.held()))


class _LiveTrack(Generic[Cut]):
    """Which faces of one track wait to be scored."""

    def __init__(self, policy: SamplingPolicy) -> None:
        self._policy = policy
        self._seen = -1
        self._capacity = policy.number if policy.is_deferred else BATCH
        self.keeper: EvenKeeper[Cut] = EvenKeeper(self._capacity)

    def wants_next(self) -> bool:
        """Whether the next face of the track is to be cut out; counts it as seen."""
        self._seen += 1
        return (self.keeper if self._policy.is_deferred else self._policy).wants(self._seen)

    @property
    def will_score(self) -> int:
        """Faces of those held that would be scored if the track ended now."""
        return min(len(self.keeper), self._capacity)

    def take(self) -> tuple[Cut, ...]:
        """The faces to score now, by time; they no longer wait."""
        faces = self.keeper.chosen()
        self.keeper = EvenKeeper(self._capacity)
        return faces

"""What of a file was not read, as records and as sentences."""

from collections.abc import Iterator, Sequence

from forensiclab.core.records import Skipped
from forensiclab.core.text import Sentence
from forensiclab.media.clock import Clock
from forensiclab.media.ledger import NO_KEY_FRAME, LostFrame
from forensiclab.media.source import Standing

_TOLD_MAX = 5
"""Sizes that are told one by one; the others are counted."""


class Holes:
    """Collects frames that were left out: those that follow each other for the same reason become one run."""

    def __init__(self) -> None:
        self._runs: list[Skipped] = []
        self.at_start: Skipped | None = None
        """The frames before the first key frame, where the file begins without one."""

    def add(self, lost: Sequence[LostFrame], next_index: int, clock: Clock) -> None:
        """Note frames that were left out just before the frame with this index.

        Args:
            lost: In order.
            next_index: Of the frame that follows them.
            clock: Whose time theirs are shifted to.
        """
        for frame in lost:
            time_s = clock.time_of(frame.in_file_s)
            last = self._runs[-1] if self._runs else None
            if last is not None and (last.reason, last.first_frame_index) == (frame.reason, next_index):
                self._runs[-1] = _longer(last, time_s)
                continue
            self._runs.append(
                Skipped(
                    first_frame_index=next_index,
                    last_frame_index=next_index,
                    start_s=time_s,
                    end_s=time_s,
                    frames=1,
                    stage="read",
                    reason=frame.reason,
                )
            )
        if self._runs and self._runs[0].reason == NO_KEY_FRAME and self._runs[0].first_frame_index == 0:
            self.at_start = self._runs[0]

    def take(self) -> tuple[Skipped, ...]:
        """The runs since this was asked last."""
        runs, self._runs = tuple(self._runs), []
        return runs


def _longer(run: Skipped, time_s: float) -> Skipped:
    return Skipped(
        first_frame_index=run.first_frame_index,
        last_frame_index=run.last_frame_index,
        start_s=min(run.start_s, time_s),
        end_s=max(run.end_s, time_s),
        frames=run.frames + 1,
        stage=run.stage,
        reason=run.reason,
    )


def size_notes(sizes: Sequence[tuple[float, tuple[int, int]]]) -> Iterator[Sentence]:
    """Say that the size of the pictures changes; from which time on they are stored in which size."""
    if len(sizes) < 2:
        return
    told = [Sentence("{0} x {1} px from {2:.2f} s", *size_px, pts_s) for pts_s, size_px in sizes[:_TOLD_MAX]]
    others = len(sizes) - _TOLD_MAX
    if others > 0:
        yield Sentence(
            "The size of the pictures changes: {0}, and {1} more times.", Sentence.joined(", ", told), others
        )
    else:
        yield Sentence("The size of the pictures changes: {0}.", Sentence.joined(", ", told))


def reading_notes(standing: Standing, holes: Holes, clock: Clock, declared_frames: int | None) -> Iterator[str]:
    """Say what was not read, is missing, or could not be used.

    Args:
        standing: What is known of the reading.
        holes: What was left out.
        clock: Whose time the times in the file are shifted to.
        declared_frames: Of the file, once it has been read to its end; None where it declares none.
    """
    yield from standing.notes
    start, count = holes.at_start, standing.count
    if start is not None:
        yield Sentence(
            "The file begins without a key frame: {0} frames from {1:.2f} s to {2:.2f} s cannot be decoded.",
            start.frames,
            start.start_s,
            start.end_s,
        )
    if standing.missing_s:
        yield _missing_frames(standing, clock)
    if standing.stop_reason:
        yield Sentence("Reading stopped at {0:.2f} s: {1}.", clock.time_of(standing.end_s), standing.stop_reason)
    else:
        yield from _truncation(standing, clock, declared_frames)
    others = count.undecodable + count.withheld - (0 if start is None else start.frames)
    if others > 0:
        yield Sentence("{0} frames were left out because they need frames that are missing or damaged.", others)
    if count.damaged:
        yield Sentence("{0} damaged packets or frames were skipped.", count.damaged)


def _missing_frames(standing: Standing, clock: Clock) -> Sentence:
    places = Sentence.joined(
        ", ",
        [
            Sentence("between {0:.2f} s and {1:.2f} s", clock.time_of(before_s), clock.time_of(after_s))
            for before_s, after_s in standing.missing_s
        ],
    )
    others = standing.n_missing - len(standing.missing_s)
    if others > 0:
        return Sentence("Frames are missing from the file {0} and at {1} more places.", places, others)
    return Sentence("Frames are missing from the file {0}.", places)


def _truncation(standing: Standing, clock: Clock, declared_frames: int | None) -> Iterator[Sentence]:
    """Whether the file ends before what it declares, or in the middle of something."""
    if standing.missing_end_s is not None:
        yield Sentence(
            "The pictures end at {0:.2f} s, {1:.2f} s before the end that the file declares: it may be truncated.",
            clock.time_of(standing.end_s),
            standing.missing_end_s,
        )
    elif standing.is_cut_off:
        yield Sentence("The file ends in the middle of its data: it is truncated.")
    if declared_frames is not None and declared_frames > standing.count.packets:
        yield Sentence("The file declares {0} frames, but holds {1}.", declared_frames, standing.count.packets)

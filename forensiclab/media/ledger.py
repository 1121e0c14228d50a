"""Where every packet of a stream went, and which pictures rest on something that is lost."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from forensiclab.core.records import PacketCount
from forensiclab.core.text import Sentence

NO_KEY_FRAME: Final = Sentence("the file begins without a key frame, and this picture needs what came before")
FRAMES_MISSING: Final = Sentence("frames before it are missing from the file, and it needs them")
AFTER_DAMAGE: Final = Sentence("it needs a frame that is damaged")
DAMAGED: Final = Sentence("it is damaged")
UNDECODABLE: Final = Sentence("the decoder gives no picture for it")

_REORDERED: Final = 32
"""Packets without a time of their own that come this much after another one are shown after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFrame:
    """A frame that is not handed on."""

    in_file_s: float | None
    """Its presentation time as the file gives it."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """From this packet on, in the order of decoding, pictures rest on something that is lost."""

    number: int
    reason: str
    clean_number: int | None = None
    clean_s: float | None = None
    """It bears on no picture of this packet or a later one that is shown at this time or later."""

    def bears_on(self, number: int, time_s: float | None) -> bool:
        if number < self.number:
            return False
        if self.clean_number is None or number < self.clean_number:
            return True
        return self.clean_s is not None and time_s is not None and time_s < self.clean_s


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A packet whose picture has not come yet."""

    order_s: float | None
    """When it is shown, None where nothing tells its place among the others."""
    told_s: float | None
    """The time to tell of it if its picture never comes."""


class Ledger:
    """Accounts for packets by their numbers, which count from 0 in the order of decoding.

    A picture is handed on if the decoder calls it sound and it rests on nothing that is lost. After a loss that is so
    again from the first key frame on, in the order of presentation: pictures before it may rest on what came before.
    """

    def __init__(self) -> None:
        self._entered = 0
        self._pictures = self._damaged = self._undecodable = self._withheld = self._hidden = self._unread = 0
        self._pending: dict[int, _Waiting] = {}
        self._hidden_numbers: deque[int] = deque(maxlen=_REORDERED)
        self._given_up: deque[int] = deque(maxlen=_REORDERED)
        self._losses: list[_Loss] = []
        self.faults = 0
        """How often the decoder refused a packet, or gave a picture that is not whole."""
        self.lost: list[LostFrame] = []
        """Frames that were not handed on, by time; whoever tells of them takes them out."""

    @property
    def is_resting_on_loss(self) -> bool:
        """Whether pictures of the packets to come rest on something that is lost."""
        return any(loss.clean_number is None for loss in self._losses)

    def take_lost(self) -> list[LostFrame]:
        """The frames that were not handed on since this was asked last."""
        lost, self.lost = self.lost, []
        return lost

    def enter(self, time_s: float | None, *, is_ordered: bool, is_hidden: bool) -> int:
        """Note a packet that goes to the decoder; its number.

        Args:
            time_s: When it is shown, or about; None where the file does not say.
            is_ordered: Whether the time tells its place among the others in the order of presentation.
            is_hidden: Whether it shows no picture, by design.
        """
        number = self._entered
        self._entered += 1
        if is_hidden:
            self._hidden += 1
            self._hidden_numbers.append(number)
        else:
            self._pending[number] = _Waiting(order_s=time_s if is_ordered else None, told_s=time_s)
        return number

    def lose(self, number: int, reason: str) -> None:
        """From this packet on pictures rest on something that is lost."""
        self._losses.append(_Loss(number=number, reason=reason))

    def recover(self, number: int, time_s: float | None) -> None:
        """What is decoded from this packet on and shown at this time or later rests on nothing before it."""
        self._losses = [
            replace(loss, clean_number=number, clean_s=time_s)
            if loss.number <= number and loss.clean_number is None
            else loss
            for loss in self._losses
        ]

    def fail(self, number: int | None) -> None:
        """The decoder refused a packet: this one, or the first whose picture has not come."""
        self.faults += 1
        if number not in self._pending:
            number = next(iter(self._pending), None)
        if number is None:
            return
        waiting = self._pending.pop(number)
        reason = self._reason_against(number, waiting.order_s)
        if reason is not None:  # the decoder misses what is missing
            self._undecodable += 1
            self._lose_frame(waiting.told_s, reason)
            return
        self._damaged += 1
        self._lose_frame(waiting.told_s, DAMAGED)
        self.lose(number + 1, AFTER_DAMAGE)

    def leave(self, number: int | None, *, is_sound: bool, is_key: bool) -> bool:
        """Note a picture that the decoder gave.

        Args:
            number: Of its packet; None where the decoder does not say.
            is_sound: Whether the decoder found it whole.
            is_key: Whether neither it nor a picture that is shown after it needs one from before it.

        Returns:
            Whether it may be handed on.
        """
        if number is None:
            number = next(iter(self._pending), self._entered - 1)
        waiting = self._pending.pop(number, None)
        time_s = None if waiting is None else waiting.order_s
        told_s = None if waiting is None else waiting.told_s
        if waiting is not None:
            self._settle(number, time_s)
        elif number in self._hidden_numbers:  # it shows a picture after all
            self._hidden_numbers.remove(number)
            self._hidden -= 1
        elif number in self._given_up:  # out of order: where it belongs has been passed
            self._given_up.remove(number)
            return False
        else:  # one more of a packet that holds several
            self._entered += 1
        if not is_sound:
            self.faults += 1
            self._damaged += 1
            self._lose_frame(told_s, DAMAGED)
            self.lose(number + 1, AFTER_DAMAGE)
            return False
        if is_key:
            self.recover(number, time_s)
        reason = self._reason_against(number, time_s)
        if reason is not None:
            self._withheld += 1
            self._lose_frame(told_s, reason)
            return False
        # Pictures come in the order of presentation: what does not bear on this one bears on none after it.
        self._losses = [loss for loss in self._losses if loss.clean_number is None or loss.clean_number > number]
        self._pictures += 1
        return True

    def settle_all(self) -> None:
        """Nothing more will come of the packets so far."""
        for number in list(self._pending):
            self._give_up(number)

    def stop(self, unread: int) -> None:
        """Reading stops; packets whose picture has not come and those that follow are not read."""
        self._unread += len(self._pending) + unread
        self._entered += unread
        self._pending.clear()

    def count(self) -> PacketCount:
        """Where the packets so far went; those that wait for the decoder have not been read."""
        return PacketCount(
            packets=self._entered,
            pictures=self._pictures,
            damaged=self._damaged,
            undecodable=self._undecodable,
            withheld=self._withheld,
            hidden=self._hidden,
            unread=self._unread + len(self._pending),
        )

    def _settle(self, number: int, time_s: float | None) -> None:
        """Give up packets whose picture would have come before the one that came."""
        for other, waiting in list(self._pending.items()):
            if other >= number:
                return
            other_s = waiting.order_s
            is_before = number - other > _REORDERED if time_s is None or other_s is None else other_s < time_s
            if is_before:
                self._give_up(other)

    def _give_up(self, number: int) -> None:
        waiting = self._pending.pop(number)
        self._given_up.append(number)
        self._undecodable += 1
        self._lose_frame(waiting.told_s, self._reason_against(number, waiting.order_s) or UNDECODABLE)

    def _reason_against(self, number: int, time_s: float | None) -> str | None:
        """Why the picture of a packet is not what was recorded; None where it is."""
        return next((loss.reason for loss in reversed(self._losses) if loss.bears_on(number, time_s)), None)

    def _lose_frame(self, in_file_s: float | None, reason: str) -> None:
        self.lost.append(LostFrame(in_file_s=in_file_s, reason=reason))

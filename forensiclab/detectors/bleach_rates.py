"""Which of a card's figures tell what a bleach does: rates without and with it, by a decision of its detector."""

from dataclasses import dataclass
from enum import StrEnum


class Rate(StrEnum):
    """Of all crops, of the real ones, of the forged ones."""

    ACCURACY = "accuracy"
    FALSE_ALARMS = "false alarm rate"
    MISSES = "miss rate"


class Decision(StrEnum):
    """When the detector's answer counts as "forged"."""

    SIGN = "raw score above 0"
    THRESHOLD = "manipulation threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class BleachRate:
    """What such a figure measures."""

    rate: Rate
    decision: Decision
    is_bleached: bool

    @property
    def metric(self) -> str:
        """Its name on the card: ``miss rate at raw score above 0, with bleach``."""
        return f"{self.rate} at {self.decision}, {'with' if self.is_bleached else 'without'} bleach"

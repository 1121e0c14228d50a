"""What the batches of a run are mixed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.batches.batches import CropGroup, Source
from training.batches.forge_on_the_fly import forger, framing_of, made_pairs
from training.batches.framing import FramedFolder
from training.datasets.levels import LevelReader
from training.methods.method import Recipe

_WIDEST = 4.0
"""More of its surroundings than this leaves next to nothing of a face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealSource:
    """A folder of real crops from which forgeries are made."""

    folder: Path
    weight: float
    """Beside the other such folders."""

    @classmethod
    def parse(cls, text: str) -> "RealSource":
        """Read ``DIR`` or ``DIR=WEIGHT``.

        Raises:
            SettingsError: The weight is not a number above 0.
        """
        folder, equals, number = text.rpartition("=")
        try:
            weight = float(number) if equals else 1.0
        except ValueError as error:
            raise SettingsError(f"'{text}' needs a number after its '='.") from error
        if not 0 < weight < float("inf"):
            raise SettingsError(f"The weight of {folder} must be above 0, not {number}.")
        return cls(folder=Path(folder if equals else text), weight=weight)


def mixed_sources(
    reals: Sequence[RealSource],
    recipe: Recipe,
    reader: LevelReader,
    groups: Sequence[CropGroup],
    pairs: Sequence[CropGroup],
) -> tuple[Source, ...]:
    """Return what batches are mixed from: the pairs of the data, and pairs made from folders of real crops.

    Args:
        reals: The folders, with meshes.
        recipe: Its shares decide.
        reader: Reads the data.
        groups: What is drawn from the data.
        pairs: All pairs of the data, whose real crops are donors.

    Raises:
        SettingsError: Folders and shares do not go together, or a folder has no meshes.
    """
    if bool(reals) != (recipe.real_share > 0):
        raise SettingsError(
            "Folders of real crops (--reals) and the share of pairs made from them (real_share) go together."
        )
    if not 0 <= recipe.real_share < 1:
        raise SettingsError(f"real_share must be at least 0 and below 1, not {recipe.real_share:g}.")
    if not 1 <= recipe.real_widest <= _WIDEST:
        raise SettingsError(f"real_widest must be from 1 to {_WIDEST:g}, not {recipe.real_widest:g}.")
    forge = forger(recipe.forge_families, reader.folder, pairs) if recipe.forge_share > 0 else None
    own = Source(reader=reader, groups=groups, forge=forge, share=1 - recipe.real_share)
    if not reals:
        return (own,)
    framing = framing_of(reader.folder)
    weights = sum(real.weight for real in reals)
    made = []
    for real in reals:
        folder = FramedFolder(real.folder, framing, recipe.real_widest)
        from_real = made_pairs(folder)
        made.append(
            Source(
                reader=LevelReader(folder),
                groups=from_real,
                forge=forger(recipe.forge_families, folder, from_real),
                share=recipe.real_share * real.weight / weights,
                is_made=True,
            )
        )
    return (own, *made)


def mixture_of(sources: Sequence[Source]) -> tuple[tuple[str, int, float], ...]:
    """Return folder, pairs and share of every source, for the record."""
    return tuple((source.reader.folder.title, len(source.groups), source.share) for source in sources)

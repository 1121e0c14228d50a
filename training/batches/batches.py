"""Batches of crops and their views, made ahead in threads while the network works."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forensiclab.core.records import Picture
from training.batches.augment import Augmentation, AugmentSettings, apply, apply_to_mask, draw
from training.batches.samplers import MixtureSampler
from training.datasets.crops import CropEntry
from training.datasets.levels import LevelRange, LevelReader, Levels
from training.datasets.pairing import forged_region, is_aligned

CropGroup = tuple[CropEntry, ...]
"""Crops that stand in one batch together: (real, forged) for a pair, (crop,) for one alone."""

Mask = NDArray[np.uint8]
"""Forged pixels of a crop: grey levels, 255 = forged, shape (H, W)."""

Forge = Callable[[CropEntry, Picture, np.random.Generator], tuple[Picture, Mask]]
"""Makes a forgery out of a real crop, and says which pixels it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where groups of a batch come from."""

    reader: LevelReader
    """Reads crops at levels."""
    groups: Sequence[CropGroup]
    forge: Forge | None = None
    """Makes forgeries from real crops."""
    share: float = 1.0
    """Of the groups; those of all sources need not add up to 1."""
    is_made: bool = False
    """Whether all forgeries are made: the second crop of a pair is then the real one itself, labelled forged."""


class Batch(NamedTuple):
    """What a method's losses are computed from. All views of a row have the same geometry and light.

    Groups stand one after the other; where they are pairs, row 2i is real and row 2i + 1 the forgery made from it.
    """

    crops: Tensor
    """uint8 RGB, shape (B, 3, S, S), channels last in memory: weakly compressed (or mixed, as the recipe says)."""
    labels: Tensor
    """float32, shape (B,): 0 real, 1 forged."""
    strong: Tensor | None = None
    """The same crops strongly compressed, as ``crops``."""
    other: Tensor | None = None
    """Weakly compressed crops of another frame of the same clip, otherwise changed; where a clip has only one crop,
    that one, otherwise changed."""
    masks: Tensor | None = None
    """uint8, shape (B, S, S), 255 = forged; 0 everywhere for real crops."""
    has_mask: Tensor | None = None
    """bool, shape (B,): whether the forged pixels are known; where they are not, ``masks`` is 0."""


class Views(NamedTuple):
    """Which of the optional views a method needs."""

    strong: bool = False
    other: bool = False
    masks: bool = False


NO_VIEWS = Views()
CLEAN = LevelRange.parse("clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """How the crops of a batch are chosen and changed."""

    groups_per_batch: int
    size_px: int
    """Side of the crops that the network takes."""
    augment: AugmentSettings
    views: Views = NO_VIEWS
    weak: Levels = CLEAN
    strong: Levels = CLEAN
    strong_share: float = 0.0
    """Probability that ``crops`` of a group are strongly compressed (mixed training)."""
    forge_share: float = 0.0
    """Probability that the forgery of a pair is made from its real crop, once ``forge_ramp_steps`` are over."""
    forge_ramp_steps: int = 0
    """The probability rises linearly over them."""
    small_px: int = 0
    """Side of the crops in the first ``small_steps`` steps."""
    small_steps: int = 0

    def side_px(self, step: int) -> int:
        """Return the side of the crops of a step."""
        return self.small_px if step < self.small_steps else self.size_px

    def forge_probability(self, step: int) -> float:
        return (
            self.forge_share * min(1.0, (step + 1) / self.forge_ramp_steps)
            if self.forge_ramp_steps
            else self.forge_share
        )


class Batches:
    """The batch of every step, a function of the seed and the step alone.

    Args:
        sources: What is drawn from.
        settings: How.
        seed: Of order and changes.
        rank, world: This process takes every ``world``-th group of a batch, from the ``rank``-th on.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        settings: BatchSettings,
        *,
        seed: int,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self._sources = tuple(sources)
        self._settings = settings
        self._sampler = MixtureSampler(
            [len(source.groups) for source in sources],
            [source.share for source in sources],
            settings.groups_per_batch,
            seed,
        )
        self._seed = seed
        self._rank, self._world = rank, world
        self._clips = [_by_clip(source.groups) for source in sources]

    def batch(self, step: int) -> Batch:
        """Read, change and stack the crops of a step."""
        rows: list[_Row] = []
        for place, (source, index) in enumerate(self._sampler.batch(step)):
            if place % self._world == self._rank:
                rows.extend(self._rows(source, index, step, np.random.default_rng((self._seed, step, place))))
        views = self._settings.views
        return Batch(
            crops=_stack([row.crop for row in rows]),
            labels=torch.tensor([row.label for row in rows], dtype=torch.float32),
            strong=_stack([row.strong for row in rows if row.strong is not None]) if views.strong else None,
            other=_stack([row.other for row in rows if row.other is not None]) if views.other else None,
            masks=torch.from_numpy(np.stack([row.mask for row in rows])) if views.masks else None,
            has_mask=torch.tensor([row.has_mask for row in rows]) if views.masks else None,
        )

    def ahead(self, first_step: int, last_step: int, workers: int = 1) -> Iterator[Batch]:
        """Yield the batches of steps [first_step, last_step) in order, made ahead in other threads."""
        with ThreadPoolExecutor(workers, thread_name_prefix="batches") as pool:
            waiting: deque[Future[Batch]] = deque()
            try:
                for step in range(first_step, last_step):
                    waiting.append(pool.submit(self.batch, step))
                    if len(waiting) > workers + 2:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _rows(self, number: int, index: int, step: int, rng: np.random.Generator) -> "list[_Row]":
        settings, source = self._settings, self._sources[number]
        group, reader = source.groups[index], source.reader
        strong_here, forged_here = rng.random(2)
        forge_rng, change_rng, other_rng = rng.spawn(3)
        size_px = settings.side_px(step)
        change, other_change = draw(change_rng, settings.augment), draw(other_rng, settings.augment)
        level = settings.strong if strong_here < settings.strong_share else settings.weak
        blend: tuple[Picture, Mask] | None = None
        is_made = source.is_made or forged_here < settings.forge_probability(step)
        if source.forge is not None and len(group) == 2 and is_made:
            blend = source.forge(group[0], reader.folder.picture(group[0]), forge_rng)
        rows = []
        for place, entry in enumerate(group):
            made = blend if place == 1 else None
            mask = (made[1] if made else self._mask(reader, group, place)) if settings.views.masks else None
            rows.append(
                _Row(
                    label=entry.label,
                    crop=_view(reader, entry, level, change, made, size_px),
                    strong=_view(reader, entry, settings.strong, change, made, size_px)
                    if settings.views.strong
                    else None,
                    other=self._other(number, entry, other_change, made, other_rng, size_px)
                    if settings.views.other
                    else None,
                    mask=_blank(size_px) if mask is None else apply_to_mask(change, mask, size_px),
                    has_mask=mask is not None,
                )
            )
        return rows

    def _other(
        self,
        number: int,
        entry: CropEntry,
        change: Augmentation,
        made: tuple[Picture, Mask] | None,
        rng: np.random.Generator,
        size_px: int,
    ) -> Picture:
        clip = self._clips[number][entry.clip]
        others = [other for other in clip if other.name != entry.name] if made is None else []
        chosen = others[int(rng.integers(len(others)))] if others else entry
        return _view(self._sources[number].reader, chosen, self._settings.weak, change, made, size_px)

    def _mask(self, reader: LevelReader, group: CropGroup, place: int) -> Mask | None:
        """Return the forged pixels of a stored crop; None where they are not known.

        All 0 for a real one; for a forgery what the data set gives, else its difference to the original where both are
        the same frame.
        """
        entry = group[place]
        folder = reader.folder
        if entry.label == 0:
            return _blank(self._settings.size_px)
        stored = folder.mask(entry)
        if stored is not None:
            return stored
        if len(group) == 2 and is_aligned(entry):
            region = forged_region(folder.picture(entry), folder.picture(group[0]))
            return region.astype(np.uint8) * np.uint8(255)
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """One row of a batch before it is stacked."""

    label: int
    crop: Picture
    strong: Picture | None
    other: Picture | None
    mask: Mask
    has_mask: bool


def _view(
    reader: LevelReader,
    entry: CropEntry,
    level: Levels,
    change: Augmentation,
    made: tuple[Picture, Mask] | None,
    size_px: int,
) -> Picture:
    """Return a crop, or the forgery made in its place, at a level and changed."""
    # As in life: forged first, then compressed.
    picture = reader.picture(entry, level) if made is None else level.apply(made[0], entry.original or entry.name)
    return apply(change, picture, size_px)


def _by_clip(groups: Sequence[CropGroup]) -> dict[str, list[CropEntry]]:
    clips: dict[str, list[CropEntry]] = {}
    for entry in {entry.name: entry for group in groups for entry in group}.values():
        clips.setdefault(entry.clip, []).append(entry)
    return clips


def _blank(size_px: int) -> Mask:
    return np.zeros((size_px, size_px), np.uint8)


def _stack(crops: Sequence[Picture]) -> Tensor:
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)

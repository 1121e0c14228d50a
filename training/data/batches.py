"""Batches of real and forged crops, made ahead in a thread while the network works."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forensiclab.core.records import Picture
from training.data.augment import Augmentation, AugmentSettings, apply, draw
from training.data.crops import CropEntry, CropFolder
from training.data.dfdc_faces import CropPair
from training.data.samplers import PairSampler


class Batch(NamedTuple):
    """What a method's loss is computed from. Row 2i is real, row 2i + 1 the forgery made from it."""

    crops: Tensor
    """uint8 RGB, shape (B, 3, S, S), channels last in memory."""
    labels: Tensor
    """float32, shape (B,): 0 real, 1 forged."""


SelfBlend = Callable[[Picture, np.random.Generator], Picture]
"""Makes a forgery out of a real crop."""


class PairBatches:
    """The batch of every step, a function of the seed and the step alone.

    Args:
        folder: The crops.
        pairs: Forgeries with their originals.
        pairs_per_batch, seed: See ``PairSampler``.
        size_px: Side of the crops that the network takes.
        augment: How crops are changed; both of a pair in the same way, so that they differ by the forgery alone.
        compressed: The same crops after video compression, or None.
        compressed_share: Probability that a pair is taken from there.
        self_blend: Makes forgeries from real crops, or None.
        forge_share: Probability that the forgery of a pair is one of those.
        rank, world: This process takes every ``world``-th pair of a batch, from the ``rank``-th on.
    """

    def __init__(
        self,
        folder: CropFolder,
        pairs: Sequence[CropPair],
        *,
        pairs_per_batch: int,
        size_px: int,
        augment: AugmentSettings,
        seed: int,
        compressed: CropFolder | None = None,
        compressed_share: float = 0.0,
        self_blend: SelfBlend | None = None,
        forge_share: float = 0.0,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self._folder = folder
        self._pairs = tuple(pairs)
        self._sampler = PairSampler(len(self._pairs), pairs_per_batch, seed)
        self._size_px = size_px
        self._augment = augment
        self._seed = seed
        self._compressed = compressed
        self._compressed_share = compressed_share if compressed is not None else 0.0
        self._self_blend = self_blend
        self._forge_share = forge_share if self_blend is not None else 0.0
        self._rank, self._world = rank, world

    @property
    def steps_per_epoch(self) -> float:
        return len(self._pairs) / self._sampler.pairs_per_batch

    def batch(self, step: int) -> Batch:
        """Read, change and stack the crops of a step."""
        crops: list[Picture] = []
        for row, index in enumerate(self._sampler.batch(step)):
            if row % self._world == self._rank:
                crops.extend(self._pair(self._pairs[index], np.random.default_rng((self._seed, step, row))))
        stacked = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)
        return Batch(stacked, torch.arange(len(crops), dtype=torch.float32) % 2)

    def ahead(self, first_step: int, last_step: int, depth: int = 3) -> Iterator[Batch]:
        """The batches of steps [first_step, last_step), up to ``depth`` of them made ahead in one other thread."""
        with ThreadPoolExecutor(1, thread_name_prefix="batches") as pool:
            waiting: deque[Future[Batch]] = deque()
            try:
                for step in range(first_step, last_step):
                    waiting.append(pool.submit(self.batch, step))
                    if len(waiting) > depth:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _pair(self, pair: CropPair, rng: np.random.Generator) -> tuple[Picture, Picture]:
        source, is_forged_here = rng.random(2)
        blend_rng, change_rng = rng.spawn(2)
        change = draw(change_rng, self._augment)
        folder = self._folder
        if source < self._compressed_share and self._compressed is not None:
            folder = self._compressed
        if is_forged_here < self._forge_share and self._self_blend is not None:
            # The blend comes before the compression in life, so it is made from the clean crop.
            real = self._folder.picture(pair.real)
            forged = self._self_blend(real, blend_rng)
        else:
            real, forged = self._read(folder, pair.real), self._read(folder, pair.forged)
        return self._apply(change, real), self._apply(change, forged)

    def _read(self, folder: CropFolder, entry: CropEntry) -> Picture:
        return folder.picture(folder.entry(entry.name) or entry)

    def _apply(self, change: Augmentation, picture: Picture) -> Picture:
        return apply(change, picture, self._size_px)


def label_array(entries: Sequence[CropEntry]) -> NDArray[np.int64]:
    """Labels of crops, shape (N,)."""
    return np.array([entry.label for entry in entries])

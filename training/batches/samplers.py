"""Which crops stand in the batch of which step."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class GroupSampler:
    """Draws groups of crops without replacement, epoch after epoch; a batch holds whole groups.

    Where they are pairs of a forgery and its own original, both labels weigh the same in every batch.

    The batch of a step is a function of the seed and the step alone: there is no state to save, and a resumed run
    draws what an uninterrupted one would have drawn.

    Args:
        n_groups: Groups to draw from, >= 1.
        groups_per_batch: >= 1; may exceed ``n_groups``.
        seed: Of the order.
    """

    def __init__(self, n_groups: int, groups_per_batch: int, seed: int) -> None:
        if n_groups < 1 or groups_per_batch < 1:
            raise ValueError(f"a sampler needs groups and a batch size, not {n_groups} and {groups_per_batch}")
        self.n_groups = n_groups
        self.groups_per_batch = groups_per_batch
        self.seed = seed
        self._orders: dict[int, NDArray[np.int64]] = {}

    def batch(self, step: int) -> NDArray[np.int64]:
        """Return indices of the groups of a step, shape (groups_per_batch,)."""
        return self.at(step * self.groups_per_batch + np.arange(self.groups_per_batch))

    def at(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the groups that are drawn at positions counted from the start of training, of the same shape."""
        epochs, rows = np.divmod(positions, self.n_groups)
        return np.array([self._order(int(epoch))[row] for epoch, row in zip(epochs, rows, strict=True)], dtype=np.int64)

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._orders:
            self._orders = {key: order for key, order in self._orders.items() if key >= epoch - 1}
            self._orders[epoch] = np.random.default_rng((self.seed, epoch)).permutation(self.n_groups)
        return self._orders[epoch]


class MixtureSampler:
    """Draws groups from several sources by their shares; each source is drawn without replacement, epoch after epoch.

    In every hundred positions each source has exactly its share, rounded to a hundredth; where, is drawn. Like
    ``GroupSampler`` it has no state: the batch of a step is a function of the seed and the step alone.

    Args:
        n_groups: Groups of every source, each >= 1.
        shares: Of every source, >= 0; they need not add up to 1.
        groups_per_batch: >= 1.
        seed: Of the order.
    """

    def __init__(self, n_groups: Sequence[int], shares: Sequence[float], groups_per_batch: int, seed: int) -> None:
        if len(n_groups) != len(shares) or min(shares) < 0 or sum(shares) <= 0:
            raise ValueError(f"a mixture needs a share >= 0 of every source, not {list(shares)} of {len(n_groups)}")
        self.groups_per_batch = groups_per_batch
        self.seed = seed
        self._samplers = [GroupSampler(count, groups_per_batch, seed) for count in n_groups]
        ends = np.rint(np.cumsum([0.0, *shares]) / sum(shares) * _CYCLE).astype(np.int64)
        self._counts = np.diff(ends)
        self._cycles: dict[int, NDArray[np.int64]] = {}

    def batch(self, step: int) -> list[tuple[int, int]]:
        """Return (source, index of its group) for every place of a step's batch."""
        return [self._at(step * self.groups_per_batch + place) for place in range(self.groups_per_batch)]

    def _at(self, position: int) -> tuple[int, int]:
        cycle, place = divmod(position, _CYCLE)
        sources = self._cycle(cycle)
        source = int(sources[place])
        drawn_before = cycle * int(self._counts[source]) + int((sources[:place] == source).sum())
        return source, int(self._samplers[source].at(np.array([drawn_before]))[0])

    def _cycle(self, cycle: int) -> NDArray[np.int64]:
        if cycle not in self._cycles:
            self._cycles = {key: order for key, order in self._cycles.items() if key >= cycle - 1}
            in_turn = np.repeat(np.arange(len(self._counts)), self._counts)
            # With one source this changes nothing: a run without a mixture draws as it always has.
            self._cycles[cycle] = np.random.default_rng((self.seed, _MIXTURE, cycle)).permutation(in_turn)
        return self._cycles[cycle]


_CYCLE = 100
"""Positions in which the shares are kept."""
_MIXTURE = 1
"""Sets its draws apart from others of the same seed."""

"""Which crops stand in the batch of which step."""

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
        positions = step * self.groups_per_batch + np.arange(self.groups_per_batch)
        epochs, rows = np.divmod(positions, self.n_groups)
        return np.array([self._order(int(epoch))[row] for epoch, row in zip(epochs, rows, strict=True)])

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._orders:
            self._orders = {key: order for key, order in self._orders.items() if key >= epoch - 1}
            self._orders[epoch] = np.random.default_rng((self.seed, epoch)).permutation(self.n_groups)
        return self._orders[epoch]

"""Which crops stand in the batch of which step."""

import numpy as np
from numpy.typing import NDArray


class PairSampler:
    """Draws pairs without replacement, epoch after epoch; a batch holds whole pairs, so both labels weigh the same.

    The batch of a step is a function of the seed and the step alone: there is no state to save, and a resumed run
    draws what an uninterrupted one would have drawn.

    Args:
        n_pairs: Pairs to draw from, >= 1.
        pairs_per_batch: >= 1; may exceed ``n_pairs``.
        seed: Of the order.
    """

    def __init__(self, n_pairs: int, pairs_per_batch: int, seed: int) -> None:
        if n_pairs < 1 or pairs_per_batch < 1:
            raise ValueError(f"a sampler needs pairs and a batch size, not {n_pairs} and {pairs_per_batch}")
        self.n_pairs = n_pairs
        self.pairs_per_batch = pairs_per_batch
        self.seed = seed
        self._orders: dict[int, NDArray[np.int64]] = {}

    def batch(self, step: int) -> NDArray[np.int64]:
        """Indices of the pairs of a step, shape (pairs_per_batch,)."""
        positions = step * self.pairs_per_batch + np.arange(self.pairs_per_batch)
        epochs, rows = np.divmod(positions, self.n_pairs)
        return np.array([self._order(int(epoch))[row] for epoch, row in zip(epochs, rows, strict=True)])

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._orders:
            self._orders = {key: order for key, order in self._orders.items() if key >= epoch - 1}
            self._orders[epoch] = np.random.default_rng((self.seed, epoch)).permutation(self.n_pairs)
        return self._orders[epoch]

"""Forged cells and the accuracy of a map on them, counted by hand."""

import numpy as np
import pytest

from training.evaluation.localisation import CellCounts, count_cells, forged_cells, localisation


def test_a_mask_comes_to_the_grid_by_area() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:20, :10] = 255  # exactly one cell
    mask[:20, 10:14] = 255  # two fifths of the next one
    mask[20:, 10:16] = 255  # three fifths
    mask[20:, 30:] = 25  # below a tenth of white
    mask[:20, 30:] = 26  # above
    assert forged_cells(mask, 2, 4).tolist() == [[True, False, False, True], [False, True, False, False]]


def test_cells_are_counted_against_a_loop() -> None:
    rng = np.random.default_rng(0)
    attention, truth = rng.random((5, 7), dtype=np.float32), rng.random((5, 7)) > 0.6
    right = sum(bool(attention[r, c] > 0.5) == bool(truth[r, c]) for r in range(5) for c in range(7))
    assert count_cells(attention, truth) == (right, int(truth.sum()), 35)


def test_a_map_that_is_never_forged_reaches_what_is_left_of_the_forged_share() -> None:
    truth = np.zeros((2, 4, 4), bool)
    truth[1, :2] = True
    counts = np.array([count_cells(np.zeros((4, 4), np.float32), each) for each in truth])
    found = localisation(CellCounts(*counts.T))
    assert found is not None
    assert found.pbca == 1 - found.forged_share == 0.75
    assert (found.threshold, found.n_crops) == (0.5, 2)


def test_crops_without_a_known_mask_do_not_count() -> None:
    found = localisation(CellCounts(np.array([3, 0]), np.array([2, 0]), np.array([4, 0])))
    assert found is not None
    assert (found.pbca, found.n_crops) == (0.75, 1)


@pytest.mark.parametrize("cells", [[4, 4], [0, 0]])
def test_without_a_forged_cell_there_is_nothing_to_find(cells: list[int]) -> None:
    assert localisation(CellCounts(np.array(cells), np.array([0, 0]), np.array(cells))) is None

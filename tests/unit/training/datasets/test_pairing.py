"""Forgeries with their own originals, parts that are held out, and where a pair differs."""

from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.errors import SettingsError
from training.datasets.crops import CropFolder
from training.datasets.pairing import forged_region, hold_out_parts, is_aligned, pair_up, some_of


def test_pairs_are_forgeries_with_their_own_originals(pairs_folder: Path) -> None:
    pairs = pair_up(CropFolder(pairs_folder).select("train"))
    assert len(pairs) == 8
    assert all(forged.original == real.name and real.label == 0 for real, forged in pairs)
    assert all(is_aligned(forged) and not is_aligned(real) for real, forged in pairs)


def test_without_pairs_training_says_so(loose_folder: Path) -> None:
    with pytest.raises(SettingsError, match="original"):
        pair_up(CropFolder(loose_folder).entries)


def test_whole_parts_are_held_out(pairs_folder: Path) -> None:
    entries = CropFolder(pairs_folder).select("train")
    parts = hold_out_parts(entries, 0.3, seed=0)
    assert parts == hold_out_parts(entries, 0.3, seed=0)
    assert len(parts) == 2, "a part holds a quarter"
    assert hold_out_parts(entries, 0.0, seed=0) == frozenset()


def test_the_forged_region_is_where_the_pair_differs() -> None:
    original = np.full((20, 20, 3), 100, np.uint8)
    forged = original.copy()
    forged[5:10, 5:15] = 180
    assert forged_region(forged, original).sum() == 50
    assert not forged_region(original, original).any()


def test_a_few_pairs_come_from_all_over_the_data(pairs_folder: Path) -> None:
    pairs = pair_up(CropFolder(pairs_folder).entries)
    assert len(pairs) == 12
    assert list(some_of(pairs, 3)) == [pairs[0], pairs[4], pairs[8]]
    for number in (None, 12, 99):
        assert some_of(pairs, number) is pairs

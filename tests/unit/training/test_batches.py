"""What stands in a batch: whole pairs, in an order that the step alone decides."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from forensiclab.core.records import Picture
from training.data.augment import AugmentSettings
from training.data.batches import PairBatches
from training.data.crops import CropFolder
from training.data.dfdc_faces import pair_up
from training.data.samplers import PairSampler

PLAIN = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)


def made_batches(folder: Path, **changes: object) -> PairBatches:
    crops = CropFolder(folder)
    settings: dict[str, object] = {"pairs_per_batch": 3, "size_px": 64, "augment": PLAIN, "seed": 4}
    return PairBatches(crops, pair_up(crops.select("train")), **(settings | changes))  # type: ignore[arg-type]


def test_every_pair_comes_once_an_epoch_and_in_another_order_next_time() -> None:
    sampler = PairSampler(10, 4, seed=1)
    drawn = np.concatenate([sampler.batch(step) for step in range(5)])
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert drawn[:10].tolist() != drawn[10:].tolist()


def test_a_step_draws_the_same_whatever_was_drawn_before() -> None:
    sampler, fresh = PairSampler(7, 3, seed=2), PairSampler(7, 3, seed=2)
    before = [sampler.batch(step).tolist() for step in range(9)]
    assert fresh.batch(8).tolist() == before[8]
    assert fresh.batch(0).tolist() == before[0]
    assert [PairSampler(7, 3, seed=3).batch(step).tolist() for step in range(9)] != before


def test_a_batch_may_be_larger_than_the_data() -> None:
    assert sorted(PairSampler(2, 6, seed=0).batch(0)) == [0, 0, 0, 1, 1, 1]


def test_rows_are_pairs_and_labels_follow(pairs_folder: Path) -> None:
    batch = made_batches(pairs_folder).batch(0)
    assert batch.crops.shape == (6, 3, 64, 64)
    assert batch.crops.dtype == torch.uint8
    assert batch.labels.tolist() == [0, 1, 0, 1, 0, 1]
    # The forged picture of a pair is its real one with a pattern of 40 grey levels on half of the pixels.
    real, forged = batch.crops[0::2].float(), batch.crops[1::2].float()
    difference = (forged - real).flatten(1)
    assert torch.allclose(difference.mean(dim=1), torch.full((3,), 20.0), atol=1.0)


def test_both_of_a_pair_are_changed_alike(pairs_folder: Path) -> None:
    moved = replace(PLAIN, flip=0.5, affine=1.0)
    batch = made_batches(pairs_folder, augment=moved).batch(1)
    difference = (batch.crops[1::2].float() - batch.crops[0::2].float()).abs()
    assert difference.amax() <= 42, "another geometry would leave the differences of the smooth pictures behind"


def test_batches_made_ahead_are_the_same_in_order(pairs_folder: Path) -> None:
    batches = made_batches(pairs_folder, augment=AugmentSettings())
    ahead = list(batches.ahead(2, 7))
    assert len(ahead) == 5
    for step, batch in zip(range(2, 7), ahead, strict=True):
        assert torch.equal(batch.crops, batches.batch(step).crops)


def test_processes_share_a_batch(pairs_folder: Path) -> None:
    whole = made_batches(pairs_folder).batch(0)
    parts = [made_batches(pairs_folder, rank=rank, world=3).batch(0) for rank in range(3)]
    assert torch.equal(torch.cat([part.crops for part in parts]), whole.crops)


def test_forgeries_are_blended_from_the_real_crop_in_the_share_asked_for(pairs_folder: Path) -> None:
    def invert(picture: Picture, rng: np.random.Generator) -> Picture:
        return 255 - picture

    batch = made_batches(pairs_folder, self_blend=invert, forge_share=1.0).batch(0)
    assert torch.equal(batch.crops[1::2], 255 - batch.crops[0::2])
    none = made_batches(pairs_folder, self_blend=invert, forge_share=0.0).batch(0)
    assert torch.equal(none.crops, made_batches(pairs_folder).batch(0).crops)


def test_an_unreadable_crop_ends_the_batch_with_its_name(pairs_folder: Path) -> None:
    from forensiclab.core.errors import MediaError

    (pairs_folder / "train_00.zip").unlink()
    with pytest.raises(MediaError, match=r"'(real|forged)[0-9]+'"):
        next(iter(made_batches(pairs_folder).ahead(0, 1)))

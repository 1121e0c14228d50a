"""The views of DCL: patches and their mask, residuals, mixing, and which crops they touch."""

from dataclasses import replace

import pytest
import torch

from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.frequency import srm_kernels
from training.batches.batches import Batch
from training.methods.dcl_views import (
    PLAIN_VIEWS,
    DclViews,
    TwoViews,
    ViewSettings,
    add_residuals,
    mix_with_real,
    shuffle_patches,
)

SPEC = InputSpec(size_px=20)
NOTHING = replace(PLAIN_VIEWS, mirror=0.0)


def made_batch(pairs: int = 3, size: int = 20, seed: int = 0) -> Batch:
    rng = torch.Generator().manual_seed(seed)
    masks = torch.randint(0, 256, (2 * pairs, size, size), generator=rng, dtype=torch.uint8)
    masks[0::2] = 0
    return Batch(
        crops=torch.randint(0, 256, (2 * pairs, 3, size, size), generator=rng, dtype=torch.uint8),
        labels=torch.tensor([0.0, 1.0]).repeat(pairs),
        other=torch.randint(0, 256, (2 * pairs, 3, size, size), generator=rng, dtype=torch.uint8),
        masks=masks,
        has_mask=torch.tensor([True, True, True, False, True, True][: 2 * pairs]),
    )


def views_of(settings: ViewSettings, batch: Batch, seed: int = 0) -> TwoViews:
    torch.manual_seed(seed)
    views: TwoViews = DclViews(settings, SPEC)(batch)
    return views


def test_squares_go_to_their_places_and_the_rest_stays() -> None:
    pictures = torch.randn(2, 3, 20, 20)
    order = torch.stack([torch.randperm(9), torch.arange(9)])
    found = shuffle_patches(pictures, order)
    expected = pictures.clone()  # squares of floor(20 / 3) = 6 pixels
    for place in range(9):
        row, column = divmod(place, 3)
        from_row, from_column = divmod(int(order[0, place]), 3)
        expected[0, :, 6 * row : 6 * row + 6, 6 * column : 6 * column + 6] = pictures[
            0, :, 6 * from_row : 6 * from_row + 6, 6 * from_column : 6 * from_column + 6
        ]
    assert torch.equal(found, expected)
    assert torch.equal(found[:, :, 18:], pictures[:, :, 18:])
    assert torch.equal(found[:, :, :, 18:], pictures[:, :, :, 18:])


def test_the_mask_is_shuffled_with_the_query() -> None:
    batch = made_batch()
    # Every pixel's red says where it comes from, and so does its mask.
    place = (torch.arange(400) % 256).view(20, 20).to(torch.uint8)
    crops = batch.crops.clone()
    crops[:, 0] = place
    batch = batch._replace(crops=crops, masks=place.repeat(6, 1, 1))
    found = views_of(replace(NOTHING, patch=1.0), batch)
    assert found.masks is not None
    torch.testing.assert_close(found.query[:, 0], (found.masks - 0.5) / 0.5)
    torch.testing.assert_close(found.key, SPEC.normalise(crops))  # the key's patches stay
    moved = (found.query != found.key).flatten(1).any(dim=1)
    assert bool(moved.all())


def test_residuals_are_the_three_kernels_over_all_colours() -> None:
    pictures = torch.randn(1, 3, 7, 7, dtype=torch.float64)
    kernels = srm_kernels()[:, None].repeat(1, 3, 1, 1).double()
    padded = torch.nn.functional.pad(pictures, (2, 2, 2, 2))
    expected = pictures.clone()
    for kernel in range(3):
        for y in range(7):
            for x in range(7):
                window = padded[0, :, y : y + 5, x : x + 5]
                expected[0, kernel, y, x] += (window * srm_kernels()[kernel].double()).sum()
    torch.testing.assert_close(add_residuals(pictures, kernels), expected)


def test_flat_pictures_have_no_residuals() -> None:
    flat = torch.full((1, 3, 9, 9), 0.3)
    kernels = srm_kernels()[:, None].repeat(1, 3, 1, 1)
    torch.testing.assert_close(add_residuals(flat, kernels)[:, :, 2:-2, 2:-2], flat[:, :, 2:-2, 2:-2])


def test_a_mixture_lies_between_the_forgery_and_its_own_original() -> None:
    pictures = torch.randn(4, 3, 5, 5)
    share = torch.tensor([0.2, 0.25, 0.5, 1.0]).view(4, 1, 1, 1)
    found = mix_with_real(pictures, share)
    torch.testing.assert_close(found[0], pictures[0])
    torch.testing.assert_close(found[1], 0.25 * pictures[1] + 0.75 * pictures[0])
    torch.testing.assert_close(found[3], pictures[3])


def test_only_forgeries_of_the_same_frame_are_mixed() -> None:
    batch = made_batch()  # row 3 is a forgery of another frame
    crops = SPEC.normalise(batch.crops)
    found = views_of(replace(NOTHING, mixup=1.0), batch)
    is_same = (found.query == crops).flatten(1).all(dim=1)
    assert is_same.tolist() == [True, False, True, True, True, False]
    low, high = torch.minimum(crops[0::2], crops[1::2]), torch.maximum(crops[0::2], crops[1::2])
    for view in (found.query[1::2], found.key[1::2]):
        assert bool(((view >= low - 1e-6) & (view <= high + 1e-6)).all())


def test_at_least_so_much_of_the_forgery_remains() -> None:
    batch = made_batch(pairs=1)._replace(
        crops=torch.stack([torch.zeros(3, 20, 20), torch.full((3, 20, 20), 255)]).to(torch.uint8)
    )
    settings = replace(NOTHING, mixup=1.0, least_forged=0.5)
    shares = [float(views_of(settings, batch, seed).query[1, 0, 0, 0]) / 2 + 0.5 for seed in range(40)]
    assert 0.5 <= min(shares) < 0.65
    assert 0.85 < max(shares) <= 1


def test_the_key_comes_from_another_frame_or_is_mirrored() -> None:
    batch = made_batch()
    assert batch.other is not None
    crops, other = SPEC.normalise(batch.crops), SPEC.normalise(batch.other)
    found = views_of(replace(NOTHING, shift=1.0, mirror=1.0), batch)
    assert torch.equal(found.query, crops)
    assert torch.equal(found.key, other.flip(3))


def test_the_key_is_strongly_compressed() -> None:
    batch = made_batch()
    strong = torch.randint(0, 256, batch.crops.shape, dtype=torch.uint8)
    found = views_of(replace(NOTHING, shift=1.0, compressed=1.0), batch._replace(strong=strong))
    assert torch.equal(found.query, SPEC.normalise(batch.crops))
    assert torch.equal(found.key, SPEC.normalise(strong))


@pytest.mark.parametrize("name", ["patch", "residual", "mixup"])
def test_views_are_drawn_as_often_as_they_should_be(name: str) -> None:
    pairs = 200
    batch = made_batch(pairs)._replace(has_mask=torch.ones(2 * pairs, dtype=torch.bool))
    found = views_of(replace(NOTHING, **{name: 0.25}), batch)
    changed = (found.query != SPEC.normalise(batch.crops)).flatten(1).any(dim=1)
    assert 0.17 < float(changed[1::2].float().mean()) < 0.33
    if name == "mixup":
        assert not bool(changed[0::2].any())


def test_without_any_view_both_are_the_crops() -> None:
    batch = made_batch()
    found = views_of(NOTHING, batch._replace(other=None, masks=None, has_mask=None))
    assert torch.equal(found.query, found.key)
    assert found.masks is None


def test_the_same_seed_draws_the_same() -> None:
    batch = made_batch()
    first, again, another = (views_of(ViewSettings(), batch, seed) for seed in (5, 5, 6))
    assert torch.equal(first.query, again.query)
    assert torch.equal(first.key, again.key)
    assert not torch.equal(first.query, another.query)

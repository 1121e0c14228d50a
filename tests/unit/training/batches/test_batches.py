"""What stands in a batch: whole pairs, in an order that the step alone decides."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.batches.augment import AugmentSettings
from training.batches.batches import Batches, BatchSettings, CropGroup, Forge, Mask, Source, Views
from training.batches.samplers import GroupSampler
from training.datasets.crops import CropEntry, CropFolder
from training.datasets.degrade import parse_levels
from training.datasets.levels import LevelRange, LevelReader
from training.datasets.pairing import pair_up
from training.preparation.compress import compress_folder

PLAIN = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)


def made_batches(
    folder: Path,
    *,
    groups: Sequence[CropGroup] | None = None,
    copies: Sequence[Path] = (),
    forge: Forge | None = None,
    rank: int = 0,
    world: int = 1,
    **changes: object,
) -> Batches:
    crops = CropFolder(folder)
    settings: dict[str, object] = {"groups_per_batch": 3, "size_px": 64, "augment": PLAIN}
    source = Source(
        reader=LevelReader(crops, [CropFolder(copy) for copy in copies]),
        groups=groups or pair_up(crops.select("train")),
        forge=forge,
    )
    return Batches(
        [source],
        BatchSettings(**(settings | changes)),  # type: ignore[arg-type]
        seed=4,
        rank=rank,
        world=world,
    )


def test_every_pair_comes_once_an_epoch_and_in_another_order_next_time() -> None:
    sampler = GroupSampler(10, 4, seed=1)
    drawn = np.concatenate([sampler.batch(step) for step in range(5)])
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert drawn[:10].tolist() != drawn[10:].tolist()


def test_a_step_draws_the_same_whatever_was_drawn_before() -> None:
    sampler, fresh = GroupSampler(7, 3, seed=2), GroupSampler(7, 3, seed=2)
    before = [sampler.batch(step).tolist() for step in range(9)]
    assert fresh.batch(8).tolist() == before[8]
    assert fresh.batch(0).tolist() == before[0]
    assert [GroupSampler(7, 3, seed=3).batch(step).tolist() for step in range(9)] != before


def test_a_batch_may_be_larger_than_the_data() -> None:
    assert sorted(GroupSampler(2, 6, seed=0).batch(0)) == [0, 0, 0, 1, 1, 1]


def test_rows_are_pairs_and_labels_follow(pairs_folder: Path) -> None:
    batch = made_batches(pairs_folder).batch(0)
    assert batch.crops.shape == (6, 3, 64, 64)
    assert batch.crops.dtype == torch.uint8
    assert batch.labels.tolist() == [0, 1, 0, 1, 0, 1]
    # The forged picture of a pair is its real one with a pattern of 40 grey levels on half of the pixels.
    real, forged = batch.crops[0::2].float(), batch.crops[1::2].float()
    difference = (forged - real).flatten(1)
    assert torch.allclose(difference.mean(dim=1), torch.full((3,), 20.0), atol=1.0)


def test_the_first_steps_may_have_smaller_crops(pairs_folder: Path) -> None:
    batches = made_batches(pairs_folder, small_px=32, small_steps=2, views=Views(strong=True, masks=True))
    sides = []
    for step in range(3):
        batch = batches.batch(step)
        assert batch.strong is not None
        assert batch.masks is not None
        assert batch.strong.shape == batch.crops.shape
        assert batch.masks.shape[1:] == batch.crops.shape[2:]
        sides.append(batch.crops.shape[-1])
    assert sides == [32, 32, 64]


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


def inverted(_entry: CropEntry, picture: Picture, rng: np.random.Generator) -> tuple[Picture, Mask]:
    """A forger whose work is easily recognised: the picture inverted, its left half called forged."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[:, : mask.shape[1] // 2] = 255
    return 255 - picture, mask


def test_forgeries_are_made_from_the_real_crop_in_the_share_asked_for(pairs_folder: Path) -> None:
    batch = made_batches(pairs_folder, forge=inverted, forge_share=1.0).batch(0)
    assert torch.equal(batch.crops[1::2], 255 - batch.crops[0::2])
    none = made_batches(pairs_folder, forge=inverted, forge_share=0.0).batch(0)
    assert torch.equal(none.crops, made_batches(pairs_folder).batch(0).crops)


def test_the_share_of_forgeries_rises_over_the_ramp(pairs_folder: Path) -> None:
    batches = made_batches(pairs_folder, forge=inverted, forge_share=1.0, forge_ramp_steps=200, groups_per_batch=8)
    made = [
        int((255 - batch.crops[0::2] == batch.crops[1::2]).flatten(1).all(1).sum()) for batch in batches.ahead(0, 100)
    ]
    assert sum(made[:20]) < sum(made[-20:])
    assert 0 < sum(made) < 800


def test_the_strong_view_is_the_same_crop_compressed(pairs_folder: Path) -> None:
    strong = LevelRange.parse("jpeg:5")
    moved = replace(PLAIN, flip=0.5, affine=1.0)
    batch = made_batches(pairs_folder, views=Views(strong=True), strong=strong, augment=moved).batch(0)
    assert batch.strong is not None
    difference = (batch.strong.float() - batch.crops.float()).abs()
    assert 0.5 < difference.mean() < 15, "another picture or another geometry would differ by more, the same by less"
    mixed = made_batches(pairs_folder, strong=strong, strong_share=1.0, augment=moved).batch(0)
    assert torch.equal(mixed.crops, batch.strong)
    assert batch.other is batch.masks is batch.has_mask is None


def test_a_copy_is_read_instead_of_compressing_again(pairs_folder: Path, tmp_path: Path) -> None:
    level = LevelRange.parse("jpeg:5")
    source = CropFolder(pairs_folder)
    compress_folder(source, level, tmp_path / "copy")
    fresh = made_batches(pairs_folder, weak=level).batch(0)
    copied = made_batches(pairs_folder, weak=level, copies=[tmp_path / "copy"]).batch(0)
    assert (fresh.crops.float() - copied.crops.float()).abs().mean() < 3
    copy = CropFolder(tmp_path / "copy")
    reader = LevelReader(source, [copy])
    assert np.array_equal(reader.picture(source.entries[0], level), copy.picture(copy.entries[0]))
    with pytest.raises(SettingsError, match="not a compressed copy"):
        LevelReader(source, [source])


def test_the_other_view_is_another_crop_of_the_clip(loose_folder: Path) -> None:
    crops = CropFolder(loose_folder)
    groups = [(entry,) for entry in crops.entries]
    batch = made_batches(loose_folder, groups=groups, groups_per_batch=12, views=Views(other=True)).batch(0)
    pictures = {entry.name: crops.picture(entry) for entry in crops.entries}
    clip_of = {pictures[entry.name].tobytes(): entry.clip for entry in crops.entries}

    def clips(rows: torch.Tensor) -> list[str]:
        return [clip_of[row.permute(1, 2, 0).contiguous().numpy().tobytes()] for row in rows]

    assert batch.other is not None
    assert clips(batch.crops) == clips(batch.other)
    assert not any(torch.equal(one, two) for one, two in zip(batch.crops, batch.other, strict=True))
    assert batch.labels.tolist() == [float(clip[0]) for clip in clips(batch.crops)]


def test_masks_are_differences_of_aligned_pairs_and_move_with_the_crops(pairs_folder: Path) -> None:
    moved = replace(PLAIN, flip=0.5, affine=1.0)
    views = Views(masks=True)
    batch = made_batches(pairs_folder, views=views, augment=moved, forge=inverted, forge_share=1.0).batch(0)
    assert batch.masks is not None
    assert batch.has_mask is not None
    assert batch.has_mask.all()
    assert batch.masks[0::2].max() == 0
    changed = (batch.crops[1::2].int() - batch.crops[0::2].int()).abs().amax(1) > 60
    inside = batch.masks[1::2] > 127
    assert 0.3 < inside.float().mean() < 0.7, "the left half, moved"
    assert changed.any()
    plain = made_batches(pairs_folder, views=views).batch(0)
    assert plain.has_mask is not None
    assert plain.has_mask.all(), "the index says that all pairs are aligned"


def test_where_the_forged_pixels_are_not_known_there_is_no_mask(pairs_folder: Path) -> None:
    index = pairs_folder / "index.csv"
    index.write_text(index.read_text().replace(",1.0,", ",9.0,"))
    batch = made_batches(pairs_folder, views=Views(masks=True)).batch(0)
    assert batch.has_mask is not None
    assert batch.has_mask.tolist() == [True, False] * 3


def test_an_unreadable_crop_ends_the_batch_with_its_name(pairs_folder: Path) -> None:
    from forensiclab.core.errors import MediaError

    (pairs_folder / "train_00.zip").unlink()
    with pytest.raises(MediaError, match=r"'(real|forged)[0-9]+'"):
        next(iter(made_batches(pairs_folder).ahead(0, 1)))


def test_paired_folders_of_a_data_set_are_at_their_own_levels(pairs_folder: Path, tmp_path: Path) -> None:
    def labelled(compression: str) -> CropFolder:
        folder = tmp_path / compression
        shutil.copytree(pairs_folder, folder)
        lines = (folder / "index.csv").read_text().splitlines()
        rows = [f"{lines[0]},data_set,compression", *(f"{line},ffpp,{compression}" for line in lines[1:])]
        (folder / "index.csv").write_text("\n".join(rows) + "\n")
        return CropFolder(folder)

    weak, strong = labelled("c23"), labelled("c40")
    assert (weak.title, strong.title) == ("ffpp-c23", "ffpp-c40")
    reader = LevelReader(weak, [strong])
    entry = weak.entries[0]
    for level in ("crf:23", "crf:40"):
        stored = reader.picture(entry, LevelRange.parse(level))
        assert np.array_equal(stored, weak.picture(entry)), "nothing is compressed again that has its level"
    assert reader.level == "crf:23"
    compressed = reader.picture(entry, LevelRange.parse("jpeg:5"))
    assert not np.array_equal(compressed, weak.picture(entry))


def test_of_several_levels_every_clip_draws_one(pairs_folder: Path) -> None:
    source = CropFolder(pairs_folder)
    levels = parse_levels("clean,jpeg:5")
    reader = LevelReader(source)
    pairs = pair_up(source.entries)
    kept = [np.array_equal(reader.picture(real, levels), source.picture(real)) for real, _ in pairs]
    assert 0 < sum(kept) < len(kept)
    assert kept == [np.array_equal(reader.picture(forged, levels), source.picture(forged)) for _, forged in pairs]
    assert levels.text == "clean,jpeg:5"

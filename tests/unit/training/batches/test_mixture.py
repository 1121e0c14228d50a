"""Mixtures of sources: their shares, crops cut alike, forgeries in meshes."""

import csv
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.faces.mesh import MESH_POINTS, MeshFinder
from tests.portraits import portrait
from training.__main__ import main
from training.batches.augment import AugmentSettings
from training.batches.batches import Batches, BatchSettings, Source
from training.batches.forge_on_the_fly import forger, framing_of, made_pairs
from training.batches.framing import FramedFolder
from training.batches.samplers import GroupSampler, MixtureSampler
from training.datasets.crops import MESH_FILE, CropFolder
from training.datasets.levels import LevelReader
from training.datasets.mesh import SURE_SCORE, MeshTable, store_meshes
from training.datasets.pairing import pair_up
from training.runs.run_record import read_record
from training.runs.sources import RealSource

PLAIN = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)
FACES = 4


def face(person: int, side_px: int) -> np.ndarray:
    """A portrait cut square about the face, 88 px high, with as much around it as the side asks for."""
    left, top = 80 - 64 - (side_px - 128) // 2, 64 - side_px // 2
    whole = portrait(person)
    rows, columns = (np.clip(np.arange(start, start + side_px), 0, end - 1) for start, end in ((top, 128), (left, 160)))
    return np.ascontiguousarray(whole[np.ix_(rows, columns)])


def write_faces(folder: Path, side_px: int, *, with_forgeries: bool) -> Path:
    folder.mkdir(parents=True)
    rows = []
    with zipfile.ZipFile(folder / "shard_00.zip", "w") as archive:
        for person in range(FACES):
            picture = face(person, side_px)
            for label in (0, 1) if with_forgeries else (0,):
                name = f"{'forged' if label else 'real'}{person}"
                seen = cv2.flip(picture, 1) if label else picture
                archive.writestr(f"{name}.png", cv2.imencode(".png", seen[:, :, ::-1])[1].tobytes())
                original = f"real{person}" if label else ""
                rows.append([name, label, original, person % 2, "train", "shard_00.zip"])
    with (folder / "index.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["name", "label", "original", "part", "split", "shard"], *rows])
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    """Tight pairs and wide reals, both with meshes."""
    home = tmp_path_factory.mktemp("mixture")
    tight = write_faces(home / "tight", 96, with_forgeries=True)
    wide = write_faces(home / "wide", 128, with_forgeries=False)
    finder = MeshFinder()
    for path in (tight, wide):
        stored = store_meshes(CropFolder(path), finder)
        assert stored.failures == ()
        assert stored.sure == stored.crops == len(CropFolder(path).entries)
    return tight, wide


def test_one_source_is_drawn_as_without_a_mixture():
    mixture, alone = MixtureSampler([7], [1.0], 3, seed=2), GroupSampler(7, 3, seed=2)
    for step in range(50):
        assert mixture.batch(step) == [(0, index) for index in alone.batch(step).tolist()]


def test_shares_are_kept_in_every_hundred():
    sampler = MixtureSampler([40, 9, 5], [0.7, 0.2, 0.1], 10, seed=1)
    for hundred in range(3):
        drawn = [one for step in range(10 * hundred, 10 * hundred + 10) for one in sampler.batch(step)]
        assert Counter(source for source, _ in drawn) == {0: 70, 1: 20, 2: 10}


def test_every_source_is_drawn_without_replacement():
    sampler = MixtureSampler([30, 8], [3, 1], 5, seed=4)
    drawn = [one for step in range(40) for one in sampler.batch(step)]
    for source, count in ((0, 30), (1, 8)):
        indices = [index for number, index in drawn if number == source]
        assert sorted(indices[:count]) == list(range(count))
    assert sampler.batch(17) == MixtureSampler([30, 8], [3, 1], 5, seed=4).batch(17)


def test_a_mixture_needs_shares():
    with pytest.raises(ValueError, match="share"):
        MixtureSampler([3, 3], [1.0], 2, seed=0)
    with pytest.raises(ValueError, match="share"):
        MixtureSampler([3, 3], [0.0, 0.0], 2, seed=0)


def test_crops_of_another_folder_are_cut_alike(folders):
    tight, wide = folders
    framing = framing_of(CropFolder(tight))
    framed = FramedFolder(wide, framing)
    for entry in framed.entries:
        picture, mesh = framed.picture(entry), framed.mesh(entry)
        assert picture.shape[0] == picture.shape[1] < 128
        size = (mesh.max(axis=0) - mesh.min(axis=0)).max()
        assert picture.shape[0] / size == pytest.approx(framing.side_over_mesh, rel=0.05)
    with pytest.raises(SettingsError, match="mesh"):
        framing_of(CropFolder(write_faces(tight.parent / "without", 96, with_forgeries=False)))


def test_made_pairs_are_a_real_crop_and_a_forgery_of_it(folders):
    tight, wide = folders
    framed = FramedFolder(wide, framing_of(CropFolder(tight)))
    groups = made_pairs(framed)
    assert all((real.label, made.label, made.original) == (0, 1, real.name) for real, made in groups)
    source = Source(
        reader=LevelReader(framed), groups=groups, forge=forger(("self_blend",), framed, groups), is_made=True
    )
    batch = Batches([source], BatchSettings(groups_per_batch=4, size_px=64, augment=PLAIN), seed=0).batch(0)
    assert batch.labels.tolist() == [0, 1] * 4
    real, forged = batch.crops[0::2].int(), batch.crops[1::2].int()
    changed = (real - forged).abs().sum(dim=1) > 0
    assert changed.flatten(1).any(dim=1).all()


def test_swaps_and_expressions_take_other_people(folders):
    tight, _ = folders
    folder = CropFolder(tight)
    pairs = pair_up(folder.entries)
    for family in ("face_swap", "expression"):
        forge = forger((family,), folder, pairs)
        for real, _ in pairs:
            picture = folder.picture(real)
            forged, mask = forge(real, picture, np.random.default_rng(1))
            assert mask.any()
            np.testing.assert_array_equal(forged[mask == 0], picture[mask == 0])


def test_meshes_that_are_not_there_are_said(folders, tmp_path: Path):
    tight, _ = folders
    table = MeshTable(tight / MESH_FILE)
    assert table.mesh("nobody", 10, 10) is None
    assert not table.is_sure("nobody")
    found = table.mesh("real0", 96, 96)
    assert found is not None
    assert found.points_xy_px.shape == (MESH_POINTS, 2)
    assert found.score >= SURE_SCORE
    damaged = tmp_path / MESH_FILE
    damaged.write_bytes(b"PK nothing")
    with pytest.raises(SettingsError, match="finds them again"):
        MeshTable(damaged)
    later = write_faces(tmp_path / "later", 128, with_forgeries=True)
    shutil.copy(tight.parent / "wide" / MESH_FILE, later)  # found before the forgeries came
    framed = FramedFolder(later, framing_of(CropFolder(tight)))
    with pytest.raises(MediaError, match="has no mesh"):
        framed.picture(framed.entries[1])


def test_real_sources_are_read_with_their_weights():
    assert RealSource.parse("a/b") == RealSource(folder=Path("a/b"), weight=1.0)
    assert RealSource.parse("a=b=0.5") == RealSource(folder=Path("a=b"), weight=0.5)
    for wrong in ("a=", "a=0", "a=-1", "a=inf", "a=nan"):
        with pytest.raises(SettingsError):
            RealSource.parse(wrong)


def test_a_mixture_is_trained_and_recorded(folders, tmp_path: Path, capsys):
    tight, wide = folders
    common = ["train", "meso_inception4", "--recipe", "smoke", "--device", "cpu", "--precision", "32-true"]
    common += ["--data", str(tight), "--batch-size", "4", "--steps", "2"]
    assert main([*common, "--reals", str(wide), "--out", str(tmp_path / "no")]) == 1
    assert "go together" in capsys.readouterr().err
    run = tmp_path / "run"
    mixed = [*common, "--reals", f"{wide}=2", "--set", "real_share=0.5", "--select-on", str(tight), "--out", str(run)]
    assert main(mixed) == 0
    record = read_record(run)
    assert record.mixture == (("tight", 2, 0.5), ("wide", 4, 0.5))  # one of the two parts is held out
    assert record.selected_on == ("held-out parts", "tight")
    assert [(step, name) for step, name, _ in record.curves] == [(2, "held-out parts clean"), (2, "tight clean")]
    assert record.data == ("tight", "wide")

"""From a data set's tree to folders of crops: pairs, masks, compressions, and whatever goes wrong on the way."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Face
from forensiclab.media.frame import Frame
from training.datasets.adapters import ListingOptions, list_videos
from training.datasets.crops import CropFolder
from training.datasets.manifest import VideoEntry
from training.preparation import prepare as prepare_module
from training.preparation.face_crops import CropSettings, FaceSource
from training.preparation.prepare import PreparedCrops, prepare

MakeFaces = Callable[..., Path]
SETTINGS = CropSettings(frames=5)


def real(name: str, compression: str = "c23") -> str:
    return f"ffpp/original_sequences/youtube/{compression}/videos/{name}.mp4"


def forged(name: str, compression: str = "c23", method: str = "Deepfakes") -> str:
    return f"ffpp/manipulated_sequences/{method}/{compression}/videos/{name}.mp4"


def write_splits(root: Path) -> None:
    (root / "splits").mkdir(parents=True, exist_ok=True)
    for split, pairs in (
        ("train", [["000", "100"], ["002", "102"]]),
        ("val", [["001", "101"]]),
        ("test", [["9", "8"]]),
    ):
        (root / "splits" / f"{split}.json").write_text(json.dumps(pairs))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_splits(tmp_path / "ffpp")
    return tmp_path / "ffpp"


@pytest.fixture
def tree(root: Path, make_faces: MakeFaces, make_mask: MakeFaces) -> Path:
    """Two pairs at c23 and c40, one of them with a mask, and a forgery without its original."""
    for compression, crf in (("c23", 8), ("c40", 30)):
        make_faces(real("000", compression), crf=crf)
        make_faces(forged("000_100", compression), crf=crf, forged=(0,))
        make_faces(real("001", compression), crf=crf, seed=1)
        make_faces(forged("001_101", compression, "FaceSwap"), crf=crf, forged=(0,), seed=1)
        make_faces(forged("102_002", compression), crf=crf, forged=(0,), seed=2)
    make_mask("ffpp/manipulated_sequences/Deepfakes/masks/videos/000_100.mp4", frames=14)
    return root


def listed(root: Path) -> tuple[VideoEntry, ...]:
    return list_videos("ffpp", root, ListingOptions()).entries


def prepared(root: Path, out: Path, finder: FaceSource | None, **options: object) -> PreparedCrops:
    return prepare(listed(root), root, out, SETTINGS, finder=finder, **options)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pairs_have_the_same_boxes_at_every_compression(tree: Path, tmp_path: Path, finder: FaceSource) -> None:
    out = tmp_path / "out"
    done = prepared(tree, out, finder)
    assert (done.made, done.kept, done.failures, done.folders) == (3, 0, (), (out / "c23", out / "c40"))
    assert (done.real, done.forged) == (20, 30)
    weak, strong = CropFolder(out / "c23"), CropFolder(out / "c40")
    assert [entry.name for entry in weak.entries] == [entry.name for entry in strong.entries]
    assert weak.margin == 1.3
    for entry in weak.entries:
        twin = strong.entry(entry.name)
        assert twin is not None
        assert (entry.compression, twin.compression, entry.data_set) == ("c23", "c40", "ffpp")
        assert replace(twin, compression="c23") == entry
        picture, compressed = weak.picture(entry), strong.picture(twin)
        assert picture.shape == compressed.shape == (entry.source_width_px,) * 2 + (3,)
        assert 0.5 < np.abs(picture.astype(int) - compressed).mean() < 15
    pairs = [entry for entry in weak.entries if entry.label and entry.original]
    assert len(pairs) == 10
    for entry in pairs:
        original = weak.entry(str(entry.original))
        assert original is not None
        assert (original.pts_s, original.split, original.part) == (entry.pts_s, entry.split, entry.part)
        assert original.name.split("/")[-1] == entry.name.split("/")[-1]
        assert entry.border_diff is not None
        assert entry.border_diff < 4
        difference = np.abs(weak.picture(entry).astype(int) - weak.picture(original)).mean(axis=2)
        side = difference.shape[0]
        assert difference[side // 2, side // 2] > 50 > 10 > difference[: side // 6].mean()
    alone = [entry for entry in weak.entries if entry.clip == "1/Deepfakes/102_002"]
    assert len(alone) == 5
    assert all(entry.original is None and entry.border_diff is None for entry in alone)
    assert {entry.split for entry in weak.entries} == {"train", "val"}


def test_masks_are_cut_like_their_crops_and_end_where_they_end(tree: Path, tmp_path: Path, finder: FaceSource) -> None:
    done = prepared(tree, tmp_path / "out", finder)
    for compression in ("c23", "c40"):
        folder = CropFolder(tmp_path / "out" / compression)
        of_pair = [entry for entry in folder.entries if entry.clip == "1/Deepfakes/000_100"]
        with_mask = [entry for entry in of_pair if entry.mask]
        assert [int(entry.name[-4:]) < 14 for entry in of_pair] == [entry.mask is not None for entry in of_pair]
        assert with_mask
        for entry in with_mask:
            mask, picture = folder.mask(entry), folder.picture(entry)
            assert mask is not None
            assert mask.shape == picture.shape[:2]
            spot = picture[:, :, 0].astype(int) - picture[:, :, 1] > 60
            assert (spot == (mask > 127)).mean() > 0.94
        assert all(entry.mask is None for entry in folder.entries if entry not in of_pair)
    notes = dict(done.notes)
    assert "Its mask is shorter: 2 of 5 chosen frames have none." in notes.values()


def test_boxes_are_found_in_the_weak_original_only(tree: Path, tmp_path: Path, finder: FaceSource) -> None:
    prepared(tree, tmp_path / "out", finder)
    assert finder.asked == 3 * 5, "two originals and the forgery without one, five frames each"


def test_halves_of_other_lengths_share_the_frames_that_both_have(
    root: Path, make_faces: MakeFaces, tmp_path: Path, finder: FaceSource
) -> None:
    make_faces(real("000"), frames=20)
    make_faces(forged("000_100"), frames=11, forged=(0,))
    done = prepared(root, tmp_path / "out", finder)
    folder = CropFolder(tmp_path / "out")
    reals = [entry.name for entry in folder.entries if entry.label == 0]
    forgeries = [entry for entry in folder.entries if entry.label == 1]
    assert len(reals) == 5
    assert [entry.original for entry in forgeries] == [name for name in reals if int(name[-4:]) < 11]
    assert done.notes == (
        (
            "manipulated_sequences/Deepfakes/c23/videos/000_100.mp4",
            "It has 11 frames, its original 000 has 20: the chosen frames that both have were used.",
        ),
    )


@pytest.mark.parametrize("changes", [{"size": (128, 112)}, {"seed": 5, "faces": (30,)}])
def test_a_forgery_of_other_frames_gets_boxes_of_its_own(
    root: Path, make_faces: MakeFaces, tmp_path: Path, finder: FaceSource, changes: dict[str, object]
) -> None:
    make_faces(real("000"))
    make_faces(forged("000_100"), forged=(0,), frames=15, **changes)
    done = prepared(root, tmp_path / "out", finder)
    folder = CropFolder(tmp_path / "out")
    forgeries = [entry for entry in folder.entries if entry.label == 1]
    assert len(forgeries) == 5
    assert finder.asked == 10
    times = {entry.name: entry.pts_s for entry in folder.entries if entry.label == 0}
    for entry in forgeries:
        assert entry.border_diff is None
        nearest = min(times, key=lambda name, pts_s=entry.pts_s: abs(times[name] - pts_s))
        assert times[str(entry.original)] == times[nearest]
    assert "does not show the frames of its original 000" in done.notes[0][1]


@pytest.mark.parametrize("has_mask", [True, False])
def test_of_two_faces_the_forged_one_is_taken(
    root: Path, make_faces: MakeFaces, make_mask: MakeFaces, tmp_path: Path, finder: FaceSource, has_mask: bool
) -> None:
    make_faces(real("000"), faces=(24, 18))
    make_faces(forged("000_100"), faces=(24, 18), forged=(1,))
    make_faces(forged("000_100", method="FaceSwap"), faces=(24, 18), forged=(0,))
    if has_mask:
        make_mask("ffpp/manipulated_sequences/Deepfakes/masks/videos/000_100.mp4", face=1, side=18)
    prepared(root, tmp_path / "out", finder)
    folder = CropFolder(tmp_path / "out")
    for entry in folder.entries:
        if entry.label:
            center = folder.picture(entry)[int(entry.source_width_px or 0) // 2, int(entry.source_width_px or 0) // 2]
            assert center[0] > center[1] + 60, "the spot of the forged face"
            assert str(entry.original).endswith("_2") == (entry.method == "Deepfakes")
            original = folder.entry(str(entry.original))
            assert original is not None
            assert original.source_width_px == entry.source_width_px
    assert sum(entry.label == 0 for entry in folder.entries) == 10, "both faces of the original"


class Breaks:
    """Finds faces until it was asked so often."""

    def __init__(self, inner: FaceSource, times: int) -> None:
        self._inner, self._left = inner, times

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._inner.find_in(frame)


def test_a_broken_run_ends_with_the_same_bytes(
    tree: Path, tmp_path: Path, finder: FaceSource, no_finder: FaceSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_module, "SHARD_CROPS", 11)  # two archives a compression
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    prepared(tree, whole, finder)
    assert {path.name for path in (whole / "c23").iterdir()} == {"crops_0000.zip", "crops_0001.zip", "index.csv"}
    for found_before in (2, 7, 7):  # in the first, the second, the third group
        with pytest.raises(KeyboardInterrupt):
            prepared(tree, broken, Breaks(finder, found_before))
        assert not list(broken.rglob("index.csv"))
    finder.asked = 0
    done = prepared(tree, broken, finder)
    assert contents(broken) == contents(whole)
    assert (done.made, done.kept, finder.asked) == (1, 2, 5)
    again = prepared(tree, broken, no_finder)
    assert contents(broken) == contents(whole)
    assert (again.made, again.kept, again.real, again.forged, again.notes) == (0, 3, 20, 30, done.notes)


@pytest.mark.parametrize("what", ["record", "archive"])
def test_damaged_work_of_a_broken_run_is_said(tree: Path, tmp_path: Path, finder: FaceSource, what: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        prepared(tree, tmp_path / "out", Breaks(finder, 7))
    kept = tmp_path / "out" / "work" / f"group_000000.{'json' if what == 'record' else 'zip'}"
    kept.write_bytes(b"damaged")
    with pytest.raises(SettingsError, match=rf"{kept.name}, which an earlier run left, is damaged"):
        prepared(tree, tmp_path / "out", finder)
    assert not list((tmp_path / "out").rglob("index.csv"))


class DeadPool(ThreadPoolExecutor):
    """As a pool whose processes are killed."""

    def __init__(self, jobs: int, **options: object) -> None:
        super().__init__(jobs)

    def submit(self, *task: object) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(BrokenProcessPool("killed"))
        return future


def test_a_killed_process_is_said(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_module, "ProcessPoolExecutor", DeadPool)
    with pytest.raises(SettingsError, match=r"process was killed.*run the command again, with a smaller --jobs"):
        prepared(tree, tmp_path / "out", None, jobs=2)


@pytest.mark.slow
def test_processes_end_with_a_killed_program() -> None:
    """Left alone they would go on writing what the next run writes. They hold its output open as long as they live."""
    program = (
        "import os, time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from training.preparation.prepare import _begin_process\n"
        "pool = ProcessPoolExecutor(1, mp_context=get_context('spawn'), initializer=_begin_process)\n"
        "print(pool.submit(os.getpid).result(), flush=True)\n"
        "time.sleep(100)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert int(running.stdout.readline()) != running.pid
    running.kill()
    assert running.communicate(timeout=30)[0] == ""


def test_failures_are_listed_and_cost_no_other_video(
    tree: Path, make_faces: MakeFaces, tmp_path: Path, finder: FaceSource, no_finder: FaceSource
) -> None:
    strong = tree / "manipulated_sequences/Deepfakes/c40/videos/000_100.mp4"
    strong.write_bytes(b"no video")
    (tree / "manipulated_sequences/Deepfakes/masks/videos/000_100.mp4").write_bytes(b"")
    make_faces(real("001"), faces=())  # the weak version shows no face: the strong one has to do
    make_faces(real("002"), faces=())
    make_faces(forged("002_102"), forged=(0,))
    done = prepared(tree, tmp_path / "out", finder)
    reasons = dict(done.failures)
    assert set(reasons) == {
        "manipulated_sequences/Deepfakes/c40/videos/000_100.mp4",
        "manipulated_sequences/Deepfakes/masks/videos/000_100.mp4",
        "original_sequences/youtube/c23/videos/001.mp4",
        "original_sequences/youtube/c23/videos/002.mp4",
    }
    assert "No face was found" in reasons["original_sequences/youtube/c23/videos/002.mp4"]
    assert "have no masks" in reasons["manipulated_sequences/Deepfakes/masks/videos/000_100.mp4"]
    weak, strong_folder = (CropFolder(tmp_path / "out" / name) for name in ("c23", "c40"))
    assert {entry.clip for entry in weak.entries} == {
        "0/000", "1/Deepfakes/000_100", "1/FaceSwap/001_101", "1/Deepfakes/102_002", "1/Deepfakes/002_102",
    }  # fmt: skip
    assert {entry.clip for entry in strong_folder.entries} == {
        "0/000", "0/001", "1/FaceSwap/001_101", "1/Deepfakes/102_002",
    }  # fmt: skip
    with (tmp_path / "out" / "failures.csv").open(newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [name for name, _ in done.failures]
    assert prepared(tree, tmp_path / "out", no_finder).failures == done.failures


def test_nothing_usable_leaves_no_folder_of_crops(
    root: Path, make_faces: MakeFaces, tmp_path: Path, finder: FaceSource
) -> None:
    make_faces(real("000"), faces=())
    make_faces(forged("000_100"), faces=())
    with pytest.raises(SettingsError, match=r"Not one crop could be made; .*failures\.csv says why"):
        prepared(root, tmp_path / "out", finder)
    assert not (tmp_path / "out" / "index.csv").exists()
    assert (tmp_path / "out" / "failures.csv").read_text().count("No face was found") == 2


def test_a_folder_is_begun_with_one_list_and_one_kind_of_crops(tree: Path, tmp_path: Path, finder: FaceSource) -> None:
    out = tmp_path / "out"
    prepared(tree, out, finder)
    before = contents(out)
    for entries, settings in (
        (listed(tree)[1:], SETTINGS),
        (listed(tree), replace(SETTINGS, margin=1.5)),
        (listed(tree), replace(SETTINGS, seed=2)),
    ):
        with pytest.raises(SettingsError, match="already holds"):
            prepare(entries, tree, out, settings, finder=finder)
    with pytest.raises(SettingsError, match="folder of its own"):
        prepare(listed(tree), tree, tree, SETTINGS, finder=finder)
    assert contents(out) == before


@pytest.fixture(autouse=True)
def no_work_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert not list(tmp_path.rglob("*.part")), "half a file was left"

"""What is scored of a folder: whole sets, copies, and crops that cannot be read."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import MediaError, SettingsError
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelRange
from training.datasets.manifest import Medium, VideoEntry, write_manifest
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import Measurement, is_copy, open_set, score_levels, whole
from training.evaluation.protocols import Selection
from training.evaluation.rows import coverage, video_rows, write_rows
from training.preparation.compress import compress_folder

JPEG = CompressionLevel.parse("jpeg:20")


def grey_of(path: Path) -> float:
    return float(cv2.imread(str(path)).mean()) / 255


def test_every_crop_is_scored_in_the_order_of_the_index(
    forged_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    crops = open_set(CropFolder(forged_folder), Selection())
    detectors = [scripted("one").detector, scripted("two", sign=-1).detector]
    (found,) = score_levels(detectors, crops, [CLEAN])
    assert found.entries == CropFolder(forged_folder).entries
    expected = [grey_of(forged_folder / entry.name) for entry in found.entries]
    assert found.scores[0] == pytest.approx(expected, abs=1e-6)
    assert found.scores[1] == pytest.approx(-found.scores[0])
    assert not found.failures
    assert found.manipulations == ("Blend", "Warp")
    against = found.against("Warp")
    assert {entry.method for entry in against.entries} == {None, "Warp"}
    assert against.scores[0] == pytest.approx(
        [score for score, entry in zip(expected, found.entries, strict=True) if entry.method != "Blend"], abs=1e-6
    )


def test_an_unreadable_crop_fails_alone(
    forged_folder: Path, scripted: Callable[..., Evaluated], tmp_path: Path
) -> None:
    (forged_folder / "blend" / "1_0.png").write_bytes(b"no picture")
    (forged_folder / "real" / "2_0.png").unlink()
    (forged_folder / "real" / "2_1.png").unlink()
    crops = open_set(CropFolder(forged_folder), Selection())
    (found,) = score_levels([scripted().detector], crops, [CLEAN])
    assert len(found.entries) == found.scores[0].size == 33
    assert {failure.entry.name for failure in found.failures} == {"blend/1_0.png", "real/2_0.png", "real/2_1.png"}
    with pytest.raises(MediaError, match="3 crops"):
        list(whole(iter([found])))

    rows = video_rows(crops, found)
    assert len(rows) == 18
    by_key = {(row.video.method, row.video.clip): row for row in rows}
    half, gone = by_key["Blend", "1/Blend/001"], by_key["", "0/002"]
    assert (half.n_ok, half.n_failed, half.status) == (1, 1, "ok")
    assert half.scores == pytest.approx((grey_of(forged_folder / "blend/1_1.png"),), abs=1e-6)
    assert "not a picture" in half.reason
    assert (gone.n_ok, gone.n_failed, gone.scores, gone.status) == (0, 2, (), "failed")
    assert gone.video.compression == "c23"
    assert gone.video.data_set == "ffpp"
    part = coverage(rows)
    assert (part.n_videos, part.n_videos_ok, part.n_crops, part.n_crops_ok) == (18, 17, 36, 33)
    assert part.share == pytest.approx(17 / 18)
    assert not part.is_enough
    assert "17 of 18 videos (94.4 %)" in part.sentence

    write_rows(rows, ["scripted"], tmp_path / "deep" / "rows.csv")
    with (tmp_path / "deep" / "rows.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["status"] for row in written].count("failed") == 1
    (failed,) = (row for row in written if row["status"] == "failed")
    assert (failed["clip"], failed["n_failed"], failed["score:scripted"]) == ("0/002", "2", "")
    assert "is not in that folder" in failed["reason"]


def test_videos_that_the_folder_lists_as_failed_count(forged_folder: Path, scripted: Callable[..., Evaluated]) -> None:
    (forged_folder / "failures.csv").write_text("name,reason\n104,It is empty.\n104,It is short.\n104,It is empty.\n")
    crops = open_set(CropFolder(forged_folder), Selection(split="test"))
    (found,) = score_levels([scripted().detector], crops, [CLEAN])
    *_, last = rows = video_rows(crops, found)
    assert (last.video.clip, last.label, last.status, last.reason) == (
        "104",
        None,
        "failed",
        "It is empty. It is short.",
    )
    assert coverage(rows).share == pytest.approx(12 / 13)
    (forged_folder / "failures.csv").write_text("video,reason\n105,No face.\n")
    assert [lost.video.clip for lost in open_set(CropFolder(forged_folder), Selection()).lost] == ["105"]


def listed(number: int, split: str, method: str | None = None, **changes: object) -> VideoEntry:
    fields: dict[str, object] = {
        "data_set": "ffpp",
        "method": method,
        "compression": "c23" if number < 3 else "c40",
        "id": f"{number:03d}",
        "label": int(method is not None),
        "original": None,
        "source": f"{number:03d}",
        "split": split,
        "path": f"videos/{method}/{number:03d}.mp4",
        "mask": None,
    }
    return VideoEntry(**(fields | changes))


@pytest.mark.parametrize("is_beside", [False, True])
def test_videos_of_the_manifest_without_a_crop_are_lost(forged_folder: Path, is_beside: bool) -> None:
    home = forged_folder.parent if is_beside else forged_folder
    entries = [
        listed(number, "test" if number % 3 else "val", method)
        for number in range(6)
        for method in (None, "Blend", "Warp")
    ]
    lost = [listed(7, "test"), listed(8, "val", "Warp"), listed(9, "test", "Blend")]
    other = [listed(7, "test", compression="c0"), listed(10, "test", data_set="dfd")]
    write_manifest([*entries, *lost, *other], home / "manifest.csv")
    (home / "failures.csv").write_text("name,reason\nvideos/Blend/009.mp4,No face.\nvideos/None/004.mp4,A note.\n")
    folder = CropFolder(forged_folder)

    def reasons(selection: Selection) -> dict[str, tuple[int | None, str]]:
        return {one.video.clip: (one.label, one.reason) for one in open_set(folder, selection).lost}

    chosen = reasons(Selection(split="test", data_set="ffpp"))
    assert chosen == {"0/007": (0, "It gave no crop."), "1/Blend/009": (1, "No face.")}
    assert set(reasons(Selection(data_set="ffpp"))) == {"0/007", "1/Warp/008", "1/Blend/009"}
    assert set(reasons(Selection(methods=("Warp",)))) == {"0/007", "0/010", "1/Warp/008"}
    assert set(reasons(Selection(compression="c23"))) == set()


def test_sequences_and_crops_are_found_by_their_own_names(forged_folder: Path) -> None:
    sequences = [listed(0, "val", id="00", medium=Medium.FACES), listed(0, "val", id="000", medium=Medium.FACES)]
    crops = [listed(0, "val", id="000", medium=Medium.CROP), listed(0, "val", id="gone", medium=Medium.CROP)]
    index = forged_folder / "index.csv"
    index.write_text(re.sub(r"^(real/0.*),000,", r"\1,00_1,", index.read_text(), flags=re.MULTILINE))
    write_manifest([*sequences, *crops], forged_folder / "manifest.csv")
    lost = open_set(CropFolder(forged_folder), Selection()).lost
    assert [one.video.clip for one in lost] == ["0/000", "0/000", "0/gone"]


def test_a_copy_serves_its_own_level_and_no_other(
    forged_folder: Path, scripted: Callable[..., Evaluated], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    compress_folder(CropFolder(forged_folder), LevelRange.parse("jpeg:20"), copy)
    folder, detector = CropFolder(forged_folder), scripted().detector
    (made,) = score_levels([detector], open_set(folder, Selection()), [JPEG])
    with_copy = open_set(folder, Selection(), [CropFolder(copy)])
    (read,) = score_levels([detector], with_copy, [JPEG])
    assert read.scores[0].tolist() == made.scores[0].tolist()

    for path in [*forged_folder.glob("*/*_0.png")]:
        path.unlink()  # only the copy still has them
    read, clean = score_levels([detector], with_copy, [JPEG, CLEAN])
    assert len(read.entries) == 36
    assert len(clean.entries) == 18
    assert len(clean.failures) == 18


def test_copies_of_other_folders_are_left_aside(forged_folder: Path, loose_folder: Path) -> None:
    assert open_set(CropFolder(forged_folder), Selection(), [CropFolder(loose_folder)]).copies == ()


def test_what_cannot_be_measured_is_said(forged_folder: Path) -> None:
    folder = CropFolder(forged_folder)
    with pytest.raises(SettingsError, match="no split 'train'"):
        open_set(folder, Selection(split="train"))
    with pytest.raises(SettingsError, match="no forgeries made by Swap; they have: Blend, Warp"):
        open_set(folder, Selection(methods=("Swap",)))
    with pytest.raises(SettingsError, match="no crops of celeb_df"):
        open_set(folder, Selection(data_set="celeb_df"))


def test_names_and_titles_have_no_place(forged_folder: Path) -> None:
    crops = open_set(CropFolder(forged_folder), Selection(split="test", compression="c40"))
    assert (crops.name, crops.compression, crops.title) == ("forged", "c40", "forged c40 (test)")
    assert open_set(CropFolder(forged_folder), Selection()).compression is None
    assert Measurement.parse(f"{forged_folder}:test").split == "test"
    assert Measurement.parse(str(forged_folder), "val").split == "val"
    assert Measurement.parse(f"{forged_folder}:test", "val").split == "test"


def test_forged_cells_are_counted_for_absolute_maps(forged_folder: Path, scripted: Callable[..., Evaluated]) -> None:
    crops = open_set(CropFolder(forged_folder), Selection())
    absolute, scaled = scripted(method="metric_learning").detector, scripted().detector
    (found,) = score_levels([absolute, scaled], crops, [CLEAN])
    cells = found.cells[0]
    assert found.cells[1] is None
    assert cells is not None
    methods = np.array([entry.method or "" for entry in found.entries])
    assert set(cells.cells[methods == "Warp"]) == {0}, "their masks are not known"
    assert set(cells.cells[methods == ""]) == {16}
    assert set(cells.forged[methods == ""]) == {0}
    assert set(cells.forged[methods == "Blend"]) == {8}
    # A map is as bright as its crop: above one half everywhere in bright forgeries, so half of their cells are right.
    bright = np.array([grey_of(forged_folder / entry.name) > 0.5 for entry in found.entries])
    assert (
        cells.right.tolist()
        == np.where(methods == "Warp", 0, np.where(bright, 8, np.where(methods == "", 16, 8))).tolist()
    )


def test_a_missing_mask_fails_its_crop_where_it_is_needed(
    forged_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    (forged_folder / "masks" / "3_1.png").unlink()
    crops = open_set(CropFolder(forged_folder), Selection())
    (found,) = score_levels([scripted(method="metric_learning").detector], crops, [CLEAN])
    assert [(failure.entry.name, "masks/3_1.png" in failure.reason) for failure in found.failures] == [
        ("blend/3_1.png", True)
    ]
    (found,) = score_levels([scripted().detector], crops, [CLEAN])
    assert not found.failures


def test_the_same_names_at_another_compression_are_no_copy(forged_folder: Path, tmp_path: Path) -> None:
    folder, copy = CropFolder(forged_folder), tmp_path / "copy"
    compress_folder(folder, LevelRange.parse("jpeg:20"), copy)
    assert is_copy(CropFolder(copy), folder)
    index = copy / "index.csv"
    index.write_text(index.read_text().replace("c40", "c0"))
    assert not is_copy(CropFolder(copy), folder)

"""What is scored of a folder: whole sets, copies, and crops that cannot be read."""

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import MediaError, SettingsError
from training.data.compress import compress_folder
from training.data.crops import CropFolder
from training.data.levels import LevelRange
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import Measurement, open_set, score_levels, whole
from training.evaluation.protocols import Selection
from training.evaluation.rows import coverage, video_rows, write_rows

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
    (forged_folder / "failures.csv").write_text(
        "video,reason,split\n104,No face was found.,test\n105,No face was found.,val\n104,No face was found.,test\n"
    )
    crops = open_set(CropFolder(forged_folder), Selection(split="test"))
    (found,) = score_levels([scripted().detector], crops, [CLEAN])
    rows = video_rows(crops, found)
    assert [(row.video.clip, row.status, row.reason) for row in rows[-1:]] == [("104", "failed", "No face was found.")]
    assert coverage(rows).share == pytest.approx(12 / 13)
    (forged_folder / "failures.csv").write_text("name,reason\na.png,It is empty.\n")
    assert [lost.name for lost in open_set(CropFolder(forged_folder), Selection(split="test")).lost] == ["a.png"]


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

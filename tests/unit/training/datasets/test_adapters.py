"""Every adapter lists a small tree in its set's official layout, and says what is missing."""

import json
from pathlib import Path

import pytest

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import ADAPTERS, Listing, ListingOptions, list_videos, select
from training.datasets.manifest import Medium, VideoEntry, check_manifest


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def listed(data_set: str, root: Path, **options: object) -> Listing:
    listing = list_videos(data_set, root, ListingOptions(**options))
    assert all(entry.data_set == data_set for entry in listing.entries)
    assert all((root / entry.path).exists() for entry in listing.entries)
    check_manifest(listing.entries)
    return listing


def by_id(listing: Listing) -> dict[tuple[str, str | None, str], VideoEntry]:
    return {(entry.kind, entry.compression, entry.id): entry for entry in listing.entries}


@pytest.fixture
def ffpp(tmp_path: Path) -> Path:
    for number, split in enumerate(("train", "val", "test")):
        touch(tmp_path, f"splits/{split}.json")
        (tmp_path / "splits" / f"{split}.json").write_text(json.dumps([[f"00{number}", f"10{number}"]]))
    for folder in ("raw", "c23", "c40"):
        for number in range(3):
            touch(tmp_path, f"original_sequences/youtube/{folder}/videos/00{number}.mp4")
            touch(tmp_path, f"manipulated_sequences/Deepfakes/{folder}/videos/00{number}_10{number}.mp4")
        touch(tmp_path, f"manipulated_sequences/FaceShifter/{folder}/videos/100_000.mp4")
    touch(tmp_path, "manipulated_sequences/Deepfakes/masks/videos/000_100.mp4")
    return tmp_path


def test_ffpp_follows_the_official_lists(ffpp: Path) -> None:
    touch(ffpp, "original_sequences/youtube/c23/videos/777.mp4")
    touch(ffpp, "manipulated_sequences/Deepfakes/c23/videos/000_101.mp4")  # of two pairs
    touch(ffpp, "original_sequences/actors/c23/videos/01__walk.mp4", "manipulated_sequences/DeepFakeDetection/x.mp4")
    listing = listed("ffpp", ffpp)
    assert len(listing.entries) == 3 * (3 + 3 + 1)
    entries = by_id(listing)
    for number, split in enumerate(("train", "val", "test")):
        for compression in ("c0", "c23", "c40"):
            assert entries["real", compression, f"00{number}"].split == split
            forged = entries["Deepfakes", compression, f"00{number}_10{number}"]
            assert (forged.split, forged.original, forged.source) == (split, f"00{number}", f"00{number}_10{number}")
    shifted = entries["FaceShifter", "c40", "100_000"]
    assert (shifted.split, shifted.original, shifted.source, shifted.mask) == ("train", None, "000_100", None)
    assert entries["Deepfakes", "c40", "000_100"].mask == "manipulated_sequences/Deepfakes/masks/videos/000_100.mp4"
    assert entries["real", "c0", "000"].path == "original_sequences/youtube/raw/videos/000.mp4"
    assert listing.notes == (
        "2 videos of no pair in the lists left out.",
        "The lists name 1/1/1 pairs for train/val/test; the official ones name 360/70/70.",
        "No mask for 3 of 4 forged videos (Deepfakes, FaceShifter): nor for their crops.",
    )


def test_ffpp_needs_its_lists(ffpp: Path, tmp_path: Path) -> None:
    lists = ffpp / "splits"
    (lists / "val.json").rename(ffpp / "val.json")
    with pytest.raises(SettingsError, match=r"val\.json is missing: copy .*dataset/splits of https://github"):
        listed("ffpp", ffpp)
    for text, said in (
        ("{", "cannot be read"),
        ('["071", "054"]', "not a list of pairs"),
        ("[]", "not a list of pairs"),
        ('[["000", "054"]]', "name the video 000 in both"),
    ):
        (lists / "val.json").write_text(text)
        with pytest.raises(SettingsError, match=said):
            listed("ffpp", ffpp)
    (lists / "val.json").write_text('[["001", "101"]]')
    elsewhere = ffpp / "elsewhere"
    lists.rename(elsewhere)
    assert listed("ffpp", ffpp, splits=elsewhere).entries


def test_selection_keeps_the_real_half(ffpp: Path) -> None:
    entries = listed("ffpp", ffpp).entries
    chosen = select(entries, methods=("FaceShifter",), compressions=("c23",), splits=("train", "val"))
    assert [(entry.kind, entry.id) for entry in chosen] == [
        ("real", "000"),
        ("real", "001"),
        ("FaceShifter", "100_000"),
    ]
    assert {entry.label for entry in select(entries, methods=("real",))} == {0}
    for wanted, said in (
        ({"methods": ("Deepfake",)}, "No video has the method 'Deepfake'; there are: Deepfakes, FaceShifter, real"),
        ({"compressions": ("c50",)}, "c0, c23, c40"),
        ({"splits": ("dev",)}, "test, train, val"),
    ):
        with pytest.raises(SettingsError, match=said):
            select(entries, **wanted)


def test_dfd_is_split_by_actor(tmp_path: Path) -> None:
    actors = [f"{number:02d}" for number in range(1, 11)]
    for actor in actors:
        touch(tmp_path, f"original_sequences/actors/c23/videos/{actor}__walk.mp4")
    for a, b in zip(actors, actors[1:] + actors[:1], strict=True):
        touch(tmp_path, f"manipulated_sequences/DeepFakeDetection/c23/videos/{a}_{b}__walk__ABCDEFGH.mp4")
    touch(tmp_path, "manipulated_sequences/DeepFakeDetection/masks/videos/01_02__walk__ABCDEFGH.mp4")
    listing = listed("dfd", tmp_path, seed=3)
    entries = by_id(listing)
    split_of = {entry.source: entry.split for entry in listing.entries if entry.label == 0}
    assert [list(split_of.values()).count(split) for split in ("train", "val", "test")] == [7, 1, 2]
    between = 0
    for a, b in zip(actors, actors[1:] + actors[:1], strict=True):
        forged = entries["DeepFakeDetection", "c23", f"{a}_{b}__walk__ABCDEFGH"]
        assert forged.split == (split_of[a] if split_of[a] == split_of[b] else None)
        assert forged.original == f"{a}__walk"
        between += forged.split is None
    assert (
        f"2 were drawn for test and 1 for val with seed 3; {between} forged videos of actors of two splits in none"
        in (listing.notes[0])
    )
    assert entries["DeepFakeDetection", "c23", "01_02__walk__ABCDEFGH"].mask is not None
    assert listed("dfd", tmp_path, seed=3) == listing
    assert listed("dfd", tmp_path, seed=4) != listing


@pytest.mark.parametrize(("inside", "youtube"), [("", "YouTube-real"), ("videos/", "Youtube-real")])
def test_celeb_df_in_its_folder_variants(tmp_path: Path, inside: str, youtube: str) -> None:
    for person in range(10):
        touch(tmp_path, f"Celeb-real/{inside}id{person}_0000.mp4")
        touch(tmp_path, f"Celeb-synthesis/{inside}id{person}_id{(person + 1) % 10}_0000.mp4")
    touch(tmp_path, f"{youtube}/{inside}00170.mp4", f"{youtube}/{inside}00171.mp4")
    listing_file = tmp_path / "List_of_testing_videos.txt"
    with pytest.raises(SettingsError, match=r"List_of_testing_videos\.txt is missing"):
        listed("celeb_df", tmp_path)
    listing_file.write_text(
        "1 YouTube-real/00170.mp4\n1 Celeb-real/id0_0000.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n"
        "0 Celeb-synthesis/id77_id1_0000.mp4\n0 Celeb-real/id1_0000.mp4\n\n"
    )
    listing = listed("celeb_df", tmp_path)
    entries = by_id(listing)
    assert {entry.id for entry in listing.entries if entry.split == "test"} == {
        "00170", "id0_0000", "id0_id1_0000", "id1_0000",
    }  # fmt: skip
    forged = entries["Celeb-synthesis", None, "id3_id4_0000"]
    assert (forged.label, forged.original, forged.source) == (1, "id3_0000", "id3")
    assert forged.split == entries["real", None, "id3_0000"].split
    assert entries["real", None, "00171"].label == 0
    drawn = {entry.source for entry in listing.entries if entry.split == "val"}
    assert len(drawn) == 1
    assert not any(entry.split == "train" and entry.source in drawn for entry in listing.entries)
    assert listing.notes == (
        "The set has no list for validation: 1 of the 10 sources of its training videos were drawn for 'val' with "
        "seed 1.",
        "1 video of the test list (5) not on this disk.",
        "1 label of the test list contradicted by the folder, which was believed.",
    )
    listing_file.write_text("Celeb-real/id0_0000.mp4\n")
    with pytest.raises(SettingsError, match="Line 1"):
        listed("celeb_df", tmp_path)


def dfdc_part(root: Path, part: str, clips: int, first: int = 0) -> None:
    rows: dict[str, dict[str, str]] = {}
    for number in range(first, first + clips):
        real, fake = f"{part[-2:]}real{number}.mp4", f"{part[-2:]}fake{number}.mp4"
        touch(root / part, real, fake)
        rows[fake] = {"label": "FAKE", "split": "train", "original": real}
        rows[real] = {"label": "REAL", "split": "train"}
    rows["gone.mp4"] = {"label": "REAL", "split": "train"}
    (root / part / "metadata.json").write_text(json.dumps(rows))


def test_dfdc_draws_val_by_part(tmp_path: Path) -> None:
    for part in range(10, 21):
        dfdc_part(tmp_path, f"dfdc_train_part_{part}", 2)
    touch(tmp_path, "test/aaa.mp4", "test/bbb.mp4")
    (tmp_path / "test" / "labels.csv").write_text("filename,label\naaa.mp4,1\nbbb.mp4,0\n")
    listing = listed("dfdc", tmp_path)
    splits = {split: {entry.source for entry in listing.entries if entry.split == split} for split in ("train", "val")}
    assert [len(splits["train"]), len(splits["val"])] == [9, 2]
    assert not splits["train"] & splits["val"]
    tested = {entry.id: entry.label for entry in listing.entries if entry.split == "test"}
    assert tested == {"aaa": 1, "bbb": 0}
    forged = by_id(listing)["forged", None, "10fake0"]
    assert (forged.original, forged.method, forged.source) == ("10real0", None, "dfdc_train_part_10")
    assert listing.notes[1] == "11 listed videos not on this disk."


def test_dfdc_draws_val_by_original_where_parts_are_few(tmp_path: Path) -> None:
    dfdc_part(tmp_path, "dfdc_train_part_00", 12)
    listing = listed("dfdc", tmp_path)
    split_of = {entry.id: entry.split for entry in listing.entries}
    assert sum(split == "val" for split in split_of.values()) == 4
    assert all(split_of[f"00fake{number}"] == split_of[f"00real{number}"] for number in range(12))
    (tmp_path / "dfdc_train_part_00" / "metadata.json").write_text('{"a.mp4": {"label": "MAYBE"}}')
    with pytest.raises(SettingsError, match="no label REAL or FAKE"):
        listed("dfdc", tmp_path)
    (tmp_path / "dfdc_train_part_00" / "metadata.json").unlink()
    with pytest.raises(SettingsError, match=r"No metadata\.json"):
        listed("dfdc", tmp_path)


def test_dfdc_preview_follows_its_list(tmp_path: Path) -> None:
    rows = {"original_videos/99/gone.mp4": {"label": "real", "set": "train", "target_id": 99}}
    for person in range(12):
        part = "test" if person < 2 else "train"
        real, fake = f"original_videos/{person}/{person}_000.mp4", f"method_A/{person}/{person}_A/{person}_001.mp4"
        touch(tmp_path, real, fake.replace("method_A/", "method_A/videos/") if person == 5 else fake)
        rows[real] = {"label": "real", "set": part, "target_id": person}
        rows[fake] = {"label": "fake", "set": part, "target_id": person, "swapped_id": 99}
    with pytest.raises(SettingsError, match=r"dataset\.json is missing"):
        listed("dfdc_preview", tmp_path)
    (tmp_path / "dataset.json").write_text(json.dumps(rows))
    listing = listed("dfdc_preview", tmp_path)
    assert len(listing.entries) == 24
    forged = by_id(listing)["method_A", None, "0_0_A_0_001"]
    assert (forged.label, forged.split, forged.source) == (1, "test", "0")
    assert {entry.split for entry in listing.entries if entry.source == "5"} <= {"train", "val"}
    drawn = {entry.source for entry in listing.entries if entry.split == "val"}
    assert len(drawn) == 1
    assert not drawn & {"0", "1"}


@pytest.mark.parametrize(("between", "top"), [("_", ""), (" ", "deepfake_in_the_wild/")])
def test_wild_deepfake_lists_archives_and_folders(tmp_path: Path, between: str, top: str) -> None:
    for word in ("real", "fake"):
        touch(tmp_path, *(f"{top}{word}{between}train/{number}.tar.gz" for number in range(10)))
        touch(tmp_path, f"{top}{word}{between}test/0.tar.gz", f"{top}{word}{between}test/1/3/0001.png")
    touch(tmp_path, f"{top}real{between}train/0/unpacked.png")  # beside its archive
    listing = listed("wild_deepfake", tmp_path)
    assert len(listing.entries) == 24
    assert all(entry.medium is Medium.FACES for entry in listing.entries)
    counts = [sum(entry.split == split for entry in listing.entries) for split in ("train", "val", "test")]
    assert counts == [18, 2, 4]
    assert by_id(listing)["forged", None, "test_1"].path == f"{top}fake{between}test/1"


def test_deepfake_mnist_plus_is_split_by_source(tmp_path: Path) -> None:
    for person in range(10):
        touch(tmp_path, f"real/id1000{person}_a_0001.mp4", f"real/plain{person}.mp4")
        touch(tmp_path, f"fake/nod/id1000{person}_a_0001_nod.mp4", f"fake/blink/plain{person}.mp4")
    touch(tmp_path, "fake/blink/unknown.mp4")
    listing = listed("deepfake_mnist_plus", tmp_path)
    entries = by_id(listing)
    for person in range(10):
        real, forged = entries["real", None, f"plain{person}"], entries["blink", None, f"plain{person}"]
        assert (forged.original, forged.split) == (real.id, real.split)
        spoken = entries["nod", None, f"id1000{person}_a_0001_nod"]
        assert (spoken.original, spoken.source) == (f"id1000{person}_a_0001", f"id1000{person}")
    assert {entry.split for entry in listing.entries} == {"train", "val", "test"}
    assert listing.notes[1] == "1 forged video whose name begins with that of no real one."
    with pytest.raises(SettingsError, match="needs the folders 'real' and 'fake'"):
        listed("deepfake_mnist_plus", tmp_path / "real")


def test_plain_folders(tmp_path: Path) -> None:
    plain, split = tmp_path / "plain", tmp_path / "split"
    for number in range(10):
        touch(plain, f"real/clip{number}.mp4", f"forged/swap/clip{number}_x.mp4", f"forged/clip{number}.png")
    touch(plain, "real/clip10.mp4", "real/notes.txt")
    listing = listed("folders", plain)
    entries = by_id(listing)
    assert len(listing.entries) == 31
    assert entries["swap", None, "clip1_x"].original == "clip1"
    assert entries["forged", None, "clip1"].original == "clip1"
    assert "drawn for 'val'" in listing.notes[0]
    touch(split, "train/real/a.mp4", "train/fake/a.mp4", "val/real/a.mp4", "val/fake/videos/b.mp4", "test/real/c.mp4")
    listing = listed("folders", split)
    assert {(entry.id, entry.label, entry.split) for entry in listing.entries} == {
        ("train_a", 0, "train"), ("train_a", 1, "train"), ("val_a", 0, "val"), ("val_b", 1, "val"),
        ("test_c", 0, "test"),
    }  # fmt: skip
    assert listing.notes == ()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no data set 'ff'; known are: ffpp, celeb_df"):
        list_videos("ff", tmp_path, ListingOptions())
    with pytest.raises(SettingsError, match=r"no folder .*nowhere; 'download-help dfd'"):
        list_videos("dfd", tmp_path / "nowhere", ListingOptions())
    for data_set in sorted(
        set(ADAPTERS) - {"ffpp", "celeb_df", "dfdc", "dfdc_preview", "dfdc_faces", "dfl", "deepfake_mnist_plus"}
    ):
        with pytest.raises(SettingsError, match=f"No video of '{data_set}' was found"):
            list_videos(data_set, tmp_path, ListingOptions())


def test_dfl_is_read_from_its_index(tmp_path: Path) -> None:
    index = tmp_path / "index.csv"
    with pytest.raises(SettingsError, match="cannot be read"):
        list_videos("dfl", tmp_path, ListingOptions())
    rows = [
        "path,label,manipulation,pair,use",
        "forged/a_0.mp4,1,DeepFaceLab swap,a_0,select",
        "forged/b_0.mp4,1,DeepFaceLab swap,b_0,report",
        "forged/c_0.mp4,1,DeepFaceLab swap,c_0,none",
        "real/a_0.mp4,0,,a_0,select",
        "real/b_0.mp4,0,,b_0,report",
    ]
    index.write_text("\n".join(rows), encoding="utf-8")
    entries = {entry.path: entry for entry in list_videos("dfl", tmp_path, ListingOptions()).entries}
    forged = entries["forged/a_0.mp4"]
    assert (forged.label, forged.method, forged.original, forged.split) == (1, "DeepFaceLab swap", "a_0", "val")
    assert entries["real/b_0.mp4"].split == "test"
    assert entries["forged/c_0.mp4"].split is None
    assert entries["forged/c_0.mp4"].original is None, "its real clip is not there"
    index.write_text("\n".join([*rows, "forged/d.mp4,1,swap,d,train"]), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"Line 7 of .* needs a path, a label 0 or 1, and a use"):
        list_videos("dfl", tmp_path, ListingOptions())

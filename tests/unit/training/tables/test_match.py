"""Which record fills which cell."""

import pytest

from forensiclab.core.errors import SettingsError
from training.evaluation.records import ACC, FRAME_AUC, Metric
from training.tables.match import fits, values_for
from training.tables.model import Query, whole_level
from training.tables.paper_tables import paper_tables
from training.tables.reader import read_paper
from training.tables.side_by_side import side_by_side


def make_query(**fields):
    plain = {
        "method": "tcnsc",
        "recipe": "paper",
        "backbone": None,
        "train_data": "ffpp",
        "train_manipulations": ("Deepfakes",),
        "train_levels": ("clean", "jpeg:20"),
        "test_data": "ffpp",
        "splits": ("test",),
        "test_manipulation": "Deepfakes",
        "levels": ("jpeg:50",),
        "metric": ACC,
    }
    return Query(**(plain | fields))


def filled(name, number, records):
    """Our values of a table of a paper by row label and column label, and its tables on our data."""
    first, *own = paper_tables(read_paper(name), records, number)
    cells = {}
    for row, ours in zip(first.table.rows, first.ours, strict=True):
        for column, found in zip(first.table.columns, ours, strict=True):
            if found:
                cells[row.labels[-1], column.label] = [one.mean for one in found]
    return cells, own


def test_a_run_of_the_paper_fills_its_cell_and_no_other(make_record):
    cells, own = filled("tcnsc", "1", [make_record(0.91)])
    assert cells == {("(RAW, LQ)", "MQ"): [0.91]}
    assert own == []


def test_the_same_run_fills_its_cells_in_every_table(make_record):
    records = [make_record(0.91)]
    assert filled("tcnsc", "2", records)[0] == {("dual-branch model", "MQ"): [0.91]}
    assert filled("tcnsc", "3", records)[0] == {("Ours", "MQ"): [0.91]}


@pytest.mark.parametrize(
    "change",
    [
        {"method": "dcl"},
        {"recipe": "recommended"},
        {"recipe": None},
        {"train_data": ("dfdc_faces",)},
        {"train_data": ("ffpp", "dfdc_faces")},
        {"train_methods": ("FaceSwap",)},
        {"train_methods": ()},
        {"train_levels": ("clean",)},
        {"train_levels": ("clean", "jpeg:20", "jpeg:50")},
        {"test_data": "ffpp_crops"},
        {"test_data": "celeb_df"},
        {"test_data": "ffpp-c40"},
        {"split": "val"},
        {"split": None},
        {"manipulation": None},
        {"manipulation": "FaceSwap"},
        {"level": "jpeg:51"},
    ],
)
def test_whatever_differs_from_the_paper_keeps_a_record_out(make_record, change):
    assert fits(make_query(), make_record())
    assert not fits(make_query(), make_record(**change))


def test_levels_and_data_in_another_order_or_spelling_fit(make_record):
    same = {"train_levels": ("jpeg:20", "clean"), "train_methods": ("deepfakes",), "train_data": ("ffpp-c0", "ffpp")}
    assert fits(make_query(), make_record(manipulation="deepfakes", **same))


def test_all_manipulations_mean_a_run_on_all_of_the_data(make_record):
    everything = make_query(train_manipulations=(), test_manipulation=None)
    assert fits(everything, make_record(train_methods=(), manipulation=None))
    four = ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures")
    assert fits(everything, make_record(train_methods=four, manipulation=None))
    assert not fits(everything, make_record(train_methods=(*four, "FaceShifter"), manipulation=None))
    assert not fits(everything, make_record(manipulation=None))


def test_a_backbone_is_asked_for_where_the_table_names_one(make_record):
    query = make_query(backbone="xception")
    assert fits(query, make_record(backbone="xception"))
    assert not fits(query, make_record())
    assert fits(make_query(), make_record(backbone="xception"))


def test_a_folder_named_after_its_compression_is_at_that_level(make_record):
    assert whole_level("ffpp-c40", "clean") == "crf:40"
    assert whole_level("ffpp-c23", "clean") == "crf:23"
    assert whole_level("ffpp-c0", "jpeg:50") == whole_level("ffpp", "jpeg:50") == "jpeg:50"
    assert whole_level("dfdc_faces-c40", "clean") == "clean"
    query = make_query(levels=("crf:40",), train_levels=("crf:23", "crf:40"))
    folders = {"test_data": "ffpp-c40", "train_data": ("ffpp-c23",), "train_levels": ("clean", "crf:40")}
    assert not fits(query, make_record(level="clean", **folders))  # compressed at 23 and then at 40
    both = folders | {"train_data": ("ffpp-c23", "ffpp-c40")}
    assert fits(query, make_record(level="clean", **both))
    folders["train_levels"] = ("clean",)
    assert fits(make_query(levels=("crf:40",), train_levels=("crf:23",)), make_record(level="clean", **folders))
    assert not fits(make_query(levels=("clean",), train_levels=()), make_record(level="clean", **folders))


def test_twice_compressed_crops_fit_nowhere(make_record):
    twice = whole_level("ffpp-c40", "jpeg:50")
    assert twice == "c40+jpeg:50"
    assert not fits(make_query(train_levels=()), make_record(test_data="ffpp-c40"))


def test_seeds_make_a_mean_a_spread_and_a_mean_interval(make_record):
    records = [make_record(value, seed=seed) for value, seed in ((0.92, 2), (0.88, 10), (0.90, 1))]
    (ours,) = values_for(make_query(), records)
    assert ours.seeds == ("1", "2", "10")
    assert ours.values == (0.90, 0.92, 0.88)
    assert ours.mean == pytest.approx(0.90)
    assert ours.std == pytest.approx(0.02)
    assert (ours.low, ours.high) == (pytest.approx(0.88), pytest.approx(0.92))


def test_one_seed_has_its_own_interval_and_no_spread(make_record):
    (ours,) = values_for(make_query(), [make_record(0.9)])
    assert (ours.std, ours.low, ours.high) == (None, 0.9 - 0.02, 0.9 + 0.02)


def test_a_seed_without_an_interval_leaves_none(make_record):
    bare = make_record(seed=2, metrics=(Metric(name=ACC, value=0.9, low=None, high=None),))
    (ours,) = values_for(make_query(), [make_record(0.9), bare])
    assert (ours.low, ours.high) == (None, None)
    assert len(ours.seeds) == 2


def test_the_newest_record_of_a_seed_counts_and_the_older_are_told(make_record):
    old, new = make_record(0.5, date="2026-11-01T00:00:00+00:00"), make_record(0.9)
    (ours,) = values_for(make_query(), [new, old])
    assert (ours.values, ours.n_older) == ((0.9,), 1)


@pytest.mark.parametrize("change", [{"changes": ("steps=10",)}, {"data_hash": "e" * 64}, {"train_data_hash": "e" * 64}])
def test_runs_that_differ_in_more_than_their_seed_are_never_averaged(make_record, change):
    found = values_for(make_query(), [make_record(0.9), make_record(0.5, seed=2, **change)])
    assert sorted(ours.values for ours in found) == [(0.5,), (0.9,)]


def test_weights_of_unknown_seed_are_never_averaged(make_record):
    records = [make_record(0.9, seed=None), make_record(0.8, seed=None, weights_sha256="12" * 32)]
    first, second = values_for(make_query(), records)
    assert (first.seeds, first.values, second.values) == (("not known",), (0.9,), (0.8,))


def test_a_metric_that_a_record_lacks_is_empty_not_zero(make_record):
    assert values_for(make_query(), [make_record(metrics=())]) == ()


def test_a_mean_over_levels_needs_all_of_them_of_one_seed(make_record):
    query = make_query(levels=("crf:23", "crf:40"))
    weak, strong = make_record(0.9, level="crf:23"), make_record(0.7, level="crf:40")
    assert values_for(query, [weak]) == ()
    assert values_for(query, [weak, make_record(0.7, level="crf:40", seed=2)]) == ()
    (ours,) = values_for(query, [weak, strong])
    assert (ours.mean, ours.low) == (pytest.approx(0.8), None)
    folders = [
        make_record(0.9, test_data="ffpp-c23", level="clean", data_hash="1" * 64),
        make_record(0.8, test_data="ffpp-c40", level="clean", data_hash="2" * 64),
    ]
    (ours,) = values_for(query, folders)
    assert ours.mean == pytest.approx(0.85)


def test_the_average_column_of_a_paper(make_record):
    fields = {"method": "compression_contrastive", "train_levels": ("crf:23", "crf:40")}
    records = [make_record(0.9, level="crf:23", **fields), make_record(0.7, level="crf:40", **fields)]
    cells, _ = filled("compression_contrastive", "2", records)
    assert cells["Proposed method", "AVG"] == [pytest.approx(0.8)]
    assert cells["Proposed method", "C40"] == [0.7]
    assert not any(label.startswith("CE") for label, _ in cells)


def test_another_test_set_takes_whole_folders_or_test_splits(make_record):
    fields = {"method": "dcl", "train_methods": (), "train_levels": ("crf:23",), "manipulation": None}
    for split, expected in ((None, 1), ("test", 1), ("val", 0)):
        record = make_record(test_data="celeb_df", level="clean", split=split, **fields)
        cells, _ = filled("dcl", "1", [record])
        assert len(cells) == expected


def test_our_data_stands_in_a_table_of_its_own(make_record):
    ours = {"test_data": "dfdc_faces", "split": "val", "train_data": ("dfdc_faces",), "train_methods": ()}
    ours |= {"manipulation": None, "train_levels": ("clean", "crf:40")}
    records = [
        make_record(0.8, **ours),
        make_record(0.7, **ours, method="meso4"),
        make_record(0.85, **ours, recipe="recommended"),
        make_record(0.6, **ours, level="clean", method="xception"),
        make_record(0.5, **(ours | {"manipulation": "FaceSwap"}), method="capsule"),
    ]
    cells, (own,) = filled("tcnsc", "3", records)
    assert cells == {}
    assert own.own_data == "dfdc_faces, split val, all forgeries: 140 real and 130 forged crops"
    rows = {row.labels: ours for row, ours in zip(own.table.rows, own.ours, strict=True)}
    labels = [column.label for column in own.table.columns]
    assert labels == ["ACC at clean", "ACC at jpeg:80", "ACC at jpeg:50", "ACC at jpeg:20", "ACC at webp:50"]
    assert [one.mean for one in rows["Ours", "tcnsc", "paper", ""][2]] == [0.8]
    assert [one.mean for one in rows["", "tcnsc", "recommended", ""][2]] == [0.85]
    assert [one.mean for one in rows["Meso4", "meso4", "paper", ""][2]] == [0.7]
    assert ("", "meso4", "recommended", "") not in rows
    # Xception stands in the table at three levels of training, none of which is this run's.
    assert not any(found for label, found in rows.items() if label[1] == "xception" for found in found)
    assert not any(rows["Capsule", "capsule", "paper", ""])
    assert all(cell.printed == "" for row in own.table.rows for cell in row.cells)


def test_changes_of_what_ships_have_a_row_each_with_what_tells_them_apart(make_record):
    ours = {"method": "dcl", "test_data": "dfdc_faces", "split": "val", "level": "clean", "recipe": "recommended"}
    ours |= {"manipulation": None}
    plain, one, two = ("steps=20",), ("steps=20", "has_intra=false"), ("steps=20", "has_intra=false", "selection=all")
    values = [(0.7, plain, 1), (0.8, one, 1), (0.9, two, 1), (0.75, one, 2)]
    records = [make_record(auc=value, **ours, changes=changes, seed=seed) for value, changes, seed in values]
    _, (own,) = filled("dcl", "5", records)
    rows = {row.labels[3]: ours for row, ours in zip(own.table.rows, own.ours, strict=True) if any(ours)}
    assert list(rows) == ["", "has_intra=false", "has_intra=false, selection=all"]
    assert [one.values for cells in rows.values() for cell in cells for one in cell] == [(0.7,), (0.8, 0.75), (0.9,)]


def test_rows_that_differ_in_data_alone_are_one_on_our_data(make_record):
    ours = {"test_data": "ffpp_crops", "split": None, "train_data": ("dfdc_faces",), "train_methods": ()}
    record = make_record(method="dcl", level="crf:23", manipulation=None, **ours)
    _, (own,) = filled("dcl", "3", [record])
    assert [row.labels[:3] for row in own.table.rows] == [
        ("EN-b4", "efficientnet_b4", "paper"),
        ("MAT", "multi_attention", "paper"),
        ("GFF", "gff", "paper"),
        ("Ours", "dcl", "paper"),
    ]
    assert [column.label for column in own.table.columns] == [f"{FRAME_AUC} at crf:23"]


def test_recipes_that_stand_in_columns_become_rows_on_our_data(make_record):
    ours = {"test_data": "ffpp_crops", "split": None, "train_methods": (), "manipulation": None, "level": "crf:40"}
    record = make_record(method="compression_contrastive", recipe="bank_256", **ours)
    _, (own,) = filled("compression_contrastive", "4", [record])
    assert [row.labels[0] for row in own.table.rows] == ["256", "1024", "4096", "16384", "32768"]
    assert [bool(found) for found in own.ours[0]] == [False, True]


def test_ticks_read_as_what_they_stand_for(make_record):
    ours = {"test_data": "ffpp_crops", "split": None, "train_methods": (), "manipulation": None, "level": "clean"}
    _, (own,) = filled("dcl", "5", [make_record(method="dcl", **ours)])
    assert own.table.rows[2].labels[0] == "Inter Views"


def test_a_comparison_has_every_arm_and_every_seed(make_record):
    ours = {"test_data": "dfdc_faces", "split": "val", "manipulation": None}
    records = [
        make_record(auc=auc, seed=seed, level=level, recipe=recipe, **ours)
        for recipe, seed, level, auc in (
            ("paper", 1, "clean", 0.70),
            ("paper", 2, "clean", 0.80),
            ("paper", 1, "crf:40", 0.60),
            ("ce", 1, "jpeg:50", 0.90),
        )
    ]
    records.append(make_record(auc=0.5, test_data="ffpp_crops", split=None, manipulation=None))
    first, second = side_by_side(records)
    assert [column.label for column in first.table.columns] == ["clean", "crf:40", "jpeg:50"]
    assert [row.labels[:2] for row in first.table.rows] == [("tcnsc", "ce"), ("tcnsc", "paper")]
    values = [[ours.values for found in row for ours in found] for row in first.ours]
    assert values == [[(0.90,)], [(0.70, 0.80), (0.60,)]]
    assert [[bool(found) for found in row] for row in first.ours] == [[False, False, True], [True, True, False]]
    assert second.own_data is not None
    assert second.own_data.startswith("ffpp_crops, all crops")


def test_one_table_is_chosen_by_its_number(make_record):
    paper = read_paper("pixel_bleach")
    assert [table.table.number for table in paper_tables(paper, [], "X")] == ["X"]
    with pytest.raises(SettingsError, match="There is no Table 3 with results in 'pixel_bleach'; there are: I, III"):
        paper_tables(paper, [], "3")


def test_crops_of_one_version_in_a_folder_with_several(make_record):
    strong = make_record(0.7, compression="c40", level="clean")
    weak = make_record(0.8, compression="c23", level="clean")
    assert fits(make_query(levels=("crf:40",)), strong)
    assert not fits(make_query(levels=("crf:40",)), weak)
    assert not fits(make_query(levels=("clean",)), strong)
    (ours,) = values_for(make_query(levels=("crf:23", "crf:40")), [weak, strong])
    assert ours.mean == pytest.approx(0.75)
    assert [one.arm.compression for one in values_for(make_query(levels=("crf:40",)), [weak, strong])] == ["c40"]

"""Whether the order of a paper's rows holds on our data: which runs stand for which rows, and what is said of them."""

import pytest

from tests.unit.training.tables.conftest import make_metric
from training.evaluation.records import EER, FRAME_AUC
from training.runs.run_record import recipe_of
from training.tables.match import by_arm
from training.tables.order import _flat, _is_apart
from training.tables.paper_tables import paper_tables
from training.tables.reader import read_paper
from training.tables.render import markdown

SHORT = ("steps=200", "learning_rate=0.0002")
NO_VIEWS = tuple(f"special.{view}=0" for view in ("patch", "residual", "shift", "mixup"))


@pytest.fixture
def make_own(make_record):
    """Makes the record of a short DCL run of the shipped recipe, on a test set of ours."""

    def make(auc, *changes, **fields):
        plain = {
            "method": "dcl",
            "recipe": "recommended",
            "changes": (*SHORT, *changes),
            "train_data": ("dfdc_faces",),
            "train_methods": (),
            "test_data": "dfdc_faces",
            "split": "val",
            "level": "clean",
            "manipulation": None,
        }
        return make_record(auc=auc, **(plain | fields))

    return make


def order(records, name="dcl", number="5"):
    """Better, worse, what the paper says and what we do, at clean."""
    _, *own = paper_tables(read_paper(name), records, number)
    return {
        (pair.better, pair.worse): (pair.paper, round(100 * pair.ours, 2), pair.is_clear)
        for table in own
        for pair in table.order
        if pair.metric == FRAME_AUC and pair.level == "clean"
    }


def as_dcl():
    """What makes the paper's EfficientNet-B4 agree with its DCL in everything that both recipes have."""
    dcl, b4 = (_flat(recipe_of(method, "paper", SHORT)) for method in ("dcl", "efficientnet_b4"))
    return tuple(f"{name}={dcl[name]}" for name in sorted(dcl.keys() & b4.keys()) if dcl[name] != b4[name])


def test_a_run_of_another_recipe_stands_for_the_row_whose_parts_it_has(make_own):
    found = order([make_own(0.70), make_own(0.75, "has_intra=false")])
    assert found == {("Inter Views Hard Intra", "Inter Views Hard"): ((pytest.approx(2.0),), -5.0, True)}


def test_a_part_is_on_by_whatever_amount_and_a_group_of_them_if_any_is(make_own):
    few = make_own(0.72, "has_intra=false", *NO_VIEWS[1:], "special.patch=0.01")
    none = make_own(0.71, "has_intra=false", *NO_VIEWS)
    assert order([few, none]) == {("Inter Views Hard", "Inter Hard"): ((pytest.approx(1.46),), 1.0, False)}


def test_values_that_are_alike_make_no_other_row(make_own):
    hardest = make_own(0.72, "has_intra=false", *NO_VIEWS, "selection=hardest")
    everything = make_own(0.70, "has_intra=false", *NO_VIEWS, "selection=all")
    assert set(order([hardest, everything])) == {("Inter Hard", "Inter")}


@pytest.mark.parametrize(
    "other",
    [
        {"changes": ("steps=300", "learning_rate=0.0002", "has_intra=false")},
        {"changes": (*SHORT, "has_intra=false", "pairs_per_batch=4")},
        {"changes": (*SHORT, "has_intra=false"), "seed": 2},
        {"changes": (*SHORT, "has_intra=false"), "train_data_hash": "00" * 32},
        {"changes": (*SHORT, "has_intra=false"), "data_hash": "00" * 32},
        {"changes": (*SHORT, "has_intra=false"), "recipe": None},
        {"changes": (*SHORT, "has_intra=false", "a_field_of_old=1")},
        {"changes": (*SHORT, "has_intra=false", "has_inter=false", *NO_VIEWS)},
        {"changes": SHORT, "weights_sha256": "00" * 32},
    ],
    ids=["steps", "batch", "seed", "training data", "test data", "recipe", "field", "no row", "the same row"],
)
def test_runs_that_differ_in_more_than_their_parts_are_not_compared(make_own, other):
    assert order([make_own(0.70), make_own(0.75, **other)]) == {}


def test_what_runs_are_trained_and_selected_at_is_no_other_difference(make_own):
    other = make_own(0.75, "has_intra=false", "strong=jpeg:20", "select_at=clean,jpeg:20")
    assert order([make_own(0.70), other])


def test_methods_are_compared_where_their_recipes_agree_in_what_both_have(make_own):
    def of_b4(*changes, recipe="paper"):
        return make_own(0.75, *as_dcl(), *changes, method="efficientnet_b4", recipe=recipe)

    ours = make_own(0.70, recipe="paper")
    assert set(order([ours, of_b4()], number="3")) == {("Ours", "EN-b4")}
    assert order([ours, of_b4("strong_share=0.5")], number="3") == {}
    assert order([ours, of_b4(recipe="focal")], number="3") == {}, "no row of the table"


def test_where_the_paper_has_our_level_only_its_columns_there_count(make_own):
    at_both = [
        make_own(auc, *changes, level=level)
        for level in ("clean", "crf:23", "crf:40")
        for auc, changes in ((0.70, ("has_intra=false", "selection=all")), (0.75, ("has_intra=false", *NO_VIEWS)))
    ]
    _, own = paper_tables(read_paper("dcl"), at_both, "5")
    said = {(pair.level, pair.better): pair.paper for pair in own.order}
    assert said == {
        ("clean", "Inter Views"): (pytest.approx(0.50),),
        ("crf:23", "Inter Hard"): (pytest.approx(0.65),),
    }, "and where its columns do not agree, nothing is said"


def test_less_is_more_where_a_metric_counts_errors(make_own):
    records = [
        make_own(0, *changes, method=method, recipe="paper", metrics=(make_metric(eer, EER),))
        for method, changes, eer in (("dcl", (), 0.3), ("efficientnet_b4", as_dcl(), 0.2))
    ]
    pairs = [pair for table in paper_tables(read_paper("dcl"), records, "1")[1:] for pair in table.order]
    assert {(pair.better, pair.worse, pair.metric) for pair in pairs} == {("Ours", "EN-b4", EER)}
    assert pairs[0].ours == pytest.approx(-0.1)


def test_a_difference_is_clear_where_the_intervals_do_not_meet(make_own):
    def value(auc, half):
        (ours,) = by_arm([make_own(0, metrics=(make_metric(auc, half=half),))], ("clean",), FRAME_AUC)
        return ours

    assert _is_apart(value(0.7, 0.01), value(0.73, 0.01))
    assert _is_apart(value(0.73, 0.01), value(0.7, 0.01))
    assert not _is_apart(value(0.7, 0.02), value(0.73, 0.02))
    assert not _is_apart(value(0.7, None), value(0.9, 0.01))


def test_the_table_counts_the_pairs_and_shows_each(make_own):
    records = [make_own(0.70), make_own(0.75, "has_intra=false"), make_own(0.69, *NO_VIEWS, "has_intra=false")]
    _, own = paper_tables(read_paper("dcl"), records, "5")
    text = markdown(own)
    assert "#### Table 5: does its order hold here?" in text
    said = (
        "- frame AUC at clean, pairs: 3; the order clearly holds in 1, is clearly reversed in 1, and is not clear in 1"
    )
    assert f"{said}, of which 1 have the paper's sign." in text
    assert "| Inter Views Hard Intra | Inter Views Hard | +2.00 | -5.00 (reversed) |" in text
    assert "| Inter Views Hard | Inter Hard | +1.46 | +6.00 (holds) |" in text
    assert "| Inter Views Hard Intra | Inter Hard | +3.46 | +1.00 |" in text


def test_nothing_is_said_where_nothing_can_be_compared(make_own):
    _, own = paper_tables(read_paper("dcl"), [make_own(0.70)], "5")
    assert own.order == ()
    assert "order hold" not in markdown(own)

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from forensiclab.core.errors import WeightsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import InputSpec, MeasuredFigure, WeightsReference
from forensiclab.detectors.cards import CARD_FILE, read_card, write_card
from forensiclab.detectors.installed import installed_weights, shadowed_weights
from forensiclab.detectors.weights import shipped_home, shipped_names


@pytest.fixture
def written(tmp_path, make_card):
    write_card(make_card("seeded"), tmp_path / "seeded")
    return tmp_path / "seeded"


def edit(folder: Path, change) -> None:
    fields = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    change(fields)
    (folder / CARD_FILE).write_text(json.dumps(fields), encoding="utf-8")


def test_what_was_written_is_read(written, make_card):
    assert read_card(written) == make_card("seeded")
    edit(written, lambda fields: None)  # another layout of the same values is the same card
    assert read_card(written) == make_card("seeded")


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_card_has_its_hash(name):
    assert read_card(shipped_home() / name).name == name


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields["calibration"][0].update(manipulation_threshold=0.1, authenticity_threshold=0.1),
        lambda fields: fields["known_limits"].clear(),
        lambda fields: fields.update(title="Another"),
        lambda fields: fields.update(weights_sha256="f" * 64),
        lambda fields: fields.pop("card_sha256"),
    ],
)
def test_an_edited_card_is_refused(written, change):
    edit(written, change)
    with pytest.raises(WeightsError, match=r"card.json is not as it was written"):
        read_card(written)


def band(card, **changes):
    return {"calibration": (replace(card.calibration[0], **changes), *card.calibration[1:])}


def figure(**changes):
    fields = {
        "data": "d", "level": "clean", "metric": "AUC", "value": 0.8, "ci_low": 0.7, "ci_high": 0.9, "n_real": 5,
        "n_forged": 5,
    }  # fmt: skip
    return {"figures": (MeasuredFigure(**(fields | changes)),)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (lambda card: {"name": "xception"}, "calls itself 'xception'"),
        (lambda card: {"weights_sha256": "../x"}, "64 hexadecimal digits"),
        (lambda card: {"stands_before": WeightsReference(name="a", weights_sha256="")}, "64 hexadecimal digits"),
        (lambda card: {"input_spec": InputSpec(size_px=100_000)}, "100000 pixels a side"),
        (lambda card: {"input_spec": InputSpec(size_px=64, margin=0)}, "margin is 0"),
        (lambda card: {"input_spec": InputSpec(size_px=64, margin=-1.3)}, "margin is -1.3"),
        (lambda card: {"input_spec": InputSpec(size_px=64, margin=1e300)}, r"margin is 1e\+300"),
        (lambda card: {"input_spec": InputSpec(size_px=64, margin=1e6)}, r"margin is 1e\+06"),
        (lambda card: {"input_spec": InputSpec(size_px=64, std=(0, 1, 1))}, "standard deviation"),
        (lambda card: band(card, manipulation_threshold=-1), "thresholds of its band 'light'"),
        (lambda card: band(card, authenticity_threshold=0.9), "thresholds of its band 'light'"),
        (lambda card: band(card, false_alarm_rate=-3), "error rate of its band"),
        (lambda card: band(card, miss_rate=1.5), "error rate of its band"),
        (lambda card: band(card, n_real=-5), "calibrated on no crops"),
        (lambda card: band(card, slope=2e6), "curve of its band"),
        (lambda card: band(card, intercept=1e300), "curve of its band"),
        (lambda card: band(card, qp_min=50), "limits of its band"),
        (lambda card: band(card, jpeg_quality_max=101), "limits of its band"),
        (lambda card: {"calibration": card.calibration[:1] * 2}, "same name"),
        (lambda card: {"conditions": ValidatedConditions(min_face_px=-1)}, "validated conditions"),
        (lambda card: {"duration_min": -1}, "training took -1"),
        (lambda card: figure(value=-0.1), "figure 'AUC'"),
        (lambda card: figure(value=0.95), "figure 'AUC'"),
        (lambda card: figure(n_forged=-2), "negative number"),
    ],
)
def test_values_that_cannot_be_are_refused_even_with_a_hash(written, make_card, changes, said, monkeypatch):
    card = make_card("seeded")
    changed = replace(card, **changes(card))
    with pytest.raises(WeightsError, match=said):
        write_card(changed, written)
    with monkeypatch.context() as patched:
        patched.setattr("forensiclab.detectors.cards._check", lambda card, folder: None)
        write_card(changed, written)
    with pytest.raises(WeightsError, match=said):
        read_card(written)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe{",
        b'{"name": "\xe9"}',
        b"[" * 100_000,
        b'{"a": ' * 5000 + b"1" + b"}" * 5000,
        b'{"seed": ' + b"9" * 5000 + b"}",
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b"null",
        b" " * (5 << 20),
    ],
)
def test_a_card_that_is_none_is_a_sentence_and_the_others_are_listed(written, content, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(written.parent))
    (written.parent / "bad").mkdir()
    (written.parent / "bad" / CARD_FILE).write_bytes(content)
    with pytest.raises(WeightsError, match="The card "):
        read_card(written.parent / "bad")
    listed = {weights.name: weights for weights in installed_weights()}
    assert str(written.parent / "bad" / CARD_FILE) in listed["bad"].problem
    assert not listed["seeded"].problem


def test_the_cases_card_that_is_not_utf8(tmp_path, shared_data):
    source = shared_data.parent / "cases" / "card-nonutf8" / "bad" / CARD_FILE
    if not source.is_file():
        pytest.skip(f"{source} is not there")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / CARD_FILE).write_bytes(source.read_bytes())
    with pytest.raises(WeightsError, match="is not valid"):
        read_card(tmp_path / "bad")


def test_a_name_that_ships_as_well_is_said(written, make_card, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(written.parent))
    assert shadowed_weights() == ()
    write_card(make_card("xception"), written.parent / "xception")
    assert shadowed_weights() == (written.parent / "xception",)


def test_the_hash_can_be_checked_without_the_program(written):
    import hashlib

    fields = msgspec.json.decode((written / CARD_FILE).read_bytes())
    stated = fields.pop("card_sha256")
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == stated

"""What a bleach does to many answers, from its card."""

import pytest

from forensiclab.detectors.base import MeasuredFigure
from forensiclab.gui.inspector.bleach_effect import BleachEffectTable, effects_in, installed_figures, nearest_effect

SIGN, THRESHOLD = "raw score above 0", "manipulation threshold"


def figure(rate, decision, side, value, *, level="crf:40", data="held out"):
    return MeasuredFigure(
        data=data, level=level, metric=f"{rate} at {decision}, {side} bleach", value=value, ci_low=value - 0.01,
        ci_high=value + 0.01, n_real=1600, n_forged=400,
    )  # fmt: skip


def pair(rate, decision, without, bleached, **where):
    return figure(rate, decision, "without", without, **where), figure(rate, decision, "with", bleached, **where)


def measured(**where):
    return (
        *pair("accuracy", SIGN, 0.7, 0.75, **where),
        *pair("false alarm rate", SIGN, 0.2, 0.25, **where),
        *pair("miss rate", SIGN, 0.4, 0.25, **where),
    )


def other(metric):
    return MeasuredFigure(
        data="held out", level="crf:40", metric=metric, value=0.8, ci_low=None, ci_high=None, n_real=1, n_forged=1
    )


def test_effects_are_pairs_of_figures_by_data_and_level():
    figures = (other("frame AUC"), *measured(), *measured(level="clean"), *measured(data="another set"))
    effects = effects_in(figures)
    assert [(effect.data, str(effect.level)) for effect in effects] == [
        ("held out", "crf:40"), ("held out", "clean"), ("another set", "crf:40"),
    ]  # fmt: skip
    without, bleached = effects[0].rates["false alarm rate", SIGN]
    assert (without.value, bleached.value) == (0.2, 0.25)


def test_one_side_alone_and_an_unknown_level_are_no_effect():
    assert effects_in([figure("accuracy", SIGN, "without", 0.7), other("EER")]) == []
    assert effects_in(measured(level="av1:30")) == []


@pytest.mark.parametrize(
    ("qp", "quality", "level"),
    [
        (38.0, None, "crf:40"),
        (25.0, None, "crf:23"),
        (5.0, None, "clean"),
        (None, None, "clean"),
        (None, 45, "jpeg:50"),
    ],
)
def test_the_level_nearest_to_the_exhibit_is_shown(qp, quality, level):
    effects = effects_in([f for at in ("clean", "crf:23", "crf:40", "jpeg:50") for f in measured(level=at)])
    assert str(nearest_effect(effects, qp, quality).level) == level
    assert nearest_effect([], qp, quality) is None


def test_the_table_names_sample_level_gain_and_false_alarms(qtbot):
    table = BleachEffectTable()
    qtbot.addWidget(table)
    assert table.isHidden()
    table.show_effect(effects_in(measured())[0])
    assert table.caption.text() == "Measured on 1,600 real and 400 forged crops, H.264, CRF 40 (held out):"
    assert table.texts == [["70.0 %", "20.0 %", "40.0 %"], ["75.0 %", "25.0 %", "25.0 %"]]
    assert table.at_threshold.isHidden()
    alarms = pair("false alarm rate", THRESHOLD, 0.05, 0.071)
    table.show_effect(effects_in((*measured(), *alarms, *pair("miss rate", THRESHOLD, 0.6, 0.55)))[0])
    assert "false alarms 5.0 % → 7.1 %, missed 60.0 % → 55.0 %" in table.at_threshold.text()
    table.show_effect(None)
    assert table.isHidden()


def test_weights_that_are_not_there_have_no_figures():
    assert installed_figures("no such bleach") == ()

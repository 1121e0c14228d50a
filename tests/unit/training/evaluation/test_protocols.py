"""What protocols choose of a folder, and whom they refuse."""

from pathlib import Path

import pytest

from forensiclab.core.errors import SettingsError
from training.datasets.crops import CropFolder
from training.evaluation.protocols import (
    FFPP_METHODS,
    PROTOCOLS,
    Selection,
    cross_manipulation,
    leave_one_out,
    protocol,
)


def test_a_selection_keeps_real_crops_whatever_the_manipulation(forged_folder: Path) -> None:
    entries = CropFolder(forged_folder).entries
    chosen = Selection(data_set="ffpp", methods=("Warp",), compression="c40", split="test").select(entries)
    assert {(e.method, e.compression, e.split) for e in chosen} == {(None, "c40", "test"), ("Warp", "c40", "test")}
    assert len(chosen) == 8
    assert Selection().select(entries) == entries
    assert Selection(data_set="dfdc").select(entries) == ()
    assert str(Selection(data_set="ffpp", compression="c40", split="test")) == "ffpp c40 split test"
    assert str(Selection()) == "all crops"


def test_leave_one_out_tests_on_what_training_never_saw() -> None:
    for method in FFPP_METHODS:
        for label in ("c23", "c40"):
            left = leave_one_out(method, label)
            assert set(left.train.methods) | {method} == set(FFPP_METHODS)
            assert method not in left.train.methods
            assert [test.methods for test in left.test] == [(method,)]
            assert {left.train.compression, left.test[0].compression} == {label}


def test_the_matrix_tests_each_training_on_every_manipulation() -> None:
    for method in FFPP_METHODS:
        row = cross_manipulation(method, "c23")
        assert (row.train.methods, row.test[0].methods, row.by_method) == ((method,), FFPP_METHODS, True)


def test_no_protocol_tests_on_its_training_split() -> None:
    for name, each in PROTOCOLS.items():
        assert each.train.split == "train", name
        assert {test.split for test in each.test} == {"test"}, name
        assert each.source, name
    assert {"gid_df_c23", "gid_df_c40", "gid_f2f_c23", "gid_f2f_c40", "cross_data_set"} <= set(PROTOCOLS)
    assert PROTOCOLS["cross_data_set"].train.data_set not in {
        test.data_set for test in PROTOCOLS["cross_data_set"].test
    }
    assert "c40" not in {test.compression for test in PROTOCOLS["cross_compression_c40"].test}


def test_a_detector_trained_on_what_it_should_not_know_is_refused() -> None:
    chosen = protocol("gid_df_c23")
    chosen.check_training("mine", ("FaceSwap", "Face2Face", "NeuralTextures"))
    for methods in ((), FFPP_METHODS, ("Deepfakes",)):
        with pytest.raises(SettingsError, match="--only-methods Face2Face,FaceSwap,NeuralTextures"):
            chosen.check_training("mine", methods)
    protocol("within_c23").check_training("mine", ())
    with pytest.raises(SettingsError, match="gid_f2f_c40"):
        protocol("gid")

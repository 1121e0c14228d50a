import dataclasses
import os
import typing
from pathlib import Path

import pytest

from forensiclab.analysis.attention import COLORMAPS
from forensiclab.analysis.events import AnalysisRequest
from forensiclab.core.errors import WriteError
from forensiclab.core.options import Aggregation, SamplingPolicy
from forensiclab.detectors.runtime import PRECISIONS
from forensiclab.settings import Settings, load_record, load_settings, save_record, save_settings

CHANGED = Settings(
    device="cuda:1", precision="reduced", sampling=SamplingPolicy("all"), aggregation=Aggregation("top", 10),
    detectors=("a", "b"), language="de",
    report_folder='/tmp/"quoted" \\ ü\n\t\x7f', examiner="Ä. Näme",
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deeper" / "settings.toml"


def test_without_a_file_there_are_the_defaults_of_the_analysis(file):
    loaded = load_record(file, Settings)
    assert loaded.record == Settings()
    assert loaded.problems == ()
    request = AnalysisRequest(path=file)
    for name in ("device", "precision", "sampling", "aggregation", "detectors"):
        assert getattr(loaded.record, name) == getattr(request, name)


def test_choices_are_those_of_the_engine():
    types = typing.get_type_hints(Settings)
    assert typing.get_args(types["precision"]) == PRECISIONS
    assert typing.get_args(types["colormap"]) == COLORMAPS


def test_what_is_saved_is_read_again(file):
    save_record(CHANGED, file)
    assert load_record(file, Settings).record == CHANGED
    save_record(Settings(), file)
    assert load_record(file, Settings).record == Settings()
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_the_folder_of_settings_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_CONFIG", str(tmp_path))
    save_settings(CHANGED)
    assert (tmp_path / "settings.toml").is_file()
    assert load_settings().record == CHANGED


def test_a_value_that_cannot_be_used_is_named_and_the_rest_is_kept(file):
    file.parent.mkdir()
    file.write_text('device = "cpu"\nprecision = "double"\ndetectors = "a"\npresicion = "reduced"\n')
    loaded = load_record(file, Settings)
    assert loaded.record == dataclasses.replace(Settings(), device="cpu")
    assert len(loaded.problems) == 3
    for name in ("'precision'", "'detectors'", "'presicion'"):
        assert any(name in problem for problem in loaded.problems)


def test_options_are_kept_as_on_the_command_line_and_refused_with_their_own_sentence(file):
    save_record(CHANGED, file)
    assert 'sampling = "all"\naggregation = "top:10"\n' in file.read_text()
    file.write_text('sampling = "often"\naggregation = 3\n')
    loaded = load_record(file, Settings)
    assert loaded.record == Settings()
    of_aggregation, of_sampling = loaded.problems
    assert "'sampling' that cannot be used: 'often' is not a sampling policy; write all, every:K" in of_sampling
    assert "'aggregation' that cannot be used (Expected `str`, got `int`)" in of_aggregation


@pytest.mark.parametrize("content", [b"device = ", b"\xff\xfe\x00", b"[device]\n[device]\n"])
def test_a_damaged_file_is_kept(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    loaded = load_record(file, Settings)
    assert loaded.record == Settings()
    assert "damaged" in loaded.problems[0]
    assert file.read_bytes() == content
    save_record(CHANGED, file)
    assert (file.parent / "settings-damaged-1.toml").read_bytes() == content
    file.write_bytes(content)
    save_record(CHANGED, file)
    assert (file.parent / "settings-damaged-2.toml").read_bytes() == content
    assert load_record(file, Settings).record == CHANGED


def test_a_file_name_that_is_no_text_does_not_spoil_the_file(file):
    save_record(dataclasses.replace(CHANGED, report_folder=os.fsdecode(b"/tmp/\xff")), file)
    assert load_record(file, Settings).record.report_folder == "/tmp/?"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match=r"was not written: .+\."):
        save_record(Settings(), tmp_path / "file" / "settings.toml")
    (tmp_path / "folder").mkdir()
    assert "cannot be read" in load_record(tmp_path / "folder", Settings).problems[0]


@pytest.mark.parametrize(
    "content",
    [
        b"device = " + b"9" * 5000,
        b"a = " + b"[" * 50_000,
        b"a = " + b"{a = " * 3000,
        b"device = \xff",
        b"detectors = [" + b'"x",' * 400_000 + b"]",
    ],
    ids=["bigint", "deep", "deep tables", "not utf-8", "large"],
)
def test_whatever_is_in_the_file_gives_defaults_and_a_sentence(tmp_path, content):
    (tmp_path / "settings.toml").write_bytes(content)
    loaded = load_record(tmp_path / "settings.toml", Settings)
    assert loaded.record == Settings()
    (problem,) = loaded.problems
    assert str(tmp_path / "settings.toml") in problem
    assert "Traceback" not in problem
    assert "sys." not in problem


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        loaded = load_record(path, Settings)
        assert loaded.record == Settings()
        assert "cannot be read" in loaded.problems[0]

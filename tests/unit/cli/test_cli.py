import argparse
import io

import pytest

from forensiclab import cli
from forensiclab.analysis.events import Progress
from forensiclab.cli import progress
from forensiclab.cli.analyze import list_exhibits
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.core.options import SamplingPolicy
from forensiclab.demo import DemoTruth


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], False), (["clip.mp4"], False), (["analyze", "x"], True), (["--help"], True), (["models"], True)],
)
def test_command_or_window(arguments, expected):
    assert cli.is_command_line(arguments) is expected


def test_folder_is_searched_in_order_and_others_are_counted(tmp_path, capsys):
    (tmp_path / "sub").mkdir()
    for name in ("b.MP4", "a.jpg", "sub/c.mkv", "readme.md"):
        (tmp_path / name).touch()
    found = list_exhibits([tmp_path])
    assert [path.name for path in found] == ["a.jpg", "b.MP4", "c.mkv"]
    assert "1 files" in capsys.readouterr().err


def test_named_file_is_taken_whatever_its_name(tmp_path):
    assert list_exhibits([tmp_path / "evidence.bin"]) == [tmp_path / "evidence.bin"]


def test_folder_without_media(tmp_path):
    with pytest.raises(MediaError, match="holds no video or picture"):
        list_exhibits([tmp_path])


def test_the_users_settings_are_the_defaults_and_the_command_line_goes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_CONFIG", str(tmp_path))
    (tmp_path / "settings.toml").write_text('device = "cpu"\nsampling = "all"\ndetectors = ["a", "b"]\nwrong = 1\n')
    options = cli._parser().parse_args(["analyze", "clip.mp4", "--sampling", "every:2"])
    assert (options.device, options.sampling, options.detectors) == ("cpu", SamplingPolicy("every", 2), "a,b")
    assert "'wrong'" in options.settings_problems[0]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--sampling", "often", "is not a sampling policy"),
        ("--aggregation", "max", "is not a rule for a track's score"),
    ],
)
def test_an_option_that_cannot_be_read_ends_before_any_file_is_opened(tmp_path, capsys, option, value, sentence):
    assert cli.run(["analyze", str(tmp_path / "not_there.mp4"), option, value]) == cli.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert f"'{value}' {sentence}" in said


def test_the_demo_runs_the_detectors_that_it_is_told_to(tmp_path, monkeypatch):
    requests = []

    def analyze(request, token):
        requests.append(request)
        raise Cancelled

    def made(path):
        path.write_bytes(b"clip")
        return DemoTruth(path=path, forged_from_s=0.0, forged_to_s=1.0, sha256="0" * 64)

    monkeypatch.setenv("FORENSICLAB_CONFIG", str(tmp_path))
    (tmp_path / "settings.toml").write_text('detectors = ["a"]\n')
    monkeypatch.setattr("forensiclab.analysis.analyze.analyze", analyze)
    monkeypatch.setattr(
        "forensiclab.demo.make_clip",
        made,
    )
    for arguments in ([], ["--detectors", "dcl, xception"]):
        assert cli.run(["demo", "--out", str(tmp_path / "out"), *arguments]) == cli.FAILED
    assert [request.detectors for request in requests] == [(), ("dcl", "xception")]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["demo.mp4"]


@pytest.mark.parametrize("name", ["demo.mp4", "demo.json", "demo.pdf"])
def test_the_demo_leaves_what_is_not_its_own(tmp_path, monkeypatch, capsys, name):
    def made(path):
        path.write_bytes(b"clip")
        return DemoTruth(path=path, forged_from_s=0.0, forged_to_s=1.0, sha256="0" * 64)

    monkeypatch.setattr("forensiclab.demo.make_clip", made)
    (tmp_path / name).write_bytes(b"somebody else's")
    assert cli.run(["demo", "--out", str(tmp_path)]) == cli.FAILED
    assert "is there already" in capsys.readouterr().err
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"somebody else's"]


def test_a_folder_names_what_it_leaves_out(tmp_path, capsys):
    for name in ("a.jfif", "b.JPE", "c.3g2", "d.qt", "e.mod", "f.divx", "notes.txt", "._real.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "._a.mp4").write_bytes(bytes.fromhex("0005160700020000"))
    found = list_exhibits([tmp_path])
    assert [path.name for path in found] == ["._real.mp4", "a.jfif", "b.JPE", "c.3g2", "d.qt", "e.mod", "f.divx"]
    error = capsys.readouterr().err
    assert "1 files" in error
    assert "AppleDouble" in error
    assert "._a.mp4" in error
    assert "notes.txt" in error


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Progress(stage="read", done=5, total=10, left_s=None), "reading, finding faces, 50 %"),
        (Progress(stage="read", done=5, total=None, left_s=None), "reading, finding faces, 5.0 s of film"),
        (Progress(stage="score", done=1, total=4, left_s=75), "scoring, 25 %, about 1 min 15 s left"),
        (Progress(stage="hash", done=1, total=4, left_s=9), "hashing, 25 %, about 9 s left"),
    ],
)
def test_progress_in_words(event, text):
    assert progress.describe(event) == text


def test_lines_for_a_log_file_come_seldom(monkeypatch):
    clock = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    with progress.ProgressLine("a.mp4") as line:
        for done in (1, 2, 3, 4):
            line.show(Progress(stage="read", done=done, total=4, left_s=None))
    assert stream.getvalue().splitlines() == [
        "a.mp4: reading, finding faces, 50 %",
        "a.mp4: reading, finding faces, 100 %",
    ]


@pytest.mark.parametrize("raised", [Cancelled(), MediaError("The file x is broken; get another one.")])
def test_failures_become_a_sentence_and_code_one(monkeypatch, capsys, raised):
    def fail(options: argparse.Namespace, token: CancelToken) -> int:
        raise raised

    parser = argparse.ArgumentParser()
    parser.set_defaults(carry_out=fail)
    monkeypatch.setattr(cli, "_parser", lambda: parser)
    assert cli.run([]) == cli.FAILED
    error = capsys.readouterr().err
    assert error.startswith("forensiclab: ")
    assert "Traceback" not in error


def test_first_interrupt_cancels_and_the_second_ends():
    import os
    import signal

    before = signal.getsignal(signal.SIGINT)  # a shell in the background starts its programs with SIGINT ignored
    token = CancelToken()
    with cli._cancelled_by_signals(token):
        os.kill(os.getpid(), signal.SIGINT)
        assert token.is_cancelled
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before

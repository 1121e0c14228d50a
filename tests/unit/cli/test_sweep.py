"""``forensiclab sweep`` as it is typed, with a scripted face finder and a scripted detector."""

import csv
import functools
import io
import json

import numpy as np
import pytest
from PIL import Image

from forensiclab import cli
from forensiclab.analysis import sweep as engine
from forensiclab.cli.sweep import parse_levels
from forensiclab.core.compression import Codec
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Face
from forensiclab.media.transcode import encode_clip


class Finder:
    name = "scripted finder"
    there = True

    def find_in(self, frame, *, is_thorough=False, at_least_px=0.0):
        box = Face(box_xyxy_px=(20.0, 20.0, 68.0, 68.0), landmarks_xy_px=None, confidence=0.99)
        return (box,) if self.there else ()


@pytest.fixture(autouse=True)
def scripted(monkeypatch, tmp_path, make_detector):
    """Only the engine's own finder and detectors are replaced."""
    monkeypatch.setenv("FORENSICLAB_CONFIG", str(tmp_path / "config"))
    opened = []

    def open_detector(name, device, precision):
        opened.append((name, device, precision))
        return make_detector(name)

    finder = Finder()
    swept = functools.partial(engine.sweep, open_detector=open_detector, make_finder=lambda device: finder)
    monkeypatch.setattr(engine, "sweep", swept)
    finder.opened = opened
    return finder


@pytest.fixture
def clip(tmp_path):
    rng = np.random.default_rng(3)
    texture = rng.integers(90, 170, (12, 12, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    frame = np.full((96, 96, 3), 30, np.uint8)
    frame[20:68, 20:68] = texture
    encode_clip([frame] * 6, tmp_path / "clip.mp4", crf=20, frame_rate=25)
    return tmp_path / "clip.mp4"


@pytest.fixture
def sweep(clip, capsys):
    """Run ``forensiclab sweep`` on the clip: (exit code, standard output, standard error)."""

    def run(*arguments: object, path=clip) -> tuple[int, str, str]:
        try:
            code = cli.run(["sweep", str(path), "--detectors", "a", "--crops", "2", *map(str, arguments)])
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_table_for_people(sweep, clip, scripted):
    code, out, err = sweep("--levels", "20:44:12", "--device", "cpu")
    assert code == cli.DONE
    assert str(clip) in out
    rows = [line.split()[0] for line in out.splitlines() if line.strip().startswith(("as it is", "crf"))]
    assert rows == ["as", "crf:20", "crf:32", "crf:44"]
    assert "video, a: none" in out or "video, a: crf:" in out
    assert "Traceback" not in err
    assert scripted.opened == [("a", "cpu", "float32")]


def test_json_csv_and_plot(sweep, tmp_path):
    outputs = tmp_path / "s.csv", tmp_path / "s.png", tmp_path / "s.json"
    code, out, err = sweep("--levels", "20,40", "--csv", outputs[0], "--plot", outputs[1], "--json", outputs[2])
    assert code == cli.DONE
    assert all(f"wrote {path}" in err for path in outputs)
    rows = list(csv.DictReader(io.StringIO(outputs[0].read_text())))
    assert [(row["level"], row["scope"], row["track_id"]) for row in rows] == [
        (level, *where) for level in ("clean", "crf:20", "crf:40") for where in (("video", ""), ("track", "1"))
    ]
    result = json.loads(outputs[2].read_text())
    for row, level in zip(rows[1::2], result["levels"], strict=True):
        (track,) = level["tracks"]
        assert float(row["raw_score"]) == track["scores"]["a"]["raw_score"]
        assert float(row["probability"]) == track["scores"]["a"]["probability"]
        assert row["verdict"] == track["scores"]["a"]["verdict"]
        assert float(row["std"]) == track["scores"]["a"]["std"]
    assert result["exhibit"]["sha256"] in out
    with Image.open(outputs[1]) as plot:
        assert plot.format == "PNG"
        assert min(plot.size) > 500


def test_json_alone_goes_to_standard_output(sweep):
    code, out, _ = sweep("--levels", "90:10:40", "--codec", "jpeg", "--json", "-")
    result = json.loads(out)
    assert code == cli.DONE
    assert [level["level"] for level in result["levels"]] == ["clean", "jpeg:90", "jpeg:50", "jpeg:10"]
    assert (result["schema_version"], result["kind"], result["codec"]) == ("1.0.0", "sweep", "jpeg")
    assert [flip["track_id"] for flip in result["flip_points"]] == [None, None, 1]
    assert result["method"]["command"].startswith("forensiclab sweep")


def test_webp_says_why_it_has_no_probability(sweep, tmp_path):
    code, out, _ = sweep("--codec", "webp", "--levels", "50", "--plot", tmp_path / "s.svg")
    assert code == cli.DONE
    assert "No calibration was fitted on WebP" in out
    assert "video, a: not known, for want of a calibration" in out
    assert (tmp_path / "s.svg").read_text().startswith("<?xml")


def test_no_face_is_not_assessable_in_every_output(sweep, scripted, tmp_path):
    scripted.there = False
    code, out, _ = sweep("--levels", "30", "--plot", tmp_path / "s.png", "--csv", tmp_path / "s.csv")
    assert code == cli.NOT_ASSESSABLE
    assert "No face was found." in out
    assert (tmp_path / "s.png").stat().st_size > 1000
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize("option", ["--csv", "--json", "--plot"])
def test_the_exhibit_is_never_written_to(sweep, clip, option, scripted):
    before = clip.read_bytes()
    exhibit = clip.rename(clip.with_suffix(".png"))
    link = clip.with_name("link.png")
    link.symlink_to(exhibit)
    for path in (exhibit, link):
        code, out, err = sweep("--levels", "30", option, path, path=exhibit)
        assert (code, out) == (cli.FAILED, "")
        assert "is the examined file itself" in err
    assert exhibit.read_bytes() == before
    assert scripted.opened == []


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--levels", "18-45"), cli.USAGE, "names no levels"),
        (("--levels", "18:60:3"), cli.USAGE, "must be from 0 to 51, not 54"),
        (("--levels", "18:45:0"), cli.USAGE, "step of at least 1"),
        (("--levels", "0", "--codec", "jpeg"), cli.USAGE, "must be from 1 to 100"),
        (("--codec", "vp9"), cli.USAGE, "invalid choice"),
        (("--crops", "0"), cli.USAGE, "whole number from 1 to 1000"),
        (("--csv", "-"), cli.USAGE, "Only --json"),
        (("--plot", "s.bmp"), cli.USAGE, ".png or .svg"),
        (("--csv", "/nowhere/s.csv"), cli.FAILED, "does not exist"),
        (("--csv", "same.json", "--json", "same.json"), cli.FAILED, "same name"),
    ],
)
def test_bad_options_are_one_sentence_before_any_work(
    sweep, arguments, code, sentence, scripted, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    found, out, err = sweep(*arguments)
    assert (found, out) == (code, "")
    assert sentence in err.splitlines()[-1]
    assert "Traceback" not in err
    assert scripted.opened == []


def test_bad_exhibits_are_one_sentence(sweep, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    for path in (tmp_path / "gone.mp4", tmp_path / "text.mp4", tmp_path):
        code, out, err = sweep("--levels", "30", path=path)
        assert (code, out) == (cli.FAILED, "")
        assert err.startswith("forensiclab: ")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("codec", "text", "values"),
    [
        (Codec.H264, "", []),
        (Codec.H264, "18:45:9", [18, 27, 36, 45]),
        (Codec.H264, "18:44:9", [18, 27, 36]),
        (Codec.H264, "50:51", [50, 51]),
        (Codec.JPEG, "90:10:40", [90, 50, 10]),
        (Codec.WEBP, " 20, 5,20 ", [20, 5]),
    ],
)
def test_levels_in_words(codec, text, values):
    assert [level.value for level in parse_levels(codec, text)] == values


@pytest.mark.parametrize("text", ["a", "1:2:3:4", "-3:5", "18,", "crf:20", "9999"])
def test_levels_that_are_none(text):
    with pytest.raises(SettingsError):
        parse_levels(Codec.H264, text)


def test_settings_are_the_defaults(sweep, scripted, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text('device = "cpu"\nprecision = "reduced"\nunknown = 1\n')
    _, _, err = sweep("--levels", "30")
    assert scripted.opened == [("a", "cpu", "reduced")]
    assert "'unknown'" in err

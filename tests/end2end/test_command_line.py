"""The command line as a user types it: good, bad and hostile input; what it prints and how it ends."""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from forensiclab.__main__ import main

DONE, FAILED, USAGE, NOT_ASSESSABLE = 0, 1, 2, 3


@pytest.fixture
def analyze(seeded, capsys):
    """Run ``forensiclab analyze`` with the seeded detector: (exit code, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(
            ["analyze", *map(str, arguments), "--detectors", seeded, "--device", "cpu", "--sampling", "per-track:4"]
        )
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def clip(make_clip, portrait_frames):
    return make_clip("clip.mp4", size=(240, 176), pictures=portrait_frames)


def test_video_to_verdict_json_and_report(analyze, clip, tmp_path):
    code, out, _ = analyze(clip, "--json", "-", "--report", tmp_path / "r.pdf")
    result = json.loads(out)
    assert code == DONE
    assert result["schema_version"]
    assert len(result["tracks"]) == 1
    assert len(result["tracks"][0]["frames"]) == 4
    assert result["video"]["verdict"] in {"supports manipulation", "supports authenticity", "inconclusive"}
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def without_run(text: str) -> dict:
    result = json.loads(text)
    del result["run"]
    return result


def test_results_are_identical_from_run_to_run(analyze, clip):
    (_, first, _), (_, second, _) = analyze(clip, "--json", "-"), analyze(clip, "--json", "-")
    assert without_run(first) == without_run(second)


def test_summary_for_people(analyze, clip):
    code, out, _ = analyze(clip)
    assert code == DONE
    for part in ("Verdict:", "Track 1:", "seeded:", "SHA-256"):
        assert part in out


def test_picture(analyze, portrait, tmp_path):
    Image.fromarray(portrait).save(tmp_path / "p.jpg", quality=90)
    code, out, _ = analyze(tmp_path / "p.jpg", "--json", "-")
    assert code == DONE
    assert json.loads(out)["tracks"][0]["start_s"] == 0


def test_folder_of_exhibits(analyze, clip, portrait, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    clip.rename(folder / "a.mp4")
    Image.fromarray(portrait).save(folder / "b.png")
    (folder / "c.mp4").write_bytes(b"")
    (folder / "notes.txt").write_text("not media")
    code, out, err = analyze(folder, "--json", "-", "--report", tmp_path / "reports")
    assert code == FAILED
    assert len([json.loads(line) for line in out.splitlines()]) == 2
    assert "1 files" in err
    assert "c.mp4" in err
    assert len(list((tmp_path / "reports").glob("*.pdf"))) == 2


# ---- bad input: a sentence, exit code 1 or 3, and what was read so far -----------------------------------------------


def test_empty_file(analyze, tmp_path):
    (tmp_path / "e.mp4").touch()
    code, out, err = analyze(tmp_path / "e.mp4")
    assert (code, out) == (FAILED, "")
    assert "e.mp4" in err
    assert "empty" in err


def test_text_renamed(analyze, tmp_path):
    (tmp_path / "t.mp4").write_text("Dear all, this is not a video. " * 100)
    code, _, err = analyze(tmp_path / "t.mp4")
    assert code == FAILED
    assert "t.mp4" in err


def test_truncated_in_the_header(analyze, clip):
    os.truncate(clip, 40)
    code, _, err = analyze(clip)
    assert code == FAILED
    assert "clip.mp4" in err


def test_truncated_in_the_middle_keeps_what_was_read(analyze, make_clip, portrait_frames):
    path = make_clip("m.mp4", size=(240, 176), pictures=portrait_frames * 3, options={"g": "6"},
                     container_options={"movflags": "faststart"})  # fmt: skip
    os.truncate(path, path.stat().st_size * 6 // 10)
    code, out, _ = analyze(path, "--json", "-")
    result = json.loads(out)
    assert code == DONE
    assert 0 < result["coding"]["frames_read"] < 36
    assert result["tracks"]
    assert any("truncated" in warning or "damaged" in warning for warning in result["warnings"])


def test_audio_only(analyze, tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    code, _, err = analyze(path)
    assert code == FAILED
    assert "a.mp4" in err


def test_no_such_file(analyze, tmp_path):
    code, _, err = analyze(tmp_path / "none.mp4")
    assert code == FAILED
    assert "none.mp4" in err
    assert "does not exist" in err


def test_folder_without_media(analyze, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = analyze(tmp_path / "empty")
    assert code == FAILED
    assert "holds no video or picture" in err


def test_unreadable(analyze, clip):
    analyze(clip)  # everything is imported by now: below, not even the interpreter's own files can be read by root
    clip.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        code, out, err = analyze(clip)
    finally:
        if is_root:
            os.seteuid(0)
    assert (code, out) == (FAILED, "")
    assert "clip.mp4" in err
    assert "permi" in err.lower()


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (63, 47)])
def test_tiny_and_odd_sizes_hold_no_face(analyze, tmp_path, size):
    Image.new("RGB", size, (120, 90, 60)).save(tmp_path / "s.png")
    code, out, _ = analyze(tmp_path / "s.png", "--json", "-")
    result = json.loads(out)
    assert code == NOT_ASSESSABLE
    assert result["video"]["verdict"] == "not assessable"
    assert result["video"]["scores"]["seeded"]["raw_score"] is None
    assert result["skipped"][0]["reason"] == "no face was found"


def test_odd_size_with_a_face(analyze, make_clip, portrait_frames):
    odd = [np.ascontiguousarray(frame[:175, :239]) for frame in portrait_frames]
    code, out, _ = analyze(
        make_clip("odd.mkv", size=(239, 175), codec="ffv1", pixel_format="bgr0", pictures=odd), "--json", "-"
    )
    assert code == DONE
    assert json.loads(out)["tracks"]


def test_rotated(analyze, make_clip, portrait_frames):
    lying = [np.ascontiguousarray(np.rot90(frame)) for frame in portrait_frames]  # a quarter turn anticlockwise
    code, out, _ = analyze(make_clip("r.mp4", size=(176, 240), pictures=lying, rotation_ccw=-90), "--json", "-")
    result = json.loads(out)
    assert code == DONE
    assert (result["stream"]["width_px"], result["stream"]["height_px"]) == (240, 176)
    assert result["tracks"], "a face is only found upright"


def test_variable_frame_rate(analyze, make_clip, portrait_frames):
    times = [0, 40, 80, 200, 240, 480, 520, 560, 900, 940, 980, 1400]
    code, out, _ = analyze(make_clip("v.mkv", size=(240, 176), pictures=portrait_frames, times_ms=times), "--json", "-")
    result = json.loads(out)
    assert code == DONE
    assert result["coding"]["is_variable_frame_rate"] is True
    assert result["tracks"][0]["end_s"] == pytest.approx(1.4)


def test_ten_bit(analyze, make_clip, portrait_frames):
    path = make_clip("t.mkv", size=(240, 176), pictures=portrait_frames, codec="libx265", pixel_format="yuv420p10le")
    code, out, _ = analyze(path, "--json", "-")
    result = json.loads(out)
    assert code == DONE
    assert result["stream"]["bit_depth"] == 10
    assert result["tracks"]


def test_no_face(analyze, make_clip):
    code, out, _ = analyze(make_clip("n.mp4"))
    assert code == NOT_ASSESSABLE
    assert "not assessable" in out


def test_unicode_path(analyze, clip, tmp_path):
    folder = tmp_path / "Übung 🎬 видео"
    folder.mkdir()
    path = folder / "ein 'Name' mit \"Zeichen\" #1 [x] 雪.mp4"
    clip.rename(path)
    code, out, _ = analyze(path, "--json", "-", "--report", folder / "Bericht ü.pdf")
    assert code == DONE
    assert json.loads(out)["exhibit"]["path"].endswith("雪.mp4")
    assert (folder / "Bericht ü.pdf").is_file()


# ---- outputs ---------------------------------------------------------------------------------------------------------


def test_evidence_is_never_written_over(analyze, clip):
    before = clip.read_bytes()
    for option in ("--report", "--json"):
        code, _, err = analyze(clip, option, clip)
        assert code == FAILED
        assert "clip.mp4" in err
    assert clip.read_bytes() == before


def test_output_folder_that_does_not_exist_is_found_out_first(analyze, clip, tmp_path):
    code, out, err = analyze(clip, "--report", tmp_path / "none" / "r.pdf")
    assert (code, out) == (FAILED, "")
    assert "does not exist" in err


def test_results_are_named_so_that_none_is_lost(analyze, clip, portrait, tmp_path):
    folder = tmp_path / "many"
    names = ["a/clip.mp4", "b/clip.mp4", "x" * 246 + ".mp4", os.fsdecode(b"caf\xe9.mp4"), "a\nVerdict: \x1b[2J.mp4"]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(clip.read_bytes())
    code, out, err = analyze(folder, "--json", tmp_path / "json", "--report", tmp_path / "pdf")
    assert code == DONE
    for outputs in ("json", "pdf"):
        assert len(list((tmp_path / outputs).iterdir())) == len(names)
    for said in (out, err):
        assert "\\udce9" in said
        assert "a\\nVerdict: \\x1b[2J" in said
        assert "\x1b" not in said
    paths = [json.loads(path.read_text(encoding="utf-8"))["exhibit"]["path"] for path in (tmp_path / "json").iterdir()]
    assert len(set(paths)) == len(names)


@pytest.mark.parametrize("option", ["--json", "--report"])
def test_other_files_are_never_replaced(analyze, clip, tmp_path, option):
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (other, pipe, "/dev/null"):
        code, out, err = analyze(clip, option, target)
        assert (code, out) == (FAILED, "")
        assert str(target) in err
    assert other.read_bytes() == clip.read_bytes()
    assert pipe.is_fifo()


@pytest.mark.parametrize("change", ["replaced", "grown", "gone"])
def test_a_file_that_changes_while_it_is_read_is_said_and_code_three(analyze, clip, tmp_path, monkeypatch, change):
    from forensiclab.media.reader import MediaReader

    opened = MediaReader.__init__

    def change_and_open(self, path, **options):
        if path == clip and change == "replaced":
            other = clip.with_name("other.mp4")
            other.write_bytes(clip.read_bytes() + bytes(8))
            other.replace(clip)
        opened(self, path, **options)
        if path == clip and change == "grown":
            with clip.open("ab") as file:
                file.write(bytes(100))
        elif path == clip and change == "gone":
            clip.unlink()

    monkeypatch.setattr(MediaReader, "__init__", change_and_open)
    before = hashlib.sha256(clip.read_bytes()).hexdigest()
    code, out, _ = analyze(clip, "--json", tmp_path / "r.json", "--report", tmp_path / "r.pdf")
    assert code == NOT_ASSESSABLE
    assert "changed, or went" in out
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["exhibit"]["sha256"] == before
    assert result["exhibit"]["state_after_reading"] == ("gone" if change == "gone" else "differs")
    assert any("changed, or went" in warning for warning in result["warnings"])


def test_two_outputs_of_one_name(analyze, clip, tmp_path):
    code, out, err = analyze(clip, "--json", tmp_path / "r", "--report", tmp_path / "r")
    assert (code, out) == (FAILED, "")
    assert "same name" in err


def test_unknown_detector_and_options(analyze, seeded, clip, capsys):
    assert main(["analyze", str(clip), "--detectors", "nothing_such"]) == FAILED
    assert "Installed are:" in capsys.readouterr().err
    assert main(["analyze", str(clip), "--detectors", seeded, "--sampling", "often"]) == FAILED
    assert "sampling policy" in capsys.readouterr().err
    assert main(["analyze", str(clip), "--detectors", seeded, "--device", "cuda:77"]) == FAILED
    assert "cuda:77" in capsys.readouterr().err
    for arguments in ([], [""]):
        with pytest.raises(SystemExit) as ended:
            main(["analyze", *arguments])
        assert ended.value.code == USAGE


# ---- models ----------------------------------------------------------------------------------------------------------


def test_models_list_show_verify(seeded, capsys, tmp_path):
    assert main(["models", "list"]) == DONE
    assert "seeded" in capsys.readouterr().out
    assert main(["models", "show", seeded]) == DONE
    assert "Afchar" in capsys.readouterr().out
    assert main(["models", "verify", seeded]) == DONE
    file = tmp_path / "weights" / "seeded" / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\0\0")
    assert main(["models", "verify"]) == FAILED
    assert "seeded: FAILED" in capsys.readouterr().out
    assert main(["models", "show", "nothing_such"]) == FAILED


# ---- as a process ----------------------------------------------------------------------------------------------------


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    command = [sys.executable, "-m", "forensiclab", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env | environment, timeout=120, check=False)


def test_window_without_a_screen_is_a_sentence():
    result = process()
    assert result.returncode == FAILED
    assert "no screen" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-", "2>/dev/full", ">/dev/full 2>/dev/full", "2>&- >&-"])
def test_a_broken_stream_loses_no_file(seeded, clip, tmp_path, redirection):
    command = (
        f"exec {sys.executable} -m forensiclab analyze {clip} --detectors {seeded} --device cpu --sampling per-track:2 "
        f"--json {tmp_path}/r.json --report {tmp_path}/r.pdf {redirection}"
    )
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == FAILED
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    assert ("Standard output cannot be written to" in result.stderr) == redirection.startswith(">") * (
        "2>" not in redirection
    )
    assert json.loads((tmp_path / "r.json").read_text())["exhibit"]["sha256"]
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
@pytest.mark.parametrize("arguments", [("--help",), ("models", "list"), ("models", "show", "xception"), ("--version",)])
def test_every_print_to_a_full_disk_is_a_sentence(arguments):
    command = shlex.join([sys.executable, "-m", "forensiclab", *arguments]) + " >/dev/full"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == FAILED
    assert (
        result.stderr
        == "forensiclab: Standard output cannot be written to: the disk is full; make room, or choose another disk.\n"
    )


def test_help_names_the_exit_codes_and_is_quick_to_load():
    result = process("--help")
    assert result.returncode == DONE
    assert "3 some input not assessable" in " ".join(result.stdout.split())
    loads = "import sys; from forensiclab.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    check = subprocess.run(
        [sys.executable, "-c", loads + "sys.exit('torch' in sys.modules)"], capture_output=True, check=False
    )
    assert check.returncode == 0


VIDEO_ENDINGS = {".mp4", ".webm", ".mov", ".avi", ".mkv"}

# ---- real media ------------------------------------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.slow
def test_every_real_clip_gets_an_answer(analyze, shared_data, tmp_path):
    code, out, err = analyze(shared_data / "videos", "--json", "-")
    results = [json.loads(line) for line in out.splitlines()]
    assert code == DONE, err
    assert len(results) == len([path for path in (shared_data / "videos").rglob("*.*") if path.suffix in VIDEO_ENDINGS])
    assert all(result["tracks"] for result in results)
    assert all(result["coding"]["frames_read"] > 50 for result in results)


@pytest.mark.data
@pytest.mark.slow
def test_every_method_on_one_real_clip(shared_data, tmp_path, monkeypatch, make_card, capsys):
    """All networks over one decode and one face pass: with seeded weights, and a bleach, which borrows, as it ships."""
    from forensiclab.core.scores import ValidatedConditions
    from forensiclab.detectors import DETECTORS
    from forensiclab.detectors.weights import load_network, save_weights

    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    seeded = set(DETECTORS) - {"pixel_bleach"}
    for method in seeded:
        network = load_network(method)
        card = make_card(f"seeded_{method}", method=method, input_spec=network.input_spec, calibration=(),
                         conditions=ValidatedConditions())  # fmt: skip
        save_weights(network, tmp_path / card.name, card)
    clip = shared_data / "videos" / "real" / "retalking_5.mp4"
    code = main(
        ["analyze", str(clip), "--detectors", "all", "--json", "-", "--sampling", "per-track:4", "--device", "cpu"]
    )
    result = json.loads(capsys.readouterr().out)
    assert code == DONE
    scored = {name for name, score in result["tracks"][0]["scores"].items() if score["raw_score"] is not None}
    assert {f"seeded_{method}" for method in seeded} | {"pixel_bleach_resnet50"} <= scored
    assert len(result["tracks"][0]["frames"]) == 4

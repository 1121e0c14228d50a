"""The benchmark of the event loop does what it says; how long anything takes is printed and never asserted."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.data, pytest.mark.slow]


def test_window_in_use_with_five_detectors(shared_data, tmp_path):
    clip = shared_data / "videos" / "real" / "voxceleb_input_00010.mp4"
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.event_loop", str(clip), "--sampling", "per-track:8",
               "--seconds", "400", "--json", str(figures)]  # fmt: skip
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    result = json.loads(figures.read_text(encoding="utf-8"))
    assert result["ended"] == ["done", "cancelled"]
    assert result["frames_shown"] > 10
    assert result["crops_scored"] >= 5 * 8
    sys.stdout.write(done.stdout)  # median, 99th percentile and worst gap: see them with -rP or -s

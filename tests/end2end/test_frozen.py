"""The standalone program: built as it ships, then used."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.frozen


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("frozen")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", "--distpath", str(home / "dist"),
               "--workpath", str(home / "build"), str(ROOT / "build.spec")]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT)
    yield home / "dist" / "forensiclab" / "forensiclab"
    shutil.rmtree(home)


def elsewhere(tmp_path: Path, **extra: str) -> dict[str, str]:
    """An environment without this checkout in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "UV_"))}
    return kept | {"HOME": str(tmp_path)} | extra


def test_answers_analyze(program, tmp_path):
    from forensiclab.demo import make_clip

    make_clip(tmp_path / "clip.mp4", seconds=2)
    command = [str(program), "analyze", "clip.mp4", "--json", "-", "--report", "r.pdf"]
    result = subprocess.run(command, cwd=tmp_path, env=elsewhere(tmp_path), capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["tracks"]
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_lists_its_weights(program, tmp_path):
    command = [str(program), "models", "verify"]
    result = subprocess.run(command, cwd=tmp_path, env=elsewhere(tmp_path), capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "intact" in result.stdout


def test_opens_the_window(program, tmp_path):
    """It stays open until it is ended; a program that cannot load Qt ends at once."""
    env = elsewhere(tmp_path, QT_QPA_PLATFORM="offscreen")
    process = subprocess.Popen([str(program)], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=25)
    finally:
        process.kill()
        _, errors = process.communicate()
    assert "Traceback" not in errors

"""The house rules: formatting, lint, strict types, import contracts, file sizes, words that the code must not use."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("forensiclab/**/*.py"), *ROOT.glob("training/**/*.py")])
LONGEST_FILE = 350


def check(*command: str) -> None:
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"


def test_lint():
    check("ruff", "check", ".")


def test_format():
    check("ruff", "format", "--check", ".")


def test_strict_types():
    check("mypy")


def test_import_contracts():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


WORKERS = (ROOT / "forensiclab" / "gui" / "work" / "thread.py", ROOT / "forensiclab" / "media" / "child.py")
"""The window's worker thread and the child process that decodes: whatever goes wrong there concerns one job."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short_finished_and_catches_only_what_it_names(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|NotImplementedError", text)
    if path not in WORKERS:
        assert not re.search(r"except\s*:|except (Base)?Exception\b", text)


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}]

"""Damaged and hostile inputs, each in a process of its own: 200 by default, 10,000 with ``-m hostile``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.hostile.mutations import damaged, hostile_name

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261130

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked")


def run(cases: int, first: int, timeout_s: float) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.hostile.campaign", "--seed", str(SEED)]
    command += ["--cases", str(cases), "--first", str(first)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["cases"] == cases
    assert found["not held"] == 0
    return found


@pytest.mark.parametrize("half", [0, 1])
def test_two_hundred_hostile_inputs(half):
    run(100, 100 * half, 1800)


@pytest.mark.hostile
def test_ten_thousand_hostile_inputs():
    run(10_000, 0, 12 * 3600)


@pytest.mark.hostile
def test_a_soak_of_two_hundred_analyses():
    command = [sys.executable, "-m", "tests.hostile.soak", "--analyses", "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=7200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_the_same_number_gives_the_same_bytes():
    content = np.random.default_rng(0).bytes(5000)
    for number in range(20):
        first, second = (damaged(content, np.random.default_rng(number)) for _ in range(2))
        assert first == second
        name = hostile_name(np.random.default_rng(number), b".mp4")
        assert name.endswith(b".mp4")
        assert len(name) <= 250
        assert b"/" not in name

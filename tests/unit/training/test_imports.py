"""What training needs to be installed for what."""

import subprocess
import sys

import pytest


@pytest.mark.slow  # imports lightning in a fresh process
def test_training_on_prepared_crops_needs_no_av() -> None:
    modules = "training.runs.training_run, training.evaluation.measure, training.cli"
    code = f"import sys; sys.modules['av'] = None; import {modules}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

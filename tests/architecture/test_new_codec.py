"""A codec is one row of facts in core and one function in media; added to a copy of the program, it is everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import forensiclab
import training

ROW = """
    JPEG2000 = (
        "jp2",
        CodecFacts(
            title="JPEG 2000",
            setting=Sentence("quality {0}"),
            weakest=90,
            strongest=10,
            first=40,
            step=20,
            is_calibrated=False,
            axis="JPEG 2000 quality",
        ),
    )

    @property
    def cli_name("""
FUNCTION = """
def _as_jpeg2000(picture: Picture, quality: int) -> Picture:
    return _through_file(picture, "JPEG2000", quality_mode="dB", quality_layers=[quality])


STILL_ENCODERS"""
USE = """
import argparse
import numpy as np
from forensiclab.analysis.robustness import LEVELS
from forensiclab.cli import sweep
from forensiclab.core.compression import Codec, CompressionLevel, level_ranges
from forensiclab.media.transcode import compress_picture
from forensiclab.gui.inspector.compression.level_axis import level_at, level_text, strongest_at
from forensiclab.gui.inspector.compression.level_chooser import LevelChooser
from PySide6.QtWidgets import QApplication
from training.datasets.levels import LevelRange

parser = argparse.ArgumentParser()
sweep.add_to(parser.add_subparsers())
assert parser.parse_args(["sweep", "clip.mp4", "--codec", "jpeg2000"]).codec == "jpeg2000"
codec = Codec("jp2")
assert sweep.parse_levels(codec, "90:30:30") == tuple(CompressionLevel(codec, q) for q in (90, 60, 30))
assert "jp2:10-90" in level_ranges()
picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
losses = [np.abs(compress_picture(picture, level).astype(int) - picture).mean() for level in LEVELS[codec]]
assert losses == sorted(losses) and losses[0] < losses[-1], losses
assert [str(level) for level in LEVELS[codec]] == ["jp2:90", "jp2:70", "jp2:50", "jp2:30", "jp2:10"]
assert LevelRange.parse("jp2:20-40").apply(picture, "clip").shape == picture.shape
app = QApplication([])
chooser = LevelChooser()
chooser.codec_box.setCurrentText("JPEG 2000")
assert level_text(chooser.level) == "JPEG 2000, quality 40", level_text(chooser.level)
assert level_at(codec, strongest_at(codec)) == CompressionLevel(codec, 10)
print("everywhere")
"""


def insert(file: Path, anchor: str, text: str) -> None:
    source = file.read_text(encoding="utf-8")
    assert source.count(anchor) == 1
    file.write_text(source.replace(anchor, text), encoding="utf-8")


def test_a_codec_is_one_row_and_one_function(tmp_path: Path) -> None:
    for package in (forensiclab, training):
        folder = Path(package.__path__[0])
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "resources").symlink_to(Path(forensiclab.__path__[0]).parent / "resources")
    insert(tmp_path / "forensiclab" / "core" / "compression.py", "\n    @property\n    def cli_name(", ROW)
    transcode = tmp_path / "forensiclab" / "media" / "transcode.py"
    insert(transcode, "\nSTILL_ENCODERS", FUNCTION)
    insert(transcode, "Codec.WEBP: _as_webp}", "Codec.WEBP: _as_webp, Codec.JPEG2000: _as_jpeg2000}")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout == "everywhere\n", run.stderr

"""``margin``: how tightly the crops of a folder were cut."""

import argparse
import sys
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.cli.arguments import positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops.")
    parser.add_argument("--split", help="The split to measure; all crops without it.")
    parser.add_argument("--crops", type=positive, default=120, help="How many real crops to look at (default 120).")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from forensiclab.faces.finder import FaceFinder
    from training.datasets.crops import CropFolder
    from training.datasets.margin import measure_margin

    folder = CropFolder(options.data)
    entries = [entry for entry in folder.select(options.split) if entry.label == 0][: options.crops]
    if not entries:
        raise SettingsError(f"The folder {options.data} holds no real crops to measure.")
    found = measure_margin([folder.picture(entry) for entry in entries], FaceFinder(min_face_px=40))
    sys.stdout.write(
        f"margin {found.median:.2f} (80 % from {found.low:.2f} to {found.high:.2f}) over {found.crops} real crops; "
        f"no face found in {found.without_face}\n"
    )
    return 0

"""The commands of training: one file each, with their options."""

import argparse
import shlex
import sys
from collections.abc import Sequence

from forensiclab.core.errors import ForensicLabError
from training.cli import (
    bleach,
    compare,
    compress,
    download_help,
    evaluate,
    export,
    figures,
    forge,
    fuse,
    margin,
    mesh,
    prepare,
    spectrum,
    tables,
    train,
)


def run(arguments: Sequence[str]) -> int:
    """Parse and run a command.

    Returns:
        0 done, 1 failed, 2 usage.
    """
    options = _parser().parse_args(arguments)
    options.command_line = f"python -m training {shlex.join(arguments)}"
    try:
        result: int = options.run(options)
    except ForensicLabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training", description="Train, measure and export the detectors of ForensicLab."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    prepare.add(commands.add_parser("prepare", help="Find the faces of a data set's videos and store their crops."))
    download_help.add(commands.add_parser("download-help", help="Say where each data set is asked for."))
    compress.add(commands.add_parser("compress", help="Make a compressed copy of a folder of face crops."))
    forge.add(commands.add_parser("forge", help="Make forgeries with exact masks from real videos or crops."))
    train.add(commands.add_parser("train", help="Train a method on a folder of face crops."))
    evaluate.add(commands.add_parser("evaluate", help="Measure detectors on a folder of face crops."))
    bleach.add(commands.add_parser("bleach", help="Measure detectors without and with their bleach."))
    fuse.add(
        commands.add_parser("fuse", help="See whether one score out of several detectors' is better than the best.")
    )
    figures.add(commands.add_parser("figures", help="Draw the papers' figures from our own detectors and data."))
    compare.add(commands.add_parser("compare", help="Train several recipes alike and print what came out."))
    margin.add(commands.add_parser("margin", help="Measure how tightly the crops of a folder were cut."))
    mesh.add(commands.add_parser("mesh", help="Find the mesh of every face of a folder of crops and store it there."))
    spectrum.add(commands.add_parser("spectrum", help="Measure where the power spectra of real faces lie."))
    export.add(commands.add_parser("export", help="Turn a run into weights with a calibrated, measured card."))
    tables.add(commands.add_parser("tables", help="Print the papers' tables beside what was measured here."))
    return parser

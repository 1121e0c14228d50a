"""``compress``: a compressed copy of a folder of crops or of clips."""

import argparse
import sys
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.cli.arguments import positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops, or of videos, to copy.")
    parser.add_argument(
        "--compress",
        required=True,
        metavar="LEVEL",
        help="The level, such as crf:40, a range from which every clip draws its own, such as crf:23-45, or a preset: "
        "messenger or platform.",
    )
    parser.add_argument("--out", type=Path, required=True, help="The folder of the copy; a broken run is continued.")
    parser.add_argument("--split", help="Copy this split of the crops only.")
    parser.add_argument("--jobs", type=positive, default=1, help="The number of encoders at the same time (default 1).")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.datasets.crops import INDEX_FILE, CropFolder
    from training.datasets.degrade import parse_levels
    from training.datasets.shards import FAILURES_FILE

    levels = parse_levels(options.compress)
    if (options.data / INDEX_FILE).is_file():
        from training.preparation.compress import compress_folder

        what, source = "crops", CropFolder(options.data)
        done = compress_folder(source, levels, options.out, split=options.split, jobs=options.jobs)
    else:
        from training.preparation.compress_clips import compress_clips

        if options.split is not None:
            raise SettingsError(f"Only folders of crops have splits; {options.data} has no {INDEX_FILE}.")
        what, done = "clips", compress_clips(options.data, levels, options.out, jobs=options.jobs)
    sys.stderr.write(f"{done.made} {what} were compressed, {done.kept} were there already.\n")
    if done.failures:
        sys.stderr.write(
            f"{len(done.failures)} {what} could not be compressed; {options.out / FAILURES_FILE} lists them.\n"
        )
        return 1
    return 0

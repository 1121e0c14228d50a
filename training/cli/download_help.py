"""``download-help``: where a data set is asked for."""

import argparse
import sys


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data_set", metavar="DATASET", help="The data set, such as ffpp, or 'all'.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.datasets.download_help import DOWNLOADS, download_help

    names = tuple(DOWNLOADS) if options.data_set == "all" else (options.data_set,)
    sys.stdout.write("\n\n".join(download_help(name) for name in names))
    return 0

"""``fuse``: whether one score out of several detectors' is better than the best of them."""

import argparse
import sys
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "rows", type=Path, metavar="ROWS.csv", help="What 'evaluate --detector A,B --data ... --rows FILE' wrote."
    )
    parser.add_argument(
        "--fit",
        required=True,
        metavar="NAME[:SPLIT]",
        help="The set of the file that the regression is fitted on; all others are tested on.",
    )
    parser.add_argument("--seed", type=int, default=0, help="The seed of the folds (default 0).")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from forensiclab.core.errors import SettingsError
    from training.evaluation.fusion import fuse, fusion_markdown, read_scores

    sets = {videos.data: videos for videos in read_scores(options.rows)}
    if options.fit not in sets:
        raise SettingsError(f"{options.rows} has no set '{options.fit}'; it has {', '.join(sets)}.")
    tested = [videos for name, videos in sets.items() if name != options.fit]
    sys.stdout.write(fusion_markdown(fuse(sets[options.fit], tested, options.seed)))
    return 0

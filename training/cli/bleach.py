"""``bleach``: detectors without and with their bleach, as a table: the gain, and the false alarms beside it."""

import argparse
import sys

from training.cli.arguments import add_measured_sets, levels, names


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights",
        required=True,
        type=names,
        metavar="NAME[,NAME]",
        help="The bleaches: names of installed weights, folders with a card, or runs of 'train'.",
    )
    add_measured_sets(parser)
    parser.add_argument(
        "--compress",
        type=levels,
        default="crf:40",
        metavar="LEVEL[,LEVEL]",
        help="The levels to measure at (default crf:40, the paper's).",
    )
    parser.add_argument("--seed", type=int, default=0, help="The seed of the bootstrap intervals (default 0).")
    parser.add_argument("--device", default="auto", help="Where it is measured: auto (default), cpu or cuda.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.evaluation.bleach import effects_markdown, measure_bleaches
    from training.evaluation.detectors import open_for_evaluation
    from training.evaluation.folders import Measurement
    from training.evaluation.run import levels_of, open_sets

    rows = measure_bleaches(
        [open_for_evaluation(name, options.device) for name in options.weights],
        open_sets([Measurement.parse(text) for text in options.data], options.copy, (), None),
        levels_of(options.compress, options.copy),
        by_method=options.by == "method",
        seed=options.seed,
        device=options.device,
    )
    sys.stdout.write(effects_markdown(tuple(rows)))
    return 0

"""``figures``: the figures of the papers, from our own detectors and data."""

import argparse
import sys
from pathlib import Path

from training.cli.arguments import levels, names, positive


def add(parser: argparse.ArgumentParser) -> None:
    from training.plots import KINDS

    kinds = "; ".join(f"{name}: {kind.sentence}" for name, kind in KINDS.items())
    parser.add_argument("kind", metavar="KIND", choices=list(KINDS), help=f"What to draw. {kinds}.")
    parser.add_argument(
        "--detector",
        type=names,
        default=(),
        metavar="NAME[,NAME]",
        help="The detectors: names of installed weights, folders with a card, or runs of 'train'.",
    )
    parser.add_argument("--data", required=True, metavar="DIR[:SPLIT]", help="The folder of crops.")
    parser.add_argument(
        "--compress", type=levels, metavar="LEVEL[,LEVEL]", help="The levels; each figure has its own by default."
    )
    parser.add_argument(
        "--copy",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="A compressed copy of the data, so that its level is not encoded again; may be repeated.",
    )
    parser.add_argument(
        "--only-methods", type=names, default=(), metavar="A[,B]", help="Forgeries of these manipulations only."
    )
    parser.add_argument(
        "--sample", type=positive, help="The number of crops, half of them real; each figure has its own by default."
    )
    parser.add_argument("--seed", type=int, default=0, help="The seed of sample, layout and intervals (default 0).")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.png", help="The picture; a CSV lies beside it."
    )
    parser.add_argument("--device", default="auto", help="Where the detectors run: auto (default), cpu or cuda.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.evaluation.detectors import open_for_evaluation
    from training.evaluation.folders import Measurement
    from training.evaluation.run import open_sets
    from training.plots import KINDS
    from training.plots.model import PlotRequest, drawn, sampled

    kind = KINDS[options.kind]
    if kind.has_detector and not options.detector:
        sys.stderr.write(f"The figure '{options.kind}' needs --detector.\n")
        return 2
    if options.out.suffix.lower() != ".png":
        sys.stderr.write(f"--out must name a .png file, not '{options.out}'.\n")
        return 2
    (crops,) = open_sets([Measurement.parse(options.data)], options.copy, options.only_methods, None)
    used = options.detector if kind.has_detector else ()
    request = PlotRequest(
        detectors=tuple(open_for_evaluation(name, options.device) for name in used),
        crops=sampled(crops, options.sample or kind.sample, options.seed),
        levels=options.compress or kind.default_levels,
        seed=options.seed,
    )
    table = drawn(kind.draw, request).write(options.out)
    sys.stderr.write(f"The figure is {options.out}, its numbers are in {table}.\n")
    return 0

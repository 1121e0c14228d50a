"""``evaluate``: measure detectors on folders of crops.

A crop that cannot be read fails alone: its video is measured without it, and without any crop the video has failed.
Coverage is printed for every set and level; below 99 % of the videos the exit code is 1, after everything was written.
"""

import argparse
import sys
from pathlib import Path

from training.cli.arguments import add_measured_sets, levels, names


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--detector",
        required=True,
        type=names,
        metavar="NAME[,NAME]",
        help="The detectors: names of installed weights, folders with a card, or runs of 'train'.",
    )
    add_measured_sets(parser)
    parser.add_argument("--split", help="The split to measure on where --data names none; all crops without it.")
    parser.add_argument(
        "--compress",
        type=levels,
        default="clean",
        metavar="LEVEL[,LEVEL]",
        help="The levels to measure at, such as clean,jpeg:50,jpeg:20,crf:40,webp:50 (default clean).",
    )
    parser.add_argument(
        "--only-methods",
        type=names,
        default=(),
        metavar="A[,B]",
        help="Measure on forgeries of these manipulations only; all real crops stay.",
    )
    parser.add_argument(
        "--protocol",
        metavar="NAME",
        help="Measure on what this protocol tests on, such as gid_df_c23; an unknown name prints all of them.",
    )
    parser.add_argument("--json", metavar="FILE", help="Where the figures go; standard output without it or for '-'.")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="Where all figures go, with intervals and comparisons, as JSON."
    )
    parser.add_argument("--rows", type=Path, metavar="FILE", help="Where one row per video goes, as CSV.")
    parser.add_argument("--records", type=Path, metavar="DIR", help="Where evaluation records go, for 'tables'.")
    parser.add_argument("--seed", type=int, default=0, help="The seed of the bootstrap intervals (default 0).")
    parser.add_argument("--device", default="auto", help="Where the detectors run: auto (default), cpu or cuda.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.evaluation.detectors import open_for_evaluation
    from training.evaluation.folders import Measurement
    from training.evaluation.protocols import protocol
    from training.evaluation.records import write_records
    from training.evaluation.rows import NEEDED_COVERAGE, write_rows
    from training.evaluation.run import evaluate, levels_of, open_sets
    from training.evaluation.summary import write_details, write_summary

    chosen = protocol(options.protocol) if options.protocol else None
    data = [Measurement.parse(text, options.split) for text in options.data]
    sets = open_sets(data, options.copy, options.only_methods, chosen)
    detectors = [open_for_evaluation(name, options.device) for name in options.detector]
    for one in detectors:
        if chosen is not None:
            chosen.check_training(one.title, one.origin.train_methods)
    done = evaluate(
        detectors,
        sets,
        levels_of(options.compress, options.copy),
        by_method=options.by == "method" or (chosen is not None and chosen.by_method),
        seed=options.seed,
        command=options.command_line,
    )
    write_summary(done.result, Path(options.json) if options.json not in (None, "-") else None)
    if options.details is not None:
        write_details(done.result, options.details)
    if options.rows is not None:
        write_rows(done.rows, options.detector, options.rows)
    if options.records is not None:
        write_records(done.records, options.records)
    for sentence in done.not_measured:
        sys.stderr.write(f"{sentence}\n")
    for part in done.result.coverage:
        if not part.is_enough:
            where = options.rows or "--rows FILE"
            sys.stderr.write(
                f"Only {100 * part.share:.1f} % of the videos of {part.data} at {part.level} could be scored, less "
                f"than {100 * NEEDED_COVERAGE:.0f} %; {where} lists the others with their reasons.\n"
            )
    return 0 if done.is_complete else 1

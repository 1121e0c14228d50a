"""``compare``: train several recipes alike, measure them in one go, print the table."""

import argparse
import sys
from pathlib import Path

from forensiclab.core.files import write_whole
from training.cli.arguments import add_mixture, levels, positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--arm",
        action="append",
        required=True,
        metavar="[NAME=]METHOD:RECIPE[;FIELD=VALUE]",
        help="What is compared, such as 'l1=resnet18:l1;weak=clean'; given at least twice.",
    )
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops to train on.")
    parser.add_argument(
        "--copy", type=Path, action="append", default=[], metavar="DIR", help="A compressed copy; may be repeated."
    )
    add_mixture(parser)
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="A change of every recipe; may be repeated."
    )
    parser.add_argument("--start", type=Path, metavar="FILE", help="Starting weights, the same for all.")
    parser.add_argument("--seeds", default="1,2,3", metavar="N[,N]", help="The seeds (default 1,2,3).")
    parser.add_argument(
        "--test",
        action="append",
        default=[],
        metavar="DIR[:SPLIT]",
        help="Crops to measure on; may be repeated. Without it, what training holds out of its own crops decides.",
    )
    parser.add_argument(
        "--compress",
        type=levels,
        default="clean,crf:40",
        metavar="LEVEL[,LEVEL]",
        help="The levels to measure at (default clean,crf:40).",
    )
    parser.add_argument(
        "--test-copy", type=Path, action="append", default=[], metavar="DIR", help="A copy of the test crops."
    )
    parser.add_argument("--out", type=Path, required=True, help="The folder for runs, records and the table.")
    parser.add_argument("--device", default="auto", help="Where to train and measure: auto (default), cpu or cuda.")
    parser.add_argument("--workers", type=positive, default=1, help="Threads that make batches ahead (default 1).")
    parser.add_argument("--threads", type=positive, help="The number of threads that the network may use.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import torch

    from training.evaluation.detectors import open_for_evaluation
    from training.evaluation.folders import Measurement
    from training.evaluation.records import read_records, write_records
    from training.evaluation.run import evaluate, levels_of, open_sets
    from training.runs.arms import Arm, held_out_table, train_arms
    from training.runs.sources import RealSource
    from training.runs.training_run import TrainOptions
    from training.tables.render import side_by_side_markdown
    from training.tables.side_by_side import side_by_side

    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        seeds = [int(seed) for seed in options.seeds.split(",")]
    except ValueError:
        sys.stderr.write(f"--seeds takes whole numbers, not '{options.seeds}'.\n")
        return 2
    common = TrainOptions(
        method="",
        recipe="",
        data=options.data,
        copies=tuple(options.copy),
        reals=tuple(RealSource.parse(text) for text in options.reals),
        select_on=tuple(options.select_on),
        out=options.out,
        changes=tuple(options.set),
        start=options.start,
        only_methods=(),
        seed=0,
        device=options.device,
        devices=1,
        nodes=1,
        workers=options.workers,
        resume=False,
        max_minutes=None,
        command=options.command_line,
    )
    sets = open_sets([Measurement.parse(text) for text in options.test], options.test_copy, (), None)
    runs = train_arms([Arm.parse(text) for text in options.arm], seeds, common)
    if not sets:
        return _write(held_out_table(runs), options.out)
    detectors = [open_for_evaluation(str(run), options.device) for run in runs]
    done = evaluate(
        detectors,
        sets,
        levels_of(options.compress, options.test_copy),
        by_method=False,
        seed=0,
        command=options.command_line,
    )
    records = options.out / "records"
    write_records(done.records, records)
    _write(side_by_side_markdown(side_by_side(read_records(records))), options.out)
    return 0 if done.is_complete else 1


def _write(table: str, folder: Path) -> int:
    """Print the table, and keep it in ``comparison.md``."""
    write_whole(folder / "comparison.md", table)
    sys.stdout.write(table)
    return 0

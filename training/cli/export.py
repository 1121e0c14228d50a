"""``export``: from a run to weights with a card."""

import argparse
import sys
from pathlib import Path

from training.cli.arguments import levels


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="The folder of the run.")
    parser.add_argument("--name", required=True, help="The name of the weights, and of their folder.")
    parser.add_argument("--to", type=Path, help="Where the folder goes; the program's own weights by default.")
    parser.add_argument(
        "--calibrate",
        required=True,
        metavar="DIR[:SPLIT]",
        help="Held-out crops for calibration and the first figures.",
    )
    parser.add_argument(
        "--measure",
        action="append",
        default=[],
        metavar="DIR[:SPLIT]",
        help="More crops to measure on; may be repeated.",
    )
    parser.add_argument(
        "--compress",
        type=levels,
        default="clean,jpeg:50,jpeg:20,crf:40",
        metavar="LEVEL[,LEVEL]",
        help="The levels of the card's figures (default clean,jpeg:50,jpeg:20,crf:40).",
    )
    parser.add_argument("--weights-licence", default="Apache-2.0", help="The licence of the weights for the card.")
    parser.add_argument("--data-licence", required=True, help="The terms of the training data for the card.")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="SENTENCE", help="A known limit for the card; may be repeated."
    )
    parser.add_argument("--device", default="auto", help="Where it is measured: auto (default), cpu or cuda.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from forensiclab.detectors.weights import shipped_home
    from training.evaluation.export import ExportOptions, export
    from training.evaluation.folders import Measurement

    home = options.to or shipped_home()
    card = export(
        ExportOptions(
            run=options.run_folder,
            name=options.name,
            home=home,
            calibrate_on=Measurement.parse(options.calibrate),
            measure_on=tuple(Measurement.parse(text) for text in options.measure),
            levels=options.compress,
            weights_licence=options.weights_licence,
            data_licence=options.data_licence,
            known_limits=tuple(options.limit),
            device=options.device,
            command=options.command_line,
        )
    )
    for figure in card.figures:
        if figure.metric == "frame AUC":
            sys.stderr.write(
                f"{figure.data} at {figure.level}: frame AUC {figure.value:.3f} [{figure.ci_low:.3f}, "
                f"{figure.ci_high:.3f}], {figure.n_real} real and {figure.n_forged} forged crops\n"
            )
    sys.stderr.write(f"The weights and their card are in {home / options.name}.\n")
    return 0

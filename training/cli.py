"""The commands of training and their options."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import ForensicLabError, SettingsError


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
    _add_prepare(commands.add_parser("prepare", help="Make a compressed copy of a folder of face crops."))
    _add_train(commands.add_parser("train", help="Train a method on a folder of face crops."))
    _add_evaluate(commands.add_parser("evaluate", help="Measure detectors on a folder of face crops."))
    _add_margin(commands.add_parser("margin", help="Measure how tightly the crops of a folder were cut."))
    _add_export(commands.add_parser("export", help="Turn a run into weights with a calibrated, measured card."))
    return parser


def _add_margin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops.")
    parser.add_argument("--split", help="The split to measure; all crops without it.")
    parser.add_argument("--crops", type=_positive, default=120, help="How many real crops to look at (default 120).")
    parser.set_defaults(run=_margin)


def _margin(options: argparse.Namespace) -> int:
    from forensiclab.faces.finder import FaceFinder
    from training.data.crops import CropFolder
    from training.data.margin import measure_margin

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


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD", help="The method to train, such as meso_inception4.")
    parser.add_argument(
        "--data", type=Path, required=True, help="The folder of crops: index.csv and zip or loose files."
    )
    parser.add_argument("--compressed", type=Path, help="A compressed copy of the folder, made by 'prepare'.")
    parser.add_argument("--out", type=Path, required=True, help="The folder of the run, for checkpoints and logs.")
    parser.add_argument("--preset", default="recommended", help="The recipe: 'paper' or 'recommended' (default).")
    parser.add_argument("--steps", type=_positive, help="The number of steps over which the learning rate falls.")
    parser.add_argument("--batch-size", type=_positive, help="The number of crops in a batch; an even number.")
    parser.add_argument("--lr", type=float, help="The highest learning rate.")
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed", "16-mixed"), help="The precision of training.")
    parser.add_argument("--validate-every", type=_positive, help="The number of steps between two measurements.")
    parser.add_argument("--patience", type=_positive, help="Stop after so many measurements without a better one.")
    parser.add_argument("--forge-share", type=_share, help="The share of forgeries blended from the real crop itself.")
    parser.add_argument("--compressed-share", type=_share, help="The share of pairs taken from the compressed copy.")
    parser.add_argument("--seed", type=int, default=1, help="The seed of everything random (default 1).")
    parser.add_argument("--device", default="auto", help="Where to train: auto (default), cpu or cuda.")
    parser.add_argument("--devices", type=_positive, default=1, help="The number of devices (default 1).")
    parser.add_argument("--threads", type=_positive, help="The number of threads that the network may use.")
    parser.add_argument("--max-minutes", type=float, help="Stop cleanly after so many minutes; --resume goes on.")
    parser.add_argument("--resume", action="store_true", help="Continue the run in --out from its checkpoint.")
    parser.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    import torch

    from training.training_run import TrainOptions, run_training

    if options.threads:
        torch.set_num_threads(options.threads)
    if options.batch_size is not None and options.batch_size % 2:
        sys.stderr.write("--batch-size must be even: a batch holds pairs of a real crop and a forgery.\n")
        return 2
    changes: dict[str, Any] = {
        "steps": options.steps,
        "pairs_per_batch": options.batch_size and options.batch_size // 2,
        "learning_rate": options.lr,
        "precision": options.precision,
        "validate_every": options.validate_every,
        "patience": options.patience,
        "forge_share": options.forge_share,
        "compressed_share": options.compressed_share,
    }
    run_training(
        TrainOptions(
            method=options.method,
            preset=options.preset,
            data=options.data,
            compressed=options.compressed,
            out=options.out,
            changes={name: value for name, value in changes.items() if value is not None},
            seed=options.seed,
            device=options.device,
            devices=options.devices,
            resume=options.resume,
            max_minutes=options.max_minutes,
            command=options.command_line,
        )
    )
    return 0


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops to copy.")
    parser.add_argument(
        "--compress",
        required=True,
        metavar="LEVEL",
        help="The level, such as crf:40, or a range from which every clip draws its own, such as crf:23-45.",
    )
    parser.add_argument("--out", type=Path, required=True, help="The folder of the copy; a broken run is continued.")
    parser.add_argument("--split", help="Copy this split only.")
    parser.add_argument(
        "--jobs", type=_positive, default=1, help="The number of encoders at the same time (default 1)."
    )
    parser.set_defaults(run=_prepare)


def _prepare(options: argparse.Namespace) -> int:
    from training.data.crops import CropFolder
    from training.data.prepare import FAILURES_FILE, LevelRange, compress_folder

    levels = LevelRange.parse(options.compress)
    done = compress_folder(CropFolder(options.data), levels, options.out, split=options.split, jobs=options.jobs)
    sys.stderr.write(f"{done.made} crops were compressed, {done.kept} were there already.\n")
    if done.failures:
        sys.stderr.write(
            f"{len(done.failures)} crops could not be compressed; {options.out / FAILURES_FILE} lists them.\n"
        )
        return 1
    return 0


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--detector",
        required=True,
        metavar="NAME[,NAME]",
        help="The detectors: names of installed weights or folders with a card.",
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="The folder of crops: index.csv and zip or loose files."
    )
    parser.add_argument("--split", help="The split to measure on; all crops without it.")
    parser.add_argument(
        "--compress",
        type=_levels,
        default="clean",
        metavar="LEVEL[,LEVEL]",
        help="The levels to measure at, such as clean,jpeg:50,jpeg:20,crf:40,webp:50 (default clean).",
    )
    parser.add_argument("--json", metavar="FILE", help="Where the figures go; standard output without it or for '-'.")
    parser.add_argument("--seed", type=int, default=0, help="The seed of the bootstrap intervals (default 0).")
    parser.add_argument("--device", default="auto", help="Where the detectors run: auto (default), cpu or cuda.")
    parser.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from forensiclab.detectors.runtime import open_detector
    from training.data.crops import CropFolder
    from training.evaluation.evaluate import Figures, measure, score_levels, write_figures

    names = [name.strip() for name in options.detector.split(",") if name.strip()]
    folder = CropFolder(options.data)
    detectors = [open_detector(name, options.device) for name in names]
    results: dict[str, dict[str, Figures]] = {name: {} for name in names}
    for found in score_levels(detectors, folder, options.split, options.compress):
        for name, detector, scores in zip(names, detectors, found.scores, strict=True):
            figures = results[name][str(found.level)] = measure(detector.card, found, scores, options.seed)
            low, high = figures.frame_auc_ci
            sys.stderr.write(
                f"{name} at {found.level}: frame AUC {figures.frame_auc:.3f} [{low:.3f}, {high:.3f}], video AUC "
                f"{figures.video_auc:.3f}, EER {figures.eer:.3f}, ACC {figures.acc:.3f}, "
                f"{figures.n_real} real and {figures.n_forged} forged crops\n"
            )
    write_figures(results, Path(options.json) if options.json not in (None, "-") else None)
    return 0


def _add_export(parser: argparse.ArgumentParser) -> None:
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
        type=_levels,
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
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from forensiclab.detectors.weights import shipped_home
    from training.export import ExportOptions, Measurement, export

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


def _levels(text: str) -> tuple[CompressionLevel, ...]:
    try:
        levels = tuple(CompressionLevel.parse(level) for level in text.split(","))
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return tuple(dict.fromkeys(levels))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value

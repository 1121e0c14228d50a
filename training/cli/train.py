"""``train``: train a method on a folder of crops."""

import argparse
import sys
from pathlib import Path

from training.cli.arguments import add_mixture, names, positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD", help="The method to train, such as meso_inception4.")
    parser.add_argument(
        "--data", type=Path, required=True, help="The folder of crops: index.csv and zip or loose files."
    )
    parser.add_argument(
        "--copy",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="A compressed copy of the folder, made by 'compress'; may be repeated. Other levels are made on the fly.",
    )
    add_mixture(parser)
    parser.add_argument("--out", type=Path, required=True, help="The folder of the run, for checkpoints and logs.")
    parser.add_argument(
        "--recipe",
        default="recommended",
        help="The recipe: 'recommended' (default), 'paper', 'smoke' or a row of an ablation.",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="Another value for a field of the recipe, such as forge_share=0.3 or augment.jpeg=0; may be repeated.",
    )
    parser.add_argument(
        "--start", type=Path, metavar="FILE", help="Starting weights: safetensors with the names of timm or our own."
    )
    parser.add_argument(
        "--only-methods",
        type=names,
        default=(),
        metavar="A[,B]",
        help="Train on forgeries of these manipulations only.",
    )
    parser.add_argument("--steps", type=positive, help="The number of steps over which the learning rate falls.")
    parser.add_argument("--batch-size", type=positive, help="The number of crops in a batch; an even number.")
    parser.add_argument("--lr", type=float, help="The highest learning rate.")
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed", "16-mixed"), help="The precision of training.")
    parser.add_argument("--validate-every", type=positive, help="The number of steps between two measurements.")
    parser.add_argument("--patience", type=positive, help="Measurements without a better one after which to stop.")
    parser.add_argument("--seed", type=int, default=1, help="The seed of everything random (default 1).")
    parser.add_argument("--device", default="auto", help="Where to train: auto (default), cpu or cuda.")
    parser.add_argument("--devices", type=positive, default=1, help="The number of devices of a node (default 1).")
    parser.add_argument(
        "--nodes", type=positive, default=1, help="The number of nodes, under 'fabric run' (default 1)."
    )
    parser.add_argument(
        "--workers", type=positive, default=1, help="The number of threads that make batches (default 1)."
    )
    parser.add_argument("--threads", type=positive, help="The number of threads that the network may use.")
    parser.add_argument("--max-minutes", type=float, help="Minutes after which to stop cleanly; --resume goes on.")
    parser.add_argument("--resume", action="store_true", help="Continue the run in --out from its checkpoint.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import torch

    from training.runs.sources import RealSource
    from training.runs.training_run import TrainOptions, run_training

    if options.threads:
        torch.set_num_threads(options.threads)
    if options.batch_size is not None and options.batch_size % 2:
        sys.stderr.write("--batch-size must be even: a batch holds pairs of a real crop and a forgery.\n")
        return 2
    shortcuts = {
        "steps": options.steps,
        "pairs_per_batch": options.batch_size and options.batch_size // 2,
        "learning_rate": options.lr,
        "precision": options.precision,
        "validate_every": options.validate_every,
        "patience": options.patience,
    }
    changes = [f"{name}={value}" for name, value in shortcuts.items() if value is not None]
    run_training(
        TrainOptions(
            method=options.method,
            recipe=options.recipe,
            data=options.data,
            copies=tuple(options.copy),
            reals=tuple(RealSource.parse(text) for text in options.reals),
            select_on=tuple(options.select_on),
            out=options.out,
            changes=(*changes, *options.set),
            start=options.start,
            only_methods=options.only_methods,
            seed=options.seed,
            device=options.device,
            devices=options.devices,
            nodes=options.nodes,
            workers=options.workers,
            resume=options.resume,
            max_minutes=options.max_minutes,
            command=options.command_line,
        )
    )
    return 0

"""``forge``: forgeries with exact masks, made from real videos or crops alone."""

import argparse
import sys
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.cli.arguments import positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("real", type=Path, metavar="REAL", help="A folder of real videos, or of face crops.")
    parser.add_argument("--out", type=Path, required=True, help="The folder to write; a broken run is continued.")
    parser.add_argument(
        "--families",
        default="all",
        help="The kinds of forgeries, or all: self_blend, expression, face_swap, texture (default all).",
    )
    parser.add_argument(
        "--per-clip", type=positive, default=1, help="The forgeries of each kind, of every clip or crop (default 1)."
    )
    parser.add_argument("--seed", type=int, default=1, help="What everything is drawn from (default 1).")
    parser.add_argument(
        "--crf",
        type=_crfs,
        default=(23, 40),
        metavar="LEVELS",
        help="The levels of forged videos: x264 CRFs, or raw (default 23,40); crops are stored without loss.",
    )
    parser.add_argument("--jobs", type=positive, default=2, help="The number of clips at the same time (default 2).")
    parser.add_argument("--page", type=Path, metavar="FILE.png", help="Draw a page of examples as well.")
    parser.add_argument(
        "--examples", type=positive, default=6, help="The examples of each kind on the page (default 6)."
    )
    parser.set_defaults(run=_run)


def _crfs(text: str) -> tuple[int, ...]:
    """Read ``raw``, ``23,40`` as CRFs, each once; raw is 0."""
    try:
        crfs = tuple(0 if word.strip() == "raw" else int(word) for word in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of CRFs such as 23,40 or raw") from error
    if not all(0 <= crf <= 51 for crf in crfs):
        raise argparse.ArgumentTypeError(f"a CRF is from 0 to 51, which '{text}' is not")
    return tuple(dict.fromkeys(crfs))


def _run(options: argparse.Namespace) -> int:
    from forensiclab.forge.families import Family
    from training.datasets.crops import INDEX_FILE, CropFolder
    from training.datasets.shards import FAILURES_FILE
    from training.forge.clips import ForgeSettings, forge_clips
    from training.forge.crops import forge_crops
    from training.forge.page import examples_of, write_page

    words = list(Family) if options.families == "all" else options.families.split(",")
    settings = ForgeSettings(
        families=tuple(dict.fromkeys(Family.parse(word) for word in words)),
        per_clip=options.per_clip,
        seed=options.seed,
        crfs=options.crf,
        jobs=options.jobs,
    )
    if options.seed < 0:
        raise SettingsError(f"A seed is a whole number from 0 on, not {options.seed}.")
    if (options.real / INDEX_FILE).is_file():
        what, done = "crops", forge_crops(CropFolder(options.real), options.out, settings)
    else:
        what, done = "clips", forge_clips(options.real, options.out, settings)
    sys.stderr.write(f"{done.made} {what} were made, {done.kept} were there already.\n")
    if options.page is not None:
        title = f"Forgeries made from {options.real.name}, seed {options.seed}"
        write_page(options.page, title, examples_of(options.out, settings.families, settings.crfs, options.examples))
    if done.failures:
        sys.stderr.write(f"{len(done.failures)} failures; {options.out / FAILURES_FILE} lists them.\n")
        return 1
    return 0

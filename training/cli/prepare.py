"""``prepare``: from a data set's videos to folders of face crops."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from forensiclab.core.errors import SettingsError
from training.cli.arguments import positive

if TYPE_CHECKING:
    from training.datasets.manifest import VideoEntry


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data_set", metavar="DATASET", help="The data set: 'download-help all' shows which there are.")
    parser.add_argument("root", type=Path, metavar="ROOT", help="Its folder, laid out as it is handed out.")
    parser.add_argument("--out", type=Path, required=True, help="The folder of the crops; a broken run is continued.")
    parser.add_argument(
        "--compressions", type=_names, help="Only these, such as c23,c40; all that are there without it."
    )
    parser.add_argument(
        "--methods", type=_names, help="Only these manipulations beside the real videos; 'real' = real videos alone."
    )
    parser.add_argument("--split", type=_names, help="Only these splits, such as train,val.")
    parser.add_argument("--splits", type=Path, metavar="FOLDER", help="The official lists, where ROOT lacks them.")
    parser.add_argument(
        "--manifest", type=Path, metavar="FILE", help="A list that --manifest-only wrote, perhaps changed, to go by."
    )
    parser.add_argument("--manifest-only", action="store_true", help="Write the list of videos, and no crops.")
    parser.add_argument("--frames", type=positive, default=32, help="The most frames of a video (default 32).")
    parser.add_argument(
        "--margin", type=_margin, default=1.3, help="The side of a crop over that of the face's box (default 1.3)."
    )
    parser.add_argument(
        "--size", type=_size, default=0, metavar="PX", help="The side of the crops; 0 (default) = not resized."
    )
    parser.add_argument("--seed", type=int, default=1, help="The seed of what is drawn: times, val (default 1).")
    parser.add_argument("--jobs", type=positive, default=2, help="The number of processes (default 2).")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.datasets.adapters import REAL_ONLY, ListingOptions, list_videos, select
    from training.datasets.manifest import MANIFEST_FILE, Medium, check_manifest, read_manifest, write_manifest

    if options.manifest is not None:
        entries = read_manifest(options.manifest)
        if strange := {entry.data_set for entry in entries} - {options.data_set}:
            raise SettingsError(f"{options.manifest} lists videos of {', '.join(sorted(strange))}.")
    else:
        listing = list_videos(options.data_set, options.root, ListingOptions(splits=options.splits, seed=options.seed))
        entries = listing.entries
        for note in listing.notes:
            sys.stderr.write(f"{note}\n")
    entries = select(entries, compressions=options.compressions, methods=options.methods, splits=options.split)
    for note in check_manifest(entries, is_one_class_wanted=options.methods == (REAL_ONLY,)):
        sys.stderr.write(f"{note}\n")
    forged = sum(entry.label for entry in entries)
    sys.stderr.write(f"The list has {len(entries) - forged} real and {forged} forged files.\n")
    if options.manifest_only:
        write_manifest(entries, options.out / MANIFEST_FILE)
        return 0
    if entries[0].medium is Medium.CROP:
        return _copy(options, entries)
    return _prepare(options, entries)


def _prepare(options: argparse.Namespace, entries: Sequence["VideoEntry"]) -> int:
    from training.preparation.face_crops import CropSettings
    from training.preparation.prepare import NOTES_FILE, prepare

    settings = CropSettings(frames=options.frames, margin=options.margin, size_px=options.size, seed=options.seed)
    done = prepare(entries, options.root, options.out, settings, jobs=options.jobs)
    for folder in done.folders:
        sys.stderr.write(f"{folder} is a folder of crops.\n")
        _find_meshes(folder, options.jobs)
    sys.stderr.write(
        f"{done.real} real and {done.forged} forged crops; {done.made} originals with their forgeries were prepared, "
        f"{done.kept} had been.\n"
    )
    if done.notes:
        sys.stderr.write(f"{len(done.notes)} notes on what was used all the same: {options.out / NOTES_FILE}.\n")
    return _exit_code(options, len(done.failures))


def _copy(options: argparse.Namespace, entries: Sequence["VideoEntry"]) -> int:
    from training.datasets.adapters.dfdc_faces import copy_with_masks

    done = copy_with_masks(entries, options.root, options.out, jobs=options.jobs)
    sys.stderr.write(
        f"{done.crops} crops were copied as they are; {done.masks} of the {done.aligned} forgeries that show the frame "
        "of their original got a mask.\n"
    )
    _find_meshes(options.out, options.jobs)
    return _exit_code(options, len(done.failures))


def _find_meshes(folder: Path, jobs: int) -> None:
    from forensiclab.faces.mesh import MeshFinder
    from training.datasets.crops import CropFolder
    from training.datasets.mesh import SURE_SCORE, store_meshes

    done = store_meshes(CropFolder(folder), MeshFinder(), jobs=jobs)
    sys.stderr.write(f"{done.sure} of {done.crops} crops have a mesh with a score of at least {SURE_SCORE:g}.\n")


def _exit_code(options: argparse.Namespace, failures: int) -> int:
    from training.datasets.shards import FAILURES_FILE

    if failures:
        sys.stderr.write(f"{failures} failures; {options.out / FAILURES_FILE} lists them.\n")
    return 1 if failures else 0


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _size(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is not 0 or a number of pixels")
    return value


def _margin(text: str) -> float:
    value = float(text)
    if not 0.5 <= value <= 4:
        raise argparse.ArgumentTypeError(f"{text} is not between 0.5 and 4")
    return value

"""``mesh``: the meshes of a folder's faces."""

import argparse
import sys
from pathlib import Path

from training.cli.arguments import positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, nargs="+", metavar="DIR", help="The folders of crops.")
    parser.add_argument("--jobs", type=positive, default=2, help="The number of crops at the same time (default 2).")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from forensiclab.faces.mesh import MeshFinder
    from training.datasets.crops import MESH_FILE, CropFolder
    from training.datasets.mesh import SURE_SCORE, MeshTable, store_meshes

    finder, failures = MeshFinder(), 0
    for path in options.data:
        folder = CropFolder(path)
        done = store_meshes(folder, finder, jobs=options.jobs)
        for name, reason in done.failures:
            sys.stderr.write(f"{name}: {reason}\n")
        failures += len(done.failures)
        framing = MeshTable(path / MESH_FILE).framing([entry for entry in folder.entries if entry.label == 0])
        sys.stdout.write(
            f"{path}: {done.crops} meshes, {done.sure} with a score of at least {SURE_SCORE:g}; the side of a crop is "
            f"{framing.side_over_mesh:.2f} times that of its mesh (median of the real ones)\n"
        )
    return 1 if failures else 0

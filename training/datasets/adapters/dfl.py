"""Pairs of clips with a DeepFaceLab or DeepFaceLive swap: the same scene as recorded and swapped, frame by frame."""

import csv
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.manifest import VideoEntry

DATA_SET = "dfl"
_SPLITS = {"select": "val", "report": "test", "none": None}
"""What ``use`` stands for: weights may be selected on ``val``; ``test`` is only reported."""


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List the clips of ``index.csv`` (path, label, manipulation, pair, use).

    Raises:
        SettingsError: There is no such index, or a line of it cannot be used.
    """
    path = root / "index.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The index {path} cannot be read: {error}.") from error
    for number, row in enumerate(rows, start=2):
        if not row.get("path") or row.get("label") not in ("0", "1") or row.get("use") not in _SPLITS:
            known = ", ".join(_SPLITS)
            raise SettingsError(f"Line {number} of {path} needs a path, a label 0 or 1, and a use ({known}).")
    reals = {row["pair"] for row in rows if row["label"] == "0"}
    return Listing(
        entries=tuple(
            VideoEntry(
                data_set=DATA_SET,
                method=(row["manipulation"] or None) if row["label"] == "1" else None,
                compression=None,
                id=Path(row["path"]).stem,
                label=int(row["label"]),
                original=row["pair"] if row["label"] == "1" and row["pair"] in reals else None,
                source=row["pair"] or Path(row["path"]).stem,
                split=_SPLITS[row["use"]],
                path=row["path"],
                mask=None,
            )
            for row in rows
        )
    )

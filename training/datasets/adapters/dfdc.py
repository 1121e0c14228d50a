"""The DeepFake Detection Challenge (DFDC) and its preview."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import count_of, with_drawn_val
from training.datasets.manifest import VideoEntry

DATA_SET, PREVIEW = "dfdc", "dfdc_preview"
METADATA_FILE, LABELS_FILE, PREVIEW_FILE = "metadata.json", "labels.csv", "dataset.json"
_MIN_PARTS = 10
"""From this number of training parts on, val is made of whole parts, which share no people."""
_SPLIT_FOLDERS = {"test": "test", "test_videos": "test", "validation": "val", "val": "val"}


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List every part: a folder of videos with a ``metadata.json`` (``label``, ``original``) or a ``labels.csv``.

    Parts below a folder ``test`` or ``validation`` are for that; the others (``dfdc_train_part_N``) are for training,
    and where there is no validation part, val is drawn from them: whole parts, which share no people, or whole
    originals with their forgeries where there are fewer than ten parts. The manipulation is not published.

    Raises:
        SettingsError: There is no list, or one cannot be read.
    """
    tables = [
        table
        for table in sorted((*root.rglob(METADATA_FILE), *root.rglob(LABELS_FILE)))
        if table.name == METADATA_FILE or not (table.parent / METADATA_FILE).is_file()
    ]
    if not tables:
        raise SettingsError(
            f"No {METADATA_FILE} or {LABELS_FILE} was found in {root}: each part of DFDC comes with one beside its "
            "videos, and without it nobody knows which are forged."
        )
    split_of = {table: _split_of(table.parent.relative_to(root)) for table in tables}
    is_by_part = sum(split == "train" for split in split_of.values()) >= _MIN_PARTS
    entries: list[VideoEntry] = []
    absent = 0
    for table in tables:
        for file_name, label, original in _rows(table):
            path = next(filter(Path.is_file, (table.parent / file_name, table.parent / "videos" / file_name)), None)
            if path is None:
                absent += 1
                continue
            clip = original or path.stem
            entries.append(
                VideoEntry(
                    data_set=DATA_SET,
                    method=None,
                    compression=None,
                    id=path.stem,
                    label=label,
                    original=original,
                    source=table.parent.name if is_by_part else clip,
                    split=split_of[table],
                    path=path.relative_to(root).as_posix(),
                    mask=None,
                )
            )
    return _with_val(entries, absent, options.seed)


def list_preview(root: Path, options: ListingOptions) -> Listing:
    """List the preview by its ``dataset.json``: file -> ``label`` (real, fake), ``set`` (train, test), ``target_id``.

    The first folder of a file (``original_videos``, ``method_A``, ``method_B``) is its manipulation. Which video a
    forgery was made from is not published, only of whom (``target_id``); val is drawn from the training videos by that
    person.

    Raises:
        SettingsError: The list is missing or cannot be read.
    """
    table = (options.splits or root) / PREVIEW_FILE
    if not table.is_file():
        raise SettingsError(
            f"The DFDC preview is labelled and split by {PREVIEW_FILE}, and {table} is missing: it comes with the "
            "videos; copy it there, or name its folder with --splits."
        )
    entries: list[VideoEntry] = []
    absent = 0
    for file_name, row in _json_rows(table):
        label, split = _text(row, "label").lower(), _text(row, "set").lower()
        if label not in ("real", "fake") or split not in ("train", "test"):
            raise SettingsError(f"'{file_name}' in {table} needs a label real or fake and a set train or test.")
        first, *rest = Path(file_name).parts
        # As handed out, and with the folder 'videos' that some preparation scripts put in.
        path = next(filter(Path.is_file, (root / file_name, root.joinpath(first, "videos", *rest))), None)
        if path is None:
            absent += 1
            continue
        entries.append(
            VideoEntry(
                data_set=PREVIEW,
                method=first if label == "fake" else None,
                compression=None,
                id="_".join((*rest[:-1], path.stem)),
                label=int(label == "fake"),
                original=None,
                source=_text(row, "target_id") or (rest[0] if len(rest) > 1 else path.stem),
                split=split,
                path=path.relative_to(root).as_posix(),
                mask=None,
            )
        )
    return _with_val(entries, absent, options.seed)


def _with_val(entries: list[VideoEntry], absent: int, seed: int) -> Listing:
    notes = (f"{count_of(absent, 'listed video')} not on this disk.",) if absent else ()
    splits = {entry.split for entry in entries}
    if "train" not in splits or "val" in splits:
        return Listing(entries=tuple(entries), notes=notes)
    moved, note = with_drawn_val(entries, seed)
    return Listing(entries=moved, notes=(note, *notes))


def _split_of(part: Path) -> str:
    return next((_SPLIT_FOLDERS[name.lower()] for name in part.parts if name.lower() in _SPLIT_FOLDERS), "train")


def _rows(table: Path) -> Iterator[tuple[str, int, str | None]]:
    """Yield (file name, label, id of the original) of every listed video."""
    if table.name == LABELS_FILE:
        yield from _csv_rows(table)
        return
    for file_name, row in _json_rows(table):
        label = {"REAL": 0, "FAKE": 1, "0": 0, "1": 1}.get((_text(row, "label") or _text(row, "is_fake")).upper())
        if label is None:
            raise SettingsError(f"'{file_name}' in {table} has no label REAL or FAKE.")
        original = _text(row, "original")
        yield file_name, label, Path(original).stem if label and original else None


def _csv_rows(table: Path) -> Iterator[tuple[str, int, str | None]]:
    try:
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row.get("label") not in ("0", "1") or not row.get("filename"):
                    raise SettingsError(f"{table} needs the columns filename and label (0 real, 1 forged).")
                yield row["filename"], int(row["label"]), None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The labels {table} cannot be read: {error}.") from error


def _json_rows(table: Path) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        content = json.loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The list {table} cannot be read: {error}.") from error
    if not isinstance(content, dict) or not all(isinstance(row, dict) for row in content.values()):
        raise SettingsError(f"{table} is not a list of videos with their labels.")
    yield from sorted(content.items())


def _text(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)

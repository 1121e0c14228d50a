"""Plain folders of real and forged videos or pictures."""

from collections.abc import Iterator
from pathlib import Path

from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import original_by_name, subfolder, videos_in, with_drawn_val
from training.datasets.manifest import SPLITS, VideoEntry

DATA_SET = "folders"


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``real/`` and ``forged/`` (or ``fake/``), perhaps below ``train/``, ``val/`` and ``test/``.

    Videos and pictures count. Folders inside ``forged`` name the manipulation, folders inside ``real`` nothing. A
    forgery belongs to the real video whose name its own begins with. Without folders of splits everything is for
    training, and val is drawn from it by the real video.
    """
    split_folders = [(split, folder) for split in SPLITS if (folder := subfolder(root, split)) is not None]
    entries = [
        entry
        for split, folder in split_folders or [("train", root)]
        for entry in _entries(root, folder, split, f"{split}_" if split_folders else "")
    ]
    has_val = any(entry.split == "val" for entry in entries)
    if has_val or not any(entry.split == "train" for entry in entries):
        return Listing(entries=tuple(entries))
    moved, note = with_drawn_val(entries, options.seed)
    return Listing(entries=moved, notes=(note,))


def _entries(root: Path, folder: Path, split: str, prefix: str) -> Iterator[VideoEntry]:
    real, forged = subfolder(folder, "real"), subfolder(folder, "forged", "fake")
    originals: dict[str, str] = {}
    for label, top in ((0, real), (1, forged)):
        for path in _files(top) if top is not None else ():
            inside = [name for name in path.relative_to(top or folder).parts[:-1] if name.lower() != "videos"]
            name = prefix + "_".join((*(inside if not label else inside[1:]), path.stem))
            if not label:
                originals[path.stem] = name
            original = original_by_name(path.stem, originals) if label else None
            yield VideoEntry(
                data_set=DATA_SET,
                method=inside[0] if label and inside else None,
                compression=None,
                id=name,
                label=label,
                original=originals[original] if original else None,
                source=originals[original] if original else name,
                split=split,
                path=path.relative_to(root).as_posix(),
                mask=None,
            )


def _files(folder: Path) -> tuple[Path, ...]:
    """List videos and pictures of a folder and of all folders below it."""
    below = (path for path in sorted(folder.iterdir()) if path.is_dir() and path.name.lower() != "videos")
    return (*videos_in(folder, with_pictures=True), *(file for inner in below for file in _files(inner)))

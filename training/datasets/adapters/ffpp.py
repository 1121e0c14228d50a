"""FaceForensics++: its official folders, masks and lists of pairs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import compression_folders, count_of, subfolder, videos_in
from training.datasets.manifest import SPLITS, VideoEntry

DATA_SET = "ffpp"
ACTORS_METHOD = "DeepFakeDetection"
"""Lies in the same tree, but belongs to the data set ``dfd``."""
_OFFICIAL_PAIRS = {"train": 360, "val": 70, "test": 70}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeVideo:
    """A video in the tree that FaceForensics++ and DFD share."""

    method: str | None
    compression: str
    path: Path


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``original_sequences/youtube/<c>/videos/A.mp4`` and ``manipulated_sequences/<M>/<c>/videos/A_B.mp4``.

    A forgery A_B is A's video with B's face or expression; it belongs to the split of its pair and is left out where
    the lists don't know the pair.

    Raises:
        SettingsError: One of the official lists is missing or cannot be used.
    """
    pairs = read_pairs(options.splits or root / "splits")
    split_of = {name: split for split, listed in pairs.items() for pair in listed for name in pair}
    source_of = {name: "_".join(sorted(pair)) for listed in pairs.values() for pair in listed for name in pair}
    both = {frozenset(pair) for listed in pairs.values() for pair in listed}
    found = tuple(tree_videos(root, "youtube"))
    originals = {video.path.stem for video in found if video.method is None}
    entries = []
    unlisted = 0
    for video in found:
        name = video.path.stem
        people = tuple(name.split("_"))
        target = people[0]
        if target not in split_of or (video.method is not None and frozenset(people) not in both):
            unlisted += 1
            continue
        entries.append(
            VideoEntry(
                data_set=DATA_SET,
                method=video.method,
                compression=video.compression,
                id=name,
                label=int(video.method is not None),
                original=target if video.method is not None and target in originals else None,
                source=source_of[target],
                split=split_of[target],
                path=video.path.relative_to(root).as_posix(),
                mask=mask_path(root, video),
            )
        )
    notes = [f"{count_of(unlisted, 'video')} of no pair in the lists left out."] if unlisted else []
    if {split: len(listed) for split, listed in pairs.items()} != _OFFICIAL_PAIRS:
        counts = "/".join(str(len(pairs[split])) for split in SPLITS)
        notes.append(f"The lists name {counts} pairs for train/val/test; the official ones name 360/70/70.")
    return Listing(entries=tuple(entries), notes=(*notes, *mask_notes(entries)))


def read_pairs(folder: Path) -> dict[str, tuple[tuple[str, str], ...]]:
    """Read ``train.json``, ``val.json`` and ``test.json``: lists of pairs of ids.

    Raises:
        SettingsError: One is missing, is not a list of pairs, or names a video that another one names too.
    """
    pairs = {split: _read_list(folder / f"{split}.json") for split in SPLITS}
    seen: dict[str, str] = {}
    for split, listed in pairs.items():
        for name in {name for pair in listed for name in pair}:
            if name in seen:
                raise SettingsError(f"The lists in {folder} name the video {name} in both {seen[name]} and {split}.")
            seen[name] = split
    return pairs


def tree_videos(root: Path, originals: str) -> Iterator[TreeVideo]:
    """Yield the videos of the tree: those under ``original_sequences/<originals>``, then every manipulation's.

    With ``youtube`` these are FaceForensics++'s own, with ``actors`` those of DFD.
    """
    real, forged = subfolder(root, "original_sequences"), subfolder(root, "manipulated_sequences")
    folders: list[tuple[str | None, Path]] = []
    if real is not None:
        folders.append((None, real / originals))
    if forged is not None:
        is_actors = originals == "actors"
        methods = sorted(path for path in forged.iterdir() if path.is_dir())
        folders += [(path.name, path) for path in methods if (path.name == ACTORS_METHOD) == is_actors]
    for method, folder in folders:
        for compression, inner in compression_folders(folder):
            for path in videos_in(inner):
                yield TreeVideo(method=method, compression=compression, path=path)


def mask_path(root: Path, video: TreeVideo) -> str | None:
    """Return the mask of a forged video below ``root``, where there is one."""
    folder = subfolder(root, "manipulated_sequences")
    if video.method is None or folder is None:
        return None
    masks = folder / video.method / "masks"
    for path in (masks / "videos" / video.path.name, masks / video.path.name):
        if path.is_file():
            return path.relative_to(root).as_posix()
    return None


def mask_notes(entries: list[VideoEntry]) -> tuple[str, ...]:
    """Say in a sentence which forged videos have no mask, if any."""
    forged = {(entry.method, entry.id): entry.mask for entry in entries if entry.label == 1}
    without = [method for (method, _), mask in forged.items() if mask is None]
    if not without:
        return ()
    names = ", ".join(sorted({str(method) for method in without}))
    return (f"No mask for {len(without)} of {count_of(len(forged), 'forged video')} ({names}): nor for their crops.",)


def _read_list(path: Path) -> tuple[tuple[str, str], ...]:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"FaceForensics++ is split by its official lists of pairs, and {path} is missing: copy train.json, "
            "val.json and test.json from dataset/splits of https://github.com/ondyari/FaceForensics there, or name "
            "their folder with --splits."
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"The list of pairs {path} cannot be read: {error}.") from error
    is_pairs = isinstance(listed, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair) for pair in listed
    )
    if not is_pairs or not listed:
        raise SettingsError(f'{path} is not a list of pairs such as [["071", "054"], ["087", "081"]].')
    return tuple((first, second) for first, second in listed)

"""Celeb-DF-v2: celebrities on YouTube and face swaps among them."""

import re
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import count_of, subfolder, videos_in, with_drawn_val
from training.datasets.manifest import VideoEntry

DATA_SET = "celeb_df"
LIST_FILE = "List_of_testing_videos.txt"
_FOLDERS = (("Celeb-real", 0), ("YouTube-real", 0), ("Celeb-synthesis", 1))


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``Celeb-real``, ``YouTube-real`` and ``Celeb-synthesis``, each with or without a folder ``videos`` inside.

    A forgery ``id0_id1_0000`` is the video ``id0_0000`` with the face of id1. The official list says what is for
    testing; in it 1 means real, but the folder is what a label is taken from. The rest is for training, and val is
    drawn from it by the person in the video, so that a forgery stays with its original. As in the official list, faces
    of people of one split are swapped into videos of another.

    Raises:
        SettingsError: The list is missing or cannot be used.
    """
    tested, contradicted = _read_list(options.splits or root)
    entries = []
    for folder_name, label in _FOLDERS:
        folder = subfolder(root, folder_name)
        videos = videos_in(folder) if folder is not None else ()
        for path in videos:
            name = path.stem
            target = re.fullmatch(r"(id\d+)(?:_id\d+)?_(\d+)", name)
            entries.append(
                VideoEntry(
                    data_set=DATA_SET,
                    method=folder_name if label else None,
                    compression=None,
                    id=name,
                    label=label,
                    original=f"{target[1]}_{target[2]}" if label and target else None,
                    source=target[1] if target else name,
                    split="test" if (folder_name, path.name) in tested else "train",
                    path=path.relative_to(root).as_posix(),
                    mask=None,
                )
            )
    moved, note = with_drawn_val(entries, options.seed)
    notes = [note]
    absent = len(tested) - sum(entry.split == "test" for entry in entries)
    if absent:
        notes.append(f"{count_of(absent, 'video')} of the test list ({len(tested)}) not on this disk.")
    if contradicted:
        notes.append(
            f"{count_of(contradicted, 'label')} of the test list contradicted by the folder, which was believed."
        )
    return Listing(entries=moved, notes=tuple(notes))


def _read_list(folder: Path) -> tuple[frozenset[tuple[str, str]], int]:
    """Return the test videos as (folder, file), and how many of the list's labels contradict the folder."""
    path = folder / LIST_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise SettingsError(
            f"Celeb-DF is split by its official test list, and {path} is missing: it comes with the videos; copy it "
            "there, or name its folder with --splits."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The test list {path} cannot be read: {error}.") from error
    label_of = dict(_FOLDERS)
    listed = set()
    contradicted = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([01])\s+([^/]+)/(?:.*/)?([^/]+)", line.strip())
        folder_name = next((name for name in label_of if match and name.lower() == match[2].lower()), None)
        if match is None or folder_name is None:
            raise SettingsError(
                f"Line {number} of {path} is not a label and a video such as '1 YouTube-real/00170.mp4'."
            )
        listed.add((folder_name, match[3]))
        contradicted += int(match[1]) != 1 - label_of[folder_name]
    return frozenset(listed), contradicted

"""WildDeepfake: face sequences from the internet, cut out already."""

from pathlib import Path

from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import subfolder, with_drawn_val
from training.datasets.manifest import Medium, VideoEntry

DATA_SET = "wild_deepfake"
_ARCHIVE = ".tar.gz"


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``real_train``, ``fake_train``, ``real_test`` and ``fake_test``: archives ``N.tar.gz``, one per video.

    Archives that were unpacked to a folder ``N`` are taken too. Each holds folders of pictures, a face sequence each,
    which are stored as they are: nobody can widen them. Val is drawn from the training videos.
    """
    folder = subfolder(root, "deepfake_in_the_wild") or root
    entries = []
    for label, word in ((0, "real"), (1, "fake")):
        for split in ("train", "test"):
            part = subfolder(folder, f"{word}_{split}")
            for path in _videos(part) if part is not None else ():
                name = f"{split}_{path.name.removesuffix(_ARCHIVE)}"
                entries.append(
                    VideoEntry(
                        data_set=DATA_SET,
                        method=None,
                        compression=None,
                        id=name,
                        label=label,
                        original=None,
                        source=f"{word}_{name}",
                        split=split,
                        path=path.relative_to(root).as_posix(),
                        mask=None,
                        medium=Medium.FACES,
                    )
                )
    if not any(entry.split == "train" for entry in entries):
        return Listing(entries=tuple(entries))
    moved, note = with_drawn_val(entries, options.seed)
    return Listing(entries=moved, notes=(note,))


def _videos(part: Path) -> list[Path]:
    """List archives, and folders that no archive stands for."""
    archives = [path for path in part.iterdir() if path.is_file() and path.name.endswith(_ARCHIVE)]
    packed = {path.name.removesuffix(_ARCHIVE) for path in archives}
    unpacked = [path for path in part.iterdir() if path.is_dir() and path.name not in packed]
    return sorted((*archives, *unpacked))

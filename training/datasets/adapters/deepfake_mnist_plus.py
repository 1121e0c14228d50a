"""DeepfakeMnist+: real portraits of VoxCeleb and animations of them."""

import re
from dataclasses import replace
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.tree import count_of, draw_sources, original_by_name, subfolder, videos_in
from training.datasets.manifest import VideoEntry

DATA_SET = "deepfake_mnist_plus"
_TEST_SHARE, _VAL_SHARE = 0.1, 0.1
_SPEAKER = re.compile(r"id\d{5}")


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``real/`` and ``fake/<action>/``.

    The set is published without a layout or lists: this one is ours. A forgery belongs to the real video whose name its
    own begins with. Train, val and test are drawn with the seed by what videos have in common: the VoxCeleb speaker
    (``id10001``) where the names tell, else the real video.

    Raises:
        SettingsError: One of the two folders is missing.
    """
    real, fake = subfolder(root, "real"), subfolder(root, "fake", "forged")
    if real is None or fake is None:
        raise SettingsError(f"{root} needs the folders 'real' and 'fake' with a folder for each action in the latter.")
    originals = {path.stem: path for path in videos_in(real)}
    found: list[tuple[str | None, Path]] = [(None, path) for path in originals.values()]
    for action in sorted(path for path in fake.iterdir() if path.is_dir()):
        found += [(action.name, path) for path in videos_in(action)]
    entries = []
    for method, path in found:
        name = path.stem
        original = original_by_name(name, originals) if method else None
        speaker = _SPEAKER.search(name)
        entries.append(
            VideoEntry(
                data_set=DATA_SET,
                method=method,
                compression=None,
                id=name,
                label=int(method is not None),
                original=original,
                source=speaker[0] if speaker else original or name,
                split=None,
                path=path.relative_to(root).as_posix(),
                mask=None,
            )
        )
    test = draw_sources([entry.source for entry in entries], _TEST_SHARE, options.seed)
    others = [entry.source for entry in entries if entry.source not in test]
    val = draw_sources(others, _VAL_SHARE / (1 - _TEST_SHARE), options.seed)
    split = [
        replace(entry, split="test" if entry.source in test else "val" if entry.source in val else "train")
        for entry in entries
    ]
    orphans = sum(entry.label == 1 and entry.original is None for entry in entries)
    notes = [
        f"DeepfakeMnist+ has no official split: train, val and test were drawn by source with seed {options.seed}."
    ]
    if orphans:
        notes.append(f"{count_of(orphans, 'forged video')} whose name begins with that of no real one.")
    return Listing(entries=tuple(split), notes=tuple(notes))

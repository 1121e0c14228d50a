"""DeepFakeDetection (DFD): actors filmed by Google, in the tree of FaceForensics++."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training.datasets.adapters import Listing, ListingOptions
from training.datasets.adapters.ffpp import mask_notes, mask_path, tree_videos
from training.datasets.adapters.tree import count_of, draw_sources
from training.datasets.manifest import VideoEntry

DATA_SET = "dfd"
_TEST_SHARE, _VAL_SHARE = 0.2, 0.1
"""Of the actors."""


def list_videos(root: Path, options: ListingOptions) -> Listing:
    """List ``original_sequences/actors`` (``01__scene``) and ``DeepFakeDetection`` (``01_02__scene__ABCDEFGH``).

    A forgery shows two actors: the first in the scene, with the second's face. The set has no official split: actors
    are drawn for test, val and train by the seed, and a forgery of two actors of different splits is in none, because
    one of its faces would be known already. It is still prepared where no split is asked for, as when the whole set
    serves to measure what was trained on another.
    """
    entries = []
    videos = tuple(tree_videos(root, "actors"))
    originals = {video.path.stem for video in videos if video.method is None}
    for video in videos:
        actors, _, rest = video.path.stem.partition("__")
        target = actors.partition("_")[0]
        original = f"{target}__{rest.partition('__')[0]}"
        entries.append(
            VideoEntry(
                data_set=DATA_SET,
                method=video.method,
                compression=video.compression,
                id=video.path.stem,
                label=int(video.method is not None),
                original=original if video.method is not None and original in originals else None,
                source=target,
                split=None,
                path=video.path.relative_to(root).as_posix(),
                mask=mask_path(root, video),
            )
        )
    placed, note = _split_by_actor(entries, options.seed)
    return Listing(entries=tuple(placed), notes=(note, *mask_notes(placed)))


def _split_by_actor(entries: Sequence[VideoEntry], seed: int) -> tuple[list[VideoEntry], str]:
    actors = sorted({actor for entry in entries for actor in _actors(entry)})
    test = draw_sources(actors, _TEST_SHARE, seed)
    val = draw_sources([actor for actor in actors if actor not in test], _VAL_SHARE, seed)
    split_of = {actor: "test" if actor in test else "val" if actor in val else "train" for actor in actors}
    result = []
    for entry in entries:
        splits = {split_of[actor] for actor in _actors(entry)}
        result.append(replace(entry, split=splits.pop() if len(splits) == 1 else None))
    between = sum(entry.split is None for entry in result)
    return result, (
        f"DFD has no official split: of {count_of(len(actors), 'actor')} {len(test)} were drawn for test and "
        f"{len(val)} for val with seed {seed}; {count_of(between, 'forged video')} of actors of two splits in none."
    )


def _actors(entry: VideoEntry) -> list[str]:
    return entry.id.partition("__")[0].split("_")

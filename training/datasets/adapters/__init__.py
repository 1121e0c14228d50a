"""One adapter per data set: each lists the videos of a folder in the layout in which the set is handed out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.datasets.manifest import VideoEntry

ADAPTERS = {
    "ffpp": "training.datasets.adapters.ffpp:list_videos",
    "celeb_df": "training.datasets.adapters.celeb_df:list_videos",
    "dfdc": "training.datasets.adapters.dfdc:list_videos",
    "dfdc_preview": "training.datasets.adapters.dfdc:list_preview",
    "dfd": "training.datasets.adapters.dfd:list_videos",
    "wild_deepfake": "training.datasets.adapters.wild_deepfake:list_videos",
    "deepfake_mnist_plus": "training.datasets.adapters.deepfake_mnist_plus:list_videos",
    "dfl": "training.datasets.adapters.dfl:list_videos",
    "folders": "training.datasets.adapters.folders:list_videos",
    "dfdc_faces": "training.datasets.adapters.dfdc_faces:list_crops",
}
"""Data set -> ``module:function``; a module is imported when its set is asked for."""

REAL_ONLY = "real"
"""As the only method: the real videos alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingOptions:
    """What an adapter may need beside the folder."""

    splits: Path | None = None
    """Folder of the official lists, where they don't lie in the data set's own folder."""
    seed: int = 1
    """Of what is drawn where a set has no official list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What an adapter found."""

    entries: tuple[VideoEntry, ...]
    notes: tuple[str, ...] = ()
    """Sentences: what is missing, what was drawn."""


Adapter = Callable[[Path, ListingOptions], Listing]


def list_videos(data_set: str, root: Path, options: ListingOptions) -> Listing:
    """List the videos of a data set.

    Args:
        data_set: Key in ``ADAPTERS``.
        root: Its folder.
        options: Where its lists are, and the seed.

    Raises:
        SettingsError: There is no such adapter, the folder is not laid out like the set, or a list is missing.
    """
    if data_set not in ADAPTERS:
        raise SettingsError(f"There is no data set '{data_set}'; known are: {', '.join(ADAPTERS)}.")
    if not root.is_dir():
        raise SettingsError(f"There is no folder {root}; 'download-help {data_set}' says where the set is asked for.")
    module, _, function = ADAPTERS[data_set].partition(":")
    adapter: Adapter = getattr(import_module(module), function)
    listing = adapter(root, options)
    if not listing.entries:
        raise SettingsError(
            f"No video of '{data_set}' was found in {root}; 'download-help {data_set}' shows the layout that is read."
        )
    return listing


def select(
    entries: Sequence[VideoEntry],
    *,
    compressions: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    splits: Sequence[str] | None = None,
) -> tuple[VideoEntry, ...]:
    """Return the entries that were asked for; real videos belong to every method. None = all.

    Raises:
        SettingsError: Something was asked for that no video has.
    """
    _check("compression", compressions, {entry.compression for entry in entries})
    _check("method", methods, {entry.kind for entry in entries})
    _check("split", splits, {entry.split for entry in entries})
    return tuple(
        entry
        for entry in entries
        if (compressions is None or entry.compression in compressions)
        and (methods is None or entry.label == 0 or entry.kind in methods)
        and (splits is None or entry.split in splits)
    )


def _check(what: str, wanted: Sequence[str] | None, present: set[str | None]) -> None:
    for name in wanted or ():
        if name not in present:
            have = ", ".join(sorted(filter(None, present))) or "none"
            raise SettingsError(f"No video has the {what} '{name}'; there are: {have}.")

"""Evaluation protocols: what to train on, what to test on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol as Structure
from typing import TypeVar

from forensiclab.core.errors import SettingsError

FFPP = "ffpp"
FFPP_METHODS = ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures")
"""The four manipulations that the papers train and test on."""


class Listed(Structure):
    """What an index and a manifest both say of a row."""

    @property
    def data_set(self) -> str | None: ...
    @property
    def method(self) -> str | None: ...
    @property
    def compression(self) -> str | None: ...
    @property
    def split(self) -> str | None: ...
    @property
    def label(self) -> int: ...


Row = TypeVar("Row", bound=Listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which crops of a folder. What is empty or None chooses all."""

    data_set: str | None = None
    methods: tuple[str, ...] = ()
    """Manipulations of the forgeries; real crops are chosen whatever it says."""
    compression: str | None = None
    """The data set's own label, such as ``c40``."""
    split: str | None = None

    def select(self, entries: Iterable[Row]) -> tuple[Row, ...]:
        """Choose entries, in their order; one that does not name what is asked for is not chosen."""
        return tuple(
            entry
            for entry in entries
            if (self.data_set is None or entry.data_set == self.data_set)
            and (not self.methods or entry.label == 0 or entry.method in self.methods)
            and (self.compression is None or entry.compression == self.compression)
            and (self.split is None or entry.split == self.split)
        )

    def __str__(self) -> str:
        parts = (self.data_set, self.compression, self.split and f"split {self.split}", ", ".join(self.methods))
        return " ".join(part for part in parts if part) or "all crops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One training, and the sets that it is tested on."""

    source: str
    """Paper and table."""
    train: Selection
    test: tuple[Selection, ...]
    by_method: bool = False
    """Whether each manipulation of the test set is measured by itself."""

    def check_training(self, name: str, methods: tuple[str, ...]) -> None:
        """Refuse a detector that was trained on other manipulations than the protocol says.

        Args:
            name: Of the detector.
            methods: Manipulations that it was trained on; empty = all.

        Raises:
            SettingsError: A figure under this protocol would not be what it is called.
        """
        wanted = self.train.methods
        if wanted and set(methods) != set(wanted):
            raise SettingsError(
                f"'{name}' was trained on {', '.join(methods) or 'all manipulations, or does not say'}; the protocol "
                f"asks for training on {', '.join(wanted)} (train --only-methods {','.join(wanted)})."
            )


def within(compression: str) -> Protocol:
    """Train and test at one compression of FaceForensics++."""
    return Protocol(
        source="Rössler et al., FaceForensics++, table 5",
        train=Selection(data_set=FFPP, compression=compression, split="train"),
        test=(Selection(data_set=FFPP, compression=compression, split="test"),),
        by_method=True,
    )


def cross_compression(trained: str, tested: tuple[str, ...]) -> Protocol:
    """Train at one compression of FaceForensics++, test at others."""
    return Protocol(
        source="Huang et al., Anti-compression contrastive facial forgery detection, table 2",
        train=Selection(data_set=FFPP, compression=trained, split="train"),
        test=tuple(Selection(data_set=FFPP, compression=label, split="test") for label in tested),
    )


def cross_data_set(compression: str, tested: tuple[str, ...]) -> Protocol:
    """Train on FaceForensics++, test on other data sets."""
    return Protocol(
        source="Sun et al., Dual contrastive learning, table 1",
        train=Selection(data_set=FFPP, compression=compression, split="train"),
        test=tuple(Selection(data_set=key, split="test") for key in tested),
    )


def cross_manipulation(method: str, compression: str) -> Protocol:
    """Train on one manipulation of FaceForensics++, test on each: a row of the matrix."""
    return Protocol(
        source="Sun et al., Dual contrastive learning, table 3",
        train=Selection(data_set=FFPP, methods=(method,), compression=compression, split="train"),
        test=(Selection(data_set=FFPP, methods=FFPP_METHODS, compression=compression, split="test"),),
        by_method=True,
    )


def leave_one_out(method: str, compression: str) -> Protocol:
    """Train on the other three manipulations of FaceForensics++, test on this one (GID)."""
    others = tuple(name for name in FFPP_METHODS if name != method)
    return Protocol(
        source="Sun et al., Dual contrastive learning, table 4; Sun et al. 2021, learning to weight",
        train=Selection(data_set=FFPP, methods=others, compression=compression, split="train"),
        test=(Selection(data_set=FFPP, methods=(method,), compression=compression, split="test"),),
    )


def _short(method: str) -> str:
    return {"Deepfakes": "df", "Face2Face": "f2f", "FaceSwap": "fs", "NeuralTextures": "nt"}[method]


PROTOCOLS: dict[str, Protocol] = {
    **{f"within_{label}": within(label) for label in ("c0", "c23", "c40")},
    "cross_compression_c23": cross_compression("c23", ("c0", "c40")),
    "cross_compression_c40": cross_compression("c40", ("c0", "c23")),
    "cross_data_set": cross_data_set("c23", ("celeb_df", "dfd", "dfdc", "dfdc_preview", "wild_deepfake")),
    **{f"cross_manipulation_{_short(method)}": cross_manipulation(method, "c23") for method in FFPP_METHODS},
    **{
        f"gid_{_short(method)}_{label}": leave_one_out(method, label)
        for method in ("Deepfakes", "Face2Face")
        for label in ("c23", "c40")
    },
}
"""Name -> protocol, as the command line knows them."""


def protocol(name: str) -> Protocol:
    """Find the protocol of a name.

    Raises:
        SettingsError: There is none.
    """
    if name not in PROTOCOLS:
        raise SettingsError(f"There is no protocol '{name}'; there are: {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[name]

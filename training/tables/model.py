"""What a table of a paper is, and what of ours would stand in each of its cells."""

from dataclasses import dataclass

PAPER_DATA = ("celeb_df", "deepfake_mnist_plus", "dfd", "dfdc", "dfdc_preview", "ffpp", "wild_deepfake")
"""Data sets that the papers measure on. A test set of any other name is ours and never stands beside their values."""

UNREADABLE = "?"
"""Printed in the paper, but not to be read in the text we have."""


CLEAN = "clean"
_OFFICIAL_LEVELS = {"": CLEAN, "c0": CLEAN, "c23": "crf:23", "c40": "crf:40"}
"""What a folder named after a data set and the label of its compression went through before it came here."""


FFPP_MANIPULATIONS = ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures")
"""Those that the papers mean by all of FaceForensics++; it has had more since."""


def data_set(folder: str) -> str:
    """Return the data set of a folder: its name up to a hyphen (``ffpp-c23`` -> ``ffpp``, but ``ffpp_crops``)."""
    return folder.partition("-")[0]


def whole_level(folder: str, level: str) -> str:
    """Return the level that crops of a folder are at in a paper's sense, once they were compressed at ``level``.

    ``clean`` crops of ``ffpp-c40`` are at ``crf:40``. Crops that were compressed twice, or in a way that is not known,
    are at a level that no paper asks for, such as ``c40+jpeg:50``.
    """
    name, _, label = folder.partition("-")
    if name not in PAPER_DATA:
        return level
    before = _OFFICIAL_LEVELS.get(label)
    if before == CLEAN:
        return level
    return before if before is not None and level == CLEAN else f"{label}+{level}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which evaluation records fill a cell. ``None`` asks for nothing where that is allowed."""

    method: str
    """Key in ``forensiclab.detectors.DETECTORS``."""
    recipe: str
    """Key in the method's ``RECIPES``."""
    backbone: str | None
    """None = whatever it is."""
    train_data: str | None
    """Data set; None = whatever it is."""
    train_manipulations: tuple[str, ...]
    """Empty = all that the papers mean; not asked for where ``train_data`` is None."""
    train_levels: tuple[str, ...]
    """Empty = whatever they are."""
    test_data: str
    """Data set of a paper, or name of a folder of ours."""
    splits: tuple[str | None, ...]
    """Those that count as this test; None = all crops of the folder."""
    test_manipulation: str | None
    """None = all forgeries."""
    levels: tuple[str, ...]
    """Of the test; the value is the mean over them."""
    metric: str
    """A name of ``training.evaluation.records``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a paper."""

    printed: str
    """As the paper has it, without a percent sign; empty where it prints none, ``?`` where it cannot be read."""
    value: float | None
    """In the unit of its column; None where there is none."""
    query: Query | None
    """What of ours stands beside it; None = nothing can, as this project does not have or record it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of values."""

    label: str
    unit: str
    """``%``: a share times 100; anything else is a plain number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table."""

    labels: tuple[str, ...]
    """One per head of the table."""
    cells: tuple[Cell, ...]
    """One per column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """One table, as printed."""

    number: str
    """As the paper counts: ``3`` or ``III``."""
    caption: str
    note: str
    """Ours: slips of the print, what could not be read, how we read what is not said; empty where all is plain."""
    heads: tuple[str, ...]
    """Of the columns of labels."""
    data_heads: tuple[str, ...]
    """Those of ``heads`` whose labels name data, not a method."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    """Empty where none of its numbers can be read."""
    alike: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields of recipes and values of theirs that make no difference to what a row of this table is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The tables of a paper."""

    name: str
    title: str
    tables: tuple[PaperTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedPair:
    """Two rows of a paper, and two runs of ours that stand for them and differ in nothing else."""

    better: str
    """The label of the row that is better in the paper."""
    worse: str
    metric: str
    level: str
    """Of our test."""
    paper: tuple[float, ...]
    """How much better, in the paper's unit: one value, above 0, for each of its columns that has both rows."""
    ours: float
    """How much better here, a share; below 0 where the order is the other one."""
    is_clear: bool
    """Whether the 95 % intervals of the two values have nothing in common."""

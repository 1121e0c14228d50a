"""What a report consists of, as plain data: a summary, and sections of blocks. Who prints it adds nothing."""

from dataclasses import dataclass

from forensiclab.core.scores import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetails:
    """What only the examiner can say; None is printed as "not stated"."""

    case: str | None = None
    examiner: str | None = None
    questions: str | None = None
    """What the examination was asked to answer."""
    amendment: str | None = None
    """Which earlier report this one amends, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the report."""

    name: str
    description: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a part of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named value."""

    name: str
    value: str
    is_code: bool = False
    """Whether it is a hash, a path or a command, whose every character counts."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of named values."""

    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of texts under column titles."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    """Share of each column in the width, relative to the others."""
    note: str = ""
    """What was left out, or how to read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with its caption."""

    content: bytes
    media_type: str
    """``image/svg+xml`` or ``image/jpeg``."""
    caption: str
    alt: str
    """What the picture shows, for readers who do not see it."""


Block = Heading | Paragraph | Bullets | Facts | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A numbered section."""

    title: str
    nature: str
    """``facts``, ``opinion`` or empty: printed beside the title, since facts and opinion are kept apart."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One step of the verdicts' scale."""

    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The first page."""

    verdict: Verdict
    headline: str
    reasons: tuple[str, ...]
    notices: tuple[str, ...]
    """What must not be overlooked."""
    identity: Facts
    exhibit: Facts
    scores: Table
    meanings: tuple[Meaning, ...]
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """A whole report, ready to be printed."""

    title: str
    report_id: str
    date: str
    """ISO 8601 with zone: the end of the analysis."""
    software: str
    summary: Summary
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    end_mark: str

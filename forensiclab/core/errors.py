"""Errors whose text is a sentence for the user: what happened, to which file, what to do."""

from forensiclab.core.text import Sentence


class ForensicLabError(Exception):
    """A failure the user can act on. Third-party exceptions are wrapped in one at the border, with ``from``."""

    @property
    def sentence(self) -> str:
        """The text, as a ``Sentence`` where it was raised with one."""
        return self.args[0] if len(self.args) == 1 and isinstance(self.args[0], str) else str(self)


class MediaError(ForensicLabError):
    """A file could not be read as video or picture."""


class WeightsError(ForensicLabError):
    """Weights or their card are missing, damaged or of the wrong shape."""


class DeviceError(ForensicLabError):
    """The requested device cannot be used."""


class ReportError(ForensicLabError):
    """A report could not be made or written."""


class WriteError(ForensicLabError):
    """A file could not be written."""


class SettingsError(ForensicLabError):
    """The settings file or an option has a value that cannot be used."""


class ResourceError(ForensicLabError):
    """A file that ships with the program is damaged."""


class ShapeError(ForensicLabError):
    """An array does not have the shape that its receiver declares."""

    def __init__(self, what: str, expected: str, actual: tuple[int, ...]) -> None:
        super().__init__(Sentence("{0} must have shape {1}, but has {2}.", what, expected, actual))
        self.expected = expected
        self.actual = actual


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user cancelled; what was found so far stays valid."""

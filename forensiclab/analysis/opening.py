"""What comes before the frames of an exhibit are read: its hash, the detectors, what is peculiar about its stream."""

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path

from forensiclab.analysis.events import Progress
from forensiclab.analysis.loading import loaded
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import WeightsError
from forensiclab.core.records import Exhibit, ExhibitState, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.weights import default_names, weights_folders
from forensiclab.media.probe import take_in_steps

ALL_DETECTORS = "all"
"""In place of names: every installed set of weights, shipped or imported."""


def chosen_detectors(names: Sequence[str]) -> tuple[str, ...]:
    """List the names of the weights that a request means, each once.

    Args:
        names: Those of the request: empty for all that ship and score crops as they are, ``ALL_DETECTORS`` alone for
            all that are installed.

    Raises:
        WeightsError: There are none, or a card cannot be read.
    """
    names = tuple(weights_folders()) if tuple(names) == (ALL_DETECTORS,) else names or default_names()
    if not names:
        raise WeightsError(
            Sentence("No detector has weights here, so there is nothing to analyse with. See: forensiclab models list.")
        )
    return tuple(dict.fromkeys(names))


def hashed(path: Path, cancel: CancelToken) -> Generator[Progress, None, Exhibit]:
    """Hash the exhibit, saying how far that is; the exhibit is the generator's return value.

    Raises:
        MediaError: It cannot be read to its end.
        Cancelled: ``cancel`` was asked to stop.
    """
    steps = take_in_steps(path, cancel)
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            exhibit: Exhibit = end.value
            return exhibit
        yield Progress(stage="hash", done=done, total=total, left_s=None)


def opened(
    names: Sequence[str],
    device: str,
    precision: str,
    cancel: CancelToken,
    open_detector: Callable[[str, str, str], Detector],
) -> Iterator[Detector]:
    """Open detectors one after the other; each may take seconds, and can be cancelled meanwhile (see ``loaded``).

    Raises:
        Cancelled: Before all of them were opened.
        WeightsError, DeviceError: One cannot be opened, or two have the same name, so that their scores would mix.
    """
    taken: set[str] = set()
    for name in names:
        detector = loaded(partial(open_detector, name, device, precision), cancel)
        if detector.card.name in taken:
            raise WeightsError(
                Sentence("Two of the detectors have the name '{0}'; choose one of them.", detector.card.name)
            )
        taken.add(detector.card.name)
        yield detector


def state_warnings(state: ExhibitState) -> Iterator[str]:
    """Say that the exhibit is not what was hashed any more."""
    if state is not ExhibitState.MATCHES:
        yield Sentence(
            "The file changed, or went, between its intake and the end of reading: the SHA-256 does not vouch for what "
            "was examined. Analyse a copy that nobody writes to."
        )


def stream_warnings(stream: StreamInfo) -> Iterator[str]:
    """Say what about a stream bears on every result, as sentences."""
    if stream.is_interlaced:
        yield Sentence("The video is interlaced; its frames were analysed as stored, with both fields in one picture.")
    if is_stretched(stream):
        yield Sentence(
            "The pixels of the video are not square ({0}); faces were found and cropped in the shape in which it is "
            "shown.",
            stream.sample_aspect_ratio,
        )
    if stream.is_hdr:
        yield Sentence(
            "The video is HDR; no detector here was validated on HDR pictures, and no tone mapping was applied."
        )
    if stream.is_mirrored:
        yield Sentence("The container asks for a mirrored display; the frames were analysed mirrored.")


def is_stretched(stream: StreamInfo) -> bool:
    """Whether the frames are shown in another shape than that in which they are stored, once they are turned."""
    return sorted((stream.width_px, stream.height_px)) != sorted((stream.coded_width_px, stream.coded_height_px))

"""Cards on disk: ``card.json`` with a hash of its own, and with values that a measurement can have."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from forensiclab.core.errors import WeightsError
from forensiclab.core.files import read_bounded, write_whole
from forensiclab.core.scores import BandCalibration, ValidatedConditions
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import SMALLEST_PX, InputSpec, MeasuredFigure, MethodCard

CARD_FILE: Final = "card.json"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
"""What weights may be called."""

_HASH_KEY: Final = "card_sha256"
_MOST_BYTES: Final = 4 << 20
_LARGEST_PX: Final = 2048
_MARGINS: Final = (0.5, 4.0)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def read_card(folder: Path) -> MethodCard:
    """Read and check ``card.json``.

    Raises:
        WeightsError: It is missing, not JSON, or a field is missing or has the wrong type (named in the text); it was
            changed after it was written, says what cannot be, or names itself otherwise than its folder.
    """
    file = folder / CARD_FILE
    try:
        fields = msgspec.json.decode(read_bounded(file, _MOST_BYTES), type=dict[str, Any])
        stated = fields.pop(_HASH_KEY, None)
        card = msgspec.convert(fields, MethodCard)
        actual = _sha256(fields)
    except OSError as error:
        raise WeightsError(Sentence("The card {0} cannot be read: {1}.", file, error.strerror)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:  # ValidationError is a DecodeError
        raise WeightsError(Sentence("The card {0} is not valid: {1}.", file, error)) from error
    if stated != actual:
        raise WeightsError(
            Sentence(
                "The card {0} is not as it was written: its own SHA-256 is {1}, it says {2}. Install the detector "
                "'{3}' again.",
                file,
                actual,
                "none" if stated is None else stated,
                folder.name,
            )
        )
    _check(card, folder)
    return card


def write_card(card: MethodCard, folder: Path) -> None:
    """Write ``card.json`` with its hash, readable for people, fields in the order of ``MethodCard``.

    The hash is over the UTF-8 text of the JSON without the hash itself: keys sorted, without white space between
    tokens and without escapes for characters outside ASCII.

    Raises:
        WeightsError: The card says what cannot be, or names itself otherwise than its folder.
        WriteError: The file cannot be written.
    """
    _check(card, folder)
    fields = msgspec.json.decode(msgspec.json.encode(card))
    fields[_HASH_KEY] = _sha256(fields)
    write_whole(folder / CARD_FILE, msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n")


def _sha256(fields: dict[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _check(card: MethodCard, folder: Path) -> None:
    """Refuse a card whose values no measurement and no training can have given."""
    problem = next(_problems(card, folder.resolve().name), None)
    if problem is not None:
        raise WeightsError(Sentence("The card {0} cannot be right: {1}.", folder / CARD_FILE, problem))


def _problems(card: MethodCard, folder_name: str) -> Iterator[Sentence]:
    if card.name != folder_name:
        yield Sentence("its folder is named '{0}', but it calls itself '{1}'", folder_name, card.name)
    if not NAME.fullmatch(card.name):
        yield Sentence("'{0}' is not a name for weights", card.name)
    hashes = [card.weights_sha256, *([card.stands_before.weights_sha256] if card.stands_before else [])]
    if not all(_SHA256.fullmatch(text) for text in hashes):
        yield Sentence("a SHA-256 is not 64 hexadecimal digits")
    yield from _input_problems(card.input_spec)
    if card.duration_min is not None and not 0 <= card.duration_min < math.inf:
        yield Sentence("its training took {0} minutes", card.duration_min)
    names = [band.name for band in card.calibration]
    if len(set(names)) < len(names):
        yield Sentence("two bands of its calibration have the same name")
    for band in card.calibration:
        yield from _band_problems(band)
    yield from _condition_problems(card.conditions)
    for figure in card.figures:
        yield from _figure_problems(figure)


def _input_problems(spec: InputSpec) -> Iterator[Sentence]:
    if not SMALLEST_PX <= spec.size_px <= _LARGEST_PX:
        yield Sentence("its crops have {0} pixels a side, not {1} to {2}", spec.size_px, SMALLEST_PX, _LARGEST_PX)
    if not _MARGINS[0] <= spec.margin <= _MARGINS[1]:
        yield Sentence("its margin is {0:g}, not {1:g} to {2:g}", spec.margin, *_MARGINS)
    if not all(0 <= value <= 1 for value in spec.mean) or not all(1e-3 <= value <= 10 for value in spec.std):
        yield Sentence("its mean or standard deviation of pixels is out of range")


def _band_problems(band: BandCalibration) -> Iterator[Sentence]:
    if not 0 <= band.qp_min < band.qp_max <= 255 or not 0 <= band.jpeg_quality_min <= band.jpeg_quality_max <= 100:
        yield Sentence("the limits of its band '{0}' are out of range", band.name)
    if not abs(band.slope) <= 1e6 or not abs(band.intercept) <= 1e6:
        yield Sentence("the curve of its band '{0}' is out of range", band.name)
    if not 0 <= band.authenticity_threshold <= band.manipulation_threshold <= 1:
        yield Sentence(
            "the thresholds of its band '{0}' are {1:g} and {2:g}, not in order from 0 to 1",
            band.name,
            band.authenticity_threshold,
            band.manipulation_threshold,
        )
    if not all(0 <= rate <= 1 for rate in (band.false_alarm_rate, band.miss_rate)):
        yield Sentence("an error rate of its band '{0}' is not from 0 to 1", band.name)
    if band.n_real < 1 or band.n_forged < 1:
        yield Sentence("its band '{0}' was calibrated on no crops", band.name)


def _condition_problems(conditions: ValidatedConditions) -> Iterator[Sentence]:
    bounds = (
        (conditions.min_face_px, 1e5),
        (conditions.min_sharpness, 1e6),
        (conditions.max_abs_yaw_deg, 180),
        (conditions.max_abs_pitch_deg, 180),
        (conditions.max_qp, 255),
    )
    if not all(bound is None or 0 <= bound <= most for bound, most in bounds):
        yield Sentence("a bound of its validated conditions is out of range")


def _figure_problems(figure: MeasuredFigure) -> Iterator[Sentence]:
    interval = [value for value in (figure.ci_low, figure.value, figure.ci_high) if value is not None]
    if not all(0 <= value <= 1 for value in interval) or interval != sorted(interval):
        yield Sentence("its figure '{0}' or the interval around it is not from 0 to 1", figure.metric)
    if figure.n_real < 0 or figure.n_forged < 0:
        yield Sentence("its figure '{0}' was measured on a negative number of crops", figure.metric)

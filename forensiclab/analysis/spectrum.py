"""Power spectra of crops, and the band in which those of real faces lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import ResourceError, SettingsError
from forensiclab.core.files import write_whole
from forensiclab.core.records import CropRule, Picture
from forensiclab.core.resources import resource_path
from forensiclab.core.text import Sentence

BINS = 48
"""Rings of equal width between 0 and 0.5 cycles per pixel."""

FREQUENCIES: NDArray[np.float64] = (np.arange(BINS) + 0.5) / (2 * BINS)
"""Middle of each ring, cycles per pixel of the crop, shape (BINS,)."""
FREQUENCIES.flags.writeable = False

PERCENTILES = (5, 50, 95)
"""Of real crops at a frequency: low, median and high of a band."""

_FLOOR = 1e-6
"""Added to a power before its logarithm: far below that of rounding to whole grey levels."""

_FILE = ("calibration", "spectrum.json")
_SCHEMA_VERSION = "1.0.0"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferenceBand:
    """Where the power spectra of real faces lie at one level of compression.

    A crop is comparable if it was cut by the same rule: size and margin decide what a frequency means.
    """

    name: str
    """The level in words, as it is written on the command line."""
    level: CompressionLevel
    """With which the crops were compressed; ``clean`` as the data set stores them."""
    rule: CropRule
    """How the crops were cut."""
    min_source_px: int
    """Width of the smallest of them in their frames: smaller faces are enlarged, and have less fine detail."""
    frequencies: NDArray[np.float64]
    """Cycles per pixel of the crop, shape (BINS,)."""
    low: NDArray[np.float64]
    """Log10 of the power: 5 % of the real crops lie below it, shape (BINS,)."""
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    """5 % of the real crops lie above it, shape (BINS,)."""
    n_real: int
    data: str
    """Name of the data set, and its split."""
    date: str
    """ISO 8601."""
    command: str
    """The command that measured it."""


def power_spectrum(picture: Picture) -> NDArray[np.float64]:
    """Return log10 of the power of a crop's luma at ``FREQUENCIES``, averaged over all directions.

    Args:
        picture: uint8 RGB, shape (H, W, 3).

    Returns:
        Shape (BINS,); nan for a ring in which a small picture has no frequency.
    """
    return np.asarray(np.log10(radial_power(picture) + _FLOOR))


def radial_power(picture: Picture, bins: int = BINS) -> NDArray[np.float64]:
    """Measure the power of the luma by spatial frequency, averaged over all directions.

    Under a Hann window, without the mean; white noise of variance v has the power v at every frequency.

    Args:
        picture: uint8 RGB, shape (H, W, 3).
        bins: Rings of equal width between 0 and 0.5 cycles per pixel.

    Returns:
        Shape (bins,), grey levels squared; nan for a ring in which the picture has no frequency.

    Source: Durall et al., Unmasking deepfakes with simple features, section 3.1 (azimuthal average).
    Deviations: the window, without which the crop's borders add energy along both axes.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)
    height, width = grey.shape
    window = np.outer(np.hanning(height), np.hanning(width))
    weight = max(float((window**2).sum()), np.finfo(np.float64).tiny)  # a picture of two pixels has none
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2 / weight
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    ring = np.floor(radius * 2 * bins).astype(np.int64)
    is_inside = (ring < bins) & (radius > 0)
    total = np.bincount(ring[is_inside], weights=power[is_inside], minlength=bins)
    count = np.bincount(ring[is_inside], minlength=bins)
    return np.asarray(np.divide(total, count, out=np.full(bins, np.nan), where=count > 0))


# ---- the file of bands -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoredBand:
    level: str
    size_px: int
    margin: float
    min_source_px: int
    n_real: int
    data: str
    date: str
    command: str
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoredBands:
    schema_version: str
    bands: tuple[_StoredBand, ...]


def reference_bands(path: Path | None = None) -> tuple[ReferenceBand, ...]:
    """Read the bands that ship with the program, weakest compression first.

    Args:
        path: Another file of bands.

    Returns:
        One per level; none where there is no such file.

    Raises:
        ResourceError: The file is damaged.
    """
    path = path or resource_path(*_FILE)
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_StoredBands)
        if stored.schema_version.partition(".")[0] != _SCHEMA_VERSION.partition(".")[0]:
            raise ValueError(f"its version is {stored.schema_version}, this program reads {_SCHEMA_VERSION}")
        return tuple(_opened(band) for band in stored.bands)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ResourceError(
            Sentence("The spectra of real faces in {0} cannot be read: {1}.", path, error.strerror)
        ) from error
    except (msgspec.DecodeError, ValueError, SettingsError) as error:  # ValidationError is a DecodeError
        raise ResourceError(
            Sentence(
                "The spectra of real faces in {0} are damaged ({1}); install the program again.",
                path,
                str(error).rstrip("."),
            )
        ) from error


def write_reference_bands(bands: Sequence[ReferenceBand], path: Path) -> None:
    """Write bands as ``reference_bands`` reads them, rounded to four digits after the point.

    Raises:
        ResourceError: The file cannot be written.
    """
    stored = _StoredBands(
        schema_version=_SCHEMA_VERSION,
        bands=tuple(
            _StoredBand(
                level=str(band.level),
                size_px=band.rule.size_px,
                margin=band.rule.margin,
                min_source_px=band.min_source_px,
                n_real=band.n_real,
                data=band.data,
                date=band.date,
                command=band.command,
                low=_rounded(band.low),
                median=_rounded(band.median),
                high=_rounded(band.high),
            )
            for band in bands
        ),
    )
    write_whole(path, msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n")


def _rounded(curve: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in curve)


def _opened(band: _StoredBand) -> ReferenceBand:
    """Check a stored band.

    Raises:
        ValueError: Its curves cannot be those of a band.
        SettingsError: Its level is none.
    """
    low, median, high = (np.asarray(curve, dtype=np.float64) for curve in (band.low, band.median, band.high))
    if {curve.shape for curve in (low, median, high)} != {(BINS,)}:
        raise ValueError(f"a curve of '{band.level}' does not have {BINS} values")
    if not (np.all(low <= median) and np.all(median <= high)):
        raise ValueError(f"the curves of '{band.level}' are not in order")
    if band.n_real < 1:
        raise ValueError(f"the band of '{band.level}' was measured on no crop")
    for curve in (low, median, high):
        curve.flags.writeable = False
    return ReferenceBand(
        name=band.level,
        level=CompressionLevel.parse(band.level),
        rule=CropRule(size_px=band.size_px, margin=band.margin),
        min_source_px=band.min_source_px,
        frequencies=FREQUENCIES,
        low=low,
        median=median,
        high=high,
        n_real=band.n_real,
        data=band.data,
        date=band.date,
        command=band.command,
    )

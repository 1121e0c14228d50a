"""Compression levels along an axis: weak on the left, strong on the right, whatever way a codec counts."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from forensiclab.analysis.robustness import LEVELS
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.records import StreamInfo
from forensiclab.gui.text.translation import translated
from forensiclab.inspection.requests import LevelScore

_tr = QCoreApplication.translate

CLEAN_AT = -4
"""Where the exhibit as it is stands, left of the weakest compression."""


def strongest_at(codec: Codec) -> int:
    """Return the position of a codec's strongest level; the weakest is at 0."""
    return LEVELS[codec][-1].strength


def level_at(codec: Codec, position: int) -> CompressionLevel:
    """Return the level at a position from 0 to ``strongest_at``."""
    return CompressionLevel.of_strength(codec, position)


def position_of(level: CompressionLevel) -> int:
    """Return where a level stands on the axis of its codec."""
    return CLEAN_AT if level.value is None else level.strength


def nearest_first(level: CompressionLevel) -> tuple[CompressionLevel, ...]:
    """Return all levels of a level's codec, in the order in which the slider may come to them; itself is the first."""
    at = position_of(level)
    positions = sorted(range(strongest_at(level.codec) + 1), key=lambda position: abs(position - at))
    return tuple(level_at(level.codec, position) for position in positions)


def level_text(level: CompressionLevel) -> str:
    """Return a level in words: ``H.264, CRF 30``."""
    if level.value is None:
        return _tr("levels", "as in the exhibit")
    return f"{level.codec.facts.title}, {setting_text(level)}"


def setting_text(level: CompressionLevel) -> str:
    """Return what is asked of the encoder: ``CRF 30``, ``quality 50``."""
    return translated(level.setting)


def coarse_to_fine(levels: Sequence[CompressionLevel]) -> list[CompressionLevel]:
    """Return the levels of a curve in the order of their worth: as it is, the ends, then what halves gaps.

    Args:
        levels: By strength.
    """
    ordered: dict[CompressionLevel, None] = {CLEAN: None}
    step = 1 << max(len(levels) - 1, 0).bit_length()
    while step:
        ordered.update(dict.fromkeys((*levels[::step], *levels[-1:])))
        step //= 2
    return list(ordered)


def exhibit_mark(
    codec: Codec, scores: Sequence[LevelScore], qp_mean: float | None, stream: StreamInfo | None
) -> tuple[float, str] | None:
    """Return where on a codec's axis the compression lies that the exhibit has already, and what it is called.

    For H.264 that is where recompressing this face gives the QP that was measured under it in the exhibit; for JPEG
    the quality that the file's own tables tell.

    Args:
        codec: Of the axis.
        scores: Of the face at levels of this codec; those with a measured QP count.
        qp_mean: Measured under the face in the exhibit.
        stream: Of the exhibit.

    Returns:
        Position and text; None where it is not known, or the levels scored so far do not reach it.
    """
    if codec is Codec.JPEG and stream is not None and stream.jpeg_quality is not None:
        text = _tr("levels", "exhibit: quality {0}").format(stream.jpeg_quality)
        return float(CompressionLevel(codec, stream.jpeg_quality).strength), text
    if codec is not Codec.H264 or qp_mean is None:
        return None
    measured = sorted(
        {position_of(s.level): s.qp_mean for s in scores if s.qp_mean is not None and s.level.value is not None}.items()
    )
    if len(measured) < 2:
        return None
    qps = np.maximum.accumulate([qp for _, qp in measured])
    if not qps[0] <= qp_mean <= qps[-1]:
        return None
    at = float(np.interp(qp_mean, qps, [position for position, _ in measured]))
    return at, _tr("levels", "exhibit: QP {0}").format(f"{qp_mean:.1f}")

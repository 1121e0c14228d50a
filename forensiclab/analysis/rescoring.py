"""One face of an exhibit, compressed anew and scored again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from forensiclab.analysis.aggregate import Aggregation, score_track
from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.scoring import NOT_FINITE
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import Box, crop_region
from forensiclab.core.records import AttentionMap, CropRule, Face, FaceQuality, Picture, StreamInfo
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector, MethodCard
from forensiclab.faces.crop import cut_square, measure_quality
from forensiclab.media.player import FrameServer
from forensiclab.media.transcode import CompressedPicture, PictureAtLevels

_BLOCK_PX = 16
"""Side of a macroblock; the part of the frame begins where one does, so that blocks lie as in the exhibit."""

_AROUND_PX = 16
"""So much is taken on each side of what detectors see: what lies beside a block bears on how it is predicted."""

MAX_PIXELS = 1 << 24
"""A face and its surroundings of more than this are not compressed anew, so that memory stays bounded."""

_TOO_LARGE = Sentence(
    "The face at {0:.2f} s takes {1} x {2} pixels with its surroundings; at most {3} million are compressed anew."
)
_WEBP_NOTE = Sentence(
    "No calibration was fitted on WebP compression, so the raw score supports no verdict at this level."
)

_ALONE = Aggregation("mean")
"""Of one crop."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FacePatch:
    """A face with enough of its frame around it to be compressed anew and cut under every crop rule."""

    track_id: int
    frame_index: int
    pts_s: float
    box_xyxy_px: Box
    """In the frame."""
    landmarks_xy_px: tuple[tuple[float, float], ...] | None
    """In the frame; None where they are not known, and the pose with them."""
    picture: Picture
    """Part of the frame, shape (H, W, 3)."""
    origin_xy_px: tuple[int, int]
    """Where it begins in the frame: a multiple of 16."""
    frame_size_px: tuple[int, int]
    """Width and height of the frame."""
    qp_mean: float | None
    """Measured under the face in the exhibit; None where its codec gives none."""
    picture_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectorAnswer:
    """What one detector says about a face at a level."""

    detector: str
    raw_score: float | None
    """None where it abstains."""
    probability: float | None
    verdict: Verdict
    band: str | None
    reasons: tuple[str, ...]
    attention: AttentionMap | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelAnswer:
    """What all detectors say about a face at a level."""

    level: CompressionLevel
    crop: Picture
    """What the first detector was given."""
    qp_mean: float | None
    """Measured under the face: after compression for H.264, in the exhibit for ``clean``; None for the others."""
    answers: tuple[DetectorAnswer, ...]


class FaceProbe:
    """Scores faces of an exhibit again at other levels. One thread at a time may ask for a ``patch`` or an ``answer``.

    ``clean`` is the exhibit as it is; every other level is one more compression on top of what it went through.
    """

    def __init__(self, path: Path, stream: StreamInfo, detectors: Sequence[Detector]) -> None:
        """Work on a file, which is opened with the first face; answers come in the order of the detectors."""
        self._path = path
        self._jpeg_quality = stream.jpeg_quality
        self._detectors = tuple(detectors)
        self._frames: FrameServer | None = None

    def patch(
        self,
        *,
        track_id: int,
        frame_index: int,
        pts_s: float,
        box_xyxy_px: Box,
        landmarks_xy_px: tuple[tuple[float, float], ...] | None = None,
        qp_mean: float | None = None,
        picture_type: str | None = None,
        margin: float = 1.3,
    ) -> FacePatch:
        """Read the frame of a face and take the part that the detectors need.

        Args:
            track_id, frame_index, pts_s, box_xyxy_px, landmarks_xy_px: Of the face, as the analysis found it.
            qp_mean, picture_type: As the analysis measured them.
            margin: Of the widest crop that will be asked for, beside those of the detectors.

        Raises:
            MediaError: The exhibit cannot be read any more.
        """
        if self._frames is None:
            self._frames = FrameServer(self._path)
        # A little later: the frame that is shown then is the one that begins at this time, whatever rounding does.
        frame = self._frames.frame_at(pts_s + 1e-4).rgb
        return cut_patch(
            frame,
            track_id=track_id,
            frame_index=frame_index,
            pts_s=pts_s,
            box_xyxy_px=box_xyxy_px,
            landmarks_xy_px=landmarks_xy_px,
            qp_mean=qp_mean,
            picture_type=picture_type,
            margins=(margin, *(detector.input_spec.margin for detector in self._detectors)),
        )

    def prepare(
        self, patch: FacePatch, levels: Sequence[CompressionLevel] = (), cancel: CancelToken | None = None
    ) -> None:
        """Make now what a face needs at every level, then levels; nothing where it is too large to be compressed anew.

        Any thread may ask for it. See ``PictureAtLevels.prepare`` for the levels, and for what ends this.
        """
        if not _is_too_large(patch):
            _at_levels(patch).prepare(levels, cancel)

    def preview(self, patch: FacePatch, level: CompressionLevel, rule: CropRule | None = None) -> Picture:
        """The crop as it looks at a level, shape (S, S, 3). Any thread may ask for it.

        Args:
            patch, level: The face, and what to compress it with.
            rule: How it is cut; None = as for the first detector.

        Raises:
            MediaError: The face is too large to be compressed anew.
        """
        rule = rule or self._detectors[0].input_spec.crop_rule
        return cut_at(patch, level, (rule,)).crops[0]

    def answer(self, patch: FacePatch, level: CompressionLevel) -> LevelAnswer:
        """Every detector's answer to a face at a level, in order.

        Raises:
            MediaError: The face is too large to be compressed anew.
            DeviceError: Not even one crop fits into a device's memory.
        """
        cut = cut_at(patch, level, [detector.input_spec.crop_rule for detector in self._detectors])
        return LevelAnswer(
            level=level,
            crop=cut.crops[0],
            qp_mean=cut.quality.qp_mean,
            answers=tuple(
                self._ask(detector, crop, cut.quality, level)
                for detector, crop in zip(self._detectors, cut.crops, strict=True)
            ),
        )

    def close(self) -> None:
        """Let go of the file."""
        if self._frames is not None:
            self._frames.close()
        self._frames = None

    def _ask(self, detector: Detector, crop: Picture, quality: FaceQuality, level: CompressionLevel) -> DetectorAnswer:
        reasons = reasons_to_abstain(detector.card.conditions, quality)
        raw_scores: list[float] = []
        attention: AttentionMap | None = None
        if not reasons:
            prediction = detector.predict(np.stack([crop]))
            if np.isfinite(prediction.raw_scores[0]):
                raw_scores, attention = [float(prediction.raw_scores[0])], prediction.attention[0]
            else:
                reasons = (NOT_FINITE,)
        score = score_at(detector.card, raw_scores, reasons, quality.qp_mean, level, self._jpeg_quality, _ALONE)
        return DetectorAnswer(
            detector=score.detector,
            raw_score=score.raw_score,
            probability=score.probability,
            verdict=score.verdict,
            band=score.band,
            reasons=score.reasons,
            attention=attention,
        )


def cut_patch(
    frame: Picture,
    *,
    track_id: int,
    frame_index: int,
    pts_s: float,
    box_xyxy_px: Box,
    landmarks_xy_px: tuple[tuple[float, float], ...] | None,
    qp_mean: float | None,
    picture_type: str | None,
    margins: Sequence[float],
) -> FacePatch:
    """Take the part of a frame that crops of these margins need.

    Args:
        frame: The whole frame, shape (H, W, 3).
        track_id, frame_index, pts_s, box_xyxy_px, landmarks_xy_px, qp_mean, picture_type: Of the face.
        margins: At least one.
    """
    height, width = frame.shape[:2]
    regions = np.array([crop_region(box_xyxy_px, margin, width, height) for margin in margins])
    left, top = (_start(float(edge) - _AROUND_PX) for edge in regions[:, :2].min(axis=0))
    right, bottom = (_end(float(edge) + _AROUND_PX) for edge in regions[:, 2:].max(axis=0))
    part = frame[top : min(bottom, height), left : min(right, width)].copy()
    part.flags.writeable = False
    return FacePatch(
        track_id=track_id,
        frame_index=frame_index,
        pts_s=pts_s,
        box_xyxy_px=box_xyxy_px,
        landmarks_xy_px=landmarks_xy_px,
        picture=part,
        origin_xy_px=(left, top),
        frame_size_px=(width, height),
        qp_mean=qp_mean,
        picture_type=picture_type,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutFace:
    """A face at a level, as detectors are given it."""

    crops: tuple[Picture, ...]
    """One per crop rule, in order, shape (S, S, 3)."""
    quality: FaceQuality
    """At that level; ``qp_mean`` as for ``LevelAnswer``."""


def cut_at(patch: FacePatch, level: CompressionLevel, rules: Sequence[CropRule]) -> CutFace:
    """Compress a face and cut it.

    Raises:
        MediaError: The face is too large to be compressed anew.
        ValueError: The patch is too small for one of the rules.
    """
    if level != CLEAN and _is_too_large(patch):
        height, width = patch.picture.shape[:2]
        raise MediaError(_TOO_LARGE.filled(patch.pts_s, width, height, MAX_PIXELS // 1_000_000))
    compressed = _at_levels(patch).at(level)
    return CutFace(
        crops=tuple(_cut(compressed.picture, patch, rule) for rule in rules),
        quality=_quality(compressed, patch, level),
    )


def score_at(
    card: MethodCard,
    raw_scores: Sequence[float],
    abstained: Sequence[str],
    qp: float | None,
    level: CompressionLevel,
    jpeg_quality: int | None,
    aggregation: Aggregation,
) -> DetectorScore:
    """What one detector says about crops at a level, by the calibration that fits what was measured there.

    Args:
        card: The detector's card.
        raw_scores: Of the crops that were scored.
        abstained: The different reasons for which other crops were not scored.
        qp: Median QP under the face at that level, None where it is not known.
        level: The level.
        jpeg_quality: Of the exhibit where it is a JPEG picture, else None.
        aggregation: The rule that makes one score of many.
    """
    quality = {Codec.CLEAN: jpeg_quality, Codec.JPEG: level.value}.get(level.codec)
    no_band = _WEBP_NOTE if level.codec is Codec.WEBP else None
    return score_track(card, raw_scores, abstained, qp, quality, aggregation, no_band)


def _is_too_large(patch: FacePatch) -> bool:
    height, width = patch.picture.shape[:2]
    return bool(height * width > MAX_PIXELS)


@lru_cache(maxsize=2)
def _at_levels(patch: FacePatch) -> PictureAtLevels:
    """A face is looked at level by level, by one detector after the other; what was made is kept there."""
    return PictureAtLevels(patch.picture)


def _cut(picture: Picture, patch: FacePatch, rule: CropRule) -> Picture:
    """The face under a crop rule, cut where it would be cut from the whole frame; shape (S, S, 3)."""
    region = crop_region(patch.box_xyxy_px, rule.margin, *patch.frame_size_px)
    (left, top), (height, width) = patch.origin_xy_px, picture.shape[:2]
    limits = ((left, width, patch.frame_size_px[0]), (top, height, patch.frame_size_px[1]))
    for axis, (start, extent, in_frame) in enumerate(limits):
        # Beyond the patch there is nothing, unless there is nothing beyond it in the frame either.
        if (region[axis] < start > 0) or (region[axis + 2] > start + extent < in_frame):
            raise ValueError(f"the patch is too small for crops of margin {rule.margin}; ask for one with that margin")
    return cut_square(picture, _moved(region, patch), rule.size_px)


def _quality(compressed: CompressedPicture, patch: FacePatch, level: CompressionLevel) -> FaceQuality:
    """What was measured of the face at a level; of the exhibit as it is, its own QP."""
    left, top = patch.origin_xy_px
    face = Face(
        box_xyxy_px=_moved(patch.box_xyxy_px, patch),
        landmarks_xy_px=patch.landmarks_xy_px and tuple((x - left, y - top) for x, y in patch.landmarks_xy_px),
        confidence=None,
    )
    quality = measure_quality(compressed.picture, face, compressed.qp)
    return replace(quality, qp_mean=patch.qp_mean) if level == CLEAN else quality


def _moved(box: Box, patch: FacePatch) -> Box:
    """A box of the frame in the coordinates of the patch."""
    left, top = patch.origin_xy_px
    return box[0] - left, box[1] - top, box[2] - left, box[3] - top


def _start(edge: float) -> int:
    return max(0, int(edge // _BLOCK_PX) * _BLOCK_PX)


def _end(edge: float) -> int:
    return max(0, int(-(-edge // _BLOCK_PX)) * _BLOCK_PX)

"""A clip whose truth is known: a public-domain portrait, filmed by a camera that never was, forged for a while.

Makes the demonstration possible without anybody's video. No network is needed to make it: the portrait's five points
are stored and move with the camera.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from forensiclab.analysis.events import AnalysisReport, DetectorRecord
from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture
from forensiclab.core.resources import resource_path
from forensiclab.core.scores import CropScore, DetectorScore, Verdict
from forensiclab.forge.self_blend import BlendPlan, BlendRecipe, Texture, apply_blend, draw_blend
from forensiclab.media.transcode import encode_clip

PORTRAIT_LANDMARKS = ((205.0, 101.7), (246.8, 103.7), (224.7, 129.0), (201.7, 139.2), (245.3, 141.9))
"""The five points of the face in ``resources/demo/astronaut.jpg``, pixels: found by MTCNN (facenet-pytorch 2.5.3)."""

_VIEW_CENTER_PX = (224.0, 148.0)
_VIEW_HEIGHT_PX = 270.0
"""What the camera shows of the portrait when it is at rest."""

_FORGERY = BlendRecipe(
    forehead=(0.5, 0.6),
    chin=(1.5, 1.6),
    width=(0.85, 0.9),
    outline_warp=0.03,
    feather=(0.06, 0.08),
    opacities=(1.0,),
    shift=0.03,
    scale=0.06,
    face_warp=0.03,
    brightness=0.08,
    tint=0.03,
    saturation=0.15,
    hue_deg=4.0,
    textures=(Texture.SOFTENED,),
    softening=(1.8, 2.2),
)
"""A face that moves on its own a little, is softer than what is around it and of a slightly other colour."""

_READOUT_NOISE = 2.0
"""Standard deviation of the sensor noise, levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTruth:
    """What is known about a clip made by ``make_clip``."""

    path: Path
    forged_from_s: float
    """Presentation time of the first forged frame."""
    forged_to_s: float
    """Presentation time of the first frame that is real again."""
    sha256: str


def make_clip(
    path: Path,
    *,
    seconds: float = 6.0,
    frame_rate: float = 25,
    crf: int = 23,
    size_px: tuple[int, int] = (640, 480),
    seed: int = 7,
) -> DemoTruth:
    """Write the demo clip: a hand-held shot of the portrait whose face is forged in the middle third.

    Args:
        path: The file to write, an MP4.
        seconds: Length of the clip, at least three frames.
        frame_rate: Frames per second.
        crf: CRF that x264 is asked for.
        size_px: Width and height of the picture.
        seed: What the camera's motion, the noise and the forgery are drawn from; the same seed gives the same file.

    Raises:
        MediaError: The portrait cannot be read, or the clip exists or cannot be written.
        ValueError: The clip would have less than three frames.
    """
    n_frames = round(seconds * frame_rate)
    if n_frames < 3:
        raise ValueError(f"a clip with a forged third needs three frames, not {n_frames}")
    forged = range(n_frames // 3, n_frames - n_frames // 3)
    frames = _frames(n_frames, forged, frame_rate, size_px, seed)
    encode_clip(frames, path, crf=crf, frame_rate=frame_rate)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return DemoTruth(
        path=path, forged_from_s=forged.start / frame_rate, forged_to_s=forged.stop / frame_rate, sha256=digest
    )


def truth_lines(report: AnalysisReport, truth: DemoTruth) -> list[str]:
    """Compare what an analysis says about the demo clip with the truth, as sentences for the user."""
    lines = [
        f"Known truth: the face is forged from {truth.forged_from_s:.2f} s to {truth.forged_to_s:.2f} s "
        "and real before and after."
    ]
    if report.exhibit.sha256 != truth.sha256:
        lines.append("The analysed file is not the clip that was made: their SHA-256 differ.")
    overall = {score.detector: score for score in report.video.scores}
    for record in report.method.detectors:
        name = record.card.name
        scores = [score for track in report.tracks for score in track.crop_scores if score.detector == name]
        lines += _detector_lines(record, scores, overall.get(name), truth)
    if len(report.method.detectors) > 1:
        lines.append(f"All detectors together: {report.video.verdict}; {_agreement(report.video.verdict)}.")
    lines.append(
        "Crops of one clip are alike and one portrait is one face: these figures say nothing about error rates."
    )
    return lines


def _detector_lines(
    record: DetectorRecord, scores: list[CropScore], overall: DetectorScore | None, truth: DemoTruth
) -> list[str]:
    """What one detector said about the forged and the real crops of the clip."""
    is_forged = np.array([truth.forged_from_s <= score.pts_s < truth.forged_to_s for score in scores], dtype=bool)
    raw = np.array([score.raw_score for score in scores])
    forged, real = raw[is_forged], raw[~is_forged]
    name = record.card.name
    if not forged.size or not real.size:
        lines = [
            f"{name}: {forged.size} forged and {real.size} real crops were scored; there is nothing to compare with."
        ]
    else:
        lines = [
            f"{name}: mean raw score {forged.mean():.3f} on {forged.size} forged crops, "
            f"{real.mean():.3f} on {real.size} real ones; AUC over the crops of this clip {_auc(forged, real):.3f} "
            "(0.5 is chance)."
        ]
        bands = [band for band in record.card.calibration if overall is not None and band.name == overall.band]
        if bands:
            forged_mean, real_mean = (
                np.mean([bands[0].probability(float(score)) for score in group]) for group in (forged, real)
            )
            lines.append(
                f"{name}: mean calibrated probability {forged_mean:.2f} on the forged crops, {real_mean:.2f} on the "
                f"real ones (band {bands[0].name})."
            )
        else:
            lines.append(f"{name}: no calibration for this clip, so no probabilities.")
    if overall is not None:
        lines.append(f"{name}: verdict on the whole clip: {overall.verdict}; {_agreement(overall.verdict)}.")
    return lines


def _agreement(verdict: Verdict) -> str:
    """What a verdict is worth on a clip that is forged for a third of its length."""
    match verdict:
        case Verdict.SUPPORTS_MANIPULATION:
            return "that is right, the clip is forged in part"
        case Verdict.SUPPORTS_AUTHENTICITY:
            return "that is wrong, the clip is forged in part"
        case Verdict.INCONCLUSIVE | Verdict.NOT_ASSESSABLE:
            return "the forgery was neither found nor denied"


def _auc(forged: NDArray[np.float64], real: NDArray[np.float64]) -> float:
    """Share of the pairs (forged, real) in which the forged crop scores higher; ties count half."""
    difference = forged[:, None] - real[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def _frames(n_frames: int, forged: range, frame_rate: float, size_px: tuple[int, int], seed: int) -> Iterator[Picture]:
    """The frames of the clip, one after the other."""
    rng = np.random.default_rng(seed)
    portrait = _portrait()
    camera = _Drift.draw(rng, 4)
    light = _Drift.draw(rng, 1)
    wobble = _Drift.draw(rng, 1)
    plan, other = draw_blend(rng, _FORGERY), draw_blend(rng, _FORGERY)
    for index in range(n_frames):
        time_s = index / frame_rate
        motion = _camera(camera.at(time_s), size_px)
        exposure = 1 + 0.04 * light.at(time_s)[0] + 0.006 * rng.standard_normal()
        frame = _film(portrait, motion, exposure, size_px, rng)
        if index in forged:
            landmarks = np.asarray(PORTRAIT_LANDMARKS) @ motion[:, :2].T + motion[:, 2]
            frame = apply_blend(
                frame, [(float(x), float(y)) for x, y in landmarks], _between(plan, other, wobble.at(time_s)[0])
            ).picture
        frame.setflags(write=False)
        yield frame


def _portrait() -> Picture:
    """The picture that is filmed, shape (512, 512, 3)."""
    path = resource_path("demo", "astronaut.jpg")
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise MediaError(f"The demo's portrait {path} cannot be read; install the program again.") from error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drift:
    """Smooth random motion: a few slow sines for each of N quantities."""

    frequencies_hz: NDArray[np.float64]
    phases: NDArray[np.float64]
    """Both of shape (N, 3)."""

    @classmethod
    def draw(cls, rng: np.random.Generator, n: int) -> "_Drift":
        return cls(
            frequencies_hz=rng.uniform((0.08, 0.25, 0.6), (0.2, 0.5, 1.2), (n, 3)),
            phases=rng.uniform(0, 2 * np.pi, (n, 3)),
        )

    def at(self, time_s: float) -> NDArray[np.float64]:
        """Values in [-1, 1] at a time, shape (N,)."""
        sines = np.sin(2 * np.pi * self.frequencies_hz * time_s + self.phases)
        return np.asarray(sines @ np.array([0.6, 0.3, 0.1]))


def _camera(drift: NDArray[np.float64], size_px: tuple[int, int]) -> NDArray[np.float64]:
    """Where the camera looks, from its drift in x, y, zoom and roll: portrait pixels -> frame pixels, shape (2, 3)."""
    width, height = size_px
    center = (_VIEW_CENTER_PX[0] + 9 * drift[0], _VIEW_CENTER_PX[1] + 4 * drift[1])
    scale = height / _VIEW_HEIGHT_PX * (1 + 0.03 * drift[2])
    motion = np.asarray(cv2.getRotationMatrix2D(center, 1.2 * float(drift[3]), scale), dtype=np.float64)
    motion[:, 2] += (width / 2 - center[0], height / 2 - center[1])
    return motion


def _film(
    portrait: Picture, motion: NDArray[np.float64], exposure: float, size_px: tuple[int, int], rng: np.random.Generator
) -> Picture:
    """One frame as the camera sees it: moved, exposed, with sensor noise; shape (H, W, 3)."""
    seen = cv2.warpAffine(portrait, motion, size_px, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    noise = _READOUT_NOISE * rng.standard_normal((size_px[1], size_px[0], 1), dtype=np.float32)
    return np.clip(np.rint(np.asarray(seen, dtype=np.float32) * np.float32(exposure) + noise), 0, 255).astype(np.uint8)


def _between(plan: BlendPlan, other: BlendPlan, place: float) -> BlendPlan:
    """One forgery whose deformation wanders a little towards another's; ``place`` in [-1, 1]."""
    turn = 0.35 * place
    return replace(
        plan,
        face_warp=(np.cos(turn) * plan.face_warp + np.sin(turn) * other.face_warp).astype(np.float32),
        outline_warp=(np.cos(turn) * plan.outline_warp + np.sin(turn) * other.outline_warp).astype(np.float32),
    )

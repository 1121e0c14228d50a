"""Analysis reports made by hand for the tests; all pictures are drawn, all figures invented.

``python -m tests.unit.report.example`` renews the golden JSON.
"""

from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import cv2
import numpy as np

from forensiclab.analysis.events import (
    AnalysisReport,
    ContactCrop,
    DetectorRecord,
    TrackResult,
    VideoResult,
)
from forensiclab.core.records import (
    Crop,
    CropRule,
    Exhibit,
    Face,
    FaceQuality,
    PacketCount,
    Picture,
    Skipped,
    TrackedFace,
    TrackPath,
)
from forensiclab.core.scores import CropScore, DetectorScore, ValidatedConditions, Verdict
from forensiclab.detectors.base import MeasuredFigure, MethodCard
from tests import builders

GOLDEN = Path(__file__).parents[2] / "golden" / "result_example.json"

HOSTILE_NAME = (
    '#panic("x") $a^2$ *bold* _it_ [c] \\u{41} `raw` <label> @ref // ünï-中文-🎭-\u202egpj.' + "lang" * 30 + ".mp4"
)

INTERVIEW = PurePosixPath("/evidence/interview.mp4")

STREAM = builders.stream_info(
    1280,
    720,
    300,
    container="mov,mp4,m4a,3gp,3g2,mj2",
    n_streams=2,
    has_audio=True,
    bit_rate_bps=812_345,
    encoder="Lavf60.16.100",
    encoder_settings="x264 - core 164 - options: cabac=1 ref=3 deblock=1:0:0 analyse=0x3:0x113 me=hex subme=7 "
    "psy=1 psy_rd=1.00:0.00 mixed_ref=1 me_range=16 chroma_me=1 trellis=1 8x8dct=1 rc=crf crf=28.0 qcomp=0.60",
    requested_crf=28.0,
)

CODING = builders.coding_stats(
    300,
    picture_types=(("I", 3), ("P", 89), ("B", 208)),
    gop_length_min=88,
    gop_length_median=106.0,
    gop_length_max=124,
    qp_mean=29.41379310344827,
    qp_histogram=(*(0,) * 22, 2, 5, 9, 14, 31, 40, 44, 51, 38, 29, 20, 11, 4, 2),
)

BAND = builders.band(
    "medium (QP 26-34)",
    qp_min=26,
    qp_max=34,
    jpeg_quality_min=40,
    jpeg_quality_max=79,
    slope=1.7,
    intercept=-0.2,
    miss_rate=0.08,
    n_real=600,
    n_forged=600,
    levels=("crf:28", "jpeg:60"),
)


def card(name: str = "meso_inception4_dfdc", **changes: Any) -> MethodCard:
    known: dict[str, Any] = {
        "options": (("classes", "2"),),
        "title": "MesoInception-4, trained on DFDC crops",
        "weights_sha256": "5f" * 32,
        "weights_licence": "Apache-2.0",
        "data_licence": "research only",
        "trained_on": ("DFDC train, parts 0-39 (6,200 real, 6,200 forged crops)",),
        "started_from": "random weights",
        "recipe": "python -m training train meso_inception4 --recipe dfdc --seed 7",
        "seed": 7,
        "hardware": "1 x NVIDIA H200",
        "duration_min": 21.5,
        "commit": "0123abc",
        "date": "2026-11-01",
        "calibration": (BAND,),
        "calibrated_on": "DFDC validation, compressed",
        "conditions": ValidatedConditions(min_face_px=48, max_qp=42),
        "figures": (
            MeasuredFigure(
                data="dfdc_faces/val",
                level="crf:28",
                metric="frame_auc",
                value=0.871,
                ci_low=0.851,
                ci_high=0.890,
                n_real=600,
                n_forged=600,
            ),
            MeasuredFigure(
                data="dfdc_faces/val",
                level="crf:40",
                metric="frame_auc",
                value=0.803,
                ci_low=None,
                ci_high=None,
                n_real=600,
                n_forged=600,
            ),
        ),
        "evaluated_by": "python -m training evaluate --detector meso_inception4_dfdc --data dfdc_faces",
        "known_limits": (
            "Measured on faces of at least 48 px only.",
            "No diffusion-made faces in its training data.",
        ),
    }
    return builders.method_card(name, **{**known, **changes})


CALIBRATED = DetectorRecord(
    card=card(),
    device="cpu",
    precision="float32",
    attention_note="Class-activation map of the last feature layer.",
)
UNCALIBRATED = DetectorRecord(
    card=card(
        "xception_ce",
        method="unheard_of",
        options=(),
        title="Xception, cross-entropy",
        weights_sha256="ab" * 32,
        calibration=(),
        calibrated_on=None,
        figures=(),
        evaluated_by=None,
        conditions=ValidatedConditions(),
        commit=None,
        seed=None,
        duration_min=None,
        known_limits=(),
    ),
    device="cpu",
    precision="float32",
    attention_note="The method's own attention map.",
)

METHOD = builders.method_record(
    version="0.1.0",
    commit="6c8eac3f",
    python="3.11.13",
    platform="Linux-6.1-x86_64",
    libraries=(("av", "16.0.1"), ("numpy", "2.4.6"), ("openvino", "2025.4.0"), ("torch", "2.9.1")),
    threads=2,
    sampling="per-track:32",
    crop_rules=("256 px, 1.3 x the face box", "299 px, 1.3 x the face box"),
    face_finder="MTCNN (facenet-pytorch 2.5.3), smallest face 40 px",
    detectors=(CALIBRATED, UNCALIBRATED),
    deviations=("The face finder ran on every 5th frame.",),
    command="forensiclab analyze 'interview.mp4' --detectors meso_inception4_dfdc,xception_ce",
)


def face_picture(seed: int, size_px: int = 192) -> Picture:
    """A drawn face: skin, eyes, mouth and some noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((size_px, size_px, 3), (70, 90, 110), np.uint8)
    skin = tuple(int(value) for value in rng.integers((150, 110, 90), (230, 180, 150)))
    half, unit = size_px // 2, size_px / 192
    turn = int(rng.integers(-10, 10) * unit)
    cv2.ellipse(picture, (half + turn, half), (int(55 * unit), int(75 * unit)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for side in (-22, 22):
        eye = (half + turn + int(side * unit), half - int(18 * unit))
        cv2.circle(picture, eye, int(7 * unit), (40, 30, 30), -1, cv2.LINE_AA)
    mouth = (half + turn, half + int(32 * unit))
    cv2.ellipse(picture, mouth, (int(24 * unit), int(9 * unit)), 0, 0, 180, (150, 60, 60), -1, cv2.LINE_AA)
    noisy = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    noisy.flags.writeable = False
    return noisy


def attention_map(seed: int) -> np.ndarray:
    """A blob somewhere, shape (12, 12), values in [0, 1]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:12, :12]
    center_x, center_y = rng.uniform(3, 9, 2)
    return np.exp(-((x - center_x) ** 2 + (y - center_y) ** 2) / 8).astype(np.float32)


def detector_score(detector: str, raw_score: float | None, **changes: Any) -> DetectorScore:
    probability = None if raw_score is None or detector == "xception_ce" else BAND.probability(raw_score)
    if probability is None:
        reasons: tuple[str, ...] = ("The detector has no calibration for the exhibit's compression.",)
        verdict = Verdict.INCONCLUSIVE
    else:
        verdict = BAND.verdict(probability)
        reasons = (f"The calibrated probability {probability:.3f} is compared with the thresholds 0.1 and 0.9.",)
    known: dict[str, Any] = {
        "detector": detector,
        "raw_score": raw_score,
        "probability": probability,
        "verdict": verdict,
        "reasons": reasons,
        "band": None if probability is None else BAND.name,
        "crops_scored": 32,
    }
    return DetectorScore(**{**known, **changes})


def track(
    track_id: int,
    start_s: float = 0.0,
    end_s: float = 6.0,
    level: float = 2.0,
    detectors: tuple[str, ...] = ("meso_inception4_dfdc", "xception_ce"),
    crops: int = 12,
    gap_s: tuple[float, float] | None = None,
) -> TrackResult:
    """A track scored at 32 times, about ``level``; no scores within ``gap_s``."""
    times = np.round(np.linspace(start_s, end_s, 32) * 25) / 25
    if gap_s:
        times = times[(times < gap_s[0]) | (times > gap_s[1])]
    boxes = np.stack([np.array([200, 100, 380, 330]) + 3 * track_id + i for i in range(len(times))]).astype(np.float32)
    indices = np.round(times * 25).astype(np.int64)

    def raw(name: str, i: int) -> float:
        wave = 0.8 * np.sin(0.7 * i + track_id) + 0.3 * np.cos(2.1 * i)
        return float(level + wave) if name != "xception_ce" else float(40 * level - 9 * wave)

    def crop_score(name: str, i: int, attention: np.ndarray | None = None) -> CropScore:
        left, top, right, bottom = (float(value) for value in boxes[i])
        return CropScore(
            detector=name,
            track_id=track_id,
            frame_index=int(indices[i]),
            pts_s=float(times[i]),
            box_xyxy_px=(left, top, right, bottom),
            region_xyxy_px=(left - 60, top - 35, left + 240, top + 265),
            raw_score=raw(name, i),
            attention=attention,
        )

    picked = np.unique(np.linspace(0, len(times) - 1, crops).round().astype(int)) if crops else []
    sheet = []
    for i in picked:
        crop_scores = tuple(
            crop_score(name, int(i), attention_map(100 * track_id + int(i) + 7 * k)) for k, name in enumerate(detectors)
        )
        face = Face(box_xyxy_px=crop_scores[0].box_xyxy_px, landmarks_xy_px=None, confidence=None)
        crop = Crop(
            tracked=TrackedFace(track_id=track_id, frame_index=int(indices[i]), pts_s=float(times[i]), face=face),
            rule=CropRule(size_px=192, margin=1.3),
            region_xyxy_px=crop_scores[0].region_xyxy_px,
            picture=face_picture(1000 * track_id + int(i)),
            quality=FaceQuality(
                size_px=230.0, sharpness=120.0, yaw_deg=4.0, pitch_deg=-2.0, roll_deg=0.5, qp_mean=27.0 + int(i) % 5
            ),
            picture_type="IPBB"[int(i) % 4],
        )
        sheet.append(ContactCrop(crop=crop, scores=crop_scores))
    means = {name: float(np.mean([raw(name, i) for i in range(len(times))])) for name in detectors}
    return TrackResult(
        track_id=track_id,
        start_s=start_s,
        end_s=end_s,
        path=TrackPath(track_id=track_id, frame_indices=indices, pts_s=times, boxes_xyxy_px=boxes),
        frames_with_face=140,
        crop_scores=tuple(crop_score(name, i) for i in range(len(times)) for name in detectors),
        scores=tuple(detector_score(name, mean) for name, mean in means.items()),
        contact_sheet=tuple(sheet),
        median_face_px=230.0,
        median_qp=29.0,
    )


SKIPPED = (
    Skipped(
        first_frame_index=151,
        last_frame_index=174,
        start_s=6.04,
        end_s=6.96,
        frames=24,
        stage="faces",
        reason="no face was found",
    ),
    Skipped(
        first_frame_index=60,
        last_frame_index=79,
        start_s=2.4,
        end_s=3.16,
        frames=20,
        stage="crop",
        reason="the face is smaller than 24 px",
        track_id=1,
    ),
    Skipped(
        first_frame_index=200,
        last_frame_index=200,
        start_s=8.0,
        end_s=8.0,
        frames=1,
        stage="score",
        reason="the device ran out of memory",
        track_id=2,
        detector="xception_ce",
    ),
)


def two_tracks(path: PurePath = INTERVIEW, **changes: Any) -> AnalysisReport:
    """Two tracks, two detectors, one of them without calibration, and some skipped frames."""
    known: dict[str, Any] = {
        "exhibit": Exhibit(
            path=path, sha256="c0ffee" + "0" * 58, size_bytes=1_234_567, modified_utc="2026-11-02T08:15:00Z"
        ),
        "stream": STREAM,
        "coding": CODING,
        "method": METHOD,
        "tracks": (track(1, 0.0, 6.0, 2.0, gap_s=(2.3, 3.2)), track(2, 7.0, 11.96, -1.5)),
        "video": VideoResult(
            verdict=Verdict.SUPPORTS_MANIPULATION,
            reasons=("Track 1 supports manipulation under meso_inception4_dfdc.", "xception_ce has no calibration."),
            scores=(detector_score("meso_inception4_dfdc", 2.0), detector_score("xception_ce", 80.0)),
            conflict=False,
        ),
        "shot_cuts_s": (6.04, 7.0),
        "frames_with_face": 280,
        "frames_sampled": 64,
        "crops_scored": 64,
        "skipped": SKIPPED,
        "warnings": ("The file's declared duration is 0.04 s longer than its pictures.",),
        "started_at": "2026-11-02T10:00:00+01:00",
        "finished_at": "2026-11-02T10:00:41+01:00",
    }
    return builders.analysis_report(**{**known, **changes})


def no_face() -> AnalysisReport:
    """No face anywhere: zero tracks, not assessable."""
    nothing = {"verdict": Verdict.NOT_ASSESSABLE, "reasons": ("No face was found.",), "crops_scored": 0}
    scores = tuple(detector_score(record.card.name, None, **nothing) for record in METHOD.detectors)
    whole = replace(SKIPPED[0], first_frame_index=0, last_frame_index=299, start_s=0.0, end_s=11.96, frames=300)
    video = VideoResult(
        verdict=Verdict.NOT_ASSESSABLE, reasons=("No face was found in 300 frames.",), scores=scores, conflict=False
    )
    return two_tracks(
        tracks=(), video=video, shot_cuts_s=(), frames_with_face=0, frames_sampled=0, crops_scored=0, skipped=(whole,)
    )


def image() -> AnalysisReport:
    """A JPEG picture with one face."""
    stream = replace(
        STREAM,
        container="image2",
        codec="mjpeg",
        profile="Baseline",
        pixel_format="yuvj420p",
        is_image=True,
        average_frame_rate=None,
        duration_s=None,
        declared_frames=1,
        n_streams=1,
        has_audio=False,
        bit_rate_bps=None,
        encoder=None,
        encoder_settings=None,
        requested_crf=None,
        jpeg_quality=72,
    )
    coding = replace(
        CODING,
        frames_read=1,
        packets=PacketCount(packets=1, pictures=1, damaged=0, undecodable=0, withheld=0, hidden=0, unread=0),
        picture_types=(("I", 1),),
        gop_length_min=None,
        gop_length_median=None,
        gop_length_max=None,
        qp_mean=None,
        qp_histogram=(),
        frame_interval_min_s=None,
        frame_interval_max_s=None,
        last_pts_s=0.0,
    )
    whole = track(1, 0.0, 0.0, 1.1, crops=1)
    single = replace(whole, crop_scores=whole.crop_scores[:2], frames_with_face=1, median_qp=None)
    return two_tracks(
        path=PurePosixPath("/evidence/portrait.jpg"),
        stream=stream,
        coding=coding,
        tracks=(single,),
        shot_cuts_s=(),
        frames_with_face=1,
        frames_sampled=1,
        crops_scored=1,
        skipped=(),
        warnings=(),
    )


def crowded() -> AnalysisReport:
    """Forty tracks, seven detectors, hundreds of skips; cancelled before the end, detectors in conflict."""
    names = [f"detector_number_{number}_trained_on_all_compressions" for number in range(7)]
    records = tuple(replace(CALIBRATED, card=card(name)) for name in names)
    tracks = tuple(
        track(number, 0.2 * number, 4 + 0.2 * number, np.sin(number), tuple(names), crops=12) for number in range(1, 41)
    )
    skipped = tuple(
        replace(
            SKIPPED[1],
            first_frame_index=5 * i,
            last_frame_index=5 * i + 2,
            start_s=0.2 * i,
            end_s=0.2 * i + 0.08,
            frames=3,
            reason=f"the face is turned away by {40 + i % 16} degrees, more than the 40 degrees that are allowed",
            track_id=1 + i % 40,
        )
        for i in range(200)
    )
    video = VideoResult(
        verdict=Verdict.INCONCLUSIVE,
        reasons=("The detectors contradict each other.", *(f"{name}: inconclusive." for name in names)),
        scores=tuple(detector_score(name, 3.0 - position) for position, name in enumerate(names)),
        conflict=True,
    )
    return two_tracks(
        method=replace(METHOD, detectors=records), tracks=tracks, skipped=skipped, video=video, is_partial=True
    )


if __name__ == "__main__":
    from forensiclab.report.result_json import to_json

    GOLDEN.write_text(to_json(two_tracks()), encoding="utf-8")

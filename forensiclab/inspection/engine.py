"""The engine behind the inspector: opens what a request needs when it is first needed, and keeps it open."""

from collections.abc import Callable
from functools import partial

from forensiclab.analysis.calibrate import choose_band
from forensiclab.analysis.loading import loaded
from forensiclab.analysis.spectrum import power_spectrum, reference_bands
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import DeviceError, WeightsError
from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import CropRule, Picture
from forensiclab.core.scores import BandCalibration, DetectorScore, Verdict
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.bleaching import Bleacher, BleachPreview, bleach_weights, open_bleacher
from forensiclab.detectors.runtime import open_detector
from forensiclab.inspection.patch_cache import OpenRescorer, PatchCache, Rescorer
from forensiclab.inspection.requests import (
    Answer,
    Bleaching,
    BleachRequest,
    InspectedExhibit,
    InspectedFace,
    LevelScore,
    PrepareRequest,
    Preview,
    PreviewRequest,
    Request,
    ScoreRequest,
    Spectrum,
    SpectrumRequest,
    StandInRequest,
    UsualSpectrum,
)
from forensiclab.inspection.rescoring import FaceRescorer

OpenDetector = Callable[[str, str, str], Detector]
"""(name, device, precision) -> detector."""


class FaceEngine:
    """The ``InspectionEngine`` of the program; every detector answers by itself."""

    def __init__(
        self,
        patches: PatchCache | None = None,
        *,
        open_rescorer: OpenRescorer = FaceRescorer,
        open_detector: OpenDetector = open_detector,
        cancel: CancelToken | None = None,
    ) -> None:
        """Answer on one thread.

        Args:
            patches: Shared with the engines of other threads; None = one of its own.
            open_rescorer: (path, stream, detectors) -> what compresses, cuts and scores.
            open_detector: (name, device, precision) -> detector.
            cancel: Set by another thread to stop waiting for weights; what was asked for then raises ``Cancelled``.
        """
        self._open_rescorer, self._open_detector = open_rescorer, open_detector
        self._patches = PatchCache(open_rescorer) if patches is None else patches
        self._cancel = cancel or CancelToken()
        self._exhibit: InspectedExhibit | None = None
        self._scorers: dict[str, Rescorer] = {}
        """They read no file."""
        self._detectors: dict[tuple[str, str, str], Detector] = {}
        self._bleachers: dict[tuple[str, str], Bleacher] = {}
        """By name and device."""

    def open(self, exhibit: InspectedExhibit) -> None:
        self.close()
        self._exhibit = exhibit

    def close(self) -> None:
        for scorer in self._scorers.values():
            scorer.close()
        self._scorers.clear()
        if self._exhibit is not None:
            self._patches.release(self._exhibit)
        self._exhibit = None

    def answer(self, face: InspectedFace, request: Request, cancel: CancelToken) -> Answer | None:
        match request:
            case PrepareRequest():
                self.prepare(face, request, cancel)
                return None
            case PreviewRequest():
                return self.preview(face, request)
            case StandInRequest():
                return self.stand_in(face, request)
            case ScoreRequest():
                return self.score(face, request)
            case BleachRequest():
                return self.bleach(face, request)
            case SpectrumRequest():
                return self.spectrum(face, request)

    def prepare(self, face: InspectedFace, request: PrepareRequest, cancel: CancelToken) -> None:
        self._patches.prepare(self._opened, face, request, cancel)

    def preview(self, face: InspectedFace, request: PreviewRequest) -> Preview:
        return Preview(level=request.level, picture=self._cut(face, request.level, request.rule))

    def stand_in(self, face: InspectedFace, request: StandInRequest) -> Preview | None:
        found = self._patches.stand_in(self._opened, face, request.level, request.rule)
        return None if found is None else Preview(level=found[0], picture=found[1])

    def score(self, face: InspectedFace, request: ScoreRequest) -> LevelScore:
        detector = self._detector(request.detector)
        if request.detector not in self._scorers:
            exhibit = self._opened
            self._scorers[request.detector] = self._open_rescorer(exhibit.path, exhibit.stream, (detector,))
        patch = self._patches.patch(self._opened, face, detector.input_spec.margin)
        (score,) = self._scorers[request.detector].answer(patch, request.level)
        return score

    def bleach(self, face: InspectedFace, request: BleachRequest) -> Bleaching:
        installed = bleach_weights()
        if not installed:
            return Bleaching(installed=())
        weights = request.weights if request.weights in installed else installed[0]
        try:
            return self._bleach(face, request, installed, weights)
        except (WeightsError, DeviceError) as error:  # others may still be usable
            return Bleaching(installed=installed, weights=weights, failure=error.sentence)

    def spectrum(self, face: InspectedFace, request: SpectrumRequest) -> Spectrum:
        bands = reference_bands()
        rule = bands[0].rule if bands else request.rule
        usual = tuple(
            UsualSpectrum(
                level=band.level,
                frequencies=band.frequencies,
                low=band.low,
                median=band.median,
                high=band.high,
                n_real=band.n_real,
                min_source_px=band.min_source_px,
                data=band.data,
            )
            for band in bands
            if band.rule == rule  # size and margin decide what a frequency means
        )
        return Spectrum(
            log_power=power_spectrum(self._cut(face, CLEAN, rule)),
            source_px=rule.margin * box_size_px(face.tracked.face.box_xyxy_px),
            usual=usual,
        )

    def _bleach(
        self, face: InspectedFace, request: BleachRequest, installed: tuple[str, ...], weights: str
    ) -> Bleaching:
        key = (weights, self._opened.device)
        if key not in self._bleachers:
            self._bleachers[key] = loaded(partial(open_bleacher, *key), self._cancel)
        bleacher = self._bleachers[key]
        crop = self._cut(face, CLEAN, bleacher.input_spec.crop_rule)
        done = bleacher.preview(crop, gain=request.gain, strength=request.strength)
        return Bleaching(
            installed=installed,
            weights=weights,
            original=done.original,
            bleach=done.bleach,
            gain=request.gain,
            bleached=done.bleached,
            before=_score(
                bleacher.card.name,
                done.raw_score_before,
                None,
                Sentence("The calibration of these weights is for bleached crops."),
            ),
            after=self._bleached_score(bleacher, face, done),
            strength=done.strength,
            trained_strength=bleacher.strength,
        )

    @property
    def _opened(self) -> InspectedExhibit:
        assert self._exhibit is not None, "an exhibit is opened before the first request"
        return self._exhibit

    def _detector(self, name: str) -> Detector:
        key = (name, self._opened.device, self._opened.precision)
        if key not in self._detectors:
            self._detectors[key] = loaded(partial(self._open_detector, *key), self._cancel)
        return self._detectors[key]

    def _cut(self, face: InspectedFace, level: CompressionLevel, rule: CropRule) -> Picture:
        return self._patches.cut(self._opened, face, level, rule)

    def _bleached_score(self, bleacher: Bleacher, face: InspectedFace, done: BleachPreview) -> DetectorScore:
        name, raw_score = bleacher.card.name, done.raw_score_after
        if done.strength != bleacher.strength:
            return _score(
                name, raw_score, None, Sentence("The calibration holds only for the strength of the training.")
            )
        band = choose_band(bleacher.card, face.qp_mean, self._opened.stream.jpeg_quality)
        if band is None:
            return _score(
                name, raw_score, None, Sentence("These weights have no calibration for the measured compression.")
            )
        return _score(name, raw_score, band)


def _score(name: str, raw_score: float, band: BandCalibration | None, *reasons: str) -> DetectorScore:
    """Judge one crop by a calibration; without one it is inconclusive, for ``reasons``."""
    probability = None if band is None else band.probability(raw_score)
    return DetectorScore(
        detector=name,
        raw_score=raw_score,
        probability=probability,
        verdict=Verdict.INCONCLUSIVE if band is None or probability is None else band.verdict(probability),
        reasons=reasons,
        band=None if band is None else band.name,
        crops_scored=1,
    )

"""Cuts faces out of the exhibit for the threads of the inspector; whoever comes second finds it done."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from forensiclab.analysis.face_patch import FacePatch
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.records import CropRule, Picture, StreamInfo, TrackedFace
from forensiclab.detectors.base import Detector
from forensiclab.inspection.requests import MIN_MARGIN, InspectedExhibit, InspectedFace, LevelScore, PrepareRequest
from forensiclab.inspection.rescoring import FaceRescorer

_KEPT_PATCHES = 4
"""Parts of frames that are kept, so that going back and forth decodes nothing."""


class Rescorer(Protocol):
    """What is needed of ``inspection.rescoring.FaceRescorer``."""

    def patch(self, tracked: TrackedFace, *, qp_mean: float | None = None, margin: float = 1.3) -> FacePatch: ...
    def prepare(
        self, patch: FacePatch, levels: Sequence[CompressionLevel] = (), cancel: CancelToken | None = None
    ) -> None: ...
    def preview(self, patch: FacePatch, level: CompressionLevel, rule: CropRule | None = None) -> Picture: ...
    def stand_in(
        self, patch: FacePatch, level: CompressionLevel, rule: CropRule
    ) -> tuple[CompressionLevel, Picture] | None: ...
    def answer(self, patch: FacePatch, level: CompressionLevel) -> tuple[LevelScore, ...]: ...
    def close(self) -> None: ...


OpenRescorer = Callable[[Path, StreamInfo, Sequence[Detector]], Rescorer]


class PatchCache:
    """Holds the file of one exhibit open, and the parts of its frames that were looked at last. Safe to share."""

    def __init__(self, open_rescorer: OpenRescorer = FaceRescorer) -> None:
        self._open_rescorer = open_rescorer
        self._lock = Lock()
        """One thread at a time reads; compressing and cutting need no lock."""
        self._exhibit: InspectedExhibit | None = None
        self._file: Rescorer | None = None
        self._patches: OrderedDict[tuple[InspectedFace, float], FacePatch] = OrderedDict()

    def patch(self, exhibit: InspectedExhibit, face: InspectedFace, margin: float = MIN_MARGIN) -> FacePatch:
        """Return the part of a frame that a face needs for crops of this margin.

        Raises:
            MediaError: The exhibit cannot be read.
        """
        return self._opened(exhibit, face, margin)[1]

    def prepare(
        self, exhibit: InspectedExhibit, face: InspectedFace, request: PrepareRequest, cancel: CancelToken
    ) -> None:
        """Make ready what a face needs at any level, then levels.

        Raises:
            Cancelled: ``cancel`` was set.
            MediaError: The exhibit cannot be read.
        """
        file, patch = self._opened(exhibit, face, request.margin)
        file.prepare(patch, request.levels, cancel)

    def cut(self, exhibit: InspectedExhibit, face: InspectedFace, level: CompressionLevel, rule: CropRule) -> Picture:
        """Return a crop as it looks at a level, shape (S, S, 3).

        Raises:
            MediaError: The exhibit cannot be read, or the face is too large to be recompressed.
        """
        file, patch = self._opened(exhibit, face, rule.margin)
        return file.preview(patch, level, rule)

    def stand_in(
        self, exhibit: InspectedExhibit, face: InspectedFace, level: CompressionLevel, rule: CropRule
    ) -> tuple[CompressionLevel, Picture] | None:
        """Return the nearest level that is there, and the crop at it; None where none is.

        Raises:
            MediaError: The exhibit cannot be read.
        """
        file, patch = self._opened(exhibit, face, rule.margin)
        return file.stand_in(patch, level, rule)

    def release(self, exhibit: InspectedExhibit) -> None:
        """Let go of an exhibit's file and frames; nothing happens where another one is open."""
        with self._lock:
            if exhibit == self._exhibit:
                self._close()

    def _opened(self, exhibit: InspectedExhibit, face: InspectedFace, margin: float) -> tuple[Rescorer, FacePatch]:
        key = (face, max(margin, MIN_MARGIN))
        with self._lock:
            if exhibit != self._exhibit:
                self._close()
                self._exhibit = exhibit
            if self._file is None:
                self._file = self._open_rescorer(exhibit.path, exhibit.stream, ())
            if key not in self._patches:
                self._patches[key] = self._file.patch(face.tracked, qp_mean=face.qp_mean, margin=key[1])
            self._patches.move_to_end(key)
            if len(self._patches) > _KEPT_PATCHES:
                self._patches.popitem(last=False)
            return self._file, self._patches[key]

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._exhibit = None
        self._patches.clear()

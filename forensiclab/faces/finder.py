"""The face finder: where the faces of one picture are."""

from typing import ClassVar

import numpy as np
import torch
from facenet_pytorch import MTCNN

from forensiclab.core.records import Face, Picture
from forensiclab.media.frame import Frame

_THRESHOLDS = (0.6, 0.7, 0.8)
_NETWORK_CELL_PX = 12
"""The first network judges squares of this side; a picture with a smaller side holds none."""


class FaceFinder:
    """MTCNN on a reduced picture, with a finer second pass where the first finds nothing.

    Nothing in it is random: the same picture gives the same faces.

    Source: K. Zhang et al., Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks, 2016,
    with the weights of facenet-pytorch 2.5.3 (they are in its wheel).
    Deviations: the last threshold is 0.8 instead of 0.7: on compressed video, little of what lies between is a face.
    """

    NAME: ClassVar[str] = (
        f"MTCNN (facenet-pytorch 2.5.3), thresholds {'/'.join(map(str, _THRESHOLDS))}, pyramid factor 0.709"
    )

    def __init__(
        self, device: str = "cpu", *, max_side_px: int = 640, fine_side_px: int = 1280, min_face_px: float = 20.0
    ) -> None:
        """Load the networks.

        Args:
            device: Where they run, as torch names it.
            max_side_px: Longer side to which a frame is reduced before it is searched.
            fine_side_px: The same for the second pass of ``find_in``.
            min_face_px: Smallest face that is looked for, in pixels of the reduced picture: 60 pixels of a frame
                1920 wide in the first pass, 30 in the second. At least 12, which is all the first network can see.
        """
        self.max_side_px = max_side_px
        self.fine_side_px = fine_side_px
        self.min_face_px = max(min_face_px, float(_NETWORK_CELL_PX))
        self._networks = MTCNN(
            min_face_size=self.min_face_px,
            thresholds=list(_THRESHOLDS),
            keep_all=True,
            device=torch.device(device),
        ).eval()

    @property
    def name(self) -> str:
        """``NAME`` with the settings of this instance, for the report."""
        return (
            f"{self.NAME}, faces of {self.min_face_px:g} px and more in frames reduced to {self.max_side_px} px "
            f"(to {self.fine_side_px} px where that finds none)"
        )

    def find_in(self, frame: Frame, *, is_thorough: bool = False, at_least_px: float = 0.0) -> tuple[Face, ...]:
        """Find the faces of a frame: quickly, and once more in a finer picture where there seem to be none.

        Args:
            frame: The frame; it is reduced here.
            is_thorough: Whether to take the finer picture from the start.
            at_least_px: Look only for faces of this size and more, in pixels of the frame, unless there seem to be
                none: most of the time goes into small ones.

        Returns:
            As ``find``.
        """
        longer_px = max(frame.width_px, frame.height_px)
        sides = (self.fine_side_px,) if is_thorough else (self.max_side_px, self.fine_side_px)
        faces: tuple[Face, ...] = ()
        searched_px = 0
        for side in sides:
            reduced_px = min(side, longer_px)
            if faces or reduced_px == searched_px:
                break
            picture = frame.rgb(max_side_px=reduced_px)
            scale = longer_px / max(picture.shape[:2])
            if at_least_px > self.min_face_px * scale:
                faces = self.find(picture, scale, at_least_px / scale)
            if not faces:
                faces = self.find(picture, scale)
            searched_px = reduced_px
        return faces

    def find(self, picture: Picture, scale: float = 1.0, min_face_px: float | None = None) -> tuple[Face, ...]:
        """Find the faces of a picture as it is.

        Args:
            picture: Shape (H, W, 3); usually a frame that was reduced.
            scale: What to multiply its pixels by to get pixels of the frame.
            min_face_px: Smallest face that is looked for, in pixels of the picture; this finder's own if None.

        Returns:
            The faces from the largest to the smallest, in pixels of the frame. A box may reach beyond the picture where
            the face does.
        """
        if min(picture.shape[:2]) < max(self.min_face_px, _NETWORK_CELL_PX):
            return ()
        self._networks.min_face_size = min_face_px or self.min_face_px
        with torch.inference_mode():
            boxes, confidences, points = self._networks.detect(picture, landmarks=True)
        if boxes is None:
            return ()
        # facenet-pytorch returns arrays of objects
        boxes = np.asarray(boxes, dtype=np.float64) * scale
        points = np.asarray(points, dtype=np.float64) * scale
        return tuple(
            Face(
                box_xyxy_px=(left, top, right, bottom),
                landmarks_xy_px=tuple((x, y) for x, y in five),
                confidence=float(confidence),
            )
            for (left, top, right, bottom), five, confidence in zip(
                boxes.tolist(), points.tolist(), confidences, strict=True
            )
            if right > left and bottom > top
        )

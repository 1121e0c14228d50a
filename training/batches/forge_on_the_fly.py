"""Forgeries made from real crops while a batch is put together."""

from collections.abc import Sequence

import numpy as np

from forensiclab.core.records import Picture
from forensiclab.forge.families import Family, forge_crop
from forensiclab.forge.hull import MARGIN_LANDMARKS, TIGHT_LANDMARKS, Landmarks, scaled_landmarks
from training.batches.batches import CropGroup, Forge, Mask
from training.datasets.crops import CROP_MARGIN, CropFolder

_WIDE_MARGIN = 1.3
"""Of the crops on which ``MARGIN_LANDMARKS`` were found."""


def forger(families: Sequence[str], folder: CropFolder, groups: Sequence[CropGroup]) -> Forge:
    """Return a maker of forgeries of some kinds, each as likely.

    Args:
        families: Names of ``forensiclab.forge.families.Family``.
        folder: The crops; their margin tells where a face's five points usually are.
        groups: The donor of a face swap is drawn from all real crops in them.

    Raises:
        SettingsError: There is no such family.
    """
    kinds = [Family.parse(name) for name in families]
    reals = list({entry.name: entry for group in groups for entry in group if entry.label == 0}.values())

    def forge(picture: Picture, rng: np.random.Generator) -> tuple[Picture, Mask]:
        family = kinds[int(rng.integers(len(kinds)))]
        donor = None
        if family is Family.FACE_SWAP:
            donor = folder.picture(reals[int(rng.integers(len(reals)))])
        made = forge_crop(
            family,
            picture,
            usual_landmarks(folder.margin, picture),
            rng,
            donor,
            usual_landmarks(folder.margin, donor) if donor is not None else None,
        )
        return made.picture, np.ceil(255 * made.mask).astype(np.uint8)  # so that 0 stays the only 0

    return forge


def usual_landmarks(margin: float, picture: Picture) -> Landmarks:
    """Return where the five points of a face usually are in crops of a margin; pixels.

    The points known for the nearer of two margins, moved about the centre as the margin asks.
    """
    height, width = picture.shape[:2]
    is_wide = abs(margin - _WIDE_MARGIN) < abs(margin - CROP_MARGIN)
    known, at = (MARGIN_LANDMARKS, _WIDE_MARGIN) if is_wide else (TIGHT_LANDMARKS, CROP_MARGIN)
    points = scaled_landmarks(known, width, height)
    center = (width / 2, height / 2)
    return tuple(
        (center[0] + (x - center[0]) * at / margin, center[1] + (y - center[1]) * at / margin) for x, y in points
    )

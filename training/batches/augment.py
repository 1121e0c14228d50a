"""Random changes that leave the label as it is: geometry, light, and the damage that pictures take on their way."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.records import Picture
from training.datasets.fitting import fit
from training.datasets.levels import compress


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentSettings:
    """How often (probabilities) and how much (ranges) crops are changed. All 0 = nothing but the flip."""

    flip: float = 0.5
    affine: float = 0.3
    rotation_deg: float = 8.0
    zoom: float = 0.1
    """Scale drawn from [1 - zoom, 1 + zoom]."""
    shift: float = 0.04
    """Of the side, in both directions."""
    light: float = 0.4
    contrast: float = 0.2
    """Factor drawn from [1 - contrast, 1 + contrast], per channel within a third of that (a change of hue)."""
    brightness: float = 25.0
    """Grey levels added, from [-brightness, brightness]."""
    shrink: float = 0.2
    shrink_to: float = 0.4
    """Smallest scale; the crop is reduced to it and enlarged again."""
    blur: float = 0.1
    blur_sigma_px: float = 1.2
    noise: float = 0.1
    noise_sigma: float = 5.0
    """Grey levels."""
    jpeg: float = 0.35
    jpeg_quality: tuple[int, int] = (15, 95)
    webp: float = 0.05
    webp_quality: tuple[int, int] = (20, 90)
    x264: float = 0.0
    """Costs about 30 ms a crop, fifty times as much as JPEG: right for a small network on a processor. A fast device
    takes compressed crops from a copy made by ``compress`` instead (``Recipe.compressed_share``)."""
    x264_crf: tuple[int, int] = (20, 44)


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """One drawn change. It can be applied to several crops: both of a pair get the same one."""

    is_flipped: bool
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]] | None
    """Rotation, zoom and shift about the centre; lengths in units of the side. None = as it is."""
    gain: tuple[float, float, float]
    offset: float
    shrink: float | None
    blur_sigma_px: float | None
    noise_sigma: float | None
    noise_seed: int
    encoding: CompressionLevel | None


def draw(rng: np.random.Generator, settings: AugmentSettings) -> Augmentation:
    """Draw a change. The number of random numbers used does not depend on the outcome."""
    happens = dict(
        zip(("flip", "affine", "light", "shrink", "blur", "noise", "encode"), rng.random(7).tolist(), strict=True)
    )
    angle, zoom, shift_x, shift_y = rng.uniform(-1, 1, 4).tolist()
    contrast, hue_r, hue_g, hue_b, brightness = rng.uniform(-1, 1, 5).tolist()
    amount_shrink, amount_blur, amount_noise, amount_quality = rng.random(4).tolist()
    noise_seed = int(rng.integers(2**31))

    matrix = None
    if happens["affine"] < settings.affine:
        scale = 1 + settings.zoom * zoom
        radians = np.deg2rad(settings.rotation_deg * angle)
        cos, sin = float(scale * np.cos(radians)), float(scale * np.sin(radians))
        shift = (settings.shift * shift_x, settings.shift * shift_y)
        matrix = (
            (cos, -sin, 0.5 - 0.5 * cos + 0.5 * sin + shift[0]),
            (sin, cos, 0.5 - 0.5 * sin - 0.5 * cos + shift[1]),
        )
    gain, offset = (1.0, 1.0, 1.0), 0.0
    if happens["light"] < settings.light:
        common = 1 + settings.contrast * contrast
        red, green, blue = (common * (1 + settings.contrast / 3 * hue) for hue in (hue_r, hue_g, hue_b))
        gain = (red, green, blue)
        offset = settings.brightness * brightness
    encoding = None
    if happens["encode"] < settings.jpeg:
        encoding = CompressionLevel(Codec.JPEG, _between(settings.jpeg_quality, amount_quality))
    elif happens["encode"] < settings.jpeg + settings.webp:
        encoding = CompressionLevel(Codec.WEBP, _between(settings.webp_quality, amount_quality))
    elif happens["encode"] < settings.jpeg + settings.webp + settings.x264:
        encoding = CompressionLevel(Codec.H264, _between(settings.x264_crf, amount_quality))
    return Augmentation(
        is_flipped=happens["flip"] < settings.flip,
        matrix=matrix,
        gain=gain,
        offset=offset,
        shrink=settings.shrink_to + (1 - settings.shrink_to) * amount_shrink
        if happens["shrink"] < settings.shrink
        else None,
        blur_sigma_px=0.2 + (settings.blur_sigma_px - 0.2) * amount_blur if happens["blur"] < settings.blur else None,
        noise_sigma=1 + (settings.noise_sigma - 1) * amount_noise if happens["noise"] < settings.noise else None,
        noise_seed=noise_seed,
        encoding=encoding,
    )


def apply(augmentation: Augmentation, picture: Picture, size_px: int) -> Picture:
    """Change a crop and bring it to the network's size: light, damage at its own scale, then one resampling.

    Args:
        augmentation: What was drawn.
        picture: uint8 RGB, shape (H, W, 3).
        size_px: Side of the result.

    Returns:
        uint8 RGB, shape (size_px, size_px, 3).
    """
    changed = np.ascontiguousarray(picture[:, ::-1] if augmentation.is_flipped else picture)
    if augmentation.offset != 0 or augmentation.gain != (1.0, 1.0, 1.0):
        levels = np.arange(256, dtype=np.float64)[:, None] - 128
        table = levels * np.array(augmentation.gain) + 128 + augmentation.offset  # (256, 3)
        changed = _uint8(cv2.LUT(changed, np.clip(table.round(), 0, 255).astype(np.uint8)[None]))
    if augmentation.shrink is not None:
        height, width = changed.shape[:2]
        small = (max(1, round(width * augmentation.shrink)), max(1, round(height * augmentation.shrink)))
        reduced = cv2.resize(changed, small, interpolation=cv2.INTER_AREA)
        changed = _uint8(cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC))
    if augmentation.blur_sigma_px is not None:
        changed = _uint8(cv2.GaussianBlur(changed, (0, 0), augmentation.blur_sigma_px))
    if augmentation.noise_sigma is not None:
        rng = np.random.default_rng(augmentation.noise_seed)
        noise = rng.standard_normal(changed.shape, dtype=np.float32) * augmentation.noise_sigma
        changed = np.clip(np.rint(changed + noise), 0, 255).astype(np.uint8)
    if augmentation.encoding is not None:
        changed = compress(changed, augmentation.encoding)
    return _resample(changed, augmentation.matrix, size_px)


def apply_to_mask(augmentation: Augmentation, mask: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Move a mask as ``apply`` moves the crop; grey levels, shape (H, W) -> (size_px, size_px)."""
    changed = np.ascontiguousarray(mask[:, ::-1] if augmentation.is_flipped else mask)
    return _resample(changed, augmentation.matrix, size_px, cv2.BORDER_CONSTANT)


def _resample(
    picture: Picture,
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]] | None,
    size_px: int,
    border: int = cv2.BORDER_REFLECT_101,
) -> Picture:
    if matrix is None:
        return fit(picture, size_px)
    height, width = picture.shape[:2]
    to_unit = np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])
    from_unit = np.array([[size_px, 0, -0.5], [0, size_px, -0.5], [0, 0, 1]])
    whole = from_unit @ np.array([*matrix, (0.0, 0.0, 1.0)]) @ to_unit
    return _uint8(cv2.warpAffine(picture, whole[:2], (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=border))


def _uint8(array: object) -> Picture:
    """Give OpenCV's result the type it has: what was given comes back, but its annotations do not say so."""
    return np.asarray(array, dtype=np.uint8)


def _between(limits: tuple[int, int], amount: float) -> int:
    return limits[0] + int(amount * (limits[1] - limits[0] + 1))

"""What happens to a video that is passed on: reduced, blurred, encoded, and encoded again.

Presets are chains of such steps with their ranges; one draw from a preset is applied to a whole clip, or to a single
crop through a short clip made of it, so that inter-frame coding acts on it too.
"""

import tempfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.datasets.levels import LevelChoice, LevelRange, Levels

Range = tuple[float, float]
"""Both ends of a uniform distribution."""

_SHORT_CLIP_FRAMES = 7
_SHORT_CLIP_RATE = 25.0
_READOUT_NOISE = 1.0
"""Standard deviation of the noise on the frames around a single crop, grey levels."""
_MIN_SIDE_PX = 32
"""A crop is never reduced below it: H.264 would be left with a handful of macroblocks."""


class Preset(StrEnum):
    """The way that a video has come, by the word used on the command line."""

    MESSENGER = "messenger"
    """Sent with a messenger: 640 px and less, one encode by a phone (baseline profile) at a high CRF."""
    PLATFORM = "platform"
    """Uploaded to a platform: a medium size, encoded once before and once after the upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encode:
    """One encode with x264."""

    crf: tuple[int, int]
    preset: str
    """x264's own preset; ``ultrafast`` is the baseline profile: no B frames, no CABAC, no deblocking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradeSettings:
    """What a preset draws from, in the order in which it acts."""

    long_side_px: tuple[int, int]
    """Longer side of a clip; a smaller one keeps its size."""
    crop_scale: Range
    """The same for a single crop, whose frame is not known: the factor by which it is reduced."""
    blur: float
    """Probability; and likewise for the noise."""
    blur_sigma_px: Range
    noise: float
    noise_sigma: Range
    """Grey levels."""
    encodes: tuple[Encode, ...]


PRESETS = {
    Preset.MESSENGER: DegradeSettings(
        long_side_px=(480, 640),
        crop_scale=(0.45, 1.0),
        blur=0.3,
        blur_sigma_px=(0.4, 1.0),
        noise=0.3,
        noise_sigma=(1.0, 4.0),
        encodes=(Encode(crf=(28, 32), preset="ultrafast"),),
    ),
    Preset.PLATFORM: DegradeSettings(
        long_side_px=(640, 1280),
        crop_scale=(0.6, 1.0),
        blur=0.2,
        blur_sigma_px=(0.3, 0.8),
        noise=0.2,
        noise_sigma=(1.0, 3.0),
        encodes=(Encode(crf=(20, 26), preset="veryfast"), Encode(crf=(23, 28), preset="medium")),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """One draw from a preset."""

    preset: Preset
    long_side_px: int
    crop_scale: float
    blur_sigma_px: float | None
    noise_sigma: float | None
    seed: int
    """Of the noise, and of the drift of the short clip that a single crop becomes."""
    encodes: tuple[tuple[int, str], ...]
    """(CRF, x264's preset), one after the other."""

    def __str__(self) -> str:
        return f"{self.preset} {'+'.join(f'crf:{crf}' for crf, _ in self.encodes)}"


def draw_degradation(preset: Preset, rng: np.random.Generator) -> Degradation:
    """Draw from a preset. The number of random numbers used does not depend on the outcome."""
    settings = PRESETS[preset]
    has_blur, has_noise = rng.random(2).tolist()
    blur_sigma_px, noise_sigma = float(rng.uniform(*settings.blur_sigma_px)), float(rng.uniform(*settings.noise_sigma))
    return Degradation(
        preset=preset,
        long_side_px=_whole(settings.long_side_px, rng),
        crop_scale=float(rng.uniform(*settings.crop_scale)),
        blur_sigma_px=blur_sigma_px if has_blur < settings.blur else None,
        noise_sigma=noise_sigma if has_noise < settings.noise else None,
        seed=int(rng.integers(2**31)),
        encodes=tuple((_whole(encode.crf, rng), encode.preset) for encode in settings.encodes),
    )


def write_degraded(frames: Iterable[Picture], path: Path, degradation: Degradation, frame_rate: float) -> None:
    """Write a clip as it arrives: an MP4 whose last encode is the last of the chain.

    Args:
        frames: Frames in order, uint8 RGB, all of one shape (H, W, 3); read one by one.
        path: The file to write; it appears under this name only when it is complete, and replaces another.
        degradation: What was drawn.
        frame_rate: Frames a second.

    Raises:
        MediaError: There is no frame, or the file cannot be written.
        ShapeError: The frames differ in shape.
    """
    _write(_reduced(frames, degradation), path, degradation, frame_rate)


def degrade_crop(picture: Picture, preset: Preset, rng: np.random.Generator) -> Picture:
    """Degrade a crop; the result lies exactly on the input, so that its mask still fits.

    The crop is reduced, becomes one frame of a short clip of a camera that drifts past it with a little noise, goes
    through all encodes of the preset, and is enlarged to its size again.

    Args:
        picture: uint8 RGB, shape (H, W, 3).
        preset: Which.
        rng: What is drawn from; the same state gives the same picture.

    Returns:
        uint8 RGB, shape (H, W, 3).
    """
    height, width = picture.shape[:2]
    degradation = draw_degradation(preset, rng)
    scale = min(1.0, max(degradation.crop_scale, _MIN_SIDE_PX / min(height, width)))
    small = _changed(_resized(picture, scale), degradation, 0)
    drift = np.random.default_rng(degradation.seed)
    place = int(drift.integers(1, _SHORT_CLIP_FRAMES))
    with _through(_drifting(small, place, drift), degradation, _SHORT_CLIP_RATE) as arrived:
        found = next(frame for number, frame in enumerate(arrived) if number == place)
    if found.shape == picture.shape:
        return found
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class PresetLevel:
    """A preset in the place of a level; every clip draws from it."""

    preset: Preset

    @property
    def text(self) -> str:
        return str(self.preset)

    def draw(self, key: str) -> Degradation:
        """Draw the degradation of a clip."""
        return draw_degradation(self.preset, self._rng(key))

    def apply(self, picture: Picture, key: str) -> Picture:
        """Return a crop as it arrives; uint8 RGB, shape (H, W, 3)."""
        return degrade_crop(picture, self.preset, self._rng(key))

    def _rng(self, key: str) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(f"{self.preset} {key}".encode()))


def parse_levels(text: str) -> Levels:
    """Read ``messenger``, ``platform``, what ``LevelRange.parse`` reads, or several of them with commas.

    Raises:
        SettingsError: It is none of them.
    """
    if "," in text:
        return LevelChoice(levels=tuple(parse_levels(part) for part in text.split(",")))
    if text.strip() in tuple(Preset):
        return PresetLevel(Preset(text.strip()))
    try:
        return LevelRange.parse(text)
    except SettingsError as error:
        raise SettingsError(f"{error} Presets are {' and '.join(Preset)}.") from error


def _write(frames: Iterable[Picture], path: Path, degradation: Degradation, frame_rate: float) -> None:
    """Encode as often as the degradation says; all but the last encode are files that are gone afterwards."""
    from forensiclab.media.transcode import encode_clip  # training without presets needs no av

    *before, (crf, preset) = degradation.encodes
    if not before:
        encode_clip(frames, path, crf=crf, frame_rate=frame_rate, preset=preset, overwrite=True)
        return
    with tempfile.TemporaryDirectory(prefix="forensiclab-") as folder:
        for number, (first_crf, first_preset) in enumerate(before):
            first = Path(folder) / f"{number}.mp4"
            encode_clip(frames, first, crf=first_crf, frame_rate=frame_rate, preset=first_preset)
            frames = _read(first)
        encode_clip(frames, path, crf=crf, frame_rate=frame_rate, preset=preset, overwrite=True)


@contextmanager
def _through(frames: Iterable[Picture], degradation: Degradation, frame_rate: float) -> Iterator[Iterator[Picture]]:
    """Yield frames as they come out of the last encode; those of odd sizes are one pixel larger."""
    with tempfile.TemporaryDirectory(prefix="forensiclab-") as folder:
        path = Path(folder) / "clip.mp4"
        _write(frames, path, degradation, frame_rate)
        with closing(_read(path)) as arrived:
            yield arrived


def _read(path: Path) -> Generator[Picture, None, None]:
    from forensiclab.media.reader import MediaReader

    with MediaReader(path, threads=1) as reader:
        for frame in reader.frames():
            yield frame.rgb()


def _reduced(frames: Iterable[Picture], degradation: Degradation) -> Iterator[Picture]:
    for number, frame in enumerate(frames):
        yield _changed(_resized(frame, degradation.long_side_px / max(frame.shape[:2])), degradation, number)


def _resized(picture: Picture, scale: float) -> Picture:
    """Reduce to even sides, as encoders take them; never enlarge, but by a pixel where a side is odd."""
    height, width = picture.shape[:2]
    size = tuple(max(2, 2 * round(side * min(1.0, scale) / 2)) for side in (width, height))
    if size == (width, height):
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _changed(picture: Picture, degradation: Degradation, number: int) -> Picture:
    """Blur a frame and add noise of its own."""
    if degradation.blur_sigma_px is not None:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), degradation.blur_sigma_px), dtype=np.uint8)
    if degradation.noise_sigma is not None:
        rng = np.random.default_rng((degradation.seed, number))
        picture = _with_noise(picture, degradation.noise_sigma, rng)
    return picture


def _with_noise(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    """Add grey noise, as it is left of a sensor's."""
    noise = rng.standard_normal((*picture.shape[:2], 1), dtype=np.float32) * np.float32(sigma)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def _drifting(picture: Picture, place: int, rng: np.random.Generator) -> Iterator[Picture]:
    """Drift past a picture as a camera does, up to two pixels a frame; frame ``place`` is the picture as it is."""
    height, width = picture.shape[:2]
    step = rng.uniform(-2, 2, 2)
    reach = 2 * _SHORT_CLIP_FRAMES
    wide = np.pad(picture, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    for number in range(_SHORT_CLIP_FRAMES):
        across, down = (int(shift) for shift in np.rint(step * (number - place)))
        seen = wide[reach + down : reach + down + height, reach + across : reach + across + width]
        yield seen if number == place else _with_noise(seen, _READOUT_NOISE, rng)


def _whole(limits: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(limits[0], limits[1] + 1))

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from forensiclab.media.frame import UPRIGHT, Frame, Orientation, QpMap
from forensiclab.media.reader import MediaReader

MATRICES = {1: (0.2126, 0.0722), 2: (0.299, 0.114), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""AVColorSpace -> (Kr, Kb); 2 = undeclared."""


def rgb_of(y: float, u: float, v: float, kr: float, kb: float, is_full: bool) -> NDArray[np.float64]:
    """ITU-R BT.709, 3 and BT.601, 2.5.3, in floating point; 8-bit samples."""
    luma = y / 255 if is_full else (y - 16) / 219
    cb, cr = ((chroma - 128) / (255 if is_full else 224) for chroma in (u, v))
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.array([red, green, blue]) * 255, 0, 255)


def flat_frame(samples: tuple[int, int, int], pixel_format: str, width: int = 64, height: int = 48) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, pixel_format)
    deep = frame.format.components[0].bits > 8
    for plane, sample in zip(frame.planes, samples, strict=True):
        values = np.full(plane.buffer_size // (2 if deep else 1), sample, np.uint16 if deep else np.uint8)
        plane.update(values.tobytes())
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


@pytest.mark.parametrize("colorspace", list(MATRICES))
@pytest.mark.parametrize("color_range", [ColorRange.UNSPECIFIED, ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("max_side_px", [None, 20])
def test_colours(colorspace: int, color_range: ColorRange, pixel_format: str, max_side_px: int | None) -> None:
    random = np.random.default_rng(3)
    scale = 4 if "10" in pixel_format else 1
    for _ in range(5):
        y, u, v = (int(value) for value in random.integers(70, 180, 3))
        decoded = flat_frame((y * scale, u * scale, v * scale), pixel_format)
        decoded.colorspace, decoded.color_range = colorspace, color_range
        expected = rgb_of(y, u, v, *MATRICES[colorspace], color_range == ColorRange.JPEG)
        frame = Frame(decoded, index=0, pts_s=0.0)
        assert np.abs(frame.rgb(max_side_px) - expected).max() <= 1
        expected_luma = y if color_range == ColorRange.JPEG else np.clip((y - 16) * 255 / 219, 0, 255)
        assert np.abs(frame.luma(max_side_px).astype(int) - expected_luma).max() <= 1


def test_pictures_are_read_only() -> None:
    frame = Frame(flat_frame((90, 128, 128), "yuv420p"), index=0, pts_s=0.0)
    for picture in (frame.rgb(), frame.rgb(10), frame.luma()):
        assert picture.flags["C_CONTIGUOUS"]
        with pytest.raises(ValueError, match="read-only"):
            picture[0] = 0


def test_reduced_sizes() -> None:
    frame = Frame(flat_frame((90, 128, 128), "yuv420p", 64, 48), index=0, pts_s=0.0)
    assert frame.rgb(32).shape == (24, 32, 3)
    assert frame.rgb(1).shape == (1, 1, 3)
    assert frame.rgb(640).shape == (48, 64, 3)  # never enlarged
    assert frame.luma(32).shape == (24, 32)


def test_reduced_picture_is_the_mean_of_its_pixels(make_clip) -> None:
    with MediaReader(make_clip(size=(128, 96), frames=1, pixel_format="yuv444p", options={"qp": "10"})) as reader:
        frame = next(reader.frames())
    means = frame.rgb().astype(float).reshape(24, 4, 32, 4, 3).mean(axis=(1, 3))
    assert np.abs(frame.rgb(32) - means).mean() < 1.5


# ---- orientation -----------------------------------------------------------------------------------------------------


def quarters(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Red, green, blue and white quarters, in reading order."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (255, 0, 0)
    picture[: height // 2, width // 2 :] = (0, 255, 0)
    picture[height // 2 :, : width // 2] = (0, 0, 255)
    picture[height // 2 :, width // 2 :] = (255, 255, 255)
    return picture


def corners(picture: NDArray[np.uint8]) -> str:
    names = {(True, False, False): "R", (False, True, False): "G", (False, False, True): "B", (True, True, True): "W"}
    height, width, _ = picture.shape
    points = [(y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return "".join(names[tuple(picture[y, x] > 128)] for y, x in points)


@pytest.mark.parametrize(
    ("counterclockwise", "clockwise", "shown"),
    [(0, 0, "RGBW"), (-90, 90, "BRWG"), (180, 180, "WBGR"), (90, 270, "GWRB"), (270, 90, "BRWG")],
)
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_rotation(make_clip, counterclockwise: int, clockwise: int, shown: str, is_mirrored: bool) -> None:
    path = make_clip(pictures=[quarters()], options={"qp": "10"}, rotation_ccw=counterclockwise, hflip=is_mirrored)
    with MediaReader(path) as reader:
        info, frame = reader.info, next(reader.frames())
    size = (48, 64) if clockwise % 180 else (64, 48)
    assert (info.width_px, info.height_px) == (frame.width_px, frame.height_px) == size
    assert (info.coded_width_px, info.coded_height_px) == (64, 48)
    assert info.is_mirrored is is_mirrored
    assert frame.rgb().shape == (size[1], size[0], 3)
    assert frame.luma(32).shape == tuple(round(side / 2) for side in (size[1], size[0]))
    assert corners(frame.rgb()) == corners(frame.rgb(32))
    if is_mirrored:
        # FFmpeg mirrors what is shown; a mirror before the rotation is one after the opposite rotation.
        assert info.rotation_deg == -clockwise % 360
        top_left, top_right, bottom_left, bottom_right = corners(frame.rgb())
        plain = make_clip("plain.mp4", pictures=[quarters()], options={"qp": "10"}, rotation_ccw=-counterclockwise)
        with MediaReader(plain) as reader:
            unmirrored = Orientation(is_mirrored=True).apply(quarters())
            turned = Orientation(rotation_deg=info.rotation_deg).apply(unmirrored)
            assert corners(turned) == top_left + top_right + bottom_left + bottom_right
    else:
        assert info.rotation_deg == clockwise
        assert corners(frame.rgb()) == shown


def matrix_frame(matrix: tuple[int, ...]) -> Orientation:
    """The orientation that the formula of the display matrix gives, found by moving the corners of a picture."""
    a, b, c, d = matrix
    stored = {(x, y): name for (x, y), name in zip([(0, 0), (1, 0), (0, 1), (1, 1)], "RGBW", strict=True)}
    moved = {(a * x + c * y, b * x + d * y): name for (x, y), name in stored.items()}
    left, top = min(x for x, _ in moved), min(y for _, y in moved)
    shown = "".join(moved[(left + x, top + y)] for y in (0, 1) for x in (0, 1))
    candidates = [
        Orientation(rotation_deg=angle, is_mirrored=mirror) for angle in (0, 90, 180, 270) for mirror in (False, True)
    ]
    return next(way for way in candidates if corners(np.asarray(way.apply(quarters()), np.uint8)) == shown)


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0),
                                    (-1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 0, -1), (0, -1, -1, 0)])  # fmt: skip
def test_display_matrix_moves_points_as_ffmpeg_says(make_clip, matrix: tuple[int, int, int, int]) -> None:
    path = make_clip(pictures=[quarters()], options={"qp": "10"}, rotation_ccw=90)
    data = bytearray(path.read_bytes())
    # tkhd: version and flags, 5 x 4 bytes of times, id and duration, 8 reserved, layer, group, volume, reserved, matrix
    start = data.find(b"tkhd") + 4 + 4 + 20 + 8 + 8
    a, b, c, d = matrix
    numbers = np.array([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30], dtype=">i4")
    data[start : start + 36] = numbers.tobytes()
    path.write_bytes(data)
    expected = matrix_frame(matrix)
    with MediaReader(path) as reader:
        shown = next(reader.frames()).rgb()
        assert Orientation(rotation_deg=reader.info.rotation_deg, is_mirrored=reader.info.is_mirrored) == expected
    assert corners(shown) == corners(np.asarray(expected.apply(quarters()), np.uint8))


def test_upright_is_the_array_itself() -> None:
    picture = quarters()
    assert np.shares_memory(UPRIGHT.apply(picture), picture)


# ---- quantisation ----------------------------------------------------------------------------------------------------


def test_qp_in_a_box_is_weighed_by_area() -> None:
    qp = QpMap(values=np.array([[10, 20], [30, 40]], np.int32), block_px=16)
    assert qp.mean == 25
    assert qp.mean_in((0, 0, 16, 16)) == 10
    assert qp.mean_in((0, 0, 32, 32)) == 25
    assert qp.mean_in((8, 0, 20, 16)) == pytest.approx((8 * 10 + 4 * 20) / 12)
    assert qp.mean_in((-100, -100, 8, 8)) == 10
    assert qp.mean_in((32, 0, 64, 16)) is None
    assert qp.mean_in((5, 5, 5, 9)) is None


def test_qp_origin_beyond_the_picture() -> None:
    qp = QpMap(values=np.array([[10, 20]], np.int32), block_px=16, origin_xy_px=(-12, 0))
    assert qp.mean_in((0, 0, 4, 16)) == 10
    assert qp.mean_in((0, 0, 8, 16)) == 15


@pytest.mark.parametrize("rotation_ccw", [0, 90, 180, 270])
def test_qp_map_turns_with_the_picture(make_clip, rotation_ccw: int) -> None:
    """Left half flat, right half noise: adaptive quantisation gives the halves different QP."""
    random = np.random.default_rng(5)
    picture = np.full((72, 120, 3), 128, np.uint8)  # neither side a multiple of 16
    picture[:, 64:] = random.integers(0, 256, (72, 56, 3), dtype=np.uint8)
    path = make_clip(
        pictures=[picture] * 2, size=(120, 72), options={"crf": "30", "aq-mode": "1"}, rotation_ccw=rotation_ccw
    )
    with MediaReader(path) as reader:
        frame = next(reader.frames())
    assert frame.qp is not None
    boxes = {
        0: ((64, 0, 120, 72), (0, 0, 64, 72)),
        90: ((0, 0, 72, 56), (0, 56, 72, 120)),
        180: ((0, 0, 56, 72), (56, 0, 120, 72)),
        270: ((0, 64, 72, 120), (0, 0, 72, 64)),
    }
    noisy_box, flat_box = boxes[rotation_ccw]
    noisy, flat = frame.qp.mean_in(noisy_box), frame.qp.mean_in(flat_box)
    assert noisy is not None
    assert flat is not None
    assert noisy > flat + 3
    whole = frame.qp.mean_in((0, 0, frame.width_px, frame.height_px))
    areas = (56 * noisy + 64 * flat) / 120
    assert whole == pytest.approx(areas)
    texture = frame.luma()[
        tuple(slice(int(a), int(b)) for a, b in ((noisy_box[1], noisy_box[3]), (noisy_box[0], noisy_box[2])))
    ]
    assert texture.std() > 20  # the box is where the noise is shown

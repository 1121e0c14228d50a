import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import COMPRESSING, Codec, CompressionLevel
from forensiclab.core.errors import Cancelled, MediaError, ShapeError, WriteError
from forensiclab.core.records import Picture
from forensiclab.media import transcode, x264
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import (
    STILL_ENCODERS,
    PictureAtLevels,
    compress_and_measure,
    compress_clip,
    compress_picture,
    encode_clip,
)


def scene(width: int = 160, height: int = 120, shift: int = 0) -> Picture:
    """Something like a photograph: structure at all scales."""
    random = np.random.default_rng(11)
    noise = random.standard_normal((height, width + 40, 3))
    layers = [cv2.GaussianBlur(noise, (0, 0), sigma) * sigma**1.5 for sigma in (1.5, 4, 10, 20)]
    picture = np.clip(128 + 25 * sum(layers), 0, 255).astype(np.uint8)[:, shift : shift + width]
    return np.ascontiguousarray(picture)


def psnr(a: Picture, b: Picture) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2)))


def test_clean_is_the_same_picture() -> None:
    picture = scene()
    assert compress_picture(picture, CompressionLevel.parse("clean")) is picture


@pytest.mark.parametrize(
    "levels",
    [
        ["crf:10", "crf:18", "crf:26", "crf:34", "crf:42", "crf:51"],
        ["jpeg:95", "jpeg:70", "jpeg:40", "jpeg:15", "jpeg:5"],
        ["webp:95", "webp:70", "webp:40", "webp:5"],
    ],
)
def test_stronger_is_worse(levels: list[str]) -> None:
    picture = scene()
    quality = [psnr(picture, compress_picture(picture, CompressionLevel.parse(level))) for level in levels]
    assert quality == sorted(quality, reverse=True)
    assert quality[0] > quality[-1] + 5
    assert quality[0] > 30


@pytest.mark.parametrize("level", ["crf:30", "jpeg:40", "webp:40"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (33, 17), (160, 120)])
def test_shape_and_flags(level: str, size: tuple[int, int]) -> None:
    picture = scene(*size)
    before = picture.copy()
    result = compress_picture(picture, CompressionLevel.parse(level))
    assert result.shape == picture.shape
    assert result.dtype == np.uint8
    assert not result.flags.writeable
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(result, compress_picture(picture, CompressionLevel.parse(level)))


@pytest.mark.parametrize("crf", [18, 30, 40])
@pytest.mark.parametrize("size", [(160, 120), (159, 121)])
def test_picture_stays_where_it_is(crf: int, size: tuple[int, int]) -> None:
    picture = scene(*size)
    result = compress_picture(picture, CompressionLevel.parse(f"crf:{crf}"))
    # even sizes: cv2.phaseCorrelate is half a pixel off at odd ones
    grey = [cv2.cvtColor(p[:120, :158], cv2.COLOR_RGB2GRAY).astype(np.float64) for p in (picture, result)]
    (dx, dy), _ = cv2.phaseCorrelate(*grey)
    assert np.hypot(dx, dy) < 0.25
    inner = np.s_[4:-4, 4:-4]
    shifts = {
        (x, y): psnr(picture[inner], np.roll(result, (y, x), (0, 1))[inner]) for x in (-1, 0, 1) for y in (-1, 0, 1)
    }
    assert max(shifts, key=lambda shift: shifts[shift]) == (0, 0)
    # neither to the left nor to the right: chroma is where it was, too
    assert shifts[1, 0] == pytest.approx(shifts[-1, 0], abs=1)


@pytest.mark.parametrize("crf", [1, 23, 51])
def test_the_picture_is_a_predicted_one(crf: int, monkeypatch: pytest.MonkeyPatch) -> None:
    types: list[str | None] = []
    code = transcode.code

    def spy(*args):
        for frame in code(*args):
            types.append(frame.picture_type)
            yield frame

    monkeypatch.setattr(transcode, "code", spy)
    for picture in (scene(), np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)):
        types.clear()
        compress_picture(picture, CompressionLevel.parse(f"crf:{crf}"))
        assert types[0] == "I"
        assert types[-1] in ("P", "B")


def test_clip() -> None:
    pictures = [scene(shift=2 * i) for i in range(10)]
    weak, strong = compress_clip(pictures, 18), compress_clip(pictures, 40, frame_rate=30)
    assert len(weak) == len(strong) == 10
    for original, a, b in zip(pictures, weak, strong, strict=True):
        assert psnr(original, a) > psnr(original, b) + 5
        assert psnr(original, a) > 30  # the right picture, in the right place and colours


def test_clip_of_unequal_or_no_pictures() -> None:
    with pytest.raises(ShapeError):
        compress_clip([scene(), scene(80, 80)], 30)
    with pytest.raises(MediaError, match="at least one picture"):
        compress_clip([], 30)


def test_colours_survive() -> None:
    for colour in [(200, 60, 60), (60, 200, 60), (60, 60, 200), (255, 255, 255), (0, 0, 0)]:
        flat = np.full((32, 32, 3), colour, np.uint8)
        assert np.abs(compress_clip([flat] * 2, 10)[1].astype(int) - flat).max() <= 4


def test_written_clip(tmp_path: Path) -> None:
    pictures = [scene(159, 121, shift=i) for i in range(12)]
    path = tmp_path / "clip.mp4"
    encode_clip(iter(pictures), path, crf=20, frame_rate=29.97)
    with MediaReader(path) as reader:
        info = reader.info
        shown = [frame.rgb() for frame in reader.frames()]
        coding = reader.coding()
    assert (info.codec, info.width_px, info.height_px, info.requested_crf) == ("h264", 160, 122, 20)
    assert (info.color_space, info.color_range) == ("bt709", "limited")
    assert info.average_frame_rate == pytest.approx(29.97, abs=0.001)
    assert len(shown) == 12
    assert not coding.is_variable_frame_rate
    assert min(psnr(a, b[:121, :159]) for a, b in zip(pictures, shown, strict=True)) > 30
    assert list(tmp_path.iterdir()) == [path]


def test_same_pictures_same_bytes(tmp_path: Path) -> None:
    pictures = [scene(shift=i) for i in range(8)]
    for name in ("a.mp4", "b.mp4"):
        encode_clip(pictures, tmp_path / name, crf=30, frame_rate=25)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_existing_file_is_kept_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("mine")
    with pytest.raises(MediaError, match="exists already"):
        encode_clip([scene()], path, crf=30, frame_rate=25)
    assert path.read_text() == "mine"
    encode_clip([scene()], path, crf=30, frame_rate=25, overwrite=True)
    assert path.stat().st_size > 500


def test_failures_leave_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with pytest.raises(ShapeError):
        encode_clip([scene(), scene(80, 80)], path, crf=30, frame_rate=25)
    with pytest.raises(MediaError, match="at least one picture"):
        encode_clip([], path, crf=30, frame_rate=25)
    assert list(tmp_path.iterdir()) == []
    path.write_text("no folder")
    with pytest.raises(WriteError, match="was not written"):
        encode_clip([scene()], path / "clip.mp4", crf=30, frame_rate=25)


@pytest.mark.parametrize("size", [(160, 120), (33, 17)])
def test_quantisation_is_measured_after_compression(size: tuple[int, int]) -> None:
    picture = scene(*size)
    weak, strong = (compress_and_measure(picture, CompressionLevel.parse(f"crf:{crf}")).qp for crf in (15, 40))
    assert weak is not None
    assert strong is not None
    assert weak.values.shape == (-(-size[1] // 16), -(-size[0] // 16))
    assert weak.mean + 15 < strong.mean
    for level in ("clean", "jpeg:40", "webp:40"):
        assert compress_and_measure(picture, CompressionLevel.parse(level)).qp is None


def h264(*crfs: int) -> list[CompressionLevel]:
    return [CompressionLevel.parse(f"crf:{crf}") for crf in crfs]


@pytest.fixture
def coded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """CRFs of the clips that were encoded since."""
    crfs: list[int] = []
    code = transcode.code

    def spy(pictures, options, *args):
        crfs.append(int(options["crf"]))
        return code(pictures, options, *args)

    monkeypatch.setattr(transcode, "code", spy)
    return crfs


@pytest.mark.parametrize("size", [(160, 120), (33, 17)])
def test_what_is_kept_has_the_pixels_that_the_decoder_gave(size: tuple[int, int]) -> None:
    picture = scene(*size)
    clip = list(x264.yuv_frames(transcode._drifting_clip(picture)))
    options = x264.encoder_options(30, "medium") | {"sc_threshold": "0"}
    decoded = list(x264.code(clip, options, 25.0))[transcode._DRIFT_TARGET]
    at_levels = PictureAtLevels(picture)
    for _ in range(2):
        result = at_levels.at(*h264(30))
        np.testing.assert_array_equal(result.picture, decoded.rgb()[: size[1], : size[0]])
        assert result.qp is not None
        assert decoded.qp is not None
        np.testing.assert_array_equal(result.qp.values, decoded.qp.values)


def test_every_level_is_made_once(coded: list[int]) -> None:
    at_levels = PictureAtLevels(scene())
    for level in h264(20, 30, 20, 40, 30, 20):
        at_levels.at(level)
    assert coded == [20, 30, 40]
    for text in ("jpeg:40", "webp:40"):
        level = CompressionLevel.parse(text)
        assert at_levels.at(level).picture is at_levels.at(level).picture


def test_the_least_recently_used_levels_give_way(coded: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    picture = scene()
    monkeypatch.setattr(transcode, "KEPT_BYTES", picture.nbytes)  # two levels of H.264, or one of JPEG
    at_levels = PictureAtLevels(picture)
    for level in h264(20, 30, 20, 40, 20, 30):
        at_levels.at(level)
    assert coded == [20, 30, 40, 30]
    at_levels.at(CompressionLevel.parse("jpeg:40"))
    at_levels.at(*h264(20))
    assert coded == [20, 30, 40, 30, 20]


def test_as_many_levels_are_made_ahead_as_are_kept(coded: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    picture = scene()
    monkeypatch.setattr(transcode, "KEPT_BYTES", 2 * picture.nbytes)  # four levels
    at_levels = PictureAtLevels(picture)
    at_levels.prepare(h264(20, 21, 19, 22, 18, 23))
    assert coded == [20, 21, 19, 22]
    coded.clear()
    at_levels.prepare(h264(22, 23, 21, 24, 20, 25))
    assert coded == [23, 24]  # in place of 19 and 20: those that are wanted and there do not give way
    coded.clear()
    for level in h264(21, 22, 23, 24):
        at_levels.at(level)
    assert coded == []


def test_the_nearest_level_of_the_codec_is_found_among_those_that_are_there(coded: list[int]) -> None:
    at_levels = PictureAtLevels(scene())
    asked = CompressionLevel.parse("crf:31")
    assert at_levels.nearest(asked) is None
    at_levels.prepare([*h264(20, 33, 40), CompressionLevel.parse("jpeg:31")])
    assert at_levels.nearest(asked) == CompressionLevel.parse("crf:33")
    assert at_levels.nearest(*h264(20)) == CompressionLevel.parse("crf:20")
    assert at_levels.nearest(CompressionLevel.parse("webp:31")) is None
    assert coded == [20, 33, 40]  # nothing is made for it


def test_nothing_is_made_ahead_where_not_one_level_is_kept(coded: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcode, "KEPT_BYTES", 100)
    at_levels = PictureAtLevels(scene())
    at_levels.prepare(h264(20, 30))
    assert coded == []
    assert at_levels.at(*h264(20)).picture.shape == (120, 160, 3)


def test_coding_is_abandoned_between_two_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, packets = CancelToken(), 0
    encode = x264.encode

    def cancel_at_the_third(*args):
        nonlocal packets
        for packet in encode(*args):
            packets += 1
            if packets == 3:
                cancel.cancel()
            yield packet

    at_levels = PictureAtLevels(scene())
    with monkeypatch.context() as patched:
        patched.setattr(x264, "encode", cancel_at_the_third)
        with pytest.raises(Cancelled):
            at_levels.at(*h264(30), cancel)
    assert packets == 3
    result = at_levels.at(*h264(30)).picture  # nothing of what was abandoned is left
    np.testing.assert_array_equal(result, compress_picture(scene(), *h264(30)))


def test_whoever_cancels_keeps_what_was_made(coded: list[int]) -> None:
    at_levels, cancel = PictureAtLevels(scene()), CancelToken()
    cancel.cancel()
    for levels in (h264(20), [CompressionLevel.parse("webp:40")]):
        with pytest.raises(Cancelled):
            at_levels.prepare(levels, cancel)
    assert coded == []
    at_levels.at(*h264(20))
    at_levels.prepare(h264(20), cancel)  # is there
    at_levels.at(*h264(20), cancel)


def test_a_level_that_is_there_does_not_wait_for_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    at_levels = PictureAtLevels(scene())
    at_levels.at(*h264(20))
    is_coding, may_end = threading.Event(), threading.Event()
    code = transcode.code

    def wait(*args):
        is_coding.set()
        assert may_end.wait(timeout=10)
        return code(*args)

    monkeypatch.setattr(transcode, "code", wait)
    with ThreadPoolExecutor(2) as threads:
        making = threads.submit(at_levels.at, *h264(30))
        try:
            assert is_coding.wait(timeout=10)
            assert threads.submit(at_levels.at, *h264(20)).result(timeout=5).qp is not None
            assert not making.done()
        finally:
            may_end.set()
        assert making.result().picture.shape == (120, 160, 3)


def test_two_threads_make_a_level_once(coded: list[int]) -> None:
    at_levels = PictureAtLevels(scene())
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(at_levels.at, h264(20, 20, 20, 20)))
    assert coded == [20]
    for result in results:
        np.testing.assert_array_equal(result.picture, results[0].picture)


def test_every_codec_that_compresses_has_an_encoder() -> None:
    assert {Codec.H264, *STILL_ENCODERS} == set(COMPRESSING)

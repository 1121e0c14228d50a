from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture, StreamInfo
from forensiclab.media.frame import Orientation
from forensiclab.media.reader import MediaReader


def read(path: Path) -> tuple[StreamInfo, Picture, str | None]:
    with MediaReader(path) as reader:
        frames = list(reader.frames())
        assert [(frame.index, frame.pts_s, frame.picture_type, frame.qp) for frame in frames] == [(0, 0.0, "I", None)]
        return reader.info, frames[0].rgb(), reader.coding().end_note


def gradient(width: int = 40, height: int = 30) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, np.full_like(x, 90)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "ppm", "webp", "gif", "jpg"])
def test_formats(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    options = {"lossless": True} if suffix == "webp" else {"quality": 100, "subsampling": 0} if suffix == "jpg" else {}
    Image.fromarray(gradient()).save(path, **options)
    info, picture, note = read(path)
    assert info.is_image
    assert (info.width_px, info.height_px, info.n_streams, info.has_audio) == (40, 30, 1, False)
    assert note is None
    tolerance = {"gif": 40, "jpg": 3}.get(suffix, 0)
    assert np.abs(picture.astype(int) - gradient()).max() <= tolerance


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (17, 31)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.fromarray(gradient(*size)).save(tmp_path / "odd.png")
    np.testing.assert_array_equal(read(tmp_path / "odd.png")[1], gradient(*size))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int) -> None:
    image = Image.fromarray(gradient())
    exif = image.getexif()
    exif[0x0112], exif[0x0131] = orientation, "Camera 1.0"
    image.save(tmp_path / "turned.png", exif=exif)
    info, picture, _ = read(tmp_path / "turned.png")
    way = Orientation(rotation_deg=info.rotation_deg, is_mirrored=info.is_mirrored)
    np.testing.assert_array_equal(picture, way.apply(gradient()))
    assert (info.coded_width_px, info.coded_height_px) == (40, 30)
    assert (info.width_px, info.height_px) == ((30, 40) if orientation >= 5 else (40, 30))
    assert info.encoder == "Camera 1.0"
    assert (orientation == 1) == (way == Orientation())


@pytest.mark.parametrize("quality", [5, 20, 49, 50, 75, 90, 99, 100])
def test_jpeg_quality(tmp_path: Path, quality: int) -> None:
    Image.fromarray(gradient()).save(tmp_path / "a.jpg", quality=quality)
    assert read(tmp_path / "a.jpg")[0].jpeg_quality == quality


def test_jpeg_quality_of_a_grey_picture_and_of_other_tables(tmp_path: Path) -> None:
    Image.fromarray(gradient()).convert("L").save(tmp_path / "grey.jpg", quality=30)
    assert read(tmp_path / "grey.jpg")[0].jpeg_quality == 30
    Image.fromarray(gradient()).save(tmp_path / "own.jpg", qtables="web_low")
    quality = read(tmp_path / "own.jpg")[0].jpeg_quality
    assert quality is not None
    assert 40 < quality < 80
    Image.fromarray(gradient()).save(tmp_path / "a.png")
    assert read(tmp_path / "a.png")[0].jpeg_quality is None


def test_transparent_is_put_on_white(tmp_path: Path) -> None:
    pixels = np.dstack([gradient(), np.zeros((30, 40), np.uint8)])
    pixels[:, :20, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    picture = read(tmp_path / "a.png")[1]
    np.testing.assert_array_equal(picture[:, :20], gradient()[:, :20])
    assert (picture[:, 20:] == 255).all()


def test_sixteen_bits_are_scaled(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 40 * 30).reshape(30, 40).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    info, picture, _ = read(tmp_path / "deep.png")
    assert info.bit_depth == 16
    assert np.abs(picture[..., 0] - values / 257).max() <= 0.5 + 1e-9


def test_cmyk_jpeg(tmp_path: Path) -> None:
    Image.fromarray(gradient()).convert("CMYK").save(tmp_path / "print.jpg", quality=100)
    assert np.abs(read(tmp_path / "print.jpg")[1].astype(int) - gradient()).mean() < 5


def test_only_the_first_page_is_read(tmp_path: Path) -> None:
    pages = [Image.fromarray(gradient()), Image.fromarray(gradient()[::-1])]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])
    _, picture, note = read(tmp_path / "pages.tiff")
    np.testing.assert_array_equal(picture, gradient())
    assert note == "The file holds 2 pictures; only the first was examined."


def test_animated_gif_is_a_video(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.roll(gradient(), 5 * i, axis=1)) for i in range(4)]
    pages[0].save(tmp_path / "moving.gif", save_all=True, append_images=pages[1:], duration=100)
    with MediaReader(tmp_path / "moving.gif") as reader:
        assert not reader.info.is_image
        assert [frame.pts_s for frame in reader.frames()] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_heif_is_refused_with_a_way_out(make_clip) -> None:
    path = make_clip(container_options={"brand": "heic"})
    with pytest.raises(MediaError, match="convert it to PNG"):
        MediaReader(path)


def test_percent_signs_are_no_pattern(tmp_path: Path) -> None:
    Image.fromarray(gradient()).save(tmp_path / "frame%03d.png")
    Image.fromarray(gradient()[::-1]).save(tmp_path / "frame001.png")
    np.testing.assert_array_equal(read(tmp_path / "frame%03d.png")[1], gradient())


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "gif", "bmp"])
def test_damage_is_a_sentence_or_a_picture(tmp_path: Path, suffix: str) -> None:
    whole = tmp_path / f"whole.{suffix}"
    Image.fromarray(gradient()).save(whole)
    random = np.random.default_rng(4)
    read_at_all = refused = 0
    for _ in range(40):
        data = bytearray(whole.read_bytes())
        start = int(random.integers(len(data)))
        data[start : start + 30] = random.bytes(len(data[start : start + 30]))
        path = tmp_path / f"damaged.{suffix}"
        path.write_bytes(data if random.random() < 0.5 else data[:start])
        try:
            with MediaReader(path) as reader:
                assert sum(1 for _ in reader.frames()) >= 1
            read_at_all += 1
        except MediaError as error:
            refused += path.name in str(error)
    assert read_at_all + refused == 40
    assert refused > 5


def test_formats_that_only_ffmpeg_knows(make_clip) -> None:
    path = make_clip("a.dpx", codec="dpx", pixel_format="rgb24", frames=1, container_options={"update": "1"})
    with MediaReader(path) as reader:
        assert (reader.info.is_image, reader.info.codec, reader.info.width_px) == (True, "dpx", 64)
        assert [frame.rgb().shape for frame in reader.frames()] == [(48, 64, 3)]


def test_video_with_exif_in_its_frames(tmp_path: Path) -> None:
    """PyAV cannot name this side data; it must not stop the reading."""
    image = Image.fromarray(gradient())
    exif = image.getexif()
    exif[0x0131] = "Camera 1.0"
    picture = tmp_path / "a.jpg"
    image.save(picture, exif=exif, quality=95)
    path = tmp_path / "a.avi"
    with av.open(str(picture), format="jpeg_pipe") as source, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        packet = next(source.demux(video=0))
        data = bytes(packet)
        for number in range(3):
            copy = av.Packet(data)
            copy.stream, copy.pts, copy.dts = stream, number, number
            copy.time_base = stream.time_base
            container.mux(copy)
    with MediaReader(path) as reader:
        shown = [frame.rgb() for frame in reader.frames()]
        assert reader.info.codec == "mjpeg"
    assert len(shown) == 3
    assert np.abs(shown[0].astype(int) - gradient()).mean() < 6

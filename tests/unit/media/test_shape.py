"""What is judged is what a viewer sees: square pixels, turned, on white, and every change of it told."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from forensiclab.core.errors import MediaError
from forensiclab.media.frame import Frame, square_size
from forensiclab.media.player import FrameServer
from forensiclab.media.probe import probe
from forensiclab.media.reader import MediaReader
from forensiclab.media.transparency import ON_WHITE, on_white


def write(
    path: Path, codec: str, frames: Sequence[av.VideoFrame], *, aspect: Fraction | None = None, turn: int = 0
) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if turn:
            stream.set_display_rotation(turn)
        for number, frame in enumerate(frames):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read(path: Path) -> tuple[list[NDArray[np.uint8]], str | None]:
    with MediaReader(path) as reader:
        return [frame.rgb() for frame in reader.frames()], reader.coding().end_note


@pytest.mark.parametrize(
    ("aspect", "turn", "shown"),
    [
        (Fraction(2, 1), 0, (128, 48)),
        (Fraction(4, 3), 0, (85, 48)),
        (Fraction(1, 2), 0, (64, 96)),
        (Fraction(2, 1), 90, (48, 128)),
        (Fraction(1, 1), 90, (48, 64)),
    ],
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_frames_are_shown_with_square_pixels(
    tmp_path: Path, aspect: Fraction, turn: int, shown: tuple[int, int], suffix: str
) -> None:
    if turn and suffix == "mkv":
        pytest.skip("this container stores no rotation")
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 200  # the top left quarter
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
    path = write(tmp_path / f"a.{suffix}", "libx264", [frame], aspect=aspect, turn=turn)
    info = probe(path)
    assert ((info.width_px, info.height_px), (info.coded_width_px, info.coded_height_px)) == (shown, (64, 48))
    assert Fraction(info.sample_aspect_ratio.replace(":", "/")) == aspect
    with MediaReader(path) as reader:
        (frame_read,) = reader.frames()
        stored = frame_read.stored_rgb()
        width, height = shown
        assert frame_read.size_px == shown
        assert frame_read.rgb().shape == (height, width, 3)
        assert frame_read.luma().shape == (height, width)
        assert max(frame_read.rgb(40).shape) == 40
        assert stored.shape == ((64, 48, 3) if turn else (48, 64, 3))
        assert frame_read.scale_xy == pytest.approx((stored.shape[1] / width, stored.shape[0] / height))
    shown_bright = read(path)[0][0] > 100
    assert shown_bright.mean() == pytest.approx(0.25, abs=0.04)  # the quarter stays one
    server = FrameServer(path)
    assert server.frame_at(0).rgb.shape == (height, width, 3)
    np.testing.assert_array_equal(server.stored_at(0).rgb, stored)
    assert server.stored_at(0).frame_size_px == shown
    server.close()


def test_absurd_aspects_are_told_but_not_used(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", "libx264", [av.VideoFrame(64, 48, "yuv420p")], aspect=Fraction(1, 60))
    assert (probe(path).width_px, probe(path).height_px) == (64, 48)


def test_one_side_grows_and_none_shrinks() -> None:
    assert square_size(720, 480, 8 / 9) == (720, 540)
    assert square_size(720, 576, 64 / 45) == (1024, 576)
    assert square_size(3, 1, 1.0) == (3, 1)


# ---- transparency ----------------------------------------------------------------------------------------------------


def half_seen() -> NDArray[np.uint8]:
    """Black, its right half transparent; shape (48, 64, 4)."""
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[:, :32, 3] = 255
    return rgba


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.webm", "libvpx-vp9", "yuva420p"),
        ("a.mov", "prores_ks", "yuva444p10le"),
        ("b.mov", "qtrle", "argb"),
        ("c.mov", "png", "rgba"),
        ("a.apng", "apng", "rgba"),
        ("a.mkv", "ffv1", "yuva444p"),
    ],
)
def test_transparent_parts_are_white_and_told(tmp_path: Path, name: str, codec: str, pixel_format: str) -> None:
    frames = [av.VideoFrame.from_ndarray(half_seen(), format="rgba").reformat(format=pixel_format) for _ in range(4)]
    path = write(tmp_path / name, codec, frames)
    pictures, note = read(path)
    assert len(pictures) == 4
    for picture in pictures:
        assert picture[:, :30].mean() < 20
        assert picture[:, 34:].mean() > 235
    assert note == ON_WHITE
    assert probe(path).pixel_format.startswith(pixel_format.removesuffix("10le"))  # ProRes is decoded to 12 bits


def test_what_an_animation_leaves_out_is_white(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    pictures = [Image.fromarray(half_seen()) for _ in range(2)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], disposal=2)
    shown, note = read(path)
    assert shown[0][:, 34:].min() == 255
    assert shown[0][:, :30].max() == 0
    assert note == ON_WHITE


def test_opaque_pictures_with_an_alpha_channel_need_no_note(tmp_path: Path) -> None:
    opaque = half_seen()
    opaque[..., 3] = 255
    frames = [av.VideoFrame.from_ndarray(opaque, format="rgba") for _ in range(2)]
    assert read(write(tmp_path / "a.apng", "apng", frames))[1] is None


def test_a_still_says_that_it_is_transparent(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(half_seen()).save(path)
    (picture,), note = read(path)
    assert picture[:, 32:].min() == 255
    assert note == ON_WHITE


def test_on_white_is_exact() -> None:
    rgba = np.array([[[100, 0, 255, 255], [100, 0, 255, 0], [100, 0, 255, 128]]], np.uint8)
    assert on_white(rgba).tolist() == [[[100, 0, 255], [255, 255, 255], [177, 127, 255]]]


# ---- sizes, streams, formats -----------------------------------------------------------------------------------------


def test_a_change_of_size_is_told_with_its_time(make_clip, tmp_path: Path) -> None:
    options = {"auto-alt-ref": "0"}
    parts = [
        make_clip(f"{width}.webm", codec="libvpx", frames=10, size=(width, 48), options=options) for width in (64, 96)
    ]
    path = tmp_path / "both.webm"
    with av.open(str(path), "w") as target:
        stream = None
        for number, part in enumerate(parts):
            with av.open(str(part)) as source:
                stream = stream or target.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        packet.pts = packet.dts = packet.pts + 400 * number
                        target.mux(packet)
    pictures, note = read(path)
    assert [picture.shape[1] for picture in pictures] == [64] * 10 + [96] * 10
    assert note == "The size of the pictures changes: 64 x 48 px from 0.00 s, 96 x 48 px from 0.40 s."


def test_other_videos_in_the_file_are_told(make_clip, tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(make_clip("small.mp4", size=(32, 32)))) as one, av.open(str(path), "w") as target:
        source = one.streams.video[0]
        streams = [target.add_stream_from_template(source) for _ in range(2)]
        for packet in one.demux(source):
            if packet.size:
                for stream in streams:
                    copy = av.Packet(bytes(packet))
                    copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
                    copy.is_keyframe = packet.is_keyframe
                    copy.stream = stream
                    target.mux(copy)
    note = read(path)[1]
    assert note == "The file holds 2 video streams; only number 0 was examined."


def test_a_pixel_format_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.nut"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "bgr4"
        packet = av.Packet(bytes(128))
        packet.pts = packet.dts = 0
        packet.time_base, packet.stream, packet.is_keyframe = Fraction(1, 25), stream, True
        container.start_encoding()
        container.mux(packet)
    with pytest.raises(MediaError, match="pixel format bgr4, which cannot be converted"):
        MediaReader(path)


def test_a_format_that_changes_into_one_that_cannot_be_shown_is_a_sentence() -> None:
    frame = Frame(av.VideoFrame(16, 16, "bgr4"), index=0, pts_s=0.0)
    with pytest.raises(MediaError, match="pixel format bgr4"):
        frame.rgb()


def test_animations_with_a_colour_profile_are_read(tmp_path: Path) -> None:
    path = tmp_path / "icc.png"
    pictures = [Image.new("RGB", (40, 40), color) for color in ("red", "blue")]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], icc_profile=bytes(range(128)))
    shown, note = read(path)
    assert [picture[0, 0].tolist() for picture in shown] == [[255, 0, 0], [0, 0, 255]]
    assert note is None


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("sar2.mp4", (320, 320)),
        ("rotsar.mp4", (320, 320)),
        ("c1_2-1.mp4", (480, 480)),
        ("c1_2-1_square.mp4", (480, 480)),
    ],
)
def test_known_cases_of_pixels_that_are_not_square(shared_cases: Path, name: str, size: tuple[int, int]) -> None:
    info = probe(shared_cases / "sar-unsaid" / name)
    assert (info.width_px, info.height_px) == size


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "pictures", "note"),
    [
        ("alpha-ignored/alpha.webm", 25, ON_WHITE),
        ("size-change-unsaid/vp8_res.webm", 60, "640 x 640 px from 0.00 s, 240 x 240 px from 1.20 s."),
        ("apng-icc-segfault/icc.apng.png", 2, ""),
    ],
)
def test_known_cases(shared_cases: Path, name: str, pictures: int, note: str) -> None:
    found, said = read(shared_cases / name)
    assert len(found) == pictures
    assert (said or "").endswith(note)

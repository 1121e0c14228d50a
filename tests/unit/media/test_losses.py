"""What a file lost is left out, told and counted: in every codec and container, no frame that a loss spoilt goes on."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.core.records import CodingStats, Skipped
from forensiclab.media.ledger import DAMAGED, FRAMES_MISSING, NO_KEY_FRAME, UNDECODABLE
from forensiclab.media.reader import MediaReader
from tests.clips import moving_pictures

GOP, FRAMES = 15, 45
X265 = "keyint=15:min-keyint=15:scenecut=0:log-level=none:"
CODINGS = {
    "h264": ("libx264", {"bf": "0", "x264-params": "scenecut=0"}),
    "h264 B": ("libx264", {"bf": "3", "x264-params": "scenecut=0:b-adapt=0"}),
    "h264 open": ("libx264", {"bf": "3", "x264-params": "scenecut=0:b-adapt=0:open-gop=1"}),
    "h264 refresh": ("libx264", {"bf": "0", "x264-params": "scenecut=0:intra-refresh=1"}),
    "hevc": ("libx265", {"x265-params": X265 + "bframes=0"}),
    "hevc open": ("libx265", {"x265-params": X265 + "open-gop=1"}),
    "vp8": ("libvpx", {"auto-alt-ref": "0", "b": "400k"}),
    "vp8 invisible": ("libvpx", {"auto-alt-ref": "1", "lag-in-frames": "16", "b": "400k"}),
    "vp9": ("libvpx-vp9", {"b": "400k", "deadline": "realtime", "cpu-used": "8"}),
    "mpeg2": ("mpeg2video", {"bf": "0", "b": "800k"}),
    "mpeg2 B": ("mpeg2video", {"bf": "2", "b": "800k"}),
    "mpeg4": ("mpeg4", {"bf": "0", "b": "800k"}),
    "mpeg4 B": ("mpeg4", {"bf": "2", "b": "800k"}),
}
CASES = [
    *(("h264", suffix) for suffix in ("mp4", "mkv", "ts", "avi", "flv")),
    *(
        (name, suffix)
        for name in ("h264 B", "h264 open", "h264 refresh", "hevc", "hevc open")
        for suffix in ("mp4", "ts")
    ),
    *((name, "mkv") for name in ("h264 B", "hevc", "mpeg2", "mpeg2 B", "mpeg4 B")),
    *((name, "webm") for name in ("vp8", "vp8 invisible", "vp9")),
    *(("vp9", "mp4"), ("mpeg2", "ts"), ("mpeg2 B", "mpg"), ("mpeg4", "avi"), ("mpeg4", "mp4"), ("mpeg4 B", "avi")),
]

Make = Callable[[str, str], Path]


@pytest.fixture
def make(make_clip) -> Make:
    """Write a clip in one of the codings."""

    def write(coding: str, suffix: str) -> Path:
        codec, options = CODINGS[coding]
        pictures = [cv2.GaussianBlur(picture, (5, 5), 0) for picture in moving_pictures(FRAMES, 96, 80)]
        clip: Path = make_clip(
            f"whole.{suffix}", codec=codec, size=(96, 80), options={"g": str(GOP), **options}, pictures=pictures
        )
        return clip

    return write


def without(clip: Path, first: int, last: int) -> Path:
    """The clip without these packets."""
    path = clip.with_stem("lost")
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copied = target.add_stream_from_template(stream)
        for number, packet in enumerate(packet for packet in source.demux(stream) if packet.size):
            if not first <= number <= last:
                packet.stream = copied
                target.mux(packet)
    return path


def plain_decode(clip: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(clip)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def read(clip: Path) -> tuple[list[NDArray[np.uint8]], CodingStats, tuple[Skipped, ...]]:
    with MediaReader(clip) as reader:
        pictures = [frame.luma() for frame in reader.frames()]
        return pictures, reader.coding(), reader.take_skipped()


@pytest.mark.parametrize("lost", [(8, 8), (12, 17)], ids=["one", "over a key frame"])
@pytest.mark.parametrize(("coding", "suffix"), CASES, ids=lambda value: value)
def test_nothing_goes_on_that_a_loss_spoilt(make: Make, coding: str, suffix: str, lost: tuple[int, int]) -> None:
    clip = make(coding, suffix)
    originals = plain_decode(clip)
    pictures, coding_stats, skipped = read(without(clip, *lost))
    position = 0
    for picture in pictures:  # each is one of the originals, in order
        while not np.array_equal(originals[position], picture):
            position += 1
        position += 1
    count = coding_stats.packets
    assert len(pictures) == count.pictures
    assert sum(run.frames for run in skipped) == count.damaged + count.undecodable + count.withheld
    assert np.array_equal(pictures[-1], originals[-1])  # behind the next key frame it goes on
    if lost[0] != lost[1]:
        assert count.pictures <= FRAMES - (lost[1] - lost[0] + 1)
        assert coding_stats.end_note is not None


@pytest.mark.parametrize(("coding", "suffix"), CASES, ids=lambda value: value)
def test_a_whole_clip_is_read_whole(make: Make, coding: str, suffix: str) -> None:
    clip = make(coding, suffix)
    pictures, coding_stats, skipped = read(clip)
    assert len(pictures) == FRAMES
    assert skipped == ()
    assert coding_stats.end_note is None
    assert (coding_stats.packets.pictures, coding_stats.packets.unread) == (FRAMES, 0)
    assert not coding_stats.is_variable_frame_rate
    assert coding_stats.repeated_or_negative_times == 0


def test_lost_in_vp8_is_withheld_to_the_next_key_frame(make: Make) -> None:
    pictures, coding, skipped = read(without(make("vp8", "webm"), 20, 24))
    (run,) = skipped
    assert (run.stage, run.reason, run.frames) == ("read", FRAMES_MISSING, 5)
    assert (run.start_s, run.end_s) == (pytest.approx(1.0), pytest.approx(1.16))
    assert run.first_frame_index == run.last_frame_index == 20  # before the frame with this index
    assert len(pictures) == 35
    assert coding.end_note is not None
    assert coding.end_note.startswith("Frames are missing from the file between 0.76 s and 1.00 s. 5 frames were left")
    assert not coding.is_variable_frame_rate


def test_lost_in_hevc_is_counted_as_undecodable(make: Make) -> None:
    _, coding, skipped = read(without(make("hevc", "mkv"), 20, 20))
    (run,) = skipped
    assert (run.reason, run.frames) == (UNDECODABLE, 9)
    assert coding.packets.undecodable == 9


@pytest.mark.parametrize("coding", ["h264", "mpeg4", "vp8"])
def test_beginning_without_a_key_frame(make: Make, coding: str) -> None:
    clip = make(coding, "webm" if coding == "vp8" else "mkv")
    pictures, stats, skipped = read(without(clip, 0, 4))
    (run,) = skipped
    assert (run.reason, run.frames, run.first_frame_index) == (NO_KEY_FRAME, 10, 0)
    assert (run.start_s, run.end_s) == (pytest.approx(0.2), pytest.approx(0.56))
    assert len(pictures) == FRAMES - GOP
    assert stats.end_note == "The file begins without a key frame: 10 frames from 0.20 s to 0.56 s cannot be decoded."


def test_the_frame_behind_a_hole_says_so(make: Make) -> None:
    with MediaReader(without(make("vp8", "webm"), 20, 24)) as reader:
        assert [frame.index for frame in reader.frames() if frame.follows_hole] == [20]


def test_varying_times_are_no_losses(make_clip) -> None:
    times_ms = [0, 40, 80, 200, 240, 280, 290, 1000, 1040, 3000, 3100, 3140, 3400, 3500, 3700]
    clip = make_clip("varying.webm", codec="libvpx", frames=15, times_ms=times_ms, options={"g": "100"})
    pictures, coding, skipped = read(clip)
    assert (len(pictures), skipped, coding.end_note) == (15, (), None)


def test_halving_the_rate_costs_one_false_alarm_at_most(make_clip) -> None:
    times_ms = [*range(0, 800, 40), *range(800, 2400, 80)]
    clip = make_clip("halved.webm", codec="libvpx", frames=40, times_ms=times_ms, options={"g": "10"})
    pictures, coding, _ = read(clip)
    assert len(pictures) >= 30
    assert coding.packets.pictures + coding.packets.withheld == 40


def test_a_corrupt_flag_on_an_intact_packet_is_not_believed(make: Make) -> None:
    clip = make("h264", "ts")
    data = clip.read_bytes()
    packets = [bytearray(data[i : i + 188]) for i in range(0, len(data), 188)]
    video = [packet for packet in packets if (packet[1] & 0x1F) << 8 | packet[2] == 0x100]
    for packet in video[len(video) // 2 :]:  # as where two recordings were joined
        packet[3] = packet[3] & 0xF0 | (packet[3] + 5) & 0x0F
    path = clip.with_stem("joined")
    path.write_bytes(b"".join(packets))
    with av.open(str(path)) as container:
        assert any(packet.is_corrupt for packet in container.demux(video=0))
    pictures, coding, skipped = read(path)
    np.testing.assert_array_equal(pictures, plain_decode(clip))
    assert (len(pictures), skipped, coding.end_note) == (FRAMES, (), None)


def test_damage_is_told_with_its_times(make: Make) -> None:
    clip = make("mpeg4", "avi")
    data = bytearray(clip.read_bytes())
    chunk = data.find(b"00dc", data.find(b"movi"))
    for _ in range(20):
        chunk = data.find(b"00dc", chunk + 4)
    data[chunk + 12 : chunk + 60] = b"\xff" * 48
    clip.write_bytes(data)
    pictures, coding, skipped = read(clip)
    assert skipped[0].reason == DAMAGED
    assert sum(run.frames for run in skipped) == FRAMES - len(pictures)
    assert skipped[0].start_s == pytest.approx(0.8)
    assert skipped[-1].end_s == pytest.approx(1.16)
    assert coding.packets.damaged >= 1


def test_cancelled_reading_is_counted(make: Make) -> None:
    with MediaReader(make("h264 B", "mp4")) as reader:
        frames = reader.frames()
        for _ in range(10):
            next(frames)
        count = reader.coding().packets
    assert count.pictures == 10
    assert count.packets == count.pictures + count.unread == FRAMES


# ---- what is declared against what is there --------------------------------------------------------------------------


def test_truncated_after_a_few_of_the_declared_frames(make_clip, tmp_path: Path) -> None:
    whole = make_clip(frames=12, options={"g": "1"}, container_options={"movflags": "+faststart"})
    data = whole.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: data.find(b"mdat") + 4 + (len(data) - data.find(b"mdat")) // 3])
    pictures, coding, _ = read(path)
    assert len(pictures) < 12
    assert coding.end_note is not None
    assert "The file declares 12 frames, but holds" in coding.end_note


def test_truncated_webm_without_sound(make: Make) -> None:
    clip = make("vp8", "webm")
    with av.open(str(clip)) as container:
        positions = [packet.pos for packet in container.demux(video=0) if packet.size]
    clip.write_bytes(clip.read_bytes()[: positions[40] - 8])
    pictures, coding, _ = read(clip)
    assert len(pictures) in (39, 40)
    assert coding.end_note is not None
    assert "before the end that the file declares: it may be truncated" in coding.end_note


@pytest.mark.parametrize(("name", "codec", "pixel_format"), [("a.gif", "gif", "bgr8"), ("a.apng", "apng", "rgb24")])
def test_truncated_animation(make_clip, name: str, codec: str, pixel_format: str) -> None:
    whole = make_clip(name, codec=codec, pixel_format=pixel_format, frames=8)
    assert read(whole)[1].end_note is None
    data = whole.read_bytes()
    whole.write_bytes(data[: 2 * len(data) // 3])
    pictures, coding, _ = read(whole)
    assert len(pictures) < 8
    assert coding.end_note is not None


# ---- inputs that once went wrong -------------------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "packets", "pictures", "note"),
    [
        ("vp8-smear/vp8_lost.webm", 69, 20, "Frames are missing from the file between 0.76 s and 1.04 s. 49 frames"),
        ("hevc-lost-frame/hevc_one_lost.mkv", 74, 35, "39 frames were left out"),
        ("start-mid-gop/h264.mkv", 55, 15, "The file begins without a key frame: 40 frames from 0.80 s to 2.36 s"),
        ("ts-intact-packet-dropped/joined.ts", 75, 75, None),
        ("silent-truncation/l80.webm", 77, 77, "The pictures end at 3.08 s, 0.92 s before the end"),
        ("silent-truncation/trunc30_1s.webm", 6, 6, "The pictures end at 0.50 s, 0.50 s before the end"),
        ("avi-bframe-times/x264.avi", 75, 75, None),
        ("negative-times/tswrap.ts", 75, 75, None),
    ],
)
def test_known_cases(shared_cases: Path, name: str, packets: int, pictures: int, note: str | None) -> None:
    found, coding, skipped = read(shared_cases / name)
    assert (coding.packets.packets, len(found)) == (packets, pictures)
    assert sum(run.frames for run in skipped) == packets - pictures
    assert coding.repeated_or_negative_times == 0
    assert not coding.is_variable_frame_rate
    if note is None:
        assert coding.end_note is None
    else:
        assert coding.end_note is not None
        assert coding.end_note.startswith(note)

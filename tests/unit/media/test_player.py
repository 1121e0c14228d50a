from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forensiclab.media import player
from forensiclab.media.player import FrameServer
from forensiclab.media.reader import MediaReader

VFR_MS = [0, 40, 80, 200, 240, 280, 290, 1000, 1040, 3000, 3040, 9000, 9500, 9533, 9566, 20000]
CLIPS = {
    "closed": {"name": "a.mp4", "frames": 60, "options": {"g": "10"}},
    "one gop": {"name": "a.mp4", "frames": 60, "options": {"g": "600"}},
    "open gop": {"name": "a.mkv", "frames": 60, "options": {"x264-params": "keyint=12:open-gop=1:bframes=3"}},
    "vfr": {"name": "a.mkv", "frames": len(VFR_MS), "times_ms": VFR_MS, "options": {"g": "4"}},
    "no times": {"name": "a.h264", "frames": 30, "options": {"g": "10"}},
    "transport stream": {"name": "a.ts", "frames": 60, "options": {"g": "10"}},
    "other codec": {"name": "a.mpg", "codec": "mpeg2video", "frames": 40},
    "rotated": {"name": "a.mp4", "frames": 20, "rotation_ccw": 90},
}


@pytest.fixture(params=list(CLIPS))
def clip(request: pytest.FixtureRequest, make_clip) -> Path:
    return make_clip(**CLIPS[request.param])


def sequential(path: Path) -> list[tuple[float, np.ndarray]]:
    with MediaReader(path) as reader:
        return [(frame.pts_s, frame.rgb()) for frame in reader.frames()]


def assert_same(shown: player.ShownFrame, expected: tuple[float, np.ndarray]) -> None:
    assert shown.pts_s == pytest.approx(expected[0], abs=1e-9)
    np.testing.assert_array_equal(shown.rgb, expected[1])


@pytest.mark.parametrize("capacity", [4, 120])
def test_stepping_equals_reading(clip: Path, capacity: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", capacity)
    frames = sequential(clip)
    server = FrameServer(clip)
    assert_same(server.step(0), frames[0])
    for expected in frames[1:]:
        assert_same(server.step(1), expected)
    assert_same(server.step(1), frames[-1])  # stays at the end
    for expected in reversed(frames[:-1]):
        assert_same(server.step(-1), expected)
    assert_same(server.step(-1), frames[0])
    assert_same(server.step(7), frames[7])
    assert_same(server.step(-5), frames[2])
    server.close()


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_b_pictures_step_in_order_over_every_border_of_the_cache(
    name: str, make_clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", 7)  # no multiple of the distance of key frames, nor of the B pictures
    path = make_clip(name, frames=50, options={"x264-params": "keyint=12:bframes=3:b-adapt=0:scenecut=0"})
    with MediaReader(path) as reader:
        types = [frame.picture_type for frame in reader.frames()]
    assert types.count("B") > len(types) // 2
    frames = sequential(path)
    server = FrameServer(path)
    at = 0
    for steps in (9, -9, 20, -13, 30, -8, 3, -40, 45, -45):  # back and forth, each turn at another place in the cache
        for _ in range(abs(steps)):
            at = min(max(at + (1 if steps > 0 else -1), 0), len(frames) - 1)
            assert_same(server.step(1 if steps > 0 else -1), frames[at])
        assert len(server._run) <= 7
    server.close()


@pytest.mark.parametrize("capacity", [4, 120])
def test_any_time_equals_reading(clip: Path, capacity: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", capacity)
    frames = sequential(clip)
    times = np.array([pts_s for pts_s, _ in frames])
    server = FrameServer(clip)
    random = np.random.default_rng(2)
    wanted = [*random.uniform(times[0], times[-1], 25), -1.0, 0.0, times[-1], times[-1] + 100, *times[::7], times[0]]
    for pts_s in wanted:
        number = max(int(np.searchsorted(times, pts_s, side="right")) - 1, 0)
        assert_same(server.frame_at(float(pts_s)), frames[number])
        if number:
            assert_same(server.step(-1), frames[number - 1])
    server.close()


def test_cache_is_bounded_and_a_step_back_is_no_decode(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", 16)
    server = FrameServer(make_clip(frames=80, options={"g": "20"}))
    server.step(70)
    assert len(server._run) == 16
    decoded = []
    monkeypatch.setattr(server._source, "next_step", lambda: decoded.append(1))
    server.step(-15)
    assert decoded == []


def test_step_back_decodes_from_the_key_frame_only(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", 4)
    server = FrameServer(make_clip(frames=100, options={"g": "10", "sc_threshold": "0"}))
    server.frame_at(3.8)
    count = 0
    real = server._source.next_step

    def counting():
        nonlocal count
        count += 1
        return real()

    monkeypatch.setattr(server._source, "next_step", counting)
    for _ in range(5):
        server.step(-1)
    assert 0 < count < 50


def test_memory_of_large_frames(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_CACHE_BYTES", 64 * 48 * 3 * 10)
    server = FrameServer(make_clip(frames=40))
    server.step(30)
    assert len(server._run) == 10


def test_picture(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    server = FrameServer(tmp_path / "a.png")
    assert server.info.is_image
    for shown in (server.frame_at(0.0), server.frame_at(99.0), server.frame_at(-1.0), server.step(1), server.step(-1)):
        assert_same(shown, (0.0, pixels))


def test_reduced(make_clip) -> None:
    server = FrameServer(make_clip(), max_side_px=32)
    assert server.frame_at(0.2).rgb.shape == (24, 32, 3)


def test_a_whole_frame_leaves_the_cursor_where_it_is(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_MAX_RUN", 4)
    path = make_clip(frames=60, options={"g": "10"})
    frames = sequential(path)
    server = FrameServer(path, max_side_px=32)
    server.step(30)
    for number in (30, 29, 2, 59):  # shown, cached, long gone, not read yet
        assert_same(server.whole_at(frames[number][0]), frames[number])
        assert server.step(0).pts_s == pytest.approx(frames[30][0])
    assert server.step(1).rgb.shape == (24, 32, 3)


@pytest.mark.data
def test_real_clip_equals_reading(shared_data: Path) -> None:
    path = shared_data / "videos" / "real" / "voxceleb_input_00010.mp4"
    frames = sequential(path)
    server = FrameServer(path)
    for number in (100, 3, 57, 56, 55, 90):
        assert_same(server.frame_at(frames[number][0]), frames[number])
        assert_same(server.step(-1), frames[number - 1])
        assert_same(server.step(2), frames[number + 1])

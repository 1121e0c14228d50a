"""A file that makes its decoder crash, hang or grow costs that file alone; all others are read as in this process."""

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forensiclab.core.errors import MediaError
from forensiclab.media import isolated
from forensiclab.media.isolated import IsolatedSource
from forensiclab.media.player import FrameServer
from forensiclab.media.reader import MediaReader

POSIX = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no such signals")

CLIPS = {
    "h264": {"name": "a.mp4", "frames": 30, "size": (98, 66)},
    "ten bits": {"name": "a.mp4", "pixel_format": "yuv420p10le"},
    "4:2:2": {"name": "a.mkv", "pixel_format": "yuv422p"},
    "4:4:4": {"name": "a.mkv", "codec": "ffv1", "pixel_format": "yuv444p", "size": (33, 17)},
    "one pixel": {"name": "a.mkv", "codec": "ffv1", "pixel_format": "yuv444p", "size": (1, 1)},
    "full range": {"name": "a.avi", "codec": "mjpeg", "pixel_format": "yuvj420p"},
    "vp9": {"name": "a.webm", "codec": "libvpx-vp9", "options": {"deadline": "realtime"}},
    "mpeg2": {"name": "a.ts", "codec": "mpeg2video"},
    "palette": {"name": "a.gif", "codec": "gif", "pixel_format": "bgr8"},
    "grey": {"name": "a.mkv", "codec": "ffv1", "pixel_format": "gray"},
    "rotated": {"name": "a.mp4", "rotation_ccw": 90},
    "mirrored": {"name": "a.mp4", "rotation_ccw": 90, "hflip": True},
}


def everything(path: Path, *, is_trusted: bool) -> list[object]:
    with MediaReader(path, is_trusted=is_trusted) as reader:
        frames = [
            (
                (frame.index, frame.pts_s, frame.size_px, frame.picture_type, frame.follows_hole),
                (frame.rgb().tolist(), frame.rgb(20).tolist(), frame.luma(30).tolist(), frame.stored_rgb().tolist()),
                None if frame.qp is None else (frame.qp.values.tolist(), frame.qp.origin_xy_px),
            )
            for frame in reader.frames()
        ]
        return [frames, reader.info, reader.coding(), reader.take_skipped()]


@pytest.mark.parametrize("name", list(CLIPS))
def test_frames_are_those_that_are_decoded_here(make_clip, name: str) -> None:
    path = make_clip(**CLIPS[name])
    assert everything(path, is_trusted=False) == everything(path, is_trusted=True)


def test_stills_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.effect_noise((64, 48), 80).convert("RGB").save(path, quality=80)
    assert everything(path, is_trusted=False) == everything(path, is_trusted=True)


def test_what_is_refused_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("no film" * 300)
    sentences = []
    for is_trusted in (True, False):
        with pytest.raises(MediaError) as refused:
            MediaReader(path, is_trusted=is_trusted)
        sentences.append(refused.value.sentence)
    assert sentences[0] == sentences[1]


def test_a_process_is_used_again(make_clip) -> None:
    path = make_clip()
    pids = set()
    for _ in range(3):
        source = IsolatedSource(path)
        pids.add(source.pid)
        source.close()
    assert len(pids) == 1
    assert pids != {os.getpid()}


def test_two_files_at_once(make_clip) -> None:
    one, two = IsolatedSource(make_clip("one.mp4")), IsolatedSource(make_clip("two.mp4"))
    assert one.pid != two.pid
    while (first := one.next_step().decoded) is not None:
        second = two.next_step().decoded
        assert second is not None
        np.testing.assert_array_equal(first.picture.to_ndarray(), second.picture.to_ndarray())
    one.close()
    two.close()


@POSIX
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL", "SIGABRT"])
def test_a_crash_is_a_sentence_that_names_the_file_and_the_next_file_is_read(make_clip, name: str) -> None:
    path = make_clip(frames=60)
    with MediaReader(path, is_trusted=False) as reader:
        frames = reader.frames()
        next(frames)
        pid = reader._source.pid
        os.kill(pid, getattr(signal, name))
        with pytest.raises(MediaError, match=rf"clip\.mp4' made the process that decoded it fail \({name}\)"):
            list(frames)
        assert reader.coding().frames_read >= 1
    with MediaReader(path, is_trusted=False) as reader:
        assert sum(1 for _ in reader.frames()) == 60
        assert reader._source.pid != pid


@POSIX
def test_a_crash_while_opening(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "serve", die)
    monkeypatch.setattr(isolated, "_POOL", isolated._Pool())
    with pytest.raises(MediaError, match=r"clip\.mp4' made the process that decoded it fail \(SIGSEGV\)"):
        IsolatedSource(make_clip())


def die(connection) -> None:
    connection.recv()
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_hang_is_ended(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "serve", hang)
    monkeypatch.setattr(isolated, "_POOL", isolated._Pool())
    monkeypatch.setattr(isolated, "MAX_ANSWER_S", 0.5)
    before = {child.pid for child in multiprocessing.active_children()}
    with pytest.raises(MediaError, match=r"fail \(it did not answer for 0 s\)"):
        IsolatedSource(make_clip())
    assert {child.pid for child in multiprocessing.active_children()} <= before


def hang(connection) -> None:
    connection.recv()
    time.sleep(600)


@pytest.mark.skipif(sys.platform != "linux", reason="only here the address space is bounded")
def test_memory_is_bounded(make_clip) -> None:
    source = IsolatedSource(make_clip())
    limits = Path(f"/proc/{source.pid}/limits").read_text(encoding="ascii")
    (line,) = [line for line in limits.splitlines() if line.startswith("Max address space")]
    assert int(line.split()[3]) <= 16 << 30
    source.close()


def test_closing_early_leaves_nothing_behind(make_clip) -> None:
    path = make_clip(frames=60)
    for _ in range(5):
        with MediaReader(path, is_trusted=False) as reader:
            next(reader.frames())
    assert everything(path, is_trusted=False) == everything(path, is_trusted=True)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_a_player_seeks_as_here(make_clip, name: str) -> None:
    path = make_clip(name, frames=60, options={"g": "10"})
    with MediaReader(path) as reader:
        frames = [(frame.pts_s, frame.rgb()) for frame in reader.frames()]
    server = FrameServer(path)
    for number in (50, 3, 59, 0, 30, 31, 29):
        shown = server.frame_at(frames[number][0])
        assert shown.pts_s == pytest.approx(frames[number][0])
        np.testing.assert_array_equal(shown.rgb, frames[number][1])
    server.close()

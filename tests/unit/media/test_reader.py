import gc
import os
import shutil
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation
from PIL import Image

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.core.records import CodingStats
from forensiclab.media.probe import probe
from forensiclab.media.reader import MediaReader

CONSTANT_QP = {"qp": "30", "x264-params": "ipratio=1:pbratio=1"}


def read(path: Path) -> tuple[list[float], CodingStats]:
    with MediaReader(path) as reader:
        times = [frame.pts_s for frame in reader.frames()]
        return times, reader.coding()


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48000)
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.int16), format="s16", layout="mono")
        samples.sample_rate = 48000
        samples.pts = 0
        resampler = av.AudioResampler(format=sound.format.name, layout="mono", rate=48000)
        for frame in resampler.resample(samples):
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


# ---- files that cannot be read ---------------------------------------------------------------------------------------


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.mp4' does not exist"):
        MediaReader(tmp_path / "none.mp4")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="is a folder"):
        MediaReader(tmp_path)


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(MediaError, match=r"empty \(0 bytes\)"):
        MediaReader(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_pipe_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    with pytest.raises(MediaError, match="not an ordinary file"):
        MediaReader(path)


def test_unreadable_file(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip()

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MediaError, match="may not be read"):
        MediaReader(path)


def test_too_long_name(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be opened"):
        MediaReader(tmp_path / ("x" * 300 + ".mp4"))


@pytest.mark.parametrize("name", ["text.mp4", "text.txt", "text.nfo", "text.jpg"])
def test_text_is_no_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Dear Sir or Madam,\nthis is not a film.\n" * 200)
    with pytest.raises(MediaError, match="is not a video or picture"):
        MediaReader(path)


def test_playlist_opens_no_other_file(make_clip, tmp_path: Path) -> None:
    clip = make_clip("other.ts")
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError):
        MediaReader(playlist)
    script = tmp_path / "concat.mp4"
    script.write_text(f"ffconcat version 1.0\nfile '{clip.name}'\n")
    with pytest.raises(MediaError):
        MediaReader(script)


def test_index_missing(make_clip, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(make_clip(frames=30).read_bytes()[:-2000])
    with pytest.raises(MediaError, match=r"index \(moov\) is missing"):
        MediaReader(path)


def test_sound_only(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="only sound"):
        MediaReader(write_sound(tmp_path / "sound.m4a"))


def test_cover_art_is_no_video(tmp_path: Path, make_clip) -> None:
    cover = make_clip("cover.png", codec="png", pixel_format="rgb24", frames=1, container_options={"update": "1"})
    path = tmp_path / "song.mp4"
    with av.open(str(cover)) as picture, av.open(str(path), "w") as container:
        template = picture.streams.video[0]
        stream = container.add_stream_from_template(template)
        stream.disposition = av.stream.Disposition.attached_pic
        sound = container.add_stream("aac", rate=48000)
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        samples.sample_rate, samples.pts = 48000, 0
        packets = [*sound.encode(samples), *sound.encode(None)]
        for packet in picture.demux(template):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
        container.mux(packets)
    with pytest.raises(MediaError, match="only sound"):
        MediaReader(path)


def test_absurd_size(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.new("L", (20_000, 1)).save(path)
    with pytest.raises(MediaError, match="20000 x 1 pixels; at most"):
        MediaReader(path)


def test_damaged_picture(tmp_path: Path) -> None:
    path = tmp_path / "half.jpg"
    Image.effect_noise((200, 200), 90).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(MediaError, match="damaged or truncated JPEG"):
        MediaReader(path)


def test_not_one_frame(make_clip, tmp_path: Path) -> None:
    data = bytearray(make_clip(frames=5, container_options={"movflags": "+faststart"}).read_bytes())
    start = data.find(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    path = tmp_path / "blank.mp4"
    path.write_bytes(data)
    with pytest.raises(MediaError):
        MediaReader(path)


# ---- damaged files that can be read in part --------------------------------------------------------------------------


def test_truncated_in_the_middle_keeps_the_beginning(make_clip, tmp_path: Path, capfd) -> None:
    whole = make_clip(frames=100, container_options={"movflags": "+faststart"}, options={"g": "10"})
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    times, coding = read(path)
    assert 20 <= len(times) < 100
    assert times == read(whole)[0][: len(times)]
    assert coding.end_note is not None
    assert "before the end that the file declares" in coding.end_note
    assert capfd.readouterr() == ("", "")


def test_truncated_matroska(make_clip, tmp_path: Path) -> None:
    whole = make_clip("whole.mkv", frames=100)
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    times, coding = read(path)
    assert 20 <= len(times) < 100
    assert coding.end_note is not None


def test_corrupt_in_the_middle_is_skipped_and_counted(make_clip, tmp_path: Path, capfd) -> None:
    whole = make_clip(frames=60, container_options={"movflags": "+faststart"}, options={"g": "10", "bf": "0"})
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    random = np.random.default_rng(1)
    data[middle : middle + 6000] = random.integers(0, 256, 6000, dtype=np.uint8).tobytes()
    path = tmp_path / "corrupt.mp4"
    path.write_bytes(data)
    times, coding = read(path)
    assert 20 <= len(times) < 60
    assert times[-1] == pytest.approx(59 / 25)  # it goes on behind the damage
    assert coding.end_note is not None
    assert "damaged packets or frames were skipped" in coding.end_note
    assert capfd.readouterr() == ("", "")


def test_endless_damage_ends(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip("long.avi", codec="mpeg4", frames=60)
    monkeypatch.setattr("forensiclab.media.decoding.MAX_DAMAGE_IN_A_ROW", 10)
    data = bytearray(path.read_bytes())
    start, end = data.find(b"movi"), data.rfind(b"idx1")
    chunk = data.find(b"00dc", start)
    chunk = data.find(b"00dc", chunk + 4)
    while 0 < chunk < end:
        size = int.from_bytes(data[chunk + 4 : chunk + 8], "little")
        data[chunk + 8 : chunk + 8 + size] = bytes(size)
        chunk = data.find(b"00dc", chunk + 8 + size)
    path.write_bytes(data)
    times, coding = read(path)
    assert len(times) < 20
    assert coding.end_note is not None
    assert "cannot be decoded" in coding.end_note


# ---- what is known ---------------------------------------------------------------------------------------------------


def test_stream_info_of_a_clip(make_clip) -> None:
    info = probe(make_clip("Ünïcode – 視頻.mp4", options={"crf": "31"}))
    assert (info.codec, info.pixel_format, info.bit_depth) == ("h264", "yuv420p", 8)
    assert (info.width_px, info.height_px, info.rotation_deg) == (64, 48, 0)
    assert (info.average_frame_rate, info.duration_s, info.declared_frames) == (25.0, 0.48, 12)
    assert info.encoder_settings is not None
    assert info.encoder_settings.startswith("x264 - core")
    assert info.requested_crf == 31
    assert not info.is_image


def test_constant_qp_is_no_crf(make_clip) -> None:
    info = probe(make_clip(options=CONSTANT_QP))
    assert info.encoder_settings is not None
    assert info.requested_crf is None


def test_x265_settings(make_clip) -> None:
    info = probe(make_clip(codec="libx265", options={"crf": "33", "x265-params": "log-level=none"}))
    assert info.codec == "hevc"
    assert info.encoder_settings is not None
    assert info.encoder_settings.startswith("x265")
    assert info.requested_crf == 33


def test_measured_qp_is_the_requested_one(make_clip) -> None:
    with MediaReader(make_clip(options=CONSTANT_QP)) as reader:
        for frame in reader.frames():
            assert frame.qp is not None
            assert frame.qp.values.shape == (3, 4)
            assert (frame.qp.values == 30).all()
        coding = reader.coding()
    assert coding.qp_mean == 30
    assert coding.qp_histogram == (0,) * 30 + (12,)


def test_qp_of_ten_bits_is_on_the_scale_of_eight(make_clip) -> None:
    with MediaReader(make_clip(options=CONSTANT_QP, pixel_format="yuv420p10le")) as reader:
        pictures = [frame.rgb() for frame in reader.frames()]
        assert reader.info.bit_depth == 10
        assert reader.coding().qp_mean == 30 - 6 * 2  # x264's qp counts from -12 there
    assert pictures[0].dtype == np.uint8
    assert 60 < pictures[0].mean() < 190


def test_interlaced(make_clip) -> None:
    path = make_clip(options={"qp": "30", "x264-params": "ipratio=1:pbratio=1:interlaced=1"})
    assert probe(path).is_interlaced
    assert read(path)[1].qp_mean == 30


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx265", {"x265-params": "log-level=none"}),
        ("a.webm", "libvpx-vp9", {"deadline": "realtime"}),
        ("a.avi", "mpeg4", {}),
        ("a.mpg", "mpeg2video", {}),
    ],
)
def test_other_codecs_have_no_qp(make_clip, name: str, codec: str, options: dict[str, str]) -> None:
    times, coding = read(make_clip(name, codec=codec, options=options))
    assert len(times) == 12
    assert coding.qp_mean is None
    assert coding.qp_histogram == ()


def test_qp_does_not_depend_on_threads(make_clip) -> None:
    path = make_clip(frames=40, size=(320, 240), options={"crf": "30"})
    means = set()
    for threads in (0, 1, 2, 8):
        with MediaReader(path, threads=threads) as reader:
            means.add(tuple(frame.qp.mean for frame in reader.frames() if frame.qp))
    assert len(means) == 1


def test_picture_types_and_gop(make_clip) -> None:
    options = {"x264-params": "keyint=10:min-keyint=10:scenecut=0:bframes=2:b-adapt=0"}
    with MediaReader(make_clip(frames=31, options=options)) as reader:
        types = "".join(frame.picture_type or "?" for frame in reader.frames())
        coding = reader.coding()
    assert types[::10] == "IIII"
    assert dict(coding.picture_types) == {name: types.count(name) for name in "IPB"}
    assert types.count("I") == 4
    assert types.count("B") > types.count("P")
    assert (coding.gop_length_min, coding.gop_length_median, coding.gop_length_max) == (10, 10.0, 10)


def test_no_gop_before_a_second_i_picture(make_clip) -> None:
    coding = read(make_clip())[1]
    assert coding.gop_length_min is coding.gop_length_median is coding.gop_length_max is None


# ---- times -----------------------------------------------------------------------------------------------------------


def test_constant_frame_rate(make_clip) -> None:
    times, coding = read(make_clip())
    assert times == pytest.approx([i / 25 for i in range(12)])
    assert not coding.is_variable_frame_rate
    assert coding.frame_interval_min_s == coding.frame_interval_max_s == 0.04
    assert coding.end_note is None


def test_variable_frame_rate_keeps_its_times(make_clip) -> None:
    times_ms = [0, 40, 80, 200, 240, 280, 290, 1000, 1040, 3000]
    times, coding = read(make_clip("vfr.mkv", frames=10, times_ms=times_ms))
    assert times == pytest.approx([t / 1000 for t in times_ms])
    assert coding.is_variable_frame_rate
    assert (coding.frame_interval_min_s, coding.frame_interval_max_s) == (0.01, 1.96)
    assert coding.repeated_or_negative_times == 0


def test_thirty_frames_a_second_in_milliseconds_are_constant(make_clip) -> None:
    coding = read(make_clip("ms.mkv", frames=10, times_ms=[round(i * 1000 / 30) for i in range(10)]))[1]
    assert not coding.is_variable_frame_rate


def test_raw_stream_without_times(make_clip) -> None:
    times, coding = read(make_clip("raw.h264"))
    assert times == pytest.approx([i / 25 for i in range(12)])
    assert coding.repeated_or_negative_times == 12
    assert coding.frame_interval_min_s is None


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_cancel(make_clip) -> None:
    cancel = CancelToken()
    with MediaReader(make_clip()) as reader:
        frames = reader.frames(cancel)
        next(frames)
        cancel.cancel()
        with pytest.raises(Cancelled):
            next(frames)
        assert reader.coding().frames_read == 1


def test_a_second_pass_goes_on(make_clip) -> None:
    with MediaReader(make_clip()) as reader:
        first = next(reader.frames())
        rest = list(reader.frames())
    assert [first.index, *(frame.index for frame in rest)] == list(range(12))


def test_frames_are_not_kept(make_clip) -> None:
    """Neither here nor in cycles of references, which would only go when the garbage collector comes."""
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(item, av.VideoFrame) for item in gc.get_objects())
        most = 0
        with MediaReader(make_clip(frames=40)) as reader:
            for frame in reader.frames():
                assert frame.qp is not None
                frame.rgb(32)
                most = max(most, sum(isinstance(item, av.VideoFrame) for item in gc.get_objects()) - before)
            del frame
            left = sum(isinstance(item, av.VideoFrame) for item in gc.get_objects()) - before
            assert left <= 1  # PyAV's decoder has an empty one ready
    finally:
        gc.enable()
    assert 1 <= most <= 6  # the encoder's last frames, the decoder's next ones


def test_one_pixel_and_odd_sizes(make_clip) -> None:
    for size in [(1, 1), (3, 5), (33, 17)]:
        path = make_clip(f"{size[0]}.mkv", size=size, codec="ffv1", pixel_format="yuv444p", frames=2)
        with MediaReader(path) as reader:
            frames = list(reader.frames())
            assert (reader.info.width_px, reader.info.height_px) == size
        assert [frame.rgb().shape for frame in frames] == [(size[1], size[0], 3)] * 2
        assert frames[0].luma().shape == (size[1], size[0])


def test_largest_default_stream_is_read(make_clip, tmp_path: Path) -> None:
    small, large = make_clip("small.mp4", size=(32, 32)), make_clip("large.mp4", size=(96, 64))
    path = tmp_path / "two.mkv"
    with av.open(str(small)) as one, av.open(str(large)) as two, av.open(str(path), "w") as out:
        sources = [(source, out.add_stream_from_template(source.streams.video[0])) for source in (one, two)]
        for _, stream in sources:
            stream.disposition = av.stream.Disposition.default
        for source, stream in sources:
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    out.mux(packet)
    info = probe(path)
    assert (info.n_streams, info.stream_index, info.width_px) == (2, 1, 96)


def test_evidence_is_untouched(make_clip) -> None:
    from forensiclab.core.compression import CompressionLevel
    from forensiclab.media.player import FrameServer
    from forensiclab.media.probe import take_in
    from forensiclab.media.transcode import compress_clip, compress_picture

    path = make_clip()
    before = path.read_bytes(), path.stat().st_mtime_ns, sorted(path.parent.iterdir())
    take_in(path)
    probe(path)
    with MediaReader(path) as reader:
        pictures = [frame.rgb() for frame in reader.frames()]
    server = FrameServer(path)
    server.frame_at(0.3)
    server.step(-1)
    server.close()
    compress_picture(pictures[0], CompressionLevel.parse("crf:30"))
    compress_clip(pictures, 30)
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(path.parent.iterdir())) == before


def test_file_removed_while_open(make_clip) -> None:
    path = make_clip(frames=30)
    with MediaReader(path) as reader:
        frames = reader.frames()
        next(frames)
        shutil.move(path, path.with_suffix(".gone"))
        assert reader.coding().frames_read == 1
        assert sum(1 for _ in frames) <= 29


@pytest.mark.data
def test_equals_a_plain_decode(shared_data: Path) -> None:
    path = shared_data / "videos" / "real" / "voxceleb_input_00002.mp4"
    with av.open(str(path)) as container, MediaReader(path) as reader:
        stream = container.streams.video[0]
        count = 0
        for plain, frame in zip(container.decode(stream), reader.frames(), strict=True):
            assert frame.pts_s == pytest.approx(float(plain.pts * stream.time_base))
            if count % 25 == 0:
                exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
                np.testing.assert_array_equal(frame.rgb(), plain.to_ndarray(format="rgb24", interpolation=exact))
            count += 1
        assert count == reader.coding().frames_read == reader.info.declared_frames

"""Containers: which files may be opened, which stream is analysed, what is known about it."""

import re
import stat
from fractions import Fraction
from pathlib import Path

import av
from av.container.input import InputContainer
from av.stream import Discard, Disposition, Stream
from av.video.format import VideoFormat
from av.video.reformatter import ColorPrimaries, ColorTrc
from av.video.stream import VideoStream

from forensiclab.core.errors import MediaError
from forensiclab.core.records import StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import EXPORT_QP, encoder_settings, requested_crf
from forensiclab.media.decoding import Decoded
from forensiclab.media.frame import square_size
from forensiclab.media.limits import MAX_PIXELS, MAX_STREAMS, MAX_TEXT
from forensiclab.media.still import check_size

_NOT_A_FILE_OF_ITS_OWN = {
    *("concat", "dash", "hls", "image2", "imf", "lavfi", "rtp", "rtsp", "sap", "sdp"),
    *("adf", "bintext", "ffmetadata", "idf", "tedcaptions", "tty", "xbin"),
}
"""Formats that only point to other files or to the network, or draw text: never evidence themselves."""

_ONLY_FILES = {
    "format_whitelist": ",".join(sorted(av.formats_available - _NOT_A_FILE_OF_ITS_OWN)),
    "protocol_whitelist": "file",
}

_NOT_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails
_MAX_ASPECT = 8
"""Pixels are at most so many times as wide as high, or as high as wide."""

_TILED_BRANDS = ("heic", "heix", "heim", "heis", "mif1", "msf1")
"""Brands of HEIF pictures, whose video streams are single tiles."""

_HDR_CURVES = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
_MATRICES = {
    0: "rgb",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    14: "ictcp",
}
"""AVColorSpace of FFmpeg; PyAV has no names for it."""
_MATROSKA_DURATION = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")
_RANGES = {1: "limited", 2: "full"}


def check_file(path: Path) -> None:
    """Refuse everything but a readable, non-empty, ordinary file.

    Raises:
        MediaError: What is wrong with it.
    """
    try:
        mode = path.stat()
        if stat.S_ISDIR(mode.st_mode):
            raise MediaError(Sentence("'{0}' is a folder; name a video or picture in it.", path))
        if not stat.S_ISREG(mode.st_mode):
            raise MediaError(
                Sentence("'{0}' is not an ordinary file (a pipe or a device); save it to a file first.", path)
            )
        if mode.st_size == 0:
            raise MediaError(Sentence("'{0}' is empty (0 bytes).", path))
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError as error:
        raise MediaError(Sentence("'{0}' does not exist.", path)) from error
    except PermissionError as error:
        raise MediaError(Sentence("'{0}' may not be read; ask for permission to read it, or copy it.", path)) from error
    except (OSError, ValueError) as error:
        raise MediaError(Sentence("'{0}' cannot be opened: {1}.", path, error)) from error


def open_video(path: Path, *, threads: int, with_qp: bool) -> tuple[InputContainer, VideoStream]:
    """Open the container and choose its picture stream; the caller closes the container.

    The default stream is preferred, then the largest; cover art and thumbnails are no video. Nothing but the file
    itself is opened: playlists that point elsewhere are refused.

    Args:
        path: A file that ``check_file`` has passed.
        threads: Of the decoder, 0 = one per core.
        with_qp: Have the decoder export what ``macroblock_qp`` reads; costs a quarter of the speed.

    Raises:
        MediaError: The file is no video, or has no stream that can be decoded.
    """
    # As an absolute path no name can pass for one of FFmpeg's protocols ("concat:...").
    options = _ONLY_FILES | {"max_pixels": str(MAX_PIXELS)}
    try:
        container = av.open(str(path.absolute()), mode="r", options=options, metadata_errors="replace")
    except av.FFmpegError as error:
        raise MediaError(_why_not_opened(path, error)) from error
    try:
        if len(container.streams) > MAX_STREAMS:
            raise MediaError(
                Sentence("'{0}' has {1} streams; at most {2} are read.", path, len(container.streams), MAX_STREAMS)
            )
        stream = _choose_stream(path, container)
        if stream.codec_context.width and stream.codec_context.height:
            check_size(path, stream.codec_context.width, stream.codec_context.height)
    except MediaError:
        container.close()
        raise
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    context = stream.codec_context
    context.thread_count = threads
    context.options = {"max_pixels": str(MAX_PIXELS)}
    if with_qp and context.codec.canonical_name == "h264":
        # With frame threads FFmpeg exports the parameters of pictures that another thread is still decoding.
        context.thread_type = "SLICE"
        context.options |= EXPORT_QP
    else:
        context.thread_type = "AUTO"
    return container, stream


def _why_not_opened(path: Path, error: av.FFmpegError) -> Sentence:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return Sentence(
            "'{0}' is an MP4 or MOV file whose index (moov) is missing or damaged, most likely because it is "
            "truncated; get a complete copy.",
            path,
        )
    return Sentence(
        "'{0}' is not a video or picture that can be read, or its beginning is damaged ({1}).", path, error.strerror
    )


def _choose_stream(path: Path, container: InputContainer) -> VideoStream:
    brands = container.metadata.get("major_brand", "").lower()
    if brands in _TILED_BRANDS:
        raise MediaError(
            Sentence("'{0}' is a HEIF picture, whose tiles are not put together here; convert it to PNG first.", path)
        )
    pictures = [stream for stream in container.streams.video if not stream.disposition & _NOT_VIDEO]
    if not pictures:
        has_audio = bool(container.streams.audio)
        what = Sentence("only sound") if has_audio else Sentence("no picture stream")
        raise MediaError(Sentence("'{0}' has {1}: there is no video to examine.", path, what))
    decodable = [stream for stream in pictures if _has_decoder(stream)]
    if not decodable:
        raise MediaError(
            Sentence("'{0}' has video in a codec that cannot be decoded here ({1}).", path, _tag(pictures[0]))
        )
    return max(
        decodable,
        key=lambda stream: (
            bool(stream.disposition & Disposition.default),
            stream.codec_context.width * stream.codec_context.height,
            -stream.index,
        ),
    )


def _has_decoder(stream: Stream) -> bool:
    return stream.codec_context is not None


def _tag(stream: Stream) -> str:
    """Four-character code of a stream, as far as it can be printed."""
    return repr(stream.codec_tag) if _has_decoder(stream) else "unknown"


def describe(path: Path, container: InputContainer, stream: VideoStream, decoded: Decoded) -> StreamInfo:
    """What container and first frame say.

    Raises:
        MediaError: The picture is absurdly large.
    """
    first, orientation = decoded.picture, decoded.orientation
    check_size(path, first.width, first.height)
    context = stream.codec_context
    shown = square_size(first.width, first.height, pixel_aspect(stream))
    width_px, height_px = orientation.displayed_size(*shown)
    pixel_format = VideoFormat(decoded.pixel_format)
    settings = encoder_settings(first)
    is_full = first.color_range == 2 or pixel_format.name.startswith("yuvj") or pixel_format.is_rgb
    rate = stream.average_rate
    return StreamInfo(
        container=container.format.name,
        codec=context.codec.canonical_name,
        profile=context.profile,
        pixel_format=pixel_format.name,
        bit_depth=max(component.bits for component in pixel_format.components),
        width_px=width_px,
        height_px=height_px,
        coded_width_px=first.width,
        coded_height_px=first.height,
        rotation_deg=orientation.rotation_deg,
        is_mirrored=orientation.is_mirrored,
        sample_aspect_ratio=_ratio(stream.sample_aspect_ratio),
        color_space=_MATRICES.get(first.colorspace, "unknown"),
        color_primaries=_name(ColorPrimaries, first.color_primaries),
        color_transfer=_name(ColorTrc, first.color_trc),
        color_range="full" if is_full else _RANGES.get(first.color_range, "unknown"),
        is_hdr=first.color_trc in _HDR_CURVES,
        is_interlaced=first.interlaced_frame,
        is_image=container.format.name.endswith("_pipe"),  # FFmpeg's readers of pictures that Pillow does not know
        average_frame_rate=float(rate) if rate else None,
        duration_s=declared_duration_s(container, stream),
        declared_frames=stream.frames or None,
        n_streams=len(container.streams),
        stream_index=stream.index,
        has_audio=bool(container.streams.audio),
        bit_rate_bps=stream.bit_rate or None,
        encoder=(stream.metadata.get("encoder") or container.metadata.get("encoder") or "")[:MAX_TEXT] or None,
        encoder_settings=settings and settings[:MAX_TEXT],
        requested_crf=requested_crf(settings),
        jpeg_quality=None,
    )


def declared_duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    """How long the picture stream, or else the whole file, says it is."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    tag = _MATROSKA_DURATION.fullmatch(stream.metadata.get("DURATION", ""))
    if tag:
        return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    if container.duration is not None and container.duration > 0:
        return container.duration / av.time_base
    return None


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a stored pixel over its height; 1 where the stream names none, or one that no camera has."""
    ratio = stream.sample_aspect_ratio
    return float(ratio) if ratio and 1 / _MAX_ASPECT <= ratio <= _MAX_ASPECT else 1.0


def stream_notes(container: InputContainer, stream: VideoStream) -> list[Sentence]:
    """Say that the file holds other videos that are not read."""
    videos = sum(not other.disposition & _NOT_VIDEO for other in container.streams.video)
    if videos < 2:
        return []
    return [Sentence("The file holds {0} video streams; only number {1} was examined.", videos, stream.index)]


def _ratio(ratio: Fraction | None) -> str:
    return f"{ratio.numerator}:{ratio.denominator}" if ratio else "1:1"


def _name(names: type[ColorPrimaries] | type[ColorTrc], value: int) -> str:
    """FFmpeg's word for a colour property."""
    known = {member.value: member.name.lower() for member in names}
    return "unknown" if value == names.UNSPECIFIED.value else known.get(value, "unknown")

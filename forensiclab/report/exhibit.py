"""The section about the exhibit: the file, its stream, and what was measured in its bitstream."""

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.notation import NOT_KNOWN, NOT_MEASURED, count_text, date_text, number_text, size_text, time_text
from forensiclab.core.records import ExhibitState, PacketCount
from forensiclab.report.model import Block, Bullets, Fact, Facts, Figure, Heading, Paragraph, Section
from forensiclab.report.plots import qp_histogram_svg
from forensiclab.report.wording import printable

STATES = {
    ExhibitState.MATCHES: "the same as at intake",
    ExhibitState.DIFFERS: "DIFFERENT from intake: the file was changed",
    ExhibitState.GONE: "not checked: the file is no longer there",
    ExhibitState.UNREADABLE: "not checked: the file can no longer be read",
}
"""What is printed about the hash that was taken again."""


def exhibit_section(report: AnalysisReport, state: ExhibitState) -> Section:
    """Write what is known about the exhibit.

    Args:
        report: What was found.
        state: Of the exhibit at the time of writing.
    """
    exhibit, coding = report.exhibit, report.coding
    blocks: list[Block] = [
        Facts(
            (
                Fact(name="File", value=exhibit.path.name, is_code=True),
                Fact(name="Folder at intake", value=str(exhibit.path.parent), is_code=True),
                Fact(name="Size", value=size_text(exhibit.size_bytes)),
                Fact(name="Last changed", value=date_text(exhibit.modified_utc)),
                Fact(name="SHA-256 at intake", value=exhibit.sha256, is_code=True),
                Fact(name="SHA-256 at export", value=STATES[state]),
            )
        ),
        *_note_on_names(str(exhibit.path)),
        Heading("Stream"),
        Facts(_stream_facts(report)),
        Heading("Coding, as measured while reading"),
        Facts(_coding_facts(report)),
    ]
    histogram = qp_histogram_svg(coding)
    if histogram:
        blocks.append(
            Figure(
                content=histogram,
                media_type="image/svg+xml",
                caption="Frames by their mean quantisation parameter (QP).",
                alt=f"Histogram of the mean quantisation parameter of the frames; mean {number_text(coding.qp_mean)}, "
                f"most frames at {coding.qp_histogram.index(max(coding.qp_histogram))}.",
            )
        )
    if report.warnings:
        blocks += [Heading("Warnings"), Bullets(report.warnings)]
    return Section(title="The exhibit", nature="facts", blocks=tuple(blocks))


def _stream_facts(report: AnalysisReport) -> tuple[Fact, ...]:
    stream = report.stream
    shape = f"{stream.width_px} x {stream.height_px} px"
    if (stream.coded_width_px, stream.coded_height_px) != (stream.width_px, stream.height_px):
        shape += f" (coded {stream.coded_width_px} x {stream.coded_height_px} px)"
    turned = [f"rotated by {stream.rotation_deg}°"] * (stream.rotation_deg != 0) + ["mirrored"] * stream.is_mirrored
    colors = (stream.color_space, stream.color_primaries, stream.color_transfer, stream.color_range)
    traits = (
        "high dynamic range" if stream.is_hdr else "standard dynamic range",
        "interlaced" if stream.is_interlaced else "progressive",
    )
    facts = [
        Fact(name="Container", value=stream.container),
        Fact(name="Codec", value=stream.codec + (f", profile {stream.profile}" if stream.profile else "")),
        Fact(name="Picture", value=", ".join((shape, *turned, f"sample aspect ratio {stream.sample_aspect_ratio}"))),
        Fact(name="Pixels", value=f"{stream.pixel_format}, {stream.bit_depth} bit, {', '.join(traits)}"),
        Fact(name="Colour", value="space {}, primaries {}, transfer {}, range {}".format(*colors)),
    ]
    if not stream.is_image:
        audio = "with audio" if stream.has_audio else "no audio"
        facts += [
            Fact(name="Duration, declared", value=number_text(stream.duration_s, "s")),
            Fact(name="Frames, declared", value=number_text(stream.declared_frames)),
            Fact(name="Frame rate, average", value=number_text(stream.average_frame_rate, "per second")),
            Fact(name="Bit rate", value=number_text((stream.bit_rate_bps or 0) / 1000 or None, "kbit/s", 1)),
            Fact(name="Streams", value=f"{stream.n_streams}, of which number {stream.stream_index} was read; {audio}"),
        ]
    if stream.jpeg_quality is not None:
        facts.append(Fact(name="JPEG quality", value=f"{stream.jpeg_quality}, estimated from the quantisation tables"))
    facts.append(Fact(name="Written by", value=stream.encoder or NOT_KNOWN))
    if not stream.is_image:
        facts += [
            Fact(name="Requested CRF", value=number_text(stream.requested_crf)),
            Fact(name="Encoder settings", value=stream.encoder_settings or NOT_KNOWN, is_code=True),
        ]
    return tuple(facts)


def _coding_facts(report: AnalysisReport) -> tuple[Fact, ...]:
    coding = report.coding
    types = ", ".join(f"{kind} {count:,}" for kind, count in coding.picture_types) or NOT_KNOWN
    facts = [
        Fact(name="Frames read", value=number_text(coding.frames_read)),
        Fact(name="Packets", value=_packets_text(coding.packets)),
        Fact(name="Picture types", value=types),
        Fact(name="Mean QP", value=NOT_MEASURED if coding.qp_mean is None else number_text(coding.qp_mean, digits=1)),
    ]
    if not report.stream.is_image:
        gop = "fewer than two I pictures"
        if coding.gop_length_median is not None:
            gop = (
                f"{coding.gop_length_min} to {coding.gop_length_max} frames, "
                f"median {number_text(coding.gop_length_median, digits=1)}"
            )
        faulty = count_text(coding.repeated_or_negative_times, "frame")
        rate = "variable" if coding.is_variable_frame_rate else "constant"
        shortest, longest = coding.frame_interval_min_s, coding.frame_interval_max_s
        facts += [
            Fact(name="Group of pictures", value=gop),
            Fact(name="Frame rate", value=f"{rate}; intervals {number_text(shortest)} to {number_text(longest, 's')}"),
            Fact(
                name="First and last frame",
                value=" and ".join(
                    NOT_KNOWN if pts_s is None else time_text(pts_s)
                    for pts_s in (coding.first_pts_s, coding.last_pts_s)
                ),
            ),
            Fact(name="Faulty times", value=f"{faulty} with a time that is missing, repeated or going back"),
        ]
    if coding.end_note:
        facts.append(Fact(name="Not read", value=coding.end_note))
    return tuple(facts)


def _packets_text(count: PacketCount) -> str:
    """Say where the packets went; zeros are left out, and the numbers still add up."""
    parts = (
        (count.pictures, "read as pictures"),
        (count.damaged, "damaged"),
        (count.undecodable, "not decodable"),
        (count.withheld, "withheld, as they rest on lost frames"),
        (count.hidden, "without a picture of their own"),
        (count.unread, "not read"),
    )
    return f"{count.packets:,} = " + " + ".join(f"{number:,} {what}" for number, what in parts if number)


def _note_on_names(path: str) -> list[Block]:
    """Say that a name is not printed as it is, where it is not."""
    if printable(path) == path:
        return []
    text = (
        "A character that could mislead, or that the fonts of this report lack, is written as its code point in "
        "brackets; the attached result holds the name as it is."
    )
    return [Paragraph(text)]

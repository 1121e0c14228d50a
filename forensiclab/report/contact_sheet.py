"""Contact sheet of a track: its crops, and under each what every detector looked at and scored."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from forensiclab.analysis.attention import colored, overlay, to_frame
from forensiclab.analysis.events import ContactCrop, TrackResult
from forensiclab.core.notation import score_text, time_text
from forensiclab.core.records import Picture
from forensiclab.report.wording import FONT_FOLDER, printable

MAX_CROPS = 12
_COLUMNS = 6
_GROUP = 5
_CELL_PX = 200
_GAP_PX = 8
_LINE_PX = 26
_HEAD_PX = 30
_FONT_PX = 20
_INK = (20, 20, 20)
_OPACITY = 0.5
_COLORMAP = "inferno"


def contact_sheets_jpeg(track: TrackResult, detectors: Sequence[str]) -> tuple[bytes, ...]:
    """Draw the contact sheet of a track as JPEG pictures, each of which fits a page.

    Crops lie six to a row, by time: first as the detector was given them, their time under them; then once per
    detector under its attention map, its raw score under that. A colour bar closes each picture. Crops that no detector
    scored lie there alone.

    Args:
        track: With the crops and maps in its ``contact_sheet``; ``chosen_crops`` of them are drawn.
        detectors: Names, in the order of the rows.

    Returns:
        One picture per row of crops and group of five detectors; none for a track without crops.
    """
    crops = chosen_crops(track, len(detectors))
    if not is_scored(track):
        detectors = ()
    rows = [crops[start : start + _COLUMNS] for start in range(0, len(crops), _COLUMNS)]
    groups = [detectors[start : start + _GROUP] for start in range(0, len(detectors), _GROUP)]
    return tuple(_sheet_jpeg(row, group) for row in rows for group in groups or [()])


def is_scored(track: TrackResult) -> bool:
    """Return whether any detector scored any of the crops that may be drawn."""
    return any(kept.scores for kept in track.contact_sheet)


def chosen_crops(track: TrackResult, n_detectors: int) -> tuple[ContactCrop, ...]:
    """Choose the crops to draw, evenly spread: at most twelve, or six under many detectors."""
    crops, most = track.contact_sheet, MAX_CROPS if n_detectors <= _GROUP else _COLUMNS
    if len(crops) <= most:
        return crops
    return tuple(crops[round(i)] for i in np.linspace(0, len(crops) - 1, most))


def _sheet_jpeg(row: Sequence[ContactCrop], detectors: Sequence[str]) -> bytes:
    layer_px = _HEAD_PX + _CELL_PX + _LINE_PX
    width = _COLUMNS * (_CELL_PX + _GAP_PX) - _GAP_PX
    bar_px = _GAP_PX + _LINE_PX if detectors else 0
    sheet = Image.new("RGB", (width, layer_px * (1 + len(detectors)) + bar_px), "white")
    pen = ImageDraw.Draw(sheet)
    times = [time_text(kept.crop.pts_s) for kept in row]
    y = _draw_layer(sheet, pen, 0, "Crops, by time", [kept.crop.picture for kept in row], times)
    for name in detectors:
        pictures, texts = zip(*(_seen_by(name, kept) for kept in row), strict=True)
        y = _draw_layer(sheet, pen, y, f"{printable(name)}: attention map, raw score", pictures, texts)
    if detectors:
        _draw_color_bar(sheet, pen, y + _GAP_PX)
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()


def _seen_by(detector: str, kept: ContactCrop) -> tuple[Picture, str]:
    """Draw a crop under a detector's attention map, and its raw score.

    The crop is that of the first detector; where another one was given a wider or narrower square, its map is placed
    accordingly.
    """
    picture = kept.crop.picture
    for score in kept.scores:
        if score.detector == detector:
            text = score_text(score.raw_score)
            if score.attention is None:
                return picture, f"{text} (no map)"
            left, top, right, bottom = kept.crop.region_xyxy_px
            seen = score.region_xyxy_px
            square = (seen[0] - left, seen[1] - top, seen[2] - left, seen[3] - top)
            attention = to_frame(score.attention, square, round(right - left), round(bottom - top))
            return overlay(picture, attention, _OPACITY, _COLORMAP), text
    return np.full_like(picture, 235), "no score"


def _draw_layer(
    sheet: Image.Image, pen: ImageDraw.ImageDraw, y: int, title: str, pictures: Sequence[Picture], texts: Sequence[str]
) -> int:
    """One row of pictures with its title above and a text under each; returns where the next one begins."""
    pen.text((0, y + _HEAD_PX - 8), title, _INK, _font(bold=True), anchor="ls")
    top = y + _HEAD_PX
    for column, (picture, text) in enumerate(zip(pictures, texts, strict=True)):
        left = column * (_CELL_PX + _GAP_PX)
        cell = Image.fromarray(picture).resize((_CELL_PX, _CELL_PX), Image.Resampling.LANCZOS)
        sheet.paste(cell, (left, top))
        pen.text((left + _CELL_PX // 2, top + _CELL_PX + _LINE_PX - 7), text, _INK, _font(), anchor="ms")
    return top + _CELL_PX + _LINE_PX


def _draw_color_bar(sheet: Image.Image, pen: ImageDraw.ImageDraw, y: int) -> None:
    ramp = np.repeat(np.linspace(0, 1, 400, dtype=np.float32)[None], _LINE_PX - 6, axis=0)
    middle = y + _LINE_PX // 2
    pen.text((0, middle), "attention  0", _INK, _font(), anchor="lm")
    left = round(pen.textlength("attention  0", _font())) + 10
    sheet.paste(Image.fromarray(colored(ramp, _COLORMAP)), (left, y + 3))
    pen.text((left + 410, middle), "1   (blended with the crop, half and half)", _INK, _font(), anchor="lm")


def _font(*, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_FOLDER / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), _FONT_PX)

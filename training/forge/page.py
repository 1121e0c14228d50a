"""A page of examples for a human to look at: real, forged, mask, difference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole
from forensiclab.core.geometry import Box, crop_region
from forensiclab.core.records import Picture
from forensiclab.faces.crop import cut_region
from forensiclab.forge.families import Family
from forensiclab.media.reader import MediaReader
from training.datasets.crops import INDEX_FILE, CropFolder
from training.datasets.shards import png_bytes
from training.forge.clips import level_folder

_TILE_PX = 168
_GAP_PX = 6
_TITLE_PX, _LINE_PX = 26, 20
_PER_LINE = 2
_AMPLIFIED = 4
_COLUMNS = ("real", "forged", "mask", f"difference x {_AMPLIFIED}")
_INK, _PAPER, _FAINT = (25, 25, 25), (250, 250, 248), (110, 110, 110)
_SEARCHED_FRAMES = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """A forgery beside the real picture, both of one shape (H, W, 3)."""

    real: Picture
    forged: Picture
    mask: NDArray[np.uint8]
    """Shape (H, W), 255 = forged."""


def examples_of(out: Path, families: Sequence[Family], crfs: Sequence[int], count: int) -> dict[Family, list[Example]]:
    """Find the first forgeries of each family in a folder of ``forge``: of crops, or of clips at the first CRF."""
    if (out / INDEX_FILE).is_file():
        folder = CropFolder(out)
        return {family: list(islice(_of_crops(folder, family), count)) for family in families}
    return {family: list(islice(_of_clips(out, family, level_folder(crfs[0])), count)) for family in families}


def write_page(path: Path, title: str, examples: dict[Family, list[Example]]) -> None:
    """Draw the examples, family by family, as a PNG.

    Raises:
        SettingsError: There is no example, or the file cannot be written.
    """
    if not any(examples.values()):
        raise SettingsError("There is no forgery to show: the page was not made.")
    write_whole(path, png_bytes(draw_page(title, examples)))


def draw_page(title: str, examples: dict[Family, list[Example]]) -> Picture:
    """Draw the page: a title, then for every family its name, the columns' names and rows of examples; (H, W, 3)."""
    block = len(_COLUMNS) * (_TILE_PX + _GAP_PX) + 2 * _GAP_PX
    lines = {family: -(-len(found) // _PER_LINE) for family, found in examples.items()}
    head = _TITLE_PX + _LINE_PX + 3 * _GAP_PX
    height = head + sum(head + count * (_TILE_PX + _GAP_PX) for count in lines.values())
    page = Image.new("RGB", (_PER_LINE * block + _GAP_PX, height), _PAPER)
    draw = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(_TITLE_PX - 8), ImageFont.load_default(_LINE_PX - 7)
    draw.text((_GAP_PX, _GAP_PX), title, _INK, large)
    legend = "White in a mask: the pixel is forged. Black: forged and real are equal, before they are encoded."
    draw.text((_GAP_PX, _TITLE_PX + _GAP_PX), legend, _FAINT, small)
    top = head
    for family, found in examples.items():
        name = f"{family.folder}, mirrors {family.mirrors}"
        draw.text((_GAP_PX, top), name if found else f"{name}: no example", _INK, large)
        for column in range(_PER_LINE if found else 0):
            for number, caption in enumerate(_COLUMNS):
                place = (_GAP_PX + column * block + number * (_TILE_PX + _GAP_PX), top + _TITLE_PX)
                draw.text(place, caption, _FAINT, small)
        top += _TITLE_PX + _LINE_PX
        for order, example in enumerate(found):
            row, column = divmod(order, _PER_LINE)
            for rank, tile in enumerate(_tiles(example)):
                x = _GAP_PX + column * block + rank * (_TILE_PX + _GAP_PX)
                page.paste(Image.fromarray(tile), (x, top + row * (_TILE_PX + _GAP_PX)))
        top += lines[family] * (_TILE_PX + _GAP_PX) + 3 * _GAP_PX
    return np.asarray(page, dtype=np.uint8)


def _tiles(example: Example) -> Iterator[Picture]:
    difference = np.abs(example.real.astype(np.int16) - example.forged) * _AMPLIFIED
    mask = np.repeat(example.mask[..., None], 3, axis=2)
    for tile in (example.real, example.forged, mask, np.clip(difference, 0, 255).astype(np.uint8)):
        interpolation = cv2.INTER_AREA if max(tile.shape[:2]) > _TILE_PX else cv2.INTER_CUBIC
        yield np.asarray(cv2.resize(tile, (_TILE_PX, _TILE_PX), interpolation=interpolation), dtype=np.uint8)


def _of_crops(folder: CropFolder, family: Family) -> Iterator[Example]:
    for entry in folder.entries:
        real = folder.entry(entry.original) if entry.method == family.folder and entry.original else None
        mask = folder.mask(entry) if real is not None else None
        if real is not None and mask is not None:
            yield Example(real=folder.picture(real), forged=folder.picture(entry), mask=mask)


def _of_clips(out: Path, family: Family, level: str) -> Iterator[Example]:
    """Yield the frame of every clip whose mask is largest, cut to the face."""
    folder = out / "manipulated_sequences" / family.folder
    for path in sorted((folder / level / "videos").glob("*.mp4")):
        mask_path = folder / "masks" / "videos" / path.name
        real_path = out / "original_sequences" / "youtube" / level / "videos" / f"{path.stem.split('_')[0]}.mp4"
        if not (mask_path.is_file() and real_path.is_file()):
            continue
        index, mask = _largest_mask(mask_path)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        box: Box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
        region = crop_region(box, 1.3, mask.shape[1], mask.shape[0])
        real, forged = (_frame(clip, index) for clip in (real_path, path))
        yield Example(real=cut_region(real, region), forged=cut_region(forged, region), mask=cut_region(mask, region))


def _largest_mask(path: Path) -> tuple[int, NDArray[np.uint8]]:
    """Return the mask with most forged pixels among the first frames, and which frame it is."""
    with MediaReader(path, threads=1) as reader:
        masks = islice(((frame.index, frame.rgb()[..., 0]) for frame in reader.frames()), _SEARCHED_FRAMES)
        return max(masks, key=lambda item: int(item[1].sum(dtype=np.int64)))


def _frame(path: Path, index: int) -> Picture:
    with MediaReader(path, threads=1) as reader:
        return next(frame.rgb() for frame in reader.frames() if frame.index == index)

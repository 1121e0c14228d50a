"""The crops of one track as Qt's views want them, with the attention map of one detector laid over each."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPixmap

from forensiclab.analysis.attention import COLORMAPS, overlay, to_frame
from forensiclab.analysis.events import ContactCrop
from forensiclab.core.records import AttentionMap, Crop, Picture
from forensiclab.core.scores import CropScore
from forensiclab.gui.player_worker import to_image
from forensiclab.report.wording import score_text, time_text

THUMBNAIL_PX = 88

_Index = QModelIndex | QPersistentModelIndex


class CropModel(QAbstractListModel):
    """One item per kept crop, by time: heatmap, score of the chosen detector, time."""

    def __init__(self) -> None:
        super().__init__()
        self._crops: list[ContactCrop] = []
        self._detector = ""
        self._opacity = 0.5
        self._colormap = COLORMAPS[0]
        self._pixmaps: dict[int, QPixmap] = {}
        """By position in ``_crops``; made when first shown."""

    def show(self, crops: list[ContactCrop], detector: str) -> None:
        """Show these crops with the attention maps and scores of ``detector``."""
        ordered = sorted(crops, key=lambda crop: crop.crop.pts_s)
        is_longer = (
            detector == self._detector
            and len(ordered) > len(self._crops)
            and all(new is old for new, old in zip(ordered, self._crops, strict=False))
        )
        if is_longer:
            # Only what is new, so that the list keeps its place and its selection while crops come in.
            self.beginInsertRows(QModelIndex(), len(self._crops), len(ordered) - 1)
            self._crops = ordered
            self.endInsertRows()
        elif (
            detector != self._detector
            or len(ordered) != len(self._crops)
            or any(new is not old for new, old in zip(ordered, self._crops, strict=True))
        ):
            self.beginResetModel()
            self._crops, self._detector = ordered, detector
            self._pixmaps.clear()
            self.endResetModel()

    def set_heatmap(self, opacity: float, colormap: str) -> None:
        """How much of the attention map covers the crop, in [0, 1], and in which of ``COLORMAPS``."""
        self._opacity, self._colormap = opacity, colormap
        self._pixmaps.clear()
        if self._crops:
            self.dataChanged.emit(self.index(0), self.index(len(self._crops) - 1), [Qt.ItemDataRole.DecorationRole])

    def crop_at(self, index: _Index) -> ContactCrop:
        """The crop behind an item."""
        return self._crops[index.row()]

    def picture_at(self, row: int) -> Picture:
        """The crop of an item with its attention map, as the detector was given it."""
        crop, score = self._crops[row], self._score(row)
        if score is None or score.attention is None:
            return crop.crop.picture
        return overlay(crop.crop.picture, _attention_on(crop.crop, score), self._opacity, self._colormap)

    def _score(self, row: int) -> CropScore | None:
        return next((score for score in self._crops[row].scores if score.detector == self._detector), None)

    def _pixmap(self, row: int) -> QPixmap:
        if row not in self._pixmaps:
            size = QSize(THUMBNAIL_PX, THUMBNAIL_PX)
            scaled = to_image(self.picture_at(row)).scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._pixmaps[row] = QPixmap.fromImage(scaled)
        return self._pixmaps[row]

    def _description(self, row: int) -> str:
        crop, score = self._crops[row].crop, self._score(row)
        lines = [
            self.tr("Time {0}, frame {1}").format(time_text(crop.pts_s), crop.frame_index),
            self.tr("Raw score {0}").format(score_text(score.raw_score if score else None)),
            self.tr("Face {0} px").format(round(crop.quality.size_px)),
        ]
        if crop.quality.qp_mean is not None:
            lines.append(self.tr("QP under the face {0}").format(f"{crop.quality.qp_mean:.1f}"))
        if crop.picture_type is not None:
            lines.append(self.tr("Picture type {0}").format(crop.picture_type))
        return "\n".join(lines)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._crops)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        if not 0 <= row < len(self._crops):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            score = self._score(row)
            return f"{score_text(score.raw_score if score else None)}\n{time_text(self._crops[row].crop.pts_s)}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pixmap(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._description(row)
        return None


def _attention_on(crop: Crop, score: CropScore) -> AttentionMap:
    """A score's attention map over the whole crop, also where the detector was given another square of the frame."""
    assert score.attention is not None
    if score.region_xyxy_px == crop.region_xyxy_px:
        return score.attention
    left, top, right, _ = crop.region_xyxy_px
    scale = crop.rule.size_px / (right - left)
    x0, y0, x1, y1 = score.region_xyxy_px
    region = ((x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale)
    return to_frame(score.attention, region, crop.rule.size_px, crop.rule.size_px)

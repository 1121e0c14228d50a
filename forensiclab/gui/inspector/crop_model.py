"""The crops of one track as Qt's views want them, with the attention map of one detector laid over each."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap

from forensiclab.analysis.attention import COLORMAPS, overlay
from forensiclab.analysis.events import ContactCrop
from forensiclab.core.notation import score_text, time_text
from forensiclab.core.records import Picture
from forensiclab.core.scores import CropScore
from forensiclab.gui.inspector.shown_crop import attention_on
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.widgets.label import tool_tip

THUMBNAIL_PX = 88

_SHARPEST_SCREEN = 2
"""Pixels of a thumbnail per logical one, in each direction."""

_Index = QModelIndex | QPersistentModelIndex


class CropModel(QAbstractListModel):
    """One item per kept crop, by time: heatmap, score of the chosen detector, time."""

    def __init__(self, thumbnail_px: int = THUMBNAIL_PX) -> None:
        super().__init__()
        self._thumbnail = QSize(thumbnail_px, thumbnail_px)
        self._crops: list[ContactCrop] = []
        self._detector = ""
        self._opacity = 0.5
        self._colormap = COLORMAPS[0]
        self._icons: dict[int, QIcon] = {}
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
            self._icons.clear()
            self.endResetModel()

    def set_heatmap(self, opacity: float, colormap: str) -> None:
        """Set how much of the attention map covers the crop, in [0, 1], and in which of ``COLORMAPS``."""
        self._opacity, self._colormap = opacity, colormap
        self._icons.clear()
        if self._crops:
            self.dataChanged.emit(self.index(0), self.index(len(self._crops) - 1), [Qt.ItemDataRole.DecorationRole])

    def crop_at(self, index: _Index) -> ContactCrop:
        """Return the crop behind an item."""
        return self._crops[index.row()]

    def picture_at(self, row: int) -> Picture:
        """Return the crop of an item with its attention map, as the detector was given it."""
        crop, score = self._crops[row], self._score(row)
        attention = attention_on(crop.crop, score) if score is not None and self._opacity else None
        if attention is None:
            return crop.crop.picture
        return overlay(crop.crop.picture, attention, self._opacity, self._colormap)

    def _score(self, row: int) -> CropScore | None:
        return next((score for score in self._crops[row].scores if score.detector == self._detector), None)

    def _icon(self, row: int) -> QIcon:
        if row not in self._icons:
            scaled = to_image(self.picture_at(row)).scaled(
                self._thumbnail * _SHARPEST_SCREEN,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            pixmap = QPixmap.fromImage(scaled)
            pixmap.setDevicePixelRatio(_SHARPEST_SCREEN)
            self._icons[row] = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # no tint over the face
                self._icons[row].addPixmap(pixmap, mode)
        return self._icons[row]

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
            return self._icon(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self._description(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._description(row)
        return None

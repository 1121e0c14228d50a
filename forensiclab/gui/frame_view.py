"""Paints one frame with the boxes of its faces."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from forensiclab.gui.session import ShownFace
from forensiclab.gui.symbols import verdict_color, verdict_path
from forensiclab.gui.wording import track_text, verdict_text

_SYMBOL_PX = 11
_PAD_PX = 4


class FrameView(QWidget):
    """The frame as large as it fits, faces framed: track number and shape and colour of the verdict."""

    track_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._frame_width_px = 0
        """Of the frame the boxes are given in; what is drawn may be reduced. 0 = as drawn."""
        self._faces: tuple[ShownFace, ...] = ()
        self._selected_track: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Frame"))

    @property
    def faces(self) -> tuple[ShownFace, ...]:
        """The faces that are drawn."""
        return self._faces

    @property
    def has_image(self) -> bool:
        return not self._image.isNull()

    def set_image(self, image: QImage) -> None:
        """Show a frame; a null image shows none."""
        self._image = image
        self.update()

    def set_frame_width(self, width_px: int) -> None:
        """Tell how wide the frame is whose pixels the face boxes count."""
        if width_px != self._frame_width_px:
            self._frame_width_px = width_px
            self.update()

    def set_faces(self, faces: Sequence[ShownFace], selected_track: int | None) -> None:
        """Draw these faces on the frame; the selected track's box is thicker."""
        if (tuple(faces), selected_track) == (self._faces, self._selected_track):
            return
        self._faces, self._selected_track = tuple(faces), selected_track
        told = [f"{track_text(face.track_id)}: {verdict_text(face.verdict)}" for face in self._faces]
        self.setAccessibleDescription("; ".join(told) or self.tr("No face in this frame"))
        self.update()

    def face_rect(self, face: ShownFace) -> QRectF:
        """Where a face's box lies in the widget, in widget pixels."""
        frame = self._frame_rect()
        scale = frame.width() / max(self._frame_width_px or self._image.width(), 1)
        left, top, right, bottom = face.box_xyxy_px
        corner = frame.topLeft() + QPointF(left, top) * scale
        return QRectF(corner.x(), corner.y(), (right - left) * scale, (bottom - top) * scale)

    def _frame_rect(self) -> QRectF:
        area = QRectF(self.rect())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(0, 0, size.width(), size.height())
        rect.moveCenter(area.center())
        return rect

    def _paint_face(self, painter: QPainter, face: ShownFace) -> None:
        rect = self.face_rect(face)
        color = verdict_color(face.verdict, on_dark=True)
        is_selected = face.track_id == self._selected_track
        width = 3.0 if is_selected else 1.6
        # A dark rim keeps the box visible on a bright picture.
        for pen in (QPen(QColor(0, 0, 0, 170), width + 2.4), QPen(color, width)):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(rect)
        self._paint_tag(painter, face, rect, color)

    def _paint_tag(self, painter: QPainter, face: ShownFace, rect: QRectF, color: QColor) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        number = str(face.track_id)
        metrics = painter.fontMetrics()
        tag = QRectF(0, 0, _SYMBOL_PX + 3 * _PAD_PX + metrics.horizontalAdvance(number), metrics.height() + 2)
        tag.moveBottomLeft(rect.topLeft())
        if tag.top() < 0:
            tag.moveTopLeft(rect.topLeft())
        painter.fillRect(tag, QColor(0, 0, 0, 200))
        symbol = QRectF(tag.left() + _PAD_PX, tag.center().y() - _SYMBOL_PX / 2, _SYMBOL_PX, _SYMBOL_PX)
        painter.fillPath(verdict_path(face.verdict, symbol), color)
        painter.setPen(color)
        painter.drawText(
            tag.adjusted(0, 0, -_PAD_PX, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number
        )

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = [face for face in self._faces if self.face_rect(face).contains(event.position())]
        if hit and event.button() is Qt.MouseButton.LeftButton:
            smallest = min(hit, key=lambda face: self.face_rect(face).width())
            self.track_clicked.emit(smallest.track_id)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#141414"))
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(self._frame_rect(), self._image)
        for face in sorted(self._faces, key=lambda face: face.track_id == self._selected_track):
            self._paint_face(painter, face)
        painter.end()

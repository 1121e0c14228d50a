"""Paints one frame with the boxes of its faces, fitted or enlarged."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from forensiclab.gui.player.frame_zoom import SQUARES_FROM, FrameZoom
from forensiclab.gui.state.session import ShownFace
from forensiclab.gui.text.wording import track_text, verdict_text
from forensiclab.gui.widgets.symbols import verdict_color, verdict_path

_SYMBOL_PX = 11
_PAD_PX = 4
_ZOOM_STEP = 1.25
_WHEEL_NOTCH = 120
"""What a wheel turns by a notch, in eighths of a degree."""
_ARROWS: dict[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (0.1, 0),
    Qt.Key.Key_Right: (-0.1, 0),
    Qt.Key.Key_Up: (0, 0.1),
    Qt.Key.Key_Down: (0, -0.1),
}
"""By which share of the view an arrow key moves the frame: the view goes where the arrow points."""


class FrameView(QWidget):
    """The frame as large as it fits, or enlarged; faces framed: track number and shape and colour of the verdict.

    The wheel enlarges about the pointer, dragging and the arrow keys move what is enlarged.
    """

    track_clicked = Signal(int)
    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._frame_width_px = 0
        """Of the frame the boxes are given in; what is drawn may be reduced. 0 = as drawn."""
        self._faces: tuple[ShownFace, ...] = ()
        self._selected_track: int | None = None
        self._zoom = FrameZoom()
        self._pressed_at: QPointF | None = None
        self._dragged_to: QPointF | None = None
        """Where a drag has got to; None before the pointer has moved far enough to be one."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Frame"))
        self.setAccessibleDescription(self.tr("No face in this frame"))

    @property
    def faces(self) -> tuple[ShownFace, ...]:
        """The faces that are drawn."""
        return self._faces

    @property
    def has_image(self) -> bool:
        return not self._image.isNull()

    @property
    def zoom(self) -> FrameZoom:
        """Where the frame lies; to be read only."""
        return self._zoom

    @property
    def lacks_detail(self) -> bool:
        """Whether the picture was reduced more than it is drawn."""
        return 0 < self._image.width() < min(self._frame_width(), self._zoom.zoom * self._frame_width() - 1)

    def set_image(self, image: QImage) -> None:
        """Show a frame; a null image shows none, and what comes then is fitted."""
        self._image = image
        if image.isNull():
            self.zoom_to_fit()
        self._settle()

    def set_frame_width(self, width_px: int) -> None:
        """Tell how wide the frame is whose pixels the face boxes count; 0 = as wide as what is drawn."""
        if width_px != self._frame_width_px:
            self._frame_width_px = width_px
            self._settle()

    @Slot()
    def zoom_in(self) -> None:
        """Enlarge about the middle."""
        self._zoom_by(_ZOOM_STEP, None)

    @Slot()
    def zoom_out(self) -> None:
        """Reduce about the middle."""
        self._zoom_by(1 / _ZOOM_STEP, None)

    @Slot()
    def zoom_to_fit(self) -> None:
        """Show all of the frame."""
        self._zoom.fit()
        self._show_zoom()

    @Slot()
    def zoom_to_pixels(self) -> None:
        """Show a pixel of the frame on a pixel of the screen."""
        if self.has_image:
            self._zoom.zoom_to(1.0)
            self._show_zoom()

    def set_faces(self, faces: Sequence[ShownFace], selected_track: int | None) -> None:
        """Draw these faces on the frame; the selected track's box is thicker."""
        if (tuple(faces), selected_track) == (self._faces, self._selected_track):
            return
        self._faces, self._selected_track = tuple(faces), selected_track
        told = [f"{track_text(face.track_id)}: {verdict_text(face.verdict)}" for face in self._faces]
        self.setAccessibleDescription("; ".join(told) or self.tr("No face in this frame"))
        self.update()

    def face_rect(self, face: ShownFace) -> QRectF:
        """Return where a face's box lies in the widget, in widget pixels."""
        frame = self._zoom.rect()
        scale = frame.width() / self._frame_width()
        left, top, right, bottom = face.box_xyxy_px
        corner = frame.topLeft() + QPointF(left, top) * scale
        return QRectF(corner.x(), corner.y(), (right - left) * scale, (bottom - top) * scale)

    def _frame_width(self) -> int:
        return max(self._frame_width_px or self._image.width(), 1)

    def _zoom_by(self, factor: float, about: QPointF | None) -> None:
        if self.has_image:
            self._zoom.zoom_by(factor, about)
            self._show_zoom()

    def _settle(self) -> None:
        """Take over the sizes that are now, and paint."""
        width = self._frame_width()
        height = width * self._image.height() / max(self._image.width(), 1)
        before = self._zoom.zoom
        self._zoom.set_sizes(QSizeF(width, height), QSizeF(self.size()), self.devicePixelRatioF())
        if self._zoom.zoom != before:
            self.zoom_changed.emit()
        self._show_hand()
        self.update()

    def _show_zoom(self) -> None:
        self._show_hand()
        self.update()
        self.zoom_changed.emit()

    def _show_hand(self) -> None:
        if self._dragged_to is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self.has_image and self._zoom.can_pan:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

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
        # The tag stays in sight as long as a part of the box is.
        if tag.top() < 0:
            tag.moveTop(max(rect.top(), 0))
        tag.moveLeft(max(min(tag.left(), self.width() - tag.width()), 0))
        painter.fillRect(tag, QColor(0, 0, 0, 200))
        symbol = QRectF(tag.left() + _PAD_PX, tag.center().y() - _SYMBOL_PX / 2, _SYMBOL_PX, _SYMBOL_PX)
        painter.fillPath(verdict_path(face.verdict, symbol), color)
        painter.setPen(color)
        painter.drawText(
            tag.adjusted(0, 0, -_PAD_PX, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number
        )

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._settle()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned and self.has_image:
            self._zoom_by(_ZOOM_STEP ** (turned / _WHEEL_NOTCH), event.position())
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _ARROWS.get(event.key())
        if by is not None and self.has_image and self._zoom.can_pan:
            self._zoom.pan(QPointF(by[0] * self.width(), by[1] * self.height()))
            self.update()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed_at = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed_at is None or not self._zoom.can_pan:
            return
        if self._dragged_to is None:
            moved = (place - self._pressed_at).manhattanLength()
            if moved < QApplication.startDragDistance():
                return
            self._dragged_to = self._pressed_at
        self._zoom.pan(place - self._dragged_to)
        self._dragged_to = place
        self._show_hand()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_drag = self._dragged_to is not None
        pressed_at, self._pressed_at, self._dragged_to = self._pressed_at, None, None
        self._show_hand()
        if pressed_at is None or was_drag or event.button() is not Qt.MouseButton.LeftButton:
            return
        hit = [face for face in self._faces if self.face_rect(face).contains(pressed_at)]
        if hit:
            smallest = min(hit, key=lambda face: self.face_rect(face).width())
            self.track_clicked.emit(smallest.track_id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#141414"))
        if not self._image.isNull():
            is_smooth = self._zoom.is_fitted or self._zoom.zoom < SQUARES_FROM or self.lacks_detail
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
            painter.drawImage(self._zoom.rect(), self._image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            in_sight = QRectF(self.rect())
            for face in sorted(self._faces, key=lambda face: face.track_id == self._selected_track):
                if self.face_rect(face).intersects(in_sight):
                    self._paint_face(painter, face)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

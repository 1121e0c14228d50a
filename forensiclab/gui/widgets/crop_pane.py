"""One picture of a face as large as it fits, with its title, and the mark of generated pixels where it has them."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from forensiclab.core.records import Picture
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.widgets.label import Label, tool_tip

_SMALLEST_PX = 86
_GAP_PX = 2


class CropPane(QWidget):
    """A title over a square picture; says so where there is none."""

    def __init__(self, title: str, *, is_generated: bool = False, parent: QWidget | None = None) -> None:
        """Make an empty pane.

        Args:
            title: What the picture is.
            is_generated: Whether its pixels are generated: then the picture always bears a mark that says so.
            parent: Qt's.
        """
        super().__init__(parent)
        self._title_text = title
        self.title = Label()
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        mark = self.tr("generated pixels – not evidence") if is_generated else ""
        self._canvas = _Canvas(mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self.title)
        layout.addWidget(self._canvas, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_title(title)

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._canvas.picture

    @property
    def mark(self) -> str:
        """What is written across the picture; empty unless its pixels are generated."""
        return self._canvas.mark

    @property
    def title_text(self) -> str:
        """What the picture is."""
        return self._title_text

    def set_title(self, title: str) -> None:
        """Say what the picture is."""
        self._title_text = title
        self._show_title()
        self._canvas.setAccessibleName(f"{title} ({self.mark})" if self.mark else title)

    def show_picture(self, picture: Picture | None, empty_text: str = "") -> None:
        """Show a picture of shape (H, W, 3), or say why there is none."""
        self._canvas.show_picture(picture, empty_text)

    def _show_title(self) -> None:
        metrics = self.title.fontMetrics()
        self.title.setText(metrics.elidedText(self._title_text, Qt.TextElideMode.ElideMiddle, max(self.width(), 1)))
        self.title.setToolTip(tool_tip(self._title_text))

    def height_for(self, width: int) -> int:
        """Return the height of title and picture at a width."""
        return self.title.sizeHint().height() + _GAP_PX + max(width, _SMALLEST_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()
        self.setMaximumHeight(self.height_for(self.width()))  # what is below moves up to the picture


class _Canvas(QWidget):
    """Draws the picture and, across its lower edge, the mark."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark
        self.picture: Picture | None = None
        self._image = QImage()
        self._empty_text = ""
        self.setMinimumSize(_SMALLEST_PX, _SMALLEST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, picture: Picture | None, empty_text: str) -> None:
        self.picture, self._empty_text = picture, empty_text
        self._image = QImage() if picture is None else to_image(picture)
        self.setAccessibleDescription(empty_text if picture is None else "")
        self.update()

    def _paint_mark(self, painter: QPainter, area: QRect) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        needed = painter.fontMetrics().boundingRect(QRect(0, 0, area.width() - 8, 1000), flags, self.mark)
        band = QRect(area.left(), area.bottom() - needed.height() - 5, area.width(), needed.height() + 6)
        painter.fillRect(band, QColor(0, 0, 0, 205))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(band.adjusted(4, 0, -4, 0), flags, self.mark)

    def sizeHint(self) -> QSize:
        return QSize(_SMALLEST_PX, _SMALLEST_PX)  # whoever lays it out gives it what room there is

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._image.size() if not self._image.isNull() else QSize(1, 1)
        area = QRect(0, 0, 0, 0)
        area.setSize(size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio))
        area.moveLeft((self.width() - area.width()) // 2)  # at the top, under its title
        if self._image.isNull():
            painter.setPen(self.palette().mid().color())
            painter.drawRect(area.adjusted(0, 0, -1, -1))
            painter.setPen(self.palette().text().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(6, 6, -6, -6), flags, self._empty_text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
            if self.mark:
                self._paint_mark(painter, area)
        painter.end()

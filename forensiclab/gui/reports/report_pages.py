"""The pages of a report, one below the other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QPixmapCache, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

_MIN_ZOOM, _MAX_ZOOM = 0.25, 3.0
_CACHE_KB = 96 * 1024
"""Room for about twenty decoded pages; the others are decoded again when they come into view."""


class ReportPages(QScrollArea):
    """Shows pages given as PNG pictures, as wide as there is room or at a chosen zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom: float | None = None
        """Share of the pages' own size; None = as wide as there is room."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(self.tr("Pages of the report"))
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(12)
        self.setWidget(self._body)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _CACHE_KB))

    @property
    def page_count(self) -> int:
        return len(self._pages())

    def set_pages(self, pages: Sequence[bytes]) -> None:
        """Show other pages; the view stays where it was, as far as it can."""
        place = self.verticalScrollBar().value()
        for old in self._pages():
            self._column.removeWidget(old)
            old.deleteLater()
        for number, png in enumerate(pages, start=1):
            page = _Page(png, self._body)
            page.setAccessibleName(self.tr("Page {0} of {1}").format(number, len(pages)))
            self._column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        self._fit()
        self._body.adjustSize()
        self.verticalScrollBar().setValue(place)

    def set_zoom(self, zoom: float | None) -> None:
        """Set the share of the pages' own size; None = as wide as there is room."""
        self._zoom = None if zoom is None else min(max(zoom, _MIN_ZOOM), _MAX_ZOOM)
        self._fit()

    def _pages(self) -> list["_Page"]:
        items = [self._column.itemAt(i) for i in range(self._column.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, _Page)]

    def _fit(self) -> None:
        room = max(self.viewport().width() - 24, 100)
        for page in self._pages():
            zoom = room / max(page.natural_size.width(), 1) if self._zoom is None else self._zoom
            page.setFixedSize(page.natural_size * min(zoom, _MAX_ZOOM))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # whoever shows the zoom changes it
        else:
            super().wheelEvent(event)


class _Page(QWidget):
    """One page on its white ground, whatever the window's colours: it is what will be printed."""

    def __init__(self, png: bytes, parent: QWidget) -> None:
        super().__init__(parent)
        self._png = png
        self._key = f"report-page-{id(self)}-{hash(png)}"
        self.natural_size: QSize = QImage.fromData(png).size()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _pixmap(self) -> QPixmap:
        found = QPixmap()
        if not QPixmapCache.find(self._key, found):
            ratio = self.devicePixelRatioF()
            image = QImage.fromData(self._png)
            found = QPixmap.fromImage(
                image.scaled(
                    self.size() * ratio,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            found.setDevicePixelRatio(ratio)
            QPixmapCache.insert(self._key, found)
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._pixmap())
        painter.setPen(QColor("#888888"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        QPixmapCache.remove(self._key)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            QPixmapCache.remove(self._key)
        super().changeEvent(event)

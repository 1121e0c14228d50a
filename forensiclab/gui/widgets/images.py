"""Pictures of the engine as pictures of Qt."""

from PySide6.QtGui import QImage

from forensiclab.core.records import Picture


def to_image(picture: Picture) -> QImage:
    """Copy a picture of shape (H, W, 3) into a ``QImage`` of its own memory."""
    height, width = picture.shape[:2]
    packed = picture if picture.flags.c_contiguous else picture.copy()
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

"""The list of what detectors can be compared on: the whole video, or one of its tracks."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from forensiclab.gui.state.session import TrackState
from forensiclab.gui.text.wording import track_text, verdict_text
from forensiclab.gui.widgets.symbols import verdict_pixmap

_VIDEO = 0
"""Place of the whole video."""

_SYMBOL_PX = 14
_ROLES = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class ScopeBox(QComboBox):
    """The whole video, then every track with the shape of its verdict."""

    video_chosen = Signal()
    track_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tracks: Mapping[int, TrackState] = {}
        self.setAccessibleName(self.tr("What the detectors are compared on"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)
        self.activated.connect(self._on_activated)

    def show_scope(self, tracks: Mapping[int, TrackState], track_id: int | None) -> None:
        """List these tracks, and show one of them as chosen; None = the whole video."""
        self._tracks = tracks
        with QSignalBlocker(self):
            if [self.itemData(i) for i in range(_VIDEO + 1, self.count())] != list(tracks):
                self.clear()
            if not self.count():
                self.addItem(self.tr("Video"))
                for listed in tracks:
                    self.addItem(track_text(listed), listed)
            self._say_verdicts()
            self.setCurrentIndex(_VIDEO if track_id is None else self.findData(track_id))
        self.setEnabled(bool(tracks))

    def _say_verdicts(self) -> None:
        for place, track in enumerate(self._tracks.values(), start=_VIDEO + 1):
            said = f"{track_text(track.track_id)}: {verdict_text(track.verdict)}"
            if self.itemData(place, _ROLES[0]) == said:
                continue
            self.setItemIcon(place, verdict_pixmap(track.verdict, self.palette(), _SYMBOL_PX, self.devicePixelRatioF()))
            for role in _ROLES:
                self.setItemData(place, said, role)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        if place == _VIDEO:
            self.video_chosen.emit()
        else:
            self.track_chosen.emit(self.itemData(place))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tracks"):
            for place in range(_VIDEO + 1, self.count()):
                self.setItemData(place, None, _ROLES[0])
            self._say_verdicts()
        super().changeEvent(event)

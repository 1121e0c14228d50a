"""The views of one crop, a tab each."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QWidget

from forensiclab.gui.inspector.attention_view import AttentionView
from forensiclab.gui.inspector.bleach_view import BleachView
from forensiclab.gui.inspector.compression.view import CompressionView
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.inspector.shown_crop import InspectorView
from forensiclab.gui.inspector.spectrum_view import SpectrumView

View = TypeVar("View", bound=InspectorView)


class InspectorTabs(QTabWidget):
    """Where the detectors look, and what bleaching, compression and its spectrum say of a crop."""

    def __init__(self, requests: RequestRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: list[InspectorView] = []
        """In the order of the tabs."""
        self.setDocumentMode(True)
        self.setUsesScrollButtons(False)
        self.attention = self._add(
            AttentionView(),
            self.tr("Attentio&n"),
            self.tr("Where the detector looked. An attention map is not evidence of forgery."),
        )
        self.bleach = self._add(
            BleachView(requests),
            self.tr("&Bleach"),
            self.tr("What a generator adds to improve a detector's answers. Generated pixels, never evidence."),
        )
        self.compression = self._add(
            CompressionView(requests),
            self.tr("Co&mpression"),
            self.tr("How the scores change as the crop is recompressed, and where verdicts flip."),
        )
        self.spectrum = self._add(
            SpectrumView(requests),
            self.tr("Fre&quency"),
            self.tr("How much fine detail the crop has, compared with what is usual in real faces."),
        )

    @property
    def view(self) -> InspectorView:
        """The one in front."""
        return self.views[self.currentIndex()]

    def _add(self, view: View, title: str, tip: str) -> View:
        """Add a view that scrolls where there is too little room for it."""
        self.views.append(view)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(view)
        self.setTabToolTip(self.addTab(scroll, title), tip)
        return view

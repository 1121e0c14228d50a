"""How far the detectors agree, every two of them: a table of numbers, and what they mean."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QVBoxLayout, QWidget

from forensiclab.analysis.agreement import PairAgreement
from forensiclab.gui.comparison.agreement_model import AgreementModel
from forensiclab.gui.widgets.label import Label


class AgreementView(QWidget):
    """A table with a row and a column per detector; or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._pairs: tuple[PairAgreement, ...] = ()
        self.model = AgreementModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Agreement between the detectors"))
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setTabKeyNavigation(False)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.note = Label(
            self.tr(
                "Share of crops on which both detectors give the same verdict; ρ: rank correlation of their raw "
                "scores; n: crops scored by both; opposed: one supports manipulation, the other authenticity."
            )
        )
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.empty = Label()
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.note)
        self.show_pairs((), (), self.tr("No face has been scored yet."))

    def show_pairs(self, names: Sequence[str], pairs: Sequence[PairAgreement], why_empty: str) -> None:
        """Show the agreement of these detectors, in this order; without a pair, say why."""
        self._names, self._pairs = tuple(names), tuple(pairs)
        self.empty.setText(why_empty)
        for widget in (self.table, self.note):
            widget.setVisible(bool(pairs))
        self.empty.setVisible(not pairs)
        self._fill()

    def _fill(self) -> None:
        self.model.show(self._names if self._pairs else (), self._pairs, self.palette())
        metrics = self.fontMetrics()
        lines = 4 if any(pair.contradicting for pair in self._pairs) else 3
        # Long names are cut in the middle, so that beginning and end can tell them apart.
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        column_px = max(metrics.horizontalAdvance("99,999 contrary"), min(widest, 120)) + 12
        self.table.horizontalHeader().setDefaultSectionSize(column_px)
        self.table.verticalHeader().setDefaultSectionSize(lines * metrics.lineSpacing() + 8)
        self.table.verticalHeader().setFixedWidth(min(widest, 120) + 14)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "empty"):
            self._fill()
        super().changeEvent(event)

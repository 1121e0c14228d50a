"""The thresholds of every detector and how often they are wrong, as its card says. Nothing here can be changed."""

from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from forensiclab.detectors.installed import installed_weights
from forensiclab.gui.text.bands import band_cells, band_titles
from forensiclab.gui.widgets.label import Label, tool_tip

_ROOM_PX = 4
"""Above and below the text of a row, together."""


class ThresholdsPage(QWidget):
    """One row a detector and band of compression."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cards = [weights.card for weights in installed_weights() if weights.card is not None]
        rows = [(card.name, *band_cells(band)) for card in cards for band in card.calibration]
        self.table = QTableWidget(len(rows), 1 + len(band_titles()))
        self.table.setAccessibleName(self.tr("Thresholds and error rates"))
        self.table.setHorizontalHeaderLabels([self.tr("Detector"), *band_titles()])
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        for place, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(tool_tip(text))
                self.table.setItem(place, column, item)
        # The list of levels takes the room that is left, and more lines where one is too short for it.
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(band_titles()), QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.verticalHeader().setMinimumSectionSize(self.table.fontMetrics().height() + _ROOM_PX)
        note = Label(
            self.tr(
                "Measured on held-out data and stored with the weights; they cannot be set by hand. A probability at "
                "or above “Forged ≥” supports manipulation, one at or below “Real ≤” authenticity; the rates say how "
                "often that was wrong on those data."
            )
        )
        note.setObjectName("quiet")
        note.setWordWrap(True)
        bare = [card.name for card in cards if not card.calibration]
        layout = QVBoxLayout(self)
        layout.addWidget(note)
        layout.addWidget(self.table, 1)
        if bare:
            without = Label(self.tr("Not calibrated, so without thresholds: {0}").format(", ".join(bare)))
            without.setWordWrap(True)
            layout.addWidget(without)

"""What is compared, in which order, and which detectors: the row above the comparison."""

from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QWidget

from forensiclab.gui.comparison.columns import SortOrder
from forensiclab.gui.comparison.more_detectors import MoreDetectors
from forensiclab.gui.comparison.scope_box import ScopeBox
from forensiclab.gui.widgets.label import Label


class ComparisonChoices(QWidget):
    """Two lists and two buttons; the comparison connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope_box, self.order_box = ScopeBox(), QComboBox()
        self.order_box.setAccessibleName(self.tr("Order of the detectors"))
        self.order_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.order_box.setMinimumContentsLength(9)
        for order, text in (
            (SortOrder.ANALYSIS, self.tr("as analysed")),
            (SortOrder.NAME, self.tr("by name")),
            (SortOrder.RAW_SCORE, self.tr("by raw score")),
            (SortOrder.PROBABILITY, self.tr("by probability")),
        ):
            self.order_box.addItem(text, order)
        self.order_box.setToolTip(self.tr("Highest first; hidden detectors come last"))
        self.all_button = QPushButton(self.tr("Show &all"))
        self.all_button.setToolTip(self.tr("Show every detector of this exhibit again, in every panel"))
        self.more_button = MoreDetectors()
        scope_label, order_label = Label(self.tr("&Compare on")), Label(self.tr("&Order"))
        scope_label.setBuddy(self.scope_box)
        order_label.setBuddy(self.order_box)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(6)
        layout.addWidget(scope_label, 0, 0)
        layout.addWidget(self.scope_box, 0, 1)
        layout.addWidget(order_label, 0, 2)
        layout.addWidget(self.order_box, 0, 3)
        layout.setColumnStretch(1, 1)
        layout.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addWidget(self.more_button)
        buttons.addStretch(1)
        layout.addLayout(buttons, 1, 0, 1, 4)

    @property
    def order(self) -> SortOrder:
        """How the columns are sorted."""
        order: SortOrder = self.order_box.currentData()
        return order

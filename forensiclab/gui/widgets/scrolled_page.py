"""A page of a scroll area."""

from PySide6.QtWidgets import QWidget


class ScrolledPage(QWidget):
    """It scrolls where its parts do not fit at their smallest, no sooner.

    Where a page has texts that wrap, Qt's scroll area asks it for the height it would like to have at the width there
    is, and scrolls below that, however small its pictures, tables and plots can be.
    """

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return -1 if layout is None else layout.totalMinimumHeightForWidth(width)

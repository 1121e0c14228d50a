"""Collects cyclic garbage on the main thread only.

Python collects cycles on whichever thread happens to allocate. Where that is a worker and a cycle holds a widget (a
caught exception is enough: its traceback holds the frames that hold the widget), Qt's objects are destroyed on the
wrong thread, and the process crashes.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 500


class MainThreadCollector(QObject):
    """While it is started, cycles are collected by a timer of the main thread, with Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Take over from Python's automatic collection."""
        gc.disable()
        # What is loaded by now stays for good; leaving it out makes a full collection a matter of milliseconds.
        gc.collect()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Hand back to Python's automatic collection."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def _on_timeout(self) -> None:
        counts_and_limits = list(zip(gc.get_count(), gc.get_threshold(), strict=True))
        for generation, (count, limit) in reversed(list(enumerate(counts_and_limits))):
            if count > limit:
                gc.collect(generation)
                return

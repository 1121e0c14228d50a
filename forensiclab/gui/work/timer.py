"""Something is done once, a little later, however often it is asked for until then."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def single_shot(parent: QObject, call: Callable[[], object], interval_ms: int = 0) -> QTimer:
    """Return a timer that calls once each time it has been started; starting it again puts the call off.

    Args:
        parent: With it the timer ends.
        call: A method of a ``QObject``.
        interval_ms: 0 = as soon as what waits for the main thread is done.
    """
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(call)
    return timer

"""Cancelling long work from another thread."""

import threading

from forensiclab.core.errors import Cancelled


class CancelToken:
    """Set by whoever wants the work to stop; checked by the work at every frame and before every batch.

    Safe to share between threads. A token is used for one job and never reset.
    """

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop. May be called any number of times, from any thread."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` if somebody asked to stop.

        Raises:
            Cancelled: ``cancel`` has been called.
        """
        if self._event.is_set():
            raise Cancelled

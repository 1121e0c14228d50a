"""Loading what may take seconds, so that whoever cancels does not wait for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

from forensiclab.core.cancel import CancelToken

Loaded = TypeVar("Loaded")

_LOOK_S = 0.05
"""Time between two looks at whether somebody cancelled."""

_ONE_AT_A_TIME = Lock()
"""torch traces one network at a time, and OpenVINO converts one."""


def loaded(load: Callable[[], Loaded], cancel: CancelToken) -> Loaded:
    """Load something on a thread of its own, and wait for it no longer than until it is cancelled.

    A library's call cannot be broken off: where it is cancelled, the thread comes to the end of its one piece and
    drops it, with all that it holds; what waits behind it and was also cancelled is not begun. Python waits for the
    thread before it ends, because a thread that is torn out of a library takes the process down with it; a program
    that ends meanwhile looks whether it ``is_loading``, and ends without Python.

    Args:
        load: What to do; no other ``load`` runs at the same time.
        cancel: Set by another thread to stop waiting.

    Returns:
        What ``load`` returned.

    Raises:
        Cancelled: Before it was loaded.
        Exception: Whatever ``load`` raised.
    """

    def load_alone() -> Loaded:
        with _ONE_AT_A_TIME:
            cancel.check()
            return load()

    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loading")
    future = thread.submit(load_alone)
    thread.shutdown(wait=False)  # takes nothing else, and ends with this
    while not future.done():
        cancel.check()
        wait([future], timeout=_LOOK_S)
    return future.result()


def is_loading() -> bool:
    """Say whether something is being loaded, even if nobody waits for it any more."""
    return _ONE_AT_A_TIME.locked()

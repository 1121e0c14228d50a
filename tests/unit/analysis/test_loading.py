"""Loading on a thread of its own: what arrives, what is dropped, and how soon a cancelled one returns."""

import threading
import time

import pytest

from forensiclab.analysis.loading import loaded
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, WeightsError


class SlowLoad:
    """Loads until it is told to end."""

    def __init__(self):
        self.has_begun, self.may_end, self.has_ended = threading.Event(), threading.Event(), threading.Event()

    def __call__(self):
        self.has_begun.set()
        assert self.may_end.wait(timeout=10)
        self.has_ended.set()
        return "loaded"


@pytest.fixture
def slow():
    load = SlowLoad()
    yield load
    load.may_end.set()


def leave(load, token):
    """Cancel as soon as it loads; seconds from then until the wait is over."""

    def cancel():
        load.has_begun.wait(timeout=10)
        token.cancel()
        times.append(time.monotonic())

    times = []
    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(Cancelled):
        loaded(load, token)
    left_s = time.monotonic()
    canceller.join()
    return left_s - times[0]


def test_what_was_loaded_and_what_went_wrong_arrive():
    assert loaded(lambda: 42, CancelToken()) == 42
    with pytest.raises(WeightsError, match="damaged"):
        loaded(lambda: (_ for _ in ()).throw(WeightsError("damaged")), CancelToken())


def test_cancelling_does_not_wait_for_what_is_being_loaded(slow):
    assert leave(slow, CancelToken()) < 0.3
    assert not slow.has_ended.is_set()
    slow.may_end.set()
    assert slow.has_ended.wait(timeout=10), "it comes to its end, and nobody hears of it"


def test_the_next_one_begins_when_the_one_that_was_left_has_ended(slow):
    leave(slow, CancelToken())
    order, threads = [], threading.active_count()
    waiting = threading.Thread(target=lambda: order.append(loaded(lambda: "next", CancelToken())))
    waiting.start()
    waiting.join(timeout=0.2)
    assert order == []
    slow.may_end.set()
    waiting.join(timeout=10)
    assert order == ["next"]
    assert threading.active_count() <= threads


def test_what_waited_and_was_cancelled_is_never_begun(slow):
    leave(slow, CancelToken())
    token, begun = CancelToken(), []
    threading.Timer(0.1, token.cancel).start()
    with pytest.raises(Cancelled):
        loaded(lambda: begun.append("second"), token)
    slow.may_end.set()
    assert loaded(lambda: "third", CancelToken()) == "third"
    assert begun == []


def test_nothing_is_loaded_for_somebody_who_cancelled_before():
    token, begun = CancelToken(), []
    token.cancel()
    with pytest.raises(Cancelled):
        loaded(lambda: begun.append("it"), token)
    loaded(lambda: None, CancelToken())
    assert begun == []

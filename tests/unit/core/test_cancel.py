from threading import Thread

import pytest

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, ForensicLabError


def test_cancel_from_another_thread() -> None:
    token = CancelToken()
    token.check()
    assert not token.is_cancelled
    thread = Thread(target=token.cancel)
    thread.start()
    thread.join()
    assert token.is_cancelled
    with pytest.raises(Cancelled):
        token.check()
    token.cancel()
    assert token.is_cancelled


def test_cancelling_is_no_failure() -> None:
    assert not issubclass(Cancelled, ForensicLabError)

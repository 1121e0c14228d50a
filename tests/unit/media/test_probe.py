import hashlib
import os
from pathlib import Path

import pytest

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.media.probe import take_in, take_in_steps


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "größe.bin"
    path.write_bytes(os.urandom(3_500_000))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_exhibit(large: Path) -> None:
    exhibit = take_in(large)
    assert exhibit.path == large
    assert exhibit.sha256 == hashlib.sha256(large.read_bytes()).hexdigest()
    assert exhibit.size_bytes == 3_500_000
    assert exhibit.modified_utc == "2023-11-14T22:13:20+00:00"
    assert list(take_in_steps(large)) == [(done, 3_500_000) for done in (1 << 20, 2 << 20, 3 << 20, 3_500_000)]


def test_cancel_while_hashing(large: Path) -> None:
    cancel = CancelToken()
    steps = take_in_steps(large, cancel)
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_change_while_hashing(large: Path) -> None:
    steps = take_in_steps(large)
    next(steps)
    with large.open("ab") as file:
        file.write(b"more")
    with pytest.raises(MediaError, match="changed while it was read"):
        list(steps)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        take_in(tmp_path / "none")

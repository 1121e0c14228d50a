"""Converted networks in the user's cache folder, sealed with a key that is not kept there."""

import contextlib
import hmac
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from forensiclab.core.errors import DeviceError
from forensiclab.core.resources import user_cache_path, user_data_path
from forensiclab.core.text import Sentence

MODEL_FILE: Final = "network.xml"

_FILES: Final = (MODEL_FILE, "network.bin")
_SEAL_FILE: Final = "seal"
_KEY_BYTES: Final = 32
_PARTIAL, _LEFT_OVER_S = "partial-", 3600.0
"""How folders begin that are still being written, and after how many seconds without a change nobody writes there."""


class CacheError(DeviceError):
    """The cache, or the key that seals it, cannot be read or written."""


class NetworkCache:
    """One converted network: its files, and a seal over them and over what they stand for.

    The seal is an HMAC (SHA-256) with a random key in the user's data folder. Whoever can only write to the cache
    cannot make another network pass for this one.
    """

    def __init__(self, name: str, stands_for: str) -> None:
        """Find the place; nothing is read or written yet.

        Args:
            name: Of the folder in the cache.
            stands_for: All that the converted network depends on.
        """
        self._folder = user_cache_path("openvino", name)
        self._stands_for = stands_for

    def load(self) -> tuple[bytes, bytes] | None:
        """Return the model and its weights if they are what was put there, else None.

        Raises:
            CacheError: There is no key and none can be made.
        """
        key = _key()
        try:
            files = [(self._folder / name).read_bytes() for name in _FILES]
            seal = (self._folder / _SEAL_FILE).read_bytes()
        except OSError:
            return None
        return (files[0], files[1]) if hmac.compare_digest(seal, self._seal(key, files)) else None

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Give a folder to write the model into; it gets its place and its seal if nothing is raised.

        Raises:
            CacheError: The cache cannot be written to.
        """
        home = self._folder.parent
        with contextlib.ExitStack() as stack:
            try:
                home.mkdir(parents=True, exist_ok=True)
                _remove_left_over(home)
                partial = stack.enter_context(tempfile.TemporaryDirectory(dir=home, prefix=_PARTIAL))
                target = Path(partial) / self._folder.name
                target.mkdir()
            except OSError as error:
                raise _unusable(home, error) from error
            yield target
            try:
                seal = self._seal(_key(), [(target / name).read_bytes() for name in _FILES])
                (target / _SEAL_FILE).write_bytes(seal)
            except OSError as error:
                raise _unusable(home, error) from error
            shutil.rmtree(self._folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # another process was quicker
                target.replace(self._folder)

    def _seal(self, key: bytes, files: list[bytes]) -> bytes:
        mac = hmac.new(key, digestmod="sha256")
        for part in (self._stands_for.encode(), *files):
            mac.update(len(part).to_bytes(8, "big"))
            mac.update(part)
        return mac.digest()


def _key() -> bytes:
    """Return the user's key; one that is missing, damaged or open to others is replaced by another."""
    file = user_data_path("cache.key")
    try:
        if not _is_key(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_name(f".{file.name}-{secrets.token_hex(6)}.part")
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as content:
                content.write(secrets.token_bytes(_KEY_BYTES))
            partial.replace(file)
        return file.read_bytes()
    except OSError as error:
        raise _unusable(file, error) from error


def _is_key(file: Path) -> bool:
    try:
        state = file.lstat()
    except FileNotFoundError:
        return False
    is_private = os.name == "nt" or (state.st_uid == os.geteuid() and not state.st_mode & 0o077)
    return stat.S_ISREG(state.st_mode) and state.st_size == _KEY_BYTES and is_private


def _unusable(place: Path, error: OSError) -> CacheError:
    return CacheError(
        Sentence("the cache {0} cannot be used ({1}), so torch runs every network", place, error.strerror or error)
    )


def _remove_left_over(home: Path) -> None:
    """Remove what a process that ended while it wrote could not; what another one may be writing stays."""
    for partial in home.glob(f"{_PARTIAL}*"):
        with contextlib.suppress(OSError):  # another process was quicker
            if time.time() - partial.stat().st_mtime > _LEFT_OVER_S:
                shutil.rmtree(partial, ignore_errors=True)

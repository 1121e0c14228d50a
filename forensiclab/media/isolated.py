"""Files that are decoded in a process of its own: what makes a decoder crash, hang or grow costs that file alone."""

import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar
from weakref import finalize

from forensiclab.core.errors import MediaError
from forensiclab.core.text import Sentence
from forensiclab.media.child import serve
from forensiclab.media.chroma import Placer
from forensiclab.media.container import check_file
from forensiclab.media.decoding import Decoded
from forensiclab.media.limits import MAX_ANSWER_S, MAX_CLOSING_S
from forensiclab.media.messages import (
    Answer,
    Close,
    Closed,
    Next,
    Open,
    Opened,
    Order,
    Refused,
    Restart,
    Seek,
    Sent,
    SentPicture,
    Sought,
)
from forensiclab.media.planes import buffer_of, load
from forensiclab.media.source import Step

_IDLE_MAX: Final = 2
"""Processes that are kept for the next file."""

Kind = TypeVar("Kind", Opened, Sent, Sought, Closed)


class _LostError(Exception):
    """The process has died, or was ended because it did not answer."""


class _Child:
    """A process that decodes, as the program sees it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="forensiclab-decoder", daemon=True)
        self._process.start()
        theirs.close()
        self._memories: dict[str, SharedMemory] = {}
        self._current = ""
        self._placer: tuple[tuple[str, int, int, str], Placer] | None = None

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, order: Order) -> None:
        """Give an order.

        Raises:
            _LostError: Nobody takes it.
        """
        try:
            self._connection.send(order)
        except OSError as error:
            raise self._lost() from error

    def receive(self, within_s: float) -> Answer:
        """Wait for the next answer.

        Raises:
            _LostError: There is none; the process has ended then.
        """
        connection: Connection = self._connection
        try:
            if not connection.poll(within_s):
                self.end()
                raise _LostError(Sentence("it did not answer for {0:.0f} s", within_s))
            answer: Answer = connection.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return answer

    def decoded(self, sent: SentPicture) -> Decoded:
        """Copy a picture out of shared memory."""
        if sent.memory != self._current:
            self.forget_memory(is_gone=False)
            self._memories[sent.memory] = SharedMemory(name=sent.memory)
            self._current = sent.memory
        memory = buffer_of(self._memories[sent.memory])
        buffer = memory[sent.start : sent.start + sent.layout.size_bytes]
        picture = load(sent.layout, buffer)
        buffer.release()
        if sent.chroma_place is not None:
            kind = (sent.layout.pixel_format, sent.layout.width, sent.layout.height, sent.chroma_place)
            if self._placer is None or self._placer[0] != kind:
                self._placer = kind, Placer(sent.layout, sent.chroma_place)
            picture = self._placer[1].placed(picture)
        return Decoded(
            picture=picture,
            orientation=sent.orientation,
            pixel_aspect=sent.pixel_aspect,
            pixel_format=sent.pixel_format,
            in_file_s=sent.in_file_s,
            follows_hole=sent.follows_hole,
            stored_qp=sent.stored_qp,
        )

    def end(self) -> None:
        """End the process now; may be called twice."""
        self._process.kill()
        self._process.join(MAX_CLOSING_S)
        self._connection.close()
        self.forget_memory(is_gone=True)

    def forget_memory(self, *, is_gone: bool) -> None:
        """Let go of shared memory; whoever made it gives it back, unless it is gone."""
        for memory in self._memories.values():
            memory.close()
            if is_gone:
                with suppress(FileNotFoundError):
                    memory.unlink()
        self._memories, self._current = {}, ""

    def _lost(self) -> _LostError:
        """Find out how the process ended."""
        self._process.join(MAX_CLOSING_S)
        code = self._process.exitcode
        self.end()
        if code is not None and code < 0:
            return _LostError(signal.Signals(-code).name)
        return _LostError(Sentence("exit code {0}", "unknown" if code is None else code))


class _Pool:
    """Processes that wait for a file."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._lock = Lock()

    def take(self) -> _Child:
        """Return a process without a file."""
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    return child
                child.end()
        return _Child()

    def give_back(self, child: _Child) -> None:
        """Keep a process without a file for the next one, or end it."""
        with self._lock:
            if len(self._idle) < _IDLE_MAX:
                self._idle.append(child)
                return
        child.end()


_POOL: Final = _Pool()


class IsolatedSource:
    """As ``Source``, with the file opened and decoded in another process, one frame ahead. One thread at a time."""

    def __init__(self, path: Path, *, threads: int = 0, with_qp: bool = False) -> None:
        """Open a file and decode its first frame; see ``Source``.

        Raises:
            MediaError: It cannot be read, or makes the decoder crash or hang.
        """
        check_file(path)
        self._path = path
        self._child: _Child | None = _POOL.take()
        self._give_up = finalize(self, self._child.end)
        self._waiting = 0
        """Answers that are still to come."""
        opened = self._ask(Open(path=path, threads=threads, with_qp=with_qp), Opened)
        self.info, self.interval_s = opened.info, opened.interval_s
        self._order(Next())

    @property
    def pid(self) -> int | None:
        """Of the process that decodes; None once the file is closed."""
        return None if self._child is None else self._child.pid

    def next_step(self) -> Step:
        """Take the next sound frame, and say what is known by then.

        Raises:
            MediaError: The decoder crashed or hung, or the picture cannot be had.
        """
        if not self._waiting:
            self._order(Next())
        sent = self._answer(Sent)
        if sent.picture is None or self._child is None:
            return Step(decoded=None, standing=sent.standing)
        decoded = self._child.decoded(sent.picture)
        self._order(Next())
        return Step(decoded=decoded, standing=sent.standing)

    def seek(self, in_file_s: float) -> bool:
        """Stand at the last key frame before a time in the file; see ``Source.seek``."""
        return self._ask(Seek(in_file_s=in_file_s), Sought).is_done

    def restart(self) -> None:
        """Stand at the first frame again; see ``Source.restart``."""
        check_file(self._path)
        self._ask(Restart(), Sought)

    def close(self) -> None:
        """Let go of the file; what is known about it stays valid."""
        child, self._child = self._child, None
        self._give_up.detach()
        if child is None:
            return
        try:
            child.send(Close())
            while not isinstance(child.receive(MAX_CLOSING_S), Closed):
                pass
        except _LostError:
            return
        child.forget_memory(is_gone=False)
        _POOL.give_back(child)

    def _order(self, order: Order) -> None:
        if self._child is None:
            raise MediaError(Sentence("'{0}' has been closed.", self._path))
        try:
            self._child.send(order)
        except _LostError as error:
            raise self._crashed(error) from error
        self._waiting += 1

    def _ask(self, order: Order, kind: type[Kind]) -> Kind:
        """Give an order and wait for its answer; those to earlier ones no longer matter."""
        self._order(order)
        while self._waiting > 1:
            self._receive()
        return self._answer(kind)

    def _answer(self, kind: type[Kind]) -> Kind:
        answer = self._receive()
        if isinstance(answer, Refused):
            self.close()
            raise MediaError(answer.sentence)
        assert isinstance(answer, kind)
        return answer

    def _receive(self) -> Answer:
        if self._child is None:
            raise MediaError(Sentence("'{0}' has been closed.", self._path))
        try:
            answer = self._child.receive(MAX_ANSWER_S)
        except _LostError as error:
            raise self._crashed(error) from error
        self._waiting -= 1
        return answer

    def _crashed(self, error: _LostError) -> MediaError:
        self._child = None
        return MediaError(
            Sentence(
                "'{0}' made the process that decoded it fail ({1}); the file is damaged, or made to do harm.",
                self._path,
                error.args[0],
            )
        )

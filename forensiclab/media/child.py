"""The process that decodes: it opens what it is told to, and may die of it without harm to the program."""

import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

import av

from forensiclab.core.errors import MediaError
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import macroblock_qp
from forensiclab.media.chroma import has_chroma_places, place_of
from forensiclab.media.limits import MAX_MEMORY_BYTES
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
from forensiclab.media.planes import PictureLayout, buffer_of, layout_of, sendable, store
from forensiclab.media.source import Source, Step

_SLOTS = 3
"""Pictures in shared memory: one that the program copies, one that it was sent, and one that is made meanwhile."""


def serve(connection: Connection) -> None:
    """Carry out orders until the program closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal; the program says when it is over
    _bound_memory()
    server = _Server()
    while True:
        try:
            order: Order = connection.recv()
        except (EOFError, OSError):
            server.close()
            return
        connection.send(server.answer(order))
        if isinstance(order, Next):
            server.look_ahead()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = MAX_MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MAX_MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))


class _Server:
    """One file at a time."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._path_text = ""
        self._with_qp = False
        self._ahead: Answer | None = None
        self._places: dict[tuple[str, int, int], str] = {}
        self._memory = _Slots()

    def close(self) -> None:
        """Let go of the file and the shared memory."""
        self._carry_out(Close())

    def answer(self, order: Order) -> Answer:
        """Carry an order out."""
        if isinstance(order, Next) and self._ahead is not None:
            answer, self._ahead = self._ahead, None
            return answer
        self._ahead = None
        return self._guarded(lambda: self._carry_out(order))

    def look_ahead(self) -> None:
        """Make the next answer while the program works on the one before."""
        self._ahead = self._guarded(self._next)

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except MediaError as error:
            return Refused(sentence=error.sentence)
        except MemoryError:
            self._memory.close()
            return Refused(
                sentence=Sentence(
                    "'{0}' asks for more memory than the {1} GiB that decoding may take.",
                    self._path_text,
                    MAX_MEMORY_BYTES >> 30,
                )
            )
        except Exception as error:  # noqa: BLE001 - this is the worker; whatever it is, it concerns this file alone
            return Refused(
                sentence=Sentence("'{0}' cannot be decoded ({1}: {2}).", self._path_text, type(error).__name__, error)
            )

    def _carry_out(self, order: Order) -> Answer:
        match order:
            case Open():
                self._path_text, self._with_qp, self._places = str(order.path), order.with_qp, {}
                self._source = Source(order.path, threads=order.threads, with_qp=order.with_qp)
                return Opened(info=self._source.info, interval_s=self._source.interval_s)
            case Next():
                return self._next()
            case Seek():
                return Sought(is_done=self._source is not None and self._source.seek(order.in_file_s))
            case Restart():
                if self._source is not None:
                    self._source.restart()
                return Sought(is_done=True)
            case Close():
                if self._source is not None:
                    self._source.close()
                self._source = None
                self._memory.close()
                return Closed()

    def _next(self) -> Answer:
        if self._source is None:
            return Closed()
        return self._sent(self._source.next_step())

    def _sent(self, step: Step) -> Sent:
        decoded = step.decoded
        if decoded is None:
            return Sent(picture=None, standing=step.standing)
        qp = macroblock_qp(decoded.picture) if self._with_qp else None
        picture = sendable(decoded.picture)
        layout = layout_of(picture)
        name, start, buffer = self._memory.take(layout.size_bytes)
        store(picture, layout, buffer)
        buffer.release()
        place = self._chroma_place(picture, layout)
        sent = SentPicture(
            memory=name,
            start=start,
            layout=layout,
            chroma_place=place,
            orientation=decoded.orientation,
            pixel_aspect=decoded.pixel_aspect,
            pixel_format=decoded.pixel_format,
            in_file_s=decoded.in_file_s,
            follows_hole=decoded.follows_hole,
            stored_qp=qp,
        )
        return Sent(picture=sent, standing=step.standing)

    def _chroma_place(self, picture: av.VideoFrame, layout: PictureLayout) -> str | None:
        """Find out where colour samples lie, once for all pictures of a kind; the samples of this one are lost."""
        if not has_chroma_places(layout.pixel_format):
            return None
        kind = (layout.pixel_format, layout.width, layout.height)
        if kind not in self._places:
            self._places[kind] = place_of(picture)
        return self._places[kind]


class _Slots:
    """Shared memory for a few pictures, used in turn; larger ones get a larger one."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None
        self._slot_bytes = 0
        self._turn = 0
        self._outgrown: list[tuple[int, SharedMemory]] = []

    def take(self, size_bytes: int) -> tuple[str, int, memoryview]:
        """Return the name of the memory, where a slot begins in it, and the slot; valid until all had their turn."""
        if self._memory is None or size_bytes > self._slot_bytes:
            if self._memory is not None:
                self._outgrown.append((self._turn, self._memory))
            self._slot_bytes = size_bytes
            self._memory = SharedMemory(create=True, size=max(1, _SLOTS * size_bytes))
        for since, memory in list(self._outgrown):  # nobody looks at its pictures any more
            if self._turn - since >= _SLOTS:
                self._outgrown.remove((since, memory))
                _drop(memory)
        start = self._turn % _SLOTS * self._slot_bytes
        self._turn += 1
        return self._memory.name, start, buffer_of(self._memory)[start : start + size_bytes]

    def close(self) -> None:
        """Give all of it back."""
        for memory in (*(memory for _, memory in self._outgrown), *([self._memory] if self._memory else [])):
            _drop(memory)
        self._outgrown, self._memory = [], None


def _drop(memory: SharedMemory) -> None:
    memory.close()
    memory.unlink()

"""A screen of its own for one program: Xvfb and a window manager, with keys, mouse and pictures of what is on it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageGrab

TOOLS = ("Xvfb", "openbox", "xdotool")
"""Programs that a screen needs."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

_POLL_S = 0.4
_SAME_LEVEL = 12
"""Pixels that differ by less are the same: a cursor's shadow, a dithered edge."""

_CURSOR_PX = 80
"""So few pixels are no change: a text cursor blinks for ever."""

_WINDOW_MANAGER = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <theme><name>Clearlooks</name></theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard/>
  <applications><application type="normal"><maximized>yes</maximized></application></applications>
</openbox_config>
"""


class TooLateError(AssertionError):
    """Something did not come in time."""


def why_no_screen() -> str:
    """What is missing for a screen, as a sentence; empty where nothing is."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"needs a screen of its own: no {', '.join(missing)} here" if missing else ""


class Screen:
    """Keys, mouse and eyes."""

    def __init__(self, display: str, size: tuple[int, int]) -> None:
        self.display = display
        self.size = size

    def keys(self, *names: str) -> None:
        """Press keys one after the other, each as xdotool names it: ``ctrl+e``, ``Return``."""
        self._do("key", "--delay", "60", *names)

    def write(self, text: str) -> None:
        self._do("type", "--delay", "8", text)

    def click(self, x: int, y: int) -> None:
        self._do("mousemove", str(x), str(y), "click", "1")

    def rest_pointer(self) -> None:
        """Where it hovers over nothing."""
        self._do("mousemove", str(self.size[0] - 1), str(self.size[1] - 1))

    def drag(self, start: tuple[int, int], end: tuple[int, int], key: str = "") -> None:
        """Press at one place, let go at the other; with a key held, if one is named."""
        if key:
            self._do("keydown", key)
        self._do("mousemove", *map(str, start), "mousedown", "1")
        for step in range(1, 9):
            place = (round(a + (b - a) * step / 8) for a, b in zip(start, end, strict=True))
            self._do("mousemove", *map(str, place))
        self._do("mouseup", "1")
        if key:
            self._do("keyup", key)

    @property
    def has_manager(self) -> bool:
        """Whether the window manager is at work."""
        return bool(self._ask("get_num_desktops").strip())

    @property
    def titles(self) -> list[str]:
        """Titles of the windows that can be seen."""
        found = self._ask("search", "--onlyvisible", "--name", ".+").split()
        return [title for window in found if (title := self._ask("getwindowname", window).strip())]

    def window_size(self, title: str) -> tuple[int, int]:
        """Width and height of what is inside the window whose title has this text."""
        window = self._ask("search", "--onlyvisible", "--name", title).split()[-1]
        values = dict(
            line.split("=", 1) for line in self._ask("getwindowgeometry", "--shell", window).split() if "=" in line
        )
        return int(values["WIDTH"]), int(values["HEIGHT"])

    def grab(self) -> Image.Image:
        """What is on the screen."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Until it is so.

        Raises:
            TooLateError: It is not so after so many seconds.
        """
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise TooLateError(f"{what}: not within {seconds:.0f} s; windows: {self.titles}")
            time.sleep(_POLL_S)

    def wait_title(self, text: str, seconds: float = 30.0) -> None:
        """Until a window bears a title with this text."""
        self.wait(lambda: any(text in title for title in self.titles), f"a window titled '{text}'", seconds)

    def wait_gone(self, text: str, seconds: float = 30.0) -> None:
        """Until no window bears such a title."""
        self.wait(lambda: not any(text in title for title in self.titles), f"the end of window '{text}'", seconds)

    def wait_change(self, before: Image.Image, what: str, box: Box | None = None, seconds: float = 30.0) -> None:
        """Until a part of the screen looks different from before."""
        self.wait(
            lambda: difference(before, self.grab(), box) > _CURSOR_PX, f"{what} changes nothing on the screen", seconds
        )

    def wait_still(self, box: Box | None = None, still_s: float = 2.0, seconds: float = 60.0) -> Image.Image:
        """Until nothing has changed for a while; returns what is seen then."""
        last, since = self.grab(), time.monotonic()

        def is_still() -> bool:
            nonlocal last, since
            now = self.grab()
            if difference(last, now, box) > _CURSOR_PX:
                last, since = now, time.monotonic()
            return time.monotonic() - since >= still_s

        self.wait(is_still, "a still picture", seconds)
        return last

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment(), check=True, timeout=30)

    def _ask(self, *arguments: str) -> str:
        # A window may close between two questions: then there is no answer, and that is one.
        command = ["xdotool", *arguments]
        answer = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=False, timeout=30
        )
        return answer.stdout

    def _environment(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.display}


@contextmanager
def open_screen(size: tuple[int, int] = (1366, 768)) -> Iterator[Screen]:
    """A screen with a window manager, on a display number that was free."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "openbox.xml"
        config.write_text(_WINDOW_MANAGER, encoding="utf-8")
        read_end, write_end = os.pipe()
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{size[0]}x{size[1]}x24", "-noreset",
                   "-nolisten", "tcp"]  # fmt: skip
        server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            server.wait(10)
            raise RuntimeError("Xvfb found no free display")
        display = f":{number}"
        manager = subprocess.Popen(
            ["openbox", "--sm-disable", "--config-file", str(config)],
            env=os.environ | {"DISPLAY": display, "XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        screen = Screen(display, size)
        try:
            screen.wait(lambda: screen.has_manager, "the window manager")
            yield screen
        finally:
            for process in (manager, server):
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)


def difference(before: Image.Image, after: Image.Image, box: Box | None = None) -> int:
    """Number of pixels that are not the same, in a part of two pictures."""
    return int(_differs(before.crop(box) if box else before, after.crop(box) if box else after).sum())


def changed_box(before: Image.Image, after: Image.Image) -> Box | None:
    """The smallest box around everything that changed; None where nothing did."""
    rows, columns = np.nonzero(_differs(before, after))
    if not rows.size:
        return None
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _differs(before: Image.Image, after: Image.Image) -> np.ndarray:
    levels = np.abs(np.asarray(before, np.int16) - np.asarray(after, np.int16)).max(axis=2)
    return np.asarray(levels > _SAME_LEVEL)

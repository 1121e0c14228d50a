"""The real window as a process on a screen of its own, used by keys and mouse; makes the pictures of the README, too.

    python -m tests.end2end.window_session --screenshots resources/readme [--clip VIDEO]

Without ``--clip`` the pictures show the demo clip, which the project makes itself. Nothing of the user's is touched:
settings, weights and caches lie in a folder of the session's own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from forensiclab.demo import make_clip
from tests.end2end.screen import Box, Screen, TooLateError, changed_box, open_screen, why_no_screen

TITLE = "ForensicLab"
START_S = 120.0
"""The program has to load torch and Qt, on whatever machine."""

ANALYSIS_S = 240.0
_AXIS_ABOVE_BOTTOM_PX = 44
"""Where the timeline's axis lies, above the lower edge of the window."""

_SLIDER_BELOW_TABS_PX = 38
"""Where the slider of the compression tab lies, below the upper edge of the tabs."""

_DOCK_PX, _TITLE_BAR_PX, _STATUS_BAR_PX = 472, 36, 34
MAX_PICTURE_BYTES = 250_000


class WindowSession:
    """A running program, its screen, and what can be done with both."""

    def __init__(self, screen: Screen, process: "subprocess.Popen[bytes]", errors: Path) -> None:
        self.screen = screen
        self._process = process
        self._errors = errors

    @property
    def errors(self) -> str:
        """What the program wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    @property
    def axis_y(self) -> int:
        return self.screen.size[1] - _AXIS_ABOVE_BOTTOM_PX

    @property
    def centre(self) -> tuple[int, int]:
        """Left and right edge of what surely belongs to player and timeline."""
        width = self.screen.size[0]
        return round(0.26 * width), round(0.6 * width)

    @property
    def player_box(self) -> Box:
        left, right = self.centre
        return left, round(0.1 * self.screen.size[1]), right, round(0.45 * self.screen.size[1])

    @property
    def side_box(self) -> Box:
        """Verdict and inspector."""
        width, height = self.screen.size
        return round(0.66 * width), round(0.06 * height), width, round(0.93 * height)

    def wait_shown(self, name: str) -> None:
        """Until the window shows this file."""
        self.screen.wait_title(f"{name} – {TITLE}")

    def open_file(self, path: Path) -> None:
        """By the dialog, as a user does."""
        self.screen.keys("ctrl+o")
        self.screen.wait_title("Open videos or pictures")
        self._answer_file_dialog(path)
        self.screen.wait_gone("Open videos or pictures")

    def open_report(self, name: str, seconds: float = ANALYSIS_S) -> None:
        """The report's preview of the exhibit in front; there is none until its analysis has ended."""
        title = f"Report of {name}"
        until = time.monotonic() + seconds
        while not any(title in one for one in self.screen.titles):
            if time.monotonic() > until:
                raise TooLateError(f"no report of '{name}' within {seconds:.0f} s")
            self.screen.keys("ctrl+e")
            time.sleep(1.0)

    def close_report(self) -> None:
        self.screen.keys("Escape")
        self.screen.wait_gone("Report of")

    def save_report(self, pdf: Path) -> None:
        """From the open preview; both files are there at the end."""
        self.screen.keys("alt+s")
        self.screen.wait_title("Save the report")
        self._answer_file_dialog(pdf)
        self.screen.wait(lambda: pdf.is_file() and pdf.with_suffix(".json").is_file(), f"no report {pdf}", 60)
        self.screen.wait_gone("Report of")

    def show_inspector_tab(self, key: str) -> Box:
        """Bring the inspector and a tab of it to the front by their keys; returns where on the screen the tab is."""
        self.screen.keys("F7")
        before = self.screen.wait_still(self.side_box)
        self.screen.keys(key)
        self.screen.wait_change(before, f"{key}", self.side_box)
        box = changed_box(before.crop(self.side_box), self.screen.grab().crop(self.side_box))
        assert box is not None
        left, top = self.side_box[:2]
        return left + box[0], top + box[1], left + box[2], top + box[3]

    @property
    def dock_box(self) -> Box:
        """The docks at the right, as wide as they are at first."""
        width, height = self.screen.size
        return width - _DOCK_PX, _TITLE_BAR_PX, width, height - _STATUS_BAR_PX

    def show_comparison(self) -> None:
        """Bring it to the front by its key."""
        before = self.screen.grab()
        self.screen.keys("F8")
        self.screen.wait_change(before, "the comparison", self.dock_box)

    def focus_slider(self, tab: Box) -> None:
        """Click on the slider of the compression tab."""
        self.screen.click((tab[0] + tab[2]) // 2, tab[1] + _SLIDER_BELOW_TABS_PX)
        self.screen.rest_pointer()

    def seek(self, share: float) -> None:
        """Click on the timeline's axis; ``share`` of the centre's width, in [0, 1]."""
        left, right = self.centre
        self.screen.click(round(left + share * (right - left)), self.axis_y)
        self.screen.rest_pointer()

    def quit(self, seconds: float = 60.0) -> int:
        """By its key; returns the exit code."""
        self.screen.keys("ctrl+q")
        return self._process.wait(seconds)

    def _answer_file_dialog(self, path: Path) -> None:
        self.screen.keys("ctrl+a")
        self.screen.write(str(path))
        self.screen.keys("Return")


@contextmanager
def open_window(
    home: Path,
    *clips: Path,
    settings: str = "",
    weights: Path | None = None,
    size: tuple[int, int] = (1366, 768),
    more: Mapping[str, str] | None = None,
) -> Iterator[WindowSession]:
    """Start the program with these files; it is shown when this returns, and gone at the end.

    Args:
        home: Folder for its settings and caches, made if missing.
        clips: Files to open.
        settings: Text of its settings file.
        weights: Folder with weights besides those that ship; None = an empty one.
        size: Of the screen, pixels.
        more: More variables of its environment.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(settings, encoding="utf-8")
    errors = home / "standard error.txt"
    with open_screen(size) as screen, errors.open("wb") as error_file:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "WAYLAND"))}
        environment |= {
            "DISPLAY": screen.display,
            "FORENSICLAB_CONFIG": str(home),
            "FORENSICLAB_WEIGHTS": str(weights or home / "weights"),
            "XDG_CONFIG_HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LC_ALL": "C.UTF-8",
        }
        command = [sys.executable, "-m", "forensiclab", *map(str, clips)]
        process = subprocess.Popen(command, env=environment | dict(more or {}), stderr=error_file)
        session = WindowSession(screen, process, errors)
        try:
            screen.wait(
                lambda: process.poll() is not None or any(TITLE in title for title in screen.titles),
                "the window", START_S,
            )  # fmt: skip
            assert process.poll() is None, f"the program ended at once: {session.errors}"
            yield session
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(10)


# ---- pictures of the README ------------------------------------------------------------------------------------------


def save_picture(picture: Image.Image, path: Path) -> None:
    """As PNG; with a palette where it would be too large without."""
    picture.save(path, optimize=True)
    if path.stat().st_size > MAX_PICTURE_BYTES:
        colors = picture.quantize(256, kmeans=2)
        picture.quantize(palette=colors, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1000:.0f} kB\n")


def make_pictures(clip: Path, folder: Path, home: Path) -> None:
    """Every picture of the README into ``folder``."""
    for scheme, name in (("light", "window.png"), ("dark", "window-dark.png")):
        with open_window(home / scheme, clip, settings=f'color_scheme = "{scheme}"\n') as session:
            screen = session.screen
            session.wait_shown(clip.name)
            session.open_report(clip.name)
            report = screen.wait_still()
            session.close_report()
            session.seek(0.62)
            save_picture(screen.wait_still(still_s=3), folder / name)
            if scheme == "light":
                save_picture(report, folder / "report.png")
                session.show_comparison()
                save_picture(screen.wait_still(still_s=3).crop(session.dock_box), folder / "comparison.png")
                session.focus_slider(session.show_inspector_tab("alt+m"))
                screen.keys(*["Right"] * 8)
                picture = screen.wait_still(still_s=8, seconds=300)
                save_picture(picture.crop(session.dock_box), folder / "compression.png")
            session.quit()


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screenshots", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--clip", type=Path, help="default: the demo clip")
    options = parser.parse_args()
    if reason := why_no_screen():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder:
        clip = options.clip
        if clip is None:
            clip = make_clip(Path(folder) / "demo.mp4").path
        make_pictures(clip.absolute(), options.screenshots, Path(folder))


if __name__ == "__main__":
    main()

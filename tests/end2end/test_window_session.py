"""The real window on a screen of its own, used by keys and mouse from the first file to the exit code."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from forensiclab.demo import make_clip as make_demo_clip
from forensiclab.detectors.weights import load_network, save_weights
from tests.benchmarks.detectors import seeded_card
from tests.end2end.screen import difference, why_no_screen
from tests.end2end.window_session import WindowSession, open_window

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(why_no_screen()), reason=why_no_screen() or "a screen is here"),
]

SHIPPED, SECOND = "meso_inception4", "meso4"
SETTINGS = f'detectors = ["{SHIPPED}", "{SECOND}"]\nsampling = "per-track:16"\ncolor_scheme = "light"\n'
LOOKS_OTHER_PX = 300
"""So many pixels differ where something has surely changed."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """A second detector with seeded weights: one alone can never be hidden."""
    home = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    network = load_network(SECOND)
    save_weights(network, home / SECOND, seeded_card(SECOND, network))
    return home


def test_session_on_the_demo_clip(weights, tmp_path):
    clip = tmp_path / "demo.mp4"
    make_demo_clip(clip)
    use_window(clip, weights, tmp_path, n_tracks_at_least=1)


@pytest.mark.data
def test_session_on_a_real_clip(shared_data, weights, tmp_path):
    use_window(shared_data / "videos" / "wild" / "FakeBateman.mp4", weights, tmp_path, n_tracks_at_least=2)


def use_window(clip: Path, weights: Path, folder: Path, n_tracks_at_least: int) -> None:
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    second = folder / "second.mp4"
    shutil.copyfile(clip, second)
    broken = folder / "broken.mp4"
    broken.write_text("Dear all, this is not a video. " * 200)
    with open_window(folder / "home", clip, settings=SETTINGS, weights=weights) as session:
        session.wait_shown(clip.name)
        session.open_file(second)  # while the first is analysed: it waits in the queue
        session.wait_shown(second.name)
        session.screen.keys("ctrl+Prior")
        session.wait_shown(clip.name)
        session.open_report(clip.name)
        result = save_and_read(session, folder / "first report.pdf")
        assert result["exhibit"]["sha256"] == digest
        assert Path(result["exhibit"]["path"]).name == clip.name
        assert len(result["tracks"]) >= n_tracks_at_least
        assert {SHIPPED, SECOND} <= set(result["video"]["scores"])

        play_and_step(session)
        use_timeline(session, has_other_track=len(result["tracks"]) > 1)
        use_inspector(session)
        toggle_detector(session)
        see_keys(session)
        full_screen(session)

        session.screen.keys("ctrl+Next")
        session.wait_shown(second.name)
        session.open_report(second.name)
        session.close_report()
        open_broken(session, broken, second)
        assert session.quit() == 0
        assert "Traceback" not in session.errors, session.errors
    assert hashlib.sha256(clip.read_bytes()).hexdigest() == digest
    assert not broken.with_suffix(".json").exists()


def save_and_read(session: WindowSession, pdf: Path) -> dict:
    session.screen.wait_still()
    session.save_report(pdf)
    assert pdf.read_bytes().startswith(b"%PDF")
    return json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))


def changes(session: WindowSession, box, act: Callable[[], None], what: str) -> None:
    """What is done is seen in this part of the screen."""
    before = session.screen.wait_still(box, still_s=1.2)
    act()
    session.screen.wait_change(before, what, box)


def play_and_step(session: WindowSession) -> None:
    screen, player = session.screen, session.player_box
    session.seek(0.2)
    changes(session, player, lambda: screen.keys("period"), "one frame forward")
    one_on = screen.wait_still(player, still_s=1.2)
    changes(session, player, lambda: screen.keys("comma"), "one frame back")
    screen.wait_still(player, still_s=1.2)
    screen.keys("period")
    again = screen.wait_still(player, still_s=1.2)
    assert difference(one_on, again, player) < LOOKS_OTHER_PX, "the same step shows the same frame"
    changes(session, player, lambda: screen.keys("space"), "playing")
    screen.keys("k")
    screen.wait_still(player, still_s=1.2)


def use_timeline(session: WindowSession, has_other_track: bool) -> None:
    screen, (left, right) = session.screen, session.centre
    x, y = left + 60, session.axis_y
    changes(session, session.player_box, lambda: screen.drag((x, y), (right - 40, y)), "a drag on the axis")
    above = (left, y - 120, right, y + 10)
    changes(
        session, above, lambda: screen.drag((x, y - 60), (x + 150, y - 60), key="shift"), "a drag with Shift: a range"
    )
    changes(session, above, lambda: screen.keys("Escape"), "Esc: no range")
    if has_other_track:
        changes(session, session.side_box, lambda: screen.keys("Down"), "the next track")


def use_inspector(session: WindowSession) -> None:
    screen = session.screen
    tab = session.show_inspector_tab("alt+m")
    session.focus_slider(tab)
    at_first = screen.wait_still(tab, still_s=4, seconds=240)  # the curve is filled
    screen.keys(*["Right"] * 6)
    screen.wait_change(at_first, "a stronger compression", tab)
    stronger = screen.wait_still(tab, still_s=3, seconds=240)
    assert difference(at_first, stronger, tab) > LOOKS_OTHER_PX
    session.show_inspector_tab("alt+q")
    screen.wait_still(tab, still_s=2)


def toggle_detector(session: WindowSession) -> None:
    height = session.screen.size[1]
    timeline = (session.centre[0], round(0.62 * height), session.centre[1], height)
    with_both = session.screen.wait_still(timeline, still_s=1.2)
    changes(session, timeline, lambda: session.screen.keys("2"), "a hidden detector")
    session.screen.wait_still(timeline, still_s=1.2)
    session.screen.keys("2")
    session.screen.wait(
        lambda: difference(with_both, session.screen.grab(), timeline) < LOOKS_OTHER_PX, "the detector comes back"
    )


def see_keys(session: WindowSession) -> None:
    session.screen.keys("F1")
    session.screen.wait_title("Keyboard shortcuts")
    session.screen.keys("Escape")
    session.screen.wait_gone("Keyboard shortcuts")


def full_screen(session: WindowSession) -> None:
    screen = session.screen
    before = screen.window_size("ForensicLab")
    screen.keys("F11")
    screen.wait(lambda: screen.window_size("ForensicLab") == screen.size, "the whole screen")
    screen.keys("F11")
    screen.wait(lambda: screen.window_size("ForensicLab") == before, "the window as before")


def open_broken(session: WindowSession, broken: Path, other: Path) -> None:
    screen = session.screen
    session.open_file(broken)
    session.wait_shown(broken.name)
    # The message stands above the work and stays there when another exhibit is shown.
    screen.keys("ctrl+Prior")
    session.wait_shown(other.name)
    left, right = session.centre
    height = screen.size[1]
    picture = screen.wait_still((left, 0, right, round(0.2 * height)))
    reddish = sum(
        1
        for x in range(left, right, 8)
        for y in range(20, round(0.2 * height), 2)
        if is_error_ground(picture.getpixel((x, y)))
    )
    assert reddish > 100, "no sentence about the broken file above the work"
    session.open_report(other.name)  # the window goes on working
    session.close_report()


def is_error_ground(pixel: tuple[int, int, int]) -> bool:
    """Whether a pixel has the ground of an error's sentence in the light palette."""
    return all(abs(a - b) <= 4 for a, b in zip(pixel, (0xFB, 0xE0, 0xD6), strict=True))

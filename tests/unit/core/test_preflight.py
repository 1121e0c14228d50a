import sys

import pytest

from forensiclab.core import preflight

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks libraries")


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)


def test_missing_library_is_named_with_its_package(screen, monkeypatch):
    monkeypatch.setattr(preflight, "_can_load", lambda library: library not in {"libEGL.so.1", "libxcb-cursor.so.0"})
    reason = preflight.why_no_window()
    for part in (
        "libEGL.so.1",
        "libxcb-cursor.so.0",
        "apt install libegl1 libxcb-cursor0",
        "dnf install",
        "command line",
    ):
        assert part in reason


def test_nothing_missing(screen, monkeypatch):
    monkeypatch.setattr(preflight, "_can_load", lambda library: True)
    assert preflight.why_no_window() is None


def test_wayland_needs_no_x11_libraries(screen, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr(preflight, "_can_load", lambda library: "xcb" not in library)
    assert preflight.why_no_window() is None


def test_no_screen(screen, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    assert "no screen" in preflight.why_no_window()


def test_offscreen_needs_none(screen, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(preflight, "_can_load", lambda library: "xcb" not in library)
    assert preflight.why_no_window() is None


def test_libraries_are_really_tried():
    assert preflight._can_load("libc.so.6")
    assert not preflight._can_load("libnothing_such.so.9")

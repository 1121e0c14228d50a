"""Why a window cannot be opened here, found out before Qt is loaded: Qt itself ends the process without a word."""

import ctypes
import os
import sys

_LIBRARIES = (
    # library, package on Debian and Ubuntu, on Fedora, on Arch; the first group is needed by every Qt window
    ("libEGL.so.1", "libegl1", "mesa-libEGL", "libglvnd"),
    ("libGL.so.1", "libgl1", "mesa-libGL", "libglvnd"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
)
_X11_LIBRARIES = (
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    ("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    ("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    ("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
)


def why_no_window() -> str | None:
    """Say what is missing for a window and which package brings it; None if nothing is."""
    if not sys.platform.startswith("linux"):
        return None
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    is_windowless = platform.startswith(("offscreen", "minimal", "vnc"))
    has_x11, has_wayland = bool(os.environ.get("DISPLAY")), bool(os.environ.get("WAYLAND_DISPLAY"))
    if not is_windowless and not has_x11 and not has_wayland:
        return "There is no screen for the window. The command line needs none: forensiclab analyze VIDEO, or --help."
    needed = _LIBRARIES + (_X11_LIBRARIES if has_x11 and not has_wayland and not is_windowless else ())
    missing = [entry for entry in needed if not _can_load(entry[0])]
    if not missing:
        return None
    libraries = ", ".join(entry[0] for entry in missing)
    debian, fedora, arch = (" ".join(dict.fromkeys(entry[i] for entry in missing)) for i in (1, 2, 3))
    return (
        f"The window needs system libraries that are not installed: {libraries}. Install them with: "
        f"apt install {debian} (Debian, Ubuntu), dnf install {fedora} (Fedora) or pacman -S {arch} (Arch). "
        "The command line works without them: forensiclab analyze VIDEO."
    )


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

"""Where the files lie that ship with the program, and where it may write its own."""

import sys
from pathlib import Path

import platformdirs


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, in a frozen program, an installed wheel or a checkout."""
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    homes = [Path(frozen) / "resources"] if frozen else [package / "resources", package.parent / "resources"]
    home = next((home for home in homes if home.is_dir()), homes[-1])
    return home.joinpath(*parts)


def user_data_path(*parts: str) -> Path:
    """Return a path below the user's data folder, for imported weights; not created here."""
    return platformdirs.user_data_path("forensiclab", appauthor=False).joinpath(*parts)


def user_cache_path(*parts: str) -> Path:
    """Return a path below the user's cache folder, whose files can be made again; not created here."""
    return platformdirs.user_cache_path("forensiclab", appauthor=False).joinpath(*parts)


def user_config_path(*parts: str) -> Path:
    """Return a path below the user's configuration folder; not created here."""
    return platformdirs.user_config_path("forensiclab", appauthor=False).joinpath(*parts)

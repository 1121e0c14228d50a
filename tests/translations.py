"""Brings the translation files up to date with the source, and compiles them.

    uv run python -m tests.translations            both
    uv run python -m tests.translations --compile  only the second, after a translation was written

The messages are what the source hands to ``tr``, ``translate`` and ``Sentence`` as literal texts; ``lupdate`` merges
them into ``resources/translations/*.ts`` and ``lrelease`` makes the ``.qm`` files that the window reads.
"""

import argparse
import ast
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forensiclab.gui.text.translation import CONTEXT

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "forensiclab"
FOLDER = ROOT / "resources" / "translations"

_INNERMOST = (SOURCE / "gui" / "text" / "translation.py", SOURCE / "core" / "text.py")
"""Where templates come in as variables, because that is what these modules are for."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A text for translation, and under which context Qt looks it up."""

    context: str
    source: str


class NotLiteral(Exception):  # noqa: N818 - names what is wrong
    """A text for translation is put together at run time, so nobody could translate it."""


def messages() -> set[Message]:
    """Every text for translation in the program's source.

    Raises:
        NotLiteral: One of them is no literal.
    """
    found: set[Message] = set()
    for file in sorted(SOURCE.rglob("*.py")):
        if file not in _INNERMOST:
            found.update(_in_file(file))
    return found


def _in_file(file: Path) -> Iterator[Message]:
    pending: list[tuple[ast.AST, str]] = [(ast.parse(file.read_text(encoding="utf-8")), "")]
    while pending:
        node, class_name = pending.pop()
        if isinstance(node, ast.ClassDef):
            class_name = node.name
        elif isinstance(node, ast.Call) and (message := _of_call(node, class_name, file)) is not None:
            yield message
        pending += [(child, class_name) for child in ast.iter_child_nodes(node)]


def _of_call(call: ast.Call, class_name: str, file: Path) -> Message | None:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    literals = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args]
    if name == "tr":
        context, source = class_name, literals[0]
    elif name in ("translate", "_translate", "_tr") and isinstance(literals[0], str):
        context, source = literals[0], literals[1]
    elif name == "Sentence":
        context, source = CONTEXT, literals[0]
    else:
        return None
    if not isinstance(context, str) or not isinstance(source, str):
        raise NotLiteral(f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}")
    return Message(context, source)


def tool(name: str) -> Path | None:
    """``lupdate`` or ``lrelease`` of this environment's PySide6, None where it has none."""
    path = Path(sysconfig.get_path("scripts")) / f"pyside6-{name}"
    return next((file for file in (path, path.with_suffix(".exe")) if file.is_file()), None)


def update(ts_file: Path) -> None:
    """Merge the messages of the source into a file: new ones unfinished, those that are gone dropped."""
    program = tool("lupdate")
    assert program is not None, "PySide6's lupdate is not installed"
    calls = "".join(f"QCoreApplication.translate({m.context!r}, {m.source!r})\n" for m in sorted(messages()))
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "messages.py"
        listing.write_text(calls, encoding="utf-8")
        options = ["-no-obsolete", "-locations", "none", "-source-language", "en", "-extensions", "py"]
        language = ts_file.stem.rpartition("_")[2]
        _run(program, *options, "-target-language", language, str(listing), "-ts", str(ts_file))


def compile_catalogue(ts_file: Path, qm_file: Path) -> None:
    """Compile a file of translations; what is unfinished in it stays English."""
    program = tool("lrelease")
    assert program is not None, "PySide6's lrelease is not installed"
    _run(program, "-silent", "-nounfinished", str(ts_file), "-qm", str(qm_file))


def _run(program: Path, *arguments: str) -> None:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    sys.stderr.write(done.stdout + done.stderr)
    if done.returncode:
        raise SystemExit(done.returncode)


def main() -> None:
    """Update and compile every language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true", help="do not look for new texts in the source")
    options = parser.parse_args()
    for ts_file in sorted(FOLDER.glob("*.ts")):
        if not options.compile:
            update(ts_file)
        compile_catalogue(ts_file, ts_file.with_suffix(".qm"))


if __name__ == "__main__":
    main()

"""What reaches the terminal: foreign text is shown escaped, and a broken stream is a sentence."""

import io
import logging
import sys

import pytest

from forensiclab import cli
from forensiclab.cli import terminal
from forensiclab.core.text import escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Übung 雪 'x' [1]\\2.mp4", "Übung 雪 'x' [1]\\2.mp4"),
        ("a\x1b[2Jb\x1b]0;t\x07", "a\\x1b[2Jb\\x1b]0;t\\x07"),
        ("a\n  Verdict: supports authenticity", "a\\n  Verdict: supports authenticity"),
        ("a\r\tb\x9bc\x7f", "a\\r\\tb\\x9bc\\x7f"),
        ("a\u202egpj.exe\u2028", "a\\u202egpj.exe\\u2028"),
        ("caf\udce9.mp4", "caf\\udce9.mp4"),
    ],
)
def test_every_character_can_be_seen(text, shown):
    assert escaped(text) == shown


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_any_encoding_takes_any_text(monkeypatch, encoding):
    out, err = stream(encoding), stream(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with terminal.plain_streams():
        terminal.print_lines("雪\udcff", "two\nlines")
        terminal.print_json('{"name": "雪"}\n')
        terminal.say("\x1b雪")
        logging.getLogger("somewhere").warning("A name: %s", "a\nb")
    lines = out.buffer.getvalue().split(b"\n")
    assert lines[0].decode(encoding) in ("雪\\udcff", "\\u96ea\\udcff")
    assert lines[1:3] == [b"two\\nlines", '{"name": "雪"}'.encode()]
    said = err.buffer.getvalue().decode(encoding).splitlines()
    assert said[0].startswith("forensiclab: \\x1b")
    assert said[1] == "forensiclab: A name: a\\nb"


class Full(io.TextIOWrapper):
    def __init__(self):
        super().__init__(io.BytesIO(), "utf-8")

    def write(self, text):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("broken", [Full, lambda: None], ids=["full", "closed"])
def test_a_broken_stream_is_a_sentence_and_code_one(monkeypatch, capsys, broken):
    monkeypatch.setattr(sys, "stdout", broken())
    assert cli.run(["models", "list"]) == cli.FAILED
    assert capsys.readouterr().err.startswith("forensiclab: Standard output cannot be written to: ")


@pytest.mark.parametrize("broken", [Full, lambda: None], ids=["full", "closed"])
def test_a_message_that_is_lost_is_code_one(monkeypatch, broken, tmp_path):
    monkeypatch.setattr(sys, "stderr", broken())
    assert cli.run(["analyze", str(tmp_path / "gone.mp4")]) == cli.FAILED


def test_wrong_arguments_are_shown_escaped(capsys):
    with pytest.raises(SystemExit):
        cli.run(["analyze", "x", "--\x1b]0;t\x07"])
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert "\\x1b" in error

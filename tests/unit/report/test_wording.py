from forensiclab.report.wording import printable


def test_misleading_and_missing_characters_are_spelled_out() -> None:
    assert printable("evil\u202egpj.exe") == "evil[U+202E]gpj.exe"
    assert printable("a\nb\x00\u200b") == "a[U+000A]b[U+0000][U+200B]"
    assert printable("中🎭\udcff") == "[U+4E2D][U+1F3AD][U+DCFF]"
    assert printable("Zoë, Привет, عربي – €") == "Zoë, Привет, عربي – €"

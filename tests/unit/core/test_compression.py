import pytest

from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import SettingsError


@pytest.mark.parametrize("text", ["clean", "crf:0", "crf:51", "jpeg:1", "jpeg:100", "webp:50"])
def test_text_and_level_are_the_same(text: str) -> None:
    assert str(CompressionLevel.parse(text)) == text


def test_parts() -> None:
    level = CompressionLevel.parse(" crf:40 ")
    assert (level.codec, level.value) == (Codec.H264, 40)
    assert CompressionLevel.parse("clean") == CLEAN


@pytest.mark.parametrize(
    "text",
    ["", "crf", "crf:", "crf:52", "crf:-1", "crf:4.5", "jpeg:0", "jpeg:101", "webp:0", "clean:3", "h264:20", "c40"],
)
def test_what_is_no_level(text: str) -> None:
    with pytest.raises(SettingsError):
        CompressionLevel.parse(text)

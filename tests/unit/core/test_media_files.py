import pytest

from forensiclab.core.errors import MediaError
from forensiclab.core.media_files import is_folder, search_folder


def test_media_are_found_below_a_folder_by_name(tmp_path):
    for name in ("b.MP4", "a.mkv", "notes.txt", "deeper/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = search_folder(tmp_path)
    assert found.media == (tmp_path / "a.mkv", tmp_path / "b.MP4", tmp_path / "deeper" / "c.jpg")
    assert len(found.others) == 1


def test_a_folder_without_media_or_that_is_not_there_is_named(tmp_path):
    (tmp_path / "notes.txt").write_bytes(b"")
    with pytest.raises(MediaError, match="holds no video or picture \\(1 other files\\)"):
        search_folder(tmp_path)
    with pytest.raises(MediaError, match=r"gone cannot be read"):
        search_folder(tmp_path / "gone")


def test_a_link_that_leads_back_does_not_go_round_for_ever(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    assert search_folder(tmp_path).media == (tmp_path / "a.mp4",)


def test_a_name_that_is_too_long_is_no_folder(tmp_path):
    assert is_folder(tmp_path)
    assert not is_folder(tmp_path / ("x" * 5000))

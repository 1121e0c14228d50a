import errno
import os
import stat
from pathlib import Path

import pytest

from forensiclab.core.errors import WriteError
from forensiclab.core.files import whole_file, write_whole


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "target.txt"
    path.write_bytes(b"old")
    return path


def is_untouched(target: Path) -> bool:
    return target.read_bytes() == b"old" and list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(("content", "stored"), [("ü\r\n", b"\xc3\xbc\r\n"), (b"\x00\n", b"\x00\n"), ("", b"")])
def test_writes_texts_and_bytes_and_makes_folders(tmp_path: Path, content: str | bytes, stored: bytes) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_whole(path, b"older and longer")
    write_whole(path, content)
    assert path.read_bytes() == stored
    assert list(path.parent.iterdir()) == [path]


def test_hands_out_a_file_beside_the_target_that_takes_its_place_at_the_end(target: Path) -> None:
    with whole_file(target) as partial:
        assert partial.parent == target.parent
        assert partial.read_bytes() == b""
        partial.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_two_writers_at_once_do_not_meet(target: Path) -> None:
    with whole_file(target) as first, whole_file(target) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert target.read_bytes() == b"first"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_end_of_the_writer_cleans_up(target: Path, error: type[BaseException]) -> None:
    def write() -> None:
        with whole_file(target) as partial:
            partial.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        write()
    assert is_untouched(target)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_cleans_up_and_is_explained(target: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full) if call == "fsync" else monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WriteError, match=r"target\.txt was not written: the disk is full"):
        write_whole(target, "new")
    assert is_untouched(target)


def test_an_error_of_the_writer_is_a_sentence(target: Path) -> None:
    with pytest.raises(WriteError, match=r"target\.txt was not written: .+\.$"), whole_file(target) as partial:
        (partial / "in a file").write_bytes(b"")
    assert is_untouched(target)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_new_file_has_the_permissions_of_any_other_and_a_replaced_one_keeps_its_own(target: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(target.with_name("new"), "")
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.with_name("new").stat().st_mode) == 0o640
    target.chmod(0o604)
    with whole_file(target) as partial:
        assert stat.S_IMODE(partial.stat().st_mode) & 0o077 == 0, "half a file can be read by others"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


def test_a_link_stays_a_link(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.skipif(os.name != "posix", reason="devices of POSIX")
def test_folders_and_devices_are_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in ((tmp_path, "it is a folder"), (Path("/dev/null"), "it is a device"), (pipe, "it is a device")):
        with pytest.raises(WriteError, match=reason):
            write_whole(path, "new")
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_file_where_a_folder_should_be(target: Path) -> None:
    with pytest.raises(WriteError, match=r"inside was not written: .+\.$"):
        write_whole(target / "inside", "new")
    assert is_untouched(target)


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_whole(path, "new")
    assert path.read_bytes() == b"new"
    with pytest.raises(WriteError, match="name is too long"):
        write_whole(tmp_path / ("n" * 256), "new")

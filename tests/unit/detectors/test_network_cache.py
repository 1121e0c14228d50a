import os

import pytest

from forensiclab.detectors import network_cache
from forensiclab.detectors.network_cache import CacheError, NetworkCache


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(network_cache, "user_cache_path", lambda *parts: tmp_path.joinpath("cache", *parts))
    monkeypatch.setattr(network_cache, "user_data_path", lambda *parts: tmp_path.joinpath("data", *parts))
    return tmp_path


def fill(cache: NetworkCache, content: bytes = b"weights") -> None:
    with cache.room() as folder:
        (folder / "network.xml").write_bytes(b"<net/>")
        (folder / "network.bin").write_bytes(content)


@pytest.fixture
def kept(home):
    cache = NetworkCache("net", "weights 1")
    fill(cache)
    return home / "cache" / "openvino" / "net"


def test_what_was_kept_comes_back(kept):
    assert NetworkCache("net", "weights 1").load() == (b"<net/>", b"weights")
    assert sorted(path.name for path in kept.parent.iterdir()) == ["net"]


def test_other_weights_are_another_network(kept):
    assert NetworkCache("net", "weights 2").load() is None


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "network.bin").write_bytes(bytes(7)),
        lambda folder: (folder / "network.xml").write_bytes(b"<net />"),
        lambda folder: (folder / "seal").write_bytes(bytes(32)),
        lambda folder: (folder / "seal").write_bytes(b""),
        lambda folder: (folder / "seal").unlink(),
        lambda folder: (folder / "network.bin").rename(folder / "gone"),
        lambda folder: (folder.parents[2] / "data" / "cache.key").unlink(),
        lambda folder: (folder.parents[2] / "data" / "cache.key").write_bytes(bytes(32)),
        lambda folder: (folder.parents[2] / "data" / "cache.key").write_bytes(b"short"),
    ],
)
def test_what_is_in_doubt_is_converted_again(kept, harm):
    harm(kept)
    cache = NetworkCache("net", "weights 1")
    assert cache.load() is None
    fill(cache)
    assert cache.load() == (b"<net/>", b"weights")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder itself private")
def test_a_key_that_others_could_read_is_replaced(kept, home):
    key = home / "data" / "cache.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    before = key.read_bytes()
    assert NetworkCache("net", "weights 1").load() is None
    assert key.read_bytes() != before
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("blocked", ["cache", "data"])
def test_no_place_is_a_sentence(home, blocked):
    (home / blocked).write_text("a file in place of the folder")

    def load_and_fill():
        cache = NetworkCache("net", "weights 1")
        assert cache.load() is None
        fill(cache)

    with pytest.raises(CacheError, match=f"the cache .*{blocked}.* cannot be used"):
        load_and_fill()


def test_nothing_is_kept_of_a_conversion_that_fails(home):
    cache = NetworkCache("net", "weights 1")
    with pytest.raises(RuntimeError), cache.room():
        raise RuntimeError("scripted")
    assert cache.load() is None
    assert list((home / "cache" / "openvino").iterdir()) == []

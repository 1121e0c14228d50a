import json
import os
import zipfile

import h5py
import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from forensiclab.core.errors import WeightsError, WriteError
from forensiclab.detectors import foreign_weights, weights
from forensiclab.detectors.importing import ImportRequest, import_weights
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.runtime import open_detector


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path / "home"))


def request(file, **changes) -> ImportRequest:
    fields = {"file": file, "method": "meso_inception4", "name": "published", "source": "somewhere", "licence": "MIT"}
    return ImportRequest(**(fields | changes))


def write_keras(path, network: MesoInception4) -> None:
    """Write a network as Keras would: its own names, HWIO kernels, HWC flattening, output = real."""
    kinds = ((torch.nn.Conv2d, "conv2d"), (torch.nn.BatchNorm2d, "batch_normalization"), (torch.nn.Linear, "dense"))
    with h5py.File(path, "w") as file:
        for kind, keras_name in kinds:
            modules = [module for module in network.modules() if isinstance(module, kind)]
            for number, module in enumerate(modules, start=3):  # Keras numbers on from what was built before
                group = file.create_group(f"{keras_name}_{number}/{keras_name}_{number}")
                state = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
                if kind is torch.nn.BatchNorm2d:
                    for keras_key, key in (("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"),
                                           ("moving_variance", "running_var")):  # fmt: skip
                        group[f"{keras_key}:0"] = state[key]
                    continue
                kernel, sign = state["weight"], -1 if module is network.output else 1
                if module is network.hidden:
                    kernel = kernel.reshape(16, 16, 8, 8).transpose(0, 2, 3, 1).reshape(16, 1024)
                group["kernel:0"] = sign * (kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel.T)
                group["bias:0"] = sign * state["bias"]


@pytest.fixture
def network():
    torch.manual_seed(3)
    built = MesoInception4().eval()
    with torch.no_grad():
        for module in built.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 1.5)
    return built


def test_keras_file_gives_the_same_scores(tmp_path, network):
    write_keras(tmp_path / "w.h5", network)
    card = import_weights(request(tmp_path / "w.h5"))
    assert card.calibration == ()
    assert "somewhere" in card.trained_on[0]
    loaded, _ = weights.load_weights("published")
    pictures = torch.rand(2, 3, 256, 256)
    assert torch.allclose(loaded(pictures).raw_score, network(pictures).raw_score, atol=5e-3)


def test_safetensors_file(tmp_path, network):
    safetensors.torch.save_file(network.state_dict(), tmp_path / "w.safetensors")
    assert import_weights(request(tmp_path / "w.safetensors")).weights_sha256


def test_pickles_only_when_asked_for(tmp_path, network):
    torch.save(
        {"state_dict": {f"module.{name}": value for name, value in network.state_dict().items()}}, tmp_path / "w.pth"
    )
    with pytest.raises(WeightsError, match="torch pickle"):
        import_weights(request(tmp_path / "w.pth"))
    assert import_weights(request(tmp_path / "w.pth", allow_pickle=True)).name == "published"


def test_pickle_with_code_in_it_is_refused_and_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "it_ran"), "w"))

    torch.save({"state_dict": Evil()}, tmp_path / "w.pt")
    with pytest.raises(WeightsError, match="restricted loader"):
        import_weights(request(tmp_path / "w.pt", allow_pickle=True))
    assert not (tmp_path / "it_ran").exists()


def test_weights_of_another_network_are_named(tmp_path, network):
    state = network.state_dict()
    del state["output.bias"]
    safetensors.torch.save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"'output.bias' is missing"):
        import_weights(request(tmp_path / "w.safetensors"))
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["dense_1/dense_1/kernel:0"] = np.zeros((3, 3))
    with pytest.raises(WeightsError, match="belong to another network"):
        import_weights(request(tmp_path / "w.h5"))


@pytest.mark.parametrize("suffix", [".h5", ".safetensors"])
def test_other_files_are_named(tmp_path, suffix):
    file = tmp_path / f"text{suffix}"
    file.write_text("just a text")
    with pytest.raises(WeightsError, match=f"text{suffix} is not"):
        import_weights(request(file))
    with pytest.raises(WeightsError, match="cannot be read"):
        import_weights(request(tmp_path / f"gone{suffix}"))


def test_names(tmp_path, network):
    safetensors.torch.save_file(network.state_dict(), tmp_path / "w.safetensors")
    for name in ("", "../up", "Ä", "a" * 65):
        with pytest.raises(WeightsError, match="cannot be a name"):
            import_weights(request(tmp_path / "w.safetensors", name=name))
    import_weights(request(tmp_path / "w.safetensors"))
    with pytest.raises(WeightsError, match="already"):
        import_weights(request(tmp_path / "w.safetensors"))


@pytest.mark.data
def test_published_weights_tell_face2face_apart(shared_data):
    """The published Face2Face weights on FaceForensics++ crops: an import with one wrong axis would be at chance."""
    import_weights(request(shared_data / "weights" / "mesonet" / "MesoInception_F2F.h5"))
    detector = open_detector("published", "cpu")
    scores = {}
    import csv
    import io
    import zipfile

    with (
        zipfile.ZipFile(shared_data / "ffpp_crops" / "crops.zip") as archive,
        (shared_data / "ffpp_crops" / "index.csv").open() as index,
    ):
        rows = list(csv.DictReader(index))
        for label in "01":
            pictures = [Image.open(io.BytesIO(archive.read(row["name"]))) for row in rows if row["label"] == label]
            scores[label] = detector.predict(np.stack([np.array(p.convert("RGB")) for p in pictures])).raw_scores
    wins = (scores["1"][:, None] > scores["0"][None, :]).mean()
    assert wins > 0.85


# ---- files that were not written to be imported ----------------------------------------------------------------------


def refused(file, **changes) -> str:
    """What is said of a file that is not imported; nothing is left of the attempt."""
    with pytest.raises(WeightsError) as error:
        import_weights(request(file, **changes))
    home = weights.weights_home()
    assert not home.exists() or list(home.iterdir()) == []
    return str(error.value)


@pytest.mark.parametrize("kind", ["F4", "F8_E8M0", "F6_E2M3", "C64", "X"])
def test_types_that_torch_does_not_know(tmp_path, kind):
    header = json.dumps({"w": {"dtype": kind, "shape": [2], "data_offsets": [0, 1]}}).encode()
    file = tmp_path / "w.safetensors"
    for size in (1, 2, 16):
        text = header.replace(b"[0, 1]", b"[0, %d]" % size)
        file.write_bytes(len(text).to_bytes(8, "little") + text + bytes(size))
        assert "w.safetensors" in refused(file)


@pytest.mark.parametrize(
    "content",
    [
        b".",
        b"",
        b"\x80\x02.",
        b"\x80\x02}q\x00.",
        b"\x80\x02]q\x00(K\x01e.",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\x80\x02cbuiltins\neval\nq\x00X\x05\x00\x00\x00print\x85R.",
        b"\x8a\xff" + b"\xff" * 255 + b".",
        b"h\x05.",
        b"0" * 40,
        b"(" * 100_000 + b".",
    ],
)
def test_malformed_pickles(tmp_path, content):
    (tmp_path / "w.pt").write_bytes(content)
    assert "w.pt" in refused(tmp_path / "w.pt", allow_pickle=True)


def test_a_pickle_that_unpacks_to_more_than_is_read(tmp_path, network, monkeypatch):
    torch.save(network.state_dict(), tmp_path / "w.pt")
    monkeypatch.setattr(foreign_weights, "MOST_BYTES", 200_000)
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(1_000_000))
    assert "unpacks to more" in refused(tmp_path / "bomb.pt", allow_pickle=True)


def test_tensors_of_odd_kinds(tmp_path):
    for value in (torch.eye(3).to_sparse(), torch.ones(2, dtype=torch.complex64), torch.ones(2, device="meta")):
        torch.save({"w": value}, tmp_path / "w.pt")
        assert "w.pt" in refused(tmp_path / "w.pt", allow_pickle=True)


@pytest.mark.parametrize("name", ["pipe.safetensors", "pipe.h5", "pipe.pt"])
def test_pipes_devices_and_folders_are_not_read(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert "not an ordinary file" in refused(tmp_path / name, allow_pickle=True)
    (tmp_path / "zero.safetensors").symlink_to("/dev/zero")
    assert "not an ordinary file" in refused(tmp_path / "zero.safetensors")
    assert "cannot be read" in refused(tmp_path)


def test_files_that_are_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign_weights, "MOST_BYTES", 1 << 20)
    (tmp_path / "w.safetensors").write_bytes(bytes(2 << 20))
    assert "larger than 1 MiB" in refused(tmp_path / "w.safetensors")


def conv(file):
    """The first convolution of a Keras file."""
    return file["conv2d_3/conv2d_3"]


def external_link(file):
    del file["conv2d_3"]
    file["conv2d_3"] = h5py.ExternalLink("other.h5", "/conv2d_3")


def soft_link(file):
    del conv(file)["kernel:0"]
    conv(file)["kernel:0"] = h5py.SoftLink("/conv2d_4/conv2d_4/kernel:0")


def external_storage(file):
    del conv(file)["kernel:0"]
    conv(file).create_dataset("kernel:0", (3, 3, 3, 1), "f4", external=[("raw.bin", 0, 108)])


def virtual(file):
    del conv(file)["kernel:0"]
    layout = h5py.VirtualLayout((3, 3, 3, 1), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "k", (3, 3, 3, 1))
    conv(file).create_virtual_dataset("kernel:0", layout)


def enormous(file):
    del conv(file)["kernel:0"]
    conv(file).create_dataset("kernel:0", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip")


def round_and_round(file):
    file["conv2d_3/conv2d_3/again"] = file["conv2d_3"]


def missing(file):
    del conv(file)["kernel:0"]


def text(file):
    del conv(file)["kernel:0"]
    conv(file)["kernel:0"] = "text"


def flat(file):
    del conv(file)["kernel:0"]
    conv(file)["kernel:0"] = np.zeros(7, np.float32)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (external_link, "'conv2d_3' is a link to another place"),
        (soft_link, "'kernel:0' is a link to another place"),
        (external_storage, "'kernel:0' refers to another file"),
        (virtual, "'kernel:0' refers to another file"),
        (enormous, "unpacks to more"),
        (round_and_round, "nested too deeply"),
        (missing, "'conv2d_3'"),
        (text, "'conv2d_3'"),
        (flat, "'conv2d_3'"),
    ],
)
def test_keras_files_that_are_not_what_they_seem(tmp_path, network, change, said):
    write_keras(tmp_path / "other.h5", network)
    (tmp_path / "raw.bin").write_bytes(bytes(108))
    write_keras(tmp_path / "w.h5", network)
    with h5py.File(tmp_path / "w.h5", "r+") as file:
        change(file)
    assert said in refused(tmp_path / "w.h5")


def test_keras_weights_for_a_network_without_such_layers(tmp_path, network):
    write_keras(tmp_path / "w.h5", network)
    assert "another network" in refused(tmp_path / "w.h5", method="xception")


def test_damaged_keras_files(tmp_path, network):
    write_keras(tmp_path / "whole.h5", network)
    whole = (tmp_path / "whole.h5").read_bytes()
    random = np.random.default_rng(4)
    imported = 0
    for number in range(40):
        damaged = bytearray(whole[: random.integers(8, len(whole))] if number % 4 == 0 else whole)
        for place in random.integers(0, min(len(damaged), 6000), 12):
            damaged[place] = random.integers(0, 256)
        file = tmp_path / "w.h5"
        file.write_bytes(damaged)
        try:
            import_weights(request(file, name=f"n{number}"))
        except WeightsError:
            continue
        imported += 1
    assert imported < 40


@pytest.mark.parametrize("name", ["dot.pt", "f4.safetensors", "kd_kernel.h5"])
def test_the_cases(name, shared_data):
    file = shared_data.parent / "cases" / "import-exceptions" / name
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    assert name in refused(file, allow_pickle=True)


def test_a_folder_that_is_there_stays(tmp_path, network):
    (tmp_path / "home" / "published").mkdir(parents=True)
    (tmp_path / "home" / "published" / "notes.txt").write_text("mine")
    safetensors.torch.save_file(network.state_dict(), tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match="something named 'published'"):
        import_weights(request(tmp_path / "w.safetensors"))
    assert (tmp_path / "home" / "published" / "notes.txt").read_text() == "mine"


def test_an_import_that_cannot_be_written_removes_only_what_it_made(tmp_path, network, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "notes.txt").write_text("mine")
    safetensors.torch.save_file(network.state_dict(), tmp_path / "w.safetensors")

    def full(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[:100])
        raise WriteError("the disk is full")

    monkeypatch.setattr(weights, "write_whole", full)
    with pytest.raises(WriteError):
        import_weights(request(tmp_path / "w.safetensors"))
    assert [path.name for path in home.iterdir()] == ["notes.txt"]


def test_foreign_text_on_the_card_is_plain(tmp_path, network):
    name = os.fsdecode(b"w\xff\n\x1b.safetensors")
    safetensors.torch.save_file(network.state_dict(), tmp_path / "w.safetensors")
    (tmp_path / "w.safetensors").rename(tmp_path / name)
    card = import_weights(request(tmp_path / name, source="a\nb", licence="\x1bMIT"))
    assert "w\\udcff\\n\\x1b.safetensors" in card.started_from
    assert weights.load_weights("published")[1] == card

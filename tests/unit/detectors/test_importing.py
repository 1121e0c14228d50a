import h5py
import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from forensiclab.core.errors import WeightsError
from forensiclab.detectors import weights
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

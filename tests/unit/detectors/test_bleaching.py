import numpy as np
import pytest
import torch

from forensiclab.core.errors import ShapeError, WeightsError
from forensiclab.detectors.bleaching import bleach_weights, open_bleacher
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.weights import find_weights, load_weights, save_weights, shipped_names

SIZE = 256


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    network = PixelBleach("meso_inception4", strength=0.02)
    network.detector.load_state_dict(load_weights("meso_inception4")[0].state_dict())
    for module in network.generator.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
    network.generator.stages[-2].weight.data.normal_(0, 30)  # as untrained, it adds less than a grey level
    return network.eval()


@pytest.fixture(scope="module")
def crop():
    return np.random.default_rng(5).integers(20, 236, (SIZE, SIZE, 3), dtype=np.uint8)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def bleacher(home, network, make_card):
    card = make_card(
        "bleach",
        method="pixel_bleach",
        options=(("backbone", "meso_inception4"),),
        input_spec=network.input_spec,
        stands_before=read_card(find_weights("meso_inception4")).reference,
    )
    save_weights(network, home / "bleach", card)
    return open_bleacher("bleach", "cpu")


def test_none_is_installed(home, monkeypatch):
    monkeypatch.setattr("forensiclab.detectors.weights.shipped_home", lambda: home / "none")
    assert bleach_weights() == ()


def test_installed_weights_are_listed_and_damaged_cards_left_out(bleacher, home):
    (home / "broken").mkdir()
    (home / "broken" / "card.json").write_text("{")
    assert [name for name in bleach_weights() if name not in shipped_names()] == ["bleach"]


def test_what_a_bleach_does(bleacher, crop):
    preview = bleacher.preview(crop)
    assert preview.strength == bleacher.strength == pytest.approx(0.02)
    assert preview.original is crop
    for picture in (preview.bleach, preview.bleached):
        assert (picture.shape, picture.dtype, picture.flags.writeable) == ((SIZE, SIZE, 3), np.uint8, False)
    added = preview.bleached.astype(float) - crop
    assert 0 < np.abs(added).max() <= 0.02 * 127.5 + 0.5
    # the picture of the bleach is what was added, ten times as strong, about mid grey
    assert np.abs(preview.bleach - 127.5 - 10 * added).max() <= 10 * 0.5 + 1
    assert preview.attention.ndim == 2
    assert 0 <= preview.attention.min() <= preview.attention.max() <= 1


def test_the_scores_are_those_of_the_networks(bleacher, network, crop):
    preview = bleacher.preview(crop)
    pictures = network.input_spec.to_tensor(crop[None])
    with torch.inference_mode():
        assert preview.raw_score_before == pytest.approx(float(network.detector(pictures).raw_score), abs=1e-2)
        assert preview.raw_score_after == pytest.approx(float(network(pictures).raw_score), abs=1e-2)


def test_strength_and_gain(bleacher, crop):
    plain, nothing, strong = bleacher.preview(crop), bleacher.preview(crop, strength=0), bleacher.preview(crop, gain=30)
    np.testing.assert_array_equal(nothing.bleached, crop)
    assert nothing.raw_score_after == pytest.approx(nothing.raw_score_before, abs=1e-5)
    assert set(np.unique(nothing.bleach)) <= {127, 128}
    np.testing.assert_array_equal(strong.bleached, plain.bleached)
    assert strong.bleach.std() > 2 * plain.bleach.std()
    assert bleacher.preview(crop, strength=0.1).bleached.astype(float).std() != plain.bleached.std()


@pytest.mark.parametrize("options", [{"gain": 0}, {"strength": -0.1}, {"strength": float("nan")}])
def test_options_out_of_range(bleacher, crop, options):
    with pytest.raises(ValueError, match="strength"):
        bleacher.preview(crop, **options)


def test_a_crop_of_another_size(bleacher):
    with pytest.raises(ShapeError):
        bleacher.preview(np.zeros((64, 64, 3), np.uint8))


def test_weights_of_another_method(home):
    with pytest.raises(WeightsError, match="does not bleach"):
        open_bleacher("meso_inception4", "cpu")
    with pytest.raises(WeightsError, match="no weights named"):
        open_bleacher("nothing", "cpu")

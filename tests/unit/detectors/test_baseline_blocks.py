"""The blocks of the baselines against oracles written as loops, and their closed forms."""

import math

import numpy as np
import pytest
import scipy.fft
import timm
import torch
from torch import nn

from forensiclab.detectors.capsule import Routing, squash
from forensiclab.detectors.f3net import CrossAttention, FrequencyDecomposition, LocalFrequencyStatistics, MixBlock
from forensiclab.detectors.gff import DualAttention
from forensiclab.detectors.layers.frequency import (
    BandFilters,
    FeatureResiduals,
    PictureResiduals,
    band_masks,
    dct_matrix,
    srm_kernels,
)
from forensiclab.detectors.layers.xception import XceptionStream
from forensiclab.detectors.multi_attention import TextureEnhancement


@pytest.fixture
def noise():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator)


@pytest.mark.parametrize("size", [10, 299])
def test_dct_matrix_is_orthonormal(size):
    matrix = dct_matrix(size)
    torch.testing.assert_close(matrix @ matrix.T, torch.eye(size), rtol=0, atol=2e-6)


def test_dct_matrix_is_scipys_transform(noise):
    picture = noise(12, 12)
    matrix = dct_matrix(12)
    expected = scipy.fft.dctn(picture.numpy().astype(np.float64), norm="ortho")
    np.testing.assert_allclose((matrix @ picture @ matrix.T).numpy(), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "edges"), [(299, (0, 299 / math.sqrt(8), 149.5, 598)), (10, [20 * k / 6 for k in range(7)])]
)
def test_bands_partition_the_spectrum(size, edges):
    masks = band_masks(size, edges)
    assert bool((masks.sum(dim=0) == 1).all())
    assert all(mask.any() for mask in masks)


def test_bands_of_the_decomposition_hold_the_shares_of_the_paper():
    shares = FrequencyDecomposition(299).filters.base.mean(dim=(1, 2))
    torch.testing.assert_close(shares, torch.tensor([1 / 16, 1 / 16, 7 / 8]), rtol=0, atol=2e-3)


def test_correction_is_two_sigmoid_minus_one():
    filters = BandFilters(4, (0, 2, 8))
    with torch.no_grad():
        filters.correction.copy_(torch.linspace(-5, 5, 32).view(2, 4, 4))
    torch.testing.assert_close(filters(), filters.base + 2 * torch.sigmoid(filters.correction) - 1)


def test_bands_add_up_to_the_picture(noise):
    decomposition = FrequencyDecomposition(48)
    pictures = noise(2, 3, 48, 48)
    with torch.no_grad():
        decomposition.filters.correction.zero_()
        bands = decomposition(pictures).view(2, 3, 3, 48, 48)
    torch.testing.assert_close(bands.sum(dim=1), pictures, rtol=0, atol=1e-5)
    low, high = bands[:, 0], bands[:, 2]
    difference = lambda x: (x[..., 1:] - x[..., :-1]).std() / x.std()  # noqa: E731
    assert difference(low) < 0.5 < difference(high)


def test_decomposition_is_the_identity_where_every_filter_passes_everything(noise):
    decomposition = FrequencyDecomposition(48)
    pictures = noise(1, 3, 48, 48)
    with torch.no_grad():
        decomposition.filters.correction.zero_()
        decomposition.filters.base.fill_(1)
        bands = decomposition(pictures)
    torch.testing.assert_close(bands, pictures.repeat(1, 3, 1, 1), rtol=0, atol=1e-5)


def test_local_statistics_against_a_loop(noise):
    statistics = LocalFrequencyStatistics()
    with torch.no_grad():
        statistics.filters.correction.copy_(0.5 * noise(6, 10, 10))
    picture = noise(1, 3, 21, 21).clamp(-1, 1)
    with torch.no_grad():
        result = statistics(picture)
    grey = ((0.299 * picture[0, 0] + 0.587 * picture[0, 1] + 0.114 * picture[0, 2]) + 1).double().numpy() * 127.5
    padded = np.pad(grey, 4, mode="reflect")
    correction = statistics.filters.correction.detach().double().numpy()
    assert result.shape == (1, 6, 10, 10)
    for row in range(10):
        for column in range(10):
            window = padded[2 * row : 2 * row + 10, 2 * column : 2 * column + 10]
            spectrum = scipy.fft.dctn(window, norm="ortho")
            for band in range(6):
                total = 0.0
                for i in range(10):
                    for j in range(10):
                        base = 1.0 if 20 * band / 6 <= i + j < 20 * (band + 1) / 6 else 0.0
                        learned = 2 / (1 + math.exp(-correction[band, i, j])) - 1
                        total += abs(spectrum[i, j] * (base + learned))
                assert result[0, band, row, column].item() == pytest.approx(math.log10(1 + total), abs=1e-4)


def test_local_statistics_of_a_face_have_half_its_size():
    with torch.no_grad():
        assert LocalFrequencyStatistics()(torch.zeros(1, 3, 299, 299)).shape == (1, 6, 149, 149)


def test_flat_windows_have_no_high_frequency():
    statistics = LocalFrequencyStatistics()
    with torch.no_grad():
        statistics.filters.correction.zero_()
        bands = statistics(torch.full((1, 3, 31, 31), 0.7))[0]
    assert float(bands[0].min()) > 3
    assert float(bands[1:].max()) < 1e-2


def test_residual_kernels_see_no_constant_and_no_slope():
    kernels = srm_kernels().double()
    assert kernels.shape == (3, 5, 5)
    torch.testing.assert_close(kernels.sum(dim=(1, 2)), torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-6)
    slope = torch.arange(5, dtype=torch.float64)
    for ramp in (slope[None, :].expand(5, 5), slope[:, None].expand(5, 5)):
        torch.testing.assert_close((kernels * ramp).sum(dim=(1, 2)), torch.zeros(3).double(), rtol=0, atol=1e-6)
    assert kernels[:, 2, 2].tolist() == [-1, -1, -1]


def test_residuals_of_a_picture_are_cut_off():
    picture = torch.zeros(1, 3, 9, 9)
    picture[:, :, 4, 4] = 1.0
    residuals = PictureResiduals()(picture)
    assert residuals[0, :, 4, 4].tolist() == [-3, -3, -3]
    assert PictureResiduals()(10 * picture).abs().max() == 3


def test_residuals_of_features_give_every_channel_all_kernels(noise):
    residuals = FeatureResiduals(4)
    seen = []
    residuals.mix = nn.Identity()
    features = 0.1 * noise(1, 4, 8, 8)
    result = residuals(features)[0].view(4, 3, 8, 8)
    for channel in range(4):
        for kernel in srm_kernels():
            seen.append(nn.functional.conv2d(features[:, channel : channel + 1], kernel[None, None], padding=2)[0, 0])
    torch.testing.assert_close(result, torch.stack(seen).view(4, 3, 8, 8))


def test_stream_is_timms_xception(noise):
    stream = XceptionStream().eval()
    whole = timm.create_model("legacy_xception", pretrained=False, num_classes=0).eval()
    whole.load_state_dict(stream.state_dict())
    pictures = noise(1, 3, 75, 75)
    with torch.inference_mode():
        expected = whole.forward_features(pictures)
        torch.testing.assert_close(stream(pictures), expected)
        middle = stream.stretch(pictures, "conv1", "block7")
        torch.testing.assert_close(stream.stretch(middle, "block8", "act4"), expected)


def test_cross_attention_against_a_loop(noise):
    block = CrossAttention(16).double()
    own, other = noise(2, 16, 2, 3).double(), noise(2, 16, 2, 3).double()
    with torch.no_grad():
        torch.testing.assert_close(block(own, other), own, msg="starts as the identity")
        block.gain.fill_(0.7)
        result = block(own, other).flatten(2)
        query, key, value = block.query(own).flatten(2), block.key(other).flatten(2), block.value(other).flatten(2)
    for sample in range(2):
        for cell in range(6):
            energy = [float(query[sample, :, cell] @ key[sample, :, at]) / math.sqrt(2) for at in range(6)]
            total = sum(math.exp(e) for e in energy)
            found = sum(math.exp(e) / total * value[sample, :, at] for at, e in enumerate(energy))
            torch.testing.assert_close(result[sample, :, cell], own.flatten(2)[sample, :, cell] + 0.7 * found)


def test_mix_block_feeds_each_stream_from_the_other(noise):
    block = MixBlock(16).double()
    a, b = noise(1, 16, 3, 3).double().requires_grad_(), noise(1, 16, 3, 3).double().requires_grad_()
    with torch.no_grad():
        block.to_bands.gain.fill_(1)
        block.to_statistics.gain.fill_(1)
    mixed_a, mixed_b = block(a, b)
    for mixed, other in ((mixed_a, b), (mixed_b, a)):
        (gradient,) = torch.autograd.grad(mixed.square().sum(), other, retain_graph=True)
        assert bool(gradient.any())


def test_dual_attention_against_a_loop(noise):
    block = DualAttention(16, cells=6).double()
    colour, fine = noise(1, 16, 2, 3).double(), noise(1, 16, 2, 3).double()
    with torch.no_grad():
        same = block(colour, fine)
        torch.testing.assert_close(same, (colour, fine), msg="starts as the identity")
        block.colour_gain.fill_(0.3)
        block.noise_gain.fill_(0.6)
        to_colour, to_noise = (x[0].flatten(1) for x in block(colour, fine))
        colour_key = block.shared_key(block.colour_key(colour))[0].flatten(1)
        noise_key = block.shared_key(block.noise_key(fine))[0].flatten(1)
        colour_value = block.colour_value(colour)[0].flatten(1)
        noise_value = block.noise_value(fine)[0].flatten(1)
        affinity = torch.stack([torch.stack([a @ b for b in noise_key.T]) for a in colour_key.T])
        for cell in range(6):
            weights = block.colour_weights(affinity[cell]).softmax(dim=0)
            found = sum(weights[at] * noise_value[:, at] for at in range(6))
            torch.testing.assert_close(to_colour[:, cell], colour[0].flatten(1)[:, cell] + 0.3 * found)
            weights = block.noise_weights(affinity[:, cell]).softmax(dim=0)
            found = sum(weights[at] * colour_value[:, at] for at in range(6))
            torch.testing.assert_close(to_noise[:, cell], fine[0].flatten(1)[:, cell] + 0.6 * found)


def test_squash_shrinks_below_one_and_keeps_zero():
    vectors = torch.tensor([[3.0, 4.0], [0.0, 0.0], [1e-3, 0.0]], requires_grad=True)
    squashed = squash(vectors, dim=1)
    torch.testing.assert_close(squashed[0], torch.tensor([3.0, 4.0]) / 5 * 25 / 26)
    assert squashed[1].tolist() == [0, 0]
    (gradient,) = torch.autograd.grad(squashed.sum(), vectors)
    assert bool(torch.isfinite(gradient).all())


def test_routing_against_a_loop(noise):
    routing = Routing().double().eval()
    vectors = noise(2, 10, 8).double()
    with torch.no_grad():
        capsules, parts = routing(vectors)
    weights = routing.weights.detach().tolist()
    for sample in range(2):
        for label in range(2):
            predicted = [
                [sum(weights[label][i][d][k] * float(vectors[sample, i, k]) for k in range(8)) for d in range(4)]
                for i in range(10)
            ]
            agreement = [[0.0] * 4 for _ in range(10)]
            for iteration in range(2):
                total = [sum(math.exp(agreement[i][d]) for i in range(10)) for d in range(4)]
                part = [[math.exp(agreement[i][d]) / total[d] * predicted[i][d] for d in range(4)] for i in range(10)]
                summed = [sum(part[i][d] for i in range(10)) for d in range(4)]
                square = sum(s * s for s in summed)
                output = [square / (1 + square) * s / math.sqrt(square) for s in summed]
                if iteration == 0:
                    agreement = [
                        [a + predicted[i][d] * output[d] for d, a in enumerate(agreement[i])] for i in range(10)
                    ]
            torch.testing.assert_close(capsules[sample, label], torch.tensor(output, dtype=torch.float64))
            torch.testing.assert_close(parts[sample, label], torch.tensor(part, dtype=torch.float64))


def test_routing_is_noisy_in_training_only(noise):
    routing, vectors = Routing(), noise(1, 10, 8)
    with torch.no_grad():
        torch.manual_seed(0)
        assert not torch.equal(routing.train()(vectors)[0], routing(vectors)[0])
        assert torch.equal(routing.eval()(vectors)[0], routing(vectors)[0])


def test_textures_lose_the_mean_of_their_own_block():
    """Features that are constant on every 4 x 4 block leave nothing to enhance."""
    torch.manual_seed(0)
    texture = TextureEnhancement().eval()
    seen = []
    texture.extract = nn.Identity()
    texture.first.register_forward_hook(lambda _module, inputs, _output: seen.append(inputs[0]))
    blocks = torch.randn(1, 32, 24, 24).repeat_interleave(4, dim=2).repeat_interleave(4, dim=3)[:, :, :95, :95]
    with torch.inference_mode():
        textures, coarse = texture(blocks, torch.ones(1, 4, 24, 24))
    assert textures.shape == (1, 4, 32, 95, 95)
    torch.testing.assert_close(coarse, blocks[:, :, ::4, ::4], rtol=0, atol=1e-5)
    assert float(seen[0].abs().max()) < 1e-5

"""Attention-guided augmentation: where it changes a picture, how, and by which map."""

import torch
from torch.nn import functional as F

from training.modules.attention_blur import AttentionBlur


def made_pictures() -> torch.Tensor:
    return torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_only_what_the_drawn_map_looks_at_changes() -> None:
    attention = torch.zeros(3, 2, 8, 8)
    attention[:, 0, :3, :3] = 5.0
    attention[:, 1, 5:, 5:] = 5.0
    pictures = made_pictures()
    torch.manual_seed(0)
    changed, drawn = AttentionBlur()(pictures, attention)
    difference = (changed - pictures).abs().amax(dim=1)
    for row, number in enumerate(drawn.tolist()):
        corner, other = (difference[row, :8, :8], difference[row, -8:, -8:])
        if number == 1:
            corner, other = other, corner
        assert float(corner.min()) > 0
        assert float(other.max()) == 0


def test_a_map_that_sees_more_is_drawn_more_often() -> None:
    attention = torch.zeros(4000, 2, 2, 2)
    attention[:, 1] = 15 / 4  # sums 0 and 15: weights 1 and 4
    torch.manual_seed(1)
    _, drawn = AttentionBlur()(torch.zeros(4000, 3, 16, 16), attention)
    assert 0.76 < float(drawn.float().mean()) < 0.84


def test_degrading_is_a_gaussian_at_half_the_size() -> None:
    pictures = made_pictures()
    blur = AttentionBlur(kernel_px=5, sigma_px=2.0, noise=0.0)
    small = F.interpolate(pictures, scale_factor=0.5, mode="bilinear", align_corners=True)
    padded = F.pad(small, (2, 2, 2, 2), mode="reflect")
    weights = [[2.718281828 ** (-((y - 2) ** 2 + (x - 2) ** 2) / 8) for x in range(5)] for y in range(5)]
    total = sum(map(sum, weights))
    expected = torch.zeros_like(small)
    for y in range(5):
        for x in range(5):
            expected += weights[y][x] / total * padded[:, :, y : y + 16, x : x + 16]
    expected = F.interpolate(expected, (32, 32), mode="bilinear", align_corners=True)
    torch.testing.assert_close(blur.degrade(pictures), expected)


def test_noise_is_added_and_the_same_seed_gives_the_same() -> None:
    blur = AttentionBlur()
    attention = torch.rand(3, 4, 8, 8, generator=torch.Generator().manual_seed(2))
    found = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        found.append(blur(made_pictures(), attention)[0])
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_a_blank_map_changes_nothing_and_nothing_gets_a_gradient() -> None:
    pictures = made_pictures().requires_grad_()
    changed, _ = AttentionBlur()(pictures, torch.zeros(3, 4, 8, 8))
    torch.testing.assert_close(changed, pictures.detach())
    assert not changed.requires_grad

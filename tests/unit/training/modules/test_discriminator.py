import torch
from torch import nn

from training.losses.log_gan import log_gan
from training.modules.discriminator import EmbeddingDiscriminator


def test_it_has_four_linear_layers_and_one_logit_a_row() -> None:
    torch.manual_seed(0)
    discriminator = EmbeddingDiscriminator(6)
    layers = [layer for layer in discriminator.modules() if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == [(6, 6), (6, 6), (6, 6), (6, 1)]
    assert discriminator(torch.randn(5, 6)).shape == (5,)


def test_it_learns_to_tell_two_clouds_apart() -> None:
    torch.manual_seed(0)
    discriminator = EmbeddingDiscriminator(4)
    weak, strong = torch.randn(32, 4) + 1, torch.randn(32, 4) - 1
    optimizer = torch.optim.Adam(discriminator.parameters(), lr=0.01)
    start = log_gan(discriminator(weak), discriminator(strong)).item()
    for _ in range(60):
        optimizer.zero_grad()
        (-log_gan(discriminator(weak), discriminator(strong))).backward()
        optimizer.step()
    end = log_gan(discriminator(weak), discriminator(strong)).item()
    assert start < -1.2
    assert end > -0.3

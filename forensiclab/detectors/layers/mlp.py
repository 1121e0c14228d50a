"""The two-layer perceptron of the contrastive methods, with its exact gradient."""

from torch import Tensor, nn


class TwoLayerPerceptron(nn.Module):
    """Linear, ReLU, linear."""

    def __init__(self, width_in: int, hidden: int, width_out: int) -> None:
        super().__init__()
        self.first = nn.Linear(width_in, hidden)
        self.second = nn.Linear(hidden, width_out)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (B, width_in) -> (B, width_out)."""
        y: Tensor = self.second(self.first(x).relu())
        return y

    def pull_back(self, x: Tensor, gradient: Tensor) -> Tensor:
        """Carry a gradient at the output back to the input ``x``, exactly and without a backward pass.

        The perceptron is piecewise linear: around ``x`` it is the product of its two weight matrices without the
        hidden units that the ReLU switches off.

        Args:
            x: The input, shape (B, width_in).
            gradient: Gradient of any score with respect to the output, shape (B, width_out) or (width_out,).

        Returns:
            Gradient of that score with respect to ``x``, shape (B, width_in).
        """
        active = (self.first(x) > 0).to(x.dtype)  # (B, hidden)
        pulled: Tensor = ((gradient @ self.second.weight) * active) @ self.first.weight
        return pulled

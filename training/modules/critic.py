"""Critics and discriminators that are trained in the same backward pass as what they judge."""

from torch import Tensor, nn
from torch.func import functional_call


def judged_by(critic: nn.Module, *inputs: Tensor) -> Tensor:
    """Return the critic's answer with its parameters held fixed: gradients reach the inputs, not the critic.

    With the critic's own loss computed on detached inputs, one backward pass of the sum of all losses trains both
    sides, each on its own terms.
    """
    fixed = {name: parameter.detach() for name, parameter in critic.named_parameters()}
    answer: Tensor = functional_call(critic, fixed, inputs)
    return answer

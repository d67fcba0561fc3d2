"""Where weights start, by the names of torch.nn.init: each fills the parameter it is given, and returns it.

The underscore at the end says so, as in PyTorch: `init.xavier_uniform_(layer.weight)` changes the layer. A gradient
that the parameter holds belongs to its old numbers, and is forgotten.

>>> import numpy as np
>>> from tinygrad_edu.nn import Linear, Sequential, Tanh
>>> net, rng = Sequential(Linear(4, 8), Tanh(), Linear(8, 1)), np.random.default_rng(0)
>>> for part in net.modules():
...     if isinstance(part, Linear):
...         weight = xavier_uniform_(part.weight, gain=calculate_gain("tanh"), rng=rng)
...         bias = zeros_(part.bias)
>>> net[2].weight is weight, net[2].bias
(True, Value([0.]))
"""

from .filling import constant_, normal_, ones_, uniform_, zeros_
from .gain import calculate_gain
from .kaiming import kaiming_normal_, kaiming_uniform_
from .orthogonal import orthogonal_
from .xavier import xavier_normal_, xavier_uniform_

__all__ = [
    "calculate_gain", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_",
    "uniform_", "normal_", "constant_", "zeros_", "ones_",
]  # fmt: skip

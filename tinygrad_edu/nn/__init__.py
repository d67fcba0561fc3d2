"""Neural networks: one layer per file, everything built from primitives, so that all of it can be differentiated.

>>> import numpy as np
>>> net = MLP(2, [16, 16, 1], hidden="tanh")
>>> net([1.0, -2.0]).shape, net(np.zeros((100, 2))).shape  # one sample: the scalar graph; a batch: matrix products
((), (100, 1))
"""

from .layer import Layer
from .linear import Linear
from .mlp import MLP
from .module import Module
from .neuron import Neuron
from .penalty import l2
from .sequential import Sequential

__all__ = ["Layer", "Linear", "MLP", "Module", "Neuron", "Sequential", "l2"]

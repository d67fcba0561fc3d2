"""Neural networks: one layer per file, everything built from the primitives in `ops`."""

from .layer import Layer
from .linear import Linear
from .mlp import MLP
from .module import Module
from .neuron import Neuron
from .sequential import Sequential

__all__ = ["Layer", "Linear", "MLP", "Module", "Neuron", "Sequential"]

"""Neural networks: one layer per file, everything built from primitives, so that all of it can be differentiated.

>>> import numpy as np
>>> net = MLP(2, [16, 16, 1], hidden="tanh")
>>> net([1.0, -2.0]).shape, net(np.zeros((100, 2))).shape  # one sample: the scalar graph; a batch: matrix products
((), (100, 1))
>>> Sequential(Flatten(), Linear(784, 10)).summary((64, 28, 28)).total
7850
"""

import typing

from ..doors import later as _later
from .layer import Layer
from .linear import Linear
from .mlp import MLP
from .module import Module
from .neuron import Neuron
from .penalty import l2
from .sequential import Sequential

if typing.TYPE_CHECKING:
    from . import init as init
    from .activation_modules import (
        ELU,
        GELU,
        LeakyReLU,
        LogSoftmax,
        ReLU,
        Sigmoid,
        SiLU,
        Softmax,
        Softplus,
        Tanh,
    )
    from .attention import MultiHeadAttention
    from .batchnorm1d import BatchNorm1d
    from .batchnorm2d import BatchNorm2d
    from .calling import functional_call
    from .conv1d import Conv1d
    from .conv2d import Conv2d
    from .dropout import Dropout
    from .embedding import Embedding
    from .flatten import Flatten
    from .gru import GRU
    from .identity import Identity
    from .layernorm import LayerNorm
    from .lstm import LSTM
    from .pooling import AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
    from .residual import Residual
    from .rnn import RNN
    from .state import StateError
    from .transformer import TransformerBlock

_LATER = {  # name -> the file it is in: loaded when it is asked for, so that `import tinygrad_edu` stays light
    "BatchNorm1d": "batchnorm1d",
    "BatchNorm2d": "batchnorm2d",
    "Conv1d": "conv1d",
    "Conv2d": "conv2d",
    "Dropout": "dropout",
    "Embedding": "embedding",
    "Flatten": "flatten",
    "GRU": "gru",
    "Identity": "identity",
    "LSTM": "lstm",
    "LayerNorm": "layernorm",
    "MultiHeadAttention": "attention",
    "RNN": "rnn",
    "Residual": "residual",
    "TransformerBlock": "transformer",
    **dict.fromkeys(("AdaptiveAvgPool2d", "AvgPool1d", "AvgPool2d", "MaxPool1d", "MaxPool2d"), "pooling"),
    **dict.fromkeys(
        ("ELU", "GELU", "LeakyReLU", "LogSoftmax", "ReLU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh"),
        "activation_modules",
    ),
    "StateError": "state",
    "functional_call": "calling",
    "init": "init",
}

__getattr__, __dir__ = _later(__name__, _LATER)


__all__ = [
    "Module", "Sequential", "Residual", "Identity", "functional_call", "init", "l2", "StateError",
    "Neuron", "Layer", "MLP", "Linear", "Flatten", "Embedding",
    "Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool2d",
    "RNN", "LSTM", "GRU", "MultiHeadAttention", "TransformerBlock",
    "LayerNorm", "BatchNorm1d", "BatchNorm2d", "Dropout",
    "ReLU", "LeakyReLU", "ELU", "Sigmoid", "Tanh", "Softplus", "SiLU", "GELU", "Softmax", "LogSoftmax",
]  # fmt: skip

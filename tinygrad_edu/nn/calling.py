"""A module as a function of its parameters: what `tg.grad`, `tg.hessian` and `tg.compile` ask for.

>>> import numpy as np
>>> from tinygrad_edu.calculus.grad import grad
>>> from tinygrad_edu.nn import Linear
>>> layer, x = Linear(2, 1), np.array([[1.0, 2.0]])
>>> def total(parameters):
...     return functional_call(layer, parameters, x).sum()
>>> grad(total)(layer.state_dict())
{'weight': array([[1., 2.]]), 'bias': array([1.])}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import unknown_name
from .inputs import ready
from .module import Module
from .registry import with_parameters


def functional_call(module: Module, parameters: Mapping[str, Any], *inputs: Any, **settings: Any) -> Any:
    """module(*inputs), computed with other parameters; the module's own stay what they are.

    parameters   name → number, array, Value, or whatever computes like one; a name that is missing keeps its own
    raises       UnknownNameError for a name that is no parameter
    source       PyTorch documentation, torch.func.functional_call

    >>> from tinygrad_edu.nn import Linear
    >>> functional_call(Linear(2, 1), {"weight": [[1.0, 2.0]], "bias": [5.0]}, [10.0, 20.0])
    array([55.])
    """
    own = dict(module.named_parameters())
    for name in parameters:
        if name not in own:
            raise unknown_name(f"parameter of {type(module).__name__}", name, own)
    new = {id(own[name]): ready(x) for name, x in parameters.items()}
    return with_parameters(module, Module, new)(*inputs, **settings)

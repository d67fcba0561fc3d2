"""What every layer and network is: an object whose attributes are the registry of its parameters.

>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.offset = Value(2.0), Value(1.0)
...     def forward(self, x):
...         return self.slope * x + self.offset
>>> line = Line()
>>> line(3.0).data
7.0
>>> [name for name, _ in line.named_parameters()]
['slope', 'offset']
"""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..errors import DataError
from .penalty import l2


class Module:
    """Base of all layers. A subclass sets its parameters and parts in `__init__` and computes in `forward`.

    Registered is every attribute that is a Value nobody computed (a parameter), a Module (a part), or a list,
    tuple or dict of them, however nested, in the order in which the attributes were set.

    raises   DataError when it is called and `forward` is missing
    """

    def __call__(self, *inputs: Any) -> Any:
        return self.forward(*inputs)

    def forward(self, *inputs: Any) -> Any:
        """What the module computes from its inputs; a subclass says it."""
        name = type(self).__name__
        raise DataError(
            f"{name} was called, but has no forward().",
            "Calling a module runs its forward method, and the base class computes nothing.",
            f"Write def forward(self, x): ... in class {name}.",
        )

    def fields(self) -> dict[str, Any]:
        """The attributes in which parameters and parts are looked for, by the name they get in the registry."""
        return vars(self)

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order of creation; a parameter used in two places is one parameter.

        >>> from tinygrad_edu.nn import Neuron
        >>> len(Neuron(3).parameters())
        4
        """
        return [parameter for _, _, parameter in leaves(self)]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters with the path that leads to them, as in PyTorch.

        >>> from tinygrad_edu.nn import MLP
        >>> [name for name, _ in MLP(2, [1, 1]).named_parameters()]  # doctest: +NORMALIZE_WHITESPACE
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b',
         'layers.1.neurons.0.w.0', 'layers.1.neurons.0.b']
        """
        return [(f"{path}{name}", parameter) for path, name, parameter in leaves(self)]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: `.grad` is None again."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def l2(self) -> Any:
        """The sum of the squares of all parameters, the penalty in `loss + 1e-4 * model.l2()`.

        >>> class Pair(Module):
        ...     def __init__(self):
        ...         self.a, self.b = Value(3.0), Value([1.0, 2.0])
        >>> Pair().l2().data
        14.0
        """
        return l2(self.parameters())

    def __repr__(self) -> str:
        """One line when it fits, otherwise one line per part, indented, as far down as there are parts."""
        parts = [("" if name.isdigit() else f"{name}=") + described(part) for name, part in self.fields().items()]
        line = f"{type(self).__name__}({', '.join(parts)})"
        if len(line) <= 100 and "\n" not in line:
            return line
        inner = "".join(f"\n{part}," for part in parts).replace("\n", "\n  ")
        return f"{type(self).__name__}({inner}\n)"


HOLDERS = (Module, list, tuple, dict)


def leaves(module: Module) -> list[tuple[str, Any, Value]]:
    """The parameters inside a module, each once: the path to what holds it ("layers.0."), its name there, itself.

    The path is built once per container and not once per parameter: 337 scalars are found in a third of the time.
    """
    found: dict[int, tuple[str, Any, Value]] = {}
    seen = {id(module)}

    def search(parts: Any, path: str) -> None:
        for name, part in parts:
            if type(part) is Value:
                if part.op is None:
                    found.setdefault(id(part), (path, name, part))
            elif isinstance(part, HOLDERS) and id(part) not in seen:
                seen.add(id(part))  # a part that points back to its owner is no endless walk
                search(parts_of(part), f"{path}{name}.")

    search(parts_of(module), "")
    return list(found.values())


def parts_of(holder: Any) -> Any:
    """What a Module, dict, list or tuple holds, as pairs of name and thing."""
    if isinstance(holder, Module):
        return holder.fields().items()
    return holder.items() if isinstance(holder, dict) else enumerate(holder)


def described(part: Any) -> str:
    """How a module's repr writes one of its attributes: parameters by shape, functions by name."""
    if isinstance(part, Value):
        return f"{part._held:.4g}" if part.shape == () else f"Value{part.shape}"
    if isinstance(part, (list, tuple)):
        return f"[{', '.join(described(x) for x in part)}]"
    if isinstance(part, dict):
        return f"{{{', '.join(f'{key}: {described(x)}' for key, x in part.items())}}}"
    return getattr(part, "name", None) or getattr(part, "__name__", None) or repr(part)

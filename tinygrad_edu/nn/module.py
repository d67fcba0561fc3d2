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

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from .observed import Observed
from .penalty import l2
from .registry import leaves_of, modules_of, saved_of

if TYPE_CHECKING:
    from .state import Keys

Self = TypeVar("Self", bound="Module")


class Module(Observed):
    """Base of all layers. A subclass sets its parameters and parts in `__init__` and computes in `forward`.

    Registered is every attribute that is a Value nobody computed (a parameter), a Module (a part), or a list,
    tuple or dict of them, however nested, in the order in which the attributes were set. Nothing has to be called
    first: no super().__init__().

    training   True until `eval()`: what Dropout and BatchNorm ask
    raises     DataError when it is called and `forward` is missing
    """

    training = True  # these belong to the class until they change, so that a subclass need not set them
    _hooks: Any = None
    _buffers: frozenset[str] = frozenset()
    _unsaved: frozenset[str] = frozenset()
    _counts: frozenset[str] = frozenset()  # attributes that no result depends on: a compiled program looks past them

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        y = self.forward(*inputs, **settings)
        return y if self._hooks is None else self._hooks.after(self, inputs, y)

    def forward(self, *inputs: Any, **settings: Any) -> Any:
        """What the module computes from its inputs; a subclass says it."""
        name = type(self).__name__
        raise DataError(
            f"{name} was called, but has no forward().",
            "Calling a module runs its forward method, and the base class computes nothing.",
            f"Write def forward(self, x): ... in class {name}.",
        )

    # ── what is in it ────────────────────────────────────────────────────────────────────────────────────────────────
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

    def named_modules(self) -> list[tuple[str, Module]]:
        """The module itself under the name "", then every part with its path, each once.

        >>> from tinygrad_edu.nn import Linear, Sequential
        >>> Sequential(Linear(2, 1)).named_modules()
        [('', Sequential(Linear(2, 1))), ('0', Linear(2, 1))]
        """
        return modules_of(self, Module)

    def modules(self) -> list[Module]:
        """The module itself and every part, each once: `for part in net.modules(): ...`"""
        return [module for _, module in self.named_modules()]

    def named_buffers(self) -> list[tuple[str, Any]]:
        """What belongs to the state but is not trained, with its path; see `register_buffer`."""
        pairs = self.named_modules()
        return [
            (f"{path}.{name}" if path else name, array)
            for path, module in pairs
            for name, array in vars(module).items()
            if name in module._buffers and array is not None
        ]

    def named_generators(self) -> list[tuple[str, np.random.Generator]]:
        """The random generators that the module and its parts go on drawing from (Dropout's), with their paths.

        A run that is resumed needs their states, generator.bit_generator.state, as it needs the parameters.

        >>> from tinygrad_edu.nn import Dropout, Sequential
        >>> [path for path, _ in Sequential(Dropout(0.5)).named_generators()]
        ['0.rng']
        """
        found: dict[int, tuple[str, np.random.Generator]] = {}
        for path, module in self.named_modules():
            for name, x in vars(module).items():
                if isinstance(x, np.random.Generator):
                    found.setdefault(id(x), (f"{path}.{name}" if path else name, x))
        return list(found.values())

    def register_buffer(self, name: str, array: Any, persistent: bool = True) -> None:
        """Make the attribute `name` an array that is saved with the parameters and not trained.

        array        an array, copied; or a Value, which a compiled program reads anew in every run; None for none yet
        persistent   False to leave it out of `state_dict`
        raises       DataError for a name that is taken or cannot be an attribute

        >>> module = Module()
        >>> module.register_buffer("mean", [0.0, 0.0])
        >>> module.mean, list(module.state_dict()), module.parameters()
        (array([0., 0.]), ['mean'], [])
        """
        if not name.isidentifier() or (hasattr(self, name) and name not in self._buffers):
            raise DataError(
                f"{type(self).__name__}: a buffer cannot be called {name!r}.",
                "It becomes an attribute, and that is no name for one." if not name.isidentifier()
                else "The module has an attribute of that name already.",
                "Write a name of letters, digits and underscores that is not taken.",
            )  # fmt: skip
        setattr(self, name, array if array is None or type(array) is Value else np.array(array))
        self._buffers |= {name}
        self._unsaved = self._unsaved - {name} if persistent else self._unsaved | {name}

    # ── its state ────────────────────────────────────────────────────────────────────────────────────────────────────
    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and buffers as arrays, by PyTorch's names; a shared one under each of its names.

        >>> from tinygrad_edu.nn import Linear
        >>> {name: array.shape for name, array in Linear(3, 2).state_dict().items()}
        {'weight': (2, 3), 'bias': (2,)}
        """
        return {name: np.array(x._held if type(x) is Value else x) for name, x in saved_of(self, Module)}

    def load_state_dict(self, state: Any, strict: bool = True) -> Keys:
        """Take over the numbers of a state: all of them, or none if something does not fit.

        state     name → array (NumPy's, a number, a Value, or a PyTorch tensor); every dtype stays the module's
        strict    False to leave out what one of both sides does not have; shapes must agree in any case
        returns   the names that were left out: missing_keys, unexpected_keys
        raises    StateError with everything that is missing, unexpected, or has another shape

        >>> from tinygrad_edu.nn import Linear
        >>> layer = Linear(2, 1)
        >>> layer.load_state_dict({"weight": [[1.0, 2.0]], "bias": [3.0]})
        Keys(missing_keys=[], unexpected_keys=[])
        >>> layer([10.0, 20.0]).data
        array([53.])
        """
        from .state import load

        return load(self, saved_of(self, Module), state, strict)

    def to(self: Self, dtype: Any) -> Self:
        """Convert all arrays of parameters and buffers, and their gradients, to another precision; returns itself.

        dtype    np.float32, np.float64 or np.float16. Single numbers (of Neuron, Layer, MLP) stay Python floats
        raises   DataError for what is no floating-point type

        >>> from tinygrad_edu.nn import Linear
        >>> Linear(3, 2).to(np.float32).weight.dtype
        dtype('float32')
        """
        from .precision import convert

        convert(self, dtype)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Switch the module and all parts to training (Dropout drops, BatchNorm uses the batch); returns itself."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self: Self) -> Self:
        """Switch the module and all parts to evaluation; returns itself.

        >>> from tinygrad_edu.nn import Dropout
        >>> Dropout(0.9).eval()(1.0)
        1.0
        """
        return self.train(False)

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


def leaves(module: Module) -> list[tuple[str, Any, Value]]:
    """The parameters inside a module, each once: the path to what holds it ("layers.0."), its name there, itself."""
    return leaves_of(module, Module)

"""Parameter groups: which parameters an optimizer changes, and with which hyperparameters.

Most optimizers have one group. Two are written as a list of dicts, as in PyTorch; what a group does not say, it takes
from the optimizer:

>>> from tinygrad_edu.engine import Value
>>> from tinygrad_edu.optim import SGD
>>> slow, fast = Value(1.0), Value(1.0)
>>> optimizer = SGD([{"params": [slow], "lr": 0.01}, {"params": [fast]}], lr=0.1)
>>> [group["lr"] for group in optimizer.param_groups]
[0.01, 0.1]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.value import Value
from ..errors import DataError
from .hyperparameters import checked, refused, unknown_option

NOTES = {"params", "initial_lr", "name"}  # what a group may hold beside hyperparameters


class Group(dict):  # type: ignore[type-arg]
    """A dict that checks every hyperparameter that is put into it: a wrong one fails where it is written.

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> SGD([Value(1.0)], lr=0.1).param_groups[0]["lr"] = -1.0
    Traceback (most recent call last):
    tinygrad_edu.errors.DataError: SGD: lr=-1.0 is no learning rate.
      Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.
      Write a positive number, for example lr=0.1.
    """

    def __init__(self, owner: str, entries: Mapping[str, Any]):
        super().__init__()
        self.owner, self.known = owner, {*entries, *NOTES}
        self.update(entries)

    def __setitem__(self, name: str, given: Any) -> None:
        if name not in self.known:
            raise unknown_option(self.owner, name, self.known - NOTES)
        super().__setitem__(name, checked(self.owner, name, given))

    def update(self, *entries: Any, **more: Any) -> None:
        """Put several hyperparameters in, each checked."""
        for name, given in dict(*entries, **more).items():
            self[name] = given


def default_group(owner: str, options: Mapping[str, Any]) -> Group:
    """The hyperparameters a constructor was called with; a learning rate of 0 is a mistake there."""
    if options.get("lr", 1.0) == 0:
        raise refused(owner, "lr", options["lr"], "learning rate")  # a schedule may end at 0, training cannot start so
    return Group(owner, options)


def groups_of(owner: str, params: Any, defaults: Group) -> list[Group]:
    """One group, or as many as there are dicts in the list."""
    if callable(params) or isinstance(params, (Value, Mapping, str)) or not isinstance(params, Iterable):
        raise no_list(owner, params)
    params = list(params)
    if not params:
        raise DataError(
            f"{owner} was given no parameters.",
            "With nothing to change, training would run and learn nothing.",
            "Check that the model keeps its Values and layers as attributes, not in local variables.",
        )
    if not isinstance(params[0], Mapping):
        params = [{"params": params}]
    return [group_of(owner, part, defaults) for part in params]


def group_of(owner: str, part: Any, defaults: Group) -> Group:
    """One dict of a list of groups, completed by the defaults."""
    if not isinstance(part, Mapping) or "params" not in part:
        raise DataError(
            f"{owner}: a parameter group is {type(part).__name__}, no dict with 'params'.",
            "A list of groups is a list of dicts, each with its own parameters and what is special about them.",
            f'Write {owner}([{{"params": slow, "lr": 0.01}}, {{"params": fast}}], lr=0.1).',
        )
    params = part["params"]
    if callable(params) or isinstance(params, Mapping):
        raise no_list(owner, params)
    group = Group(owner, {**defaults, "params": [params] if isinstance(params, Value) else list(params)})
    group.update({name: given for name, given in part.items() if name != "params"})
    return group


def no_list(owner: str, params: Any) -> DataError:
    """For a model, a Value or a dict where a list of Values was meant."""
    kind = type(params).__name__
    if isinstance(params, Value):
        what, write = f"{owner} was given one Value instead of a list of them.", f"Write {owner}([w])."
    elif isinstance(params, Mapping):
        what = f"{owner} was given a {kind} instead of a list."
        write = f"Write {owner}(parameters.values()), or {owner}([group]) for a parameter group."
    else:
        what, write = f"{owner} was given {kind} instead of parameters.", f"Write {owner}(model.parameters())."
    return DataError(what, "It changes a list of Values, and does not look for them inside an object.", write)


def check_parameters(owner: str, params: list[Any]) -> None:
    """Refuse what is no Value, what somebody computed, and what is there twice."""
    for i, p in enumerate(params):
        if not isinstance(p, Value) or p.op is not None:
            what = f"the result of {p.op.name}" if isinstance(p, Value) and p.op else f"{type(p).__name__}, no Value"
            raise DataError(
                f"{owner}: parameter {i} is {what}.",
                "A parameter is a Value that nobody computed; setting a result would not change what it came from.",
                f"Write {owner}(model.parameters()), or make it a parameter with Value(number).",
            )
    if len(set(map(id, params))) < len(params):
        raise DataError(
            f"{owner}: a parameter is in the list twice.",
            "It would take two steps where one was meant.",
            f"Write {owner}(model.parameters()), which names shared parameters once.",
        )

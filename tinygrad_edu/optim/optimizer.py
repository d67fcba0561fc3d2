"""An optimizer changes parameters, step by step, so that the loss becomes smaller.

Each optimizer is one rule, a pure function: from a parameter p, its gradient g and what is remembered of the steps
before, it computes the new p and what to remember. The rule is used in two ways. The optimizer holds the parameters,
reads their gradients and changes them in place:

    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()

Or everything is given and everything is returned, for training steps that are functions, such as compiled ones:

>>> from tinygrad_edu.optim import SGD
>>> optimizer = SGD(lr=0.25)
>>> params = {"w": 3.0}
>>> state = optimizer.init(params)
>>> params, state = optimizer.update_all(params, {"w": 6.0}, state)
>>> params
{'w': 1.5}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.broadcasting import shape_of
from .groups import Group, check_parameters, default_group, group_of, groups_of
from .memory import SMALL, Memory, give, in_tiles, own_array


class Optimizer:
    """Base of all optimizers. A subclass says its hyperparameters in `__init__`, what it remembers in `memory`, and
    in `update` how a parameter follows from its gradient.

    params         Values that nobody computed, each once: model.parameters(); or a list of groups, dicts with "params"
                   and hyperparameters of their own; None for functional use (`init`, `update_all`)
    options        the hyperparameters by name, for all groups that do not say otherwise
    param_groups   the groups: dicts with "params" and every hyperparameter, which may be set anew before any step
    state          for each parameter by number, once it has taken a step: "t", the number of its steps, and its memory
    raises         DataError for no parameters, for what is no parameter, for a hyperparameter out of its range;
                   UnknownNameError for a hyperparameter that the optimizer does not have
    """

    elementwise = True  # each entry is treated alone, so large arrays may be treated in pieces

    def __init__(self, params: Iterable[Any] | None = None, **options: Any):
        name = type(self).__name__
        self.defaults = default_group(name, options)
        self.param_groups: list[Group] = [] if params is None else groups_of(name, params, self.defaults)
        check_parameters(name, self.parameters)
        self.state: dict[int, Memory] = {}

    def memory(self, *_: Any, **options: Any) -> dict[str, float]:
        """What is remembered of every parameter: names, and the number that all entries start with."""
        return {}

    @staticmethod
    def update(*given: Any, **options: Any) -> tuple[Any, Memory]:
        """The rule, update(p, g, state, t, **options): the new parameter and the new memory, from the old ones and the
        gradient, in step t = 1, 2, 3, …

        It is written with operators and primitives only, so that it computes with numbers and arrays, records itself
        on Values and is written down by `tg.compile`. It returns new arrays and changes none.
        """
        raise NotImplementedError("the optimizer does not say what a step is")

    # ── changing the parameters it holds ─────────────────────────────────────────────────────────────────────────────
    @property
    def parameters(self) -> list[Value]:
        """The parameters of all groups, in order."""
        return [p for group in self.param_groups for p in group["params"]]

    @property
    def lr(self) -> float:
        """The learning rate (of the first group, if they differ). Setting it sets that of all groups."""
        return (self.param_groups or [self.defaults])[0]["lr"]

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in (self.defaults, *self.param_groups):
            group["lr"] = lr

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Hold one more group of parameters: layers that are unfrozen later, for example."""
        name = type(self).__name__
        new = group_of(name, group, self.defaults)
        check_parameters(name, [*self.parameters, *new["params"]])
        self.param_groups.append(new)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: `.grad` is None again."""
        for group in self.param_groups:
            for p in group["params"]:
                p._grad = None

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; one without is skipped, and does not grow older.

        closure   a function that computes the loss and its gradients: it is called first, and its loss is returned
        """
        if not self.param_groups:
            from .messages import without_parameters

            raise without_parameters(type(self).__name__)
        loss = closure() if closure is not None else None
        k = 0
        for group in self.param_groups:
            self.step_group(group, k)
            k += len(group["params"])
        return loss

    def step_group(self, group: Group, k: int) -> None:
        """The step of one group, whose first parameter is number k."""
        options = {name: group[name] for name in self.defaults}
        starts = self.memory(**options)
        with np.errstate(all="ignore"):  # infinite gradients give infinite parameters, as IEEE 754 has it
            for i, p in enumerate(group["params"]):
                if p._grad is not None:
                    self.move(p, self.remembered(k + i, p, starts), options)

    def remembered(self, k: int, p: Value, starts: dict[str, float]) -> Memory:
        """The memory of parameter k, one step older, in the shape and precision that the parameter has now."""
        state = self.state.setdefault(k, {"t": 0})
        state["t"] += 1
        for name, start in starts.items():
            x = state.get(name)
            if x is None:
                state[name] = filled(p._held, start)
            elif type(x) is not float or type(p._held) is not float:
                if shape_of(x) != p.shape:
                    from .messages import other_shape

                    raise other_shape(type(self).__name__, k, p, name, shape_of(x))
                if x.dtype != p._held.dtype:
                    state[name] = x.astype(p._held.dtype)
        return state

    def move(self, p: Value, state: Memory, options: dict[str, Any]) -> None:
        """One step of one parameter: numbers and small arrays are replaced, large arrays changed in place."""
        g, t = p._grad, state["t"]
        memory = {name: x for name, x in state.items() if name != "t"}
        if type(g) is np.ndarray and self.elementwise and g.size > SMALL:
            new = own_array(p)
            in_tiles(lambda *parts: self.rule(*parts, **options), new, g, memory, t)
        else:
            new, memory = self.rule(p._held, g, memory, t, **options)
            state.update(memory)
        give(p, new)

    def rule(self, p: Any, g: Any, state: Memory, t: Any, maximize: bool = False, **options: Any) -> tuple[Any, Memory]:
        """`update`, uphill if that is wanted, and with IEEE meaning where Python would raise."""
        g = -g if maximize else g
        try:
            return self.update(p, g, state, t, **options)
        except ArithmeticError:  # of numbers: the same once more in NumPy's arithmetic
            again = {name: np.float64(x) for name, x in state.items()}
            p, again = self.update(np.float64(p), np.float64(g), again, t, **options)
            return float(p), {name: float(x) for name, x in again.items()}

    # ── functions: everything is given, everything is returned ───────────────────────────────────────────────────────
    def init(self, params: Any) -> dict[str, Any]:
        """What `update_all` remembers, before the first step: "t", and containers built like the parameters.

        >>> from tinygrad_edu.optim import Adam
        >>> Adam().init([1.0, 2.0])
        {'t': 0.0, 'm': [0.0, 0.0], 'v': [0.0, 0.0]}
        """
        from .trees import leaves, rebuilt

        found = leaves(params)
        starts = self.memory(**self.defaults)
        return {"t": 0.0, **{name: rebuilt(params, [filled(p, x) for _, p in found]) for name, x in starts.items()}}

    def update_all(self, params: Any, grads: Any, state: Mapping[str, Any], **changed: Any) -> tuple[Any, Any]:
        """The parameters and the state after one step, as new containers; nothing that is given is changed.

        params, grads   containers built alike, of numbers and arrays (Values and lines of a program work too)
        state           what `init` or the last step returned
        changed         hyperparameters of this step, for example lr=rate; they may be arguments of a compiled function
        raises          ShapeError where the containers do not fit
        """
        from .trees import leaves, leaves_like, rebuilt

        checked = Group(type(self).__name__, self.defaults)
        checked.update({name: x for name, x in changed.items() if not hasattr(x, "apply_op")})
        options = {**checked, **{name: x for name, x in changed.items() if hasattr(x, "apply_op")}}
        found = leaves(params)
        slopes = leaves_like(grads, found, "gradients")
        names = list(self.memory(**options))
        if missing := [name for name in ("t", *names) if name not in state]:
            from .messages import without_memory

            raise without_memory(type(self).__name__, missing[0])
        columns = [leaves_like(state[name], found, f"state[{name!r}]") for name in names]
        t = state["t"] + 1.0
        new, memories = [], []
        with np.errstate(all="ignore"):
            for k, (_, p) in enumerate(found):
                p, memory = self.rule(p, slopes[k], {name: x[k] for name, x in zip(names, columns)}, t, **options)
                new.append(p)
                memories.append(memory)
        later = {name: rebuilt(params, [memory[name] for memory in memories]) for name in names}
        return rebuilt(params, new), {"t": t, **later}

    # ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def state_dict(self) -> dict[str, Any]:
        """Everything that the next steps depend on, beside parameters and gradients: copies, under flat names.

        returns   numbers, and arrays shaped like the parameters: {"param_groups.0.lr": 0.1, "state.0.t": 5, ...}

        >>> from tinygrad_edu.optim import SGD
        >>> SGD([Value(1.0)], lr=0.5).state_dict()["param_groups.0.lr"]
        0.5
        """
        from .saved import state_of  # what not every program needs is loaded when it is needed

        return state_of(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where another optimizer of the same kind, for the same parameters, was when it gave `state_dict()`.

        raises   DataError listing all that is missing, unexpected or of another shape; then nothing was changed
        """
        from .saved import load_state

        load_state(self, state)

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={x!r}" for name, x in self.defaults.items() if name != "maximize" or x)
        return f"{type(self).__name__}({options})"


def filled(p: Any, x: float) -> Any:
    """x, as often as p has entries, in p's precision."""
    return x if shape_of(p) == () else np.full(shape_of(p), x, p.dtype)

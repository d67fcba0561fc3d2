"""The parameters of a compiled function: a call of it as one list of values, and back again.

>>> def step(w, x, *more, rate=0.1, **settings): ...
>>> parameters = Parameters(step)
>>> parameters.values((1.0, 2.0, 3.0), {"mean": True})
[1.0, 2.0, (3.0,), 0.1, {'mean': True}]
>>> parameters.definition(parameters.names, lambda default: repr(default))
'w, x, *more, rate=0.1, **settings'
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import DataError, unknown_name
from ..nn.module import Module
from .recording.signature import key_of_setting, mapped

EMPTY = inspect.Parameter.empty


class Static:
    """A setting, though it may be a number.

    >>> Static(2) == Static(2), Static(2) == Static(2.0)
    (True, False)
    """

    __slots__ = ("setting",)

    def __init__(self, setting: Any):
        self.setting = setting

    def __eq__(self, other: object) -> bool:
        return type(other) is Static and key_of_setting(self.setting) == key_of_setting(other.setting)

    def __hash__(self) -> int:
        return hash(key_of_setting(self.setting))


def _anything(*args: Any, **settings: Any) -> None:
    """For functions of which Python does not know the parameters."""


class Parameters:
    """What f takes.

    static   names or positions of the parameters whose arguments are settings whatever they are
    raises   UnknownNameError or DataError if there is no such parameter
    """

    def __init__(self, f: Callable[..., Any], static: str | int | Iterable[str | int] = ()):
        try:
            self.signature = inspect.signature(f.forward if isinstance(f, Module) else f)
        except (TypeError, ValueError):
            self.signature = inspect.signature(_anything)
        self.parameters = list(self.signature.parameters.values())
        self.names = [p.name for p in self.parameters]
        chosen = (static,) if isinstance(static, (str, int)) else tuple(static)
        self.static = {self.place(one, f) for one in chosen}

    def place(self, one: str | int, f: Any) -> tuple[int, Any]:
        """Where a static argument is found: which value, and for one of *xs or **settings, which of those."""
        rest = {p.kind: k for k, p in enumerate(self.parameters)}
        by_position = [
            k for k, p in enumerate(self.parameters) if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        if isinstance(one, str):
            if one in self.names:
                return self.names.index(one), None
            if inspect.Parameter.VAR_KEYWORD in rest:
                return rest[inspect.Parameter.VAR_KEYWORD], one
            raise unknown_name(f"parameter of {self.title(f)}", one, self.names)
        if 0 <= one < len(by_position):
            return by_position[one], None
        if one >= 0 and inspect.Parameter.VAR_POSITIONAL in rest:
            return rest[inspect.Parameter.VAR_POSITIONAL], one - len(by_position)
        raise DataError(
            f"static={one}, but {self.title(f)} takes {len(by_position)} arguments by position.",
            "static names the arguments that are no numbers to compute with but settings, such as sizes.",
            f"Write a name, static={self.names[:1]!r}, or a position from 0 on.",
        )

    def values(self, args: tuple[Any, ...], settings: dict[str, Any]) -> list[Any]:
        """One value per parameter: what a call gives it, or its default.

        raises   TypeError if f cannot be called like this
        """
        bound = self.signature.bind(*args, **settings)
        bound.apply_defaults()
        return list(bound.arguments.values())

    def arguments(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The same by position and by keyword, as in a call."""
        bound = inspect.BoundArguments(self.signature, dict(zip(self.names, values)))  # type: ignore[arg-type]
        return bound.args, bound.kwargs

    def called(self, f: Callable[..., Any], values: Sequence[Any]) -> Any:
        """f, called with these values."""
        args, settings = self.arguments(without_static(values) if self.static else values)
        return f(*args, **settings)

    def with_static(self, values: list[Any]) -> list[Any]:
        """The values with the static ones marked."""
        values = list(values)
        for place, part in self.static:
            x = values[place]
            if part is None:
                values[place] = x if type(x) is Static else Static(x)
            elif isinstance(x, dict):
                values[place] = {key: Static(y) if key == part and type(y) is not Static else y for key, y in x.items()}
            else:
                values[place] = tuple(Static(y) if k == part and type(y) is not Static else y for k, y in enumerate(x))
        return values

    def title(self, f: Any) -> str:
        """What the function is called."""
        return str(getattr(f, "__name__", type(f).__name__))

    def definition(self, names: Sequence[str], default: Callable[[Any], str]) -> str:
        """The parameters as they stand in the definition of a function that is called like f."""
        texts: list[str] = []
        before = None
        for p, name in zip(self.parameters, names):
            if before is p.POSITIONAL_ONLY is not p.kind:
                texts.append("/")
            if p.kind is p.KEYWORD_ONLY and before not in (p.KEYWORD_ONLY, p.VAR_POSITIONAL):
                texts.append("*")
            stars = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
            texts.append(f"{stars}{name}" + ("" if p.default is EMPTY else f"={default(p.default)}"))
            before = p.kind
        if before is inspect.Parameter.POSITIONAL_ONLY:
            texts.append("/")
        return ", ".join(texts)


def without_static(tree: Any) -> Any:
    """The values as they were given."""
    return mapped(lambda x: x.setting if type(x) is Static else x, tree)

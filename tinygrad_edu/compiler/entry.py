"""The function that runs: the program's statements between taking the arguments apart and looking at the results.

>>> from tinygrad_edu.compiler.recording.program import record
>>> from tinygrad_edu.compiler.source.python import Source
>>> def line(p, x):
...     return p[0] * x + p[1]
>>> source = Source(record(line, ([2.0, 1.0], 3.0), names=["a", "b", "x"]))
>>> print(Entry(source, Parameters(line), [[Place(0), Place(1)], Place(2)]).text)
def line(p, x):
    try:
        if type(p) is not list:
            raise Different
        a, b = p
        if type(a) is not float:
            raise Different
        y1 = a * x + b
        if type(y1) is not float:
            raise Different
        return y1
    except Exception:
        pass
    return otherwise(p, x)

A call must cost little, so it asks for as little as possible: `plain_numbers` says which types tell all, and one sum
tells whether one of the results is nan (8 ns each). Whatever is different (another shape, an int, a Value, an error,
nan) is handed to `otherwise`, which takes its time.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from .answer import Answer
from .parameters import Parameters
from .plain_numbers import derived, looked_at
from .recording.line import Line
from .recording.signature import Place
from .source.python import Source

TOGETHER = 12  # so many conditions stand in one `if`


class Different(Exception):
    """What was given is not what the program was written for, or its results need care."""


class Entry:
    """The text of the function, and `namespace`, what the text needs around it.

    source       the statements
    parameters   of the function, and `tree`, what a call gives each of them, with a `Place` for every number
    outside      (condition, statement): what is read from around the function, unless the condition says it is another
    needs        what these conditions and statements need in the namespace
    """

    def __init__(
        self,
        source: Source,
        parameters: Parameters,
        tree: Sequence[Any],
        outside: Sequence[tuple[str, str]] = (),
        needs: dict[str, Any] | None = None,
    ):
        self.source, self.program = source, source.program
        self.taken = {*source.taken, *source.names.values(), *source.constants, *(needs or {})}
        self.namespace: dict[str, Any] = {
            "np": np, "math": math, "ndarray": np.ndarray, **(needs or {}),
            **{name: op.base.forward for name, op in source.helpers.items()}, **source.constants,
        }  # fmt: skip
        self.different, self.otherwise = self.bound("Different", Different), self.free("otherwise")
        self.looked_at = set(looked_at(self.program))
        self.before: list[str] = []  # statements
        self.unequal: list[str] = []  # conditions under which the program is not the right one
        self.name = self.program.name if self.program.name.isidentifier() else "f"
        names = self.argument_names(parameters.names, tree)
        self.take_apart(list(zip(names, tree)))
        for condition, statement in outside:
            self.unequal += [condition] if condition else []
            if statement:
                self.flush()
                self.before.append(statement)
        for x in self.program.values:
            self.look_at(source.names[x], x)
        self.flush()
        self.text = self.function(parameters, names)

    def argument_names(self, wanted: Sequence[str], tree: Sequence[Any]) -> list[str]:
        """The names of the parameters inside: their own, unless the program needs one of these for something else."""
        given = [self.source.names[self.program.arguments[x.k]] if type(x) is Place else None for x in tree]
        needed = {*self.taken, *dir(builtins), self.name}
        if any(name in needed and name != own for name, own in zip(wanted, given)):
            return [self.free("argument") for _ in wanted]
        self.taken.update(wanted)
        return list(wanted)

    def free(self, wanted: str) -> str:
        """A name that nobody else uses."""
        name, k = wanted, 2
        while name in self.taken or hasattr(builtins, name):
            name, k = f"{wanted}_{k}", k + 1
        self.taken.add(name)
        return name

    def bound(self, wanted: str, thing: Any) -> str:
        """A name for a thing that the text needs."""
        known = next((name for name, other in self.namespace.items() if other is thing), None)
        if known is None:
            known = self.free(wanted)
            self.namespace[known] = thing
        return known

    # ── what is given ────────────────────────────────────────────────────────────────────────────────────────────────
    def take_apart(self, level: list[tuple[str, Any]]) -> None:
        """Statements that give every number in the arguments its name, and conditions that all is built as expected."""
        while level:  # level by level, so that few conditions do
            deeper: list[tuple[str, Any]] = []
            statements: list[str] = []
            for text, part in level:
                if type(part) is Place:
                    line = self.program.arguments[part.k]
                    name = self.source.names[line]
                    if name != text:
                        self.before.append(f"{name} = {text}")
                    self.look_at(name, line)
                elif isinstance(part, (tuple, list, dict)):
                    parts = self.opened(text, part)
                    names = "".join(f"{name}, " for name, _ in parts).strip() if len(parts) == 1 else ", ".join(
                        name for name, _ in parts
                    )  # fmt: skip
                    if parts:
                        statements.append(f"{names} = {text}{'.values()' if isinstance(part, dict) else ''}")
                    deeper += parts
                else:
                    self.unequal.append(self.another_setting(text, part))
            self.flush()
            self.before += statements
            level = deeper

    def opened(self, text: str, part: Any) -> list[tuple[str, Any]]:
        """What is in a container, by the names it gets; and the conditions that it is the right container."""
        kind = type(part)
        known = kind.__name__ if kind in (tuple, list, dict) else self.bound(kind.__name__, kind)
        self.unequal.append(f"type({text}) is not {known}")
        if isinstance(part, dict):
            self.unequal.append(f"tuple({text}) != {self.bound('keys', tuple(part))}")  # also in the same order
        elif not part:
            self.unequal.append(text)
        parts = part.values() if isinstance(part, dict) else part
        return [(self.name_for(x), x) for x in parts]

    def name_for(self, part: Any) -> str:
        """Where one part of a container is kept: a number under its own name."""
        return self.source.names[self.program.arguments[part.k]] if type(part) is Place else self.free("part")

    def another_setting(self, text: str, setting: Any) -> str:
        """The condition that this is not the setting that the program was written for."""
        if setting is None or type(setting) is bool:
            return f"{text} is not {setting}"
        name = self.bound("setting", setting)
        if type(setting) in (int, str):
            return f"({text} is not {name} and (type({text}) is not {type(setting).__name__} or {text} != {name}))"
        return f"{text} is not {name}"  # one that is equal, but another, `otherwise` will find out

    def look_at(self, name: str, line: Line) -> None:
        """Conditions that this is a number or an array as the program expects it."""
        if line.shape:
            dtype = self.bound(line.dtype.name, line.dtype)
            self.unequal += [
                f"type({name}) is not ndarray",
                f"{name}.shape != {line.shape}",
                f"{name}.dtype is not {dtype}",
            ]
        elif line in self.looked_at:
            self.unequal.append(f"type({name}) is not float")

    def flush(self) -> None:
        """Write down the conditions that have come together."""
        for k in range(0, len(self.unequal), TOGETHER):
            self.before += [f"if {' or '.join(self.unequal[k : k + TOGETHER])}:", f"    raise {self.different}"]
        self.unequal = []

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────
    def function(self, parameters: Parameters, names: Sequence[str]) -> str:
        """The text."""
        program = self.program
        shown = any(not x.shape and x not in self.looked_at for x in (*program.arguments, *program.values))
        answer = Answer(self.source, derived(program), shown, self.free, self.bound, self.different)
        last = {about: k for k, (_, about) in enumerate(self.source.statements)}
        body: list[str] = []
        for k, (statement, about) in enumerate(self.source.statements):
            body += self.direct(statement).split("\n")
            body += answer.aside(about) if last[about] == k else []
        body += [self.direct(line) for line in answer.lines]
        if any(x.shape for x in (*program.arguments, *program.values, *program.lines)) or self.source.helpers:  # 0.3 µs
            body = [f'with {self.bound("errstate", np.errstate)}(all="ignore"):', *(f"    {line}" for line in body)]
        hidden = names != parameters.names
        name = self.free("run") if hidden else self.name
        head = ", ".join(names) if hidden else self.definition(parameters)
        text = [f"def {name}({head}):", "    try:", *(f"        {line}" for line in (*self.before, *body))]
        text += ["    except Exception:", "        pass", f"    return {self.otherwise}({', '.join(names)})"]
        if hidden:
            handed = ", ".join(parameters.names)
            text += ["", "", f"def {self.name}({self.definition(parameters)}):", f"    return {name}({handed})"]
        return "\n".join(text)

    def direct(self, text: str) -> str:
        """The text with exp instead of math.exp: looking up one name instead of two saves 10 ns."""
        return re.sub(r"\bmath\.([a-z]\w*)", lambda found: self.bound(found[1], getattr(math, found[1])), text)

    def definition(self, parameters: Parameters) -> str:
        """The parameters as they stand in the definition."""
        return parameters.definition(parameters.names, lambda default: self.bound("default", default))

"""The definitions that a program needs to run on its own: of every operation that it calls by its name.

They are taken from the operations' own source, with everything that they use in turn. What raises an error with a long
explanation raises a short one here.

>>> import math
>>> from tinygrad_edu.ops.activations import softplus
>>> text = definitions({"softplus": softplus})
>>> space = {"np": np, "math": math}
>>> exec(text, space)
>>> space["softplus"](0.0) == math.log(2.0)
True
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ...ops.op import Op
from ..recording.naming import identifier
from .layout import laid_out
from .literals import literal
from .text_edits import (
    Edit,
    annotation,
    at_name,
    edited,
    is_explanation,
    shortened,
    span,
    unannotated,
    untried,
    unused,
)

PACKAGE = __name__.split(".")[0]
MODULES = {"numpy": "np", "math": "math"}


def definitions(helpers: dict[str, Op]) -> str:
    """The source of these operations, called by these names, and of all that they use.

    helpers   name -> operation, unbound; user's primitives are operations like any other
    returns   text that runs after `import math` and `import numpy as np`
    """
    lifter = Lifter(helpers)
    return "\n".join([*lifter.imports, *lifter.constants, *(f"\n\n{text}" for text in lifter.functions)])


class Lifter:
    """Collects definitions until nothing is missing.

    names   what each object is called in the text; two objects never share a name
    """

    def __init__(self, helpers: dict[str, Op]):
        self.names: dict[int, str] = {}
        self.kept: list[Any] = []  # so that their ids stay theirs
        self.taken = {"np", "math", *dir(builtins), *helpers}  # a sum of ours must not stand in for Python's
        self.imports: list[str] = []
        self.constants: list[str] = []
        self.functions: list[str] = []
        for name, op in helpers.items():
            self.names[id(op.base.forward)] = name
        for name, op in helpers.items():
            self.functions.append(self.lifted(op.base.forward, name))

    def name_for(self, thing: Any, wanted: str) -> str:
        """The name under which the text knows an object; its definition is added if there is none."""
        thing = thing.base.forward if isinstance(thing, Op) else thing
        if id(thing) in self.names:
            return self.names[id(thing)]
        if isinstance(thing, ModuleType) and thing.__name__ in MODULES:
            return MODULES[thing.__name__]
        called = getattr(thing, "__name__", "")
        if isinstance(thing, np.ufunc) or getattr(np, called, None) is thing:
            return f"np.{called}"
        wanted = wanted if wanted.isidentifier() else identifier(wanted)
        name, k = wanted, 2
        while name in self.taken:
            name, k = f"{wanted}_{k}", k + 1
        self.taken.add(name)
        self.names[id(thing)] = name
        self.kept.append(thing)
        plain = getattr(thing, "__wrapped__", thing)  # a function whose results are cached is as good without
        if isinstance(plain, (FunctionType, type)) and not outside(plain):
            self.functions.append(self.lifted(plain, name))
        elif isinstance(thing, ModuleType):
            self.imports.append(f"import {thing.__name__}" + (f" as {name}" if name != thing.__name__ else ""))
        elif not isinstance(thing, type) and not outside(type(thing)):  # an object of a class that is lifted, too
            self.functions.append(f"{name} = {self.name_for(type(thing), type(thing).__name__)}()")
        elif callable(thing) and getattr(thing, "__module__", None) not in (None, "builtins", "__main__"):
            alias = "" if thing.__name__ == name else f" as {name}"
            self.imports.append(f"from {thing.__module__} import {thing.__name__}{alias}")
        elif (text := literal(thing)) is not None:
            self.constants += laid_out(
                f"{name} = ", texts(thing) if type(thing) in (tuple, list) else text, columns=120
            )
        else:
            self.constants.append(f"{name} = None  # this cannot be written down")
        return name

    def lifted(self, function: Callable[..., Any], name: str) -> str:
        """The text of one function, under this name."""
        try:
            source = textwrap.dedent(inspect.getsource(function))
            tree = ast.parse(source).body[0]
        except (OSError, TypeError, SyntaxError, IndexError):
            tree = None
        if not isinstance(tree, (ast.FunctionDef, ast.ClassDef)):
            missing = f"the source of {name} is not at hand"
            return f'def {name}(*inputs, **settings):\n    raise NotImplementedError("{missing}")'
        edits = [*self.edits(tree, function, source), at_name(tree, source, name)]
        return edited(source, edits, tree.lineno)

    def edits(self, tree: Any, function: Any, source: str) -> list[Edit]:
        """What has to be changed in a function, or in the methods of a class, so that it stands on its own."""
        if isinstance(tree, ast.ClassDef):
            parts = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
            names = [node for base in tree.bases for node in ast.walk(base) if isinstance(node, ast.Name)]
            edits = [edit for part in parts for edit in self.edits(part, function, source)]
            edits += [edit for node in names for edit in self.renamed(node, function)]
            return [*edits, *([shortened(tree)] if ast.get_docstring(tree) is not None else [])]
        edits = []
        skipped: set[ast.AST] = set()
        local = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        local |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if ast.get_docstring(tree) is not None:
            edits.append(shortened(tree))
        for node in ast.walk(tree):
            if node in skipped or node in tree.decorator_list:
                skipped.update(ast.iter_child_nodes(node))
            elif isinstance(node, (ast.arg, ast.FunctionDef)) and annotation(node) is not None:
                edits.append(unannotated(node, source))
                skipped.update(ast.walk(annotation(node)))
            elif isinstance(node, ast.Try) and all(is_explanation(handler.body[-1]) for handler in node.handlers):
                edits += untried(node)
                skipped.update(child for handler in node.handlers for child in ast.walk(handler))
            elif isinstance(node, ast.For):
                edits += unused(node)
            elif isinstance(node, ast.Raise) and is_explanation(node):
                what = f"ValueError({function.__name__ + ': unexpected input'!r})".replace("'", '"')
                edits.append((*span(node.exc), what))
                skipped.update(ast.walk(node.exc or node))
                if node.cause is not None:
                    skipped.discard(node.cause)
            elif isinstance(node, ast.Attribute) and node.attr == "forward":
                edits.append((*span(node.value)[2:], *span(node)[2:], ""))
            elif isinstance(node, ast.Attribute) and (thing := ours(function, node)) is not None:
                edits.append((*span(node), self.name_for(thing, node.attr)))
                skipped.add(node.value)
            elif isinstance(node, ast.Call):
                edits += named_settings(node, function)
            elif isinstance(node, ast.Name) and node.id not in local and isinstance(node.ctx, ast.Load):
                edits += self.renamed(node, function)
        return edits

    def renamed(self, node: ast.Name, function: Any) -> list[Edit]:
        """A name from around the function, as the text knows it."""
        thing, there = known(function, node.id)
        name = self.name_for(thing, node.id) if there else node.id
        return [(*span(node), name)] if name != node.id else []


def known(function: Any, name: str) -> tuple[Any, bool]:
    """What a name means in a function, and whether it means anything that is not Python's own."""
    if isinstance(function, type):
        around = vars(sys.modules[function.__module__])
        return around.get(name), name in around
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    if name in cells:
        return cells[name].cell_contents, True
    return function.__globals__.get(name), name in function.__globals__


def outside(thing: Any) -> bool:
    """Whether it comes with Python or NumPy, so that it can be imported."""
    return thing.__module__.split(".")[0] in {*sys.stdlib_module_names, "numpy"}


def ours(function: Any, node: ast.AST) -> Any:
    """What `tg.sum` means in a function; None if it is no attribute of this package."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    module = known(function, node.value.id)[0]
    own = isinstance(module, ModuleType) and module.__name__.split(".")[0] == PACKAGE
    return getattr(module, node.attr, None) if own else None


def named_settings(call: ast.Call, function: Any) -> list[Edit]:
    """sum(x, 0) as sum(x, axis=0): operations take their settings in order, functions by name."""
    name = call.func
    op = known(function, name.id)[0] if isinstance(name, ast.Name) else ours(function, name)
    if not isinstance(op, Op) or op.variadic or len(call.args) <= len(op.inputs):
        return []
    return [(*span(x)[:2], *span(x)[:2], f"{name}=") for name, x in zip(op.base.settings, call.args[len(op.inputs) :])]


def texts(thing: Any) -> Any:
    """A nested tuple or list with the text of every leaf."""
    return type(thing)(map(texts, thing)) if type(thing) in (tuple, list) else literal(thing)

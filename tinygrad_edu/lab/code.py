"""The lines in which a wrong engine differs from the right one, as they stand in the source.

>>> from tinygrad_edu.lab.sums import StartAtZero
>>> print(*lines_of(StartAtZero), sep="\\n")
def start(self):
    return 1.0
def start(self):
    return 0.0
"""

from __future__ import annotations

from typing import Any

from .engine import Engine


def lines_that_differ(engine: Engine) -> tuple[str, ...]:
    """The method of the right engine and that of the wrong one; () where the source cannot be read."""
    return lines_of(type(engine))


def lines_of(kind: type[Engine]) -> tuple[str, ...]:
    """The same for a class. An engine that was typed into a Python prompt has no source."""
    import inspect

    mine = [name for name in vars(Engine) if inspect.isfunction(vars(Engine)[name]) and name in vars(kind)]
    try:
        pairs = [(bare(getattr(Engine, name)), bare(getattr(kind, name))) for name in mine]
    except (OSError, TypeError, SyntaxError):
        return ()
    return tuple("\n".join(side) for side in zip(*pairs))


def bare(function: Any) -> str:
    """The source of a function without its docstring and types."""
    import ast
    import inspect
    from textwrap import dedent

    tree = ast.parse(dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    for i, line in enumerate(definition.body):
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            definition.body[i] = ast.copy_location(ast.Assign([line.target], line.value), line)
    return ast.unparse(tree)

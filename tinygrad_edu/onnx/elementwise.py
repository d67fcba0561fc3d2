"""Operations that treat every entry alone. Half of them are ONNX's own; the others are put together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages
from .graph import RULES, Graph, rule

SAME = {  # ours -> ONNX's
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "negative": "Neg",
    "maximum": "Max", "minimum": "Min", "absolute": "Abs", "sign": "Sign", "reciprocal": "Reciprocal", "sqrt": "Sqrt",
    "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos",
    "arctan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "arcsinh": "Asinh", "arccosh": "Acosh",
    "arctanh": "Atanh", "erf": "Erf", "floor": "Floor", "ceil": "Ceil", "relu": "Relu", "sigmoid": "Sigmoid",
    "softplus": "Softplus", "eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual",
    "isnan": "IsNaN", "isinf": "IsInf",
}  # fmt: skip


def direct(onnx_name: str) -> Any:
    """The rule that writes one node."""
    return lambda graph, line, *inputs: graph(onnx_name, *inputs, name=line.name or "")


RULES.update({ours: direct(theirs) for ours, theirs in SAME.items()})


@rule("identity", "stopped", "cast", "unless_padding")
def unchanged(graph: Graph, line: Line, x: str, *_: str) -> str:
    return x  # all numbers of the graph have one dtype


@rule("number_of")
def number_of(graph: Graph, line: Line, x: str) -> str:
    return graph("Cast", x, to=np.dtype(graph.dtype))


# ── masks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def mask(graph: Graph, line: Line, k: int, x: str) -> str:
    """Input k as True and False: numbers are compared with 0."""
    given = line.inputs[k]
    return x if type(given) is Line and given.is_mask else graph("Not", graph("Equal", as_float(graph, given, x),
                                                                             graph.number(0.0)))  # fmt: skip


def as_float(graph: Graph, given: Any, x: str) -> str:
    """Whole numbers in the precision of the graph."""
    whole = type(given) is Line and given.dtype.kind in "iu"
    return graph("Cast", x, to=np.dtype(graph.dtype)) if whole else x


@rule("ne")
def ne(graph: Graph, line: Line, a: str, b: str) -> str:
    return graph("Not", RULES["eq"](graph, line, a, b))


@rule("eq", "lt", "le", "gt", "ge")
def compared(graph: Graph, line: Line, a: str, b: str) -> str:
    assert line.op is not None
    kinds = {x.dtype.kind if type(x) is Line else "f" for x in line.inputs}
    if "b" in kinds:
        raise messages.no_counterpart(line, "a mask")
    if kinds != {"i"}:
        a, b = (as_float(graph, given, x) for given, x in zip(line.inputs, (a, b)))
    return graph(SAME["eq" if line.op.name == "ne" else line.op.name], a, b, name=line.name or "")


@rule("logical_and", "logical_or")
def logical(graph: Graph, line: Line, a: str, b: str) -> str:
    assert line.op is not None
    parts = mask(graph, line, 0, a), mask(graph, line, 1, b)
    return graph("And" if line.op.name == "logical_and" else "Or", *parts)


@rule("logical_not")
def logical_not(graph: Graph, line: Line, x: str) -> str:
    return graph("Not", mask(graph, line, 0, x))


@rule("isfinite")
def isfinite(graph: Graph, line: Line, x: str) -> str:
    return graph("Not", graph("Or", graph("IsNaN", x), graph("IsInf", x)))


@rule("where")
def where(graph: Graph, line: Line, condition: str, a: str, b: str) -> str:
    return graph("Where", mask(graph, line, 0, condition), a, b, name=line.name or "")


@rule("gate")
def gate(graph: Graph, line: Line, x: str, condition: str) -> str:
    return graph("Where", mask(graph, line, 1, condition), x, graph.number(0.0))


# ── put together ─────────────────────────────────────────────────────────────────────────────────────────────────────
@rule("square")
def square(graph: Graph, line: Line, x: str) -> str:
    return graph("Mul", x, x)


@rule("cbrt")
def cbrt(graph: Graph, line: Line, x: str) -> str:
    return graph("Mul", graph("Sign", x), graph("Pow", graph("Abs", x), graph.number(1 / 3)))


@rule("exp2")
def exp2(graph: Graph, line: Line, x: str) -> str:
    return graph("Pow", graph.number(2.0), x)


@rule("expm1")
def expm1(graph: Graph, line: Line, x: str) -> str:
    half = graph("Mul", x, graph.number(0.5))  # eˣ − 1 = tanh(x/2) · (eˣ + 1), which is exact near 0
    return graph("Mul", graph("Tanh", half), graph("Add", graph("Exp", x), graph.number(1.0)))


@rule("log1p")
def log1p(graph: Graph, line: Line, x: str) -> str:
    one = graph.number(1.0)  # Kahan's: what 1 + x loses is put right by x / ((1 + x) − 1)
    more = graph("Add", x, one)
    gained = graph("Sub", more, one)
    nothing = graph("Equal", gained, graph.number(0.0))
    ratio = graph("Div", x, graph("Where", nothing, one, gained))
    return graph("Where", nothing, x, graph("Mul", graph("Log", more), ratio))


@rule("log2", "log10")
def log_to(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    return graph("Div", graph("Log", x), graph.number(math.log(2.0 if line.op.name == "log2" else 10.0)))


@rule("logaddexp")
def logaddexp(graph: Graph, line: Line, a: str, b: str) -> str:
    apart = graph("Abs", graph("Sub", a, b))
    return graph("Add", graph("Max", a, b), graph("Softplus", graph("Neg", apart)))


@rule("hypot")
def hypot(graph: Graph, line: Line, a: str, b: str) -> str:
    sides = [graph("Abs", side) for side in (a, b)]
    longer, shorter, one = graph("Max", *sides), graph("Min", *sides), graph.number(1.0)
    whole = graph("Or", graph("Equal", longer, graph.number(0.0)), graph("IsInf", longer))  # where it is the answer
    ratio = graph("Div", shorter, graph("Where", whole, one, longer))  # at most 1: no square overflows
    y = graph("Mul", longer, graph("Sqrt", graph("Add", one, graph("Mul", ratio, ratio))))
    return graph("Where", whole, longer, y)


@rule("sinc")
def sinc(graph: Graph, line: Line, x: str) -> str:
    at_zero, one = graph("Equal", x, graph.number(0.0)), graph.number(1.0)
    angle = graph("Where", at_zero, one, graph("Mul", x, graph.number(math.pi)))
    return graph("Where", at_zero, one, graph("Div", graph("Sin", angle), angle))


@rule("trunc")
def trunc(graph: Graph, line: Line, x: str) -> str:
    return graph("Mul", graph("Sign", x), graph("Floor", graph("Abs", x)))


@rule("round")
def rounded(graph: Graph, line: Line, x: str) -> str:
    scale = graph.number(10.0 ** graph.setting(line, "decimals"))
    return graph("Div", graph("Round", graph("Mul", x, scale)), scale)


@rule("floor_divide")
def floor_divide(graph: Graph, line: Line, a: str, b: str) -> str:
    return graph("Floor", graph("Div", a, b))


@rule("mod")
def mod(graph: Graph, line: Line, a: str, b: str) -> str:
    return graph("Sub", a, graph("Mul", b, graph("Floor", graph("Div", a, b))))


# ── activations ──────────────────────────────────────────────────────────────────────────────────────────────────────
@rule("leaky_relu")
def leaky_relu(graph: Graph, line: Line, x: str) -> str:
    return graph("LeakyRelu", x, alpha=float(graph.setting(line, "negative_slope")))


@rule("elu")
def elu(graph: Graph, line: Line, x: str) -> str:
    return graph("Elu", x, alpha=float(graph.setting(line, "alpha")))


@rule("silu")
def silu(graph: Graph, line: Line, x: str) -> str:
    return graph("Mul", x, graph("Sigmoid", x))


@rule("gelu")
def gelu(graph: Graph, line: Line, x: str) -> str:
    half, one = graph("Mul", x, graph.number(0.5)), graph.number(1.0)
    if graph.setting(line, "approximate") == "tanh":
        cubed = graph("Mul", graph("Mul", graph("Mul", x, x), x), graph.number(0.044715))
        inner = graph("Tanh", graph("Mul", graph("Add", x, cubed), graph.number(math.sqrt(2 / math.pi))))
    else:
        inner = graph("Erf", graph("Mul", x, graph.number(math.sqrt(0.5))))
    return graph("Mul", half, graph("Add", inner, one))

"""What each mistake teaches: who makes it, what would have been needed, and which graphs forgive it.

>>> LESSONS["overwrite"].title
'= instead of +='
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from . import order, reasons, slopes, sums
from .engine import Engine
from .graph import Graph, variables


@dataclass(frozen=True)
class Lesson:
    """One mistake in words.

    engine    the wrong engine                    title    what people write or forget
    because   a sentence about the first wrong value, from (x, right engine, wrong engine)
    needed    what the right engine does there    meets    whether a graph has what the mistake is about
    absent    what such a graph lacks             chance   why it may make no difference even so
    """

    engine: type[Engine]
    title: str
    because: Callable[[Value, Engine, Engine], str]
    needed: str
    meets: Callable[[Graph], Any]
    absent: str
    chance: str


def branches(graph: Graph) -> bool:
    """Whether a result is used twice: then there is an order to respect."""
    return any(len(users) > 1 and v.op is not None for v, users in graph.users.items())


def shares(graph: Graph) -> bool:
    """Whether a value is used twice."""
    return any(len(users) > 1 for users in graph.users.values())


def stretches(graph: Graph) -> bool:
    """Whether an elementwise operation stretched one of its inputs."""
    return any(np.size(x._held) < np.size(node._held) and node.op.name != "broadcast_to"
               for node in graph.newest_first for x in variables(node))  # fmt: skip


def pairs(graph: Graph) -> bool:
    """Whether an operation took two Values."""
    return any(len(variables(node)) == len(node.inputs) == 2 for node in graph.newest_first)


ORDER = (
    "A node may hand on only when everything that used it has handed on to it. Newest first makes sure of that: "
    "what used a value is newer than the value."
)
TABLE = [
    Lesson(order.DepthFirst, "depth first, without an order", reasons.too_early, ORDER, branches,
           "no result is used twice, so nothing can arrive late",
           "each result that is used twice happened to be asked last"),
    Lesson(order.BreadthFirst, "level by level, without an order", reasons.too_early, ORDER, branches,
           "no result is used twice, so nothing can arrive late",
           "what uses a result is never further from the end than the result itself"),
    Lesson(order.Recursion, "recursion through every use", reasons.again,
           "Each node hands on once, when its gradient is complete. Then the work grows with the number of nodes, not "
           "with the number of paths.", branches, "no result is used twice, so there is one path to each",
           "what was handed on twice was 0, or infinite"),
    Lesson(sums.Overwriting, "= instead of +=", reasons.overwritten,
           "A value has an influence through each of its uses, so the contributions add up: grad += c.", shares,
           "no value is used twice", "what was overwritten was 0"),
    Lesson(sums.NeverZeroed, "gradients never zeroed between steps", reasons.left_over,
           "Set every gradient to zero before the pass of the next step; += then starts from nothing.",
           lambda graph: True, "", "every gradient is 0, and so is twice as much"),
    Lesson(sums.KeptInside, "backward twice, gradients inside kept", reasons.kept,
           "The gradients inside a graph belong to one pass. Only those of the parameters are added up over passes.",
           lambda graph: True, "", "every gradient is 0, and so is twice as much"),
    Lesson(sums.NoBroadcastSum, "no sum over broadcast axes", reasons.not_summed,
           "Sum the contribution over every axis along which the input was repeated, until it has the input's shape.",
           stretches, "no input was stretched by broadcasting", "what was stretched received 0 only, as one number"),
    Lesson(slopes.Swapped, "gradient of the wrong operand", reasons.local(
           "In {node}, {x} received what belongs to {other}: {wrong}; its own contribution is {right}."),
           "Each operand is held still while the other one moves: for a × b, a receives g · b and b receives g · a.",
           pairs, "no operation has two variables as operands",
           "the two operands of each operation receive the same"),
    Lesson(slopes.NoChain, "local derivative only", reasons.without_arrived,
           "The chain rule multiplies: what arrived from above, times the local derivative.",
           lambda graph: len(graph.newest_first) > 1, "there is one operation only, and 1 arrives there",
           "1 arrives at every operation, or 0 comes out"),
    Lesson(slopes.SlopeAtOutput, "local derivative at the output", reasons.local(
           "In {node} the slope belongs to the number that went in. Taken at the number that came out, {x} received "
           "{wrong} instead of {right}."),
           "σ′(x) = σ(x) (1 − σ(x)): with y = σ(x) in hand that is y (1 − y), not σ′(y).",
           lambda graph: graph.curves, "no function of one number (tanh, σ, exp, …) is applied",
           "the slopes are the same at input and output"),
    Lesson(slopes.SlopeTwice, "derivative of the activation twice", reasons.local(
           "In {node} the slope was multiplied in twice: {x} received {wrong} instead of {right}."),
           "Each operation contributes its local derivative once. If δ contains σ′ already, what uses δ must not.",
           lambda graph: graph.curves, "no function of one number (tanh, σ, exp, …) is applied",
           "every slope is 0 or 1, as ReLU's is, and its own square"),
    Lesson(slopes.NoTranspose, "transpose forgotten in a matrix product", reasons.local(
           "In {node}, {x} received {wrong} instead of {right}. All shapes fit here, so nothing broke."),
           "For Y = A B: the gradient of A is G Bᵀ and that of B is Aᵀ G. The shapes leave no other choice, if they "
           "all differ: try it with sizes 2, 3 and 5.",
           lambda graph: any(map(slopes.is_matrix_product, graph.newest_first)), "there is no product of two matrices",
           "the matrices are symmetric"),
    Lesson(slopes.NoMean, "mean without 1/N", reasons.local(
           "{node} is a mean of {n} numbers. Each has the share 1/{n}: {x} should receive {right}, and got {wrong}."),
           "The mean moves by 1/N when one of N entries moves by 1.",
           lambda graph: graph.made_by("mean"), "there is no mean", "it is over one number, or receives 0"),
    Lesson(slopes.NoMinus, "a minus forgotten", reasons.local(
           "In {node}, {x} received {wrong} instead of {right}: the result falls when {x} rises."),
           "The second operand of a − b has the derivative −1, that of a ÷ b −a / b².",
           lambda graph: any(map(slopes.with_minus, graph.newest_first)),
           "there is no subtraction, division or cos whose minus could be forgotten", "what the minus belongs to is 0"),
    Lesson(slopes.ExponentKept, "n · xⁿ as the derivative of xⁿ", reasons.local(
           "In {node} the exponent came down but was not lowered: {x} received {wrong} instead of {right}."),
           "The derivative of xⁿ is n · xⁿ⁻¹.",
           lambda graph: any(map(slopes.is_power, graph.newest_first)), "there is no power", "each base is 1 or 0"),
    Lesson(sums.StartAtZero, "backward started with 0", reasons.bad_start,
           "Start with dy/dy = 1.", lambda graph: True, "", "every gradient is 0 anyway"),
    Lesson(sums.StartAtResult, "backward started with y", reasons.bad_start,
           "Start with dy/dy = 1: the gradient asks how fast y grows, not how large it is.", lambda graph: True, "",
           "y is 1"),
]  # fmt: skip
LESSONS = {lesson.engine.name: lesson for lesson in TABLE}


def why_nothing_changes(lesson: Lesson, graph: Graph) -> str:
    """Why the mistake makes no difference on this graph."""
    if graph.result.op is None:
        return "nothing was computed"
    return lesson.chance if lesson.meets(graph) else lesson.absent

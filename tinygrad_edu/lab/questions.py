"""An exercise that answers: a small expression, your number for its gradient, and where a wrong one comes from.

>>> question = quiz(seed=1)
>>> answer = question.answer(question.solution)
>>> bool(answer), str(answer)
(True, 'Right.')
"""

from __future__ import annotations

import operator
import random
from textwrap import wrap
from typing import Any

from ..engine.value import Value
from ..errors import DataError
from ..writing.wording import number
from .experiment import Experiment
from .graph import Graph
from .lessons import LESSONS
from .numbers import size

OPERATIONS = [operator.add, operator.mul, operator.mul, operator.sub]
SKILLS = 5  # a question is worth asking if so many mistakes give numbers of their own


class Question:
    """A gradient to be computed by hand. `print` asks it, `.answer(number)` judges.

    y, wrt     the expression and the Value to differentiate by        solution   the right number
    wrong      the number that each mistake would give, where it is another one

    >>> question = quiz(seed=1)
    >>> question.solution, question.wrong["overwrite"], bool(question.answer(10.0))
    (20.0, 10.0, False)
    """

    def __init__(self, y: Value, wrt: Value):
        self.y, self.wrt, self.graph = y, wrt, Graph(y)
        self.experiments = {name: Experiment(self.graph, lesson.engine) for name, lesson in LESSONS.items()}
        self.solution: float = self.experiments["start at 0"].right[wrt]
        gradients = {name: experiment.wrong[wrt] for name, experiment in self.experiments.items()}
        self.wrong = {name: g for name, g in gradients.items() if type(g) is float and not close(g, self.solution)}

    @property
    def text(self) -> str:
        """The expression, line by line, and what is asked."""
        given = [f"{self.graph.names[v]} = {number(v._held)}" for v in reversed(self.graph.values) if v.op is None]
        lines = [self.graph.formula(v) for v in reversed(self.graph.newest_first)]
        y, x = self.graph.names[self.y], self.graph.names[self.wrt]
        return "\n".join([f"With {', '.join(given)}:", *(f"    {x}" for x in lines), f"What is d{y}/d{x}?"])

    def answer(self, gradient: float) -> Answer:
        """Judge a number: right, or what the mistake may have been (without giving the solution away)."""
        try:
            return Answer(self, float(gradient))
        except (TypeError, ValueError):
            raise DataError(
                f"answer: {gradient!r} is no number.",
                "The gradient of one number by one number is one number.",
                "Write question.answer(-3.0).",
            ) from None

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class Answer:
    """The judgement on a number: true if it is right; `.mistakes` are the names of what gives this number."""

    def __init__(self, question: Question, gradient: float):
        self.question, self.gradient = question, gradient
        self.right = close(gradient, question.solution)
        self.mistakes = [] if self.right else [x for x, g in question.wrong.items() if close(g, gradient)]

    def __bool__(self) -> bool:
        return self.right

    @property
    def text(self) -> str:
        """Right; or the mistakes that lead to this number; or where to begin again."""
        if self.right:
            return "Right."
        said = []
        for name in self.mistakes:
            said += [f"{number(self.gradient)} is what comes of: {LESSONS[name].title} ({name}).", LESSONS[name].needed]
        if not said and close(self.gradient, -self.question.solution):
            said = ["The size is right, the sign is not: follow each minus once more."]
        if not said and close(self.gradient, self.question.y._held):
            y = self.question.graph.names[self.question.y]
            said = [f"That is {y} itself. The gradient asks how fast {y} grows when the input grows."]
        if not said:
            said = ["No mistake of the lab gives this number.", self._hint()]
        return "\n".join(line for part in said for line in wrap(part, 80))

    def _hint(self) -> str:
        """The number to begin with: the gradient of what was computed last but one."""
        graph, right = self.question.graph, self.question.experiments["start at 0"].right
        y, v = graph.names[graph.result], graph.newest_first[1]
        return f"Begin at the end: d{y}/d{y} = 1, and d{y}/d{graph.names[v]} = {number(right[v])}. Go on from there."

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def quiz(seed: int | None = None) -> Question:
    """A small expression with whole numbers, chosen so that several mistakes give numbers of their own.

    seed      the same number asks the same question; None asks a new one every time
    returns   a Question: print it, then `question.answer(number)` says right or where the number comes from

    >>> question = quiz(seed=1)
    >>> print(question)
    With b = 4, c = -2:
        u = b × b
        v = b − u
        w = c − v
        y = w × w
    What is dy/dc?
    >>> print(question.answer(10))
    10 is what comes of: = instead of += (overwrite).
    A value has an influence through each of its uses, so the contributions add up:
    grad += c.
    """
    rng = random.Random(seed)
    while True:
        y, wrt = expression(rng)
        graph = Graph(y)
        if len(graph.newest_first) < 4 or wrt not in set(graph.values) or size(*[v._held for v in graph.values]) > 100:
            continue
        question = Question(y, wrt)
        if len(set(question.wrong.values())) >= SKILLS and 0.0 < abs(question.solution) <= 200.0:
            return question


def expression(rng: random.Random) -> tuple[Value, Value]:
    """Four operations on three small whole numbers; each takes the newest result and something from before."""
    leaves = [Value(float(rng.choice([-3, -2, 2, 3, 4, 5])), name) for name in "abc"]
    pool: list[Any] = [rng.choice(leaves)]
    for name in "uvwy":
        operands = [pool[-1], rng.choice([*leaves, *pool])]
        rng.shuffle(operands)
        pool.append(rng.choice(OPERATIONS)(*operands))
        pool[-1].name = name
    return pool[-1], rng.choice(leaves)


def close(a: float, b: float) -> bool:
    """Whether two answers are the same number, as far as one writes it down."""
    return abs(a - b) <= 1e-3 * max(1e-3, abs(b))

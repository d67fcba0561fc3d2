"""The chain rule for your expression, with its own numbers.

>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> print(explain(a * b, a))
∂y/∂a = −3   at a = 2
y is −6. When a grows by 0.001, y falls by about 0.003.
<BLANKLINE>
Back from the result: the upstream gradient g × local derivative is handed on.
          derivative  upstream × local = result
  1  y = a·b = −6
     Product rule: each factor's derivative is the other factor.
     → a  b                         1 × −3 = −3
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..engine.value import Value

if TYPE_CHECKING:
    from .lesson import Lesson
    from .names import Style

# Everything else is imported when something is explained: `import tinygrad_edu` stays light.


class Explanation:
    """What `explain` found. It prints itself, and a notebook shows it as a table.

    y, xs        the result, and what it was differentiated by
    gradients    ∂y/∂x for each of them: floats and arrays
    text         for a terminal, at most 80 columns and `max_lines` lines; str(explanation) is the same
    markdown     for a page: a table
    latex        for a paper: an align* environment, in a document that uses amsmath

    >>> x = Value(3.0, "x")
    >>> why = explain(x * x, x)
    >>> why.gradients, why.markdown.splitlines()[0], why.latex.splitlines()[1]
    ((6.0,), '**∂y/∂x = 6** at x = 3  ', '\\\\frac{\\\\partial y}{\\\\partial x} &= 6 && x = 3 \\\\\\\\')
    """

    def __init__(self, lesson: Lesson, depth: int | None, max_lines: int):
        from .product import Product

        self._lesson, self._depth, self._max_lines = lesson, depth, max_lines
        self._product = Product.of(lesson)
        self.y, self.xs, self.gradients = lesson.y, tuple(lesson.xs), tuple(lesson.gradients)

    @property
    def text(self) -> str:
        """For a terminal."""
        from .explain_text import to_text
        from .names import TEXT

        return self._written(to_text, TEXT)

    @property
    def markdown(self) -> str:
        """For a page or a notebook."""
        from .explain_markdown import to_markdown
        from .names import TEXT

        return self._written(to_markdown, TEXT)

    @property
    def latex(self) -> str:
        """For a paper."""
        from .explain_latex import to_latex
        from .latex_names import LATEX

        return self._written(to_latex, LATEX)

    def _written(self, write: Any, style: Style) -> str:
        from .names import Names

        lesson = self._lesson
        names = Names(self.y, self.xs, [told.node for told in reversed(lesson.steps)], style, lesson.given)
        return str(write(lesson, names, self._product, self._depth, self._max_lines))

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.markdown


def explain(
    y: Any,
    x: Value | Iterable[Value] | None = None,
    *,
    names: Any = None,
    depth: int | None = None,
    max_lines: int = 80,
) -> Explanation:
    """The chain rule from y back to x: for each use of a value on the way the rule in words, the local derivative,
    and upstream × local = contribution; then the sum over the uses, and for a single path the whole product.

    y           one number that was computed from x; or a compiled function: its first result, with the numbers its
                program was written with, and x are names of its inputs
    x           a Value, several, or None for every input of y that has a name (for all inputs if none has)
    names       names for values that have none: a network, a dictionary such as locals()
    depth       tell only so many steps, counted from y
    max_lines   fold repetitions, then the layers of the network in `names`, and leave out the middle, until the text
                has no more lines than that (at least 16)
    returns     an `Explanation`: print it, or take its `.text`, `.markdown`, `.latex`; `.grad` stays as it is
    raises      DataError if y is no Value, remembers nothing, or does not depend on x; ShapeError if y is an array

    At a kink (relu at 0, a tie of max) the explanation tells the convention that was used.

    >>> x = Value(2.0, "x")
    >>> print(explain(x * x * x, x).text.splitlines()[-1])
         Σ x is used 3 times, and its gradients add up: 4 + 4 + 4 = 12
    """
    from . import messages
    from .lesson import Lesson, leaves
    from .parts import given_names

    if hasattr(y, "first_result"):
        y = y.first_result()  # of a compiled function
        x = named(y, x)
    given = given_names(names)
    messages.check_result(y)
    messages.check_limits(depth, max_lines)
    inputs = leaves(y)
    if x is None:
        xs = [v for v in inputs if v.name or v in given] or inputs
    else:
        xs = list(dict.fromkeys([x] if type(x) is Value else messages.several(x)))
        messages.check_reached(y, xs)
    return Explanation(Lesson.of(y, xs, given), depth, max_lines)


def named(y: Value, x: Any) -> Any:
    """The inputs of y with these names, for a compiled function, whose inputs nobody else can reach."""
    from ..errors import unknown_name
    from .lesson import leaves

    wanted = [x] if isinstance(x, str) else list(x) if isinstance(x, (list, tuple)) else []
    if not wanted or not all(isinstance(one, str) for one in wanted):
        return x
    known = {v.name: v for v in leaves(y) if v.name}
    for one in wanted:
        if one not in known:
            raise unknown_name("input of the program", one, known)
    return [known[one] for one in wanted]

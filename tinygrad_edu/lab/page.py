"""An experiment as a page: the two columns of gradients, the first wrong value, and the lines that differ.

>>> from tinygrad_edu.engine.value import Value
>>> from tinygrad_edu.lab.experiment import compare
>>> x = Value(3.0, "x")
>>> print(to_text(compare(x * x, "overwrite")))
= instead of +=                                                      (overwrite)
────────────────────────────────────────────────────────────────────────────────
                                           value         right         wrong
  y = x × x                                    9             1             1
  x                                            3             6             3   ✗
<BLANKLINE>
First wrong, in the order of the sweep: x
  from y = x × x                                             3             3
  from y = x × x                                             3             3
  together                                                   6             3   ✗
<BLANKLINE>
Why     x received 2 contributions. The last one, 3, took the place of what was
        there; 3 is lost.
Needed  A value has an influence through each of its uses, so the contributions
        add up: grad += c.
<BLANKLINE>
  right  def add(self, x, c):
             self.grad[x] = self.grad.get(x, 0.0) + c
  wrong  def add(self, x, c):
             self.grad[x] = c
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..writing.wording import clip, pad, width
from .code import lines_that_differ
from .numbers import cell, worst

if TYPE_CHECKING:
    from .experiment import Experiment, Row

COLUMNS, CELL, LABEL = 80, 14, 34
MOST = 24  # rows of a table; a larger graph shows its end, its inputs, and what surrounds the first wrong value


def to_text(experiment: Experiment) -> str:
    """The page for a terminal: at most 80 columns."""
    lines = [_title(experiment), "─" * COLUMNS, _line("", ["value", "right", "wrong"])]
    lines += [f"  {row}" if isinstance(row, str) else _row(row) for row in shown(experiment)]
    if experiment.first_wrong is not None:
        lines += ["", f"First wrong, in the order of the sweep: {_name(experiment)}"]
        lines += [_line(label, ["", *cells]) for label, cells in arrivals(experiment)]
    lines += ["", *_paragraph("Why", experiment.reason)]
    if experiment.lesson:
        lines += _paragraph("Needed", experiment.lesson.needed)
    for label, code in zip(("right", "wrong"), lines_that_differ(experiment.engines[1])):
        head, *body = code.splitlines()
        lines += ["" * (label == "wrong")] * (label == "right") + [f"  {label}  {head}", *(f"{'':9}{x}" for x in body)]
    return "\n".join(lines)


def to_markdown(experiment: Experiment) -> str:
    """The page for a notebook or a document."""
    lines = [f"**{title(experiment)}** ({experiment.mistake})", "", "| | value | right | wrong |", "|:--|--:|--:|--:|"]
    for row in shown(experiment):
        if isinstance(row, str):
            lines.append(f"| {row} | | | |")
        else:
            entry = worst(row.right, row.wrong)
            wrong = cell(row.wrong, entry)
            cells = [_label(row), cell(row.node._held, entry), cell(row.right, entry), wrong]
            if not row.same:
                cells[-1] = f"**{wrong}** ✗"
            lines.append("| " + " | ".join(x.replace("|", "\\|") for x in cells) + " |")
    if experiment.first_wrong is not None:
        lines += ["", f"First wrong, in the order of the sweep: **{_name(experiment)}**", "", "| | right | wrong |",
                  "|:--|--:|--:|"]  # fmt: skip
        lines += [f"| {label.replace('|', chr(92) + '|')} | {' | '.join(cells[:2])} |"
                  for label, cells in arrivals(experiment)]  # fmt: skip
    lines += ["", f"*Why.* {experiment.reason}"]
    if experiment.lesson:
        lines += ["", f"*Needed.* {experiment.lesson.needed}"]
    for label, code in zip(("right", "wrong"), lines_that_differ(experiment.engines[1])):
        lines += ["", f"```python\n# {label}\n{code}\n```"]
    return "\n".join(lines)


def title(experiment: Experiment) -> str:
    """What people write or forget."""
    return experiment.lesson.title if experiment.lesson else f"an engine of your own: {experiment.mistake}"


def shown(experiment: Experiment) -> list[Row | str]:
    """The rows of the table; of a large graph some of them, and in between how many were left out."""
    rows = experiment.rows
    if len(rows) <= MOST:
        return [*rows]
    first = next((i for i, row in enumerate(rows) if not row.same), 0)
    keep = {*range(4), *range(max(first - 3, 0), first + 7), *range(len(rows) - 6, len(rows))}
    found: list[Row | str] = []
    skipped: list[Row] = []
    for i, row in enumerate(rows):
        if i not in keep:
            skipped.append(row)
            continue
        if skipped:
            found.append(f"⋮ {len(skipped):,} more, {sum(not row.same for row in skipped):,} of them wrong")
            skipped = []
        found.append(row)
    return found


def arrivals(experiment: Experiment) -> list[tuple[str, list[str]]]:
    """What the first wrong value received from each of its uses, by both engines, and in the end."""
    x, (right, wrong) = experiment.first_wrong, experiment.engines
    assert x is not None
    entry = worst(experiment.right[x], experiment.wrong[x])
    parts: dict[Any, list[Any]] = {}
    for node, k, to, _, c in wrong.trace:
        if to is x:
            parts.setdefault((node, k), []).append(c)
    uses = [(node, k, c) for node, k, to, _, c in right.trace if to is x]
    table: list[tuple[str, list[str]]] = []
    for i, (node, k, c) in enumerate(uses):
        if len(uses) > MOST and MOST // 2 <= i < len(uses) - MOST // 2:
            if i == MOST // 2:
                table.append((f"⋮ {len(uses) - MOST:,} more", ["", ""]))
            continue
        mine = parts.get((node, k), [])
        together = " + ".join(cell(part, entry) for part in mine[:3]) or "none"
        if len(mine) > 3 or (len(mine) > 1 and width(together) >= CELL):
            together = f"{len(mine):,} parts"
        table.append((f"from {experiment.graph.formula(node)}", [cell(c, entry), together]))
    if wrong.passes > 1:
        left = experiment.wrong[x] - sum(event[4] for event in wrong.trace if event[2] is x)
        table.append(("left from the pass before", ["0", cell(left, entry)]))
    end = [cell(experiment.right[x], entry), cell(experiment.wrong[x], entry), "✗"]
    return [*table, (("at the start", "in the end")[len(table)] if len(table) < 2 else "together", end)]


def _title(experiment: Experiment) -> str:
    name = f"({clip(experiment.mistake, 30)})"
    return pad(clip(title(experiment), COLUMNS - len(name) - 1), COLUMNS - len(name)) + name


def _name(experiment: Experiment) -> str:
    """The first wrong value; of an array also the entry that is shown."""
    x = experiment.first_wrong
    assert x is not None
    return experiment.graph.names[x] + _entry(worst(experiment.right[x], experiment.wrong[x]))


def _entry(entry: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, entry))}]" if entry else ""


def _label(row: Row) -> str:
    """The formula, and which entry of an array the numbers are."""
    return row.formula.replace(row.name, row.name + _entry(worst(row.right, row.wrong)), 1)


def _row(row: Row) -> str:
    entry = worst(row.right, row.wrong)
    cells = [cell(row.node._held, entry), cell(row.right, entry), cell(row.wrong, entry)]
    return _line(_label(row), [*cells, "✗"] if not row.same else cells)


def _line(label: str, cells: list[Any]) -> str:
    """A label at the left, numbers right-aligned in their columns, a mark at the end."""
    numbers = "".join(f"{clip(x, CELL - 1):>{CELL}}" for x in cells[:3])
    return f"  {pad(clip(label, LABEL - 2), LABEL - 2)}{numbers}{''.join(f'   {x}' for x in cells[3:])}".rstrip()


def _paragraph(head: str, text: str) -> list[str]:
    first, *more = wrap(text, COLUMNS - 8) or [""]
    return [f"{head:<8}{first}", *(f"{'':8}{line}" for line in more)]

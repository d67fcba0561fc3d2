"""A report as text of 80 columns, as one line, as Markdown and as HTML: the same cells, set differently.

A table that is too wide is narrowed step by step: the headings take two lines, numbers four digits, names are clipped.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from ..writing.wording import clean, clip, pad, width

if TYPE_CHECKING:
    from .report import Report, Row

COLUMNS = 80
ONE_LINE = 236  # pytest cuts what is longer than 240
ROUNDING = 1e-9  # smaller errors differ from machine to machine
LEFT = 3  # the first columns hold words, the others numbers


def text(report: Report) -> str:
    """The headline, the table with a lesson under each row that has one, the culprit, hints and notes."""
    lines = wrapped(headline(report), "")
    table = fitting_table(report)
    heads, rows = table[: len(table) - len(report.rows)], table[len(table) - len(report.rows) :]
    lines += heads if report.rows else []
    for line, row in zip(rows, report.rows):
        lines += [line, *(part for sentence in row.lesson.splitlines() for part in wrapped(sentence, "      "))]
    if report.culprit is not None:
        lines += [part for sentence in str(report.culprit).splitlines() for part in wrapped(sentence, "  ")]
    lines += [part for hint in report.hints for part in wrapped(f"→ {hint}", "  ", "    ")]
    lines += [part for note in report.notes for part in wrapped(f"({note})", "  ", "   ")]
    return "\n".join(lines)


def headline(report: Report) -> str:
    """What was checked, and how many agree."""
    agreed = sum(row.passed for row in report.rows)
    undecided = sum(row.verdict == "INCONCLUSIVE" for row in report.rows)
    open_ones = f", {undecided} inconclusive" if undecided else ""
    return f"{report.title}: {agreed} of {len(report.rows)} gradients agree{open_ones}"


def one_line(report: Report) -> str:
    """The verdict, and the lesson of the worst row and the culprit in so few words that one line holds them.

    >>> from .report import Report, Row
    >>> one_line(Report("gradcheck", [Row("w", "FAIL", (2,), {"engine": 1.0, "finite difference": 2.0}, 0.5)]))
    '<gradcheck FAIL: w at [2]: engine 1, finite difference 2>'
    """
    parts = [f"{report.title} {report.verdict}"]
    if not report:
        row = report.rows[0]
        shown = {name: f"{x:.6g}" for name, x in row.numbers.items()}
        if shown.get("forward mode") == shown.get("engine"):
            shown.pop("forward mode", None)
        numbers = ", ".join(f"{name} {x}" for name, x in shown.items())
        parts.append(f"{row.name}{f' at {place(row)}' if row.entry else ''}")
        culprit = report.culprit
        story = row.lesson if culprit is None else getattr(culprit, "brief", str(culprit))
        parts.append(". ".join(filter(None, [numbers, " ".join(story.split())])))
    return clip_end(clean(f"<{': '.join(parts)}>"), ONE_LINE)


def clip_end(line: str, columns: int) -> str:
    """The beginning of a line, closed with …> where it was cut."""
    return line if len(line) <= columns else line[: columns - 2] + "…>"


def place(row: Row) -> str:
    """The worst entry as an index: [1, 0]; '-' for a number."""
    return str(list(row.entry)) if row.entry else "-"


def columns_of(report: Report) -> list[str]:
    """The names of the numbers, in the order in which rows bring them."""
    return list(dict.fromkeys(name for row in report.rows for name in row.numbers))


def cells(report: Report, digits: int, longest: int) -> list[list[str]]:
    """The table's body: one list of texts per row."""
    names = columns_of(report)
    return [
        [
            clip(clean(row.name), longest),
            row.verdict,
            place(row),
            *(f"{row.numbers[name]:.{digits}g}" if name in row.numbers else "" for name in names),
            f"{row.error:.1e}" if row.error >= ROUNDING else f"<{ROUNDING:.0e}".replace("e-0", "e-"),
        ]
        for row in report.rows
    ]


def heading(report: Report, lines: int) -> list[list[str]]:
    """The headings, on one line or broken at their spaces into several."""
    names = ["gradient of", "verdict", "worst entry", *columns_of(report), "error"]
    if lines == 1:
        return [names]
    words = [[name] if k == 0 or len(name) < 9 else name.split() for k, name in enumerate(names)]
    return [[column[i] if i < len(column) else "" for column in words] for i in range(max(map(len, words)))]


def fitting_table(report: Report) -> list[str]:
    """The lines of the table in the widest setting that fits."""
    for lines, digits, longest in ((1, 6, 28), (2, 6, 28), (2, 4, 28), (2, 4, 20), (2, 4, 13), (2, 3, 6)):
        table = [*heading(report, lines), *cells(report, digits, longest)]
        widths = [max(map(width, column)) for column in zip(*table)]
        if sum(widths) + 2 * len(widths) <= COLUMNS:
            break
    laid = [
        "  ".join(pad(c, w) if k < LEFT else " " * (w - width(c)) + c for k, (c, w) in enumerate(zip(line, widths)))
        for line in table
    ]
    return [clip(f"  {line}".rstrip(), COLUMNS) for line in laid]


def wrapped(sentence: str, first: str, after: str | None = None) -> list[str]:
    """A sentence on lines of at most 80 columns."""
    indent = line = first
    lines: list[str] = []
    for word in clean(sentence).split():
        while width(indent + word) > COLUMNS:  # a word longer than a line is broken
            cut = sum(w <= COLUMNS - width(indent) for w in accumulate(map(width, word)))
            lines, line, word = [*lines, *([line] if line.strip() else []), indent + word[:cut]], "", word[cut:]
            indent = first if after is None else after
            line = indent
        if line.strip() and width(f"{line} {word}") > COLUMNS:
            lines.append(line)
            line = indent = first if after is None else after
        line += f" {word}" if line.strip() else word
    return [*lines, line] if line.strip() or not lines else lines


def stories(report: Report) -> list[str]:
    """What stands below the table where the table cannot hold it."""
    lessons = [f"{row.name}: {' '.join(row.lesson.split())}" for row in report.rows if row.lesson]
    culprit = [] if report.culprit is None else [" ".join(str(report.culprit).split())]
    return [*lessons, *culprit, *report.hints, *(f"({note})" for note in report.notes)]


def markdown(report: Report) -> str:
    """The table and the stories as Markdown; what would be markup is escaped."""
    table = [*heading(report, 1), *cells(report, 6, 200)]
    lines = [f"| {' | '.join(map(escaped, row))} |" for row in table]
    rule = "|".join(":---" if k < LEFT else "---:" for k in range(len(table[0])))
    body = [lines[0], f"|{rule}|", *lines[1:]] if report.rows else []
    return "\n".join([f"**{escaped(headline(report))}**", "", *body, *(f"\n- {escaped(s)}" for s in stories(report))])


def escaped(sentence: str) -> str:
    """A text that Markdown shows as it is.

    >>> escaped("a|b *c*")
    'a\\\\|b \\\\*c\\\\*'
    """
    return "".join(
        "\\" + c if c in "\\|*_`<>#[]$" and not (c in "[]" and len(sentence) < 20) else c for c in clean(sentence)
    )


def html(report: Report) -> str:
    """The table and the stories as HTML that works in light and dark pages."""
    from html import escape  # only notebooks need it

    colours = {"PASS": "#2a9d55", "FAIL": "#d1495b", "INCONCLUSIVE": "#c98a00"}
    names, body = heading(report, 1)[0], cells(report, 6, 200)
    head = "".join(f"<th style='text-align:left'>{escape(name)}</th>" for name in names)
    lines = []
    for row in body:
        parts = [
            f"<td style='text-align:{'left' if k < LEFT else 'right'}'>{escape(c)}</td>" for k, c in enumerate(row)
        ]
        parts[1] = f"<td style='text-align:left;color:{colours[row[1]]};font-weight:bold'>{row[1]}</td>"
        lines.append(f"<tr>{''.join(parts)}</tr>")
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>" if lines else ""
    told = "".join(f"<li>{escape(clean(story))}</li>" for story in stories(report))
    return f"<div><b>{escape(headline(report))}</b>{table}{f'<ul>{told}</ul>' if told else ''}</div>"

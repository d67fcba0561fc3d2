"""`tinygrad-edu predict`: ask a network that `tinygrad-edu train` has saved, about one sample or a table of them."""

from __future__ import annotations

import argparse
import csv
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .arguments import Parser
from .assignments import InputError
from .caret import quoted
from .table import is_number, read_table

if TYPE_CHECKING:
    from .learned import Learned

DESCRIPTION = """\
Ask a network that tinygrad-edu train has saved. It answers with a class and its
probability, or with a number; about a table with one line for each row, which
other programs can read."""

EXAMPLES = """\
examples:
  tinygrad-edu predict tinygrad-edu-train/spirals 0.5 -0.3
  tinygrad-edu predict tinygrad-edu-train/people --csv points.csv
  tinygrad-edu predict tinygrad-edu-train/people --csv points.csv > answers.csv

If the first line of the table has names, the inputs are found by theirs, and
other columns are left aside; without names there are only the inputs.
"""


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser: Parser = commands.add_parser("predict", help="ask a network that was trained", description=DESCRIPTION,
                                         epilog=EXAMPLES, formulas="words")  # fmt: skip
    parser.add_argument("words", metavar="FOLDER NUMBER", nargs="*", help="where the network is, and its inputs")
    parser.add_argument("--csv", metavar="FILE", help="a table of inputs, one sample per line")
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """Answer."""
    if not arguments.words:
        raise InputError(
            "It is not said which network to ask.", "The folder that tinygrad-edu train wrote comes first.",
            "Write tinygrad-edu predict tinygrad-edu-train/moons 0.5 -0.3.",
        )  # fmt: skip
    folder, *words = (word.strip() for word in arguments.words)
    learned = network_in(folder)
    if arguments.csv is not None:
        if words:
            raise InputError(
                f"There are numbers, {quoted(words[0])}, and a table.", "Each asks in a way of its own.",
                "Leave out one of them.",
            )  # fmt: skip
        answer_table(learned, inputs_in(learned, arguments.csv))
    else:
        answer_one(learned, sample(learned, words, folder))


def network_in(folder: str) -> Learned:
    """The network in a folder, or in a file.

    raises   InputError if there is none; FileContentError if its file is damaged or foreign
    """
    from .learned import FILE, Learned

    path = Path(folder).expanduser()
    path = path if path.suffix == Path(FILE).suffix and not path.is_dir() else path / FILE
    if not path.is_file():
        raise InputError(
            f"There is no network in {quoted(folder)}.", f"It would be in the file {FILE}, and there is none.",
            "Write the folder that tinygrad-edu train named at its end, or train one: tinygrad-edu train moons.",
        )  # fmt: skip
    return Learned.load(path)


def sample(learned: Learned, words: list[str], folder: str) -> np.ndarray:
    """The inputs that were typed.

    raises   InputError for another number of them, and for what is no number
    """
    for word in words:
        if not is_number(word):
            comma = is_number(word.replace(",", ".", 1))
            raise InputError(
                f"{quoted(word)} is no number.", "Each input of the network is one finite number.",
                f"Write {word.replace(',', '.')}, with a decimal point." if comma
                else "Write numbers such as 0.5 or -3e2, or --csv points.csv for a table.",
            )  # fmt: skip
    names = learned.inputs
    if len(words) != len(names):
        many = f"{', '.join(names[:6])}{', …' * (len(names) > 6)}"
        raise InputError(
            f"There {'is 1 number' if len(words) == 1 else f'are {len(words)} numbers'}, and the network has "
            f"{len(names)} input{'s' * (len(names) != 1)}: {many}.",
            "It was trained on so many, and answers about no others.",
            f"Write tinygrad-edu predict {folder} {' '.join(['0.5'] * len(names))}." if len(names) <= 6
            else f"Write a table of them, and tinygrad-edu predict {folder} --csv FILE.",
        )  # fmt: skip
    return np.array([[float(word) for word in words]])


def inputs_in(learned: Learned, path: str) -> np.ndarray:
    """The inputs in a table, found by the names of the columns if there are any.

    raises   InputError for a column that is missing, or too many without names
    """
    table, names = read_table(path), learned.inputs
    missing = [name for name in names if name not in table.names] if table.names else []
    if missing:
        raise InputError(
            f"{path} has no column {quoted(missing[0])}; it has {', '.join(table.names)}.",
            f"The network was trained on {', '.join(names[:12])}{', …' * (len(names) > 12)}.",
            "Write these names into the first line, in any order, or leave out the line of names.",
        )  # fmt: skip
    if not table.names and table.width != len(names):
        raise InputError(
            f"{path} has {table.width} columns, and the network has {len(names)} inputs.",
            "Without names in the first line, the columns are the inputs in their order, and nothing else.",
            f"Leave out the others, or write the names into the first line: {','.join(names[:12])}.",
        )  # fmt: skip
    columns = [table.names.index(name) for name in names] if table.names else range(table.width)
    return np.column_stack([table.numbers(k) for k in columns])


def answers(learned: Learned, x: np.ndarray) -> np.ndarray:
    """The numbers (n, 1), or the probabilities (n, classes).

    raises   InputError for inputs so large that there is no answer
    """
    found = learned.numbers(x)[:, None] if learned.classes is None else learned.probabilities(x)
    whole = np.hstack([found, learned.scaled(x)])
    bad = np.flatnonzero(~np.isfinite(whole).all(axis=1))
    if len(bad):
        raise InputError(
            f"There is no answer about sample {bad[0] + 1}: it is not finite.",
            "Its numbers are so large that what the network computes with them overflows.",
            "Write numbers like those that it was trained on.",
        )  # fmt: skip
    return found


def answer_one(learned: Learned, x: np.ndarray) -> None:
    """Print the answer; of several classes, the likeliest first."""
    [found] = answers(learned, x)
    if learned.classes is None:
        print(f"{learned.target}: {shown(float(found[0]), learned.unit)}")
        return
    order = np.argsort(-found, kind="stable")[:10]
    width = max(len(learned.classes[k]) for k in order)
    print(f"{learned.target}: {learned.classes[order[0]]}")
    for k in order:
        print(f"  {learned.classes[k]:<{width}}  {percent(found[k])}")


def shown(y: float, unit: float) -> str:
    """A number with six digits, or more if it takes them to tell it from one that is a ten-thousandth of `unit` away.

    >>> shown(1234567.0, 1e6), shown(1700000123.4, 1e3)
    ('1.23457e+06', '1700000123.4')
    """
    digits = math.ceil(math.log10(abs(y) / unit)) + 4 if y else 0
    return f"{y:.{max(6, digits)}g}"


def percent(p: float) -> str:
    """A probability; what is not quite sure is not called so.

    >>> percent(0.51234), percent(0.99996), percent(1.0), percent(0.00002)
    ('51.2%', '> 99.9%', '> 99.9%', '< 0.1%')
    """
    return "> 99.9%" if p > 0.9995 else "< 0.1%" if p < 0.0005 else f"{p:.1%}"


def answer_table(learned: Learned, x: np.ndarray) -> None:
    """Print one line for each row: its number, and the answer with all digits."""
    found = answers(learned, x)
    out = csv.writer(sys.stdout, lineterminator="\n")
    if learned.classes is None:
        out.writerow(["row", learned.target])
        out.writerows([k, repr(float(y))] for k, [y] in enumerate(found, 1))
        return
    out.writerow(["row", learned.target, "probability"])
    best = found.argmax(axis=1)
    out.writerows([k, learned.classes[j], repr(float(p[j]))] for k, (j, p) in enumerate(zip(best, found), 1))

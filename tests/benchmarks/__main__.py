"""The command line: choose workloads, measure them, print or write the table."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from .contest import Contest
from .machine import facts, use_one_thread
from .measure import Row, run
from .table import cells, markdown, remarks

HEAD = """# Benchmarks

Every figure is measured beside its references in the same run; what counts is the ratio. Before anything is timed,
value and gradients of all contestants are compared. Each contestant runs in a process of its own, so that neither
its imports nor its garbage cost the others anything; rounds are interleaved; times are medians of processor time,
ratios are medians of the ratios within a round. The garbage collector is on, as in any program.
Where a budget was written in milliseconds, it is judged as a ratio to the reference it was written beside.

    python -m pip install ".[bench]"
    python -m tests.benchmarks                              # everything
    python -m tests.benchmarks W3 W4                        # some workloads
    python -m tests.benchmarks --write docs/benchmarks.md   # this page, measured anew
    python -m tests.benchmarks W8 --write docs/benchmarks.md   # only that part of it
"""


def workloads() -> dict[str, str]:
    """'W1' → its module, in order, as the folder lists them."""
    files = sorted(Path(__file__).parent.glob("w[0-9]*_*.py"), key=lambda file: int(file.stem.split("_")[0][1:]))
    return {file.stem.split("_")[0].upper(): f"{__package__}.{file.stem}" for file in files}


def main(arguments: list[str] | None = None) -> None:
    """Measure what was asked for."""
    known = workloads()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("workload", nargs="*", metavar="W", help=f"one of {', '.join(known)}; all of them without it")
    parser.add_argument("--rounds", type=int, help="timed rounds per contest (more is steadier)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page of documentation to FILE")
    options = parser.parse_args(arguments)
    chosen = [name.upper() for name in options.workload] or list(known)
    for name in chosen:
        if name not in known:
            parser.error(f"there is no workload {name}; there are {', '.join(known)}")
    use_one_thread()
    machine = "\n".join(["Measured on:", "", *(f"- {fact}" for fact in facts())])
    before = options.write.read_text("utf-8") if options.write and options.workload and options.write.exists() else ""
    if before and machine not in before:
        parser.error(f"{options.write} was measured on another machine or with other packages; write all of it anew")
    page = [HEAD, machine, ""]
    print("\n".join(facts()))
    for name in chosen:
        module = importlib.import_module(known[name])
        for contest in module.CONTESTS:
            section = section_of(contest, run(contest, known[name], say, options.rounds))
            print("\r\033[K" * sys.stderr.isatty() + "\n" + section, flush=True)
            page.append(section)
    if options.write:
        options.write.write_text(renewed(before, page) if before else "\n".join(page), encoding="utf-8")
        print(f"wrote {options.write}")


def renewed(before: str, page: list[str]) -> str:
    """The page as it was, with the workloads that were measured anew in the place of their former sections.

    >>> print(renewed("head\\n\\n## W1 · a\\n\\n1\\n\\n## W8 · b\\n\\n2\\n", ["HEAD", "## W8 · c\\n\\n3\\n"]))
    HEAD
    ## W1 · a
    <BLANKLINE>
    1
    <BLANKLINE>
    ## W8 · c
    <BLANKLINE>
    3
    <BLANKLINE>
    """
    head, *measured = "\n".join(page).split("\n## ")
    anew = {section.split()[0] for section in measured}
    kept = [section for section in before.split("\n## ")[1:] if section.split()[0] not in anew]
    return "\n## ".join([head, *sorted(kept + measured, key=lambda section: int(section.split()[0][1:]))])


def section_of(contest: Contest, rows: list[Row]) -> str:
    """Heading, table and remarks of one contest."""
    lines = [f"## {contest.label}", "", markdown(cells(contest, rows)), ""]
    return "\n".join([*lines, *(line + "\n" for line in remarks(contest, rows))])


def say(text: str) -> None:
    """What is being done, on one line that is overwritten, when somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

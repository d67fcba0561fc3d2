"""One contestant in one process: it is asked for its numbers once, then for timed blocks.

The clock is the processor time of the process, so what else the machine does meanwhile does not count. Before
each block the garbage is collected; inside it the collector runs as in any program, so the cycles that a contestant
leaves behind cost itself and nobody else.
"""

from __future__ import annotations

import gc
import importlib
import time
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from .contest import Contest

CLOCK = time.process_time


class Worker:
    """A fresh process that prepared one contestant; a context manager, so that it always ends."""

    def __init__(self, module: str, contest: Contest, name: str, size: int):
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, module, contest.label, name, size), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.pipe.close()
        self.process.join()

    def ask(self, question: str, *arguments: Any) -> Any:
        """The worker's answer; its traceback as a RuntimeError if it failed."""
        self.pipe.send((question, *arguments))
        try:
            fine, answer = self.pipe.recv()
        except EOFError:
            self.process.join()
            raise RuntimeError(f"the process ended with exit code {self.process.exitcode}") from None
        if not fine:
            raise RuntimeError(answer)
        return answer

    def first(self) -> tuple[list[Any], int]:
        """The numbers of the very first run, and by how many bytes the process grew while its result is held.

        A contest that weighs its results is told how many bytes the result itself is instead.
        """
        return self.ask("first")

    def block(self, runs: int) -> float:
        """Seconds per run, over `runs` consecutive ones."""
        return self.ask("block", runs)


def serve(pipe: Connection, module: str, label: str, name: str, size: int) -> None:
    """Answer until the other side hangs up."""
    answers: dict[str, Callable[..., Any]] = {}
    while True:
        try:
            question, *arguments = pipe.recv()
        except EOFError:
            return
        try:
            answers = answers or prepared(module, label, name, size)
            pipe.send((True, answers[question](*arguments)))
        except Exception:
            pipe.send((False, traceback.format_exc()))


def prepared(module: str, label: str, name: str, size: int) -> dict[str, Callable[..., Any]]:
    """The two questions a contestant can be asked."""
    contests: list[Contest] = importlib.import_module(module).CONTESTS
    contest = next(c for c in contests if c.label == label)
    step, read = contest.entries[name].prepare(size)

    def first() -> tuple[list[Any], int]:
        gc.collect()
        before = resident_bytes()
        result = step()
        grown = resident_bytes() - before
        return read(result), contest.weigh(result) if contest.weigh else grown

    def block(runs: int) -> float:
        gc.collect()
        start = CLOCK()
        for _ in range(runs):
            step()
        return (CLOCK() - start) / runs

    return {"first": first, "block": block}


def resident_bytes() -> int:
    """Memory of this process that is really in use (Linux; elsewhere its highest mark so far)."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

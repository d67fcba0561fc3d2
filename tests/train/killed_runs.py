"""A program that kills its own training runs with SIGKILL, again and again, and looks at what was lost.

It is started by test_killed.py as a process of its own, because it forks: each run is a real process, which begins
without importing everything again. It prints what it found as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.train.problems import OPTIMIZERS, arrays, numbers, points, same
from tinygrad_edu.optim.lr_scheduler import CosineAnnealingLR
from tinygrad_edu.saving.load import load
from tinygrad_edu.train import Callback, Checkpoint, EarlyStopping, fit

X, Y = points()
LONGEST = 10  # epochs, in time, that a run lives after its first step
LIMIT = 60  # seconds without any step, after which something is wrong


class Telling(Callback):
    """Writes a byte for every epoch that is over: its successor has begun, so its checkpoint has been written."""

    def __init__(self, pipe):
        self.pipe = pipe

    def on_batch(self, event):
        if event.batch == 1:
            os.write(self.pipe, b"e")


def run(epochs, path=None, pipe=None):
    """The run, from its checkpoint if there is one; everything that it ends with."""
    net = arrays()
    optimizer = OPTIMIZERS["adam"](net.parameters())
    schedule, stopping = CosineAnnealingLR(optimizer, T_max=50), EarlyStopping(patience=10**6)
    callbacks = [stopping, *([Checkpoint(path)] if path else []), *([Telling(pipe)] if pipe else [])]
    history = fit(net, (X, Y), "mse", optimizer, epochs, batch_size=8, validation=(X, Y), schedule=schedule,
                  callbacks=callbacks, resume=path)  # fmt: skip
    return {
        "model": net.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
        "dropout": net[3].rng.bit_generator.state, "stopping": stopping.state_dict(), "history": numbers(history),
    }  # fmt: skip


def killed(path, moment):
    """Start a run, kill it at that moment after its first step; how many steps into new epochs it had told of."""
    mine, its = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            run(10**9, path, its)
        os._exit(1)
    os.close(its)
    signal.alarm(LIMIT)
    told = len(os.read(mine, 1))
    time.sleep(moment)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    while more := os.read(mine, 4096):
        told += len(more)
    os.close(mine)
    return told, os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def main(folder, times):
    path, moments = Path(folder) / "run.npz", random.Random(0)
    run(1)  # what is loaded late is loaded
    start = time.perf_counter()
    run(10)
    epoch = (time.perf_counter() - start) / 10  # on this machine, now
    done, kills, lost, torn = 0, 0, [], 0
    for _ in range(times):
        told, by_signal = killed(path, moments.uniform(0.0, LONGEST * epoch))
        torn += len(list(path.parent.glob(".*.part")))
        kills += by_signal
        saved = load(path).extra["epoch"] if path.exists() else 0
        over = done + told - 1  # the first thing told is that the first epoch has begun
        lost.append(over - saved)
        done = saved
    parts, whole = run(done + 2, path), run(done + 2)
    print(json.dumps({
        "kills": kills, "epochs": done, "lost": lost, "torn": torn,
        "left over": [file.name for file in path.parent.iterdir()],
        "different": [name for name in whole if not same(parts[name], whole[name])],
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""W5: a chain of a million scalar operations, y ← y · 0.999999 and y ← y + 0.000001 in turn, then backward.

HIPS autograd and JAX are not here: they need minutes for it, or end in a RecursionError.
"""

from __future__ import annotations

import sys

from .contest import OURS, Contest

contest = Contest(
    "W5", "chain of 1,000,000 operations, per operation", size=1_000_000, tiny=100, unit="µs", per=lambda n: n,
    min_runs=2, rounds=3, memory=True,
    notes="Bytes: growth of the process's resident memory over the first run in a fresh process, read while the graph "
          "and its gradients are still held, per operation. The time includes dropping the graph; two runs follow each "
          "other, so that the second pays for the cycles the first one left.",
)  # fmt: skip
CONTESTS = [contest]


def chain(y, n):
    """The last value of the chain that starts at y."""
    for _ in range(n // 2):
        y = y * 0.999999
        y = y + 0.000001
    return y


@contest.entry("by the formula")
def formula(n):
    """What the numbers must be: y = r^k + 1e-6 · (1 − r^k)/(1 − r), slope r^k."""

    def step():
        slope = 0.999999 ** (n // 2)
        return slope + 0.000001 * (1 - slope) / (1 - 0.999999), slope

    return step, list


@contest.entry("micrograd", needs="micrograd")
def micrograd(n):
    from micrograd.engine import Value

    sys.setrecursionlimit(10 * n + 10_000)  # it walks the graph by recursion
    Value(1.0).backward()

    def step():
        x = Value(1.0)
        y = chain(x, n)
        y.backward()
        return y, x

    return step, lambda result: [result[0].data, result[1].grad]


@contest.entry("PyTorch, 0-d tensors", needs="torch")
def pytorch(n):
    import torch

    torch.set_num_threads(1)
    torch.ones((), dtype=torch.float64, requires_grad=True).exp().backward()

    def step():
        x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        y = chain(x, n)
        y.backward(retain_graph=True)
        return y, x

    return step, lambda result: [result[0].item(), result[1].grad.item()]


@contest.entry(OURS)
def ours(n):
    import tinygrad_edu as tg

    tg.Value(1.0).exp().backward()

    def step():
        x = tg.Value(1.0)
        y = chain(x, n)
        y.backward()
        return y, x

    return step, lambda result: [result[0].data, result[1].grad]


contest.budget(OURS, 2 / 11.4, "PyTorch, 0-d tensors", "≤ 2 µs, where PyTorch takes 11.4")
contest.budget(OURS, 240, None, "≤ 240 bytes, gradients kept")

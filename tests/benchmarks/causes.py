"""Why a budget is missed, kept by hand: contest label and our entry → one line with the cause and its figure.

A line whose budget is met again is reported by the run, so that it gets removed.
"""

from __future__ import annotations

from .contest import OURS

COMPILED, IN_PYTHON, NATIVE = (f"{OURS}, {how}" for how in ("compiled", "compiled to Python", "native"))
CAUSES: dict[tuple[str, str], str] = {
    ("W1 · scalar graph", OURS): "65,000 operations at 1.7 µs: 0.6 to record one, 0.2 to find and sort it, 0.5 to "
    "carry its gradient back, 0.3 for the garbage collector's walks over the growing graph, 0.1 to drop it.",
    ("W1 · on the (100, 2) array", OURS): "the 337 parameters are single Values: gathering them into arrays and "
    "handing their gradients out one by one is 0.5 ms of Python; the products themselves take 0.1 ms.",
    ("W2 · training R3, per sample", OURS): "a backward pass costs 5 µs before its first node, each of the 21 nodes "
    "0.5 µs to record and 0.7 µs to carry back, and the update 3 µs; nothing is shared between samples.",
    ("W2 · training R3, per sample", IN_PYTHON): "a call asks whether nan came out and the types are the "
    "same (0.13 of the time of the cached floats), goes through an object (0.1), multiplies every gradient with the "
    "rate, as it is written (0.07), and looks whether the functions and the rate around it are still the same (0.05).",
    ("W3 · MLP 784-256-128-10, batch 64, float32", OURS): "0.9 ms are the matrix products, as by hand; beside them "
    "inputs are copied so that a later change cannot spoil the gradient, gradients are asked whether they are nan, and "
    "recording and walking 14 nodes takes 0.15 ms.",
    ("W4 · n = 100", OURS): "0.8 to 1.3 µs to record each of 10 operations and 1.5 to 3 µs around each of their "
    "derivatives, beside NumPy's own 0.4 µs per operation.",
    ("W4 · n = 1,000,000", OURS): "NumPy's tanh and exp take 10 and 6 ns per entry on this processor, which has no "
    "AVX-512: the tiled NumPy code, which touches no new memory, is not below PyTorch either. And each result is a new "
    "array: where the C library gives freed memory back to the system, a step has up to 12,600 page faults and takes "
    "2.1 times as long as with none; it differs from run to run.",
    ("W4 · n = 1,000,000", COMPILED): "the pieces stay in the cache, as in the tiled NumPy code, which reaches "
    "0.7 itself here: without AVX-512, NumPy's tanh and exp alone take two thirds of the time.",
    ("W5 · chain of 1,000,000 operations, per operation", OURS): "0.6 µs is the garbage collector, which walks the "
    "growing graph about seven times; with it off, 1.6 µs.",
    ("W6 · Hessian of 20-d Rosenbrock", OURS): "20 sweeps over the 23 nodes of the recorded gradient, 4.6 µs per node.",
    ("W6 · HVP of an MLP 20-16-1, batch 32", OURS): "26 small operations are recorded during the first backward pass, "
    "each with checks of shape and precision: 10 µs per operation, and 5 µs to carry it back.",
    ("W10 · compiling 30,000 scalar operations", NATIVE): "running the function once on lines and writing them "
    "down takes 0.3 s, 10 µs a line; the instructions are written in 0.06 s, and LLVM takes 0.25.",
}

"""W10: compiling a scalar program of 30,000 operations, and running it.

Twenty numbers go through 10,000 steps v ← 0.3 + 0.5 · v · w. The reference is what the same program costs without any
autodiff: Python's own compiler reading the finished text, LLVM reading the finished instructions.
"""

from __future__ import annotations

import random

from .contest import OURS, Contest

compiling = Contest("W10", "compiling 30,000 scalar operations", size=30_000, tiny=90, unit="s", min_runs=1, rounds=3)
running = Contest("W10", "running 30,000 scalar operations", size=30_000, tiny=90, unit="ms", rounds=5)
CONTESTS = [compiling, running]
INPUTS = 20


def partners(n: int) -> list[int]:
    """For every step, which earlier number is multiplied with the one of twenty steps before."""
    rng = random.Random(0)
    return [rng.randrange(k) for k in range(INPUTS, n // 3 + INPUTS)]


def start() -> list[float]:
    rng = random.Random(1)
    return [rng.uniform(-1.0, 1.0) for _ in range(INPUTS)]


def program(x, n):
    """The sum of the last twenty numbers."""
    v = list(x)
    for k, j in enumerate(partners(n)):
        v.append(0.3 + 0.5 * v[k] * v[j])
    return sum(v[-INPUTS:])


def text(n: int) -> str:
    """The program as Python, one line per operation."""
    lines = [f"def program({', '.join(f'v{k}' for k in range(INPUTS))}):"]
    for k, j in enumerate(partners(n)):
        lines += [f"    a{k} = 0.5 * v{k}", f"    b{k} = a{k} * v{j}", f"    v{k + INPUTS} = 0.3 + b{k}"]
    last = n // 3 + INPUTS
    return "\n".join([*lines, f"    return {' + '.join(f'v{k}' for k in range(last - INPUTS, last))}"])


@compiling.entry("Python's compiler, of the finished text")
def python_reference(n):
    written, x = text(n), start()

    def step():
        around = {}
        exec(compile(written, "<program>", "exec"), around)
        return around["program"]

    return step, lambda function: [function(*x)]


@running.entry("Python by hand")
def python_by_hand(n):
    step, _ = python_reference(n)
    function, x = step(), start()
    return (lambda: function(*x)), lambda y: [y]


def ours(n, backend):
    """Compile the function anew."""
    import tinygrad_edu as tg

    made = tg.compile(lambda x: program(x, n), backend=backend)
    return made, made(start())


@compiling.entry(f"{OURS}, compiled to Python")
def ours_python(n):
    return (lambda: ours(n, "python")), lambda made: [made[1]]


@compiling.entry(f"{OURS}, native", needs="llvmlite")
def ours_native(n):
    return (lambda: ours(n, "native")), lambda made: [made[1]]


@running.entry(f"{OURS}, compiled to Python")
def run_python(n):
    made, x = ours(n, "python")[0], start()
    return (lambda: made(x)), lambda y: [y]


@running.entry(f"{OURS}, native", needs="llvmlite")
def run_native(n):
    made, x = ours(n, "native")[0], start()
    return (lambda: made(x)), lambda y: [y]


@compiling.entry("LLVM, of the finished instructions, without its passes", needs="llvmlite")
def llvm_reference(n):
    """The same text once more, in LLVM's words."""
    import ctypes

    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    lines = ["define double @program(ptr %x) {"]
    for k in range(INPUTS):
        lines += [f"%p{k} = getelementptr double, ptr %x, i64 {k}", f"%v{k} = load double, ptr %p{k}"]
    for k, j in enumerate(partners(n)):
        lines += [f"%a{k} = fmul double 5.0e-01, %v{k}", f"%b{k} = fmul double %a{k}, %v{j}"]
        lines += [f"%v{k + INPUTS} = fadd double 0x3FD3333333333333, %b{k}"]
    last = n // 3 + INPUTS
    lines += [f"%s{last - INPUTS} = fadd double 0.0, %v{last - INPUTS}"]
    lines += [f"%s{k} = fadd double %s{k - 1}, %v{k}" for k in range(last - INPUTS + 1, last)]
    written = "\n".join([*lines, f"ret double %s{last - 1}", "}"])
    x = (ctypes.c_double * INPUTS)(*start())

    def step():
        machine = llvm.Target.from_default_triple().create_target_machine(opt=0, jit=True)  # the engine takes it over
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(written), machine)
        engine.finalize_object()
        return engine, ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p)(engine.get_function_address("program"))

    return step, lambda made: [made[1](x)]


compiling.budget(
    f"{OURS}, compiled to Python",
    0.6 / 0.25,
    "Python's compiler, of the finished text",
    "≤ 0.6 s, where that takes 0.25",
)
compiling.budget(
    f"{OURS}, native",
    0.4 / 0.28,
    "LLVM, of the finished instructions, without its passes",
    "≤ 0.4 s, where it takes 0.28",
)

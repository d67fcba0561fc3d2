"""Random programs of up to 200 operations: eager, Python, opened into numbers, machine code: one result."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tinygrad_edu.compiler.simplifying import filled as simplify_filled
from tinygrad_edu.compiler.simplifying.rules import ITSELF, RULES, made_by
from tinygrad_edu.ops import arithmetic

from .programs import Program, program, programs, run, smallest, trouble

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=60, suppress_health_check=SLOW)
@given(programs(200))
def test_programs_of_doubles_compute_what_they_compute_eagerly_with_two_derivatives(p: Program) -> None:
    assert trouble(p) is None


@settings(max_examples=40, suppress_health_check=SLOW)
@given(programs(60, single=True))
def test_programs_of_mixed_precision_do_as_well(p: Program) -> None:
    assert trouble(p) is None


@settings(max_examples=150, suppress_health_check=SLOW)
@given(programs(8))
def test_short_programs_do_as_well(p: Program) -> None:
    assert trouble(p) is None


def test_a_program_begins_with_the_lines_of_the_shorter_one_of_its_seed() -> None:
    assert program(5, 40).lines[:20] == program(5, 20).lines


def test_programs_are_varied() -> None:
    text = "\n".join(program(seed, 60).text for seed in range(60))
    operations = set(re.findall(r"tg\.(\w+)", text))
    assert len(operations) > 50
    assert {"where", "jvp", "hvp", "grad", "concatenate", "softmax"} <= operations and "@" in text


def without_signs(book: Any, op: Any, a: Any, b: Any) -> Any:
    """A rule with a mistake in it: a + (−b) → a + b."""
    return book.write(op, (a, b.inputs[0])) if made_by(b, arithmetic.negative) else None


MISTAKES = {
    "a wrong sign": lambda patch: patch.setitem(RULES[arithmetic.add], arithmetic.negative, [without_signs]),
    "a forgotten factor": lambda patch: patch.setitem(RULES[arithmetic.add], ITSELF, [lambda book, op, a, b: a]),
    "a number for an array": lambda patch: patch.setattr(
        simplify_filled, "everywhere", lambda book, number, shape: number
    ),
    "numbers rounded elsewhere": lambda patch: patch.setattr(simplify_filled, "common", lambda xs: np.dtype(float)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_rule_of_simplification_is_found(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    MISTAKES[mistake](monkeypatch)
    assert any(trouble(program(seed, 40, single=seed % 2 == 0)) for seed in range(100))


def test_the_smallest_program_that_fails_is_shown(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setitem(RULES[arithmetic.add], ITSELF, [lambda book, op, a, b: a])
    seed = next(seed for seed in range(1, 100, 3) if trouble(program(seed, 30)))
    small = smallest(program(seed, 200))
    assert trouble(small) and not any(trouble(program(seed, size)) for size in range(1, small.size))
    assert run(1, seed, 200) == 1
    assert f"Program(seed={seed}, size={small.size}," in capsys.readouterr().out

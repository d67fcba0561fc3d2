"""A planted mistake is named, in any data; numbers that have nothing to do with each other name nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.checking.constants import explain_factor
from tinygrad_edu.checking.mistakes import RATIO, Mistake, find_mistake

seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(2, 5), min_size=1, max_size=3).map(tuple)
scales = st.sampled_from([1e-12, 1e-3, 1.0, 1e5, 1e12])
precisions = st.sampled_from([np.float64, np.float32])
several = settings(max_examples=60, deadline=None)


def numbers(seed, shape, scale=1.0, dtype=np.float64):
    """Numbers of both signs that are not small, so that every entry is evidence."""
    rng = np.random.default_rng(seed)
    return (scale * rng.uniform(0.5, 2.0, shape) * rng.choice([-1, 1], shape)).astype(dtype)


# ── whatever the data, the planted mistake is named ──────────────────────────────────────────────────────────────────
@several
@given(seeds, shapes, scales, precisions)
def test_a_wrong_sign_is_named(seed, shape, scale, dtype):
    right = numbers(seed, shape, scale, dtype)
    assert find_mistake(-right, right) == Mistake("sign", "It is the gradient with the wrong sign.")


@several
@given(seeds, shapes, scales, precisions, st.sampled_from([2.0, 0.5, 3.0, -2.0, 0.37, 17.3, -1e-3, 1 + 1e-3]))
def test_a_constant_factor_is_named_with_its_number(seed, shape, scale, dtype, factor):
    right = numbers(seed, shape, scale, dtype)
    mistake = find_mistake(dtype(factor) * right, right)
    assert mistake.kind in ("factor", "sum for mean", "mean for sum")
    assert mistake.words.startswith(f"It is {factor:.3g}"[:8])


@several
@given(seeds, st.integers(2, 5), scales)
def test_a_transposed_square_gradient_is_named(seed, n, scale):
    right = numbers(seed, (n, n), scale)
    assert find_mistake(right.T, right).kind == "transposed"


@several
@given(seeds, st.integers(2, 5), st.integers(2, 5))
def test_a_gradient_in_another_shape_is_named(seed, n, m):
    right = numbers(seed, (n, m))
    assert find_mistake(right.T, right).kind == "transposed"
    assert find_mistake(right.ravel(), right).kind == "transposed"
    assert find_mistake(right.ravel("F").reshape(n, m), right).kind == "transposed"


@several
@given(seeds, shapes, scales)
def test_a_slope_applied_twice_or_forgotten_is_named_by_its_name(seed, shape, scale):
    right, slope = numbers(seed, shape, scale), np.random.default_rng(seed + 1).uniform(0.05, 0.25, shape)
    clues = {"x": numbers(seed + 2, shape), "σ′(h)": slope}
    twice, forgotten = find_mistake(right * slope, right, clues=clues), find_mistake(right / slope, right, clues=clues)
    assert (twice.kind, forgotten.kind) == ("twice", "forgotten")
    assert "σ′(h)" in twice.words and "σ′(h)" in forgotten.words


@several
@given(seeds, st.integers(2, 5), st.integers(2, 5))
def test_a_slope_per_neuron_is_found_in_a_matrix_of_weights(seed, n, m):
    right, slope = numbers(seed, (n, m)), np.random.default_rng(seed + 1).uniform(0.05, 0.25, n)
    assert find_mistake(right * slope[:, None], right, clues={"σ′(h)": slope}).kind == "twice"
    assert find_mistake(right.T * slope, right.T, clues={"σ′(h)": slope}).kind == "twice"


@several
@given(seeds, shapes, st.integers(2, 6))
def test_an_axis_that_was_not_summed_is_named(seed, shape, copies):
    broad = numbers(seed, (copies, *shape))
    right, clues = broad.sum(axis=0), {"g": broad}
    assert find_mistake(broad, right).kind == "not summed"
    assert find_mistake(broad[copies - 1], right, clues=clues).kind == "not summed"
    assert find_mistake(np.broadcast_to(right, broad.shape), right).kind == "not summed"
    if copies > 2:
        assert find_mistake(broad.mean(axis=0), right, clues=clues).kind == "mean for sum"


@several
@given(seeds, shapes, st.integers(3, 60))
def test_a_mean_for_a_sum_and_a_sum_for_a_mean_are_named(seed, shape, samples):
    right, clues = numbers(seed, shape), {"N": samples}
    mean, total = find_mistake(right / samples, right, clues=clues), find_mistake(right * samples, right, clues=clues)
    assert (mean.kind, total.kind) == ("mean for sum", "sum for mean")
    assert mean.words.endswith(f"a mean instead of a sum over N = {samples}.")


@several
@given(seeds, shapes, st.integers(2, 4))
def test_a_contribution_that_overwrote_the_others_is_named(seed, shape, uses):
    parts = [numbers(seed + k, shape) for k in range(uses)]
    clues = {f"use {k}": part for k, part in enumerate(parts)}
    assert find_mistake(parts[-1], np.sum(parts, axis=0), clues=clues).kind == "overwritten"


@several
@given(seeds, shapes)
def test_the_gradient_of_the_other_operand_is_named(seed, shape):
    g, a, b = (numbers(seed + k, shape) for k in range(3))
    mistake = find_mistake(g * a, g * b, clues={"a": a, "b": b})
    assert mistake == Mistake("wrong operand", "It is the gradient with a in the place of b.")
    assert find_mistake(a, b, clues={"the gradient of a": a}).kind == "wrong operand"


@several
@given(seeds, shapes)
def test_zero_and_one_wrong_entry_are_named(seed, shape):
    right = numbers(seed, shape)
    assert find_mistake(0 * right, right) == Mistake("zero", "It is zero everywhere.")
    found, place = right.copy(), tuple(n - 1 for n in shape)
    found[place] += 0.1
    mistake = find_mistake(found, right)
    assert (mistake.kind, mistake.places) == ("one entry", (place,))


# ── nothing is named by accident ─────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=300, deadline=None)
@given(seeds, shapes, st.booleans())
def test_unrelated_numbers_name_nothing(seed, shape, single):
    shape = () if single else shape
    found, right = numbers(seed, shape), numbers(seed + 1, shape)
    clues = {f"clue {k}": numbers(seed + 2 + k, shape) for k in range(6)} | {
        "N": 32.0,
        "broad": numbers(seed, (4, *shape)),
    }
    assert find_mistake(found, right, clues=clues) is None


@several
@given(seeds, shapes, scales, precisions)
def test_rounding_is_no_mistake(seed, shape, scale, dtype):
    right = numbers(seed, shape, scale, dtype)
    noise = 1 + np.random.default_rng(seed).uniform(-1, 1, shape) * 8 * np.finfo(dtype).eps
    assert find_mistake(right * noise, right) is None


@pytest.mark.parametrize(
    ("found", "right"),
    [(0.0337, 1.0), (np.array([0.0337, 0.0]), np.array([1.0, 0.0])), (np.array([0.0337] * 3), np.ones(3))],
)
def test_a_strange_factor_of_a_single_number_may_be_an_accident(found, right):
    assert find_mistake(found, right) is None


def test_what_else_a_single_number_could_mean_is_said():
    assert find_mistake(6.0, 3.0, clues={"x": 2.0}).words == (
        "It is 2 times the gradient: a factor 2 too much. With a single number this could also be: x applied twice."
    )
    other = Mistake("twice", "σ′(h) was applied twice."), 0.75
    assert find_mistake(0.75, 3.0, alternatives=[other]).words == (
        "It is 0.25 times the gradient: a factor 4 is missing."
        " A single number allows for another: σ′(h) was applied twice."
    )


def test_a_strange_factor_that_is_a_clue_is_named_after_it():
    assert find_mistake(0.0337, 1.0, clues={"σ′(h)": 0.0337}) == Mistake(
        "twice", "It is 0.0337 times the gradient: σ′(h) applied twice."
    )


def test_the_numbers_that_are_infinite_or_missing_are_no_ratio():
    right = np.array([1.0, 2.0, 4.0])
    assert find_mistake(np.array([2.0, np.nan, 8.0]), right) is None
    assert find_mistake(np.array([1.0, np.inf, 4.0]), right).kind == "one entry"
    assert find_mistake(right, np.zeros(3)) is None


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────
RIGHT = np.array([[1.0, -2.0, 4.0], [0.5, 3.0, 7.0]])
ROWS = [
    (2 * RIGHT, {}, "It is 2 times the gradient: a factor 2 too much."),
    (RIGHT / 2, {}, "It is 0.5 times the gradient: a factor 2 is missing."),
    (-2 * RIGHT, {}, "It is -2 times the gradient: the wrong sign, and a factor 2 too much."),
    (RIGHT * np.log(2), {}, "It is 0.693147 times the gradient: a factor ln 2 = 0.693147 too much."),
    (RIGHT / np.log(2), {}, "It is 1.4427 times the gradient: a factor ln 2 = 0.693147 is missing."),
    (RIGHT / 6, {}, "It is 0.166667 times the gradient: a mean instead of a sum over its 6 entries."),
    (9 * RIGHT, {"N": 10}, "It is 9 times the gradient: N − 1 = 9 too much."),
    (RIGHT * 0.9, {"N": 10}, "It is 0.9 times the gradient: divided by N instead of N − 1, with N = 10."),
    (RIGHT.T, {}, "It is the transposed gradient."),
    (RIGHT.ravel(), {}, "The numbers are right, in the shape (6,) instead of (2, 3): reshape it."),
    (RIGHT * [1, 5, 2], {"c": np.array([1.0, 5.0, 2.0])}, f"{RATIO} c in every entry: c was applied twice."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "clues", "words"), ROWS)
def test_the_words_say_what_is_wrong(found, clues, words):
    assert find_mistake(found, RIGHT, clues=clues).words == words


def test_axes_that_were_not_summed_are_listed():
    broad = np.arange(1.0, 25.0).reshape(2, 3, 4)
    assert find_mistake(broad, broad.sum(axis=(0, 1))).words == (
        "It is not summed over the axes 0 and 1: there it was broadcast, so slopes add up."
    )
    assert find_mistake(broad[1, 2], broad.sum(axis=(0, 1)), clues={"dZ": broad}).words == (
        "It is a single slice, [1, 2] of dZ: sum over the axes 0 and 1 instead."
    )
    assert find_mistake(3.0, np.full(2, 3.0)).words == "The numbers are right, but not repeated to the shape (2,)."


def test_the_constants_of_functions_are_known_by_name():
    assert explain_factor(np.pi, 3) == ("factor", "It is 3.14159 times the gradient: a factor π = 3.14159 too much.")
    assert explain_factor(1 / np.log(10), 1)[1].endswith("a factor ln 10 = 2.30259 is missing.")
    assert explain_factor(1.0, 3) is None and explain_factor(0.0, 3) is None

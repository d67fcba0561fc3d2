"""The sentences of explanations: rules, reasons for shapes, and conventions at kinks."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.ops.op import TABLE
from tinygrad_edu.writing.explain import explain
from tinygrad_edu.writing.kinks import CORNERS
from tinygrad_edu.writing.rule_words import WORDS, words

OURS = [op for op in TABLE.values() if op.forward.__module__.startswith("tinygrad_edu.")]


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("op", OURS, ids=lambda op: op.name)
def test_every_primitive_has_a_sentence_for_each_of_its_inputs(op):
    for k in range(len(op.inputs)):
        sentence = words(op, k)
        assert sentence.endswith(".") and 10 < len(sentence) < 110 and sentence[0].isupper()


def test_the_table_of_sentences_names_only_what_exists():
    assert WORDS.keys() <= TABLE.keys() and CORNERS.keys() <= TABLE.keys()
    for name, said in WORDS.items():
        if isinstance(said, dict):
            assert said.keys() == set(TABLE[name].inputs)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda x: x * 2.0, "Product rule: each factor's derivative is the other factor."),
        (lambda x: x + 2.0, "A sum hands its gradient on to every term as it is."),
        (lambda x: 2.0 - x, "What is subtracted receives the gradient with its sign changed."),
        (
            lambda x: tg.arctan2(x, 2.0),
            "Chain rule through arctan2: its derivative by a, the rest held still.",
        ),
        (lambda x: tg.sinc(x), "Chain rule through sinc: its derivative times what arrived."),
    ],
)
def test_a_rule_is_told_in_words(make, sentence):
    x = Value(3.0, "x")
    assert sentence in explain(make(x), x).text


def test_a_rule_that_comes_again_is_not_said_again():
    x = Value(3.0, "x")
    assert explain(x + 1.0 + 2.0 + 3.0, x).text.count("A sum hands") == 1


def test_a_primitive_of_the_user_gets_a_general_sentence_even_under_a_known_name(monkeypatch):
    monkeypatch.setitem(TABLE, "relu", None)

    @tg.op(x=lambda g, y, x: g * 2.0, elementwise=True)
    def relu(x):
        """Not what the name says."""
        return x * 2.0

    x = Value(0.0, "x")
    text = explain(relu(x), x).text
    assert "Chain rule through relu: its derivative times what arrived." in text and "kink" not in text


# ── kinks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
HALF = "equal numbers get half of the gradient each"
KINKS = [  # at the kink, beside it, what is told at the kink
    (tg.relu, 0.0, 0.5, "At 0 relu has a kink: the slope there is 0 by convention."),
    (tg.absolute, 0.0, 0.5, "At 0 absolute has a kink: the slope there is 0, halfway between −1 and 1."),
    (
        lambda x: tg.leaky_relu(x, negative_slope=0.2),
        0.0,
        0.5,
        "At 0 leaky_relu has a kink: the slope there is 0.2 by convention.",
    ),
    (lambda x: tg.elu(x, alpha=2.0), 0.0, 0.5, "At 0 elu has a kink: the slope there is 2 by convention."),
    (
        lambda x: tg.maximum(x, 3.0),
        3.0,
        2.0,
        "At a tie maximum has a kink: equal numbers get half of the gradient each.",
    ),
    (
        lambda x: tg.minimum(3.0, x),
        3.0,
        2.0,
        "At a tie minimum has a kink: equal numbers get half of the gradient each.",
    ),
    (tg.max, [1.0, 1.0], [1.0, 2.0], "At a tie max has a kink: the entries that tie share the gradient equally."),
    (tg.min, [1.0, 1.0], [1.0, 2.0], "At a tie min has a kink: the entries that tie share the gradient equally."),
    (tg.norm, [0.0, 0.0], [0.0, 1.0], "At 0 norm has a kink: the slope there is 0 by convention."),
    (tg.std, [1.0, 1.0], [1.0, 2.0], "At 0 std has a kink: the slope there is 0 by convention."),
    (lambda x: tg.hypot(x, 0.0), 0.0, 1.0, "At 0 hypot has a kink: the slope there is 0 by convention."),
    (
        lambda x: tg.relu(x).sum(),
        [0.0, 1.0, 0.0],
        [-1.0, 1.0, 2.0],
        "At 0 relu has a kink (2 of 3 entries): the slope there is 0 by convention.",
    ),
    (
        lambda x: tg.norm(x, 1),
        [0.0, 1.0],
        [-1.0, 1.0],
        "At 0 norm has a kink (1 of 2 entries): the slope there is 0 by convention.",
    ),
    (
        lambda x: tg.max(x, axis=1).sum(),
        [[1.0, 1.0], [1.0, 2.0]],
        [[1.0, 3.0], [1.0, 2.0]],
        "At a tie max has a kink (1 of 2 entries): the entries that tie share the gradient equally.",
    ),
]


@pytest.mark.parametrize(("f", "at", "beside", "told"), KINKS, ids=[row[3].split(" has")[0][3:] for row in KINKS])
def test_the_convention_at_a_kink_is_told_to_who_is_there_and_to_nobody_else(f, at, beside, told):
    x = Value(at, "x")
    assert told in " ".join(explain(f(x), x).text.split())
    assert "kink" not in explain(f(Value(beside, "x"))).text


def test_at_a_kink_nothing_is_said_about_what_a_small_step_would_do():
    x = Value(0.0, "x")
    assert explain(tg.relu(x) * 5.0, x).text.splitlines()[1] == "y is 0."


def test_an_elu_with_alpha_one_has_no_kink():
    x = Value(0.0, "x")
    assert "kink" not in explain(tg.elu(x), x).text


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────
ROWS, COLUMN, NUMBER = np.ones((32, 3)), np.ones((32, 1)), 2.0


@pytest.mark.parametrize(
    ("f", "b", "reason"),
    [
        (lambda b: ROWS + b, np.ones(3), "(32, 3) summed over axis 0 to (3,), because b was added to each of 32 rows."),
        (
            lambda b: ROWS * b,
            COLUMN,
            "(32, 3) summed over axis 1 to (32, 1), because b was multiplied with each of 3 columns.",
        ),
        (lambda b: ROWS * b, NUMBER, "(32, 3) summed over all entries, because b was multiplied with each of 96."),
        (
            lambda b: np.ones((2, 4, 3)) - b,
            np.ones((1, 1, 3)),
            "(2, 4, 3) summed over the axes 0, 1 to (1, 1, 3), because b was part of each of 8 places.",
        ),
        (lambda b: ROWS @ b, np.ones((3, 5)), "(3, 32) @ (32, 5) → (3, 5): the only order in which the shapes fit."),
        (lambda b: b @ ROWS, np.ones((5, 32)), "(5, 3) @ (3, 32) → (5, 32): the only order in which the shapes fit."),
        (lambda b: ROWS.T * b.T, ROWS, "(3, 32) → (32, 3): turned back, as the way forward had turned it."),
        (lambda b: b.mean(), np.ones(2), "The same for both entries of b."),
        (lambda b: b.mean(), ROWS, "The same for all 96 entries of b."),
        (
            lambda b: tg.nn.Linear(3, 2, rng=np.random.default_rng(0))(ROWS) + b,
            np.ones(2),
            "because b was added to each of 32 rows.",
        ),
    ],
)
def test_a_sum_a_transpose_or_a_copy_has_its_reason(f, b, reason):
    b = Value(b, "b")
    assert reason in " ".join(explain(tg.sum(f(b) * 1.5), b).text.split())


def test_a_weight_of_a_linear_layer_knows_its_samples():
    layer = tg.nn.Linear(3, 2, rng=np.random.default_rng(0))
    layer.weight.name, layer.bias.name = "W", "b"
    text = " ".join(explain(tg.sum(layer(ROWS) ** 2)).text.split())
    assert "(2, 32) @ (32, 3) → (2, 3): one row per output, and a sum over 32 samples." in text
    assert "(32, 2) summed over axis 0 to (2,), because b was added to each of 32 rows." in text

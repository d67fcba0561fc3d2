"""Losses: the numbers of the textbook, exact gradients, stable far from zero, no silent broadcasting.

Figures marked "PyTorch" were made once with PyTorch 2 in float64, with the same arguments.
"""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu import losses
from tinygrad_edu.engine import Value
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError
from tinygrad_edu.losses.by_name import TABLE
from tinygrad_edu.ops.activations import sigmoid

LOGITS = [[2.0, -1.0, 0.5], [0.0, 3.0, -2.0], [1000.0, -1000.0, 0.0], [-1.5, 0.25, 4.0]]
SOFT = [[0.2, 0.3, 0.5], [1, 0, 0], [0.5, 0.5, 0], [0, 0, 1.0]]

# loss, prediction, target, losses without reduction, gradient of their sum (PyTorch)
FIGURES = [
    (losses.mse, [[1.0, -2.0], [0.5, 4.0]], [[0.0, 1.0], [0.5, -1.0]], [[1, 9], [0, 25]], [[2, -6], [0, 10]]),
    (
        losses.binary_cross_entropy,
        [0.1, 0.5, 0.9, 0.999, 0.3],
        [0.0, 1.0, 1.0, 0.0, 0.25],
        [0.10536051565782631, 0.6931471805599453, 0.10536051565782628, 6.907755278982136, 0.5684994090355333],
        [1.1111111111111112, -2.0, -1.1111111111111112, 1000.0, 0.23809523809523805],
    ),
    (
        losses.binary_cross_entropy_with_logits,
        [-1000.0, -3.0, -0.5, 0.0, 2.0, 40.0, 1000.0],
        [1.0, 0.0, 1.0, 0.3, 1.0, 1.0, 0.0],
        [1000.0, 0.048587351573742055, 0.9740769841801067, 0.6931471805599453, 0.1269280110429725,
         4.248354255291589e-18, 1000.0],
        [-1.0, 0.04742587317756678, -0.6224593312018546, 0.2, -0.11920292202211769, 0.0, 1.0],
    ),
    (
        losses.cross_entropy,
        LOGITS,
        [0, 2, 1, 2],
        [0.24131129665715703, 5.054985235377147, 2000.0, 0.02723038220974591],
        [
            [-0.21440296541072412, 0.03911257327068745, 0.1752903921400367],
            [0.04712341652466415, 0.9464991225528937, -0.9936225390775577],
            [1.0, -1.0, 0.0],
            [0.003976988588201146, 0.022885989172106564, -0.02686297776030777],
        ],
    ),
    (losses.hinge, [2.0, 0.5, -1.0, -3.0], [1, 1, 1, -1], [0.0, 0.5, 2.0, 0.0], [0.0, -1.0, -1.0, 0.0]),
]  # fmt: skip
NAMES = [figure[0].__name__ for figure in FIGURES]


@pytest.mark.parametrize(("loss", "prediction", "target", "each", "gradient"), FIGURES, ids=NAMES)
def test_a_loss_has_the_values_and_gradients_of_pytorch_in_every_reduction(loss, prediction, target, each, gradient):
    for reduction, wanted, share in (
        ("none", np.array(each), 1.0),
        ("sum", np.sum(each), 1.0),
        ("mean", np.mean(each), 1.0 / np.size(each)),
    ):
        x = Value(prediction)
        y = loss(x, target, reduction=reduction)
        np.testing.assert_allclose(y.data, wanted, rtol=1e-13, atol=1e-300)
        y.sum().backward()
        np.testing.assert_allclose(x.grad, share * np.array(gradient), rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize(("loss", "prediction", "target", "each", "gradient"), FIGURES, ids=NAMES)
def test_the_mean_is_the_default_and_plain_numbers_give_a_plain_number(loss, prediction, target, each, gradient):
    assert loss(prediction, target) == pytest.approx(np.mean(each), rel=1e-13)
    assert type(loss(np.array(prediction), np.array(target))) is float


@pytest.mark.parametrize(("loss", "prediction", "target", "each", "gradient"), FIGURES, ids=NAMES)
def test_lists_of_scalar_values_give_the_same_gradients(loss, prediction, target, each, gradient):
    values = [[Value(v) for v in row] if isinstance(row, list) else Value(row) for row in prediction]
    loss(values, target, "sum").backward()
    found = [[v.grad for v in row] if isinstance(row, list) else row.grad for row in values]
    np.testing.assert_allclose(found, gradient, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("loss", [losses.mse, losses.binary_cross_entropy, losses.binary_cross_entropy_with_logits])
def test_a_target_that_is_a_value_gets_its_gradient(loss, rng):
    p, t, h = rng.uniform(0.1, 0.9, 5), rng.uniform(0.1, 0.9, 5), 1e-6
    target = Value(t)
    loss(p, target, "sum").backward()
    for i in range(5):
        step = h * (np.arange(5) == i)
        slope = (loss(p, t + step, "sum") - loss(p, t - step, "sum")) / (2 * h)
        assert target.grad[i] == pytest.approx(slope, rel=1e-6)


def test_cross_entropy_of_probabilities_is_that_of_pytorch_and_one_hot_rows_equal_indices():
    assert losses.cross_entropy(LOGITS, SOFT) == pytest.approx(251.243381728561, rel=1e-14)
    one_hot = np.eye(3)[[0, 2, 1, 2]]
    assert losses.cross_entropy(LOGITS, one_hot) == pytest.approx(losses.cross_entropy(LOGITS, [0, 2, 1, 2]), rel=1e-14)


def test_cross_entropy_takes_one_sample_and_samples_in_several_axes(rng):
    z, t = rng.normal(size=(2, 3, 4)), rng.integers(0, 4, (2, 3))
    each = losses.cross_entropy(z, t, "none")
    assert each.shape == (2, 3)
    assert each[1, 2] == pytest.approx(losses.cross_entropy(z[1, 2], t[1, 2]), rel=1e-14)
    assert losses.cross_entropy([Value(v) for v in z[1, 2]], int(t[1, 2])).data == pytest.approx(each[1, 2], rel=1e-14)


def test_cross_entropy_is_a_few_nodes():
    y, count = losses.cross_entropy(Value(np.zeros((64, 10))), np.zeros(64, int)), 0
    while y.op is not None:
        y, count = y.inputs[0], count + 1
    assert count <= 4


@pytest.mark.parametrize(("loss", "prediction", "target", "each", "gradient"), FIGURES, ids=NAMES)
def test_float32_stays_float32(loss, prediction, target, each, gradient):
    x = Value(np.array(prediction, np.float32))
    target = np.array(target) if loss is losses.cross_entropy else np.array(target, np.float32)
    y = loss(x, target, "none")
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32
    np.testing.assert_allclose(y.data, each, rtol=1e-3, atol=1e-6)


def test_a_saturated_sigmoid_before_binary_cross_entropy_gives_finite_numbers():
    for dtype in (np.float64, np.float32):
        z = Value(np.array([1000.0, -1000.0, 1000.0], dtype))
        loss = losses.binary_cross_entropy(sigmoid(z), np.array([0.0, 1.0, 1.0], dtype))
        loss.backward()
        assert 50 < loss.data < np.inf
        assert z.grad.tolist() == [0.0, 0.0, 0.0]


def test_probability_and_logits_give_the_same_loss(rng):
    z, t = rng.normal(size=8), rng.uniform(size=8)
    from_p, from_z = losses.binary_cross_entropy(sigmoid(z), t), losses.binary_cross_entropy_with_logits(z, t)
    assert from_p == pytest.approx(from_z, rel=1e-13)


PAIRS = [losses.mse, losses.binary_cross_entropy, losses.binary_cross_entropy_with_logits, losses.hinge]


@pytest.mark.parametrize("loss", PAIRS, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize(
    ("prediction", "target", "write"),
    [
        ((3, 1), (3,), "Write prediction[..., 0], or target[..., None]."),
        ((3,), (3, 1), "Write target[..., 0], or prediction[..., None]."),
        ((3,), (4,), "Reshape one of them so that each prediction meets its own target."),
        ((3,), (), "Reshape one of them so that each prediction meets its own target."),
    ],
)
def test_shapes_that_differ_are_refused_and_never_broadcast(loss, prediction, target, write):
    with pytest.raises(ShapeError) as error:
        loss(np.ones(prediction), np.ones(target))
    assert str(error.value) == (
        f"{loss.__name__}: the predictions have shape {prediction} and the targets {target}.\n"
        "  Every prediction is compared with one target; stretching one of them would compare the wrong pairs.\n"
        f"  {write}"
    )


MESSAGES = [
    (
        lambda: losses.hinge([0.5, 0.5], [0, 1]),
        DataError,
        "hinge: the target 0 is neither +1 nor -1.\n"
        "  The side on which a score should lie is its target's sign; a 0 would ask for nothing.\n"
        "  Write 2 * target - 1 to turn the labels 0 and 1 into -1 and +1.",
    ),
    (
        lambda: losses.binary_cross_entropy(Value([0.5, 1.5]), [0, 1]),
        DataError,
        "binary_cross_entropy: 1.5 is no probability.\n"
        "  A probability lies between 0 and 1; numbers before the sigmoid are called logits.\n"
        "  Write binary_cross_entropy_with_logits(logit, target), or pass sigmoid(logit).",
    ),
    (
        lambda: losses.cross_entropy(np.zeros((2, 3)), [0, 3]),
        DataError,
        "cross_entropy: the target 3 names no class.\n"
        "  With 3 logits per sample the classes are the whole numbers from 0 to 2.\n"
        "  Number the classes from 0, or pass one row of probabilities per sample.",
    ),
    (
        lambda: losses.cross_entropy(np.zeros((2, 3)), [0, -1]),
        DataError,
        "cross_entropy: the target -1 names no class.\n"
        "  With 3 logits per sample the classes are the whole numbers from 0 to 2.\n"
        "  Number the classes from 0, or pass one row of probabilities per sample.",
    ),
    (
        lambda: losses.cross_entropy(np.zeros((2, 3)), [0.5, 1]),
        DataError,
        "cross_entropy: the target 0.5 names no class.\n"
        "  With 3 logits per sample the classes are the whole numbers from 0 to 2.\n"
        "  Number the classes from 0, or pass one row of probabilities per sample.",
    ),
    (
        lambda: losses.cross_entropy(np.zeros((2, 3)), [[0], [1]]),
        ShapeError,
        "cross_entropy: the logits have shape (2, 3) and the targets (2, 1).\n"
        "  Each sample has 3 logits and one target: indices of shape (2,), or rows of shape (2, 3).\n"
        "  Write target[..., 0].",
    ),
    (
        lambda: losses.cross_entropy(np.zeros((3, 2)), [0, 1]),
        ShapeError,
        "cross_entropy: the logits have shape (3, 2) and the targets (2,).\n"
        "  Each sample has 2 logits and one target: indices of shape (3,), or rows of shape (3, 2).\n"
        "  Check which axis of the logits is the classes.",
    ),
    (
        lambda: losses.cross_entropy(1.0, 0),
        ShapeError,
        "cross_entropy: the logits are a single number.\n"
        "  It compares classes along the last axis, and needs at least two: one alone is always certain.\n"
        "  Write binary_cross_entropy_with_logits(logit, target) for a yes or no.",
    ),
    (
        lambda: losses.mse([1.0], [1.0], reduction="avg"),
        UnknownNameError,
        "There is no reduction named 'avg'.\n"
        "  The names are: mean, none, sum.\n"
        "  Write one of them, for example 'mean'.",
    ),
    (
        lambda: losses.by_name("mes"),
        UnknownNameError,
        "There is no loss named 'mes'.\n"
        "  The names are: binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, hinge, huber, kl, "
        "mae, mse, nll.\n"
        "  Did you mean 'mse'?",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES, ids=lambda x: x[:25] if isinstance(x, str) else "")
def test_what_cannot_be_meant_is_refused_in_three_parts(call, kind, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_every_loss_is_found_by_its_name_and_a_function_is_its_own_name():
    for name in TABLE:
        assert losses.by_name(name) is getattr(losses, name)
    assert losses.by_name(max) is max

"""Every loss against PyTorch's figures (torch_figures.json), finite differences, and where numbers are large."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import losses
from tinygrad_edu.errors import DataError, ShapeError

FIGURES = json.loads(Path(__file__).with_name("torch_figures.json").read_text())["figures"]


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: f"{row['name']}-{row['settings']}")
def test_loss_and_gradient_are_those_of_pytorch(row):
    x = tg.Value(row["x"])
    y = getattr(losses, row["name"])(x, row["target"], **row["settings"])
    np.testing.assert_allclose(y.data, row["loss"], rtol=1e-12, atol=1e-12)
    y.sum().backward()
    np.testing.assert_allclose(x.grad, row["gradient"], rtol=1e-12, atol=1e-14)


SMOOTH = [
    lambda z: losses.cross_entropy(z, [0, 2], weight=[1.0, 2.0, 3.0], label_smoothing=0.2),
    lambda z: losses.cross_entropy(z, [[0.2, 0.8, 0.0], [0.0, 0.0, 1.0]], weight=[1.0, 2.0, 3.0]),
    lambda z: losses.nll(tg.log_softmax(z), [0, 2]),
    lambda z: losses.mae(z, np.zeros((2, 3))),
    lambda z: losses.huber(z, np.zeros((2, 3)), delta=0.6),
    lambda z: losses.kl(tg.log_softmax(z), [[0.2, 0.8, 0.0], [0.1, 0.2, 0.7]]),
]


@pytest.mark.parametrize("loss", SMOOTH)
def test_every_loss_passes_the_gradient_check(loss):
    tg.gradcheck(loss, np.array([[0.3, -0.8, 1.7], [2.0, 0.4, -0.2]])).raise_()


def test_the_targets_of_two_losses_have_gradients_too():
    t = np.array([[0.2, 0.8], [0.4, 0.6]])
    tg.gradcheck(lambda p, t: losses.kl(tg.log(p), t), t[::-1].copy(), t).raise_()
    tg.gradcheck(lambda p, t: losses.huber(p, t), t[::-1] * 3, t).raise_()


@pytest.mark.parametrize("big", [1000.0, -1000.0, 1e6])
def test_losses_stay_finite_where_numbers_are_large(big):
    z = tg.Value([[big, 0.0]])
    for loss in (
        losses.cross_entropy(z, [1], label_smoothing=0.1, weight=[1.0, 2.0]),
        losses.nll(tg.log_softmax(z), [0]),
        losses.huber(z, [[0.0, 0.0]]),
        losses.mae(z, [[0.0, 0.0]]),
        losses.kl(tg.log_softmax(z), [[0.5, 0.5]]),
        losses.binary_cross_entropy_with_logits(z, [[1.0, 0.0]]),
    ):
        z.grad = None
        loss.backward()
        assert math.isfinite(loss.data) and np.isfinite(z.grad).all()


@pytest.mark.parametrize("name", ["cross_entropy", "nll", "mae", "huber", "kl", "mse"])
def test_single_precision_stays_single(name):
    target = [1] if name in ("cross_entropy", "nll") else np.array([[0.5, 0.5]], np.float32)
    more = {"weight": [1.0, 2.0]} if name in ("cross_entropy", "nll") else {}
    z = tg.Value(np.array([[-0.5, -0.25]], np.float32))
    assert getattr(losses, name)(z, target, reduction="none", **more).dtype == np.float32


def test_weights_decide_what_counts():
    z = np.array([[1.0, 0.0], [0.0, 1.0]])
    only_first = losses.cross_entropy(z, [0, 0], reduction="none")[0]
    assert losses.cross_entropy(z, [0, 1], weight=[1.0, 0.0]) == pytest.approx(only_first, rel=1e-15)


@pytest.mark.parametrize(
    ("call", "kind", "what"),
    [
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0], weight=[1.0]), ShapeError, "have shape (1,) for 2"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0], weight=[1.0, -1.0]), ShapeError, "for 2 classes"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0], label_smoothing=2), DataError, "=2 is no share"),
        (lambda: losses.nll([[1.0, 2.0]], [2]), DataError, "nll: the target 2 names no class"),
        (lambda: losses.nll([[1.0, 2.0]], [0, 1]), ShapeError, "nll: the logits have shape (1, 2)"),
        (lambda: losses.nll(1.0, 0), ShapeError, "nll: the log probabilities are a single number"),
        (lambda: losses.huber([1.0], [1.0], delta=0.0), DataError, "huber: delta=0.0 is no distance"),
        (lambda: losses.kl([0.0], [-1.0]), DataError, "kl: the target -1 is no probability"),
        (lambda: losses.mae([1.0], [[1.0]]), ShapeError, "mae: the predictions have shape (1,)"),
        (lambda: losses.huber([1.0], [1.0], delta="a"), DataError, "huber: delta='a' is no distance"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0], label_smoothing="a"), DataError, "='a' is no share"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0], weight=["a", "b"]), DataError, "is no real number"),
        (lambda: losses.cross_entropy([[1.0], [2.0]], [0, 0]), ShapeError, "shape (2, 1), one for each sample"),
        (lambda: losses.cross_entropy([2.0, 0.0, 1.0], np.array([0, 2, 1])), DataError, "target 2 is no probability"),
        (lambda: losses.nll([[-2.0, -0.5]], [[0.0, -0.5]]), DataError, "nll: the target -0.5 is no probability"),
        (lambda: losses.binary_cross_entropy([0.3], [-1.0]), DataError, "the target -1 is neither no (0) nor yes (1)"),
        (lambda: losses.binary_cross_entropy_with_logits([0.3], [2]), DataError, "the target 2 is neither"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(call, kind, what):
    with pytest.raises(kind) as error:
        call()
    assert what in error.value.what and error.value.why and error.value.write


@pytest.mark.parametrize(("kind", "wrong"), [(">i8", 1 << 56), (">i4", 1 << 24), ("<i8", -1), ("i1", -1), (">u2", 256)])
def test_whole_numbers_in_any_order_of_bytes_are_read_as_what_they_are(kind, wrong):
    logits = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]])
    right = losses.cross_entropy(logits, np.array([2, 1], kind))
    assert right == losses.cross_entropy(logits, [2, 1])
    with pytest.raises(DataError, match="names no class"):  # read backwards, some of these are 1
        losses.cross_entropy(logits, np.array([0, wrong], kind))


def test_a_target_that_is_nan_makes_the_loss_nan():
    for loss in (losses.kl, losses.mse, losses.binary_cross_entropy_with_logits):
        assert math.isnan(loss([[-1.0, -1.0]], [[math.nan, 0.5]]))


def test_no_samples_have_no_mean():
    nothing, classes = np.zeros((0, 2)), np.zeros(0, int)
    assert math.isnan(losses.kl(nothing, nothing))
    assert math.isnan(losses.cross_entropy(nothing, classes, weight=[1.0, 2.0]))


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_masks_are_compared_as_numbers(name):
    mask, right = np.array([True, False]), np.array([True, True])
    loss = getattr(losses, name)
    assert loss(mask, right) == loss(mask.astype(float), right.astype(float))
    assert loss(np.array([0.5, 0.25], np.float32), right, "none").dtype == np.float32

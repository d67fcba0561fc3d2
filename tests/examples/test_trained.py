"""The examples that train: their figures against independent truths, in trainings that are shorter than the real ones.

`tinygrad-edu examples run all` runs them at full length; each stops if it does not reach what its first line promises.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.image import imread

from tinygrad_edu.data import blobs, digits

SHORT = {  # settings of main, what it prints, the pictures it draws
    "e1": (
        {},
        ["curvature| = 0.930884 of", "50 to 100 it leaves 0.930884 of", "right: 86.0% of 200"],
        ["e1_distance.png", "e1_line.png", "e1_logistic.png"],
    ),
    "e2": (
        {"steps": 300},
        ["1002 across it: 2,508 times", "step    100   loss 3.59e+00", "step      7   loss 0.00e+00   distance 0.0e"],
        ["e2_distances.png", "e2_paths.png"],
    ),
    "e3": (
        {"epochs": 2},
        ["4,810 parameters, 1,438 digits, 2 epochs", "times as fast"],
        ["e3_learning.png", "e3_mistakes.png"],
    ),
    "e4": (
        {"epochs": 1},
        ["total                                                               9,930", "ordinary, pixels shuffled"],
        ["e4_kernels.png", "e4_learning.png"],
    ),
    "e5": (
        {"steps": 10, "invented": 20},
        ["11,072 letters, 27 different ones; 2,000 sentences", "who knows the grammar: 10.62", "0.0% before"],
        ["e5_surprise.png"],
    ),
    "e6": (
        {"epochs": 2},
        ["2 principal components       0.0535", "without bends    0.0535"],
        ["e6_codes.png", "e6_copies.png", "e6_plane.png"],
    ),
    "e7": (
        {"epochs": 2},
        ["2 → 16 → 16 → 1         337       2"],
        ["e7_circle.png", "e7_clouds.png", "e7_spirals.html", "e7_spirals.png", "e7_xor.png"],
    ),
}


@pytest.mark.parametrize("name", SHORT)
def test_an_example_prints_what_it_found_and_draws_its_pictures(run, name):
    settings, texts, files = SHORT[name]
    printed, out = run(name, **settings)
    for text in texts:
        assert text in printed
    assert sorted(path.name for path in out.iterdir()) == files
    for path in out.glob("*.png"):
        pixels = imread(path)[..., :3]
        assert ((pixels < 0.9).any(axis=-1)).mean() > 0.01  # something is drawn


# ── e1: regressions ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_e1_gradient_descent_ends_where_least_squares_are(example):
    e1 = example("e1")
    x, y = e1.points(np.random.default_rng(3))
    right = np.polyfit(x, y, 1)
    np.testing.assert_allclose(e1.closed_form(x, y), right, rtol=1e-12)
    np.testing.assert_allclose(e1.descend(x, y, 500)[-1], right, rtol=1e-9)


@pytest.mark.parametrize("penalty", [0.1, 1.0, 30.0])
def test_e1_logistic_regression_with_any_penalty_is_that_of_newtons_method(example, penalty):
    e1 = example("e1")
    e1.L2 = penalty
    x, y = blobs(60, [[-1.0, 0.0], [1.0, 0.5]], spread=1.5, rng=5)
    X, R, p = np.column_stack([x, np.ones(60)]), np.diag([penalty, penalty, 0.0]), np.zeros(3)
    for _ in range(30):
        s = 1 / (1 + np.exp(-X @ p))
        p = p - np.linalg.solve((X.T * (s * (1 - s))) @ X + R, X.T @ (s - y) + R @ p)
    model = e1.logistic(x, y)
    np.testing.assert_allclose(np.append(model.weight.data, model.bias.data), p, rtol=1e-6)
    np.testing.assert_allclose(e1.by_scikit_learn(x, y), p, rtol=1e-6)


def test_e1_stops_at_a_closed_form_that_is_wrong(example, tmp_path):
    e1 = example("e1")
    right = e1.closed_form
    e1.closed_form = lambda x, y: right(x, y) * [1.0, 1.00001]
    with pytest.raises(AssertionError):
        e1.main(tmp_path)


# ── e2: Newton's method ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("start", [(-1.2, 1.0), (0.5, -0.5), (2.0, -3.0)])
def test_e2_newton_arrives_with_twice_the_digits_in_every_step(example, start):
    e2 = example("e2")
    for careful in (False, True):
        away = np.linalg.norm(e2.newton(np.array(start), careful) - e2.GOAL, axis=1)
        assert away[-1] < 1e-9
        near = [(a, b) for a, b in pairwise(away) if 1e-7 < a < 0.1]
        assert near
        assert all(b < 100 * a**2 for a, b in near)


def test_e2_halved_jumps_never_lead_uphill_and_whole_ones_do(example):
    e2 = example("e2")
    down = [np.diff([e2.valley(p) for p in e2.newton(e2.START, careful)]) < 0 for careful in (False, True)]
    assert [path.all() for path in down] == [False, True]


# ── e3, e4: digits ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_e3_learns_the_digits_recorded_and_compiled_alike(example):
    e3 = example("e3")
    (x, y), (x_test, y_test) = digits()
    *_, net = e3.recorded(x, y, 6)
    *_, twin = e3.compiled(x, y, 6)
    for p, q in zip(net.parameters(), twin.parameters()):
        np.testing.assert_allclose(p.data, q.data, atol=1e-3)
    assert (net(x_test).data.argmax(axis=1) == y_test).mean() > 0.95


def test_e3_stops_when_the_compiled_training_is_another_one(example, tmp_path):
    e3 = example("e3")
    right = e3.compiled
    e3.compiled = lambda x, y, epochs: right(x, (y + 1) % 10, epochs)
    with pytest.raises(AssertionError):
        e3.main(tmp_path, epochs=1)


def test_e4_reads_most_digits_after_three_epochs(example):
    e4 = example("e4")
    (x, y), (x_test, y_test) = digits()
    pictures = lambda pixels: pixels.reshape(-1, 1, 8, 8)  # noqa: E731
    net, history = e4.train(e4.convolutional, (pictures(x), y), (pictures(x_test), y_test), 3)
    assert history.last("validation_accuracy") > 0.94
    assert (net(pictures(x_test)).data.argmax(axis=1) == y_test).mean() == history.last("validation_accuracy")


def test_e4_all_four_networks_learn_the_pixels_that_they_are_tested_with(run):
    printed, _ = run("e4", epochs=1)
    shares = [float(share) for share in re.findall(r" ([\d.]+)% +[\d.]+$", printed, re.MULTILINE)]
    assert len(shares) == 4
    assert min(shares) > 60

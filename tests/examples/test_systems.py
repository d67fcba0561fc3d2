"""The five systems beyond what the examples print: other starts, other sources, other derivations."""

from __future__ import annotations

import random

import numpy as np
import pytest

import tinygrad_edu as tg


def central_differences(f, x, step=1e-6):
    """The slope of f in each entry of the array x."""
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        slopes[place] = (f(moved[0]) - f(moved[1])) / (2 * step)
    return slopes


# ── R1 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_r1_has_55_training_pairs_and_25_test_pairs(example):
    r1 = example("r1")
    assert len(r1.PAIRS) == 55
    assert len(r1.TEST) == 25
    assert max(target for _, _, target in r1.PAIRS) == 0.9


@pytest.mark.parametrize("start", [(0.0, 0.0, 0.0), (0.99, 0.01, 0.99), (0.5, 0.999, 0.0)])
def test_r1_gets_21_of_25_from_any_start(example, start):
    r1 = example("r1")
    parameters = start
    for _ in range(3000):
        parameters = r1.epoch_by_hand(*parameters)
    assert r1.right(parameters) == 21
    np.testing.assert_allclose(parameters, (4.7771, 4.7772, -2.3956), atol=2e-3)


def test_r1_steps_from_single_numbers_worked_out_on_paper(example):
    r1 = example("r1")
    r1.PAIRS = [(0.5, 0.2, 0.7)]  # all parameters 0: output ½, error 0.2, slope ¼
    for epoch in (r1.epoch_by_hand, r1.epoch_by_value):
        np.testing.assert_allclose(epoch(0.0, 0.0, 0.0), (0.0025, 0.001, 0.005), rtol=1e-14)


# ── R2 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_r2_starts_from_the_published_network_in_both_versions(example):
    r2 = example("r2")
    random.seed(0)
    hidden, last = [r2.Neuron(2) for _ in range(4)], r2.Neuron(4)
    assert last.forward([neuron.forward((0, 0)) for neuron in hidden]) == 0.5588236746843033
    net = tg.nn.MLP(2, [4, 1], "sigmoid", "sigmoid", rng=random.Random(0), init=lambda rng: rng.random() - 0.5)
    assert net([0, 0]).data == 0.5588236746843033
    assert float(sum(r2.TARGETS)) == 21.0


def test_r2_neurons_pass_back_what_central_differences_measure(example):
    r2 = example("r2")
    random.seed(1)
    neuron, inputs = r2.Neuron(3), np.array([0.3, -1.2, 0.7])
    neuron.zero_grad()
    neuron.forward(inputs.tolist())
    back = neuron.backward(2.0)
    neuron.forward(inputs.tolist())
    neuron.backward(2.0)
    np.testing.assert_allclose(back, 2 * central_differences(lambda x: neuron.forward(x.tolist()), inputs), rtol=1e-8)

    def of_weights(w):
        neuron.w = w.tolist()
        return neuron.forward(inputs.tolist())

    np.testing.assert_allclose(neuron.dw, 4 * central_differences(of_weights, np.array(neuron.w)), rtol=1e-8)  # added


# ── R3 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("seed", range(5))
def test_r3_learns_from_any_start(example, seed):
    r3 = example("r3")
    p = np.random.default_rng(seed).normal(0, 1, 9).tolist()
    for _ in range(1000):
        for person, y in zip(r3.PEOPLE, r3.WOMAN):
            p = [number - 0.1 * slope for number, slope in zip(p, r3.gradients_by_hand(*p, *person, y))]
    assert r3.network(*p, -7, -3)[-1] == pytest.approx(0.95, abs=0.03)
    assert r3.network(*p, 20, 2)[-1] == pytest.approx(0.04, abs=0.03)


def test_r3_hand_gradients_are_what_central_differences_measure(example, rng):
    r3, p = example("r3"), rng.normal(0, 1, 9)
    measured = central_differences(lambda p: (0.3 - r3.network(*p.tolist(), 1.5, -0.5)[-1]) ** 2, p)
    np.testing.assert_allclose(r3.gradients_by_hand(*p, 1.5, -0.5, 0.3)[:9], measured, rtol=1e-6, atol=1e-10)


# ── R4 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("sizes", [[2, 1], [2, 5, 1], [3, 4, 4, 2, 1]])
def test_r4_backward_fits_any_list_of_layer_sizes(example, rng, sizes):
    r4 = example("r4")
    parameters = r4.initialise(sizes, rng)
    parameters |= {name: p + 0.1 for name, p in parameters.items() if name[0] == "b"}  # no Z is exactly at the kink
    X, Y = rng.normal(0, 1, (sizes[0], 6)), rng.integers(0, 2, (1, 6)).astype(float)
    by_hand, by_value = r4.backward(parameters, X, Y), tg.grad(r4.objective())(parameters, X, Y)
    for name, p in parameters.items():
        measured = central_differences(lambda moved, name=name: r4.objective()(parameters | {name: moved}, X, Y), p)
        np.testing.assert_allclose(by_hand[name], measured, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(by_value[name], by_hand[name], rtol=1e-12, atol=1e-15)


def test_r4_takes_data_with_one_sample_per_column(example, rng):
    r4 = example("r4")
    X, Y = r4.two_blobs(rng, 7)
    assert X.shape == (2, 14)
    assert Y.tolist() == [[0.0] * 7 + [1.0] * 7]
    assert r4.forward(r4.initialise([2, 3, 1], rng), X)[0].shape == (1, 14)


# ── R5 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_r5_the_published_first_layer_is_4_to_206_times_too_small(example):
    r5 = example("r5")
    net, x, target = r5.create(0), r5.POINTS[0], r5.DATA[1][0]
    for name, wrong in {"W1": True, "b1": True, "W2": False, "b2": False}.items():
        measured = central_differences(lambda moved, name=name: r5.loss(net | {name: moved}, x, target), net[name])
        np.testing.assert_allclose(r5.corrected(net, x, target)[name], measured, rtol=1e-5, atol=1e-10)
        ratio = measured / r5.published(net, x, target)[name]
        if wrong:
            assert ratio.min() == pytest.approx(4.04, abs=0.01)
            assert ratio.max() == pytest.approx(206.3, abs=0.1)
        else:
            np.testing.assert_allclose(ratio, 1, rtol=1e-5)


def test_r5_the_fix_ends_between_012_and_033_and_the_mistake_between_056_and_215(example):
    r5 = example("r5")
    ends = {f: [list(r5.train(r5.create(seed), *r5.DATA, 40, f))[-1] for seed in range(4)]
            for f in (r5.published, r5.corrected)}  # fmt: skip
    errors = {f: sorted(round(mse, 2) for _, mse in runs) for f, runs in ends.items()}
    shares = {f: sorted(r5.accuracy(net, *r5.DATA) for net, _ in runs) for f, runs in ends.items()}
    assert (errors[r5.published][0], errors[r5.published][-1]) == (0.56, 2.15)
    assert (errors[r5.corrected][0], errors[r5.corrected][-1]) == (0.12, 0.33)
    assert (shares[r5.published][0], shares[r5.corrected]) == (0.5, [1.0] * 4)


def test_r5_a_perfect_network_would_print_the_largest_error_against_labels(example):
    r5 = example("r5")
    perfect = r5.DATA[1]
    assert ((perfect - r5.LABELS[:, None]) ** 2).sum() / 2 == 5.0

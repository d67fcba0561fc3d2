"""Data sets of the plane: the points are where they are said to be, the classes as even as can be, a seed is a seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import data
from tinygrad_edu.errors import DataError, TinygradError

ALL = [data.xor, data.moons, data.circles, data.spirals, data.blobs]


@pytest.mark.parametrize("make", ALL)
@given(n=st.integers(1, 50), seed=st.integers(0, 10))
def test_every_set_has_the_points_asked_for_in_classes_of_even_size(make, n, seed):
    x, y = make(n, rng=seed)
    assert x.shape == (n, 2) and y.shape == (n,)
    assert y.dtype.kind == "i" and x.dtype == np.float64
    counts = np.bincount(y)
    assert counts.max() - counts[counts > 0].min() <= (2 if make is data.xor else 1)


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals, data.blobs])
def test_a_seed_gives_the_same_points_again_and_another_one_others(make):
    np.testing.assert_array_equal(make(30, rng=1)[0], make(30, rng=1)[0])
    assert not np.array_equal(make(30, rng=1)[0], make(30, rng=2)[0])


def test_points_lie_on_their_curves_without_noise_and_near_them_with_it():
    x, y = data.moons(100, noise=0.0)
    np.testing.assert_allclose(np.hypot(*(x[y == 0] - [0, 0]).T), 1.0)
    np.testing.assert_allclose(np.hypot(*(x[y == 1] - [1.0, 0.5]).T), 1.0)
    x, y = data.circles(100, noise=0.0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 0, 1.0, 0.3))
    x, y = data.circles(20_000, noise=0.1, rng=0)
    assert np.hypot(*x[y == 0].T).std() == pytest.approx(0.1, rel=0.05)


def test_the_arms_of_spirals_are_one_arm_turned():
    x, y = data.spirals(30, noise=0.0, arms=3)
    turn = np.exp(2j * np.pi / 3)
    first, second = (x[y == k] @ [1, 1j] for k in (0, 1))
    np.testing.assert_allclose(first * turn, second)


def test_the_corners_of_xor_are_alike_across_the_diagonal():
    x, y = data.xor(400, noise=0.01, rng=0)
    np.testing.assert_array_equal(y, np.round(x[:, 0]).astype(int) ^ np.round(x[:, 1]).astype(int))


def test_clouds_have_their_middles_and_spread():
    x, y = data.blobs(30_000, [[0.0, 5.0], [9.0, -5.0]], spread=0.5, rng=0)
    np.testing.assert_allclose([x[y == k].mean(axis=0) for k in (0, 1)], [[0.0, 5.0], [9.0, -5.0]], atol=0.02)
    assert x[y == 1].std() == pytest.approx(np.sqrt(0.25 + 49.0), rel=0.01)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: data.moons(0), "moons: n=0 is no number of samples"),
        (lambda: data.moons(2.5), "moons: n=2.5 is no number"),
        (lambda: data.moons(9, noise=-1.0), "noise=-1.0 is no standard deviation"),
        (lambda: data.circles(9, factor=1.5), "factor=1.5 puts no circle inside"),
        (lambda: data.blobs(9, centers=[1.0, 2.0]), "centers has the shape (2,)"),
        (lambda: data.xor(9, noise=0.1, rng="a"), "rng='a' is neither a seed"),
        (lambda: data.xor(9, noise=0.1, rng=-1), "rng=-1 is neither a seed"),
    ],
)
def test_what_makes_no_data_is_said(call, what):
    with pytest.raises(DataError) as error:
        call()
    assert what in error.value.what and error.value.why and error.value.write


def test_sums_are_sums_and_every_pair_is_there_once():
    x, y = data.adding()
    np.testing.assert_allclose(x.sum(axis=1), y, rtol=1e-15)
    assert len({tuple(row) for row in x.tolist()}) == len(x) == 55 and y.max() == 0.9
    assert data.adding(7, rng=0)[0].shape == (7, 2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: data.blobs(spread=-1.0),
        lambda: data.blobs(spread="a"),
        lambda: data.blobs(centers=-1),
        lambda: data.blobs(centers=2.5),
        lambda: data.moons(noise="a"),
        lambda: data.circles(factor=None),
        lambda: data.digits(test=2),
        lambda: data.digits(test=-0.5),
        lambda: data.Text("abc").read([99]),
        lambda: data.Text("abc").read([0.5]),
        lambda: data.Text("abc").windows(1.5),
        lambda: data.batches([[1], [1, 2]], size=1),
        lambda: data.read_csv("t.csv", delimiter=""),
        lambda: data.read_csv("t.csv", delimiter=None),
    ],
)
def test_an_impossible_setting_is_an_error_in_three_parts(make):
    with pytest.raises(TinygradError) as error:
        make()
    assert error.value.what and error.value.why and error.value.write

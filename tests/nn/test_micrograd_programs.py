"""Programs written for micrograd run here when only their import line changes, and give the same numbers."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tinygrad_edu.engine import Value
from tinygrad_edu.nn import MLP, Layer, Neuron


def demo(a, b):
    """A walk through all operators, with the numbers that micrograd's own introduction prints."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    f = (c - d) ** 2
    g = f / 2.0
    g += 10.0 / f
    return g


def one_leaf(x):
    """Products and relus of one number that is used in several places."""
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    return (z * z).relu() + q + q * x


def every_operator(a, b, c):
    """Numbers on the left and on the right of each operator, values on both sides, += on a value in use."""
    u = 3 - a * b
    v = (a - 2) / b + 1 / c
    w = -u + 2 * v + (c + a) ** 3
    r = (w * 0.5).relu() + (u - 4).relu()
    s = r * r / 10 + b**-2
    s += 1 + s * c
    return s - a / c


# Values and gradients of micrograd 0.1.0; PyTorch 2 in float64 gives the same to 14 digits.
PROGRAMS = [
    (demo, (-4.0, 2.0), 24.70408163265306, (138.83381924198252, 645.5772594752187)),
    (one_leaf, (-4.0,), -20.0, (46.0,)),
    (
        every_operator,
        (1.5, -2.0, 0.75),
        6.336243862575955,
        (16.45289306640625, -0.935953776041667, 19.639556432653357),
    ),
]


@pytest.mark.parametrize(
    ("program", "numbers", "result", "gradients"), PROGRAMS, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_program_gives_the_value_and_the_gradients_that_micrograd_gives(program, numbers, result, gradients):
    inputs = [Value(number) for number in numbers]
    y = program(*inputs)
    y.backward()
    assert y.data == pytest.approx(result, rel=1e-14)
    assert [x.grad for x in inputs] == pytest.approx(gradients, rel=1e-13)


@pytest.mark.parametrize("sizes", [[1], [4, 1], [16, 16, 1], [3, 2], [32, 1]])
def test_one_seed_gives_the_network_the_outputs_and_the_gradients_that_micrograd_gives(sizes):
    peer = pytest.importorskip("micrograd.nn", reason="compares with micrograd")
    random.seed(1337)
    theirs = peer.MLP(3, sizes)
    random.seed(1337)
    ours = MLP(3, sizes)
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    for x in ([0.5, -1.5, 2.0], [-1.0, 0.25, 0.0]):
        y, their_y = ours(x), theirs(x)
        y, their_y = (sum(y), sum(their_y)) if isinstance(y, list) else (y, their_y)
        y.backward()
        their_y.backward()
        assert y.data == pytest.approx(their_y.data, rel=1e-14)
        assert [p.grad for p in ours.parameters()] == pytest.approx([p.grad for p in theirs.parameters()], rel=1e-12)
        ours.zero_grad()
        theirs.zero_grad()


def test_the_parts_of_a_network_have_the_names_they_have_in_micrograd():
    model = MLP(2, [3, 1])
    assert [len(layer.neurons) for layer in model.layers] == [3, 1]
    neuron = model.layers[0].neurons[0]
    assert len(neuron.w) == 2
    assert neuron.b.data == 0.0
    assert neuron.nonlin
    assert not model.layers[1].neurons[0].nonlin
    assert model.parameters()[:3] == [*neuron.w, neuron.b]
    assert len(Layer(3, 2, nonlin=False).parameters()) == 8
    assert Neuron(2, nonlin=False)([1.0, 1.0]).shape == ()


def test_reprs_read_as_in_micrograd_with_equal_neurons_counted():
    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(2, nonlin=False)) == "LinearNeuron(2)"
    assert repr(MLP(2, [3, 1])) == "MLP of [Layer of [ReLUNeuron(2) × 3], Layer of [LinearNeuron(3)]]"


@pytest.fixture(scope="module")
def moons():
    make_moons = pytest.importorskip("sklearn.datasets", reason="takes its data from scikit-learn").make_moons
    x, y = make_moons(n_samples=100, noise=0.1, random_state=1337)
    return x, y * 2 - 1  # targets -1 and +1


def test_the_moons_notebook_trains_to_full_accuracy(moons):
    x, y = moons
    random.seed(1337)
    model = MLP(2, [16, 16, 1])

    def loss():
        inputs = [list(map(Value, row)) for row in x]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        right = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores)]
        return data_loss + penalty, sum(right) / len(right)

    for k in range(100):
        total_loss, accuracy = loss()
        model.zero_grad()
        total_loss.backward()
        rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= rate * p.grad
    assert accuracy == 1.0
    assert total_loss.data < 0.05


def test_a_network_with_hidden_size_32_runs_backward(moons):
    x, y = moons
    model = MLP(2, [32, 32, 1])
    scores = [model(row) for row in x[:5]]
    sum((1 + -yi * score).relu() for yi, score in zip(y, scores)).backward()
    assert all(isinstance(p.grad, float) for p in model.parameters())


def test_a_row_of_an_array_is_one_sample_as_in_micrograd():
    model = MLP(2, [4, 1])
    row = np.array([0.5, -1.0])
    assert model(row).shape == ()
    assert model(row).data == model([0.5, -1.0]).data

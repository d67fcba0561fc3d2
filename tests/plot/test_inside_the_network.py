"""Histograms per layer and the loss surface: the plotted counts and heights are those of an independent computation."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import tinygrad_edu as tg
from tinygrad_edu import plot
from tinygrad_edu.nn import MLP, Layer, Linear, Module, Sequential
from tinygrad_edu.plot.bands import edges_of
from tinygrad_edu.plot.loss_surface import random_direction
from tinygrad_edu.plot.stages import stages


@pytest.fixture
def net(rng):
    return Sequential(Linear(2, 5, rng=rng), tg.relu, Linear(5, 4, rng=rng), tg.tanh, Linear(4, 1, rng=rng))


@pytest.fixture
def batch(rng):
    return rng.normal(size=(40, 2)), rng.normal(size=(40, 1))


def by_hand(net, x, y):
    """Answers of the three stages, and the gradients of the mean squared error, by NumPy alone."""
    (w1, b1), (w2, b2), (w3, b3) = ((net[k].weight.data, net[k].bias.data) for k in (0, 2, 4))
    h1 = np.maximum(x @ w1.T + b1, 0)
    h2 = np.tanh(h1 @ w2.T + b2)
    out = h2 @ w3.T + b3
    d3 = 2 * (out - y) / out.size
    d2 = d3 @ w3
    z2 = d2 * (1 - h2**2)
    d1 = z2 @ w2
    z1 = d1 * (h1 > 0)
    weights = [(z1.T @ x, z1.sum(0)), (z2.T @ h1, z2.sum(0)), (d3.T @ h2, d3.sum(0))]
    return [h1, h2, out], [d1, d2, d3], [np.concatenate([w.ravel(), b]) for w, b in weights]


def counts(figure):
    """For every band the bars' heights above its floor, the highest as 1, and their borders."""
    bands = [patch for patch in figure.axes[0].patches if patch.get_fill()]
    found = []
    for patch in bands:
        values, edges, floor = patch.get_data()
        heights = np.asarray(values) - floor
        found.append((heights / (heights.max() or 1.0), edges))
    return found


def same_histograms(figure, expected):
    found = counts(figure)
    assert len(found) == len(expected)
    for (heights, edges), numbers in zip(found, expected):
        count = np.histogram(np.clip(numbers, edges[0], edges[-1]), edges)[0]  # the last digit may differ
        assert np.allclose(heights, count / count.max())


def test_activations_are_counted_layer_by_layer(net, batch):
    answers, _, _ = by_hand(net, *batch)
    figure = plot.activations(net, batch[0])
    same_histograms(figure, answers)
    titles = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert titles == ["Linear(2, 5) → relu", "Linear(5, 4) → tanh", "Linear(4, 1)"]
    silent = np.mean(answers[0] == 0)
    assert figure.axes[0].texts[0].get_text().startswith(f"{silent:.0%} exactly 0".replace("%", " %"))


def test_a_band_stands_where_its_name_stands_the_first_layer_on_top(net, batch):
    ax = plot.activations(net, batch[0]).axes[0]
    floors = {patch.get_label(): patch.get_data().baseline for patch in ax.patches if patch.get_fill()}
    places = {label.get_text(): y for label, y in zip(ax.get_yticklabels(), ax.get_yticks())}
    assert {title: round(y) for title, y in places.items()} == floors
    assert list(floors.values()) == [2, 1, 0]


def test_gradients_of_the_weights_are_counted_layer_by_layer(net, batch):
    _, _, weights = by_hand(net, *batch)
    figure = plot.gradients(net, *batch, tg.losses.mse)
    same_histograms(figure, [np.abs(g[g != 0]) for g in weights])
    assert all(p.grad is None for p in net.parameters())


def test_gradients_that_arrive_at_the_answers_are_counted_layer_by_layer(net, batch):
    _, answers, _ = by_hand(net, *batch)
    same_histograms(plot.gradients(net, *batch, tg.losses.mse, of="outputs"), [np.abs(g[g != 0]) for g in answers])


def test_the_gradients_that_backward_left_are_taken_where_no_batch_is_given(net, batch):
    tg.losses.mse(net(batch[0]), batch[1]).backward()
    _, _, weights = by_hand(net, *batch)
    same_histograms(plot.gradients(net), [np.abs(g[g != 0]) for g in weights])


def test_a_row_of_targets_meets_a_column_of_answers(net, batch):
    x, y = batch
    one, other = (counts(plot.gradients(net, x, t, tg.losses.mse)) for t in (y, y[:, 0]))
    assert all(np.allclose(a, b) for (a, _), (b, _) in zip(one, other))


def test_a_network_of_scalar_weights_shows_the_same_as_its_matrices(rng, batch):
    x, y = batch
    mlp = MLP(2, [3, 1], hidden="tanh", rng=rng)
    twin = Sequential(Linear(2, 3), tg.tanh, Linear(3, 1))
    for part, layer in zip((twin[0], twin[2]), mlp.layers):
        part.weight.data, part.bias.data = layer.weight.data, layer.bias.data
    for one, other in [
        (plot.activations(mlp, x), plot.activations(twin, x)),
        (plot.gradients(mlp, x, y, tg.losses.mse), plot.gradients(twin, x, y, tg.losses.mse)),
    ]:
        assert all(np.allclose(a, b) for (a, _), (b, _) in zip(counts(one), counts(other)))


def test_numbers_that_are_not_finite_are_told_and_not_counted():
    figure = plot.activations([tg.log], np.array([[1.0, 0.0], [-1.0, 2.0]]))
    assert figure.axes[0].texts[0].get_text() == "25 % exactly 0, 2 not finite\n0.35 ± 0.35"


@pytest.mark.parametrize(
    ("rows", "log", "ends"),
    [
        ([np.zeros(3)], True, (0.1, 10)),
        ([np.full(3, 5.0)], True, (0.5, 50)),
        ([np.full(3, 5.0)], False, (4.5, 5.5)),
        ([np.array([np.nan])], False, (-1, 1)),
    ],
)
def test_numbers_that_are_all_alike_still_have_a_scale(rows, log, ends):
    edges = edges_of(rows, log)
    assert np.allclose(edges[[0, -1]], ends) and (np.diff(edges) > 0).all()


# ── stages ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("model", "titles"),
    [
        (MLP(2, [3, 1]), ["Layer(2, 3) → relu", "Layer(3, 1)"]),
        (Layer(2, 3, activation="tanh"), ["Layer(2, 3) → tanh"]),
        (Sequential(Sequential(Linear(2, 3), tg.relu), tg.tanh), ["Linear(2, 3) → relu → tanh"]),
        ([lambda x: x, Linear(2, 1)], ["<lambda>", "Linear(2, 1)"]),
    ],
)
def test_a_stage_is_a_part_with_parameters_and_the_functions_after_it(model, titles):
    assert [stage.title for stage in stages(model)] == titles


class Forked(Module):
    def __init__(self):
        self.a, self.b = Linear(2, 1), Linear(2, 1)

    def forward(self, x):
        return self.a(x) + self.b(x)


class Odd(MLP):
    def forward(self, x):
        return super().forward(x) * 2


@pytest.mark.parametrize("model", [Forked(), Odd(2, [1])])
def test_a_module_whose_forward_alone_knows_its_row_is_refused(model):
    with pytest.raises(tg.errors.DataError) as caught:
        plot.activations(model, np.zeros((1, 2)))
    assert str(caught.value) == (
        f"{type(model).__name__} is no row of layers.\n"
        "  Only an MLP, a Sequential and a list say which layer feeds which; in other modules forward alone knows.\n"
        "  Pass the parts in the order in which they are applied, for example [net.first, tg.tanh, net.second]."
    )


# ── loss surface ─────────────────────────────────────────────────────────────────────────────────────────────────────
def heights(monkeypatch, *inputs, **options):
    """What `loss_surface` hands to the map, with its steps."""
    import importlib

    module, seen = importlib.import_module("tinygrad_edu.plot.loss_surface"), []
    monkeypatch.setattr(module, "draw_map", lambda ax, steps, heights, log: seen.append((steps, heights)))
    plot.loss_surface(*inputs, **options)
    return seen[0]


def test_the_surface_of_a_quadratic_is_the_quadratic(monkeypatch):
    p = tg.Value([1.0, -2.0])
    steps, found = heights(
        monkeypatch,
        lambda: (p * p).sum(),
        [p],
        ([np.array([1.0, 0.0])], [np.array([0.0, 3.0])]),
        span=2.0,
        resolution=5,
    )
    assert steps.tolist() == [-2, -1, 0, 1, 2]
    s, t = np.meshgrid(steps, steps)
    assert np.allclose(found, (1 + s) ** 2 + (-2 + 3 * t) ** 2)


def test_the_surface_of_a_network_is_measured_with_moved_weights(monkeypatch, net, batch):
    x, y = batch
    start = [p.data.copy() for p in net.parameters()]
    rng = np.random.default_rng(7)
    first, second = random_direction(net, rng), random_direction(net, rng)
    steps, found = heights(monkeypatch, lambda: tg.losses.mse(net(x), y), net, rng=7, resolution=3)
    for i, t in enumerate(steps):
        for j, s in enumerate(steps):
            w1, b1, w2, b2, w3, b3 = (p + s * a + t * b for p, a, b in zip(start, first, second))
            out = np.tanh(np.maximum(x @ w1.T + b1, 0) @ w2.T + b2) @ w3.T + b3
            assert np.isclose(found[i, j], np.mean((out - y) ** 2))


@pytest.mark.parametrize("scalar", [False, True])
def test_a_random_direction_has_filters_as_long_as_the_parameters_and_leaves_biases_alone(scalar):
    rng = np.random.default_rng(1)
    model = MLP(3, [4], rng=rng) if scalar else Linear(3, 4, rng=rng)
    direction = random_direction(model, rng)
    if scalar:
        rows = np.array(direction).reshape(4, 4)  # per neuron three weights and the bias
        weight, moved, bias = model.layers[0].weight.data, rows[:, :3], rows[:, 3]
    else:
        weight, (moved, bias) = model.weight.data, direction
    assert np.allclose(np.linalg.norm(moved, axis=1), np.linalg.norm(weight, axis=1))
    assert not bias.any()
    assert not np.allclose(moved / weight, (moved / weight)[0, 0])


def test_a_measured_network_is_what_it_was_and_its_older_graphs_are_valid(net, batch):
    x, y = batch
    before = [(p.data.copy(), p.order) for p in net.parameters()]
    loss = tg.losses.mse(net(x), y)
    plot.loss_surface(lambda: tg.losses.mse(net(x), y), net, resolution=3)
    assert all((p.data == data).all() and p.order == order for p, (data, order) in zip(net.parameters(), before))
    loss.backward()


def test_parameters_are_put_back_when_the_loss_fails():
    p = tg.Value(2.0)
    with pytest.raises(ZeroDivisionError):
        plot.loss_surface(lambda: 1 / 0, [p], ([1.0], [2.0]))
    assert p.data == 2.0


def test_float32_stays_float32_while_it_is_moved():
    p, seen = tg.Value(np.ones(2, np.float32)), []
    plot.loss_surface(lambda: seen.append(p.dtype) or (p * p).sum(), [p], ([[1, 0]], [[0, 1]]), resolution=2)
    assert set(seen) == {np.dtype(np.float32)}


def test_a_flat_surface_is_drawn_as_an_empty_map():
    figure = plot.loss_surface(lambda: 1.0, [tg.Value(1.0)], ([1.0], [1.0]), resolution=3)
    assert len(figure.axes) == 1


# ── gradient check ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_v_curve_shows_the_measured_errors_and_the_star_of_the_check():
    report = tg.gradcheck(lambda x: tg.exp(x), 1.0)
    curve = report.curve()
    lines = {line.get_label(): line for line in plot.gradient_check(report).axes[0].lines}
    assert lines["central difference"].get_xdata().tolist() == list(curve.steps)
    middle = curve.steps.index(min(curve.steps, key=lambda h: abs(h - 0.01)))
    h = curve.steps[middle]
    expected = abs((np.exp(1 + h) - np.exp(1 - h)) / (2 * h) / np.e - 1)
    assert np.isclose(lines["central difference"].get_ydata()[middle], expected, rtol=1e-6)
    assert lines["extrapolated, as the check does it"].get_xdata().tolist() == [curve.chosen]


def test_the_two_slopes_are_one_over_h_and_h_squared():
    lines = {line.get_label(): line for line in plot.gradient_check(lambda x: x**3, 2.0).axes[0].lines}
    for label, power in {"ε / h: rounding": -1, "h²: curvature": 2}.items():
        x, y = np.log(lines[label].get_xdata()), np.log(lines[label].get_ydata())
        assert len(x) > 10
        assert np.allclose(np.diff(y) / np.diff(x), power)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
P = tg.Value(1.0)


@pytest.mark.parametrize(
    ("plotting", "message"),
    [
        (
            lambda: plot.activations(tg.tanh, np.zeros(3)),
            "A batch was asked for, and x has shape (3,).\n"
            "  A histogram needs many answers; a batch holds one sample per row.\n"
            "  Pass x as (samples, inputs), or x[None, :] for a batch of one.",
        ),
        (
            lambda: plot.gradients(Linear(2, 1)),
            "Linear(2, 1) has no gradients yet.\n"
            "  A gradient of 0 is a number; one that nobody computed is not, and cannot be counted.\n"
            "  Call loss.backward() first, or pass a batch: gradients(net, x, y, loss=tg.losses.mse).",
        ),
        (
            lambda: plot.gradients(Linear(2, 1), np.zeros((3, 2)), of="outputs"),
            "gradients(of='outputs') needs x, y and a loss that returns one number.\n"
            "  A gradient says how one number, the loss, changes; without it there is nothing to derive.\n"
            "  Write gradients(net, x, y, loss=tg.losses.mse, of='outputs').",
        ),
        (
            lambda: plot.gradients(Linear(2, 1), of="biases"),
            "There is no kind of gradient named 'biases'.\n"
            "  The names are: outputs, weights.\n"
            "  Write one of them, for example 'outputs'.",
        ),
        (
            lambda: plot.loss_surface(lambda: 1.0, tg.tanh),
            "Op has no parameters to move.\n"
            "  A loss surface shows what the loss would be with other parameters.\n"
            "  Pass the network, or a list of Values that nobody computed.",
        ),
        (
            lambda: plot.loss_surface(lambda: P * 1.0, [P], ([1.0], [np.ones(2)])),
            "The direction has shapes [(2,)] and the parameters [()].\n"
            "  A direction says for each parameter how far it goes.\n"
            "  Give one number or array per parameter, for example [p.grad for p in net.parameters()].",
        ),
        (
            lambda: plot.loss_surface(lambda: np.ones(3), [P], ([1.0], [1.0])),
            "The loss is an array (3,), and not one number.\n"
            "  A map has one height at every place.\n"
            "  Return one number from it, for example lambda: tg.losses.mse(net(x), y).",
        ),
        (
            lambda: plot.gradient_check(lambda x: x.sum(), np.zeros(0)),
            "There is no V curve: no finite difference was measured.\n"
            "  The curve shows how the error of a finite difference depends on its step.\n"
            "  Pass a function of numbers with its inputs, gradient_check(f, x), or the report of tg.gradcheck(f, x).",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_three_parts(plotting, message):
    with pytest.raises(tg.errors.TinygradError) as caught:
        plotting()
    assert str(caught.value) == message


def test_heights_in_the_dark_valley_are_legible_and_have_a_minus_sign():
    w = tg.Value([1.0, 1.0])
    figure = plot.loss_surface(lambda: tg.sum(w * w) * 1e-6, [w], ([[1.0, 0.0]], [[0.0, 1.0]]), resolution=9)
    figure.draw_without_rendering()
    labels = [text for text in figure.axes[0].findobj(Text) if text.get_path_effects()]
    assert labels
    for label in labels:
        (halo,) = label.get_path_effects()
        assert to_rgb(halo._gc["foreground"]) == (1, 1, 1)
        assert "−" in label.get_text() and "-" not in label.get_text()
    assert any("−" in text.get_text() for text in figure.axes[1].get_yticklabels())


def test_medians_have_a_minus_sign():
    net = tg.nn.MLP(2, [2, 1])
    tg.losses.mse(net(np.full((1, 2), 0.5))[:, 0] * 1e-9, np.array([1.0])).backward()
    words = [text.get_text() for ax in plot.gradients(net).axes for text in ax.texts]
    assert any("−" in text for text in words)
    assert not any("-" in text for text in words)


def test_a_loss_of_zero_lies_on_the_lowest_level_of_a_logarithmic_map():
    w = tg.Value([0.0, 0.0])
    figure = plot.loss_surface(lambda: (w * w).sum(), [w], log=True)  # exactly 0 in the middle
    assert figure.axes

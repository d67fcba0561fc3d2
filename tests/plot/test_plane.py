"""Plots of the plane and of time: what is drawn are the numbers that were given; others are refused in three parts."""

from __future__ import annotations

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import plot
from tinygrad_edu.plot.plane import frame, middle_and_reach

X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
Y = np.array([0, 1, 1])


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("title", ["short", "A title that says much more than one line of a figure can hold, and more"])
def test_a_title_stays_inside_the_picture(title):
    figure = plot.data(X, Y, title=title)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    words = next(text for text in ax.get_children() if getattr(text, "get_text", str)().split() == title.split())
    box = words.get_window_extent()
    assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
    assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_points_are_drawn_class_by_class():
    one, two = plot.data(X, Y).axes[0].collections
    assert one.get_offsets().tolist() == [[0, 0]]
    assert two.get_offsets().tolist() == [[1, 0], [0, 1]]


def test_eight_classes_have_eight_looks():
    figure = plot.data(np.arange(16.0).reshape(8, 2), np.arange(8))
    looks = {(to_hex(dots.get_facecolor()[0]), dots.get_paths()[0].vertices.tobytes())
             for dots in figure.axes[0].collections}  # fmt: skip
    assert len(looks) == 8


def test_more_than_twelve_different_numbers_are_a_quantity_on_a_scale(rng):
    x, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    figure = plot.data(x, y)
    [dots] = figure.axes[0].collections
    assert dots.get_array().tolist() == y.tolist()
    assert figure.axes[1].get_ylabel() == "y"


def test_values_and_lists_are_taken_as_data():
    figure = plot.data(tg.Value(X), [[tg.Value(0.0)], [1], [1]])
    assert len(figure.axes[0].collections) == 2


# ── function ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", [(9,), (9, 1)])
def test_a_function_is_drawn_where_it_was_asked_whether_it_returns_values_or_arrays(shape):
    asked = []

    def f(points):
        asked.append(points)
        return tg.Value(np.arange(9.0).reshape(shape) / 8)

    figure = plot.function(f, X, Y, extent=(0, 2, 10, 12), resolution=3)
    assert asked[0][:4].tolist() == [[0, 10], [1, 10], [2, 10], [0, 11]]
    image = figure.axes[0].images[0]
    assert image.get_array().tolist() == [[0, 0.125, 0.25], [0.375, 0.5, 0.625], [0.75, 0.875, 1]]
    assert image.get_extent() == [-0.5, 2.5, 9.5, 12.5]  # pixels are centred on the samples


@pytest.mark.parametrize(
    ("classes", "boundary", "middle", "limits"),
    [
        ([0, 1, 1], None, 0.5, (0, 1)),
        ([-1, 1, 1], None, 0.0, (-1, 1)),
        ([0, 1, 1], 0.0, 0.0, (-0.5, 0.5)),  # logits
        ([7, 7, 7], None, 0.5, (0, 1)),
    ],
)
def test_the_boundary_is_drawn_where_the_function_changes_its_mind(classes, boundary, middle, limits):
    figure = plot.function(lambda p: p[:, 0], X, classes, extent=(-2, 2, 0, 1), resolution=9, boundary=boundary)
    image, line = figure.axes[0].images[0], figure.axes[0].collections[0]
    assert image.get_clim() == limits
    assert np.allclose(line.get_paths()[0].vertices[:, 0], middle)  # f is x₁, so the line stands there


def test_of_several_scores_the_largest_wins():
    scores = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [2, 3, 1]])
    figure = plot.function(lambda p: scores, X, [0, 1, 2], resolution=2)
    assert figure.axes[0].images[0].get_array().tolist() == [[0, 1], [2, 1]]


def test_the_classes_that_are_there_have_their_names_below_the_picture():
    x, y = [[0, 0], [1, 1], [2, 0]], [0, 2, 2]
    figure = plot.function(lambda p: p[:, 0], x, y, names=["elf", "dwarf", "a troll of US$ 5"])
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["elf", r"a troll of US\$ 5"]
    assert not plot.function(lambda p: p[:, 0], x, y).legends


def test_quantities_are_drawn_on_the_scale_of_the_field_which_reaches_all_of_them():
    x, y = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), np.array([0.0, 1.0, 5.0])
    figure = plot.function(lambda p: 10.0 * p[:, 0], x, y, boundary=1.0, quantity=True)
    field, dots = figure.axes[0].images[0], figure.axes[0].collections[-1]
    assert field.get_clim() == dots.get_clim() == (-3.0, 5.0)
    np.testing.assert_array_equal(dots.get_array(), y)
    assert figure.axes[-1]._colorbar.extend == "max"  # 20 is beyond the scale


def test_a_network_is_asked_without_being_recorded_or_changed():
    net = tg.nn.MLP(2, [4, 1])
    loss = tg.losses.mse(net(X)[:, 0], Y)
    before = [(p.order, p.data) for p in net.parameters()]
    plot.function(net, X, Y, resolution=4)
    assert [(p.order, p.data) for p in net.parameters()] == before
    loss.backward()


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_curves_run_over_steps_counted_from_one():
    figure = plot.history({"loss": [3.0, 2.0, tg.Value(1.0)], "best": [1.0]}, log=True)
    loss, best = figure.axes[0].lines
    assert loss.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert best.get_marker() == "o"
    assert figure.axes[0].get_yscale() == "log"
    assert plot.history({"loss": [1.0, 2.0]}, steps=[100, 200]).axes[0].lines[0].get_xdata().tolist() == [100, 200]


def test_curves_differ_in_dashes_and_not_only_in_colour():
    figure = plot.history({name: [1.0, 2.0] for name in "abcd"})
    assert len({line.get_linestyle() for line in figure.axes[0].lines}) == 4


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────
NET = tg.nn.Sequential(tg.nn.Linear(2, 3, rng=np.random.default_rng(0)), tg.tanh)
PLOTS = {
    "data": lambda **o: plot.data(X, Y, **o),
    "function": lambda **o: plot.function(lambda p: p[:, 0], X, Y, resolution=4, **o),
    "history": lambda **o: plot.history({"loss": [1.0, 2.0]}, **o),
    "activations": lambda **o: plot.activations(NET, X, **o),
    "gradients": lambda **o: plot.gradients(NET, X, np.ones((3, 3)), tg.losses.mse, **o),
    "loss_surface": lambda **o: plot.loss_surface(lambda: NET(X).sum(), NET, resolution=3, **o),
    "gradient_check": lambda **o: plot.gradient_check(lambda x: x**3, 2.0, **o),
}


def test_every_plot_of_the_room_is_in_this_table():
    assert sorted(PLOTS) == sorted(plot.__all__)


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_goes_into_the_given_axes_and_can_be_saved(name, tmp_path):
    figure = Figure()
    assert PLOTS[name](ax=figure.add_subplot(), title="Mine") is figure
    assert figure.axes[0].get_title(loc="left") == "Mine"
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_makes_its_own_figure_and_leaves_pyplot_alone(name):
    before = plt.get_fignums()
    assert isinstance(PLOTS[name](), Figure)
    assert plt.get_fignums() == before


@pytest.mark.parametrize("name", PLOTS)
def test_what_is_given_as_axes_must_be_axes(name):
    with pytest.raises(tg.errors.DataError, match="Write ax=figure.add_subplot"):
        PLOTS[name](ax=Figure())


def test_matplotlib_is_loaded_by_the_first_plot_and_not_before():
    code = "import sys, tinygrad_edu.plot; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_circle_stays_round_and_a_strip_is_stretched():
    assert plot.data(X, Y).axes[0].get_aspect() == 1.0
    assert plot.data(X * [20, 1], Y).axes[0].get_aspect() == "auto"
    assert plot.function(lambda p: p[:, 0], X, Y, extent=(0, 10, 0, 1), resolution=3).axes[0].get_aspect() == "auto"


def test_points_in_one_place_still_have_a_frame_around_them():
    assert frame(np.array([[2.0, 3.0], [2.0, 3.0]])) == (1.5, 2.5, 2.5, 3.5)
    assert middle_and_reach(np.array([np.nan, 3.0])) == (0.5, 0.5)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("plotting", "error", "message"),
    [
        (
            lambda: plot.data(np.zeros((4, 3)), [0, 1, 0, 1]),
            tg.errors.ShapeError,
            "The points have shape (4, 3) and their classes (4,).\n"
            "  A plane has two coordinates, and each point has one class.\n"
            "  Give x as (n, 2) and y as (n,).",
        ),
        (
            lambda: plot.data(np.zeros((0, 2)), []),
            tg.errors.DataError,
            "There is no point to draw.\n"
            "  The picture is framed around the points, which must be somewhere.\n"
            "  Pass at least one point, with finite coordinates.",
        ),
        (
            lambda: plot.data([[0.0, np.inf]], [0]),
            tg.errors.DataError,
            "Some points have coordinates that are nan or infinite.\n"
            "  The picture is framed around the points, which must be somewhere.\n"
            "  Keep x[np.isfinite(x).all(axis=1)], and the same rows of y.",
        ),
        (
            lambda: plot.data("points", [0]),
            tg.errors.DataError,
            "A plot was given str where it needs numbers.\n"
            "  Positions and heights in a picture are numbers, in rows of equal length.\n"
            "  Pass an array, a Value, or a list of numbers.",
        ),
        (
            lambda: plot.function(lambda p: 1.0, X, Y, resolution=3),
            tg.errors.ShapeError,
            "The function returned shape () for 9 points.\n"
            "  It is asked about all points at once, as an array (9, 2), and answers with one row for each.\n"
            "  Return (m,), (m, 1) or (m, classes) for an array (m, 2); for a function of one point write "
            "lambda points: [f(point) for point in points].",
        ),
        (
            lambda: plot.history({}),
            tg.errors.DataError,
            "There is no curve to draw in {}.\n"
            "  Each curve is a list of numbers, and a legend says what it is called.\n"
            '  Write history({"loss": losses}).',
        ),
        (
            lambda: plot.history([1.0, 2.0]),
            tg.errors.DataError,
            "list has no names.\n"
            "  Each curve is a list of numbers, and a legend says what it is called.\n"
            '  Write history({"loss": losses}).',
        ),
        (
            lambda: plot.history({"loss": [1.0, 2.0]}, steps=[1]),
            tg.errors.ShapeError,
            "'loss' has 2 numbers, and steps 1.\n"
            "  Each number is drawn at its own step.\n"
            "  Leave steps out to count from 1, or draw curves of different length one after the other into one ax.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_three_parts(plotting, error, message):
    with pytest.raises(error) as caught:
        plotting()
    assert str(caught.value) == message

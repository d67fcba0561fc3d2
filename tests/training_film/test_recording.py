"""What a training film keeps is what was there: weights, gradients and answers of the moment; the rest it says."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.nn import MLP, Layer, Linear, Module, Sequential
from tinygrad_edu.training_film.frames import Reel, thinned
from tinygrad_edu.training_film.recording import film_training

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0.0, 1.0, 1.0, 0.0])


def story(film):
    """The numbers in the page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', film.html())[1])


def train(net, film, steps=3):
    """Gradient descent by hand; returns what the parameters and gradients were at each step."""
    seen = []
    for _ in range(steps):
        net.zero_grad()
        out = net(X)
        loss = tg.losses.mse(out[:, 0], Y)
        loss.backward()
        film.frame(loss=loss)
        seen.append([(p.data if p.shape == () else p.data.copy(), p.grad if p.shape == () else p.grad.copy())
                     for p in net.parameters()])  # fmt: skip
        for p in net.parameters():
            p.data = p.data - 0.5 * p.grad
    return seen


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_weights_biases_and_gradients_of_arrays_are_those_of_the_moment(rng):
    net = Sequential(Linear(2, 3, rng=rng), tg.tanh, Linear(3, 1, rng=rng))
    film = film_training(net, X, Y)
    seen = train(net, film)
    for frame, [w1, b1, w2, b2] in zip(story(film)["frames"], seen):
        for layer, (w, b) in zip(frame["layers"], [(w1, b1), (w2, b2)]):
            for key, expected in {"w": w[0], "gw": w[1], "b": b[0], "gb": b[1]}.items():
                assert np.allclose(layer[key], expected.ravel(), rtol=1e-5)


def test_weights_biases_and_gradients_of_scalars_are_those_of_the_moment(rng):
    net = MLP(2, [3, 1], hidden="tanh", rng=rng)
    film = film_training(net, X, Y)
    seen = train(net, film)
    for frame, pairs in zip(story(film)["frames"], seen):
        data, gradient = np.array(pairs).T
        first, second = frame["layers"]
        assert np.allclose(np.column_stack([np.reshape(first["w"], (3, 2)), first["b"]]).ravel(), data[:9], rtol=1e-5)
        assert np.allclose(
            np.column_stack([np.reshape(first["gw"], (3, 2)), first["gb"]]).ravel(), gradient[:9], rtol=1e-5
        )
        assert np.allclose([*second["w"], *second["b"]], data[9:], rtol=1e-5)
        assert np.allclose([*second["gw"], *second["gb"]], gradient[9:], rtol=1e-5)


def test_the_field_is_what_the_network_answered_at_that_moment_and_not_at_the_end(rng):
    net = MLP(2, [3, 1], hidden="tanh", output="sigmoid", rng=rng)
    film = film_training(net, X, Y, extent=(-1, 1, -2, 2))
    across, up = np.linspace(-1, 1, 41), np.linspace(-2, 2, 41)
    plane = np.array([(x, y) for y in up for x in across])
    expected = []
    for step in range(3):
        film.frame(loss=step)
        expected.append(net(plane).data[:, 0].copy())
        for p in net.parameters():
            p.data = p.data + 0.3
    before = [p.data for p in net.parameters()]
    for frame, answers in zip(story(film)["frames"], expected):
        levels = np.frombuffer(base64.b64decode(frame["field"]), np.uint8)
        assert np.abs(levels / 254 - answers).max() <= 0.51 / 254
    assert [p.data for p in net.parameters()] == before


def test_a_neurons_map_is_what_it_answers_around_zero(rng):
    net = MLP(2, [3, 1], hidden="tanh", rng=rng)
    film = film_training(net, X, Y, extent=(0, 1, 0, 1))
    film.frame()
    plane = np.array([(x, y) for y in np.linspace(0, 1, 13) for x in np.linspace(0, 1, 13)])
    answers = net.layers[0](plane).data
    layer = story(film)["frames"][0]["layers"][0]
    assert np.isclose(layer["reach"], np.abs(answers).max(), rtol=1e-5)
    for k, text in enumerate(layer["maps"]):
        levels = np.frombuffer(base64.b64decode(text), np.uint8).astype(float)
        assert np.abs((levels - 127) / 127 * layer["reach"] - answers[:, k]).max() <= layer["reach"] / 127


def test_of_several_classes_the_one_that_leads_is_above_the_middle(rng):
    net = Linear(2, 3, rng=rng)
    film = film_training(net, X, [0, 1, 2, 0])
    film.frame()
    page = story(film)
    across, up = (np.linspace(*page["plane"]["extent"][k : k + 2], 41) for k in (0, 2))
    winners = net(np.array([(x, y) for y in up for x in across])).data.argmax(axis=1)
    levels = np.frombuffer(base64.b64decode(page["frames"][0]["field"]), np.uint8).reshape(3, -1)
    assert page["plane"]["classes"] == 3
    assert (levels.argmax(axis=0) == winners).mean() > 0.99  # where the lead is less than a level, either may be named


def test_gradients_that_nobody_computed_are_not_zero():
    film = film_training(MLP(2, [2, 1]), X, Y)
    film.frame(loss=1.0)
    assert [layer["gw"] for layer in story(film)["frames"][0]["layers"]] == [None, None]


def test_what_is_written_into_arrays_later_changes_no_frame():
    net = Linear(2, 1)
    net.weight.data, net.weight.grad = [[1.0, 2.0]], [[3.0, 4.0]]
    film, weights = film_training(net, X, Y), net.weight.data
    film.frame()
    weights[...] = 9.0
    net.weight.grad *= 9.0
    layer = story(film)["frames"][0]["layers"][0]
    assert (layer["w"], layer["gw"]) == ([1, 2], [3, 4])


def test_what_is_not_finite_is_named():
    net = Linear(2, 1)
    net.weight.data, net.bias.data = [[np.nan, np.inf]], [-np.inf]
    film = film_training(net, X, Y)
    film.frame(loss=np.nan)
    frame = story(film)["frames"][0]
    assert (frame["layers"][0]["w"], frame["layers"][0]["b"], frame["numbers"]) == (
        ["nan", "inf"],
        ["-inf"],
        {"loss": "nan"},
    )


def test_every_step_is_in_the_curve_and_a_number_may_be_missing():
    film = film_training(Linear(2, 1), frames=4)
    for step in range(10):
        film.frame(loss=tg.Value(step / 2), **({"accuracy": 1.0} if step % 5 == 0 else {}))
    loss, accuracy = story(film)["curves"]
    assert loss == {"name": "loss", "at": list(range(1, 11)), "is": [k / 2 for k in range(10)]}
    assert accuracy == {"name": "accuracy", "at": [1, 6], "is": [1, 1]}


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("most", [2, 3, 8, 80])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100, 1000])
def test_a_reel_keeps_the_first_and_the_last_moment_and_never_too_many_between(most, count):
    reel = Reel(most)
    for moment in range(count):
        reel.add(moment)
        assert len(reel.kept()) <= most
    kept = reel.kept()
    assert (kept[0], kept[-1]) == (0, count - 1)
    gaps = np.diff(kept)
    assert len(set(gaps[:-1])) <= 1  # evenly spread, but for the last
    assert len(kept) == count or len(kept) >= most / 2


@pytest.mark.parametrize("count", [0, 1, 5, 10, 11, 99])
def test_thinned_points_end_with_the_last(count):
    points = list(range(count))
    found = thinned(points, 10)
    assert found[:1] + found[-1:] == points[:1] + points[-1:]
    assert len(found) <= 11


def test_the_page_says_how_many_moments_it_kept():
    film = film_training(Linear(2, 1), X, Y, frames=4, unit="epoch")
    for _ in range(10):
        film.frame()
    assert story(film)["notes"] == ["4 of 10 epochs are kept, evenly spread."]
    assert repr(film) == "<film of 10 epochs, 4 of them kept; .save('training.html')>"


def test_a_page_of_a_small_network_is_small(rng):
    net = MLP(2, [8, 4, 1], rng=rng)
    film = film_training(net, X, Y)
    train(net, film, steps=79)
    assert len(film) == 79
    assert len(film.html()) < 850_000


# ── what cannot be drawn ─────────────────────────────────────────────────────────────────────────────────────────────
class Polynomial(Module):
    def __init__(self):
        self.c, self.parts = tg.Value([1.0, 2.0]), [Linear(2, 1)]

    def forward(self, x):
        return x @ self.c


@pytest.mark.parametrize(
    ("model", "x", "note"),
    [
        (Polynomial(), X, "The network is not drawn: Polynomial is no row of layers."),
        (Sequential(*[part for _ in range(9) for part in (Linear(2, 2), tg.tanh)]), X,
         "The network is not drawn: 9 layers and 36 lines would be a grey area."),
        (Sequential(Linear(30, 40), Linear(40, 1)), np.zeros((1, 30)),
         "Drawn are the first 24 neurons of the rows of 30, 40. No decision boundary is drawn: the data are no points "
         "of the plane, or the model refused them."),
        (Layer(3, 2), np.zeros((4, 3)), "No decision boundary is drawn: the data are no points of the plane, or the "
         "model refused them."),
        (Linear(3, 2), X, "No decision boundary is drawn: the data are no points of the plane, or the model refused "
         "them."),
    ],
)  # fmt: skip
def test_what_is_not_drawn_is_said(model, x, note):
    film = film_training(model, x, np.zeros(len(x)))
    film.frame(loss=1.0)
    page = story(film)
    assert " ".join(page["notes"]) == note
    assert all(len(layer["w"]) <= 24 * 24 for layer in page["frames"][0]["layers"])


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────
NASTY = [
    "</script><script>alert(1)</script>",
    "<b>&\"'\\",
    "a\nb\u2028c",
    "🎈 שלום",
    "javascript:alert(1)",
    "x" * 10_000,
]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "srcset", "action", "onclick")]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_becomes_markup(text):
    def tags_of(title):
        net = Sequential(Linear(2, 1), tg.tanh)
        film = film_training(net, X, Y, title=title, names=(title, title), unit=title)
        film.frame(**{title: 1.0})
        page, tags = film.html(), Tags()
        tags.feed(page)
        return page, tags, story(film)

    _, tags, numbers = tags_of(text)
    assert tags.tags == tags_of("plain")[1].tags
    assert tags.links == []
    assert (numbers["title"], numbers["inputs"][0], numbers["curves"][0]["name"]) == (text, text, text)


def test_the_page_names_no_address_and_allows_no_request():
    film = film_training(Linear(2, 1), X, Y)
    film.frame()
    page = film.html()
    assert "default-src 'none'" in page
    assert re.findall(r"https?://[^\s\"']+", page) == ["http://www.w3.org/2000/svg"]  # a name, not a place


def test_a_film_is_saved_as_a_page_and_shown_in_a_frame(tmp_path):
    film = film_training(Linear(2, 1), X, Y)
    film.frame()
    assert film.save(tmp_path / "training.html").read_text("utf-8") == film.html()
    assert film._repr_html_().startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
FILM = film_training(Linear(2, 1), X, Y)


@pytest.mark.parametrize(
    ("doing", "message"),
    [
        (
            lambda: film_training(lambda x: x, X, Y),
            "film_training(function) has no parameters to film.\n"
            "  The film shows how parameters change, and finds them in a module.\n"
            "  Pass the network, film_training(net, x, y); your own class becomes one as a subclass of tg.nn.Module.",
        ),
        (
            lambda: film_training(Linear(2, 1), frames=1),
            "frames=1 makes no film.\n"
            "  It is the number of moments that are kept; the first and the last are two of them.\n"
            "  Write frames=80, or any whole number from 2.",
        ),
        (
            lambda: FILM.frame(loss=np.ones(3)),
            "film.frame(loss=…) was given an array (3,).\n"
            "  Each name becomes a curve, which has one number per moment.\n"
            "  Write film.frame(loss=number), for example the mean of it.",
        ),
        (
            lambda: FILM.html(),
            "This film has no frames.\n"
            "  It shows what was recorded during training, and nothing was.\n"
            "  Call film.frame(loss=loss) in the training loop, between loss.backward() and optimizer.step().",
        ),
        (
            lambda: FILM.save("film.mp4"),
            "A training film is not saved as '.mp4'.\n"
            "  It is a page that moves, and answers when it is asked.\n"
            "  Write film.save('film.html'); pictures are made by tg.plot.",
        ),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_three_parts(doing, message):
    with pytest.raises(tg.errors.TinygradError) as caught:
        doing()
    assert str(caught.value) == message

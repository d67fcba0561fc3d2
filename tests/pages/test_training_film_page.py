"""The training film as a person sees it: a real browser plays it, and its numbers are the network's."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from matplotlib.image import imread

import tinygrad_edu as tg
from tinygrad_edu.nn import MLP, Linear, Sequential
from tinygrad_edu.training_film.recording import film_training


@pytest.fixture(scope="module")
def run():
    """A network of scalars, what it was at each of six steps, and the page."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (30, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    net = MLP(2, [3, 1], hidden="tanh", output="sigmoid", rng=rng)
    film = film_training(net, x, y, title="Same sign? <b>&</b>", names=("a <i>", "b"), unit="epoch")
    seen = []
    for _ in range(6):
        net.zero_grad()
        out = net(x)[:, 0]
        loss = tg.losses.mse(out, y)
        loss.backward()
        film.frame(loss=loss, accuracy=((out.data > 0.5) == y).mean())
        seen.append((loss.data, [(p.data, p.grad) for p in net.parameters()]))
        for p in net.parameters():
            p.data = p.data - 1.0 * p.grad
    return film.html(), seen


def words(x: float) -> str:
    """A number as the page writes it."""
    text = f"{x:.4g}" if abs(x) >= 1e-4 or x == 0 else f"{x:.2e}".replace("e-0", "e-")
    return text.replace("-", "−")


def table(page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("#story tbody tr").all()]


def test_the_slider_leads_to_the_numbers_of_that_moment(opened, run):
    html, seen = run
    page = opened(html)
    page.locator(".neuron").nth(3).click()  # after two inputs the first and second neuron of layer 1
    for moment in (0, 3, 5):
        page.locator("#slider").fill(str(moment))
        loss, parameters = seen[moment]
        assert page.locator("#moment").inner_text().split() == ["epoch", str(moment + 1), "loss", words(loss)]
        mine = parameters[3:6]  # two weights and the bias of the second neuron
        assert table(page) == [[name, words(x), words(g)] for name, (x, g) in zip(["a <i>", "b", "bias"], mine)]


def test_a_line_tells_its_weight_its_gradient_and_what_descent_will_do(opened, run):
    html, seen = run
    page = opened(html)
    page.locator("#lines .hit").nth(1).dispatch_event("click")  # from the second input to the first neuron
    x, g = seen[0][1][1]
    story = page.locator("#story").inner_text()
    assert story.startswith("Weight from b to neuron 1 of layer 1\n")
    assert words(x) in story and words(g) in story
    assert f"gradient descent makes it {'smaller' if g > 0 else 'larger'}" in story


def test_lines_are_as_wide_as_the_weights_and_then_as_the_gradients(opened, run):
    html, seen = run
    page = opened(html)
    data, gradients = np.array(seen[0][1]).T
    weights = np.array([pair for _, parameters in seen for pair in parameters])[:, 0].reshape(6, -1)
    drawn = [0, 1, 3, 4, 6, 7, 9, 10, 11]  # biases are dots
    read = "lines => lines.map(line => [parseFloat(line.style.strokeWidth), line.getAttribute('class').trim()])"
    for button, numbers, most in [
        ("#weights", data[drawn], np.abs(weights[:, drawn]).max()),
        ("#gradients", gradients[drawn], np.abs(gradients[drawn]).max()),
    ]:
        page.locator(button).click()
        assert page.locator(button).get_attribute("aria-pressed") == "true"
        found = page.locator("#lines path:not(.hit)").evaluate_all(read)
        assert np.allclose([width for width, _ in found], 0.6 + 6.4 * np.abs(numbers) / most, atol=1e-3)
        assert [sign for _, sign in found] == ["positive" if x > 0 else "negative" for x in numbers]


def test_the_keyboard_plays_steps_and_switches(opened, run):
    page = opened(run[0])
    at = lambda: page.locator("#slider").input_value()  # noqa: E731
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert at() == "1"
    page.keyboard.press("End")
    assert at() == "5"
    page.keyboard.press("Home")
    assert at() == "0"
    page.keyboard.press("g")
    assert page.locator("#gradients").get_attribute("aria-pressed") == "true"
    page.locator(".neuron").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator("#story h3").inner_text() == "Neuron 1 of layer 1"
    page.keyboard.press("Escape")
    assert page.locator("#story h3").count() == 0
    page.locator("#speed").select_option("4")
    page.locator("h1").click()
    page.keyboard.press("Space")
    assert page.locator("#play").get_attribute("aria-label") == "Pause"
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator("#slider")).to_have_value("5")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")


def test_the_plane_is_painted_as_the_network_answers(opened, run):
    html, seen = run
    page = opened(html, hash="#moment=6")
    assert page.locator("#slider").input_value() == "5"
    picture = page.locator("#field").evaluate("canvas => canvas.toDataURL()")
    colours = imread(io.BytesIO(base64.b64decode(picture.split(",")[1])))[:, :, :3]
    parameters = np.array(seen[5][1])[:, 0]
    hidden, last = parameters[:9].reshape(3, 3), parameters[9:]
    for s, t in [(0.5, 0.5), (0.9, 0.1), (0.2, 0.95)]:
        box = page.locator("#field").bounding_box()
        page.mouse.move(box["x"] + s * box["width"], box["y"] + t * box["height"])
        point, said = page.locator("#reading").inner_text().replace("−", "-").split(": ")
        a, b = (float(part.split(" = ")[1]) for part in point.split(", "))
        h = np.tanh(hidden[:, :2] @ [a, b] + hidden[:, 2])
        assert abs(float(said) - 1 / (1 + np.exp(-(last[:3] @ h + last[3])))) < 0.03  # the nearest of 41 samples
        red, _, blue = colours[int(t * len(colours)), int(s * len(colours[0]))]
        assert abs(float(said) - 0.5) < 0.06 or (blue > red) == (float(said) > 0.5)


def test_texts_are_texts(opened, run):
    page = opened(run[0])
    assert page.locator("h1").inner_text() == "Same sign? <b>&</b>"
    assert page.locator("b", has_text="&").count() == 0
    assert page.locator(".neuron .name").first.inner_text() == "a <i>"


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_of_the_window(opened, run, size, scheme):
    page = opened(run[0], size, color_scheme=scheme, reduced_motion="reduce")
    page.locator(".neuron").nth(2).click()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide == window
    outside = page.evaluate(
        "[...document.querySelectorAll('main *, header *, footer *')].filter(e => {"
        " const r = e.getBoundingClientRect(); return r.width && (r.left < -1 || r.right > innerWidth + 1); }"
        ").map(e => e.outerHTML.slice(0, 80))"
    )
    assert outside == []


def test_long_names_are_cut_and_do_not_widen_a_phone(opened, rng):
    net = Sequential(Linear(2, 16, rng=rng), tg.relu, Linear(16, 3, rng=rng))
    film = film_training(net, rng.normal(size=(9, 2)), [0, 1, 2] * 3, title="x" * 10_000, names=("n" * 500, "שלום"))
    film.frame(**{"l" * 300: 1.0})
    page = opened(film.html(), "phone")
    page.locator(".neuron").nth(2).click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_every_control_has_a_name_for_those_who_do_not_see_it(opened, run):
    page = opened(run[0])
    for control in page.locator("button, input, select").all():
        label = control.get_attribute("aria-label") or control.inner_text()
        assert label.strip()
    page.locator("#slider").fill("2")
    assert page.locator("#slider").get_attribute("aria-valuetext").startswith("epoch 3, loss ")


def test_a_film_without_plane_or_network_shows_its_curves(opened):
    class Line(tg.nn.Module):
        def __init__(self):
            self.c, self.parts = tg.Value([1.0, 2.0]), [Linear(2, 1)]

        def forward(self, x):
            return x @ self.c

    film = film_training(Line())
    film.frame(loss=2.0)
    film.frame(loss=float("nan"))
    page = opened(film.html())
    assert not page.locator("#network").is_visible()
    assert not page.locator("#plane").is_visible()
    page.keyboard.press("End")
    assert page.locator(".curve .said span").inner_text() == "nan"
    assert "Line is no row of layers" in page.locator("#notes").inner_text()


def test_a_print_has_no_buttons_and_light_colours(opened, run):
    page = opened(run[0], color_scheme="dark")
    page.emulate_media(media="print")
    assert not any(page.locator(control).is_visible() for control in ("#slider", "#play", "#speed", "#weights"))
    assert page.locator("#moment").inner_text().startswith("epoch 1")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 26, 26)"
    assert page.locator("#network").is_visible() and page.locator("#field").is_visible()


@pytest.mark.parametrize("hidden", [[2], [4], [8, 8]], ids=str)
@pytest.mark.parametrize("chosen", [None, 3], ids=["nothing chosen", "a neuron chosen"])
def test_both_columns_end_at_the_same_height_and_panels_follow_each_other_closely(opened, rng, hidden, chosen):
    film = film_training(MLP(2, [*hidden, 1], rng=rng), rng.normal(size=(9, 2)), [0.0, 1.0, 1.0] * 3)
    for k in range(3):
        film.frame(loss=1.0 / (k + 1), accuracy=k / 3)
    page = opened(film.html())
    if chosen is not None:
        page.locator(".neuron").nth(chosen).click()
    read = "sections => sections.map(s => s.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
    boxes = sorted(page.locator("section").evaluate_all(read))
    columns = [[box for box in boxes if box[0] == left] for left in sorted({box[0] for box in boxes})]
    assert len(columns) == 2
    for column in columns:
        column.sort(key=lambda box: box[1])
        assert all(0 < below[1] - above[3] < 20 for above, below in zip(column, column[1:]))
    assert columns[0][-1][3] == pytest.approx(columns[1][-1][3], abs=1)


def test_on_a_phone_the_story_follows_the_network(opened, run):
    page = opened(run[0], "phone")
    top = {name: page.locator(f"#{name}").bounding_box()["y"] for name in ("network", "story", "plane", "curves")}
    assert list(top) == sorted(top, key=top.get)


def test_both_films_wear_the_same_colours(opened, run):
    read = (
        "['--paper', '--ink', '--forward', '--backward'].map(n => getComputedStyle(document.body).getPropertyValue(n))"
    )
    graph = tg.film(tg.Value(2.0) * 3.0).html()
    for scheme in ("light", "dark"):
        assert opened(run[0], color_scheme=scheme).evaluate(read) == opened(graph, color_scheme=scheme).evaluate(read)


def test_classes_and_numbers_go_by_their_names(opened):
    x = np.random.default_rng(0).normal(size=(30, 2))
    three = film_training(Sequential(Linear(2, 3)), x, np.arange(30) % 3, classes=("elf", "dwarf", "2"))
    two = film_training(Sequential(Linear(2, 1)), x, np.arange(30) % 2, classes=("elf", "dwarf"), boundary=0.0)
    price = film_training(
        Sequential(Linear(2, 1)), x, x[:, 0], answer="price", boundary=0.0, names=("a" * 99, "b" * 99)
    )
    expected = [
        (
            "Decision boundary",
            "The colour is the class with the largest answer: orange elf, blue dwarf, green class 2.",
        ),
        ("Decision boundary", "The line is where the answer is 0: orange is elf, blue dwarf."),
        ("price over the plane", "The line is where price is 0: orange below, blue above."),
    ]
    for film, (title, reading) in zip((three, two, price), expected):
        film.frame(loss=1.0)
        page = opened(film.html())
        assert page.locator("#plane-title").inner_text() == title
        assert page.locator("#reading").inner_text() == reading
    up, frame, heading = (page.locator(name).bounding_box() for name in ("#up", "#frame", "#plane-title"))
    assert up["height"] <= frame["height"] + 1 and up["y"] >= heading["y"] + heading["height"] - 1


def test_a_quantity_is_a_dot_in_the_colour_of_the_field(opened):
    x = np.array([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]])
    net = Sequential(Linear(2, 1))
    net[0].weight.data, net[0].bias.data = [[1.0, 0.0]], [0.0]
    film = film_training(net, x, x[:, 0], answer="a", boundary=0.0)
    film.frame(loss=1.0)
    picture = opened(film.html()).locator("#field").evaluate("canvas => canvas.toDataURL()")
    colours = imread(io.BytesIO(base64.b64decode(picture.split(",")[1])))[:, :, :3]
    rows, columns = colours.shape[:2]
    margin = 0.06 / 1.12  # around the points
    for s in (margin, 1 - margin):  # the answer is the target, so the dot has the colour of the field beside it
        at, beside = colours[int((1 - s) * rows), int(s * columns)], colours[rows // 2, int(s * columns)]
        assert abs(at - beside).max() < 0.12

"""The film as a person sees it: a real browser plays it, and every number on the page is the engine's."""

from __future__ import annotations

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.calculus.steps import backward_steps
from tinygrad_edu.filming.film import film
from tinygrad_edu.writing.wording import entries


def hand_example():
    a, b = tg.Value(2.0, "a"), tg.Value(-3.0, "b")
    y = tg.tanh(a * b + 7.0) * a
    y.name = "y"
    return y


def network():
    net = tg.nn.MLP(2, [3, 1], hidden="tanh", rng=np.random.default_rng(0))
    loss = (net([tg.Value(0.5, "p"), tg.Value(-1.0, "q")]) - 1.0) ** 2
    loss.name = "loss"
    return loss, net


def batch():
    x, w = tg.Value(np.arange(6.0).reshape(3, 2) / 10, "X"), tg.Value(np.full((2, 2), 0.1), "W")
    return tg.mean((tg.tanh(x @ w + np.ones(2)) - 0.5) ** 2)


def numbers_in(page, key):
    """What stands in the box of a node: its value and its gradient, '' where nothing is known yet."""
    return [page.locator(f"#{key} .{word}").text_content() for word in ("value", "gradient")]


def now(page):
    return int(page.locator("#here").text_content().split()[1])


def until(page, claim):
    """Wait for something to become true (the page's policy forbids playwright's own way, which evaluates text)."""
    for _ in range(300):
        if page.evaluate(claim):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {claim}")


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("make", [lambda: (hand_example(), None), network, lambda: (batch(), None)])
def test_stepping_through_the_film_shows_the_engines_numbers_at_every_step(opened, make):
    y, net = make()
    played = film(y, parameters=net)
    values = played.graph.values
    key_of = {v: key for key, v in values.items()}
    results = sorted((v for v in values.values() if v.op), key=lambda v: v.order)
    known = {v for v in values.values() if v.op is None}
    sums = {}
    page = opened(played.html())

    def compare():
        for v, key in key_of.items():
            assert numbers_in(page, key) == [entries(v._held) if v in known else "", sums.get(v, "")]

    compare()
    for v in results:
        page.keyboard.press("ArrowRight")
        known.add(v)
        assert page.locator(".node.works").get_attribute("id") == key_of[v]
        assert page.locator("#now .sum b").text_content() == entries(v._held)
        compare()
    page.keyboard.press("ArrowRight")
    sums[y] = "1"
    compare()
    for step in backward_steps(y):
        page.keyboard.press("ArrowRight")
        sums |= {part.input: entries(part.total) for part in step.contributions}
        assert page.locator(".node.works").get_attribute("id") == key_of[step.node]
        compare()
        assert page.locator("#now .part").count() == len(step.contributions)
        for part, text in zip(step.contributions, page.locator("#now .part").all_inner_texts()):
            assert entries(part.amount) in text
        waiting = {key_of[w.value]: [key_of[v] for v in w.still_to_come] for w in step.waiting}
        assert {w["key"]: w["users"] for w in page.evaluate("waiting(now)")} == waiting
        assert set(page.evaluate("[...document.querySelectorAll('.node.waits')].map(n => n.id)")) == {*waiting} - {
            key_of[step.node]
        }
    y.backward()
    page.keyboard.press("End")
    for v, key in key_of.items():
        assert numbers_in(page, key) == [entries(v._held), entries(v.grad)]


def test_the_edge_shows_upstream_times_local_and_the_panel_the_running_sum_and_who_waits(opened):
    page = opened(film(hand_example()).html(), hash="#step=8")
    assert page.locator("#labels text").all_text_contents() == ["0.8399 × 1", "= 0.8399"]
    assert page.locator(".waiting").inner_text().split("\n")[-1].strip() == "a has 0.7616, more comes from v₁"
    page.keyboard.press("ArrowRight")
    assert page.locator("#labels text").all_text_contents() == ["0.8399 × (−3)", "= −2.52", "0.8399 × 2", "= 1.68"]
    assert page.locator("#now .part").first.locator(".sum").text_content() == "a so far: 0.7616 + (−2.52) = −1.758"
    assert page.locator(".waiting").count() == 0
    assert page.locator("#now .quiet").first.text_content() == (
        "Product rule: each factor's derivative is the other factor."
    )


def test_both_edges_of_x_times_x_are_lit_and_labelled(opened):
    x = tg.Value(3.0, "x")
    page = opened(film(x * x).html(), hash="#step=3")
    assert page.locator(".edge.works").count() == 2
    assert page.locator("#labels text").all_text_contents() == ["1 × 3", "= 3", "1 × 3", "= 3"]


# ── playing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_keyboard_steps_jumps_and_plays(opened):
    page = opened(film(hand_example()).html())
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(now(page))
    assert seen == [1, 2, 1, 10, 10, 0, 0]
    page.keyboard.press(" ")
    assert page.locator("#play").get_attribute("aria-label") == "Pause"
    page.keyboard.press(" ")
    assert page.locator("#play").get_attribute("aria-label") == "Play"


def test_it_plays_to_the_end_stops_and_starts_over(opened):
    page = opened(film(hand_example()).html())
    page.select_option("#speed", "10")
    page.click("#play")
    until(page, "now === last && !clock")
    assert page.locator("#now h3").text_content() == "Every gradient is complete"
    page.click("#play")
    until(page, "now > 0 && now < last")
    page.click("#back")
    assert page.locator("#play").get_attribute("aria-label") == "Play"  # a step by hand pauses


def test_buttons_and_slider_move_through_the_steps(opened):
    page = opened(film(hand_example()).html())
    seen = []
    for button in ("next", "next", "back", "last", "first"):
        page.click(f"#{button}")
        seen.append(now(page))
    page.locator("#slider").fill("7")
    assert [*seen, now(page)] == [1, 2, 1, 10, 0, 7]
    assert page.locator("#slider").get_attribute("aria-valuetext") == "step 7 of 10"


def test_a_link_leads_to_its_step_and_the_address_follows(opened):
    page = opened(film(hand_example()).html(), hash="#step=9")
    assert now(page) == 9
    page.keyboard.press("ArrowLeft")
    until(page, "location.hash === '#step=8'")
    page.evaluate("location.hash = '#step=3'")
    until(page, "now === 3")
    page.evaluate("location.hash = '#step=99999'")
    until(page, "now === 10")
    page.evaluate("location.hash = '#nonsense'")
    assert now(page) == 10


# ── the story of a value ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_click_on_a_box_tells_its_story_with_every_digit(opened):
    y = hand_example()
    page = opened(film(y).html())
    y.backward()
    a = y.inputs[1]
    page.click("#n0")
    story = page.locator("#story").inner_text()
    assert "Story of a" in story and repr(a.grad).replace("-", "−") in story
    assert re.findall(r"step (\d+)", story) == ["6", "9"]
    page.click("#story a >> nth=1")
    until(page, "now === 9")
    page.keyboard.press("Escape")
    assert page.locator("#story").is_hidden()


def test_enter_on_a_box_tells_its_story_and_escape_returns_to_the_box(opened):
    page = opened(film(hand_example()).html())
    page.focus("#n2")
    page.keyboard.press("Enter")
    assert page.locator("#story h3").text_content() == "v₁ = a·b"
    assert page.evaluate("document.activeElement.id") == "story"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "n2"


def test_the_story_of_a_small_array_is_a_table(opened):
    page = opened(film(batch()).html())
    page.click("#n0")
    assert page.locator("#story table").first.locator("td").all_text_contents() == [
        "0",
        "0.1",
        "0.2",
        "0.3",
        "0.4",
        "0.5",
    ]


# ── the camera ───────────────────────────────────────────────────────────────────────────────────────────────────────
def camera(page):
    return page.evaluate("[camera.x, camera.y, camera.scale]")


def test_wheel_buttons_keys_and_dragging_move_the_camera(opened):
    page = opened(film(hand_example()).html(), reduced_motion="reduce")
    scale = camera(page)[2]
    page.click("#closer")
    assert camera(page)[2] == pytest.approx(1.25 * scale)
    page.mouse.move(300, 200)
    page.mouse.wheel(0, 400)
    until(page, f"camera.scale < {scale}")
    before = camera(page)
    page.mouse.move(400, 150)
    page.mouse.down()
    page.mouse.move(460, 190, steps=4)
    page.mouse.up()
    assert camera(page)[0] < before[0] and camera(page)[1] < before[1]
    assert page.locator("#story").is_hidden()  # dragging is no click
    page.keyboard.press("0")
    assert camera(page) == page.evaluate("[left + wide / 2, top_ + high / 2, fit()]")


def test_what_happens_is_always_in_sight(opened):
    loss, net = network()
    played = film(loss, parameters=net)
    page = opened(played.html(), size="phone", reduced_motion="reduce")
    stage = page.locator("#stage").bounding_box()
    for _ in range(len(played.steps) - 1):
        page.keyboard.press("ArrowRight")
        box = page.evaluate("(() => { const r = document.querySelector('.node.works use')?.getBoundingClientRect();"
                            "return r ? [r.left, r.top, r.right, r.bottom] : null })()")  # fmt: skip
        if box:
            assert box[0] >= 0 and box[2] <= 390 and box[1] >= stage["y"] and box[3] <= stage["y"] + stage["height"]


def test_a_phone_shows_the_inputs_first_and_speaks_of_taps(opened):
    w, x = tg.Value(np.eye(2), "w"), tg.Value([1.0, -1.0], "x")
    page = opened(film(tg.mean((w @ x - 1) ** 2)).html(), size="phone", reduced_motion="reduce", has_touch=True,
                  is_mobile=True)  # fmt: skip
    for name in ("w", "x"):
        box = page.locator(".node.input", has_text=name).first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert "A tap on a box tells its story." in page.locator("main").inner_text()


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
NASTY = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "שלום", "😀" * 30, "w" * 10_000,
         "__proto__", "{{script}}", "\u202egnp.exe", "W" * 24]  # fmt: skip


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_name_becomes_markup_or_breaks_the_page(opened, name, size):
    x = tg.Value(-1234.5678, name)
    page = opened(film((x * x).exp() * 2.0 + x).html(), size=size, reduced_motion="reduce")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("tell('n0')")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.evaluate("document.querySelectorAll('img').length") == 0


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("make", [lambda: (hand_example(), None), network, lambda: (batch(), None)])
def test_no_text_leaves_its_box_and_the_page_never_scrolls_sideways(opened, make, size):
    y, net = make()
    played = film(y, parameters=net)
    page = opened(played.html(), size=size, reduced_motion="reduce")
    for k in range(len(played.steps)):
        page.evaluate(f"go({k})")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("find('panel').scrollWidth <= find('panel').clientWidth")
        outside = page.evaluate("""[...document.querySelectorAll('.node')].flatMap(node => {
            const box = node.querySelector('use, rect')?.getBoundingClientRect();
            if (!box) return [];
            return [...node.querySelectorAll('text')].filter(text => { const r = text.getBoundingClientRect();
                return r.width && (r.left < box.left || r.right > box.right); }).map(text => text.textContent); })""")
        assert outside == []


def colours(page):
    return page.evaluate(
        "['body', '#stage', '#panel'].map(s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    )


def test_dark_screens_get_a_dark_page_and_paper_stays_white(opened):
    html = film(hand_example()).html()
    light, dark = opened(html, color_scheme="light"), opened(html, color_scheme="dark")
    assert colours(light)[1:] == ["rgb(255, 255, 255)"] * 2
    assert all(int(channel) < 40 for colour in colours(dark) for channel in re.findall(r"\d+", colour))
    dark.emulate_media(media="print", color_scheme="dark")
    assert colours(dark)[1:] == ["rgb(255, 255, 255)"] * 2


def test_on_paper_stand_the_whole_picture_and_all_steps_and_no_controls(opened):
    page = opened(film(hand_example()).html(), hash="#step=8", reduced_motion="reduce")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("footer").is_hidden() and page.locator("#zoom").is_hidden()
    steps = page.locator("#list li").all_text_contents()
    assert len(steps) == 11
    assert (
        steps[9]
        == "v₁ hands on 0.8399: a receives 0.8399 × (−3) = −2.52, together −1.758; b receives 0.8399 × 2 = 1.68."
    )
    boxes = page.evaluate(
        "[...document.querySelectorAll('use')].map(u => u.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert min(left for left, _ in boxes) >= 0 and max(right for _, right in boxes) <= 1280


def test_nothing_moves_for_those_who_do_not_want_it(opened):
    html = film(hand_example()).html()
    animation = "getComputedStyle(document.querySelector('.edge.works')).animationName"
    assert opened(html, hash="#step=8").evaluate(animation) == "flow"
    assert opened(html, hash="#step=8", reduced_motion="reduce").evaluate(animation) == "none"


# ── for ears and keyboards ───────────────────────────────────────────────────────────────────────────────────────────
def test_every_step_is_announced_and_every_control_and_box_has_a_name(opened):
    page = opened(film(hand_example()).html())
    assert page.locator("#announcer").get_attribute("aria-live") == "polite"
    page.keyboard.press("ArrowRight")
    assert page.locator("#announcer").text_content() == "Step 1. v₁ = a·b = 2·(−3) = −6"
    unnamed = page.evaluate("""[...document.querySelectorAll('button, input, select, [role=button]')].filter(
        e => !e.getAttribute('aria-label') && !e.textContent.trim() && !e.labels?.length).length""")
    assert unnamed == 0
    assert page.locator("#n2").get_attribute("aria-label") == "v₁ = a·b, value −6"
    assert page.locator("#n4").get_attribute("aria-label") == "v₂ = v₁ + 7, not computed yet"


def test_everything_is_reached_with_the_tab_key_and_shows_where_the_focus_is(opened):
    page = opened(film(hand_example()).html())
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    boxes = {"n0", "n1", "n2", "n4", "n5", "n6"}
    assert {*boxes, "closer", "SUMMARY", "slider", "first", "back", "play", "next", "last", "here", "speed"} <= set(
        reached
    )
    page.focus("#play")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_a_space_on_a_button_presses_the_button(opened):
    page = opened(film(hand_example()).html())
    page.focus("#next")
    page.keyboard.press(" ")
    assert (now(page), page.evaluate("clock")) == (1, 0)


# ── other places ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_plays_inside_a_notebook(opened):
    frame = film(hand_example())._repr_html_()
    page = opened(f"<!DOCTYPE html><meta charset='utf-8'><body>{frame}")
    inside = page.frame_locator("iframe")
    inside.locator("#next").click()
    inside.locator("#next").click()
    assert inside.locator("#here").text_content() == "step 2 of 10"
    assert inside.locator("#now h3").text_content() == "v₂ = v₁ + 7"


def test_a_thousand_boxes_step_without_a_wait(opened):
    net = tg.nn.MLP(2, [16, 16, 1], rng=np.random.default_rng(0))
    page = opened(film(net([tg.Value(1.0, "p"), tg.Value(-2.0, "q")]), parameters=net).html(), reduced_motion="reduce")
    took = page.evaluate("(() => { const t = performance.now(); for (let k = 0; k < 20; k++) go(800 + k);"
                         "return (performance.now() - t) / 20 })()")  # fmt: skip
    assert took < 500  # measured: 10 ms
    assert page.locator(".node[tabindex='0']").count() < 60  # the Tab key leads to what is in play


# ── folded boxes, marks and heat maps ────────────────────────────────────────────────────────────────────────────────
def folded():
    loss, net = network()
    return film(loss, parameters=net, depth=1)


def flawed():
    x, w = tg.Value([[1.0, 2.0], [3.0, -4.0]], "x"), tg.Value([0.12345, -1.23456, 2.34567, 0.04133], "w")
    dead, flat = tg.relu(tg.Value(-1.0, "p")), tg.sigmoid(tg.Value(20.0, "q"))
    return film(tg.sum(tg.relu(x)) + tg.sum(w * w) + dead + flat)


def test_a_folded_box_lights_up_while_a_value_inside_it_works_and_the_panel_says_which(opened):
    played = folded()
    page = opened(played.html())
    lit = []
    for k, step in enumerate(played.steps[1:-1], 1):
        page.keyboard.press("ArrowRight")
        lit.append(page.locator(".node.works").evaluate_all("nodes => nodes.map(node => node.id)"))
        assert lit[-1] == [step["at"]], k
        assert page.locator("#now .inside li:not(.quiet)").all_text_contents() == step.get("inside", [])
        assert page.locator(".edge.works").count() == len(step.get("parts", step.get("along", []))) or k < 6
    boxes = [*dict.fromkeys(played.graph.inside.values())]
    assert [keys[0] for keys in lit if keys[0] in boxes] == [*boxes, *boxes[::-1]]


def test_a_folded_box_shows_what_leaves_it_and_tells_its_story(opened):
    played = folded()
    (last,) = (key for key, node in played.script["nodes"].items() if node.get("name") == "layers.1")
    page = opened(played.html())
    assert numbers_in(page, last) == ["", ""]
    page.keyboard.press("End")
    node = played.script["nodes"][last]
    assert numbers_in(page, last)[0] == node["value"] and numbers_in(page, last)[1] != ""
    assert page.locator(f"#{last} .holds").text_content() == "6 operations, 4 parameters"
    page.click(f"#{last}")
    story = page.locator("#story").inner_text()
    assert "folded: 6 operations, 4 parameters" in story and node["all"] in story


def test_marks_and_heat_maps_appear_with_the_value(opened):
    played = flawed()
    keys = {node["name"]: key for key, node in played.script["nodes"].items() if "name" in node}
    formulas = {node.get("formula"): key for key, node in played.script["nodes"].items()}
    dead, x = formulas["relu(p)"], keys["x"]
    page = opened(played.html())
    assert page.locator(f"#{x} .heat").count() > 1  # an input is known from the start
    assert page.locator(f"#{formulas['relu(x)']} .heat").count() == 0
    assert page.locator(f"#{dead} .mark").is_hidden()
    page.keyboard.press("End")
    assert page.locator(f"#{dead} .mark").text_content() == "dead: passes no gradient"
    assert page.locator(f"#{dead}").get_attribute("aria-label").endswith("gradient 1, dead: passes no gradient")
    assert page.locator(f"#{formulas['relu(x)']} .heat").count() > 1
    page.click(f"#{dead}")
    assert page.locator("#story .mark").text_content() == "dead: passes no gradient"


@pytest.mark.parametrize("make", [folded, flawed], ids=["folded", "flawed"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_all_that_stands_in_a_box_has_room_there_and_nothing_overlaps(opened, make, size):
    played = make()
    page = opened(played.html(), size=size, reduced_motion="reduce")
    page.keyboard.press("End")
    crowded = page.evaluate("""[...document.querySelectorAll('.node')].flatMap(node => {
        const box = node.querySelector('use, rect')?.getBoundingClientRect();
        if (!box) return [];
        const parts = [...node.querySelectorAll('text, .heat')].filter(part => part.getBoundingClientRect().width);
        const texts = parts.filter(part => part.tagName === 'text').map(part => part.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
        const out = parts.filter(part => { const r = part.getBoundingClientRect();
            return r.left < box.left || r.right > box.right || r.top < box.top || r.bottom > box.bottom; });
        const over = texts.flatMap((a, i) => texts.slice(i + 1).filter(b => meet(a, b)));
        const heat = parts.filter(part => part.tagName !== 'text').map(part => part.getBoundingClientRect());
        return [...out.map(part => node.id + part.textContent), ...over.map(() => node.id + ' two texts'),
            ...heat.filter(r => texts.some(t => r.top + 3 < t.bottom && t.top + 3 < r.bottom))
                .map(() => node.id + ' heat')]; })""")
    assert crowded == []
    wide = page.evaluate("""[...document.querySelectorAll('.node')].flatMap(node => {
        const words = [...node.querySelectorAll('.value, .gradient')], scale = camera.scale;
        const box = node.querySelector('use')?.getBoundingClientRect();
        return words.map(word => word.getBoundingClientRect()).filter(r => r.left < box.left + 50 * scale) })
        .length""")
    assert wide == 0  # the words 'value' and 'gradient' end there

"""All mistakes on one graph, what they cost in a training, and the questions that answer."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import lab
from tinygrad_edu.lab.lessons import LESSONS
from tinygrad_edu.lab.questions import SKILLS
from tinygrad_edu.lab.training import RATE, loss, start

NAMES = list(LESSONS)


# ── overview ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_overview_separates_what_changes_from_what_does_not_and_says_why():
    a, b = tg.Value(2.0, "a"), tg.Value(-3.0, "b")
    overview = lab.run_all(a * b + a)
    assert [x.mistake for x in overview.changed] == [
        "overwrite", "never zeroed", "kept inside", "swapped", "start at 0", "start at y",
    ]  # fmt: skip
    assert len(overview.unchanged) == 11 and set(overview.experiments) == set(NAMES)
    lines = str(overview).splitlines()
    assert lines[0] == "17 wrong engines on y = v1 + a: 6 change a gradient"
    assert "  overwrite           a                                    -2             -3" in lines
    assert "  no 1/N              there is no mean" in lines
    assert max(map(len, lines)) <= 80
    assert "| overwrite | a | -2 | -3 |" in overview._repr_markdown_().splitlines()
    assert repr(overview) == "<Overview, 6 of 17 change a gradient>"


def test_an_engine_that_breaks_off_says_so_in_the_overview():
    a, b = tg.Value(np.ones((4, 2)), "A"), tg.Value(np.ones((2, 3)), "B")
    assert "  no transpose        B[0, 0]                               4     breaks off" in str(
        lab.run_all((a @ b).sum())
    )


def test_the_network_of_the_training_shows_nearly_every_mistake():
    y = loss({name: tg.Value(data, name) for name, data in start().items()})
    assert not lab.run_all(y).unchanged


# ── training ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def losses_by_hand(steps):
    """The same training in NumPy, with gradients derived on paper."""
    x, t = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    p, losses = start(), []
    for _ in range(steps + 1):
        h = np.tanh(x @ p["W"] + p["b"])
        k = np.tanh(h @ p["V"])
        o = 1 / (1 + np.exp(-((h + k) @ p["w"] - p["d"])))
        losses.append(((t - o) ** 2).mean())
        dz = 2 / 4 * (o - t) * o * (1 - o)
        ds = dz @ p["w"].T
        dk = ds * (1 - k * k)
        dh = (ds + dk @ p["V"].T) * (1 - h * h)
        grads = {"W": x.T @ dh, "b": dh.sum(0), "V": h.T @ dk, "w": (h + k).T @ dz, "d": -dz.sum(0)}
        p = {name: p[name] - RATE * grads[name] for name in p}
    return losses


def test_the_right_training_is_the_one_derived_on_paper():
    np.testing.assert_allclose(lab.train("start at 0", steps=50).right, losses_by_hand(50), rtol=1e-9)


def test_a_pass_started_with_zero_changes_nothing():
    training = lab.train("start at 0", steps=10)
    assert len(training.wrong) == 11 and len(set(training.wrong)) == 1
    assert training.verdict.endswith("The network has learned nothing.")


def test_a_mean_without_its_factor_is_a_learning_rate_four_times_as_large():
    first = lab.train("no 1/N", steps=1).wrong[1]
    p = start()
    slope = tg.grad(loss)(p)
    assert first == pytest.approx(loss({name: p[name] - 4 * RATE * slope[name] for name in p}))


def test_gradients_that_are_never_zeroed_are_the_sum_of_all_steps():
    p, total = start(), dict.fromkeys(start(), 0.0)
    for _ in range(3):
        slope = tg.grad(loss)(p)
        total = {name: total[name] + slope[name] for name in p}
        p = {name: p[name] - RATE * total[name] for name in p}
    assert lab.train("never zeroed", steps=3).wrong[3] == pytest.approx(loss(p))


def test_without_the_sum_over_samples_the_parameters_grow():
    training = lab.train("no broadcast sum", steps=2)
    assert training.grown == {"b": (4, 2), "d": (4, 1)}
    assert "Parameters took the shape of their gradients: b (4, 2), d (4, 1)." in training.verdict


def test_a_training_that_broke_off_says_in_which_step_and_why():
    training = lab.train("no transpose", steps=5)
    assert training.verdict == (
        "The wrong engine broke off in step 1: (4, 1) @ (2, 1): the inner sizes 1 and 2 differ."
    )
    assert len(training.wrong) == 1 and len(training.right) == 6
    assert str(training).splitlines()[3].split() == ["1", "0.237", "–"]


def test_an_overwritten_gradient_may_still_learn_and_the_verdict_says_so():
    training = lab.train("overwrite")
    assert training.right[-1] < 0.004 and training.wrong[-1] < 0.004
    assert training.verdict.endswith("The loss does not give the mistake away: only a gradient check does.")


@pytest.mark.parametrize("name", NAMES)
def test_every_training_fits_eighty_columns(name):
    text = str(lab.train(name, steps=12))
    assert max(map(len, text.splitlines())) <= 80 and LESSONS[name].title in text


# ── quiz ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("seed", range(12))
def test_a_question_has_one_right_answer_and_several_that_come_from_mistakes(seed):
    question = lab.quiz(seed)
    y, x = question.y, question.wrt
    y.backward()
    assert question.solution == x.grad != 0.0
    assert question.answer(x.grad) and str(question.answer(x.grad)) == "Right."
    assert len(set(question.wrong.values())) >= SKILLS
    for name, number in question.wrong.items():
        answer = question.answer(number)
        assert not answer and name in answer.mistakes and LESSONS[name].title in str(answer)
        assert max(map(len, str(answer).splitlines())) <= 80


def test_the_same_seed_asks_the_same_question_and_another_one_another():
    assert str(lab.quiz(3)) == str(lab.quiz(3)) != str(lab.quiz(4))
    assert str(lab.quiz())


def test_a_number_from_no_mistake_gets_a_hint_and_not_the_solution():
    question = lab.quiz(1)  # u = b × b, v = b − u, w = c − v, y = w × w, and dy/dc = 2w = 20
    assert question.solution == 20.0
    answer = question.answer(5.5)
    assert str(answer) == (
        "No mistake of the lab gives this number.\nBegin at the end: dy/dy = 1, and dy/dw = 20. Go on from there."
    )
    assert str(question.answer(float("nan"))).startswith("No mistake")


def test_the_result_in_the_place_of_its_slope_is_recognised():
    question = lab.quiz(1)
    assert question.y.data == 100.0
    assert str(question.answer(100)) == ("That is y itself. The gradient asks how fast y grows when the input grows.")


def test_a_wrong_sign_from_no_mistake_of_the_lab_is_recognised():
    question = lab.quiz(3)
    assert question.solution == -2.0 and 2.0 not in question.wrong.values()
    assert str(question.answer(2)) == "The size is right, the sign is not: follow each minus once more."


# ── the door ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_name_of_the_lab_is_found_behind_its_door_with_an_example():
    for name in lab.__all__:
        thing = getattr(lab, name)
        assert thing.__name__ == name
        assert ">>>" in (thing.__doc__ or "")
    assert dir(lab) == sorted(lab.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'comparison'; it has Engine, "):
        lab.comparison

"""What an experiment says: the page, the reason in words, the choice of values, and the errors."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import lab
from tinygrad_edu.errors import ChangedDataError, DataError, ShapeError, UnknownNameError
from tinygrad_edu.lab.lessons import LESSONS

NAMES = list(LESSONS)


def ab_plus_a():
    a, b = tg.Value(2.0, "a"), tg.Value(-3.0, "b")
    return a * b + a, a, b


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_misconception_is_listed_with_a_title():
    listed = lab.misconceptions()
    assert list(listed) == NAMES and len(NAMES) == 17
    assert str(listed).splitlines()[3] == "  overwrite           = instead of +="
    assert max(map(len, str(listed).splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_mistake_gives_it_away(name):
    experiment = lab.compare(lab.example(name), name)
    assert experiment.changed and experiment.reason
    assert max(map(len, experiment.text.splitlines())) <= 80
    assert f"({name})" in experiment.text and f"({name})" in experiment.markdown


REASONS = {
    "no order":
        "u = a × a handed on when 1 had arrived there; its whole gradient is 4. What came from t came too late.",
    "breadth first":
        "u = a × a handed on when 1 had arrived there; its whole gradient is 7. What came from t came too late.",
    "recursion": "u = a + 1 handed on 2 times, with 6 and 6; it should hand on once, with its whole gradient 6.",
    "overwrite": "a received 2 contributions. The last one, -3, took the place of what was there; 1 is lost.",
    "never zeroed": "The first pass left 2 at b, and the second one added its own to it: 4. After n passes it would "
        "be n times too large.",
    "kept inside": "d still had 3 from the first pass when the second one arrived, so it has 6 now. A result hands "
        "all of it on: deeper in the graph it is counted more often.",
    "no broadcast sum": "b is of shape (2,) and was stretched to (3, 2) in z = x + b, so each of its numbers was used "
        "3 times. Its gradient is the sum over these uses; here they stand side by side.",
    "swapped": "In y = a × b, b received what belongs to a: -3; its own contribution is 2.",
    "no chain": "At u = a × a, 5 had arrived from above. The local derivative gives 3 by itself; together they give "
        "15.",
    "slope at output": "In y = σ(z) the slope belongs to the number that went in. Taken at the number that came out, "
        "z received 0.2072 instead of 0.105.",
    "slope twice": "In y = σ(z) the slope was multiplied in twice: z received 0.01102 instead of 0.105.",
    "no transpose": "In C = A @ B, B received 3 instead of 4. All shapes fit here, so nothing broke.",
    "no 1/N": "y = mean(x) is a mean of 3 numbers. Each has the share 1/3: x should receive 0.3333, and got 1.",
    "no minus": "In y = a − b, b received 1 instead of -1: the result falls when b rises.",
    "exponent kept": "In y = x ^ 3 the exponent came down but was not lowered: x received 24 instead of 12.",
    "start at 0": "The pass began with 0 at y instead of 1, so every gradient is 0: nothing is handed on.",
    "start at y": "The pass began with -6 at y instead of 1, so every gradient is -6 times the right one.",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_reason_names_the_place_and_the_numbers(name):
    assert lab.compare(lab.example(name), name).reason == REASONS[name]


FORGIVING = [  # mistake, a graph that it makes no difference on, and why
    ("no order", lambda x: x * x, "no result is used twice, so nothing can arrive late"),
    ("no order", lambda x: (u := x * x) * 3.0 + u, "each result that is used twice happened to be asked last"),
    ("breadth first", lambda x: (u := x * x) * u,
     "what uses a result is never further from the end than the result itself"),
    ("recursion", lambda x: tg.tanh(x), "no result is used twice, so there is one path to each"),
    ("recursion", lambda x: (u := x * x) * u * 0.0, "what was handed on twice was 0, or infinite"),
    ("overwrite", lambda x: tg.tanh(x) * 2.0, "no value is used twice"),
    ("overwrite", lambda x: (x * x) * 0.0, "what was overwritten was 0"),
    ("never zeroed", lambda x: x * 0.0, None),
    ("no broadcast sum", lambda x: x * 2.0, "no input was stretched by broadcasting"),
    ("swapped", lambda x: tg.tanh(x) * 2.0, "no operation has two variables as operands"),
    ("swapped", lambda x: x * x + x, "the two operands of each operation receive the same"),
    ("no chain", lambda x: x * 2.0, "there is one operation only, and 1 arrives there"),
    ("no chain", lambda x: x * 2.0 + 1.0, "1 arrives at every operation, or 0 comes out"),
    ("slope at output", lambda x: x * x, "no function of one number (tanh, σ, exp, …) is applied"),
    ("slope at output", lambda x: tg.relu(x), "the slopes are the same at input and output"),
    ("slope twice", lambda x: tg.relu(x), "every slope is 0 or 1, as ReLU's is, and its own square"),
    ("no transpose", lambda x: x * x, "there is no product of two matrices"),
    ("no 1/N", lambda x: x * x, "there is no mean"),
    ("no minus", lambda x: x - 1.0, "there is no subtraction, division or cos whose minus could be forgotten"),
    ("exponent kept", lambda x: 2.0**x, "there is no power"),
    ("exponent kept", lambda x: (x / 3.0) ** 2.0, "each base is 1 or 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "why"), FORGIVING, ids=[row[0] for row in FORGIVING])
def test_a_graph_on_which_nothing_changes_says_why(name, f, why):
    experiment = lab.compare(f(tg.Value(3.0, "x")), name)
    if why is None:
        assert experiment.changed or "every gradient is 0" in experiment.reason
    else:
        assert not experiment.changed and experiment.first_wrong is None
        assert experiment.reason == f"No difference here: {why}."


def test_symmetric_matrices_forgive_a_forgotten_transpose():
    a, b = tg.Value([[1.0, 2.0], [2.0, 5.0]]), tg.Value([[0.0, 3.0], [3.0, 1.0]])
    experiment = lab.compare(((a @ b) * np.eye(2)).sum(), "no transpose")
    assert experiment.reason == "No difference here: the matrices are symmetric."


def test_a_value_that_was_never_computed_from_anything_has_nothing_to_get_wrong():
    assert lab.compare(tg.Value(1.0), "overwrite").reason == "No difference here: nothing was computed."


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_both_columns_the_first_wrong_value_and_the_lines_that_differ():
    y, _, _ = ab_plus_a()
    assert str(lab.compare(y, "overwrite")).splitlines() == [
        "= instead of +=                                                      (overwrite)",
        "─" * 80,
        "                                           value         right         wrong",
        "  y = v1 + a                                  -4             1             1",
        "  v1 = a × b                                  -6             1             1",
        "  b                                           -3             2             2",
        "  a                                            2            -2            -3   ✗",
        "",
        "First wrong, in the order of the sweep: a",
        "  from y = v1 + a                                            1             1",
        "  from v1 = a × b                                           -3            -3",
        "  together                                                  -2            -3   ✗",
        "",
        "Why     a received 2 contributions. The last one, -3, took the place of what was",
        "        there; 1 is lost.",
        "Needed  A value has an influence through each of its uses, so the contributions",
        "        add up: grad += c.",
        "",
        "  right  def add(self, x, c):",
        "             self.grad[x] = self.grad.get(x, 0.0) + c",
        "  wrong  def add(self, x, c):",
        "             self.grad[x] = c",
    ]


def test_what_was_left_from_the_pass_before_has_a_row_of_its_own():
    y, _, _ = ab_plus_a()
    lines = str(lab.compare(y, "never zeroed")).splitlines()
    assert "  left from the pass before                                  0             2" in lines


def test_in_a_notebook_it_is_a_table():
    y, _, _ = ab_plus_a()
    experiment = lab.compare(y, "overwrite")
    assert experiment._repr_markdown_() == experiment.markdown
    assert "| a | 2 | -2 | **-3** ✗ |" in experiment.markdown.splitlines()
    assert "```python\n# wrong\ndef add(self, x, c):\n    self.grad[x] = c\n```" in experiment.markdown


def test_of_an_array_the_entry_that_is_most_wrong_is_shown():
    x = tg.Value([1.0, 2.0, 3.0], "x")
    experiment = lab.compare(tg.sum(x * x), "overwrite")
    assert "First wrong, in the order of the sweep: x[2]" in str(experiment)
    assert "  x[2]                                         3             6             3   ✗" in str(experiment)


def test_a_large_graph_is_shortened_around_the_first_wrong_value():
    x = tg.Value(1.0, "x")
    y = x * x
    for _ in range(300):
        y = y + 1.0
    lines = str(lab.compare(y, "overwrite")).splitlines()
    assert "  ⋮ 292 more, 0 of them wrong" in lines and len(lines) < 40


def test_a_value_used_very_often_is_told_in_a_few_lines_and_quickly():
    x = tg.Value(1.0, "x")
    experiment = lab.compare(tg.stack([x] * 20_000).sum(), "overwrite")
    assert experiment.reason == (
        "x received 20,000 contributions. The last one, 1, took the place of what was there; "
        "1, 1, 1, 1 and 19,995 more are lost."
    )
    assert "  ⋮ 19,976 more" in str(experiment).splitlines()


def test_arrays_without_entries_and_results_that_are_no_number_are_told_all_the_same():
    x = tg.Value(np.ones((0, 2)), "x")
    assert "x (0, 2)" not in str(lab.run_all(x.sum() + 1.0))
    z = tg.Value(-1.0, "z")
    with np.errstate(all="ignore"):
        y = tg.log(z) * z
    assert "nan" in str(lab.compare(y, "overwrite")) and len(lab.run_all(y).experiments) == 17


def test_names_are_kept_and_missing_ones_invented_without_collision():
    a, b = tg.Value(1.0), tg.Value(2.0, "x1")
    y = tg.tanh(a * b) * tg.Value(3.0, "x1")
    names = lab.compare(y, "no order").graph.names
    assert sorted(names.values()) == ["v1", "v2", "x1", "x1 #2", "x2", "y"]


def test_a_name_of_any_length_or_kind_keeps_the_page_in_its_columns():
    x = tg.Value(3.0, "a|very\nlong name that goes on and on")
    experiment = lab.compare(x * x, "overwrite")
    assert max(map(len, experiment.text.splitlines())) <= 80
    rows = [line for line in experiment.markdown.splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") in (4, 5) for line in rows)


# ── which values ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_wrt_chooses_the_rows_and_a_dict_names_them():
    w, v = tg.Value(2.0), tg.Value(3.0)
    y = w * v + w
    assert [row.node for row in lab.compare(y, "overwrite", wrt=v).rows] == [v]
    experiment = lab.compare(y, "overwrite", wrt={"weight": w})
    [row] = experiment.rows
    assert (row.name, row.right, row.wrong, row.same) == ("weight", 4.0, 3.0, False)
    assert experiment.reason.startswith("weight received 2 contributions.")


def test_the_first_wrong_value_is_looked_for_everywhere():
    y, a, b = ab_plus_a()
    assert lab.compare(y, "overwrite", wrt=b).first_wrong is a


# ── an engine of one's own ───────────────────────────────────────────────────────────────────────────────────────────
class OldestFirst(lab.Engine):
    def order(self):
        return self.graph.newest_first[::-1]


class Tripled(lab.Engine):
    def contributions(self, node, g):
        return [3.0 * c for c in super().contributions(node, g)]


class Rounded(lab.Engine):
    def add(self, x, c):
        super().add(x, c)
        self.grad[x] = round(self.grad[x])


class Endless(lab.Engine):
    def order(self):
        while True:
            yield self.graph.result


OWN = [
    (OldestFirst, "Nothing arrived at b."),
    (Tripled, "In y = v1 × 1.5, v1 received 4.5 instead of 1.5."),
    (Rounded, "v1 received the right contributions; what was made of them is wrong."),
    (Endless, "It was stopped after 10,002 steps; the right engine takes 2. "
              "v1 received the right contributions; what was made of them is wrong."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "reason"), OWN, ids=lambda x: getattr(x, "__name__", ""))
def test_an_engine_of_ones_own_is_judged_like_the_others(kind, reason):
    a, b = tg.Value(2.0, "a"), tg.Value(3.0, "b")
    experiment = lab.compare((a * b) * 1.5, kind)
    assert experiment.reason == reason
    assert f"an engine of your own: {kind.__name__}" in experiment.text
    assert "  wrong  def " in experiment.text


def test_an_engine_typed_at_a_prompt_has_no_source_to_show():
    space: dict = {"Engine": lab.Engine}
    exec("class Half(Engine):\n    def start(self):\n        return 0.5", space)
    text = str(lab.compare(ab_plus_a()[0], space["Half"]))
    assert "def start" not in text and "Why" in text


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_misspelt_mistake_says_what_was_meant():
    y, _, _ = ab_plus_a()
    for call in (lambda: lab.compare(y, "overwrit"), lambda: lab.example("overwrit"), lambda: lab.train("overwrit")):
        with pytest.raises(UnknownNameError, match="There is no misconception named 'overwrit'"):
            call()
    with pytest.raises(UnknownNameError, match="Did you mean 'overwrite'?"):
        lab.compare(y, "overwrit")
    with pytest.raises(UnknownNameError, match="There is no misconception named 3"):
        lab.compare(y, 3)


ERRORS = [
    (lambda: lab.compare(3.0, "overwrite"), DataError,
     "The lab was given a float, which does not remember how it was computed.\n"
     "  Every engine of the lab walks back over that record.\n"
     "  Compute it from Values: a = tg.Value(2.0), y = a * a, then tg.lab.compare(y, ...)."),
    (lambda: lab.compare(ab_plus_a()[0], "overwrite", wrt=tg.Value(7.0, "q")), DataError,
     "wrt: 'q' took no part in the result.\n"
     "  Only a Value that the result was computed from has a gradient to compare.\n"
     "  Write wrt=a, wrt=[a, b] or wrt={'a': a} with Values of that computation, or leave wrt out for all of them."),
    (lambda: lab.train("overwrite", steps=0), DataError,
     "train: steps=0 is no whole number of at least 1.\n"
     "  Every step is one pass over four samples.\n"
     "  Write steps=200, for example."),
    (lambda: lab.quiz(1).answer("ten"), DataError,
     "answer: 'ten' is no number.\n"
     "  The gradient of one number by one number is one number.\n"
     "  Write question.answer(-3.0)."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "text"), ERRORS)
def test_an_error_says_what_why_and_what_to_write(call, kind, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_an_array_is_refused_as_backward_refuses_it():
    with pytest.raises(ShapeError, match="needs to know what to start from"):
        lab.compare(tg.Value([1.0, 2.0]) * 2, "overwrite")


def test_data_changed_in_the_meantime_is_refused_as_backward_refuses_it():
    x = tg.Value(3.0, "x")
    y = x * x
    x.data = 5.0
    with pytest.raises(ChangedDataError, match="The data of 'x' was changed"):
        lab.run_all(y)

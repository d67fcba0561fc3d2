"""`tinygrad-edu film`: the page that is written, and every way of calling it wrongly."""

from __future__ import annotations

import pytest

import tinygrad_edu as tg
from tinygrad_edu.cli import recorded
from tinygrad_edu.filming.film import film

COMMAND = "film"
TYPED = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.5"]


pytestmark = pytest.mark.usefixtures("own_folder")


def by_hand():
    """The film of the same expression written in Python."""
    a, b, c = tg.Value(2.0, "a"), tg.Value(-3.0, "b"), tg.Value(6.5, "c")
    y = tg.tanh(a * b + c)
    y.backward()
    return film(y)


def test_the_film_of_the_expression_is_written_to_backward_html(run, tmp_path):
    code, out, err = run(*TYPED)
    assert (code, err) == (0, "")
    assert out == f"Wrote backward.html: {len(by_hand().steps)} steps. Open it in a browser.\n"
    assert (tmp_path / "backward.html").read_text("utf-8").strip() == by_hand().html().strip()


@pytest.mark.parametrize("option", [["-o", "new/a.html"], ["--out=new/a.html"], ["-o", "./new/a.html"]])
def test_another_file_can_be_named_its_folder_is_made_and_it_is_replaced(run, tmp_path, option):
    for text in ("x", "x*x"):
        assert run(text, "x=3", *option)[0] == 0
    page = (tmp_path / "new" / "a.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "3·3" in page
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def test_a_film_of_an_array_plays_the_gradients_of_its_sum(run, tmp_path):
    code, out, _ = run("x*x", "x=[1,2,5]")
    assert code == 0
    assert out.endswith("\nThe result is an array of shape (3,): gradients are those of its sum.\n")
    x = tg.Value([1.0, 2.0, 5.0], "x")
    y = x * x
    assert (tmp_path / "backward.html").read_text("utf-8").strip() == film(y, start=[1.0, 1.0, 1.0]).html().strip()


def test_an_expression_that_takes_too_long_is_stopped(run, monkeypatch):
    monkeypatch.setattr(recorded, "SECONDS", -1)
    assert "Time is up" in run(*TYPED)[2]


SUFFIX = "the suffix decides the format; did you mean"
ENDS = "There are .html, .htm (see tinygrad-edu film --help)\n"


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ([], "There is no expression.\n  It is what is differentiated, in quotation marks; then come its inputs.\n"
             '  Write tinygrad-edu film "EXPRESSION" NAME=NUMBER ....\n'),
        (["x > 0", "x=1"], "'x > 0' has no graph.\n"
         "  It only compares or counts: the result jumps, and no gradient comes back.\n"
         '  Write what depends on its inputs smoothly, such as "x**2" x=3.\n'),
        (["a*b", "a=1"], "'b' is given no number.\n    a*b\n      ^\n"
         "  The names in an expression are its inputs (and pi and e): each needs a number\n  or an array.\n"
         "  Give it one: b=1.5\n"),
        ([*TYPED, "d=1"], "The input 'd' is not used in 'tanh(a*b + c)'.\n"
         "  An input without effect is most likely a misspelt one.\n  Remove d=…, or use it.\n"),
        ([*TYPED, "--show", "values"], "there is no option --show (see tinygrad-edu film --help)\n"),
        ([*TYPED, "-o"], "argument -o/--out: expected one argument (see tinygrad-edu film --help)\n"),
        ([*TYPED, "-o", "a.svg"], "argument -o/--out: 'a.svg': .svg is no format here; did you mean a.html? " + ENDS),
        ([*TYPED, "-o", "a"], f"argument -o/--out: 'a': {SUFFIX} a.html? " + ENDS),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_what_is_right_and_nothing_is_written(run, tmp_path, argv, error):
    assert run(*argv) == (2, "", f"tinygrad-edu film: {error}")
    assert not list(tmp_path.iterdir())


def test_a_film_that_cannot_be_written_is_one_line(run, tmp_path):
    (tmp_path / "backward.html").mkdir()
    code, out, err = run(*TYPED)
    assert (code, out) == (1, "")
    assert err == "tinygrad-edu: cannot write backward.html: it is a folder; choose another file with -o\n"

"""`tinygrad-edu check`: what passes, what fails, and every way of calling it wrongly."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tinygrad_edu.cli import check
from tinygrad_edu.cli.assignments import InputError, assignment, chosen, sorted_out
from tinygrad_edu.cli.caret import ExpressionError
from tinygrad_edu.cli.main import main


def run(capsys, *argv):
    """The exit code, the output and the error, of which only one may be there."""
    code = main(["check", *argv])
    said = capsys.readouterr()
    assert not (said.out and said.err)
    assert max(map(len, (said.out + said.err).splitlines()), default=0) <= 80
    return code, said.out, said.err


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "argv",
    [
        ("x**2 * sin(x)", "--formula", "2*x*sin(x) + x**2*cos(x)", "x=1.3"),
        ("x**2 * sin(x)", "x=1.3", "--formula=2*x*sin(x) + x**2*cos(x)"),
        ("x**2 * sin(x)", "x=1.3"),
        ("-x**2", "--formula", "-2*x", "x=1"),
        ("a*b + b", "--formula", "a=b", "--formula", "b = a + 1", "a=2", "b=-3"),
        ("a=2", "--formula", "a=b", "a*b + b", "b=-3"),
        ("a*b + b", "--formula", "b=a + 1", "a=2", "b=-3"),
        ("sum(x**2)", "--formula", "2*x", "x=[1,2,3]"),
        ("sum(w @ x)", "--formula", "w=[x, x]", "--formula", "x=sum(w, axis=0)", "x=[1,2]", "w=[[1,2],[3,4]]"),
        ("sum(tanh(w*x))", "w=0.5", "x=[1,2,3]"),
        ("tanh(x)", "x=[1,2]"),
        ("e**x", "--formula", "e**x", "x=1"),
        ("e*x", "--formula", "e=x", "x=2", "e=1"),
        ("重み**2", "--formula", "2*重み", "重み=3"),
    ],
)
def test_a_right_derivative_passes_with_exit_code_0(capsys, argv):
    code, out, _ = run(capsys, *argv)
    assert code == 0
    assert "PASS" in out
    assert "FAIL" not in out


@pytest.mark.parametrize(
    "argv",
    [
        ("x**2 * sin(x)", "--formula", "2*x*sin(x) - x**2*cos(x)", "x=1.3"),
        ("a*b + b", "--formula", "a=b", "--formula", "b=a", "a=2", "b=-3"),
        ("sum(x**2)", "--formula", "x", "x=[1,2,3]"),
        ("-x**2", "--formula", "2*x", "x=1"),
    ],
)
def test_a_wrong_derivative_fails_with_exit_code_1_and_the_odd_one_out(capsys, argv):
    code, out, _ = run(capsys, *argv)
    assert code == 1
    assert "FAIL" in out
    assert "formula" in out


def test_a_kink_is_not_passed(capsys):
    code, out, _ = run(capsys, "abs(x)", "x=0")
    assert code == 1
    assert "INCONCLUSIVE" in out


def test_each_input_is_checked_under_its_name(capsys):
    _, out, _ = run(capsys, "sum(weight * x)", "weight=2", "x=[1,2]")
    assert re.search(r"^ +weight +PASS", out, re.MULTILINE)
    assert re.search(r"^ +x +PASS", out, re.MULTILINE)


def test_a_check_that_takes_too_long_is_stopped_with_its_place(capsys, monkeypatch):
    monkeypatch.setattr(check, "SECONDS", -1)
    code, _, err = run(capsys, "sin(x)", "x=1")
    assert code == 2
    assert err.splitlines()[:3] == ["tinygrad-edu check: Time is up: the computation was stopped here.",
                                    "    sin(x)", "    ^^^^^^"]  # fmt: skip


# ── called wrongly ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ([], "There is no expression.\n  It is what is differentiated, in quotation marks; then come its inputs.\n"
             '  Write tinygrad-edu check "EXPRESSION" NAME=NUMBER ....'),
        (["a=2"], "There is no expression.\n  It is what is differentiated, in quotation marks; then come its inputs.\n"
                  '  Write tinygrad-edu check "EXPRESSION" NAME=NUMBER ....'),
        (["y = x**2", "x=2"], "There is no expression, only 'y = x**2'.\n"
         "  An expression is written without a name for its result.\n" '  Did you mean "x**2"?'),
        (["x**2", "x=3", "-f", "2*x"], "There is no option '-f'.\n"
         "  What begins with a minus sign behind the expression is taken for one.\n"
         "  --help lists the options; an expression of several words stands in quotation\n"
         "  marks."),
        (["x", "+", "y", "x=1"], "There are 3 expressions: 'x', '+', 'y'.\n"
         "  The shell cuts what you type at every space, and * and ( mean something to it.\n"
         '  Put the expression in quotation marks: "x + y". Inputs have no spaces around\n  the equals sign: a=2.'),
        (["x + [1, 2]", "--formula", "1", "x=1"], "'x + [1, 2]' is an array of shape (2,).\n"
         "  A gradient is the slope of one number; an array holds several, and each has\n  its own slopes.\n"
         '  Write "sum(x + [1, 2])", or pick an entry.'),
        (["x", "x=1", "y=2"], "The input 'y' is not used in 'x'.\n"
         "  An input without effect is most likely a misspelt one.\n  Remove y=…, or use it."),
        (["x", "x=1", "x=2"], "'x' is given twice.\n  An input has one value.\n  Remove one of them."),
        (["a*b", "a=1"], "'b' is given no number.\n    a*b\n      ^\n"
         "  The names in an expression are its inputs (and pi and e): each needs a number\n  or an array.\n"
         "  Give it one: b=1.5"),
        (["a*b", "--formula", "b", "a=1", "b=2"], "The formula 'b' does not say by which input.\n"
         '  There is a derivative by each of a, b.\n  Write --formula a="b" if it is the derivative by a.'),
        (["a*b", "--formula", "c=b", "a=1", "b=2"], "--formula 'c': there is no such input.\n"
         "  A formula is the derivative by an input, and these are: a, b.\n  Write --formula a=…"),
        (["a", "--formula", "1", "--formula", "a=2", "a=1"], "There are two formulas for 'a'.\n"
         "  They would hide each other's mistakes.\n"
         "  Remove one of them, or check them one after the other."),
        (["a", "--formula", "a^2", "a=1"], "The character '^' has no meaning here.\n    a^2\n     ^\n"
         "  A power is written with two stars; ^ is something else in Python.\n"
         "  Did you mean **? For example x**2."),
        (["x", "x=[1,2"], "x: This '[' is never closed.\n    [1,2\n    ^\n"
         "  Every bracket that opens needs one that closes.\n  Write ']' where it ends."),
        (["x", "x=[[1,2],[3]]"], "x: The entries of this array have the shapes (2,), (1,).\n"
         "    [[1,2],[3]]\n    ^^^^^^^^^^^\n  An array is rectangular: all its rows are equally long.\n"
         "  Give every row the same number of entries."),
        (["x", "x=y"], "x: 'y' is given no number.\n    y\n    ^\n"
         "  The right side is a number or an array; it knows no other inputs.\n  Write x=2 or x=[1,2,3]."),
    ],
)  # fmt: skip
def test_what_is_called_wrongly_is_answered_in_three_parts_with_exit_code_2(capsys, argv, error):
    code, _, err = run(capsys, *argv)
    assert err == f"tinygrad-edu check: {error}\n"
    assert code == 2


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (["x", "--frmula", "2", "x=1"], "there is no option --frmula; did you mean --formula?"),
        (["x", "-formula", "2", "x=1"], "there is no option -formula; did you mean --formula?"),
        (["x", "x=1", "--formula"], "argument --formula: expected one argument"),
    ],
)
def test_a_wrong_option_is_told_what_is_right(capsys, argv, error):
    assert main(["check", *argv]) == 2
    assert capsys.readouterr().err == f"tinygrad-edu check: {error} (see tinygrad-edu check --help)\n"


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("word", "name", "value"),
    [
        ("a=2", "a", 2.0), ("a=-3", "a", -3.0), ("a = 1e-3", "a", 0.001), ("a=.5", "a", 0.5),
        ("t=pi/4", "t", np.pi / 4),
        ("w=sqrt(2)", "w", 2**0.5), ("x=[1,2,3]", "x", [1.0, 2.0, 3.0]),
        ("x=[[1,2],[3,4]]", "x", [[1.0, 2.0], [3.0, 4.0]]),
        ("x=[1/2, -1]", "x", [0.5, -1.0]), ("ｘ=1", "x", 1.0), ("θ_1=1", "θ_1", 1.0),
    ],
)  # fmt: skip
def test_an_input_is_a_number_an_array_or_what_can_be_computed_without_others(word, name, value):
    found, number = assignment(word)
    assert found == name
    np.testing.assert_allclose(number, value, rtol=1e-15)


@pytest.mark.parametrize(
    ("word", "what", "write"),
    [
        ("a", "'a' gives no number to a name.", "Write a=2 or x=[1,2,3], without spaces (or in quotation marks)."),
        ("a=", "'a' is given nothing.", "Write a=2 or a=[1,2,3], without spaces."),
        ("sin=1", "'sin' cannot be the name of an input.", "Choose another name, such as x or w1."),
        ("lambda=1", "'lambda' cannot be the name of an input.", "Choose another name, such as x or w1."),
        ("x²=1", "'x2' cannot be the name of an input.", "Choose another name, such as x or w1."),
        ("x=[]", None, "Write what belongs there, such as x."),
        ("x=zeros(3)", "x: There is no operation named 'zeros'.", None),
        ("x=1e999", "x: The number '1e999' is too large.", "Write a smaller one."),
        ("x=1/0", "x: This is no finite number.", "Write numbers whose result is below 1.8e308."),
        ("x=inf", "x: 'inf' is given no number.", "Write x=2 or x=[1,2,3]."),
        ("x=tile(1, 99999)", "x: An array of 99,999 entries would be needed here.", None),
        ("x=[1,2][1:1]", "'x' is an empty array.", "Write x=[1,2]."),
    ],
)
def test_an_input_that_is_none_says_what_to_write(word, what, write):
    with pytest.raises((InputError, ExpressionError)) as caught:
        assignment(word)
    headline = str(caught.value).splitlines()[0]
    assert headline == (what or headline)
    assert caught.value.write == (write or caught.value.write)


def test_more_numbers_than_can_be_answered_at_once_are_refused():
    with pytest.raises(InputError, match="The inputs are 1,001 numbers."):
        sorted_out(["a", f"a=[{','.join(['1'] * 1000)}]", "b=1"], "")
    with pytest.raises(ExpressionError, match="characters"):
        sorted_out(["a", f"a=[{','.join(['1'] * 100_000)}]"], "")


def test_inputs_are_chosen_one_by_one_or_with_commas_and_all_if_none_is():
    inputs = {"a": 1.0, "b": 2.0, "weight": 3.0}
    assert chosen([], inputs, "--wrt") == ["a", "b", "weight"]
    assert chosen(["b,a", "b"], inputs, "--wrt") == ["b", "a"]
    with pytest.raises(InputError, match="Did you mean --wrt weight"):
        chosen(["wieght"], inputs, "--wrt")
    with pytest.raises(InputError, match="or give z a number"):
        chosen(["z"], inputs, "--wrt")

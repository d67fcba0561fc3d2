"""`tinygrad-edu explain`: the explanation of the expression that was typed, by the inputs that were chosen."""

from __future__ import annotations

import pytest

from tinygrad_edu.cli import explain as command
from tinygrad_edu.cli.main import main
from tinygrad_edu.cli.terminal import in_ascii
from tinygrad_edu.engine.value import Value
from tinygrad_edu.writing.explain import explain

TYPED = ["tanh(a*b + c)", "a=2", "b=-3", "c=7"]


def run(capsys, *argv):
    """The exit code, the output and the error."""
    code = main(["explain", *argv])
    said = capsys.readouterr()
    return code, said.out, said.err


def by_hand(*names):
    """The explanation of the same expression written in Python."""
    values = {"a": Value(2.0, "a"), "b": Value(-3.0, "b"), "c": Value(7.0, "c")}
    a, b, c = values.values()
    return explain((a * b + c).tanh(), [values[name] for name in names or values])


@pytest.mark.parametrize("wrt", [["a"], ["b", "c"], ["c", "a"], []])
def test_what_is_printed_is_the_explanation_of_the_expression(capsys, wrt):
    options = [word for name in wrt for word in ("--wrt", name)]
    code, out, err = run(capsys, *TYPED, *options)
    assert (code, err) == (0, "")
    assert out == by_hand(*wrt).text + "\n"
    assert max(map(len, out.splitlines())) <= 80


def test_several_inputs_can_be_named_with_a_comma_and_inputs_may_follow_options(capsys):
    _, out, _ = run(capsys, "--wrt", "a,b", "tanh(a*b + c)", "a=2", "--max-lines", "80", "b=-3", "c=7")
    assert out == by_hand("a", "b").text + "\n"


@pytest.mark.parametrize(("option", "form"), [("--markdown", "markdown"), ("--latex", "latex")])
def test_the_form_can_be_chosen(capsys, option, form):
    code, out, _ = run(capsys, *TYPED, option)
    assert code == 0
    assert out == getattr(by_hand(), form).rstrip("\n") + "\n"


def test_depth_and_length_are_handed_on(capsys, monkeypatch):
    asked = {}

    def recorded(y, x, **options):
        asked.update(options)
        return explain(y, x)

    monkeypatch.setattr("tinygrad_edu.writing.explain.explain", recorded)
    run(capsys, *TYPED)
    assert asked == {}
    run(capsys, *TYPED, "--depth", "2", "--max-lines", "30")
    assert asked == {"depth": 2, "max_lines": 30}


def test_a_long_expression_is_told_in_the_lines_that_are_asked_for(capsys):
    text = "sum(" + "tanh(" * 30 + "x" + ")" * 30 + ")"
    _, out, _ = run(capsys, text, "x=[0.1,0.2]", "--max-lines", "20")
    assert len(out.splitlines()) <= 20


def test_arrays_are_explained_with_their_shapes(capsys):
    code, out, _ = run(capsys, "sum(relu(w @ x))", "w=[[1,2],[3,4]]", "x=[1,-2]", "--wrt", "w")
    assert code == 0
    assert "(2, 2)" in out


def test_what_only_compares_has_no_derivative(capsys):
    code, out, err = run(capsys, "x > 0", "x=1")
    assert (code, out) == (2, "")
    assert err == (
        "tinygrad-edu explain: 'x > 0' has no derivative.\n"
        "  It only compares or counts: it jumps, and is flat between the jumps.\n"
        "  Explain what depends on its inputs smoothly, such as where(x > 0, x, 0.1*x).\n"
    )


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (["--wrt", "d"], "--wrt 'd': there is no such input.\n  The inputs are: a, b, c.\n"
                         "  Write one of them, or give d a number.\n"),
        (["d=1"], "The input 'd' is not used in 'tanh(a*b + c)'.\n"
                  "  An input without effect is most likely a misspelt one.\n  Remove d=…, or use it.\n"),
        (["--latex", "--markdown"], "argument --markdown: not allowed with argument --latex (see tinygrad-edu explain "
                                    "--help)\n"),
        (["--depth", "0"], "argument --depth: '0' is no whole number of at least 1 "
                             "(see tinygrad-edu explain --help)\n"),
        (["--wtr", "a"], "there is no option --wtr; did you mean --wrt? (see tinygrad-edu explain --help)\n"),
        (["-latex"], "there is no option -latex; did you mean --latex? (see tinygrad-edu explain --help)\n"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_what_is_right(capsys, argv, error):
    code, out, err = run(capsys, *TYPED, *argv)
    assert (code, out, err) == (2, "", f"tinygrad-edu explain: {error}")


def test_an_explanation_that_takes_too_long_is_stopped(capsys, monkeypatch):
    monkeypatch.setattr(command, "SECONDS", -1)
    code, _, err = run(capsys, *TYPED)
    assert code == 2
    assert "Time is up" in err


def test_everything_can_be_said_in_ascii(capsys):
    _, out, _ = run(capsys, "sum(sigmoid(w*x)**2 / sqrt(x)) + abs(w)", "w=2", "x=[1,2]")
    assert "?" not in in_ascii(out)

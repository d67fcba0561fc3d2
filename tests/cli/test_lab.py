"""`tinygrad-edu lab`: the list, one mistake, all of them, the quiz, and what is said to a wrong name."""

from __future__ import annotations

import pytest

from tinygrad_edu.cli import lab, main
from tinygrad_edu.lab.lessons import LESSONS


@pytest.fixture(autouse=True)
def _the_command_is_known(monkeypatch):
    if lab not in main.COMMANDS:
        monkeypatch.setattr(main, "COMMANDS", [*main.COMMANDS, lab])


def said(capsys, *argv, code=0):
    assert main.main(["lab", *argv]) == code
    text = capsys.readouterr()
    assert max(map(len, text.out.splitlines()), default=0) <= 80
    return text.err if code else text.out


def test_the_list_names_every_mistake(capsys):
    lines = said(capsys).splitlines()
    assert [line[2:22].strip() for line in lines[2:-2]] == list(LESSONS)
    assert lines[-1] == "See one with: tinygrad-edu lab no order"


@pytest.mark.parametrize("words", [["no", "order"], ["no-order"], ["no_order"], ["No Order"], ["no o"]])
def test_a_mistake_is_shown_on_its_smallest_graph_and_in_a_training(capsys, words):
    text = said(capsys, *words)
    assert text.startswith("depth first, without an order")
    assert "First wrong, in the order of the sweep: a" in text
    assert "Exclusive or, trained with: depth first, without an order" in text


def test_all_of_them_come_in_the_order_of_the_list(capsys):
    pages = said(capsys, "all").split(f"\n\n{'═' * 80}\n\n")
    assert [page.split("(")[1].split(")")[0] for page in (p.splitlines()[0][40:] for p in pages)] == list(LESSONS)


WRONG = [
    (["nonsense words"], "tinygrad-edu lab: There is no misconception named 'nonsense words'."),
    (["overwriting"], "tinygrad-edu lab: There is no misconception named 'overwriting'. Did you mean 'overwrite'?"),
    (["start"], "tinygrad-edu lab: 'start' may be 'start at 0' or 'start at y'; which one?"),
    (["-"], "tinygrad-edu lab: There is no misconception named '-'. The names are: all, breadth first,"),
    (["quiz", "--answer", "ten"], "tinygrad-edu lab quiz: --answer 'ten' is no number"),
    (["all", "--answer", "3"], "tinygrad-edu lab: --answer belongs to the quiz: "),
    (["quiz", "--seed", "-1"], "tinygrad-edu lab: argument --seed: '-1' is no whole number of at least 0"),
    (["--sed", "1"], "tinygrad-edu lab: there is no option --sed; did you mean --seed? (see tinygrad-edu lab --help)"),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "line"), WRONG)
def test_a_wrong_call_says_what_is_right_in_one_line(capsys, argv, line):
    error = said(capsys, *argv, code=2)
    assert error.startswith(line) and error.count("\n") == 1


def test_the_quiz_asks_and_says_how_to_answer(capsys):
    lines = said(capsys, "quiz", "--seed", "1").splitlines()
    assert lines[0] == "With b = 4, c = -2:" and "What is dy/dc?" in lines
    assert lines[-1] == "Answer with: tinygrad-edu lab quiz --seed 1 --answer NUMBER"


@pytest.mark.parametrize(
    ("answer", "judgement"),
    [("20", "Right."), ("10", "10 is what comes of: = instead of += (overwrite)."), ("-20", "-20 is what comes of:"),
     ("−20", "-20 is what comes of:"), ("7", "No mistake of the lab gives this number.")],
)  # fmt: skip
def test_the_quiz_judges_an_answer(capsys, answer, judgement):
    text = said(capsys, "quiz", "--seed", "1", f"--answer={answer}")
    assert text.split("What is dy/dc?\n\n")[1].startswith(judgement)


def test_a_negative_answer_needs_no_equals_sign(capsys):
    assert "-20 is what comes of:" in said(capsys, "quiz", "--seed", "1", "--answer", "-20")


def test_help_shows_examples(capsys):
    assert "tinygrad-edu lab all" in said(capsys, "--help")

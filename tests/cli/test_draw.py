"""`tinygrad-edu draw`: the tree and every format, the options, and every way of calling it wrongly."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu.cli import recorded
from tinygrad_edu.cli.draw import SUFFIXES, shown
from tinygrad_edu.drawing.flow import SHOWS

COMMAND = "draw"
TYPED = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.5"]


pytestmark = pytest.mark.usefixtures("own_folder")


def by_hand():
    """The same graph written in Python."""
    a, b, c = tg.Value(2.0, "a"), tg.Value(-3.0, "b"), tg.Value(6.5, "c")
    y = tg.tanh(a * b + c)
    y.backward()
    return y, a


def texts(svg):
    """What a picture says, line by line."""
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


# ── what is written ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_without_a_file_the_tree_is_printed_with_gradients(run):
    code, out, err = run(*TYPED)
    assert (code, err) == (0, "")
    assert out == f"{tg.draw(by_hand()[0])}\n"
    assert [line.split()[-1] for line in out.splitlines()[1:]] == ["1", "0.7864", "0.7864", "−2.359", "1.573", "0.7864"]
    assert "not computed" not in out


FORMATS = {
    "svg": lambda drawing: drawing.svg(), "html": lambda drawing: drawing.html(),
    "dot": lambda drawing: drawing.dot + "\n", "gv": lambda drawing: drawing.dot + "\n",
    "mmd": lambda drawing: drawing.mermaid() + "\n", "txt": lambda drawing: drawing.text() + "\n",
}  # fmt: skip


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_suffix_decides_the_format(run, tmp_path, suffix):
    code, out, err = run(*TYPED, "-o", f"graph.{suffix}")
    assert (code, out, err) == (0, f"Wrote graph.{suffix}: 6 nodes.\n", "")
    assert (tmp_path / f"graph.{suffix}").read_text("utf-8").strip() == FORMATS[suffix](tg.draw(by_hand()[0])).strip()


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_a_picture_of_dots_is_drawn_or_the_command_that_installs_it_is_said(run, tmp_path, suffix):
    code, out, err = run(*TYPED, "-o", f"graph.{suffix}")
    if code == 0:
        assert (tmp_path / f"graph.{suffix}").read_bytes().startswith({"png": b"\x89PNG", "pdf": b"%PDF"}[suffix])
    else:
        assert (code, out) == (1, "")
        assert "pip install" in err
        assert (tmp_path / "graph.dot").read_text("utf-8").startswith("digraph")


def test_every_suffix_of_a_drawing_is_tried_here_and_told_in_the_help(run):
    assert set(SUFFIXES) == {*(f".{suffix}" for suffix in FORMATS), ".png", ".pdf"}
    _, out, _ = run("--help")
    assert all(re.search(rf" \{suffix} ", out) for suffix in SUFFIXES)


def test_a_new_folder_is_made_and_an_old_file_is_replaced(run, tmp_path):
    assert run("x*x", "x=3", "-o", "new/folder/graph.txt")[0] == 0
    assert run("x+x+x", "x=3", "--out=new/folder/graph.txt")[0] == 0
    assert "+" in (tmp_path / "new" / "folder" / "graph.txt").read_text("utf-8")
    assert [file.name for file in tmp_path.rglob("*.*")] == ["graph.txt"]


def test_an_unclear_word_in_a_picture_is_text(run, tmp_path):
    run("重み * x", "重み=1", "x=2", "-o", "graph.svg")
    assert any("重み" in line for line in texts((tmp_path / "graph.svg").read_text("utf-8")))


# ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("show", SHOWS)
def test_what_the_edges_tell_can_be_chosen(run, tmp_path, show):
    assert run(*TYPED, "-o", "graph.svg", "--show", show)[0] == 0
    assert (tmp_path / "graph.svg").read_text("utf-8") == tg.draw(by_hand()[0], show=show).svg()


def test_the_chain_rule_stands_on_both_edges_of_a_square(run, tmp_path):
    run("x*x", "x=3", "--show", "chain rule", "-o", "graph.svg")
    assert texts((tmp_path / "graph.svg").read_text("utf-8")).count("3 · 1 = 3") == 2


@pytest.mark.parametrize(
    ("typed", "show"),
    [("chain-rule", "chain rule"), ("Chain_Rule", "chain rule"), ("chain", "chain rule"), ("grad", "gradients"),
     (" shapes ", "shapes"), ("v", "values")],
)  # fmt: skip
def test_the_beginning_of_what_is_shown_is_enough(typed, show):
    assert shown(typed) == show


@pytest.mark.parametrize("words", [["--show", "chain", "rule", *TYPED], [*TYPED, "--show", "chain", "rule"]])
def test_the_chain_rule_needs_no_quotation_marks(run, tmp_path, words):
    assert run(*words, "-o", "graph.svg")[0] == 0
    assert (tmp_path / "graph.svg").read_text("utf-8") == tg.draw(by_hand()[0], show="chain rule").svg()


def test_an_input_called_rule_can_be_drawn(run):
    code, out, _ = run("rule", "rule=2", "--show", "chain rule")
    assert code == 0
    assert re.search(r"^rule +2 +1$", out, re.MULTILINE)


def test_a_path_is_highlighted(run, tmp_path):
    y, a = by_hand()
    assert run(*TYPED, "-o", "graph.svg", "--path", "a")[0] == 0
    assert (tmp_path / "graph.svg").read_text("utf-8") == tg.draw(y, path=a).svg() != tg.draw(y).svg()


def test_arrays_are_opened_and_the_numbers_agree(run):
    code, out, _ = run("sum(w @ x)", "w=[[1,2],[3,4]]", "x=[5,6]", "--unroll")
    assert code == 0
    assert "w[1, 0]" in out
    assert "agree" in out


def test_a_large_graph_is_summed_up_and_says_how_to_see_more(run, tmp_path):
    text = "+".join(["x"] * 40)
    _, out, _ = run(text, "x=1", "--max-nodes", "5")
    assert len(out.splitlines()) < 15
    assert "--max-nodes" in out
    assert "draw(y" not in out
    assert out.count("--max-nodes") == 1
    _, out, _ = run(text, "x=1", "--max-nodes", "5", "-o", "graph.svg")
    assert out.startswith("Wrote graph.svg: ")
    assert out.count("--max-nodes") == 1


@pytest.mark.parametrize("options", [["--show", "formulas"], ["--path", "a"], ["--path", "a", "-o", "graph.txt"]])
def test_what_a_tree_cannot_show_is_said(run, options):
    code, out, _ = run(*TYPED, *options)
    assert code == 0
    assert out.endswith("A tree tells values and gradients; for --show and --path add -o graph.svg\n")


def test_of_an_array_the_gradients_are_those_of_its_sum(run):
    code, out, _ = run("x*x", "x=[1,2,5]")
    assert code == 0
    assert "2 … 10" in out
    assert out.endswith("The result is an array of shape (3,): gradients are those of its sum.\n")


def test_an_expression_that_takes_too_long_is_stopped(run, monkeypatch):
    monkeypatch.setattr(recorded, "SECONDS", -1)
    assert "Time is up" in run(*TYPED)[2]


# ── called wrongly ───────────────────────────────────────────────────────────────────────────────────────────────────
KNOWN = ".svg, .html, .png, .pdf, .dot, .gv, .mmd, .txt (see tinygrad-edu draw --help)\n"


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ([], "There is no expression.\n  It is what is differentiated, in quotation marks; then come its inputs.\n"
             '  Write tinygrad-edu draw "EXPRESSION" NAME=NUMBER ....\n'),
        ([*TYPED, "--show", "everything"], "argument --show: there is nothing called 'everything' to show; choose "
         "from: values, gradients, chain rule, shapes, formulas (see tinygrad-edu draw --help)\n"),
        ([*TYPED, "--show", "shpaes"], "argument --show: there is nothing called 'shpaes' to show; did you mean "
         "'shapes'? (see tinygrad-edu draw --help)\n"),
        ([*TYPED, "--show", ""], "argument --show: there is nothing called '' to show; choose from: values, gradients, "
         "chain rule, shapes, formulas (see tinygrad-edu draw --help)\n"),
        ([*TYPED, "--sohw", "values"], "there is no option --sohw; did you mean --show? (see tinygrad-edu draw "
                                       "--help)\n"),
        ([*TYPED, "--path", "d"], "--path 'd': there is no such input.\n  The inputs are: a, b, c.\n"
                                  "  Write one of them, or give d a number.\n"),
        ([*TYPED, "--path", "a,b"], "--path names 2 inputs.\n  The ways of several inputs would hide one another.\n"
                                    "  Draw them one after the other: --path a\n"),
        ([*TYPED, "--path", " "], "--path names no input.\n  The inputs are: a, b, c.\n  Write --path a\n"),
        ([*TYPED, "--max-nodes", "0"], "argument --max-nodes: '0' is no whole number of at least 1 "
                                       "(see tinygrad-edu draw --help)\n"),
        (["(x > 0)*y", "x=1", "y=2", "--path", "x"], "--path 'x': no way leads from there to the result.\n"
         "  It is only compared or counted with: nothing comes back to it, and it is not in the picture.\n"
         "  Name an input that is computed with.\n"),
        (["x > 0", "x=1"], "'x > 0' has no graph.\n"
         "  It only compares or counts: the result jumps, and no gradient comes back.\n"
         '  Write what depends on its inputs smoothly, such as "x**2" x=3.\n'),
        (["1 + 2"], "'1 + 2' has no graph.\n  It has no inputs: constants are computed at once, and nothing is "
         'recorded.\n  Write what depends on its inputs smoothly, such as "x**2" x=3.\n'),
        (["2x", "x=1"], "A sign is missing between '2' and 'x'.\n    2x\n     ^\n"
         "  Multiplication is written out, with a star.\n  Did you mean 2*x?\n"),
        ([*TYPED, "-o", "graph"], "argument -o/--out: 'graph': the suffix decides the format; did you mean graph.svg? "
         f"There are {KNOWN}"),
        ([*TYPED, "-o", "a/graph.jpg"], "argument -o/--out: 'a/graph.jpg': .jpg is no format here; did you mean "
         f"a/graph.png? There are {KNOWN}"),
        ([*TYPED, "-o", "graph.pgn"], "argument -o/--out: 'graph.pgn': .pgn is no format here; did you mean graph.png? "
         f"There are {KNOWN}"),
        ([*TYPED, "-o", ""], "argument -o/--out: '': the suffix decides the format; did you mean graph.svg? "
         f"There are {KNOWN}"),
        ([*TYPED, "-o", ".."], "argument -o/--out: '..': the suffix decides the format; did you mean graph.svg? "
         f"There are {KNOWN}"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_what_is_right_and_nothing_is_written(run, tmp_path, argv, error):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert " ".join(err.split()) == " ".join(f"tinygrad-edu draw: {error}".split())
    assert not list(tmp_path.iterdir())


def test_what_is_too_large_to_be_opened_is_said_in_the_words_of_the_command(run, tmp_path):
    code, out, err = run("tile(x, 3000)*2", "x=1", "--unroll", "-o", "graph.svg")
    assert (code, out) == (1, "")
    assert err.startswith("tinygrad-edu draw: --unroll would open 6,001 numbers.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("file", "error"),
    [("folder.svg", "it is a folder"), ("file/graph.svg", "file exists"), ("file/sub/graph.svg", "not a directory"),
     ("x" * 300 + ".svg", "file name too long")],
)  # fmt: skip
def test_a_file_that_cannot_be_written_is_one_line(run, tmp_path, file, error):
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file").write_text("")
    code, out, err = run(*TYPED, "-o", file)
    assert (code, out) == (1, "")
    assert err == f"tinygrad-edu: cannot write {file}: {error}; choose another file with -o\n"


def test_a_file_that_may_not_be_changed_is_not_replaced(run, tmp_path, monkeypatch):
    def locked(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "graph.txt").write_text("mine")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", locked)
        code, out, err = run(*TYPED, "-o", "graph.txt")
    assert (code, out) == (1, "")
    assert err == "tinygrad-edu: cannot write graph.txt: permission denied; choose another file with -o\n"
    assert (tmp_path / "graph.txt").read_text() == "mine"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(run, tmp_path):
    (tmp_path / "graph.txt").symlink_to("/dev/full")
    assert run(*TYPED, "-o", "graph.txt") == (1, "", "tinygrad-edu: [Errno 28] No space left on device\n")


def test_the_page_tells_the_same_as_the_tree(run, tmp_path):
    run(*TYPED, "-o", "graph.html")
    page = unescape((tmp_path / "graph.html").read_text("utf-8"))
    assert all(number in page for number in ("−2.359", "1.573", "0.7864", "0.4621"))

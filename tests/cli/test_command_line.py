"""The command line as a whole: help, versions, mistakes answered with what is right, and the page that shows it."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu.cli import demo
from tinygrad_edu.cli.main import COMMANDS, main, name_of
from tinygrad_edu.cli.terminal import ASCII, in_ascii

NAMES = [name_of(command) for command in COMMANDS]
LETTERS_OF_OTHERS = {*"Àÿ\u200d"}  # in ranges and tests of characters, never printed
PAGE = Path(__file__).parents[2] / "docs" / "command_line.md"


pytestmark = pytest.mark.usefixtures("own_folder")


def answer(capsys, *argv):
    """The exit code, the output and the one line of error of a command."""
    code = main(argv)
    said = capsys.readouterr()
    assert said.err.count("\n") <= 1
    assert "Traceback" not in said.err
    return code, said.out, said.err.strip()


@pytest.mark.parametrize("argv", [["--help"], *([name, "--help"] for name in NAMES), ["examples", "-h"]])
def test_help_has_examples_and_fits_eighty_ascii_columns(capsys, argv):
    code, out, err = answer(capsys, *argv)
    assert (code, err) == (0, "")
    assert "examples:\n  tinygrad-edu " in out
    assert max(map(len, out.splitlines())) <= 80
    assert out.isascii()


def test_the_version_is_the_packages(capsys):
    assert answer(capsys, "--version") == (0, f"tinygrad-edu {tg.__version__}\n", "")


def test_python_runs_the_command_where_it_is_not_on_the_path():
    module, env = [sys.executable, "-m", "tinygrad_edu"], {**os.environ, "PYTHONPATH": str(PAGE.parents[1])}
    done = subprocess.run([*module, "check", "x**2", "x=3"], capture_output=True, text=True, env=env)
    assert done.returncode == 0 and "PASS" in done.stdout
    assert subprocess.run([*module, "chek"], capture_output=True, env=env).returncode == 2


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "a command is missing; choose from: explain, check, draw, film, lab, train, predict, demo, examples"),
        ("dmeo", "there is no command 'dmeo'; did you mean 'demo'?"),
        (
            "quux",
            "there is no command 'quux'; choose from: explain, check, draw, film, lab, train, predict, demo, examples",
        ),
        ("--verion", "there is no option --verion; did you mean --version?"),
        ("--quux", "there is no option --quux"),
        ("demo --step 5", "there is no option --step; did you mean --steps?"),
        ("demo --ot=a", "there is no option --ot; did you mean --out?"),
        ("demo now", "'now' is one word too many"),
        ("demo --out", "argument --out: expected one argument"),
        ("demo --steps many", "argument --steps: 'many' is no whole number of at least 1"),
        ("demo --steps 0", "argument --steps: '0' is no whole number of at least 1"),
        ("demo --seed -1", "argument --seed: '-1' is no whole number of at least 0"),
    ],
)
def test_a_wrong_command_or_option_is_told_what_is_right(capsys, line, error):
    command = "tinygrad-edu demo" if line.startswith("demo ") else "tinygrad-edu"
    assert answer(capsys, *line.split()) == (2, "", f"{command}: {error} (see {command} --help)")


def test_ctrl_c_ends_quietly(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "train", interrupted)
    code, _, err = answer(capsys, "demo", "--steps", "1")
    assert (code, err) == (130, "stopped")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (tg.errors.ShapeError("(2,) + (3,) do not fit.", "Sizes differ.", "Reshape."),
         "tinygrad-edu demo: (2,) + (3,) do not fit.\n  Sizes differ.\n  Reshape.\n"),
        (OSError(28, "No space left on device", "data.png"),
         "tinygrad-edu: [Errno 28] No space left on device: 'data.png'\n"),
    ],
)  # fmt: skip
def test_what_goes_wrong_on_the_way_is_said_without_a_traceback(capsys, monkeypatch, error, text):
    def failing(*_):
        raise error

    monkeypatch.setattr(demo, "train", failing)
    assert main(["demo", "--steps", "1"]) == 1
    assert capsys.readouterr().err == text


def test_the_parts_of_an_error_are_wrapped_at_eighty_columns_and_the_place_is_not(capsys):
    assert main(["explain", "sum(" + "x + " * 25 + "sinn(x))", "x=1"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "tinygrad-edu explain: There is no operation named 'sinn'."
    assert lines[1][lines[2].index("^") : len(lines[2])] == "sinn"
    assert lines[-1] == "  Did you mean sin?"


def test_a_mistake_of_ours_names_its_place_instead_of_a_traceback(capsys, monkeypatch):
    monkeypatch.setattr(demo, "train", lambda *_: 1 / 0)
    code, _, err = answer(capsys, "demo", "--steps", "1")
    assert code == 1
    assert err.startswith("tinygrad-edu: ZeroDivisionError: division by zero (test_command_line.py, line ")


# ── in a process of its own ──────────────────────────────────────────────────────────────────────────────────────────
def run(*argv, **environment):
    """The command in a new process: its result, outputs as bytes."""
    here = os.path.dirname(os.path.dirname(tg.__file__))
    environment = {**os.environ, "PYTHONPATH": here, **environment}
    return subprocess.run([sys.executable, "-m", "tinygrad_edu.cli.main", *argv], capture_output=True, env=environment)


def test_a_terminal_without_unicode_gets_ascii_and_a_pipe_gets_no_progress_bar(tmp_path):
    done = run("demo", "--steps", "3", "--out", str(tmp_path / "übung"), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"training" not in done.stderr
    assert b"Wrote to " in done.stdout
    assert b"?bung" in done.stdout  # what has no ASCII counterpart becomes a question mark


def test_a_process_ends_with_the_exit_code():
    done = run("dmeo")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "tinygrad-edu: there is no command 'dmeo'; did you mean 'demo'? (see tinygrad-edu --help)"
    ]


def sessions():
    """The commands on the page about the command line, each with what it prints."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = session.partition("\n")
            yield command, printed


@pytest.mark.skipif(not PAGE.exists(), reason="reads the source checkout")
@pytest.mark.parametrize(("command", "printed"), list(sessions()), ids=[command for command, _ in sessions()])
def test_the_page_shows_what_a_command_prints(command, printed):
    assert performed(command) == printed


def performed(command):
    """What a line of the page prints, errors included: commands of ours, and `echo $?`."""
    printed, code = io.StringIO(), 0
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for one in command.split("; "):
            program, *argv = shlex.split(one)
            if program == "tinygrad-edu":
                code = main(argv)
            else:
                assert one == "echo $?"
                print(code)
    return printed.getvalue()


def test_every_command_is_on_the_page():
    shown = {shlex.split(command)[1] for command, _ in sessions()}
    assert shown >= {"explain", "check"}
    assert all(f"`tinygrad-edu {name}" in PAGE.read_text("utf-8") for name in NAMES)


def test_everything_we_print_has_an_ascii_counterpart():
    assert all(text.isascii() for text in ASCII.values())
    assert "∂L/∂w₁ = −½ · x²".encode("ascii", "in plain ASCII") == b"dL/dw1 = -1/2 * x^2"
    assert "e⁻ˣ, λ₁₂ᵀ, Δ, ⌊x⌋, ∛x, ¼".encode("ascii", "in plain ASCII") == (
        b"e^-x, lambda12^T, Delta, floor(x), cbrt x, 1/4"
    )


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("2 × 3 · 4 − 1 ÷ 5", "2 * 3 * 4 - 1 / 5"),  # no sign becomes a letter that could be a variable
        ("x² · σ′(h) → ∂L/∂h", "x^2 * sigmoid'(h) -> dL/dh"),
        ("√x ← ‖w‖ ≥ 0", "sqrt x <- ||w|| >= 0"),
        ("Σ axis=0, Π, αβγθη, ∇L", "sum axis=0, prod, alphabetagammathetaeta, grad L"),
        ("… × 97 ✗", "... * 97 X"),
    ],
)
def test_a_sign_becomes_what_one_would_type(said, typed):
    assert in_ascii(said) == typed


def test_every_sign_that_the_library_writes_has_an_ascii_counterpart():
    package = Path(tg.__file__).parent
    files = [file for room in ("writing", "checking", "lab", "doctor") for file in (package / room).rglob("*.py")]
    trees = [ast.walk(ast.parse(file.read_text("utf-8"))) for file in files]
    written = {node.value for tree in trees for node in tree if isinstance(node, ast.Constant)}
    signs = {c for text in written if isinstance(text, str) for c in text} - LETTERS_OF_OTHERS
    assert {c for c in signs if in_ascii(c) == "?"} == {"?"}


def page_renewed():
    """The page with what its commands print now: run this file as a program after wording was changed on purpose."""

    def renewed(block):
        commands = re.findall(r"^\$ (.*)\n", block[0], re.MULTILINE)
        return "```console\n" + "".join(f"$ {command}\n{performed(command)}" for command in commands) + "```"

    return re.sub(r"^```console\n.*?^```$", renewed, PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(page_renewed(), "utf-8")

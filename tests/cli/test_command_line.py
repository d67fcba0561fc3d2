"""The command line as a whole: help, versions, and mistakes answered in one line with what is right."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tinygrad_edu.cli import demo
from tinygrad_edu.cli.main import main
from tinygrad_edu.cli.terminal import ASCII


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # default folders must not land in the checkout


def answer(capsys, *argv):
    """The exit code, the output and the one line of error of a command."""
    code = main(argv)
    said = capsys.readouterr()
    assert said.err.count("\n") <= 1
    assert "Traceback" not in said.err
    return code, said.out, said.err.strip()


@pytest.mark.parametrize("argv", [["--help"], ["demo", "--help"], ["examples", "-h"]])
def test_help_has_examples_and_fits_eighty_ascii_columns(capsys, argv):
    code, out, err = answer(capsys, *argv)
    assert (code, err) == (0, "")
    assert "examples:\n  tinygrad-edu " in out
    assert max(map(len, out.splitlines())) <= 80
    assert out.isascii()


def test_the_version_is_the_packages(capsys):
    assert answer(capsys, "--version") == (0, f"tinygrad-edu {tg.__version__}\n", "")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "a command is missing; choose from: demo, examples"),
        ("dmeo", "there is no command 'dmeo'; did you mean 'demo'?"),
        ("paint", "there is no command 'paint'; choose from: demo, examples"),
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
    ("error", "line"),
    [
        (tg.errors.ShapeError("(2,) + (3,) do not fit.", "Sizes differ.", "Reshape."),
         "tinygrad-edu: (2,) + (3,) do not fit. Sizes differ. Reshape."),
        (OSError(28, "No space left on device", "data.png"),
         "tinygrad-edu: [Errno 28] No space left on device: 'data.png'"),
    ],
)  # fmt: skip
def test_what_goes_wrong_on_the_way_is_one_line(capsys, monkeypatch, error, line):
    def failing(*_):
        raise error

    monkeypatch.setattr(demo, "train", failing)
    code, _, err = answer(capsys, "demo", "--steps", "1")
    assert (code, err) == (1, line)


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


def test_everything_we_print_has_an_ascii_counterpart():
    assert all(text.isascii() for text in ASCII.values())
    assert "∂L/∂w₁ = −½ · x²".encode("ascii", "in plain ASCII") == b"dL/dw1 = -1/2 * x2"

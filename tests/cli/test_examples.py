"""`tinygrad-edu examples`: lists what there is, runs what is meant, and says what went wrong in one line."""

from __future__ import annotations

import sys

import pytest

from tinygrad_edu.cli import examples
from tinygrad_edu.cli.main import main

PROGRAMS = {
    "r1_first": '"""You will see a file written.\n\nMore."""\ndef main(out):\n    (out / "a.txt").write_text("abc")\n',
    "r2_second": '"""You will see a failure."""\ndef main(out):\n    assert 1 == 2, "hand and Value differ"\n',
}


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Two small programs in the place of the real ones."""
    for name, text in PROGRAMS.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(examples, "available", lambda: {name: tmp_path / f"{name}.py" for name in PROGRAMS})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_are_found_in_their_order_and_say_what_one_will_see():
    found = examples.available()
    assert [name[:3] for name in found] == [f"r{k}_" for k in range(1, 6)] + [f"e{k}_" for k in range(1, 8)]
    for path in found.values():
        assert examples.first_line(path).startswith("You will see ")
        assert callable(examples.load(path).main)


def test_the_list_names_each_program_with_what_one_will_see(programs, capsys):
    for argv in (["examples"], ["examples", "list"]):
        assert main(argv) == 0
        assert capsys.readouterr().out.splitlines() == [
            "  r1_first                  You will see a file written.",
            "  r2_second                 You will see a failure.",
            "",
            "Run one with: tinygrad-edu examples run r1",
        ]


def test_the_real_list_fits_eighty_columns(capsys):
    main(["examples"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("name", ["r1", "r1_first", "first", "r1_first.py"])
def test_a_part_of_the_name_is_enough_and_the_files_are_listed(programs, capsys, name):
    assert main(["examples", "run", name, "--out", "out"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("== r1_first ===")
    assert lines[2].endswith(" s; written to out:")
    assert lines[3] == "  a.txt      3 B"
    assert (programs / "out" / "a.txt").read_text() == "abc"


def test_a_file_that_is_written_again_is_listed_again_and_others_are_not(programs, capsys):
    (programs / "out").mkdir()
    (programs / "out" / "old.txt").write_text("old")
    main(["examples", "run", "r1", "--out", "out"])
    capsys.readouterr()
    main(["examples", "run", "r1", "--out", "out"])
    out = capsys.readouterr().out
    assert "a.txt" in out
    assert "old.txt" not in out


def test_a_failing_example_is_one_line_and_the_others_still_run(programs, capsys):
    assert main(["examples", "run", "r2", "r1"]) == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "r2_second: AssertionError: hand and Value differ",
        "tinygrad-edu: failed: r2_second",
    ]
    assert "a.txt" in said.out


LACKING = {
    "module": ("import sklearn.nothing", "it needs scikit-learn, which is not installed."),
    "data": ("from tinygrad_edu.data import digits; digits()", "digits() needs scikit-learn, which is not installed."),
}


@pytest.mark.parametrize("kind", LACKING)
@pytest.mark.parametrize(("names", "code", "note"), [("all", 0, "left out: "), ("r2", 1, "")])
def test_an_example_without_its_package_is_left_out_of_all_and_fails_alone(
    programs, capsys, monkeypatch, kind, names, code, note
):
    body, why = LACKING[kind]
    for module in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, module, None)
    (programs / "r2_second.py").write_text(f"def main(out):\n    {body}\n")
    assert main(["examples", "run", names]) == code
    first, *more = capsys.readouterr().err.splitlines()
    assert first == f'r2_second: {note}{why} Run: python -m pip install "tinygrad-edu[digits]"'
    assert more == ["tinygrad-edu: failed: r2_second"] * code


THREADS = """\
import threadpoolctl
def main(out):
    print([pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"])
"""


def test_an_example_multiplies_its_small_matrices_with_one_thread(programs, capsys):
    (programs / "r2_second.py").write_text(THREADS)
    assert main(["examples", "run", "r2"]) == 0
    assert set(capsys.readouterr().out.splitlines()[1]) <= set("[1, ]")


def test_an_example_runs_also_where_nothing_limits_the_threads(programs, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert main(["examples", "run", "r1"]) == 0


def test_an_import_that_is_a_mistake_is_a_failure_also_among_all(programs, capsys):
    (programs / "r2_second.py").write_text("def main(out):\n    from tinygrad_edu import nothing_of_the_kind\n")
    assert main(["examples", "run", "all"]) == 1
    assert capsys.readouterr().err.startswith("r2_second: ImportError: cannot import name")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("run", "tinygrad-edu examples run: which one? r1_first, r2_second, or all"),
        ("run r1_frist", "tinygrad-edu: There is no example named 'r1_frist'. Did you mean 'r1_first'?"),
        ("run r9", "tinygrad-edu: There is no example named 'r9'. The names are: r1_first, r2_second."),
        ("r1", "tinygrad-edu examples: 'r1' is no action; did you mean 'run r1'? (see tinygrad-edu examples --help)"),
        ("rnu", "tinygrad-edu examples: 'rnu' is no action; did you mean 'run'? (see tinygrad-edu examples --help)"),
        ("list r", "tinygrad-edu examples: 'r' is no action; did you mean 'run r'? (see tinygrad-edu examples --help)"),
    ],
)
def test_a_wrong_name_or_action_is_told_what_is_right(programs, capsys, line, error):
    assert main(["examples", *line.split()]) == 2
    assert capsys.readouterr().err == error + "\n"


def test_all_runs_every_example_once(programs, capsys):
    main(["examples", "run", "r1", "all", "first"])
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("==")] == list(PROGRAMS)


def test_each_example_runs_once_however_often_it_is_named(programs, capsys):
    main(["examples", "run", "r1", "first"])
    assert capsys.readouterr().out.count("== r1_first") == 1


@pytest.mark.parametrize("folder", ["package/examples", "examples"])
def test_the_programs_are_found_in_the_installed_package_and_beside_it(tmp_path, monkeypatch, folder):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "r1_one.py").write_text("")
    monkeypatch.setattr(examples, "files", lambda _: tmp_path / "package")
    assert examples.available() == {"r1_one": tmp_path / folder / "r1_one.py"}


def test_missing_programs_are_said_in_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(examples, "files", lambda _: tmp_path / "package")
    assert main(["examples"]) == 1
    assert capsys.readouterr().err == (
        "tinygrad-edu: the example programs are not installed; reinstall with: python -m pip install tinygrad-edu\n"
    )

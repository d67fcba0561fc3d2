"""The benchmarks compute what they claim: on tiny sizes, our entries agree with what is written by hand.

Nothing is timed here.
"""

from __future__ import annotations

import doctest
import importlib
import math
import sys

import pytest

from tests.benchmarks import __main__ as program
from tests.benchmarks import causes, table
from tests.benchmarks.__main__ import main, workloads
from tests.benchmarks.contest import OURS, Budget, Contest
from tests.benchmarks.measure import Row, agree, judge, missing, run
from tests.benchmarks.table import cells, remarks

CONTESTS = [contest for module in workloads().values() for contest in importlib.import_module(module).CONTESTS]
BY_NAME = {contest.label: contest for contest in CONTESTS}


def test_the_folder_lists_its_workloads_in_order():
    assert list(workloads())[:6] == ["W1", "W2", "W3", "W4", "W5", "W6"]
    assert "W9" in workloads()


@pytest.mark.parametrize("label", [label for label, contest in BY_NAME.items() if contest.session is None])
def test_our_entries_compute_what_is_written_by_hand(label):
    contest = BY_NAME[label]
    truth = None
    for name, entry in contest.entries.items():
        if not missing(entry.needs) and entry.needs in (None, "a C compiler"):
            step, read = entry.prepare(contest.tiny)
            numbers = read(step())
            truth = truth or numbers
            agree(contest, name, numbers, truth)


def test_different_numbers_are_an_error_that_names_the_contestant():
    contest = Contest("W0", "nothing", size=1, tiny=1, unit="s", tolerance=1e-6)
    agree(contest, "right", [1.0, [2.0, 3.0]], [1.0, [2.0, 3.0]])
    with pytest.raises(AssertionError, match=r"W0 · nothing: wrong, result 1 is off by 3\.3e-01"):
        agree(contest, "wrong", [1.0, [2.0, 4.0]], [1.0, [2.0, 3.0]])
    with pytest.raises(AssertionError, match="wrong, result 0 is off by nan"):
        agree(contest, "wrong", [math.nan], [1.0])


def test_a_budget_is_judged_by_the_median_ratio_within_rounds():
    contest = Contest("W0", "nothing", size=1, tiny=1, unit="s", memory=True)
    contest.entries = dict.fromkeys(["by hand", OURS])
    contest.budgets = [Budget(OURS, 2, "by hand", "≤ 2 ×"), Budget(OURS, 240, None, "≤ 240 bytes"),
                       Budget(OURS, 1, "a peer", "≤ a peer")]  # fmt: skip
    rows = [Row("by hand", [1.0, 10.0, 1.0]), Row(OURS, [1.9, 19.0, 5.0], bytes=300.0)]
    assert [(round(v.ratio, 6), v.met) for v in judge(contest, rows)[:2]] == [(1.9, True), (300.0, False)]
    assert judge(contest, rows)[2].met is None
    assert cells(contest, rows)[2] == [
        *(OURS, "5.00", "300", "1", "≤ 2 ×; ≤ 240 bytes; ≤ a peer"),
        *("1.90 × by hand; 300 bytes; –", "yes; **no**; not measured"),
    ]  # fmt: skip
    assert remarks(contest, rows) == [f"Missed by {OURS}: no cause stated yet in causes.py."]


def test_a_contestant_that_is_not_installed_is_said_and_skipped():
    contest = Contest("W0", "nothing", size=1, tiny=1, unit="s", rounds=1)
    contest.entry("a peer", needs="no_such_package")(lambda size: None)
    (row,) = run(contest, __name__, say=lambda text: None)
    assert row.missing == "skipped: no_such_package is not installed"


def test_every_stated_cause_belongs_to_a_budget():
    for label, ours in causes.CAUSES:
        assert ours in [budget.ours for budget in BY_NAME[label].budgets]


def test_every_budget_names_two_contestants():
    for contest in CONTESTS:
        for budget in contest.budgets:
            assert {budget.ours, budget.reference} - {None} <= set(contest.entries)


def test_an_unknown_workload_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["W99"])
    assert "there is no workload W99; there are W1, W2" in capsys.readouterr().err


def test_the_examples_are_true():
    assert [doctest.testmod(module).failed for module in (table, program)] == [0, 0]


def test_one_workload_measured_anew_leaves_the_others_and_the_machine_as_they_are(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.md"
    monkeypatch.setattr(program, "facts", lambda: ["this machine"])
    monkeypatch.setattr(program, "workloads", lambda: {"W1": __name__, "W2": __name__})
    monkeypatch.setattr(program, "run", lambda contest, *_: [])
    monkeypatch.setattr(program, "section_of", lambda contest, rows: f"## {contest.label}\n\n{contest.size}\n")
    for size in (1, 2):
        monkeypatch.setattr(sys.modules[__name__], "CONTESTS", [Contest("W2", "b", size=size, tiny=1, unit="s")])
        if size == 1:
            page.write_text("# Old\n\nMeasured on:\n\n- this machine\n\n## W1 · a\n\n0\n\n## W9 · c\n\n9\n", "utf-8")
        main(["W2", "--write", str(page)])
        text = page.read_text("utf-8")
        assert text.startswith("# Benchmarks")
        assert text.endswith(f"## W1 · a\n\n0\n\n## W2 · b\n\n{size}\n\n## W9 · c\n\n9\n")
    monkeypatch.setattr(program, "facts", lambda: ["another machine"])
    with pytest.raises(SystemExit):
        main(["W2", "--write", str(page)])
    assert "was measured on another machine or with other packages; write all of it anew" in capsys.readouterr().err
    assert page.read_text("utf-8") == text


def test_what_a_result_weighs_is_told_in_kilobytes():
    contest = Contest("W0", "nothing", size=1, tiny=1, unit="s", weigh=len)
    contest.entries = dict.fromkeys([OURS])
    assert cells(contest, [Row(OURS, [1.0], bytes=12_345.0)]) == [
        ["contestant", "time (s)", "kB", "× ours", "budget", "measured", "met"],
        [OURS, "1.00", "12.3", "1", "", "", ""],
    ]

"""A report as text, as one line, as Markdown, as HTML and as a plot."""

from __future__ import annotations

import json
import pickle
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.checking.gradcheck import gradcheck
from tinygrad_edu.checking.mistakes import Mistake
from tinygrad_edu.checking.report import CheckFailed, Report, Row
from tinygrad_edu.writing.wording import width

FOUND = {"formula": 36.0, "engine": 18.0, "finite difference": 18.0}
WRONG = Row("w", "FAIL", (1, 0), FOUND, 0.5, "First.\nSecond.", Mistake("factor", "twice"), 4, 4)
OPEN = Row("h", "INCONCLUSIVE", (2,), {"formula": 0.0, "engine": 0.0, "finite difference": 0.5}, 1.0, "A kink.")
RIGHT = Row("b", "PASS", (), {"formula": -5.5, "engine": -5.5, "finite difference": -5.5000001}, 1e-12)


def test_the_worst_comes_first_whatever_the_order_of_the_rows():
    slightly = Row("v", "FAIL", (), FOUND, 0.1)
    for rows in ([RIGHT, OPEN, slightly, WRONG], [WRONG, OPEN, RIGHT, slightly]):
        assert [row.name for row in Report("check_formula", rows).rows] == ["w", "v", "h", "b"]


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [([], "PASS"), ([RIGHT], "PASS"), ([RIGHT, OPEN], "INCONCLUSIVE"), ([OPEN, WRONG, RIGHT], "FAIL")],
    ids=["nothing", "right", "open", "wrong"],
)
def test_a_report_is_true_only_if_every_row_passes(rows, verdict):
    report = Report("gradcheck", rows)
    assert report.verdict == verdict and bool(report) == (verdict == "PASS")


def test_a_report_that_passes_returns_itself_and_another_one_raises_its_own_text():
    report = Report("gradcheck", [RIGHT])
    assert report.raise_() is report
    with pytest.raises(CheckFailed) as error:
        Report("gradcheck", [RIGHT, WRONG]).raise_()
    assert str(error.value) == str(Report("gradcheck", [RIGHT, WRONG])) and isinstance(error.value, AssertionError)


def test_the_text_is_an_aligned_table_with_the_lessons_below_the_rows():
    assert str(Report("check_formula", [RIGHT, WRONG], ["Try again."], "Culprit: sin.", ["seed 0"])) == (
        "check_formula: 1 of 2 gradients agree\n"
        "  gradient of  verdict  worst entry  formula  engine  finite difference    error\n"
        "  w            FAIL     [1, 0]            36      18                 18  5.0e-01\n"
        "      First.\n"
        "      Second.\n"
        "  b            PASS     -               -5.5    -5.5               -5.5    <1e-9\n"
        "  Culprit: sin.\n"
        "  → Try again.\n"
        "  (seed 0)"
    )


def test_open_questions_are_counted_in_the_headline():
    assert str(Report("gradcheck", [RIGHT, OPEN])).startswith("gradcheck: 1 of 2 gradients agree, 1 inconclusive\n")
    assert str(Report("gradcheck")) == "gradcheck: 0 of 0 gradients agree"


def test_headings_take_two_lines_when_the_table_is_wide():
    numbers = {"engine": -1.234567e-8, "forward mode": -1.234567e-8, "finite difference": -1.234567e-8}
    assert str(Report("gradcheck", [Row("layer", "PASS", (10, 12), numbers, 2e-9)])) == (
        "gradcheck: 1 of 1 gradients agree\n"
        "  gradient of  verdict  worst         engine     forward      finite    error\n"
        "                        entry                       mode  difference\n"
        "  layer        PASS     [10, 12]  -1.235e-08  -1.235e-08  -1.235e-08  2.0e-09"
    )


@given(
    st.lists(
        st.builds(
            Row,
            st.text(max_size=60),
            st.sampled_from(["PASS", "FAIL", "INCONCLUSIVE"]),
            st.lists(st.integers(0, 10**6), max_size=4).map(tuple),
            st.dictionaries(st.sampled_from([*FOUND, "forward mode"]), st.floats(), max_size=4),
            st.floats(0, allow_nan=False),
            st.text(max_size=300),
        ),
        max_size=4,
    ),
    st.lists(st.text(max_size=200), max_size=2),
)
def test_whatever_is_in_it_a_report_is_eighty_columns_wide_and_its_html_is_well_formed(rows, hints):
    report = Report("gradcheck", rows, hints)
    assert all(width(line) <= 80 for line in str(report).splitlines())
    assert "\n" not in repr(report) and len(repr(report)) <= 240
    ElementTree.fromstring(report._repr_html_())
    assert len([line for line in report.to_markdown().splitlines() if line.startswith("|")]) in (0, len(rows) + 2)


def test_the_one_line_that_pytest_shows_holds_the_lesson():
    assert repr(Report("check_formula", [RIGHT])) == "<check_formula PASS>"
    assert repr(Report("check_formula", [WRONG, RIGHT])) == (
        "<check_formula FAIL: w at [1, 0]: formula 36, engine 18, finite difference 18. First. Second.>"
    )
    long = Report("gradcheck", [Row("x", "FAIL", (), {"engine": 1.0}, 1.0, "word " * 200)])
    assert len(repr(long)) == 236 and repr(long).endswith("…>")


def test_a_failed_assertion_shows_the_lesson(pytester_like):
    assert "assert <gradcheck FAIL: x: engine 5, finite difference 6. It is wrong.>" in pytester_like


@pytest.fixture
def pytester_like(tmp_path):
    """What pytest prints for a test that asserts a failing report."""
    import subprocess
    import sys

    file = tmp_path / "test_it.py"
    file.write_text(
        "from tinygrad_edu.checking.report import Report, Row\n"
        "numbers = {'engine': 5.0, 'finite difference': 6.0}\n"
        "def test_it():\n"
        "    assert Report('gradcheck', [Row('x', 'FAIL', (), numbers, 0.1, 'It is wrong.')])\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_markdown_is_a_table_with_its_stories_and_no_markup_from_outside():
    report = Report("gradcheck", [Row("a|b*", "FAIL", (1,), {"engine": 1.0}, 0.5, "<b>no</b>")], ["do `this`"])
    assert report.to_markdown() == (
        "**gradcheck: 0 of 1 gradients agree**\n\n"
        "| gradient of | verdict | worst entry | engine | error |\n"
        "|:---|:---|:---|---:|---:|\n"
        "| a\\|b\\* | FAIL | [1] | 1 | 5.0e-01 |\n\n"
        "- a\\|b\\*: \\<b\\>no\\</b\\>\n\n"
        "- do \\`this\\`"
    )


def test_html_is_escaped():
    report = Report("gradcheck", [Row("<script>", "FAIL", (), {"engine": 1.0}, 0.5, "a & b")], ["<i>"], "<culprit>")
    html = report._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "a &amp; b" in html
    assert "<i>" not in html and "&lt;culprit&gt;" in html


def test_a_report_is_plain_data():
    report = Report("gradcheck", [RIGHT, OPEN])
    assert pickle.loads(pickle.dumps(report)) == report
    assert json.dumps([row.numbers for row in report.rows])


def test_the_curve_of_a_report_has_the_shape_of_a_v():
    import matplotlib.pyplot as plt

    report = gradcheck(lambda x: (x**3).sum(), np.array([1.0, 2.0]))
    figure = report.plot()
    lines = {line.get_label(): line.get_xydata() for line in figure.axes[0].lines}
    steps, errors = lines["central difference"].T
    assert errors[0] > 1e-2 and errors[-1] > 1e-4 and errors.min() < 1e-9
    assert 1e-7 < steps[np.argmin(errors)] < 1e-3
    assert lines["extrapolated"][0, 1] < 1e-10
    plt.close(figure)
    figure, ax = plt.subplots()
    assert report.plot(ax=ax) is figure
    plt.close(figure)


def test_a_report_without_a_measurement_has_nothing_to_plot():
    with pytest.raises(CheckFailed) as error:
        Report("gradcheck", [RIGHT]).plot()
    assert str(error.value) == (
        "This report has no curve to plot: no finite difference was measured.\n"
        "  The V curve shows how the error of a finite difference depends on its step.\n"
        "  Plot the report of a check with at least one entry: tg.gradcheck(f, x).plot()."
    )

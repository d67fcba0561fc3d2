"""Whatever values are called, it comes out as text; and how numbers and names are worded."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.drawing.reading import SVG, groups, lines
from tinygrad_edu.drawing.names import named
from tinygrad_edu.writing.wording import LONGEST, clean, clip, number, numbers, width

# ── labels are data ──────────────────────────────────────────────────────────────────────────────────────────────────
NASTY = [
    "<b>bold</b>", "a & b &amp; &lt;", '"quoted"', "back\\slash \\n \\N \\G", "two\nlines\r\t", "{a|b}", "]]>",
    "<!-- c -->", "</title><script>alert(1)</script>", "<TABLE>", "%3 $x", "x" * 10_000, "😀 👩‍💻", "שלום العربية",
    "\u202egnp.exe", "\x00\x07\ud800\ufffe", "value 5", "", " ", "  a  b  ", "#n0", "n1:i0", "é e\u0301", "中文" * 40,
    'a xml:space="preserve" class="graph"',
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_comes_out_as_text(name):
    assert_harmless(name)


@given(st.text(st.characters(codec=None), max_size=60))
@example("\\")
@example("&#60;")
def test_any_text_at_all_comes_out_as_text(name):
    assert_harmless(name)


def assert_harmless(name: str) -> None:
    """The name stands in the picture, as its reader would write it, and changes nothing else."""
    x = tg.Value(3.0, name=name)
    drawing = tg.draw(x * 2.0)
    svg = drawing.svg()
    (node,) = groups(svg, "input")
    shown = clip(clean(name), LONGEST)
    assert lines(node) == [f"input {shown}".strip(), "value 3", "gradient not computed"]
    assert node.find(f"{SVG}g/{SVG}title").text == f"input {clean(name)}".strip() + ", value 3, gradient not computed"
    assert (len(groups(svg, "node")), len(groups(svg, "edge"))) == (3, 2)
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "title", "style", "polygon", "polyline", "path", "text", "tspan"}
    assert "\n" not in clip(clean(name), 40)
    drawing.text().encode()
    drawing.dot.encode()


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("x", "text"),
    [(2.0, "2"), (-0.5, "-0.5"), (0.1 + 0.2, "0.3"), (1234.5678, "1235"), (123456.0, "1.235e5"), (1e-7, "1e-7"),
     (float("inf"), "inf"), (float("nan"), "nan"), (-0.0, "0"), (1e300, "1e300")],
)  # fmt: skip
def test_numbers_are_rounded_to_four_digits(x, text):
    assert number(x) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [(np.zeros((0, 2)), "empty"), (np.full(3, np.nan), "3 not finite"), (np.ones(2), "all 1"),
     (np.array([True, False]), "0 … 1"), (np.array([np.inf, 1.0, 2.0]), "1 … 2, 1 not finite")],
)  # fmt: skip
def test_an_array_is_worded_by_its_range(x, text):
    assert numbers(x) == text


@given(st.text(), st.integers(3, 40))
def test_clipped_text_fits_and_short_text_is_untouched(text, columns):
    clipped = clip(text, columns)
    assert width(clipped) <= columns
    assert clipped == text or width(text) > columns


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("😀!", 3), ("", 0)])
def test_width_counts_columns_of_the_terminal(text, columns):
    assert width(text) == columns


def test_names_come_from_networks_dictionaries_lists_and_single_values():
    v = tg.Value(1.0)
    net = tg.nn.MLP(1, [1])
    assert [name for _, name in named(net)] == [name for name, _ in net.named_parameters()]
    assert list(named({"v": v, "n": 1})) == [(v, "v")]
    assert list(named([v, 1])) == [(v, "")]
    assert list(named(v)) == [(v, "")]
    assert list(named(None)) == []

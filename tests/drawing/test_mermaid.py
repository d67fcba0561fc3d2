"""Mermaid text and the page: any name is text in both, and both say what the picture says."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.writing.wording import LONGEST, clean, clip

NASTY = [
    "<b>bold</b>", "a & b &amp; &lt; #35; #quot;", '"quoted"', "back\\slash \\n", "two\nlines\r\t", "{a|b}", "end",
    "</title><script>alert(1)</script>", '"]; click n0 href "x"', "`**x**`", "%%{init}%%", "x" * 10_000, "😀 👩‍💻",
    "שלום", "--> n1", ":::result", "\u2028", "javascript:alert(1)",
]  # fmt: skip


def decoded(text: str) -> str:
    text = text.replace("\u2060", "")  # between a backslash and an n, which Mermaid would take for a new line
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), text)


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_comes_out_as_text_in_mermaid(name):
    assert_text(name)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_at_all_comes_out_as_text_in_mermaid(name):
    assert_text(name)


def assert_text(name: str) -> None:
    x = tg.Value(3.0, name=name)
    lines = tg.draw(x * 2.0).mermaid().splitlines()
    assert len(lines) == 6 + 9
    match = re.fullmatch(r'  n0\("([^"<>`\\{}|]*)<br/>value 3<br/>gradient not computed"\):::input', lines[1])
    assert decoded(match[1]) == " ".join(filter(None, ["input", clip(clean(name), LONGEST)]))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.links = set(), []

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "xlink:href") or name.startswith("on")]


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_comes_out_as_text_on_the_page(name):
    x = tg.Value(3.0, name=name)
    y = x * 2.0
    y.name = name
    page = tg.draw(y).html()
    tags = Tags()
    tags.feed(page)
    assert tags.found <= {
        "html", "head", "meta", "title", "style", "body", "h1", "bdi", "div", "svg", "g", "polygon", "polyline", "path",
        "text", "tspan", "details", "summary", "pre",
    }  # fmt: skip
    assert tags.links == []
    page.encode()


def test_a_page_needs_nothing_but_itself():
    page = tg.draw(tg.Value(2.0, "x") * 3.0).html()
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"'<> ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert tg.draw(tg.Value(2.0, "x") * 3.0).text().split("\n")[-1] in page


@pytest.mark.parametrize(
    ("name", "computed", "heading"),
    [("y", True, "How y was computed"), ("", True, "How the result was computed"), ("x", False, "x, an input"),
     ("", False, "An input"), ("<b>", True, "How <b> was computed")],
)  # fmt: skip
def test_the_heading_of_the_page_says_what_it_shows(name, computed, heading):
    x = tg.Value(2.0)
    y = x * 3.0 if computed else x
    y.name = name or None
    page = tg.draw(y).html()
    read = [unescape(re.search(f"<{tag}>(.*)</{tag}>", page)[1].replace("<bdi>", "").replace("</bdi>", ""))
            for tag in ("h1", "title")]  # fmt: skip
    assert read == [heading, heading]


def test_mermaid_has_an_arrow_with_its_label_and_look_for_every_edge():
    x = tg.Value(3.0, "x")
    drawing = tg.draw(x * x * -1.0, show="chain rule")
    lines = [line.strip() for line in drawing.mermaid().splitlines()]
    assert lines.count('n0 -->|"3 · (−1) = −3"| n1'.replace("(−1)", "(−1)")) == 2
    assert "linkStyle 0 stroke:#c64e00,stroke-width:4px" in lines

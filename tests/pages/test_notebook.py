"""A notebook, executed as a person would: what is the last thing in a cell shows itself."""

from __future__ import annotations

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat, nbclient and ipykernel run a notebook")
nbclient = pytest.importorskip("nbclient", reason="nbformat, nbclient and ipykernel run a notebook")
pytest.importorskip("ipykernel", reason="nbformat, nbclient and ipykernel run a notebook")

ROOT = Path(__file__).parents[2]
SETUP = """
import tinygrad_edu as tg
a, b = tg.Value(2.0, "a"), tg.Value(-3.0, "b")
y = tg.tanh(a * b + 5.0)
y.backward()
"""
SHOWN = [
    ("tg.draw(y)", "image/svg+xml", "<svg"),
    ("tg.film(y)", "text/html", "<iframe"),
    ("tg.explain(y, a)", "text/markdown", "∂y/∂a"),
    ("tg.formula(tg.tanh)", "text/markdown", "tanh"),
    ("tg.gradcheck(tg.tanh, 0.5)", "text/html", "PASS"),
    ("tg.lab.compare(y, 'overwrite')", "text/markdown", "overwrite"),
]


@pytest.fixture(scope="module")
def outputs():
    """What each cell put out, as a dictionary from MIME type to text."""
    cells = [SETUP, *(row[0] for row in SHOWN)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    here = {"metadata": {"path": str(ROOT)}}  # the checkout is what is tested
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=here).execute()
    return {cell.source: cell.outputs[-1].data for cell in notebook.cells[1:]}


@pytest.mark.parametrize(("cell", "kind", "text"), SHOWN, ids=[row[0] for row in SHOWN])
def test_the_last_thing_in_a_cell_shows_itself(outputs, cell, kind, text):
    assert text in outputs[cell][kind]

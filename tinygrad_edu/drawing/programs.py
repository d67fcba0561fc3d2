"""PNG and PDF, drawn by a program: `dot` on the PATH, or the pip package pygraphviz."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from .svg import RendererError

if TYPE_CHECKING:
    import graphviz

INSTALL = "sudo apt-get install graphviz (Debian, Ubuntu) · brew install graphviz (macOS) · winget install graphviz"


def drawn_by_program(digraph: graphviz.Digraph, suffix: str) -> bytes:
    """The bytes of a picture in the format of the suffix ('png', 'pdf'); RendererError where nothing can draw it."""
    if shutil.which("dot"):
        return digraph.pipe(format=suffix)
    try:
        import pygraphviz
    except ImportError:
        raise RendererError(
            f"{suffix.upper()} is drawn by the program `dot`, which is not on the PATH; install it: {INSTALL}"
        ) from None
    return pygraphviz.AGraph(string=digraph.source).draw(format=suffix, prog="dot")

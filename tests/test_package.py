"""What a person who installs the package gets: its name, its version, its command, its two lines in the README."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import tinygrad_edu as tg

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INSTALL = "python -m pip install . && tinygrad-edu demo"
TEST = 'python -m pip install ".[test]" && python -m pytest'


def test_the_tests_import_the_checkout_they_lie_in():
    assert Path(tg.__file__).parent == ROOT / "tinygrad_edu"


def test_the_version_is_said_once_in_pyproject_and_once_in_the_package():
    assert tg.__version__ == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_command_is_a_function_that_exists():
    module, function = PROJECT["scripts"]["tinygrad-edu"].split(":")
    assert callable(getattr(import_module(module), function))


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "tinygrad_edu" / "py.typed").exists()


@pytest.mark.parametrize("command", [INSTALL, TEST])
def test_the_readme_and_the_continuous_check_run_the_same_command(command):
    assert command in (ROOT / "README.md").read_text("utf-8")
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_extras_are_named_in_the_installing_page():
    page = (ROOT / "docs" / "installing.md").read_text("utf-8")
    assert [extra for extra in PROJECT["optional-dependencies"] if f"[{extra}]" not in page] == []


def test_every_dependency_states_the_oldest_version_that_works():
    wanted = [
        *PROJECT["dependencies"],
        *(line for group in PROJECT["optional-dependencies"].values() for line in group),
    ]
    assert [line for line in wanted if not re.match(r"[\w-]+(\[\w+\])?>=\d", line)] == []


def test_every_folder_of_the_package_can_be_imported():
    folders = {file.parent for file in (ROOT / "tinygrad_edu").rglob("*.py")}
    assert [folder.name for folder in folders if not (folder / "__init__.py").exists()] == []


def test_a_misspelt_name_is_told_the_nearest_one():
    program = [sys.executable, "-c", "import tinygrad_edu as tg; tg.gradchek"]
    told = subprocess.run(program, capture_output=True, text=True, cwd=ROOT).stderr
    assert told.rstrip().endswith("has no attribute 'gradchek'. Did you mean: 'gradcheck'?")

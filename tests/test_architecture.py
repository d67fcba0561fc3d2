"""The floor plan: which room may import from which, how light the door is, how long a file may be.

Imports are read with `ast`, so this also sees those inside functions; those under `if TYPE_CHECKING:` are for
readers and type checkers only and do not count.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import tinygrad_edu as tg

PACKAGE = Path(tg.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LEVELS = [  # a file imports from rooms above its own line, and from files of its own room
    {"errors", "doors"},
    {"ops", "data"},
    {"protocols"},
    {"engine"},
    {"calculus", "nn", "optim", "losses", "metrics"},
    {"writing", "saving"},
    {"checking", "doctor", "lab", "drawing", "compiler"},
    {"plot", "filming", "onnx"},
    {"training_film"},
    {"train"},
    {"cli"},
    {"__main__"},
]
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
NUMPY_ONLY = {"data"}
DOWNWARD = {("engine/value.py", "engine/sweep.py")}  # v.backward() starts a sweep, which knows what a Value is
DOORS = {"__init__.py"}  # a room's front door: it gathers names for the outside, nobody inside goes through it

MAX_LINES = 250
SHOWPIECE = ["ops/op.py", "ops/arithmetic.py", "engine", "calculus/grad.py"]
SHOWPIECE_LINES = 500

pytestmark = pytest.mark.skipif(not (PACKAGE.parent / "pyproject.toml").exists(), reason="reads the source checkout")


def name(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def room(file: Path) -> str:
    """'ops' for ops/op.py, 'errors' for errors.py."""
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def only_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def nodes(tree: ast.AST):
    """Everything that runs."""
    for node in ast.iter_child_nodes(tree):
        if only_for_type_checkers(node):
            continue
        yield node
        yield from nodes(node)


def imported_files(file: Path) -> list[Path]:
    """The files of this package that `file` imports, at the top or inside a function."""
    found = []
    for node in nodes(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            outside = node.level == 0 and (node.module or "").split(".")[0] != "tinygrad_edu"
            if outside:
                continue
            base = file.parents[node.level - 1] if node.level else PACKAGE.parent
            base = base.joinpath(*(node.module or "").split(".")) if node.module else base
            names = [
                alias.name for alias in node.names if alias.name != "__version__"
            ]  # that one lives in the front door
            found += [located(base / imported) or located(base) for imported in names]
        elif isinstance(node, ast.Import):
            ours = [alias.name for alias in node.names if alias.name.split(".")[0] == "tinygrad_edu"]
            found += [located(PACKAGE.parent.joinpath(*path.split("."))) for path in ours]
    return [path for path in found if path is not None and path != file]


def located(path: Path) -> Path | None:
    """The file that `import path` would run."""
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def outside_imports(file: Path) -> set[str]:
    """The top-level packages that a file imports as soon as it is imported itself."""
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names - set(sys.stdlib_module_names) - {"tinygrad_edu"}


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


# ── rooms ────────────────────────────────────────────────────────────────────────────────────────────────────────────
INSIDE = [file for file in FILES if file != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("file", INSIDE, ids=name)
def test_a_file_belongs_to_a_room_of_the_plan(file):
    assert room(file) in LEVEL or file.name == "__main__.py", f"{name(file)}: add its room to LEVELS"


@pytest.mark.parametrize("file", INSIDE, ids=name)
def test_a_file_imports_only_from_its_own_room_and_rooms_to_the_left(file):
    if file == PACKAGE / "__main__.py":
        return
    for other in imported_files(file):
        if other == PACKAGE / "__init__.py":
            continue  # reported by the next test
        same_room = room(other) == room(file)
        allowed = same_room or LEVEL[room(other)] < LEVEL[room(file)]
        assert allowed, f"{name(file)} imports {name(other)}: {room(other)} is not to the left of {room(file)}"
        assert same_room or room(file) not in NUMPY_ONLY or room(other) == "errors", f"{room(file)} needs only NumPy"


@pytest.mark.parametrize("file", [file for file in INSIDE if file.name not in DOORS], ids=name)
def test_a_file_imports_from_the_file_that_defines_a_name(file):
    for other in imported_files(file):
        assert other.name not in DOORS, f"{name(file)} imports through {name(other)}: name the defining file"


def test_no_two_files_import_each_other_however_indirectly():
    graph = {
        file: [other for other in imported_files(file) if (name(file), name(other)) not in DOWNWARD]
        for file in FILES
        if file.name not in DOORS
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(name(file) for file in error.args[1])) from None


# ── the door ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_importing_the_package_loads_nothing_but_numpy_and_the_standard_library():
    loaded = python(
        "import sys, numpy; before = set(sys.modules)\n"
        "import tinygrad_edu\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    assert set(loaded.split()) - set(sys.stdlib_module_names) == {"tinygrad_edu"}


@pytest.mark.parametrize("file", INSIDE, ids=name)
def test_at_the_top_of_a_file_nothing_heavier_than_numpy_is_imported(file):
    assert outside_imports(file) <= {"numpy"}, "import it inside the function that uses it"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_opens_with_its_idea_and_postpones_annotations(file):
    tree = ast.parse(file.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{name(file)} has no docstring that says its idea"
    if len(tree.body) > 1 and file.name not in DOORS:
        assert ast.unparse(tree.body[1]) == "from __future__ import annotations"


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_is_short_enough_to_be_read_in_one_sitting(file):
    lines = file.read_text("utf-8").splitlines()
    assert len(lines) <= MAX_LINES, f"{name(file)} has {len(lines)} lines: what are its two ideas?"


def test_all_of_autodiff_reads_in_under_five_hundred_lines():
    files = [file for file in FILES if any(name(file).startswith(part) for part in SHOWPIECE)]
    sizes = {name(file): sum(map(bool, map(str.strip, file.read_text("utf-8").splitlines()))) for file in files}
    assert len(sizes) >= 5
    assert sum(sizes.values()) < SHOWPIECE_LINES, sizes


# ── public names ─────────────────────────────────────────────────────────────────────────────────────────────────────
def example(public: str) -> str:
    """The text with the example of a public name: its docstring, or that of the file that defines it."""
    thing = getattr(tg, public)
    if ">>>" in (thing.__doc__ or ""):
        return thing.__doc__
    module = getattr(thing, "forward", thing).__module__ if not isinstance(thing, ModuleType) else thing.__name__
    text = sys.modules[module].__doc__ or ""
    return text if re.search(rf">>>.*\b{public}\(", text) else ""


def test_the_list_of_public_names_has_no_name_twice():
    assert len(tg.__all__) == len(set(tg.__all__))


@pytest.mark.parametrize("public", tg.__all__)
def test_a_public_name_exists_and_says_what_it_is_with_an_example(public):
    assert hasattr(tg, public)
    assert (getattr(tg, public).__doc__ or "").strip(), f"tg.{public} has no docstring"
    assert example(public), f"tg.{public} has no example"


def test_what_can_be_reached_and_is_no_module_is_listed():
    reachable = {name for name in vars(tg) if not name.startswith("_") and not isinstance(vars(tg)[name], ModuleType)}
    assert reachable - set(tg.__all__) - {"annotations"} == set()


def test_star_import_gives_exactly_the_public_names():
    names = python("space = {}; exec('from tinygrad_edu import *', space); print(*space)").split()
    assert set(names) - {"__builtins__"} == set(tg.__all__)


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def texts() -> list[Path]:
    """Every text file of the checkout that is not made by a tool."""
    top = PACKAGE.parent
    rooms = [top / part for part in ("tinygrad_edu", "examples", "tests", "docs", ".ci")]
    files = [file for path in rooms for file in path.rglob("*")]
    files += [top / part for part in ("README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore")]
    made = {"_build", "__pycache__", ".jupyter_cache", "jupyter_execute"}
    kinds = {".py", ".md", ".toml", ".css", ".html", ".txt", ".json", ".csv", ""}
    return sorted(file for file in files if file.is_file() and not made & set(file.parts) and file.suffix in kinds)


@pytest.mark.parametrize("file", texts(), ids=lambda file: file.relative_to(PACKAGE.parent).as_posix())
def test_no_file_names_a_place_on_somebodys_machine(file):
    places = ["/" + place + "/" for place in ("home", "root", "Users", "work", "tmp", "opt")]
    text = file.read_text("utf-8")
    assert not [place for place in places if re.search(rf"(?<![\w.]){place}", text)]

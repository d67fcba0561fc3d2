"""`tinygrad-edu examples`: list the example programs and run them.

Each is a file with `def main(out: Path)`, and its first line says what one will see.
"""

from __future__ import annotations

import argparse
import ast
import time
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from textwrap import wrap
from typing import Any

from ..errors import TinygradError, unknown_name
from .folder import list_files, writable
from .terminal import CommandError, complain

DESCRIPTION = """\
r1 to r5: networks that people build by hand to learn backpropagation, each with
gradients derived on paper and by Value, which are shown to be equal.
e1 to e7: what people train, from a line through points to a Transformer."""

EXAMPLES = """\
examples:
  tinygrad-edu examples                   what there is
  tinygrad-edu examples run r3            the beginning of a name is enough
  tinygrad-edu examples run r1 e5         several
  tinygrad-edu examples run all --out runs
"""


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = commands.add_parser("examples", help="list and run the example networks", description=DESCRIPTION,
                                 epilog=EXAMPLES)  # fmt: skip
    parser.add_argument("action", metavar="list | run", nargs="?", default="list", help="list is the default")
    parser.add_argument("names", metavar="NAME", nargs="*", help="which to run: names, parts of names, or 'all'")
    parser.add_argument("--out", metavar="DIR", default="tinygrad-edu-examples",
                        help="folder for the pictures (default: ./%(default)s)")  # fmt: skip
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """List the examples, or run those that were named, one after the other."""
    if arguments.action == "list" and not arguments.names:
        list_examples()
        return
    if arguments.action != "run":
        names = arguments.names if arguments.action == "list" else [arguments.action, *arguments.names]
        meant = f"run {' '.join(names)}" if all(matching(name) for name in names) else "run"
        arguments.parser.error(f"{' '.join(names)!r} is no action; did you mean {meant!r}?")
    chosen = pick(arguments.names)
    out = writable(arguments.out)
    failed = [path.stem for path in chosen if not run_one(path, out, optional="all" in arguments.names)]
    if failed:
        raise CommandError(f"failed: {', '.join(failed)}")


def list_examples() -> None:
    """Each name with what one will see."""
    found = available()
    for name, path in found.items():
        first, *more = wrap(first_line(path), 80 - 28)
        print("\n".join([f"  {name:<26}{first}", *(f"{'':28}{line}" for line in more)]))
    print(f"\nRun one with: tinygrad-edu examples run {next(iter(found)).split('_')[0]}")


def run_one(path: Path, out: Path, optional: bool = False) -> bool:
    """Run one example; False, after one line that says why, if it failed.

    optional   an example that needs a package which is not installed is left out, and that is no failure
    """
    print(f"== {path.stem} ".ljust(80, "="))
    before, start = stamps(out), time.perf_counter()
    try:
        with one_thread():
            load(path).main(out)
    except BrokenPipeError:
        raise
    except Exception as error:
        lacking = missing(error)
        left_out = "left out: " if lacking and optional else ""
        complain(f"{path.stem}: {left_out}{lacking or f'{type(error).__name__}: {error}'}")
        return bool(left_out)
    written = [file for file, stamp in stamps(out).items() if before.get(file) != stamp]
    print(f"\n{time.perf_counter() - start:.1f} s" + (f"; written to {out}:" if written else ""))
    list_files([(file, "") for file in written])
    print()
    return True


def one_thread() -> AbstractContextManager[Any]:
    """Inside, matrices are multiplied by one thread, if there is threadpoolctl, which comes with scikit-learn.

    These matrices are small: two threads on a busy machine wait for each other (training the autoencoder takes 23 s
    then, and 4 s with one).
    """
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-not-found, import-untyped]
    except ImportError:
        return nullcontext()
    return threadpool_limits(1)


def missing(error: Exception) -> str:
    """What an example lacks and how to get it, if it lacks the package of an extra; "" for any other error."""
    if isinstance(error, ImportError) and isinstance(error, TinygradError):
        return f"{error.what} {error.write}"
    if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] == "sklearn":
        return 'it needs scikit-learn, which is not installed. Run: python -m pip install "tinygrad-edu[digits]"'
    return ""


def stamps(folder: Path) -> dict[Path, int]:
    """The files of a folder and when each was written last."""
    return {file: file.stat().st_mtime_ns for file in sorted(folder.iterdir()) if file.is_file()}


def pick(names: list[str]) -> list[Path]:
    """The examples that are meant, each once; CommandError (code 2) for a name that is none."""
    found = available()
    if not names:
        raise CommandError(f"tinygrad-edu examples run: which one? {', '.join(found)}, or all", code=2)
    chosen = []
    for name in found if "all" in names else names:
        if not matching(name):
            error = unknown_name("example", name, found)
            raise CommandError(f"{error.what} {error.write if 'Did' in error.write else error.why}", code=2)
        chosen += matching(name)
    return list(dict.fromkeys(chosen))


def matching(name: str) -> list[Path]:
    """The example of that name, or those whose names contain it."""
    found = available()
    name = name.removesuffix(".py")
    return [found[name]] if name in found else [path for key, path in found.items() if name and name in key]


def available() -> dict[str, Path]:
    """The example programs by name: inside the installed package, or beside it in a checkout."""
    package = Path(str(files("tinygrad_edu")))
    for folder in (package / "examples", package.parent / "examples"):
        found = {path.stem: path for kind in "re" for path in sorted(folder.glob(f"{kind}[0-9]*.py"))}
        if found:
            return found
    raise CommandError("the example programs are not installed; reinstall with: python -m pip install tinygrad-edu")


def first_line(path: Path) -> str:
    """The first line of a program's docstring, without running it."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def load(path: Path) -> Any:
    """The program as a module; its functions are defined, nothing is run."""
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise CommandError(f"{path} cannot be loaded as a Python program")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""Where a command writes: refused before any work if it cannot be written, told at the end."""

from __future__ import annotations

import argparse
import errno
import tempfile
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from .terminal import CommandError


def writable(path: str | Path) -> Path:
    """The folder, made if it was not there; CommandError if nothing can be written into it."""
    folder = Path(path).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError:
        raise CommandError(f"cannot write to {folder}: it is a file; choose another folder with --out") from None
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot write to {folder}: {reason(error)}; choose another folder with --out") from None
    return folder


def file_name(*suffixes: str) -> Callable[[str], Path]:
    """A reader of file names, whose suffix decides the format, that says what is wrong with another one.

    >>> file_name(".svg", ".png")("graph.PNG").suffix
    '.PNG'
    """

    def read(text: str) -> Path:
        file = Path(text).expanduser()
        if file.suffix.lower() not in suffixes:
            wrong = f"{file.suffix} is no format here" if file.suffix else "the suffix decides the format"
            near = get_close_matches(file.suffix.lower(), suffixes, n=1) or suffixes
            right = file.with_suffix(near[0]) if file.name not in ("", "..") else f"graph{suffixes[0]}"
            raise argparse.ArgumentTypeError(
                f"{text!r}: {wrong}; did you mean {right}? There are {', '.join(suffixes)}"
            )
        return file

    return read


def writable_file(file: Path) -> Path:
    """The file, whose folder is made if it was not there; a file that was there will be replaced.

    raises   CommandError if it cannot be written
    """
    try:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            file.open("r+b").close()
        else:
            file.touch()
            file.unlink()
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot write {file}: {reason(error)}; choose another file with -o") from None
    return file


def reason(error: Exception) -> str:
    """Why the system has refused: 'permission denied'."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def list_files(files: list[tuple[Path, str]]) -> None:
    """Every file that was written, its size, and what it shows."""
    width = max((len(path.name) for path, _ in files), default=0)
    for path, shows in files:
        print(f"  {path.name:<{width}}  {size(path.stat().st_size):>7}  {shows}".rstrip())


def size(count: int) -> str:
    """Bytes, in the unit that people read.

    >>> size(512), size(40_000), size(2_500_000)
    ('512 B', '40 kB', '2.5 MB')
    """
    return f"{count} B" if count < 1000 else f"{count / 1e3:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"

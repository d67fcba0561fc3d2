"""The folder a command writes to: refused before any work if it cannot be written, listed at the end."""

from __future__ import annotations

import tempfile
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
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise CommandError(f"cannot write to {folder}: {reason}; choose another folder with --out") from None
    return folder


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

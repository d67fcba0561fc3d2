"""A file is written whole or not at all.

The new content goes into a file of another name in the same folder; when every byte of it is on the disk, one step of
the file system puts it in the place of the old one. Whenever the power fails, one of the two is there, complete.

    .model.npz.3f9c1a.part     is written, flushed, forced onto the disk
    model.npz                  becomes that file, in one step

A process that is killed leaves its .part behind. The next one that saves under the same name removes it: a .part whose
lock nobody holds belongs to nobody (where files can be locked).
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from .messages import FileAccessError, no_access, no_file

NEW = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def write_whole(path: str, write: Callable[[BinaryIO], Any]) -> None:
    """Let `write` fill a file that then takes the place of `path`; a link stays, and what it points to is replaced.

    raises   FileAccessError if the system refuses; the old file is then as it was, and no new one is left over
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            raise no_file(path)
        remove_leftovers(target)
        part, file = new_part(target)
        try:
            with file:
                if target.exists():
                    os.chmod(part, target.stat().st_mode & 0o777)
                write(file)
                file.flush()
                os.fsync(file.fileno())
                if os.name != "nt":  # where an open file cannot be renamed
                    os.replace(part, target)
            if os.name == "nt":
                os.replace(part, target)
        except BaseException:  # also when Ctrl+C is pressed
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        force_folder(target.parent)
    except FileAccessError:
        raise
    except OSError as error:
        raise no_access(path, error, writing=True) from None


def check_folder(path: str) -> None:
    """Raise now what `write_whole` would raise later, after hours perhaps: there is no such folder.

    raises   FileAccessError
    """
    if not Path(os.path.realpath(path)).parent.is_dir():
        raise no_access(path, FileNotFoundError(errno.ENOENT, "no such folder"), writing=True)


def new_part(target: Path) -> tuple[Path, BinaryIO]:
    """A new file beside the target, locked, with the rights that new files have."""
    while True:
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        file = os.fdopen(os.open(part, NEW, 0o666), "w+b")
        with contextlib.suppress(FileNotFoundError):
            if lock(file) is not False and os.path.samestat(os.stat(part), os.fstat(file.fileno())):
                return part, file
        file.close()  # somebody took it for a leftover before it was locked
        with contextlib.suppress(OSError):
            part.unlink()


def lock(file: Any) -> bool | None:
    """Whether nobody else held the lock of this file; it is ours until the file is closed or the process ends.

    returns   None where files cannot be locked
    """
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def remove_leftovers(target: Path) -> None:
    """Remove the parts of this file that processes left which are no more."""
    shape = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.part")
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(target.parent)):
            if shape.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError), open(entry.path, "rb") as file:
                    if lock(file):
                        os.unlink(entry.path)


def force_folder(folder: Path) -> None:
    """Force onto the disk that the name now means the new file, where a folder can be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

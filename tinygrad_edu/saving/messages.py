"""What can go wrong with a file, in three parts: what happened, why, what to write or do."""

from __future__ import annotations

import errno
from typing import Any

from ..errors import DataError, TinygradError

SUFFIXES = (".npz", ".safetensors")
INSTALL = 'Run: python -m pip install "tinygrad-edu[io]", or write a name that ends in .npz.'


class SavingError(TinygradError, ImportError):
    """A package that a kind of file needs is not installed."""


class FileContentError(TinygradError, ValueError):
    """A file whose content is damaged, foreign or dangerous. Nothing of it was used."""


class FileAccessError(TinygradError, OSError):
    """A file that the system does not let us read or write; `errno` tells programs which reason it gave."""


class NoSuchFileError(FileAccessError, FileNotFoundError):
    """A file, or the folder for one, that does not exist."""


class NotAllowedError(FileAccessError, PermissionError):
    """A file or folder that may not be read or written."""


def no_access(path: str, error: OSError, writing: bool) -> FileAccessError:
    """What the system said, and what was or was not changed."""
    missing, number = isinstance(error, FileNotFoundError), error.errno
    did = "written" if writing else "read"
    folder = {True: "there is no folder of that name", False: "there is no file of that name"}[writing]
    words = folder if missing else (error.strerror or str(error) or type(error).__name__)
    whole = "The new file was written beside it under another name; what was there before is untouched."
    write = "Check the path and the current folder."
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        write = "Make room on the disk, then save again."
    elif isinstance(error, PermissionError) or number == errno.EROFS:
        write = "Ask for the right to do so, or write another path."
    elif writing and missing:
        write = "Make the folder first: Path(path).parent.mkdir(parents=True)."
    kind = NoSuchFileError if missing else NotAllowedError if isinstance(error, PermissionError) else FileAccessError
    made = kind(f"{path} cannot be {did}: {words}.", whole if writing else "The system refused to open it.", write)
    made.errno = number
    return made


def no_file(path: str) -> FileAccessError:
    """For a folder, a pipe, a device."""
    return FileAccessError(
        f"{path} is no file.",
        "Folders hold files, pipes and devices may never end; only a file has a size that can be checked.",
        "Write the path of a file.",
    )


def no_path(path: Any) -> DataError:
    """For tg.save(model, path)."""
    return DataError(
        f"The path is a {type(path).__name__}.",
        "Where comes first, what comes second.",
        'Write tg.save("model.npz", model).',
    )


def other_suffix(path: str) -> DataError:
    """For model.pt, model.pkl, model."""
    if path.endswith((".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")):
        return DataError(
            f"{path} would be a pickle, which is neither read nor written here.",
            "Loading a pickle runs whatever program is written in it; these files hold nothing but numbers and text.",
            "In PyTorch, write safetensors.torch.save_file(model.state_dict(), 'model.safetensors').",
        )
    return DataError(
        f"{path} says no kind of file.",
        "The end of the name decides: .npz is NumPy's, .safetensors is what PyTorch's world exchanges.",
        'Write for example "model.npz".',
    )


def not_installed() -> SavingError:
    """For .safetensors without the package."""
    return SavingError("A .safetensors file needs the package safetensors.", "It is not installed.", INSTALL)


def damaged(path: str, what: str) -> FileContentError:
    """For everything that a file of ours would never contain."""
    return FileContentError(
        f"{path} cannot be loaded: {what}.",
        "Every part of a file is checked before anything is used; it is damaged, incomplete, or no file of this kind.",
        "Take another copy of the file; nothing was changed by this one.",
    )


def too_large(path: str, what: str) -> FileContentError:
    """For a file that claims, or would become, more than it holds."""
    return FileContentError(
        f"{path} cannot be loaded: {what}.",
        "A small file that claims to hold much would fill the memory; no more is read than the file can hold.",
        "If you trust it, write it anew without compression: np.savez(path, **np.load(old)).",
    )


def holds_objects(path: str, name: str) -> FileContentError:
    """For an array of Python objects, which is a pickle."""
    return FileContentError(
        f"{path} cannot be loaded: {name!r} holds Python objects, that is a pickle.",
        "Loading a pickle runs whatever program is written in it, so it is never loaded.",
        "Save arrays of numbers instead; text and lists go into extra={...}.",
    )


def not_in_it(path: str, kind: str, there: list[str]) -> FileContentError:
    """For tg.load(path, optimizer=o) of a file without one."""
    return FileContentError(
        f"{path} holds no {kind}.",
        f"It was saved with {', '.join(there) or 'nothing'}.",
        f"Leave {kind}=... out, or save it: tg.save(path, model, {kind}={kind}).",
    )


def newer(path: str, version: Any) -> FileContentError:
    """For a file of a later release."""
    return FileContentError(
        f"{path} has version {version!r} of the layout; this program reads version 1.",
        "A later release wrote it, and may mean something else by the same names.",
        "Run: python -m pip install --upgrade tinygrad-edu",
    )


def not_saved(where: str, what: str, why: str, write: str) -> DataError:
    """For something that no file of numbers and text can hold."""
    return DataError(f"{where} is {what}, so nothing was saved.", why, write)

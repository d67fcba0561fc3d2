"""Files of the kind .npz, as NumPy writes them: a zip with one .npy file for each array, and one with notes.

`np.load(path)` reads what is written here. What is read here was perhaps written by somebody who wishes us ill:
nothing is unpickled, no name becomes a path, and every size is compared with what is there before memory is taken.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from typing import Any, BinaryIO

import numpy as np

from .arrays import RESERVED, native, plain_dtype, wrong_name
from .messages import damaged, holds_objects, too_large

HEADER = 10_000  # bytes of the text in front of an array; ours have 120
RATIO, FREE = 100, 16 << 20  # how much larger than the file its content may be, and how much it may hold in any case
STEP = 1 << 20  # bytes read at a time
DAY_ONE = (1980, 1, 1, 0, 0, 0)  # so that the same content makes the same file
END, MANY = b"PK\5\6", 0xFFFF  # the last 22 bytes begin so; as a count: more than fit there
KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def write_npz(file: BinaryIO, arrays: dict[str, np.ndarray], notes: str) -> None:
    """Write arrays and notes, not compressed: trained weights are random digits, which do not get shorter."""
    content = dict(arrays)
    if notes:
        content[RESERVED] = np.frombuffer(notes.encode(), np.uint8)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in content.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy", DAY_ONE), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)  # type: ignore[arg-type]


def read_npz(path: str, file: BinaryIO, size: int) -> tuple[dict[str, np.ndarray], str]:
    """Arrays and notes of a file of this many bytes.

    raises   FileContentError; and whatever NumPy and zipfile raise when they do not understand a file
    """
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        check_count(path, file, size, len(entries))
        check_sizes(path, entries, size)
        arrays: dict[str, np.ndarray] = {}
        for entry in entries:
            name = entry.orig_filename.removesuffix(".npy")
            if name == entry.orig_filename or (name != RESERVED and wrong_name(name)):
                why = wrong_name(name) or "does not end in .npy"
                raise damaged(path, f"the name {name[:80]!r} in it {why}")
            if name in arrays:
                raise damaged(path, f"the name {name!r} is in it twice")
            arrays[name] = read_entry(path, archive, entry, name)
    notes = arrays.pop(RESERVED, None)
    if notes is None:
        return arrays, ""
    if notes.dtype != np.uint8 or notes.ndim != 1:
        raise damaged(path, "its notes are no text")
    return arrays, notes.tobytes().decode()


def check_count(path: str, file: BinaryIO, size: int, count: int) -> None:
    """Compare how many entries were found with what the end of the file says: a wrong length can swallow some."""
    file.seek(size - len(END) - 18)
    end = file.read()
    if end[:4] != END or int.from_bytes(end[10:12], "little") not in (count, MANY):
        raise damaged(path, f"{count} entries were found, and the end of the file does not confirm it")


def check_sizes(path: str, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Compare what the entries claim with the file: 10 kB can say that they are 10 GB."""
    for entry in entries:
        stored = entry.compress_type == zipfile.ZIP_STORED
        if entry.compress_type not in KINDS or entry.flag_bits & 1:
            raise damaged(
                path, f"{entry.orig_filename[:80]!r} is encrypted, or compressed in a way that NumPy never uses"
            )
        if stored and entry.file_size != entry.compress_size:
            raise damaged(path, f"{entry.orig_filename[:80]!r} has two different sizes")
    if sum(entry.compress_size for entry in entries) > size:
        raise too_large(path, f"its parts claim to be longer than the file, which has {size:,} bytes")
    claimed = sum(entry.file_size for entry in entries)
    if claimed > RATIO * size + FREE:
        raise too_large(path, f"its {size:,} bytes claim to hold {claimed:,}")


def read_entry(path: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> np.ndarray:
    """One array, after its header has been found to describe exactly the bytes that follow."""
    with archive.open(entry) as file:
        shape, columns_first, dtype = read_header(file)
        if dtype.hasobject:
            raise holds_objects(path, name)
        if not plain_dtype(dtype):
            raise damaged(path, f"{name!r} has dtype {str(dtype)[:80]}, not numbers of up to 8 bytes")
        there = entry.file_size - file.tell()
        needed = math.prod(shape) * dtype.itemsize
        if needed != there or any(length < 0 for length in shape):
            raise damaged(path, f"{name!r} claims shape {shape_text(shape)} of {dtype}, and has {there:,} bytes")
        raw = np.empty(there, np.uint8)
        fill(raw.data, file)
        if file.read(1):
            raise damaged(path, f"{name!r} is longer than it says")
    return native(raw.view(dtype).reshape(shape, order="F" if columns_first else "C"))


def read_header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and dtype that stand in front of an array."""
    version = np.lib.format.read_magic(file)
    readers: Any = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"the header of an array has version {version}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the Python that wrote it
        return readers[version](file, max_header_size=HEADER)


def fill(room: memoryview, file: Any) -> None:
    """Read until the room is full, in pieces."""
    done = 0
    while done < len(room):
        piece = file.read(min(STEP, len(room) - done))
        if not piece:
            raise ValueError("it ends in the middle of an array")
        room[done : done + len(piece)] = piece
        done += len(piece)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape, also one that was made to fill a page.

    >>> shape_text((2, 3)), shape_text((10**30,))
    ('(2, 3)', '(1000000000000000000000000000000,)')
    """
    text = str(shape)
    return text if len(text) <= 80 else f"{text[:80]}..."

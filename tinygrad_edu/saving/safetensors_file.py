"""Files of the kind .safetensors, which PyTorch's world exchanges: eight bytes, a header in JSON, then the numbers.

The header says for each name dtype, shape, and where its bytes are; under "__metadata__" it holds text, where our notes
are. The package `safetensors` writes and reads it. What it does not look at, names and the size of the header, is
looked at here first.

source   https://github.com/huggingface/safetensors, "Format"
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, BinaryIO

import numpy as np

from .arrays import DTYPES, RESERVED, native, wrong_name
from .messages import damaged, not_installed, not_saved, too_large

HEADER = 25_000_000  # bytes of a header; 100,000 names have 10,000,000
NOTES = "tinygrad_edu"  # the name of our text: a checksum, a space, the notes
OURS = re.compile(r'[0-9a-f]{8} \{"version":')


def package() -> Any:
    """The package, loaded when it is needed."""
    try:
        import safetensors.numpy
    except ImportError:
        raise not_installed() from None
    return safetensors


def write_safetensors(file: BinaryIO, arrays: dict[str, np.ndarray], notes: str) -> None:
    """Write arrays, notes, and the checksum that this kind of file does not have of its own."""
    if len(notes) > HEADER // 2:
        raise not_saved(
            "The text",
            f"{len(notes):,} letters long",
            f"The header of a .safetensors file holds it, and has at most {HEADER:,} bytes.",
            "Save long lists as arrays, np.array(losses), or write a .npz file.",
        )
    metadata = {NOTES: f"{checksum(notes, arrays)} {notes}"}  # one entry: the package writes several in any order
    file.write(package().numpy.save(arrays, metadata=metadata))


def read_safetensors(path: str, file: BinaryIO, size: int) -> tuple[dict[str, np.ndarray], str]:
    """Arrays and notes of a file of this many bytes.

    raises   FileContentError; and whatever the package raises when it does not understand a file
    """
    metadata = read_header(path, file, size)
    file.seek(0)
    arrays = {name: as_array(path, name, part) for name, part in package().deserialize(file.read(size))}
    ours = [x for name, x in metadata.items() if name == NOTES or OURS.match(x)]  # also when the name is damaged
    total, _, notes = ours[0].partition(" ") if ours else ("", "", "")
    if ours and (len(ours) > 1 or total != checksum(notes, arrays)):
        raise damaged(path, "its numbers are not those that were saved (the checksum differs)")
    return {name: native(array) for name, array in arrays.items()}, notes


def read_header(path: str, file: BinaryIO, size: int) -> dict[str, str]:
    """The text in the header, after the names in it have been looked at."""
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, HEADER):
        limit = "the file has" if length > size - 8 else "a header may have"
        raise too_large(path, f"its header claims {length:,} bytes, more than {limit} ({min(size - 8, HEADER):,})")
    header = json.loads(file.read(length).decode(), object_pairs_hook=lambda pairs: once(path, pairs))
    if not isinstance(header, dict):
        raise damaged(path, "its header is no list of names")
    metadata = header.pop(RESERVED, {})
    for name in header:
        if why := wrong_name(name):
            raise damaged(path, f"the name {name[:80]!r} in it {why}")
    if not isinstance(metadata, dict) or not all(isinstance(x, str) for x in metadata.values()):
        raise damaged(path, "its notes are no text")
    return metadata


def once(path: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict of these pairs, if no name is there twice: which of the two would be meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise damaged(path, f"the name {twice[:80]!r} is in it twice")
    return found


def as_array(path: str, name: str, part: dict[str, Any]) -> np.ndarray:
    """The bytes of one array as numbers; bfloat16, which NumPy does not have, as float32."""
    if part["dtype"] == "BF16":
        upper = np.frombuffer(part["data"], "<u2").astype("<u4")
        return (upper << 16).view("<f4").reshape(part["shape"])
    if part["dtype"] not in DTYPES:
        raise damaged(path, f"{name!r} has dtype {part['dtype']}, which NumPy does not have")
    return np.frombuffer(part["data"], DTYPES[part["dtype"]]).reshape(part["shape"])


def checksum(notes: str, arrays: dict[str, np.ndarray]) -> str:
    """A number that differs when a bit of names, shapes or numbers does.

    >>> checksum("", {"w": np.zeros(3)}) == checksum("", {"w": np.zeros((3, 1))})
    False
    """
    total = zlib.crc32(notes.encode())
    for name, array in sorted(arrays.items()):
        total = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), total)
        total = zlib.crc32(bytes_of(array), total)
    return f"{total:08x}"


def bytes_of(array: np.ndarray) -> Any:
    """The bytes of an array without a copy, as they stand in the file."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data if array.size else b""

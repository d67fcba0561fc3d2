"""Which arrays and which names a file may hold: plain numbers under plain names, the same for every kind of file.

>>> checked_array("w", np.array([1, 2], ">i4")).dtype.str
'<i4'
>>> wrong_name("../w")
"has '..' in it"
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .messages import not_saved

DTYPES = {  # safetensors' names for what both kinds of file can hold
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
KNOWN = {np.dtype(code) for code in DTYPES.values()}
RESERVED = "__metadata__"
LONGEST = 1000  # letters of a name


def plain_dtype(dtype: np.dtype) -> bool:
    """Whether these are numbers that every kind of file has, in either byte order.

    >>> plain_dtype(np.dtype(">f4")), plain_dtype(np.dtype(object)), plain_dtype(np.dtype("f8,f8"))
    (True, False, False)
    """
    return dtype.kind in "fiub" and dtype.newbyteorder("<") in KNOWN


def checked_array(where: str, x: Any) -> np.ndarray:
    """x as an array in the order and with the bytes that go into a file: rows first, least byte first.

    raises   DataError for what is no array of numbers
    """
    array = np.asarray(x)
    if isinstance(x, np.ma.MaskedArray):
        raise not_saved(
            where,
            "a masked array",
            "A file would keep the numbers and forget the mask.",
            "Write x.filled(0.0), and save x.mask beside it.",
        )
    if not plain_dtype(array.dtype):
        raise not_saved(
            where,
            f"an array of dtype {array.dtype}",
            "Files hold float64, float32, float16, whole numbers of up to 8 bytes, and bool.",
            "Write x.astype(np.float64), or save text in extra={...}.",
        )
    return np.array(array, array.dtype.newbyteorder("<"), order="C", copy=None)


def native(array: np.ndarray) -> np.ndarray:
    """The same numbers in this machine's byte order, in memory of their own."""
    same = array.dtype.isnative and array.flags.writeable
    return array if same else array.astype(array.dtype.newbyteorder("="))


def wrong_name(name: Any) -> str:
    """What is wrong with a name; "" if nothing.

    A name is never used as a path, but other programs unpack files, and trust them.
    """
    if not isinstance(name, str):
        return f"is a {type(name).__name__}"
    if not name or len(name) > LONGEST:
        return "is empty" if not name else f"has {len(name)} letters"
    if name == RESERVED:
        return "is reserved for notes"
    if name.startswith("/") or name[1:2] == ":":
        return "is an absolute path"
    if ".." in name.split("/"):
        return "has '..' in it"
    return "" if name.isprintable() and "\\" not in name else "has a letter that no name has"

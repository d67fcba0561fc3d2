"""What is in a file, in parts; and the notes that say which array belongs to which part.

>>> arrays, notes = to_file(Saved({"w": np.ones(2)}, extra={"epoch": 3}))
>>> notes
'{"version":1,"extra":{"epoch":3}}'
>>> from_file("a.npz", arrays, notes)
Saved(model={'w': (2,)}, extra={'epoch': 3})

Arrays that the notes do not speak of are the model's, so a file without notes, from PyTorch or np.savez, is a model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .messages import damaged, newer
from .trees import pack, unpack

VERSION = 1
PARTS = ("optimizer", "schedule", "extra")


@dataclass(frozen=True, eq=False)
class Saved:
    """What `tg.load` found in a file.

    model               its arrays by name, as in state_dict()
    optimizer, schedule, extra   what was saved under these names; None if nothing was
    missing_keys        names of the model that was given which the file does not have (with strict=False)
    unexpected_keys     names of the file that the model does not have
    """

    model: dict[str, np.ndarray] = field(default_factory=dict)
    optimizer: Any = None
    schedule: Any = None
    extra: Any = None
    missing_keys: tuple[str, ...] = ()
    unexpected_keys: tuple[str, ...] = ()

    def __repr__(self) -> str:
        parts = [f"model={ {name: x.shape for name, x in self.model.items()} }"] if self.model else []
        parts += [f"{name}={getattr(self, name)!r}" for name in PARTS if getattr(self, name) is not None]
        parts += [f"{name}={list(x)}" for name in ("missing_keys", "unexpected_keys") if (x := getattr(self, name))]
        return f"Saved({', '.join(parts)})"


def to_file(saved: Saved) -> tuple[dict[str, np.ndarray], str]:
    """All arrays under different names, and the notes as JSON."""
    arrays = dict(saved.model)
    notes: dict[str, Any] = {"version": VERSION}
    for name in PARTS:
        if (part := getattr(saved, name)) is not None:
            notes[name] = pack(part, name, arrays)
    return arrays, json.dumps(notes, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_file(path: str, arrays: dict[str, np.ndarray], notes: str) -> Saved:
    """The parts of a file.

    raises   FileContentError, ValueError, RecursionError for notes that nobody would write
    """
    if not notes:
        return Saved(arrays)
    read = json.loads(notes, parse_constant=no_number, parse_float=finite)
    if not isinstance(read, dict) or type(read.get("version")) is not int:
        raise damaged(path, "its notes are none of ours")
    if read["version"] != VERSION:
        raise newer(path, read["version"])
    if strange := set(read) - {"version", *PARTS}:
        raise damaged(path, f"its notes speak of {sorted(strange)[0][:80]!r}")
    parts = {name: unpack(read[name], arrays) for name in PARTS if name in read}
    return Saved(arrays, **parts)


def no_number(word: str) -> Any:
    """NaN and Infinity are no JSON, and we write them in another way."""
    raise ValueError(f"its notes contain {word}")


def finite(digits: str) -> float:
    """A number that is one: 1e999 is none.

    >>> finite("1.5")
    1.5
    """
    x = float(digits)
    if x in (float("inf"), float("-inf")):
        raise ValueError(f"its notes contain the number {digits[:20]}")
    return x

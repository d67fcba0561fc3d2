"""What the user calls things, read off his program while it runs: `h = tanh(x)` makes a line called h.

Python has no word for "the variable this will be stored in", but it knows where in the program it is, and the next
instruction there says `STORE_FAST h`. It is looked up once per place, so that 30,000 operations cost 10 ms more.

>>> from tinygrad_edu.compiler.recording.program import record
>>> import tinygrad_edu as tg
>>> def f(x):
...     h = tg.tanh(x)
...     return h * h
>>> record(f, (1.0,)).lines[0].name
'h'
"""

from __future__ import annotations

import dis
import os
import sys
from types import CodeType, FrameType
from typing import Any

from ...protocols.places import here, users

MOST = 64  # looks at the arguments of one function of the user's
STORES = {dis.opmap[name] for name in dis.opmap if name.startswith("STORE_FAST")}
CODES = {name: dis.opmap.get(name, -1) for name in (
    "CACHE", "COPY", "DUP_TOP", "EXTENDED_ARG", "STORE_DEREF", "STORE_NAME", "STORE_GLOBAL", "STORE_FAST",
    "RETURN_VALUE", "LIST_APPEND", "JUMP_FORWARD")}  # fmt: skip
RETURNED = "return"  # a word that is no variable's: the caller says what becomes of it
DIRECT = (("ops", "op.py"), ("recording", "line.py"), ("protocols", "array.py"), ("recording", "book.py"))
WRITERS = tuple(os.path.join(*path) for path in DIRECT)


class Listener:
    """Gives every line the name and the place that it has in the user's program.

    latest    the last line that got a name, and where: of several that one step wrote, the last is its result
    found     arguments by the names that functions further down have for them; None for what has several
    """

    def __init__(self) -> None:
        self.latest: tuple[Any, Any] = (None, None)
        self.found: dict[str, Any] = {}
        self.looked: dict[CodeType, list[int]] = {}
        self.outside = id(nearest(sys._getframe(1))[0])  # whoever asked for the program is not part of it

    def __call__(self, line: Any, frame: FrameType | None) -> None:
        """Note where the line was written, and what it is called there.

        frame    of whoever wrote it; the user's is the nearest one that is not of this package
        """
        frame, inner = nearest(frame)
        if frame is None or id(frame) == self.outside:
            return
        line.place = here(frame)
        self.look(frame)
        name = stored(frame.f_code, frame.f_lasti)
        while name is RETURNED:
            frame = frame.f_back
            if frame is None or id(frame) == self.outside or not users(frame.f_code.co_filename):
                return
            name = stored(frame.f_code, frame.f_lasti)
        if name is None:
            return
        point = id(frame), frame.f_lasti
        at, last = self.latest
        if at == point and last.name == name and (not direct(inner) or any(x is last for x in line.inputs)):
            last.name = None
        line.name = name
        self.latest = point, line

    def look(self, frame: FrameType) -> None:
        """Names for arguments of the program from the parameters of the user's function that is at work."""
        code = frame.f_code
        looks = self.looked.get(code)
        if looks is None:
            looks = self.looked[code] = [frame.f_lasti, 0]
        if frame.f_lasti != looks[0] or looks[1] >= MOST:
            return
        looks[1] += 1
        for name in (*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], *unpacked(code)):
            x = frame.f_locals.get(name)
            if hasattr(x, "book"):
                self.hear(name, x)

    def hear(self, name: str, x: Any) -> None:
        """A parameter with this name holds this line: if the line is p[0], it has a name from now on."""
        while x.op is not None and x.op.name == "identity":
            x = x.inputs[0]
            if type(x) is float:
                return
        if type(x.origin) is not int:
            return
        known = self.found.setdefault(name, (x, x.name))
        if known is not None and known[0] is not x:  # a function that is called for many of them
            known[0].name, self.found[name] = known[1], None
        elif known is not None and x.name is not None and not x.name.isidentifier():
            x.name = name


def nearest(frame: FrameType | None) -> tuple[FrameType | None, FrameType | None]:
    """The nearest frame of the user's, and the one of this package that he called."""
    inner = None
    while frame is not None and not users(frame.f_code.co_filename):
        inner, frame = frame, frame.f_back
    return frame, inner


def direct(inner: FrameType | None) -> bool:
    """Whether the user's line calls the operation itself, not a function of ours that does more than one.

    inner    what he called; None if that was the operator that asked for the note
    """
    return inner is None or inner.f_code.co_filename.endswith(WRITERS)


# ── what Python's instructions say ───────────────────────────────────────────────────────────────────────────────────
known: dict[tuple[CodeType, int], str | None] = {}
texts: dict[CodeType, bytes] = {}


def stored(code: CodeType, step: int) -> str | None:
    """The variable that the result of this step goes to; RETURNED; or None if it is used on the spot.

    >>> code = compile("y = f(x)", "", "exec")
    >>> [stored(code, i.offset) for i in dis.get_instructions(code) if i.opname.startswith("CALL")][-1]
    'y'
    """
    key = code, step
    if key not in known:
        if len(known) > 100_000:
            known.clear()
            texts.clear()
        known[key] = follows(code, step)
    return known[key]


def follows(code: CodeType, step: int) -> str | None:
    """The same, looked up."""
    text = texts.get(code) or texts.setdefault(code, code.co_code)
    large, k = 0, step
    while (k := k + 2) < len(text):
        word, number = text[k], text[k + 1] | large
        large = 0
        if word == CODES["EXTENDED_ARG"]:
            large = number << 8
        elif word in STORES:
            number = number if word == CODES["STORE_FAST"] else number >> 4  # two instructions in one
            return code.co_varnames[number] if number < len(code.co_varnames) else None
        elif word in (CODES["STORE_NAME"], CODES["STORE_GLOBAL"]):
            return code.co_names[number]
        elif word == CODES["STORE_DEREF"]:
            cells = (*code.co_cellvars, *code.co_freevars)
            if "CACHE" in dis.opmap:  # since 3.11 local variables are counted first
                cells = (
                    *code.co_varnames,
                    *(c for c in code.co_cellvars if c not in code.co_varnames),
                    *code.co_freevars,
                )
            return cells[number] if number < len(cells) else None
        elif word == CODES["JUMP_FORWARD"]:  # `a if ... else b` is stored behind b
            k += 2 * number
        elif word == CODES["RETURN_VALUE"]:
            return RETURNED
        elif word == CODES["LIST_APPEND"]:
            return RETURNED if code.co_name == "<listcomp>" else listed(code, k)
        elif word not in (CODES["CACHE"], CODES["COPY"], CODES["DUP_TOP"]):
            return None
    return None


def listed(code: CodeType, step: int) -> str | None:
    """The variable of `h = [... for x in xs]`, since 3.12 a loop of the function itself; step: where it appends."""
    steps = [i for i in dis.get_instructions(code) if i.offset > step and i.opname not in ("CACHE", "POP_TOP")]
    ends = [k for k, i in enumerate(steps) if i.opname == "END_FOR"]
    after = steps[ends[0] + 1 :] if ends else []
    if after and after[0].opname.startswith("STORE_"):
        name = after[0].argval
        return name[0] if isinstance(name, tuple) else name
    rest = [i.opname for i in after if not i.opname.startswith(("SWAP", "STORE_"))]  # the loop's variables as before
    return RETURNED if rest[:1] == ["RETURN_VALUE"] and after[0].opname == "SWAP" else None


def unpacked(code: CodeType) -> list[str]:
    """The variables of `w, b = p`, which are not those of a loop.

    >>> def f(p):
    ...     w, b = p
    ...     for x, y in []: pass
    >>> unpacked(f.__code__)
    ['w', 'b']
    """
    if code not in unpackings:
        found: list[str] = []
        left, before = 0, ""
        for step in dis.get_instructions(code) if len(code.co_code) < 20_000 else ():
            if step.opname == "UNPACK_SEQUENCE":
                left = 0 if before == "FOR_ITER" else step.arg or 0
            elif left and step.opname.startswith("STORE_FAST"):
                names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
                found += names
                left -= len(names)
            elif step.opname not in ("CACHE", "EXTENDED_ARG"):
                left = 0
            before = step.opname if step.opname != "CACHE" else before
        unpackings[code] = found
    return unpackings[code]


unpackings: dict[CodeType, list[str]] = {}

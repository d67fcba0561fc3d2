"""`tg.compile(f)`: the same function, written down once as straight-line code and run from then on.

>>> import tinygrad_edu as tg
>>> slope = compile(tg.grad(lambda x: x**3))
>>> slope(2.0), slope(3.0)
(12.0, 27.0)
>>> slope.cache_info()
CacheInfo(misses=1, maxsize=128, currsize=1)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from threading import RLock, get_ident
from types import MethodType
from typing import Any, NamedTuple

from ..calculus.containers import flatten
from ..calculus.derivatives import jvp
from ..calculus.grad import vjp
from ..protocols.modes import watchers
from .built import Built
from .parameters import Parameters
from .recording import messages
from .recording.program import Program, Recorder
from .recording.signature import as_number, key_of, leaves, mapped

MOST = 128  # programs that are kept for one function
ALIKE = 8  # of them for the same shapes, because something around the function has changed
BACKENDS = ("auto", "python", "native")


class CacheInfo(NamedTuple):
    """How many programs were written, how many are kept at most, and how many are kept now."""

    misses: int
    maxsize: int
    currsize: int


class Compiled:
    """A function that has been compiled for every structure and every shapes of arguments it was called with.

    program   what was written last: its lines        source   the same as Python to read, which stands on its own
    running_source   what really runs                 llvm, c  the program in LLVM's language and in C
    """

    def __new__(cls, *_: Any, **__: Any) -> Compiled:
        # a class of its own for each function, so that a call goes straight to the program (70 of 1,160 ns less)
        own = type(cls.__name__, (cls,), {"__module__": cls.__module__, "__doc__": cls.__doc__})
        return object.__new__(own)

    def __init__(
        self,
        f: Callable[..., Any],
        backend: str = "auto",
        static: str | int | Iterable[str | int] = (),
        optimize: bool = False,
    ):
        functools.update_wrapper(self, f)
        self.f, self.backend, self.optimize = f, messages.checked_backend(backend, BACKENDS), optimize
        self.parameters = Parameters(f, static)
        self.built: dict[Any, list[Built]] = {}
        self.order: list[Built] = []  # oldest first
        self.misses = 0
        self.derivatives: dict[str, Compiled] = {}
        self.lock = RLock()
        type(self).__call__ = staticmethod(self.find)  # type: ignore[method-assign]

    def __call__(self, *args: Any, **settings: Any) -> Any: ...  # what f returns, as plain numbers and arrays

    # ── the slow way: where no program fits at once ──────────────────────────────────────────────────────────────────
    def find(self, *args: Any, **settings: Any) -> Any:
        """The result, from the program for arguments like these; it is written first, if there is none."""
        try:
            values = self.parameters.values(args, settings)
        except TypeError:
            return self.f(*args, **settings)  # cannot be called like this: Python says it best
        return self.run(values)

    def run(self, values: list[Any], failed: Built | None = None) -> Any:
        """The result for one value per parameter; `failed` is the program whose text could not do it."""
        found = leaves(values)
        if any(hasattr(x, "apply_op") for x in found) or recording():
            return self.parameters.called(self.f, values)  # somebody records: f itself has more to tell
        values = self.parameters.with_static(values)
        plain = mapped(as_number, values)
        changed = any(x is not y for x, y in zip(leaves(values), leaves(plain)))
        built = self.built_for(plain, failed)
        own = built.with_own_settings(plain)
        changed |= built.refreshed() or any(x is not y for x, y in zip(leaves(plain), leaves(own)))
        if (built is failed and not changed) or not built.fits():  # f itself changes what is around it
            return built.carefully(own)
        type(self).__call__ = staticmethod(built.function)  # type: ignore[method-assign]
        return self.parameters.called(built.function, own)

    def built_for(self, values: list[Any], failed: Built | None = None) -> Built:
        """The program for arguments like these: the one that was tried, if it is as right as any."""
        key = key_of(values)
        with self.lock:
            alike = self.built.get(key, [])
            first = [failed] if failed in alike else []
            found = next((built for built in (*first, *alike) if built.fits()), None)
        return found or self.keep(key, Built(self, values))  # written without the lock: f may call anything

    def keep(self, key: Any, built: Built) -> Built:
        """Keep a new program, and forget the oldest if there are too many."""
        with self.lock:
            self.misses += 1
            alike = self.built.setdefault(key, [])
            alike.append(built)
            self.order.append(built)
            built.key = key
            oldest = alike[0] if len(alike) > ALIKE else self.order[0] if len(self.order) > MOST else None
            if oldest is not None:
                self.order.remove(oldest)
                self.built[oldest.key].remove(oldest)
                oldest.forget()
        return built

    def cache_info(self) -> CacheInfo:
        """How many programs there are. Calls that found theirs are not counted: counting would cost them time."""
        return CacheInfo(self.misses, MOST, len(self.order))

    def cache_clear(self) -> None:
        """Forget all programs: the next call writes a new one."""
        with self.lock:
            self.built, self.order = {}, []
            type(self).__call__ = staticmethod(self.find)  # type: ignore[method-assign]

    # ── what there is to read ────────────────────────────────────────────────────────────────────────────────────────
    @property
    def latest(self) -> Built:
        """The program that was written last."""
        if not self.order:
            raise messages.nothing_yet(self.parameters.title(self.f))
        return self.order[-1]

    @property
    def program(self) -> Program:
        """The lines of the program that was written last."""
        return self.latest.program

    @property
    def source(self) -> str:
        """The program as Python that runs on its own, to be read."""
        return self.latest.source

    @property
    def running_source(self) -> str:
        """The text that runs."""
        return self.latest.text

    @property
    def llvm(self) -> str:
        """The program in LLVM's language."""
        return str(self.latest.machine.llvm)

    @property
    def c(self) -> str:
        """The program in C."""
        return str(self.latest.machine.c)

    # ── for pictures, explanations and checks, which stand beside this room and ask for these by name ────────────────
    def first_result(self) -> Any:
        """The first of the results as a Value that remembers how the latest program computed it, with its numbers."""
        return flatten(self.latest.recorded())[0][0]

    def pulled(self, xs: tuple[Any, ...], g: Any) -> tuple[Any, ...]:
        """What `pull(g)` of tg.vjp(f, *xs) returns, compiled in the same way."""
        return self.beside("vjp", lambda xs, g: vjp(self.f, *xs)[1](g))(xs, g)

    def pushed(self, xs: tuple[Any, ...], dxs: tuple[Any, ...]) -> Any:
        """The derivative of f in the direction dxs, compiled in the same way."""
        return self.beside("jvp", lambda xs, dxs: jvp(self.f, xs, dxs)[1])(xs, dxs)

    def again(self, f: Callable[..., Any]) -> Compiled:
        """Another function, compiled in the same way."""
        return Compiled(f, self.backend, optimize=self.optimize)

    def beside(self, what: str, f: Callable[..., Any]) -> Compiled:
        """A derivative of f, compiled when it is asked for."""
        made: Compiled = self.derivatives.setdefault(what, self.again(f))
        return made

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else MethodType(self, owner)  # a method is given its object

    def __reduce__(self) -> Any:
        raise messages.not_pickled(self.parameters.title(self.f))

    def __repr__(self) -> str:
        count = len(self.order)
        return f"<compiled {self.parameters.title(self.f)}, {count} program{'s' * (count != 1)}>"


def recording() -> bool:
    """Whether a program is being written in this thread."""
    return any(isinstance(watcher, Recorder) for watcher in watchers.get(get_ident(), ()))


def compile(
    f: Callable[..., Any] | None = None,
    backend: str = "auto",
    *,
    static: str | int | Iterable[str | int] = (),
    batch: int | tuple[int, ...] | None = None,
    over: str | None = None,
    loop: int | tuple[int, ...] | None = None,
    optimize: bool = False,
) -> Any:
    """The same function, much faster: recorded once for each structure and shapes of its arguments, and then run.

    f         a function of numbers, arrays and nested containers of them, whose derivatives may be taken inside; a
              model, a method, a function that `tg.grad` returned. Everything else among its arguments is a setting
    backend   "python", "native" (machine code, with `pip install "tinygrad-edu[native]"`), or "auto", the faster
    static    names or positions of arguments that are settings though they are numbers: sizes, numbers of steps
    batch     which arguments get a new first axis of n rows; f is written for one of them
    over      with batch: "sum" or "mean" of every result over the rows, which are added up as they come
    loop      f is `step(state, *rest)`: which arguments it is called with row by row, one after the other
    optimize  True: better machine code, which takes long to make
    returns   a function of the same arguments; its results are plain numbers and arrays. Without f, a decorator
    raises    CompileError where f does something no program can repeat: a branch on a value, float(v), x[mask]

    Values that f uses (parameters) and arrays that it names are read at every call. With Values among the arguments
    it is f itself.

    >>> @compile
    ... def step(w, x, y):
    ...     return w - 0.1 * (2.0 * (w * x - y) * x)
    >>> step(1.0, 2.0, 3.0)
    1.4
    """
    if f is None:
        return lambda f: compile(f, backend, static=static, batch=batch, over=over, loop=loop, optimize=optimize)
    if not callable(f):
        raise messages.no_function(f)
    f = f.f if isinstance(f, Compiled) else f
    one = Compiled(f, backend, static, optimize)
    if batch is None and loop is None:
        return one
    from .native.loops import Looped, Mapped

    one.backend = "python"  # where there is no machine code for all rows together
    native = {"auto": None, "python": False, "native": True}[backend]
    if batch is not None:
        return Mapped(f, batch, one, native, over, optimize=optimize)
    return Looped(f, loop, one, native, optimize=optimize)  # type: ignore[arg-type]

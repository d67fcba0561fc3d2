"""`film_training(model, x, y)`: record a training loop of your own, and save it as a page to look at.

>>> from tinygrad_edu.losses.mse import mse
>>> from tinygrad_edu.nn import MLP
>>> from tinygrad_edu.optim import SGD
>>> x, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])
>>> net = MLP(2, [4, 1], hidden="tanh", output="sigmoid")
>>> optimizer, film = SGD(net.parameters(), lr=1.0), film_training(net, x, y)
>>> for _ in range(20):
...     loss = mse(net(x)[:, 0], y)
...     optimizer.zero_grad()
...     loss.backward()
...     film.frame(loss=loss)  # here weights, gradients and loss are of the same moment
...     optimizer.step()
>>> film
<film of 20 steps, 20 of them kept; .save('training.html')>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, UnknownNameError
from ..nn.module import Module
from ..plot import plane
from .frames import Reel


@dataclass(frozen=True)
class Moment:
    """One step as it was: its number, what was written down, and the parameters' data and gradients."""

    step: float
    numbers: dict[str, float]
    data: list[Any]
    gradients: list[Any]


def film_training(
    model: Module,
    x: Any = None,
    y: Any = None,
    *,
    title: str = "",
    names: tuple[str, ...] = (),
    boundary: float | None = None,
    extent: plane.Extent | None = None,
    frames: int = 80,
    unit: str = "step",
    classes: Sequence[str] = (),
    answer: str = "",
) -> TrainingFilm:
    """A film of the model's training; call its `.frame(loss=...)` in the loop and `.save("training.html")` after it.

    model      a Module; the network is drawn for an MLP and a Sequential of Linear layers and functions, up to 24
               neurons of each layer; of other modules the page shows boundary and curves, and says so
    x, y       the points (n, 2) and their classes, for the decision boundary; with other inputs the page has none
    names      of the inputs, ("height", "weight"); x₁ and x₂ if not given
    boundary   where the model changes its mind, as in `plot.function`: halfway between the classes if None
    extent     (left, right, bottom, top) of the plane; the points' range if None
    frames     how many moments are kept at most, evenly spread; about 3 to 8 kB each for a small network
    unit       what is counted: "step", "epoch"
    classes    the names of the classes 0, 1, 2, …
    answer     what the model's number is called: "price"; more than twelve different y are such numbers, and no classes
    raises     DataError for what is no Module, ShapeError for points that do not fit their classes

    >>> from tinygrad_edu.nn import MLP
    >>> film = film_training(MLP(2, [4, 1]), [[0, 0], [1, 1]], [0, 1], title="Two points")
    >>> film.frame(loss=0.5)
    >>> film.html().startswith("<!DOCTYPE html>")
    True
    """
    if not isinstance(model, Module) or not model.parameters():
        raise DataError(
            f"film_training({type(model).__name__}) has no parameters to film.",
            "The film shows how parameters change, and finds them in a module.",
            "Pass the network, film_training(net, x, y); your own class becomes one as a subclass of tg.nn.Module.",
        )
    if isinstance(frames, bool) or not isinstance(frames, int) or frames < 2:
        raise DataError(
            f"frames={frames!r} makes no film.",
            "It is the number of moments that are kept; the first and the last are two of them.",
            "Write frames=80, or any whole number from 2.",
        )
    film = TrainingFilm(model, x, y, title, tuple(map(str, names)), boundary, extent, frames, unit)
    film.classes, film.answer = [*map(str, classes)], answer
    return film


class TrainingFilm:
    """Moments of a training run; `.frame` records one, `.save` writes the page."""

    def __init__(self, model: Any, x: Any, y: Any, title: str, names: Any, boundary: Any, extent: Any, frames: int,
                 unit: str):  # fmt: skip
        self.model, self.title, self.names, self.unit = model, title or "Training", names, unit
        self.points: tuple[np.ndarray, np.ndarray] | None = None
        self.boundary, self.extent = boundary, extent
        if x is not None and np.ndim(getattr(x, "_held", x)) == 2 and np.shape(getattr(x, "_held", x))[1] == 2:
            self.points = plane.points(x, np.zeros(len(x)) if y is None else y)
            self.extent = extent or plane.frame(self.points[0])
        self.parameters = model.parameters()
        self.reel = Reel(frames)
        self.written: list[tuple[float, dict[str, float]]] = []
        self.classes: list[str] = []
        self.answer = ""

    def __len__(self) -> int:
        return len(self.reel.kept())

    def __repr__(self) -> str:
        return f"<film of {self.reel.count:,} {self.unit}s, {len(self)} of them kept; .save('training.html')>"

    def frame(self, step: float | None = None, **numbers: Any) -> None:
        """Record this moment: the parameters, their gradients as they are, and the numbers given by name.

        step      what it is called; counted from 1 if None
        numbers   loss=loss, accuracy=0.9, …: each becomes a curve; Values too
        raises    DataError for what is no number

        Call it between `loss.backward()` and `optimizer.step()`: then weights, gradients and loss belong together.
        """
        at = float(self.reel.count + 1 if step is None else step)
        found = {name: one_number(name, value) for name, value in numbers.items()}
        data = [kept(p._held) for p in self.parameters]
        gradients = [None if p._grad is None else kept(p._grad) for p in self.parameters]
        self.written.append((at, found))
        self.reel.add(Moment(at, found, data, gradients))

    def html(self) -> str:
        """The page: one file that needs nothing else and asks the network for nothing.

        raises   DataError before the first frame
        """
        from .page import to_html

        if not self.reel.count:
            raise DataError(
                "This film has no frames.",
                "It shows what was recorded during training, and nothing was.",
                "Call film.frame(loss=loss) in the training loop, between loss.backward() and optimizer.step().",
            )
        return to_html(self)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the page and return its path; the name ends in .html."""
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise UnknownNameError(
                f"A training film is not saved as {path.suffix or path.name!r}.",
                "It is a page that moves, and answers when it is asked.",
                f"Write film.save({str(path.with_suffix('.html').name)!r}); pictures are made by tg.plot.",
            )
        path.write_text(self.html(), encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        """For notebooks: the page in a frame of its own."""
        page = escape(self.html(), quote=True)
        return f'<iframe srcdoc="{page}" sandbox="allow-scripts" style="width:100%;height:820px;border:0"></iframe>'


def kept(x: Any) -> Any:
    """A number as it is, an array as a copy."""
    return x if type(x) is float else x.copy()


def one_number(name: str, value: Any) -> float:
    """What was written down, as a float."""
    value = getattr(value, "_held", value)
    if np.ndim(value) or not isinstance(value, (int, float, np.generic, np.ndarray)):
        raise DataError(
            f"film.frame({name}=…) was given {f'an array {np.shape(value)}' if np.ndim(value) else repr(value)[:40]}.",
            "Each name becomes a curve, which has one number per moment.",
            f"Write film.frame({name}=number), for example the mean of it.",
        )
    return float(value)

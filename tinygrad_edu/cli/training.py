"""One run of `tinygrad-edu train`: what it says before, the rows while it learns, the verdict, and its files."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import NonFiniteError
from ..optim.lbfgs import LBFGS
from ..plot.function import function as plot_function
from ..plot.history import history as plot_history
from ..train.film import Film
from ..train.fit import fit
from ..train.history import History
from ..train.progress import watched
from ..writing.wording import clip
from .learned import FILE, Learned
from .rows import Rows, name
from .samples import Samples


class Training:
    """A network, the samples that it learns from, and those that are held out.

    layers     sizes of all layers
    chosen     activation, loss, optimizer, lr, epochs, batch_size
    streams    generators of the split, the weights, and the order
    """

    def __init__(self, samples: Samples, layers: list[int], chosen: argparse.Namespace, streams: Any):
        self.samples, self.chosen, self.order = samples, chosen, streams[2]
        self.first, self.held = samples.split(streams[0])
        self.learned = Learned.untrained(samples.name, samples.inputs, samples.target, samples.classes, layers,
                                         chosen.activation, streams[1])  # fmt: skip
        if samples.scaled:
            self.learned.shift, self.learned.scale = location(samples.x[self.first])
        if samples.classes is None:
            middle, unit = location(samples.y[self.first, None])
            self.learned.middle, self.learned.unit = float(middle[0]), float(unit[0])
        self.history = History()
        self.film = Film(
            title=f"{samples.name}: {self.arrows()}", names=self.axes(), boundary=self.boundary(),
            classes=samples.classes or (), answer="" if samples.classes else f"{samples.target} (scaled)",
        )  # fmt: skip

    def arrows(self) -> str:
        """'2 → 8 → 1'."""
        return " → ".join(map(str, self.learned.sizes))

    def axes(self) -> tuple[str, ...]:
        """What the film calls the inputs, which it sees as the network does."""
        return tuple(f"{name} (scaled)" for name in self.samples.inputs) if self.samples.scaled else ()

    def boundary(self) -> float | None:
        """Where the single output changes its mind."""
        return 0.0 if self.learned.sizes[-1] == 1 else None  # a logit; or a number, whose mean is 0 to the network

    def data(self) -> str:
        """What is learned, in a sentence or two."""
        samples, classes = self.samples, self.samples.classes
        width = len(samples.inputs)
        kinds = ""
        if classes is not None:
            shown = f"{', '.join(classes[:6])}{', …' * (len(classes) > 6)}"
            kinds = f", one of {len(classes)} classes ({shown})"
        hint = " With --loss mse it would be learned as a number." if samples.guessed else ""
        return (
            f"{samples.name}: {len(samples.y):,} samples, {width} input{'s' * (width != 1)} → {samples.target}{kinds}; "
            f"{len(self.held):,} of them are held out.{hint}"
        )

    def network(self) -> str:
        """The network and how it is trained."""
        chosen, count = self.chosen, sum(p.size for p in self.learned.model.parameters())
        hidden = f", {chosen.activation}" if len(self.learned.sizes) > 2 else ""
        return (
            f"Network {self.arrows()}{hidden}, {count:,} parameters; {chosen.loss}, {chosen.optimizer}, "
            f"learning rate {chosen.lr:g}."
        )

    def train(self) -> None:
        """Train, with a bar on a terminal and a table of some epochs; the table comes live where there is no bar."""
        chosen, classes = self.chosen, self.samples.classes
        x, y = self.learned.scaled(self.samples.x), self.targets()
        optimizer, rate = chosen.optimizer, chosen.lr
        if optimizer == "lbfgs":
            optimizer, rate = LBFGS(self.learned.model.parameters(), rate, line_search_fn="strong_wolfe"), None
        rows = Rows(chosen.epochs, classes is not None, live=not watched())
        rows.say(rows.head())
        try:
            self.history = fit(
                self.learned.model, (x[self.first], y[self.first]), chosen.loss, optimizer, chosen.epochs,
                lr=rate, batch_size=chosen.batch_size, validation=(x[self.held], y[self.held]),
                metrics="accuracy" if classes is not None else (), callbacks=[self.film, rows], rng=self.order,
            )  # fmt: skip
        except NonFiniteError as error:
            rows.finish()
            write = f"Write a smaller learning rate: --lr {chosen.lr / 10:g}."
            raise NonFiniteError(error.what, error.why, write) from None
        rows.finish()

    def targets(self) -> np.ndarray:
        """The targets as the loss wants them."""
        y = self.samples.y
        if self.samples.classes is None:
            return ((y - self.learned.middle) / self.learned.unit)[:, None]
        return y[:, None].astype(float) if self.learned.sizes[-1] == 1 else y.astype(np.int64)

    def verdict(self) -> str:
        """What it knows about samples that it has never seen, and what one would know without learning."""
        x, y = self.samples.x[self.held], self.samples.y[self.held]
        seen = self.samples.y[self.first]
        if self.samples.classes is None:
            error, blind = np.abs(self.learned.numbers(x) - y).mean(), np.abs(seen.mean() - y).mean()
            return f"Held out: mean error {error:.3g}; always answering the mean: {blind:.3g}."
        right = self.right()
        most = float((y == np.bincount(seen).argmax()).mean())
        return f"Held out: {right} of {len(y)} right, {right / len(y):.1%}; always the most frequent class: {most:.1%}."

    def right(self) -> int:
        """How many of the samples that are held out it puts into the right class."""
        said = self.learned.probabilities(self.samples.x[self.held]).argmax(axis=1)
        return int((said == self.samples.y[self.held]).sum())

    def advice(self) -> str:
        """When training went astray, or has only memorised; "" if all is well."""
        if not self.history.epochs or (self.samples.classes is not None and self.right() == len(self.held)):
            return ""
        losses, learned = self.history["validation_loss"], self.history["loss"]
        guessing = 1.0 if self.samples.classes is None else math.log(len(self.samples.classes))  # or about that
        if not losses[-1] < 10.0 * guessing:
            return (
                f"The loss is {losses[-1] / guessing:.3g} times that of guessing: each step goes too far; "
                f"try --lr {self.chosen.lr / 10:g}."
            )
        best = int(losses.argmin())
        if not (losses[best] <= 0.8 * losses[-1] and learned[-1] < learned[best]):
            return ""
        return (
            f"The held-out loss was lowest in epoch {best + 1}: {losses[best]:.4g}. What came later was learned by "
            f"heart; try --epochs {best + 1}, or fewer neurons."
        )

    def write(self, out: Path, film: bool) -> list[tuple[Path, str]]:
        """All files, the network first; each with what it shows."""
        self.learned.save(out / FILE)
        files = [(out / FILE, "the network")]
        for old in ("boundary.png", "loss.png", "training.html"):  # of another network, perhaps
            (out / old).unlink(missing_ok=True)
        if len(self.samples.inputs) == 2:
            self.picture().savefig(out / "boundary.png")
            files.append((out / "boundary.png", "what it says about the plane"))
        if self.history.epochs:
            curves = {name(column): self.history[column].tolist() for column in ("loss", "validation_loss")}
            plot_history(curves, title=label(f"{self.samples.name}: loss"), xlabel="epoch").savefig(out / "loss.png")
            files.append((out / "loss.png", "the loss of every epoch"))
            if film:
                self.film.film.save(out / "training.html")
                files.append((out / "training.html", "film: the network while it learns"))
        return files

    def picture(self) -> Any:
        """What the network says about the plane: the probability of the second of two classes, the winner, a number."""
        ask: Any = self.learned.numbers if self.samples.classes is None else self.learned.probabilities
        two = self.samples.classes is not None and len(self.samples.classes) == 2
        answer = (lambda p: ask(p)[:, 1]) if two else ask
        title = label(f"{self.samples.name}: {self.arrows()}")
        figure = plot_function(
            answer, self.samples.x, self.samples.y, title=title, boundary=0.5 if two else self.learned.middle,
            names=self.samples.classes, quantity=self.samples.classes is None,
        )  # fmt: skip
        if self.samples.inputs != ["x1", "x2"]:
            across, up = map(label, self.samples.inputs)
            figure.axes[0].set(xlabel=across, ylabel=up)
        if self.samples.classes is None or two:
            target, classes = self.samples.target, self.samples.classes
            said = f"probability of {target} {classes[1]}" if classes else target
            figure.axes[-1].set_ylabel(label(said))
        return figure


def label(text: str) -> str:
    """A text for a picture, not longer than its side: matplotlib would take what stands between two $ for a formula.

    >>> print(label("US$"))
    US\\$
    """
    return clip(text, 44).replace("$", r"\$")


def location(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column; 1 where all rows are alike: that column says nothing.

    >>> location(np.array([[1.0, 5.0], [3.0, 5.0]]))
    (array([2., 5.]), array([1., 1.]))
    """
    alike = (x == x[0]).all(axis=0)
    return np.where(alike, x[0], x.mean(axis=0)), np.where(alike, 1.0, x.std(axis=0))

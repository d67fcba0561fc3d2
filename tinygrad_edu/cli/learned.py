"""A trained network with everything that its numbers need to mean something: which inputs, how scaled, which classes.

>>> from tempfile import TemporaryDirectory
>>> network = Learned.untrained("moons", ["x1", "x2"], "class", ["0", "1"], [2, 4, 1], "tanh", rng=0)
>>> with TemporaryDirectory() as folder:
...     network.save(Path(folder, FILE))
...     again = Learned.load(Path(folder, FILE))
>>> bool((again.probabilities([[0.5, -0.3]]) == network.probabilities([[0.5, -0.3]])).all())
True
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..nn.activations import TABLE, activation
from ..nn.linear import Linear
from ..nn.sequential import Sequential
from ..ops.activations import sigmoid
from ..ops.softmax import softmax
from ..protocols.modes import no_grad
from ..saving.load import load
from ..saving.messages import FileContentError
from ..saving.save import save

FILE = "model.npz"
VERSION = 1


@dataclass
class Learned:
    """A network of linear layers with the same activation between them.

    data, inputs, target   what it was trained on, and what the columns are called
    classes                what the classes are called; None if it answers with a number
    sizes                  of the layers, inputs first; two classes need one output, or two
    shift, scale           of the inputs: the network sees (x - shift) / scale
    middle, unit           of a number that it answers with: output · unit + middle
    """

    data: str
    inputs: list[str]
    target: str
    classes: list[str] | None
    sizes: list[int]
    activation: str
    model: Sequential
    shift: np.ndarray = field(repr=False)
    scale: np.ndarray = field(repr=False)
    middle: float = 0.0
    unit: float = 1.0

    @classmethod
    def untrained(
        cls, data: str, inputs: list[str], target: str, classes: list[str] | None, sizes: list[int], activation: str,
        rng: Any = None,
    ) -> Learned:  # fmt: skip
        """A network with random weights, for inputs as they are."""
        width = len(inputs)
        model = network(sizes, activation, np.random.default_rng(rng))
        return cls(data, inputs, target, classes, sizes, activation, model, np.zeros(width), np.ones(width))

    def scaled(self, x: Any) -> np.ndarray:
        """The inputs as the network sees them."""
        with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite is refused by those who ask
            return (np.asarray(x, float) - self.shift) / self.scale

    def outputs(self, x: Any) -> np.ndarray:
        """What the network says about each row of x (n, inputs): scores (n, outputs)."""
        with no_grad(), np.errstate(all="ignore"):
            found = self.model(self.scaled(x))
        return np.asarray(getattr(found, "data", found))

    def numbers(self, x: Any) -> np.ndarray:
        """The number that is answered for each row, in the units of the target."""
        return self.outputs(x)[:, 0] * self.unit + self.middle

    def probabilities(self, x: Any) -> np.ndarray:
        """The probability of each class for each row, (n, classes)."""
        z = self.outputs(x)
        return np.hstack([sigmoid(-z), sigmoid(z)]) if z.shape[1] == 1 else np.asarray(softmax(z, axis=1))

    def save(self, path: Path) -> None:
        """Write everything to a file: weights as arrays, the rest as JSON."""
        notes = {
            "made by": "tinygrad-edu train", "version": VERSION, "data": self.data, "inputs": self.inputs,
            "target": self.target, "classes": self.classes, "sizes": self.sizes, "activation": self.activation,
            "shift": self.shift.tolist(), "scale": self.scale.tolist(), "middle": self.middle, "unit": self.unit,
        }  # fmt: skip
        save(path, self.model, extra=notes)

    @classmethod
    def load(cls, path: Path) -> Learned:
        """The network in a file.

        raises   FileContentError for a file that is damaged, or was not written by `save`; nothing is built before
                 all of it has been compared with what the file holds
        """
        saved = load(path)
        notes = saved.extra
        if not isinstance(notes, dict) or notes.get("made by") != "tinygrad-edu train":
            raise foreign(path)
        if notes.get("version") != VERSION:
            raise contradictory(path, f"its version is {notes.get('version')!r}, and this program reads {VERSION}")
        if wrong := mistake(notes) or misfit(notes["sizes"], saved.model):
            raise contradictory(path, wrong)
        model = network(notes["sizes"], notes["activation"], np.random.default_rng(0))
        load(path, model)
        told = {name: notes[name] for name in ("data", "inputs", "target", "classes", "sizes", "activation")}
        for name in ("shift", "scale"):
            told[name] = np.array(notes[name], float)
        return cls(**told, model=model, middle=float(notes["middle"]), unit=float(notes["unit"]))


def network(sizes: list[int], hidden: str, rng: np.random.Generator) -> Sequential:
    """Linear layers with an activation between them; PyTorch's names and starting values.

    >>> network([2, 8, 1], "tanh", np.random.default_rng(0))
    Sequential(Linear(2, 8), tanh, Linear(8, 1))
    """
    parts: list[Any] = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        parts += [Linear(inputs, outputs, rng=rng), activation(hidden)]
    return Sequential(*parts[:-1])


def mistake(notes: dict[str, Any]) -> str:
    """What is wrong in the notes of a file; "" if they are as `save` writes them."""
    inputs: Any
    inputs, classes, sizes = notes.get("inputs"), notes.get("classes"), notes.get("sizes")
    if not (texts(inputs) and texts([notes.get("data"), notes.get("target")])):
        return "it does not say what its inputs are"
    if not (isinstance(sizes, list) and len(sizes) >= 2 and all(type(n) is int and n > 0 for n in sizes)):
        return "the sizes of its layers are none"
    if classes is not None and not (texts(classes) and len(classes) >= 2):
        return "its classes are none"
    answers = {1} if classes is None else {len(classes), *([1] if len(classes) == 2 else [])}
    if sizes[0] != len(inputs) or sizes[-1] not in answers:
        return f"layers of sizes {sizes} do not fit {len(inputs)} inputs and {max(answers)} answers"
    if notes.get("activation") not in TABLE:
        return f"there is no activation {notes.get('activation')!r}"
    shift, scale = notes.get("shift"), notes.get("scale")
    if not all(isinstance(x, list) and len(x) == len(inputs) and all(map(finite, x)) for x in (shift, scale)):
        return "it does not say how its inputs are scaled"
    if not (all(x > 0 for x in scale or []) and finite(notes.get("middle")) and finite(notes.get("unit"))):
        return "its scales are none"
    return ""


def misfit(sizes: list[int], arrays: dict[str, np.ndarray]) -> str:
    """Whether the arrays of a file are not those of these layers: then nothing is built, however large it would be."""
    wanted: dict[str, tuple[int, ...]] = {}
    for k, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        wanted |= {f"{2 * k}.weight": (outputs, inputs), f"{2 * k}.bias": (outputs,)}
    if {name: x.shape for name, x in arrays.items()} != wanted:
        return f"its arrays are not those of layers of sizes {sizes}"
    if not all(x.dtype.kind == "f" and np.isfinite(x).all() for x in arrays.values()):
        return "some of its weights are no numbers"
    return ""


def texts(x: Any) -> bool:
    """Whether it is a list of text, not empty, that can be printed."""
    return isinstance(x, list) and bool(x) and all(isinstance(text, str) and text.isprintable() for text in x)


def finite(x: Any) -> bool:
    """Whether it is a finite number."""
    return (type(x) is float and bool(np.isfinite(x))) or (type(x) is int and abs(x) < 1 << 53)


def foreign(path: Path) -> FileContentError:
    """For a file of arrays that somebody else wrote."""
    return FileContentError(
        f"{path} holds no network that tinygrad-edu train wrote.",
        "Weights alone do not say how the inputs were scaled, or what the answers mean.",
        "Read it in Python, with tg.load; or train one: tinygrad-edu train moons",
    )


def contradictory(path: Path, what: str) -> FileContentError:
    """For a file that was changed after it had been written."""
    return FileContentError(
        f"{path} cannot be used: {what}.", "It was damaged or changed, and would give wrong answers.",
        "Train the network again, or take another copy of the file.",
    )  # fmt: skip

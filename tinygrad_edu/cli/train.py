"""`tinygrad-edu train`: a network for a data set or a table; what it learned as file, pictures and film."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import unknown_name
from ..nn.activations import TABLE as ACTIVATIONS
from .arguments import whole_number
from .assignments import InputError
from .caret import quoted
from .folder import writable
from .samples import LEAST, OF_CLASSES, OF_NUMBERS, OWN, SETS, Samples, from_table, known, named

if TYPE_CHECKING:
    from .learned import Learned

DESCRIPTION = f"""\
Train a network on a data set
({", ".join(SETS)}),
or on a table of your own: a text file with one sample per line. A fifth of the
samples is held out, to see what was learned. Writes the network, which
tinygrad-edu predict asks, the boundary between the classes, the curves of the
loss, and a film of the training. Ctrl-C ends it early and keeps what it knows."""

EXAMPLES = """\
examples:
  tinygrad-edu train spirals --layers 8 8 --activation tanh --epochs 300
  tinygrad-edu train blobs --noise 2 --seed 3 -o clouds
  tinygrad-edu train adding --optimizer sgd --lr 0.1 --no-film
  tinygrad-edu train people.csv --target sex --epochs 50

Of a table the target is the last column, unless --target names another one;
names, and up to ten different whole numbers, are classes, unless --loss is mse,
mae or huber. The columns are brought to mean 0 and standard deviation 1.
"""


RATES = {  # which solve every set here; with adam's usual 0.001 that takes ten times as many epochs
    "sgd": 0.5, "adagrad": 0.2, "rmsprop": 0.01, "adam": 0.02, "adamw": 0.02, "lion": 0.01, "lbfgs": 1.0,
}  # fmt: skip


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = commands.add_parser("train", help="train a network on a data set or a table", description=DESCRIPTION,
                                 epilog=EXAMPLES)  # fmt: skip
    add = parser.add_argument
    add("data", metavar="DATA", nargs="?", help="the name of a data set, or the path of a table")
    add("--target", metavar="COLUMN", help="of a table: the name of the column to learn, or its number from 1")
    add("--layers", metavar="N", nargs="*", help="neurons of each hidden layer; no number: none")
    add("--activation", metavar="NAME", default="tanh", help=f"after each: {', '.join(ACTIVATIONS)} (default: tanh)")
    add("--loss", metavar="NAME", help=f"{', '.join((*OF_CLASSES, *OF_NUMBERS))} (default: what suits the target)")
    add("--optimizer", metavar="NAME", default="adam",
        help="sgd, adagrad, rmsprop, adam, adamw, lion, lbfgs (default: adam)")  # fmt: skip
    rates = ", ".join(f"{name} {rate:g}" for name, rate in RATES.items())
    add("--lr", metavar="RATE", type=positive, help=f"learning rate (default: {rates})")
    add("--epochs", metavar="N", type=whole_number(at_least=1), help="how often to go through all samples")
    add("--batch-size", metavar="N", type=whole_number(at_least=1),
        help="samples of a step (default: 32; lbfgs takes all)")  # fmt: skip
    add("--samples", metavar="N", type=whole_number(at_least=LEAST), help="how many a data set has")
    add("--noise", metavar="S", type=amount, help="standard deviation of what is added to its points")
    add("--seed", metavar="N", type=whole_number(at_least=0), default=0,
        help="of the samples, the weights and the order (default: 0)")  # fmt: skip
    add("--no-film", action="store_true", help="write no film")
    add("-o", "--out", metavar="FOLDER", help="where to write (default: ./tinygrad-edu-train/DATA)")
    parser.set_defaults(run=run, parser=parser)


def amount(text: str) -> float:
    """A number from 0 on."""
    try:
        x = float(text)
    except ValueError:
        x = -1.0
    if not 0 <= x < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 0")
    return x


def positive(text: str) -> float:
    """A number above 0."""
    try:
        x = amount(text)
    except argparse.ArgumentTypeError:
        x = 0.0
    if x == 0.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return x


def run(arguments: argparse.Namespace) -> int:
    """Check everything, train, write; 130 if the training was interrupted, after all was written."""
    checked(arguments)
    streams = [np.random.default_rng([arguments.seed, k]) for k in range(4)]  # samples, split, weights, order
    samples = samples_of(arguments, streams[0])
    layers = sizes_of(arguments, samples)
    out = writable(arguments.out or Path("tinygrad-edu-train", samples.name))

    from .training import Training  # matplotlib and all of it: only when there is something to do

    training = Training(samples, layers, arguments, streams[1:])
    print("\n".join(wrap(training.data(), 76) + wrap(training.network(), 76)), end="\n\n")  # in ASCII, → is longer
    training.train()
    print("", training.verdict(), *wrap(training.advice(), 80), "", sep="\n", flush=True)
    files = training.write(out, film=not arguments.no_film)
    print(f"Wrote to {out}:")
    width = max(len(path.name) for path, _ in files)
    for path, shows in files:
        print(f"  {path.name:<{width}}  {shows}")
    print(f"Ask it: tinygrad-edu predict {shlex.quote(str(out))} {question(training.learned, samples)}")
    return 130 if training.history.stopped.startswith("interrupted") else 0


def checked(arguments: argparse.Namespace) -> None:
    """Raise for words that mean nothing, before anything is read."""
    from ..train.choosing import OPTIMIZERS

    layers = None if arguments.layers is None else [size_of(word) for word in arguments.layers]
    if arguments.data is None:
        raise InputError(
            "There is nothing to train on.", "A data set, or a table, comes first; then come the options.",
            "Write tinygrad-edu train moons, or tinygrad-edu train people.csv --target sex.",
        )  # fmt: skip
    arguments.layers = layers
    if arguments.lr is None:
        arguments.lr = RATES.get(arguments.optimizer)
    if arguments.optimizer == "lbfgs" and arguments.batch_size is not None:
        raise InputError(
            f"--batch-size {arguments.batch_size} means nothing for lbfgs.",
            "It compares slopes from step to step, and those of different samples differ for another reason.",
            "Leave --batch-size out: it takes all samples at once.",
        )
    arguments.batch_size = arguments.batch_size or (None if arguments.optimizer == "lbfgs" else 32)
    for kind, name, names in (
        ("activation", arguments.activation, ACTIVATIONS),
        ("optimizer", arguments.optimizer, OPTIMIZERS),
        ("loss", arguments.loss or "mse", (*OF_CLASSES, *OF_NUMBERS)),
    ):
        if name not in names:
            raise InputError(*unknown_name(kind, name, names).args)


def samples_of(arguments: argparse.Namespace, rng: np.random.Generator) -> Samples:
    """The samples that are meant.

    raises   InputError for options that do not belong to them
    """
    about = known(arguments.data)
    arguments.layers = about.layers if arguments.layers is None else arguments.layers
    arguments.epochs = arguments.epochs or about.epochs
    own = about is OWN
    for option, given, has in (
        ("--target", arguments.target, own), ("--samples", arguments.samples, about.count is not None),
        ("--noise", arguments.noise, about.noise is not None),
    ):  # fmt: skip
        if given is not None and not has:
            raise InputError(
                f"{option} means nothing for {quoted(arguments.data)}.",
                "A data set has no columns to choose from." if option == "--target"
                else "It is used as it is." if about.count is None else "Its samples are exact.",
                f"Leave {option} out.",
            )  # fmt: skip
    if own:
        return from_table(arguments.data, arguments.target, arguments.loss)
    count = arguments.samples or about.count
    return named(arguments.data, count, about.noise if arguments.noise is None else arguments.noise, rng)


def size_of(word: str) -> int:
    """The size of a hidden layer."""
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= 10_000:
        return int(word)
    raise InputError(
        f"--layers {quoted(word)}: that is no number of neurons.",
        "Each hidden layer has a whole number of neurons, from 1 to 10,000."
        if word not in SETS else "Everything behind --layers is a size, up to the next option.",
        "Write --layers 8 8" + (f" behind the data set: tinygrad-edu train {word} --layers 8 8." if word in SETS
                                else ", or --layers alone for none."),
    )  # fmt: skip


def sizes_of(arguments: argparse.Namespace, samples: Samples) -> list[int]:
    """The sizes of all layers; with the loss, which is chosen here if it was not.

    raises   InputError for a loss that does not measure such targets
    """
    count = 1 if samples.classes is None else len(samples.classes)
    usual = "mse" if samples.classes is None else OF_CLASSES[count == 2]
    arguments.loss = arguments.loss or usual
    fits = (OF_NUMBERS if count == 1 else OF_CLASSES) if count <= 2 else OF_CLASSES[:1]
    if arguments.loss not in fits:
        answers = "numbers" if count == 1 else f"{count} classes"
        raise InputError(
            f"--loss {arguments.loss} does not measure the answers of {quoted(samples.name)}, which are {answers}.",
            "Numbers have distances; classes have probabilities, and with a single output there are two of them.",
            f"Write --loss {usual}, or leave it out.",
        )  # fmt: skip
    outputs = count if arguments.loss == "cross_entropy" else 1
    return [samples.x.shape[1], *arguments.layers, outputs]


def question(learned: Learned, samples: Samples) -> str:
    """What one could ask: a sample of few inputs is written out, with digits enough to be that sample."""
    if len(learned.inputs) > 4:
        return "--csv FILE"
    pairs = zip(samples.x[len(samples.x) // 2], samples.x.std(axis=0))
    return " ".join(
        next(text for text in (f"{x:.3g}", f"{x:.17g}") if abs(float(text) - x) <= s / 100) for x, s in pairs
    )

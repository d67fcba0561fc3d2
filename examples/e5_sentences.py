"""You will see two networks learn to write sentences letter by letter, until 9 of 10 they invent are grammatical.

A small grammar makes 500 sentences. A recurrent network (GRU) and a Transformer read them through a window of 40
letters and learn which letter comes next. Nobody tells them what a word is. How surprised they are by new sentences
is measured in bits, beside what the grammar itself leaves open: less surprised nobody can be.
"""

from __future__ import annotations

import sys
from itertools import product
from math import prod
from pathlib import Path
from time import perf_counter

import numpy as np
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.data import sentences
from tinygrad_edu.data.text import WORDS, is_sentence

LENGTH, SAMPLES, STEPS, RATE, F32 = 40, 24, 500, 0.01, np.float32
SHOWN = "every quiet bird sings in the rain."


class Recurrent(nn.Module):
    """What it has read so far is a state of 64 numbers, changed by each letter."""

    def __init__(self, letters, rng):
        self.embedding = nn.Embedding(letters, 16, rng=rng, dtype=F32)
        self.memory = nn.GRU(16, 64, batch_first=True, rng=rng, dtype=F32)
        self.answer = nn.Linear(64, letters, rng=rng, dtype=F32)

    def forward(self, x):
        states, _last = self.memory(self.embedding(x))
        return self.answer(states)


class Transformer(nn.Module):
    """Each letter knows its place, and asks all letters before it."""

    def __init__(self, letters, rng):
        self.embedding = nn.Embedding(letters, 32, rng=rng, dtype=F32)
        self.places = nn.Embedding(LENGTH, 32, rng=rng, dtype=F32)
        self.blocks = [nn.TransformerBlock(32, 2, 64, dropout=0.0, batch_first=True, norm_first=True, rng=rng,
                                           dtype=F32) for _ in range(2)]  # fmt: skip
        self.answer = nn.Linear(32, letters, rng=rng, dtype=F32)

    def forward(self, x):
        h = self.embedding(x) + self.places(np.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h, is_causal=True)
        return self.answer(h)


def train(net, x, y, steps):
    """Adam, with a rate that falls to 0, on windows drawn at random."""
    rng, optimizer = np.random.default_rng(0), tg.optim.Adam(lr=RATE)

    def loss(parameters, some_x, some_y):
        return tg.losses.cross_entropy(nn.functional_call(net, parameters, some_x), some_y)

    @tg.compile
    def step(parameters, memory, some_x, some_y, rate):
        slopes = tg.grad(loss)(parameters, some_x, some_y)
        return optimizer.update_all(parameters, slopes, memory, lr=rate)

    parameters = net.state_dict()
    memory = optimizer.init(parameters)
    for k in range(steps):
        rows = rng.integers(len(x), size=SAMPLES)
        parameters, memory = step(parameters, memory, x[rows], y[rows], RATE * (1 - k / steps))
    net.load_state_dict(parameters)


def write(net, text, how_many):
    """Sentences that the network invents: each next letter is drawn with the probability it gives."""
    rng, rows = np.random.default_rng(0), np.tile(text.numbers(". "), (how_many, 1))
    with tg.no_grad():
        while rows.shape[1] < LENGTH:
            logits = net(rows).data[:, -1]
            rows = np.column_stack([rows, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)])
    return [text.read(row)[2:].split(".")[0] + "." for row in rows]


def surprise(net, text, sentence):
    """The bits by which each letter of the sentence surprises the network: −log₂ of the probability it gave."""
    numbers = text.numbers(". " + sentence)
    with tg.no_grad():
        chances = tg.log_softmax(net(numbers[None, :-1]), axis=-1).data[0]
    return -chances[np.arange(1, len(sentence) + 1), numbers[2:]] / np.log(2)


def all_sentences():
    """Every sentence of the grammar with its probability: words are drawn evenly, and two of the five left out half the
    time."""
    options = {kind: [(word, 1 / len(words)) for word in words] for kind, words in WORDS.items()}
    for kind in ("adjective", "place"):
        options[kind] = [("", 0.5), *((word, p / 2) for word, p in options[kind])]
    for drawn in product(*options.values()):
        yield " ".join(word for word, _ in drawn if word) + ".", prod(p for _, p in drawn)


def ideal_surprise(chances, sentence):
    """The same bits for a reader who knows the grammar."""
    starts = [sentence[:k] for k in range(len(sentence) + 1)]
    reached = np.array([sum(p for s, p in chances.items() if s.startswith(start)) for start in starts])
    return -np.log2(reached[1:] / reached[:-1])


def draw(surprises, out):
    """A bar for each letter, one row per reader."""
    figure = Figure(figsize=(9.6, 4.8), dpi=150, layout="constrained")
    for ax, (name, bits) in zip(figure.subplots(len(surprises), sharex=True, sharey=True), surprises.items()):
        ax.bar(range(len(bits)), bits, color="#0072B2")
        ax.set_title(f"{name}: {bits.sum():.1f} bits", loc="left", fontsize=10)
        ax.set_ylabel("bits")
        ax.set_xticks(range(len(SHOWN)), SHOWN, family="monospace")
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(out / "e5_surprise.png")


def main(out: Path = Path("tinygrad-edu-examples"), steps: int = STEPS, invented: int = 200) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text, fresh = sentences(500, rng=0), sentences(100, rng=1).text.rstrip(".").split(". ")
    x, y = text.windows(LENGTH)
    known, chances = set(text.text.rstrip(".").split(". ")), dict(all_sentences())
    letters, surprises = len(text.characters), {"who knows the grammar": ideal_surprise(chances, SHOWN)}
    ideal = np.mean([-np.log2(chances[f"{sentence}."]) for sentence in fresh])
    print(f"{len(text.text):,} letters, {letters} different ones; {len(chances):,} sentences are possible.\n")
    for make in Recurrent, Transformer:
        net = make(letters, np.random.default_rng(0))
        before, start = write(net, text, invented), perf_counter()
        train(net, x, y, steps)
        seconds = perf_counter() - start
        after = write(net, text, invented)
        right = [sentence for sentence in after if is_sentence(sentence)]
        new = [sentence for sentence in right if sentence[:-1] not in known]
        bits = np.mean([surprise(net, text, f"{sentence}.").sum() for sentence in fresh])
        surprises[make.__name__] = surprise(net, text, SHOWN)
        print(f"{make.__name__}: {sum(p.size for p in net.parameters()):,} parameters, {steps} steps, {seconds:.1f} s")
        print(f"  untrained, it writes  {before[0]!r}")
        print("  trained, it writes    " + " ".join(after[:4]))
        share = np.mean([is_sentence(sentence) for sentence in before])
        print(f"  grammatical: {share:.1%} before, {len(right) / invented:.1%} after; "
              f"{len(new) / max(len(right), 1):.0%} of these it has never read")  # fmt: skip
        print(f"  surprise at a new sentence: {bits:.2f} bits; who knows the grammar: {ideal:.2f}\n")
        assert len(right) >= 0.85 * invented or steps < STEPS
    draw(surprises, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))

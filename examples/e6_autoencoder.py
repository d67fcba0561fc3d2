"""You will see every handwritten digit squeezed into two numbers and drawn again, better than from four components.

An autoencoder is a network that answers with what it was given, through a bottleneck of two numbers: the code.
Without bends it cannot beat the two principal components, and is exactly as good; with bends it beats four of them,
and in the plane of its codes the digits of a kind keep together, although nobody told it which is which.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.data import digits

EPOCHS = 120


def flat(x):
    """64 → 2 → 64 without a bend, trained with L-BFGS: it is small enough for all samples at once."""
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(64, 2, rng=rng), nn.Linear(2, 64, rng=rng))
    optimizer = tg.optim.LBFGS(net.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = tg.losses.mse(net(x), x)
        loss.backward()
        return loss

    optimizer.step(closure)
    return net


def bent(x, epochs):
    """64 → 128 → 64 → 2 → 64 → 128 → 64, in two halves; pixels are between 0 and 1, so a sigmoid ends it, and a
    tanh keeps both numbers of the code between −1 and 1."""
    rng = np.random.default_rng(0)
    linear = lambda inputs, outputs: nn.Linear(inputs, outputs, rng=rng, dtype=np.float32)  # noqa: E731
    encoder = nn.Sequential(linear(64, 128), tg.elu, linear(128, 64), tg.elu, linear(64, 2), tg.tanh)
    decoder = nn.Sequential(linear(2, 64), tg.elu, linear(64, 128), tg.elu, linear(128, 64), tg.sigmoid)
    net = nn.Sequential(encoder, decoder)
    cosine = lambda optimizer: tg.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)  # noqa: E731
    history = tg.fit(net, (x, x), "mse", "adam", epochs, lr=0.005, batch_size=64, schedule=cosine, rng=0)
    return net, history


def principal_components(x, x_test, count):
    """The best flat map: what is left of x_test on the plane along which x varies most."""
    middle = x.mean(axis=0)
    axes = np.linalg.svd(x - middle, full_matrices=False)[2][:count]
    return (x_test - middle) @ axes.T @ axes + middle


def error(found, x):
    return float(np.mean((found - x) ** 2))


def axes_of_codes(title):
    ax = Figure(figsize=(5.6, 5.6), dpi=150, layout="constrained").add_subplot()
    ax.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), xlabel="first number of the code", ylabel="second number")
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold")
    return ax


def draw_codes(codes, y, out):
    """Every digit at its two numbers, written as what it is."""
    ax = axes_of_codes("The test digits, each at its code")
    for (first, second), k in zip(codes, y):
        ax.text(first, second, str(k), color=colormaps["tab10"](k), fontsize=9, ha="center", va="center")
    ax.figure.savefig(out / "e6_codes.png")


def draw_plane(decoder, out, size=13):
    """What the decoder draws for codes all over the plane: one digit turns into another."""
    ax, steps = axes_of_codes("Drawn from every code of the plane"), np.linspace(-1, 1, size)
    with tg.no_grad():
        tiles = decoder(np.array([(first, second) for second in steps[::-1] for first in steps], np.float32)).data
    tiles = np.pad(tiles.reshape(size, size, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)))  # a white frame around each
    edge = 1 + 1 / (size - 1)
    ax.imshow(tiles.swapaxes(1, 2).reshape(size * 10, size * 10), cmap="Greys", extent=(-edge, edge, -edge, edge))
    ax.set(xlim=(-edge, edge), ylim=(-edge, edge))
    ax.figure.savefig(out / "e6_plane.png")


def draw_copies(rows, out):
    """Some digits, and below each what became of it."""
    figure = Figure(figsize=(9.6, 0.2 + len(rows)), dpi=150, layout="constrained")
    for line, (name, pictures) in zip(figure.subplots(len(rows), 10), rows.items()):
        for ax, picture in zip(line, pictures):
            ax.imshow(picture.reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    figure.savefig(out / "e6_copies.png")


def main(out: Path = Path("tinygrad-edu-examples"), epochs: int = EPOCHS) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (x, y), (x_test, y_test) = digits()
    net, history = bent(x, epochs)
    copies, by_flat = net(x_test).data, flat(x)(x_test).data
    codes, known = (net.parts[0](pixels).data for pixels in (x_test, x))

    print("Mean squared error per pixel, for digits never seen:")
    for count in 1, 2, 4, 6, 8:
        print(f"  {count} principal components       {error(principal_components(x, x_test, count), x_test):.4f}")
    print(f"  autoencoder without bends    {error(by_flat, x_test):.4f}   2 numbers")
    print(f"  autoencoder with bends       {error(copies, x_test):.4f}   2 numbers, {epochs} epochs, "
          f"{history['seconds'].sum():.1f} s")  # fmt: skip
    nearest = y[((codes[:, None] - known) ** 2).sum(axis=2).argmin(axis=1)]
    same = np.mean(nearest == y_test)
    print(f"\nOf the digits it learned from, the one with the nearest code is of the same class: {same:.0%}")

    first = [np.flatnonzero(y_test == k)[0] for k in range(10)]
    flat_map = principal_components(x, x_test, 2)
    draw_copies({"given": x_test[first], "two\ncomponents": flat_map[first], "two\nnumbers": copies[first]}, out)
    draw_codes(codes, y_test, out)
    draw_plane(net.parts[1], out)
    np.testing.assert_allclose(error(by_flat, x_test), error(flat_map, x_test), rtol=1e-3)
    assert error(copies, x_test) < error(principal_components(x, x_test, 4), x_test) or epochs < EPOCHS


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))

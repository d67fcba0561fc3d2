"""Data to learn from, small enough to look at: points in the plane, sums, sentences, digits, and files of your own.

Everything is made from a seed, so that a lesson shows the same picture tomorrow; `batches` hands it out in pieces.

>>> x, y = moons(4, rng=0)
>>> x.shape, y.tolist()
((4, 2), [0, 0, 1, 1])
"""

from .adding import adding
from .batches import batches
from .csv import read_csv
from .digits import digits
from .planes import blobs, circles, moons, spirals, xor
from .text import Text, sentences

__all__ = [
    "adding", "batches", "blobs", "circles", "digits", "moons", "read_csv", "sentences", "spirals", "Text", "xor",
]  # fmt: skip

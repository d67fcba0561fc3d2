"""How good a model is, in numbers for people: shares and counts, through which no gradient flows.

>>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
0.5
"""

from .accuracy import accuracy
from .confusion_matrix import confusion_matrix

__all__ = ["accuracy", "confusion_matrix"]

"""A layer that does nothing: a place where another one may stand.

>>> Identity()(3.0), Identity(54, unused=True)
(3.0, Identity())
"""

from __future__ import annotations

from typing import Any

from .module import Module


class Identity(Module):
    """x → x, whatever it is built with: it takes the place of a layer without other changes, as in PyTorch.

    >>> Identity()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, *args: Any, **settings: Any):
        pass

    def forward(self, x: Any) -> Any:
        return x

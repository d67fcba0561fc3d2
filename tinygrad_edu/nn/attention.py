"""Attention: every place of a sequence asks all others, and takes the mean of their answers, weighed by how they fit.

    attention(Q, K, V) = softmax(Q · Kᵀ / √d) · V

Rows of Q are questions, rows of K say who can answer them, rows of V are the answers. Several heads ask different
questions side by side, each of d = embed_dim / num_heads numbers.

source   A. Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.2

>>> layer = MultiHeadAttention(4, 2, batch_first=True, rng=np.random.default_rng(0))
>>> x = np.arange(12.0).reshape(1, 3, 4)
>>> y, weights = layer(x, x, x, is_causal=True)
>>> y.shape, (weights.data[0] > 0).astype(int)  # row i: whom place i may ask, itself and those before
((1, 3, 4), array([[1, 0, 0],
       [1, 1, 0],
       [1, 1, 1]]))
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError
from ..ops.affine import affine
from ..ops.broadcasting import shape_of
from ..ops.reductions import mean
from ..ops.shapes import moveaxis, reshape, swapaxes
from ..ops.softmax import softmax
from .dropout import Dropout
from .initial import array_source, checked_size
from .inputs import ready
from .linear import Linear
from .masks import check_inputs, with_masks
from .module import Module
from .precision import floating


class MultiHeadAttention(Module):
    """query (length, samples, embed_dim), key and value (others, samples, embed_dim) → y like query, and the weights.

    dropout       the share of weights that is left out, while training
    bias          False for no biases
    batch_first   True for (samples, length, embed_dim) everywhere; without samples, (length, embed_dim), in any case
    rng, dtype    numpy Generator, a fresh one when None; np.float64 or np.float32

    Called as layer(query, key, value), and with these by name:
    key_padding_mask       (samples, others), true for those that are nobody: the ends of short sequences
    attn_mask              (length, others) or (samples · num_heads, length, others): true for those that must not be
                           asked; or numbers, added to Q · Kᵀ / √d
    is_causal              True: place i asks places 0 to i
    need_weights           False to get None instead of the weights
    average_attn_weights   False for the weights of each head, (samples, num_heads, length, others), not their mean

    Parameters have PyTorch's names, shapes and starts: in_proj_weight (3 · embed_dim, embed_dim), in which the rows of
    Q, K and V follow each other, in_proj_bias, out_proj.weight, out_proj.bias.

    raises   ShapeError for sizes, inputs or masks that do not fit; DataError for a place that may ask nobody
    source   PyTorch documentation, torch.nn.MultiheadAttention, without kdim, vdim, add_bias_kv and add_zero_attn;
             there is_causal needs a mask beside it
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        batch_first: bool = False,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        rng, dtype = array_source(rng), floating("MultiHeadAttention", dtype)
        self.embed_dim = checked_size("MultiHeadAttention", "embed_dim", embed_dim)
        self.num_heads = checked_size("MultiHeadAttention", "num_heads", num_heads)
        if self.embed_dim % self.num_heads:
            raise ShapeError(
                f"MultiHeadAttention: num_heads={num_heads} does not divide embed_dim={embed_dim}.",
                "Each head works on an equal share of the numbers.",
                f"Write embed_dim={-(-self.embed_dim // self.num_heads) * self.num_heads}, or another num_heads.",
            )
        self.dropout, self.batch_first = Dropout(dropout, rng), bool(batch_first)
        bound = math.sqrt(6.0 / (4 * self.embed_dim))  # Xavier's, for 3 · embed_dim rows of embed_dim
        weight = rng.uniform(-bound, bound, (3 * self.embed_dim, self.embed_dim))
        self.in_proj_weight = Value(weight.astype(dtype))
        self.in_proj_bias = Value(np.zeros(3 * self.embed_dim, dtype)) if bias else None
        self.out_proj = Linear(self.embed_dim, self.embed_dim, bias, rng, dtype)
        if self.out_proj.bias is not None:
            self.out_proj.bias.data = np.zeros(self.embed_dim, dtype)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        alike = query is key is value
        query = ready(query)
        key, value = (query, query) if alike else (ready(key), ready(value))
        check_inputs(self, shape_of(query), shape_of(key), shape_of(value))
        single = len(shape_of(query)) == 2
        parts = [query] if alike else [query, key, value]
        q, k, v = [y for place, x in enumerate(parts) for y in self.projected(x, place, 3 // len(parts))]
        scores = q @ swapaxes(k) * (self.embed_dim // self.num_heads) ** -0.5
        weights = softmax(with_masks(self, scores, key_padding_mask, attn_mask, is_causal))
        y = moveaxis(self.dropout(weights) @ v, source=1, destination=2)  # (samples, length, heads, share)
        y = self.out_proj(reshape(y, shape=(*shape_of(y)[:2], self.embed_dim)))
        y = y[0] if single else y if self.batch_first else swapaxes(y, axis1=0, axis2=1)
        if not need_weights:
            return y, None
        weights = mean(weights, axis=1) if average_attn_weights else weights
        return y, weights[0] if single else weights

    def projected(self, x: Any, first: int, count: int) -> list[Any]:
        """What blocks of the projection make of x, each (samples, heads, length, share): 0 for Q, 1 for K, 2 for V."""
        x = x[None] if len(shape_of(x)) == 2 else x if self.batch_first else swapaxes(x, axis1=0, axis2=1)
        weight, bias = self.in_proj_weight, self.in_proj_bias
        if count < 3:
            rows = slice(first * self.embed_dim, (first + count) * self.embed_dim)
            weight, bias = weight[rows], None if bias is None else bias[rows]
        y = affine(x, weight, 0.0 if bias is None else bias)
        y = reshape(y, shape=(*shape_of(x)[:2], count, self.num_heads, self.embed_dim // self.num_heads))
        y = moveaxis(y, source=(2, 3), destination=(0, 2))
        return [y[i] for i in range(count)]

    def __repr__(self) -> str:
        bias = ", bias=False" if self.in_proj_bias is None else ""
        batch = ", batch_first=True" if self.batch_first else ""
        dropout = f", dropout={self.dropout.p:g}" if self.dropout.p else ""
        return f"MultiHeadAttention({self.embed_dim}, {self.num_heads}{dropout}{bias}{batch})"

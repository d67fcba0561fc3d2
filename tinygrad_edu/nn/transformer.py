"""A block of a Transformer: attention lets places talk to each other, then each place thinks for itself.

    pre-norm    x + attention(norm1(x)),  then  x + feedforward(norm2(x))
    post-norm   norm1(x + attention(x)),  then  norm2(x + feedforward(x))

Both parts are added to what was there, so that gradients pass a deep stack of blocks unhindered.

source   A. Vaswani et al., Attention is all you need, NeurIPS 2017, section 3.1 (post-norm);
         R. Xiong et al., On layer normalization in the Transformer architecture, ICML 2020 (pre-norm)

>>> block = TransformerBlock(8, 2, 16, dropout=0.0, batch_first=True, norm_first=True)
>>> block(np.zeros((5, 10, 8)), is_causal=True).shape
(5, 10, 8)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .activations import activation as chosen
from .activations import label
from .attention import MultiHeadAttention
from .dropout import Dropout
from .initial import array_source
from .inputs import ready
from .layernorm import LayerNorm
from .linear import Linear
from .module import Module


class TransformerBlock(Module):
    """x (length, samples, d_model) → the same shape, as PyTorch's TransformerEncoderLayer; with is_causal, a decoder's.

    nhead             heads of the attention        dim_feedforward   numbers between the two linear layers
    dropout           share left out of the weights, after both parts, and in between the linear layers, while training
    activation        "relu", "gelu", any other name, or a function
    layer_norm_eps    for both norms                batch_first       True for (samples, length, d_model)
    norm_first        True for pre-norm             bias              False for no biases in linear layers and norms
    rng, dtype        numpy Generator, a fresh one when None; np.float64 or np.float32

    Called as block(x), and with src_mask, src_key_padding_mask and is_causal, which are the attention's attn_mask,
    key_padding_mask and is_causal. Parameters have PyTorch's names, shapes and starts: self_attn..., linear1, linear2,
    norm1, norm2.

    raises   ShapeError for sizes, inputs or masks that do not fit; UnknownNameError for an unknown activation
    source   PyTorch documentation, torch.nn.TransformerEncoderLayer
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Any], Any] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        rng = array_source(rng)
        self.self_attn = MultiHeadAttention(d_model, nhead, dropout, bias, batch_first, rng, dtype)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng, dtype)
        self.dropout = Dropout(dropout, rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng, dtype)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1, self.dropout2 = Dropout(dropout, rng), Dropout(dropout, rng)
        self.activation, self.norm_first = chosen(activation), bool(norm_first)

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        src = ready(src)

        def attention(x: Any) -> Any:
            masks = {"key_padding_mask": src_key_padding_mask, "attn_mask": src_mask, "is_causal": is_causal}
            return self.dropout1(self.self_attn(x, x, x, need_weights=False, **masks)[0])

        def feedforward(x: Any) -> Any:
            return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))

        if self.norm_first:
            x = src + attention(self.norm1(src))
            return x + feedforward(self.norm2(x))
        x = self.norm1(src + attention(src))
        return self.norm2(x + feedforward(x))

    def __repr__(self) -> str:
        width, between = self.linear1.weight.shape[::-1]
        parts = [f"{width}, {self.self_attn.num_heads}, {between}", f"dropout={self.dropout.p:g}"]
        parts += [f"activation={label(self.activation)}"] if label(self.activation) != "ReLU" else []
        parts += ["batch_first=True"] * self.self_attn.batch_first + ["norm_first=True"] * self.norm_first
        return f"TransformerBlock({', '.join(parts)})"

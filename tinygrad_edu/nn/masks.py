"""Masks for attention: who may ask whom. What must not be asked gets the score −∞, and so the weight 0.

>>> causal(3, 3).astype(int)  # true for what comes later
array([[0, 1, 1],
       [0, 0, 1],
       [0, 0, 0]])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import DataError, ShapeError
from ..ops.broadcasting import shape_of
from ..ops.selecting import where

Shape = tuple[int, ...]


def causal(length: int, others: int) -> np.ndarray:
    """A mask (length, others) that is true where place i would ask a later place."""
    return np.triu(np.ones((length, others), bool), 1)


def with_masks(layer: Any, scores: Any, key_padding_mask: Any, attn_mask: Any, is_causal: bool) -> Any:
    """The scores (samples, heads, length, others), −∞ where a mask is true, plus what a mask of numbers adds.

    raises   ShapeError for a mask of another shape, DataError where a place may ask nobody
    """
    samples, heads, length, others = shape_of(scores)
    forbidden: list[Any] = []
    added: list[Any] = []
    if key_padding_mask is not None:
        shapes: list[Shape] = [(samples, others), (others,)] if samples == 1 else [(samples, others)]
        mask = checked_mask(layer, "key_padding_mask", key_padding_mask, shapes)
        forbidden.append(mask[:, None, None] if len(shape_of(mask)) == 2 else mask)
    if attn_mask is not None:
        mask = checked_mask(layer, "attn_mask", attn_mask, [(length, others), (samples * heads, length, others)])
        mask = mask.reshape((samples, heads, length, others)) if len(shape_of(mask)) == 3 else mask
        if is_mask(mask):
            forbidden.append(mask)
        else:
            scores = scores + (mask.astype(scores.dtype) if type(mask) is np.ndarray else mask)
            added += [mask == -math.inf] if type(mask) is np.ndarray else []
    if is_causal:
        forbidden.append(causal(length, others))
    if forbidden + added and all(type(mask) is np.ndarray for mask in forbidden + added):
        nobody = joined_masks(forbidden + added, shape_of(scores)).all(axis=-1, keepdims=True)
        if nobody.any():
            sample, _, place, _ = np.argwhere(nobody)[0].tolist()
            raise DataError(
                f"{layer!r}: place {place} of sample {sample} may ask nobody.",
                "The weights of each place add up to 1, and all of its are forbidden.",
                "Leave at least one false (or, among numbers, one that is not -inf) in every row of the masks.",
            )
        forbidden = [joined_masks(forbidden, shape_of(scores))] if forbidden else []
    for mask in forbidden:
        scores = where(mask, -math.inf, scores)
    return scores


def joined_masks(masks: list[np.ndarray], shape: Shape) -> np.ndarray:
    """True where one of the masks is."""
    return np.broadcast_to(sum(masks[1:], masks[0]), shape)


def is_mask(x: Any) -> bool:
    """Whether x holds true and false, not numbers."""
    return bool(x.dtype == np.bool_) if type(x) is np.ndarray else bool(getattr(x, "is_mask", False))


def checked_mask(layer: Any, name: str, mask: Any, shapes: list[Shape]) -> Any:
    """The mask as an array, if it has one of these shapes and is one."""
    mask = mask if hasattr(mask, "apply_op") else np.asarray(mask)
    if shape_of(mask) not in shapes:
        raise ShapeError(
            f"{layer!r}: {name} has the shape {shape_of(mask)}.",
            "It says for each place who must not be asked, so its axes are those of the scores: "
            f"{' or '.join(map(str, shapes))}.",
            f"Pass a mask of shape {shapes[0]}.",
        )
    if type(mask) is np.ndarray and mask.dtype.kind not in ("b" if name == "key_padding_mask" else "bf"):
        raise DataError(
            f"{layer!r}: {name} holds {mask.dtype.name} numbers.",
            "A mask holds true (must not be asked) and false"
            + ("." if name == "key_padding_mask" else ", or fractions that are added to the scores."),
            f"Write {name}.astype(bool).",
        )
    return mask


def check_inputs(layer: Any, query: Shape, key: Shape, value: Shape) -> None:
    """Raise unless the inputs are sequences of the layer's width that fit each other."""
    order = "(samples, length, embed_dim)" if layer.batch_first else "(length, samples, embed_dim)"
    shown = f"{layer!r} was called with the shapes {query}, {key} and {value}."
    for shape in (query, key, value):
        if len(shape) not in (2, 3) or shape[-1] != layer.embed_dim:
            raise ShapeError(
                shown,
                f"Query, key and value are sequences of {layer.embed_dim} numbers: {order}, or (length, embed_dim).",
                f"Write MultiHeadAttention({shape[-1]}, ...)." if len(shape) in (2, 3) else "Reshape them to 3 axes.",
            )
    samples = 0 if layer.batch_first else 1
    if key != value or len(query) != len(key) or (len(query) == 3 and query[samples] != key[samples]):
        raise ShapeError(
            shown,
            "Every key has its value, and every sample of the query has its own keys.",
            f"Pass key and value of one shape, with as many samples as the query: {order}.",
        )

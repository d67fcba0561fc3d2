"""The derivative rules in words: one sentence for each primitive, or one for each of its inputs.

>>> from tinygrad_edu.ops.op import TABLE
>>> words(TABLE["tanh"], 0)
'Chain rule through tanh: steepest (1) at 0, flat far out.'
>>> words(TABLE["sinc"], 0)
'Chain rule through sinc: its derivative times what arrived.'
"""

from __future__ import annotations

from ..ops.op import Op
from .wording import operation

SAME = "Only places change: each entry's gradient goes back to where the entry came from."
COPIES = "A copy hands its gradient back to what was copied; copies add up."
FLAT = "Flat between its jumps: no gradient passes."
SHARE = "Only the chosen entry counts; it receives all of the gradient."

WORDS: dict[str, str | dict[str, str]] = {
    # arithmetic
    "add":       "A sum hands its gradient on to every term as it is.",
    "subtract":  {"a": "The first term of a difference receives the gradient as it is.",
                  "b": "What is subtracted receives the gradient with its sign changed."},
    "negative":  "A minus sign changes the sign of the gradient.",
    "multiply":  "Product rule: each factor's derivative is the other factor.",
    "divide":    {"a": "A numerator's derivative is 1 over the denominator.",
                  "b": "Quotient rule: a larger denominator makes the quotient smaller."},
    "reciprocal": "Power rule for the exponent −1.",
    "power":     {"a": "Power rule: the exponent comes down as a factor, and one less stays.",
                  "b": "An exponent's derivative is the power itself times the logarithm of its base."},
    "square":    "Power rule: the derivative of x² is 2x.",
    "sqrt":      "Power rule for the exponent ½: steep near 0, flatter and flatter further out.",
    "cbrt":      "Power rule for the exponent ⅓.",
    # exponentials and trigonometry
    "exp":       "The exponential is its own derivative.",
    "exp2":      "The power 2ˣ grows by ln 2 times itself.",
    "expm1":     "The exponential is its own derivative, and the −1 has none.",
    "log":       "The logarithm's derivative is 1 over what it is taken of.",
    "log2":      "The logarithm's derivative: 1 over x, and over ln 2 for the base.",
    "log10":     "The logarithm's derivative: 1 over x, and over ln 10 for the base.",
    "log1p":     "The logarithm's derivative is 1 over what it is taken of.",
    "logaddexp": "Each term receives its share in the sum of the exponentials.",
    "sin":       "The derivative of the sine is the cosine.",
    "cos":       "The derivative of the cosine is minus the sine.",
    "tan":       "The derivative of the tangent is 1 plus its square.",
    "sinh":      "The derivative of sinh is cosh.",
    "cosh":      "The derivative of cosh is sinh.",
    "hypot":     "A length grows by a side's share in it: the side over the length.",
    # activations
    "tanh":      "Chain rule through tanh: steepest (1) at 0, flat far out.",
    "sigmoid":   "Chain rule through the sigmoid: steepest (¼) at 0, flat far out.",
    "relu":      "A gate: where the input is positive the gradient passes, elsewhere it stops.",
    "leaky_relu": "A leaky gate: the gradient passes where the input is positive, elsewhere a fraction of it.",
    "elu":       "The gradient passes where the input is positive; elsewhere the slope is y + alpha.",
    "softplus":  "The slope of the softplus is the sigmoid.",
    "softmax":   "All entries share a total of 1: what one gains, the others lose.",
    "log_softmax": "Each entry loses its probability times the sum of all that arrived.",
    "logsumexp": "Every entry receives its probability (its softmax) of the gradient.",
    "cross_entropy": {"logits": "Probability minus target: what was predicted too much has a positive slope.",
                      "target": "A target's derivative is minus the logarithm of its probability."},
    # choosing
    "maximum":   "The larger one decides, so it receives the gradient; the other receives nothing.",
    "minimum":   "The smaller one decides, so it receives the gradient; the other receives nothing.",
    "absolute":  "The slope of the absolute value is the sign of its input.",
    "where":     "What was chosen receives the gradient; what was not has no influence.",
    "gate":      "Where the condition holds the gradient passes, elsewhere it stops.",
    "max":       "Only the largest entry decides, so it alone receives the gradient.",
    "min":       "Only the smallest entry decides, so it alone receives the gradient.",
    "sign": FLAT, "floor": FLAT, "ceil": FLAT, "trunc": FLAT, "round": FLAT, "floor_divide": FLAT,
    # sums
    "sum":       "A sum hands its gradient on to every entry as it is.",
    "mean":      "A mean is a sum divided by the number of entries: each receives that share.",
    "var":       "Each entry pulls by its distance from the mean, twice, divided by their number.",
    "std":       "Each entry pulls by its distance from the mean, over the deviation and their number.",
    "norm":      "A length grows fastest in its own direction: each entry over the length.",
    "prod":      "Product rule: an entry's derivative is the product of all the others.",
    "cumsum":    "An entry counts in every later sum, so it collects their gradients.",
    "trace":     "Only the diagonal is in the sum, so only the diagonal receives a gradient.",
    "sum_to":    "A sum hands its gradient on to every entry as it is.",
    # matrices
    "matmul":    {"a": "Each entry of the left matrix met one row of the right one: so g times its transpose.",
                  "b": "Each entry of the right matrix met one column of the left one: so its transpose times g."},
    "affine":    {"x": "Each input reaches every output through its weight: g times the weights.",
                  "weight": "A weight's derivative is the input it multiplies, added up over the samples.",
                  "bias": "The bias is added as it is, so it receives the gradient as it is."},
    "affine_of_row": {"x": "Each input reaches every output through its weight: g times the weights.",
                      "row": "A weight's derivative is the input it multiplies, a bias's is 1; over all samples."},
    "contraction": "Product rule under a sum: the gradient meets all the other factors.",
    "inv":       "From A · A⁻¹ = 1: the inverse on both sides, and a minus sign.",
    "det":       "Each entry's derivative is its cofactor.",
    # places
    "broadcast_to": COPIES, "repeat": COPIES, "tile": COPIES, "pad": "What was added at the border is not counted.",
    "reshape": SAME, "ravel": SAME, "transpose": SAME, "swapaxes": SAME, "moveaxis": SAME, "expand_dims": SAME,
    "squeeze": SAME, "flip": SAME, "roll": SAME, "joined": SAME, "stacked": SAME, "sort": SAME,
    "getitem":   "What was picked receives the gradient at its old place; the others receive 0.",
    "diagonal":  "What was picked receives the gradient at its old place; the others receive 0.",
    "identity":  "It passes on what it gets, so its derivative is 1.",
    "cast":      "Only the precision changes.",
}  # fmt: skip


def words(op: Op, index: int) -> str:
    """The rule by which input number `index` of a primitive receives its gradient: one sentence."""
    said = WORDS.get(op.name)
    letter = op.inputs[min(index, len(op.inputs) - 1)]
    if said is not None and built_in(op):
        return said[letter] if isinstance(said, dict) else said
    if op.elementwise and len(op.inputs) == 1:
        return f"Chain rule through {operation(op.base)}: its derivative times what arrived."
    if op.elementwise:
        return f"Chain rule through {operation(op.base)}: its derivative by {letter}, the rest held still."
    return f"Chain rule through {operation(op.base)}: every entry collects from all the entries that it has a part in."


def built_in(op: Op) -> bool:
    """Whether the primitive is one of this package, and no user's with the same name."""
    return str(op.base.forward.__module__).startswith("tinygrad_edu.")

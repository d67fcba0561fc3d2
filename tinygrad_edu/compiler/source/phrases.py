"""The phrase book: how each operation is written, with the operators and `math` for numbers, with NumPy for arrays.

A row says the text, how tightly it binds, and how tightly each input must bind to stand there without parentheses.
A setting of the operation may stand in the text like an input: np.cumsum({x}, {axis}).

>>> NUMBERS["sigmoid"][0], ARRAYS["sigmoid"][0]
('1.0 / (1.0 + math.exp(-{x}))', '1.0 / (1.0 + np.exp(-{x}))')
"""

from __future__ import annotations

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = 1, 3, 5, 6, 7, 8, 9
Words = tuple[str, int, tuple[int, ...]]

OPERATORS: dict[str, Words] = {  # the same for numbers and arrays
    "add":          ("{a} + {b}", SUM, (SUM, PRODUCT)),
    "subtract":     ("{a} - {b}", SUM, (SUM, PRODUCT)),
    "multiply":     ("{a} * {b}", PRODUCT, (PRODUCT, SIGN)),
    "divide":       ("{a} / {b}", PRODUCT, (PRODUCT, SIGN)),
    "floor_divide": ("{a} // {b}", PRODUCT, (PRODUCT, SIGN)),
    "mod":          ("{a} % {b}", PRODUCT, (PRODUCT, SIGN)),
    "negative":     ("-{x}", SIGN, (SIGN,)),
    "reciprocal":   ("1.0 / {x}", PRODUCT, (SIGN,)),
    "square":       ("{x} * {x}", PRODUCT, (SIGN,)),
    "eq":           ("{a} == {b}", COMPARISON, (SUM, SUM)),
    "ne":           ("{a} != {b}", COMPARISON, (SUM, SUM)),
    "lt":           ("{a} < {b}", COMPARISON, (SUM, SUM)),
    "le":           ("{a} <= {b}", COMPARISON, (SUM, SUM)),
    "gt":           ("{a} > {b}", COMPARISON, (SUM, SUM)),
    "ge":           ("{a} >= {b}", COMPARISON, (SUM, SUM)),
}  # fmt: skip


def called(text: str, inputs: int = 1) -> Words:
    """A call: its inputs stand between commas or parentheses, where anything may stand.

    >>> called("math.exp({x})")
    ('math.exp({x})', 9, (1,))
    """
    return text, ATOM, (CHOICE,) * inputs


def each(form: str, names: str, inputs: int = 1) -> dict[str, Words]:
    """The same form for several operations, which NumPy or `math` calls as we do."""
    return {name: called(form.replace("NAME", name), inputs) for name in names.split()}


NUMBERS: dict[str, Words] = {
    **OPERATORS,
    **each("math.NAME({x})", "exp expm1 log log1p log2 log10 sqrt sin cos tan sinh cosh tanh erf isnan isinf isfinite"),
    **{f"arc{name}": called(f"math.a{name}({{x}})") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "arctan2":      called("math.atan2({a}, {b})", 2),
    "hypot":        called("math.hypot({a}, {b})", 2),
    "power":        called("math.pow({a}, {b})", 2),
    "exp2":         ("2.0 ** {x}", POWER, (SIGN,)),
    "cbrt":         called("float(np.cbrt({x}))"),
    "absolute":     called("math.fabs({x})"),
    "sign":         ("float(({x} > 0.0) - ({x} < 0.0)) if {x} == {x} else {x}", CHOICE, (SUM,)),
    "floor":        called("float(math.floor({x}))"),
    "ceil":         called("float(math.ceil({x}))"),
    "trunc":        called("float(math.trunc({x}))"),
    "round":        called("float(np.round({x}, {decimals}))"),
    "maximum":      ("{a} if {a} > {b} or {a} != {a} else {b}", CHOICE, (SUM, SUM)),
    "minimum":      ("{a} if {a} < {b} or {a} != {a} else {b}", CHOICE, (SUM, SUM)),
    "gate":         ("{x} if {condition} else 0.0", CHOICE, (COMPARISON, COMPARISON)),
    "where":        ("{a} if {condition} else {b}", CHOICE, (COMPARISON, COMPARISON, COMPARISON)),
    "relu":         ("0.0 if {x} <= 0.0 else {x}", CHOICE, (SUM,)),  # nan stays nan
    "leaky_relu":   ("{x} if {x} > 0.0 else {negative_slope} * {x}", CHOICE, (SIGN,)),
    "elu":          ("{x} if {x} > 0.0 else {alpha} * math.expm1({x})", CHOICE, (SUM,)),
    "sigmoid":      ("1.0 / (1.0 + math.exp(-{x}))", PRODUCT, (SIGN,)),
    "silu":         ("{x} * (1.0 / (1.0 + math.exp(-{x})))", PRODUCT, (SIGN,)),
    "softplus":     ("max({x}, 0.0) + math.log1p(math.exp(-math.fabs({x})))", SUM, (SUM,)),
    "logaddexp":    ("max({a}, {b}) + math.log1p(math.exp(-math.fabs({a} - {b})))", SUM, (SUM, PRODUCT)),
    "sinc":         ("math.sin(math.pi * {x}) / (math.pi * {x}) if {x} else 1.0", CHOICE, (SIGN,)),
    "number_of":    called("float({x})"),
    "logical_and":  ("{a} and {b}", CHOICE, (COMPARISON, COMPARISON)),
    "logical_or":   ("{a} or {b}", CHOICE, (COMPARISON, COMPARISON)),
    "logical_not":  ("not {x}", CHOICE, (COMPARISON,)),
    **dict.fromkeys(("cast", "sum", "mean", "max", "min", "transpose", "ravel"), ("{x}", ATOM, (ATOM,))),
}  # fmt: skip

ARRAYS: dict[str, Words] = {
    **OPERATORS,
    **each("np.NAME({x})", "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh "
           "arcsin arccos arctan arcsinh arccosh arctanh absolute sign sinc floor ceil trunc "
           "isnan isinf isfinite logical_not"),
    **each("np.NAME({a}, {b})", "arctan2 hypot maximum minimum logaddexp logical_and logical_or", 2),
    "power":        ("{a} ** {b}", POWER, (ATOM, SIGN)),
    "round":        called("np.round({x}, {decimals})"),
    "where":        called("np.where({condition}, {a}, {b})", 3),
    "relu":         called("np.maximum({x}, 0.0)"),
    "leaky_relu":   ("{negative_slope} * np.minimum({x}, 0.0) + np.maximum({x}, 0.0)", SUM, (CHOICE,)),
    "elu":          ("{alpha} * np.expm1(np.minimum({x}, 0.0)) + np.maximum({x}, 0.0)", SUM, (CHOICE,)),
    "sigmoid":      ("1.0 / (1.0 + np.exp(-{x}))", PRODUCT, (SIGN,)),
    "silu":         ("{x} * (1.0 / (1.0 + np.exp(-{x})))", PRODUCT, (SIGN,)),
    "softplus":     ("np.log1p(np.exp(-np.abs({x}))) + np.maximum({x}, 0.0)", SUM, (CHOICE,)),
    "matmul":       ("{a} @ {b}", PRODUCT, (PRODUCT, SIGN)),
    "affine":       ("{x} @ {weight}.T + {bias}", SUM, (PRODUCT, ATOM, PRODUCT)),
    "inv":          called("np.linalg.inv({x})"),
    "det":          called("np.linalg.det({x})"),
    "matrix_power": called("np.linalg.matrix_power({x}, {n})"),
    "cholesky":     called("np.linalg.cholesky({x})"),
    "cross_rows":   called("np.cross({a}, {b})", 2),
    **each("np.NAME({x}, {axis})", "cumsum cumprod sort"),
    "diag":         called("np.diag({x}, {k})"),
    **each("np.NAME({x}, {k})", "triu tril"),
    "diagonal":     called("np.diagonal({x}, {offset}, {axis1}, {axis2})"),
    "trace":        called("np.trace({x}, {offset}, {axis1}, {axis2})"),
    "moveaxis":     called("np.moveaxis({x}, {source}, {destination})"),
    "swapaxes":     ("{x}.swapaxes({axis1}, {axis2})", ATOM, (ATOM,)),
    "flip":         called("np.flip({x}, {axis})"),
    "roll":         called("np.roll({x}, {shift}, {axis})"),
    "tile":         called("np.tile({x}, {reps})"),
    "repeat":       called("np.repeat({x}, {repeats}, {axis})"),
}  # fmt: skip

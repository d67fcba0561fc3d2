"""Two integrals with names: erf, the area under the bell curve, and sinc, the average of a cosine."""

from __future__ import annotations

import math

import numpy as np

from .exponentials import exp
from .op import elementwise

TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)

# W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969), pp. 631-637.
# Coefficients of numerator and denominator, highest power first.
NEAR = (  # erf(x) / x as a function of x², for |x| <= 0.46875
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
FAR = (  # (1 - erf(x)) · exp(x²) as a function of x, for 0.46875 <= x
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip


@elementwise(x=lambda g, y, x: g * (TWO_OVER_SQRT_PI * exp(-x * x)), latex=r"\operatorname{erf} {x}")
def erf(x):
    """The probability that a normal number with variance 1/2 lies between -x and x; odd, from -1 to 1.

    source   W. J. Cody, Math. Comp. 23 (1969), pp. 631-637, for arrays; the C library for numbers

    >>> erf(0.0), erf(np.array([-6.0, 0.5]))
    (0.0, array([-1.        ,  0.52049988]))
    """
    if isinstance(x, float):
        return math.erf(x)
    if x.dtype == np.float16:  # the coefficients overflow half precision
        return erf.forward(x.astype(np.float32)).astype(np.float16)
    size = np.minimum(np.abs(x), 6.0)  # from there on, erf(x) is 1 to the last digit
    y = _fraction(FAR, size)
    y *= np.exp(-size * size)
    y = np.copysign(1.0 - y, x)
    near = size <= 0.46875  # few: there, 1 - (1 - erf(x)) would lose digits
    t = x[near]
    y[near] = t * _fraction(NEAR, t * t)
    return y


def _fraction(coefficients, t):
    """One polynomial in t over another, by Horner's rule; in place, since a pass over memory is what costs."""
    over, under = (row[0] * t for row in coefficients)
    for a, b in zip(coefficients[0][1:-1], coefficients[1][1:-1], strict=True):
        over += a
        over *= t
        under += b
        under *= t
    over += coefficients[0][-1]
    under += coefficients[1][-1]
    over /= under
    return over


@elementwise(x=lambda g, y, x: g * sinc_derivative(x, order=1), latex=r"\operatorname{sinc} {x}")
def sinc(x):
    """sin(πx) / (πx), which is 1 at 0 and 0 at every other whole number.

    >>> sinc(0.0), sinc(0.5) == 2 / math.pi
    (1.0, True)
    """
    if type(x) is float:
        return math.sin(math.pi * x) / (math.pi * x) if x else 1.0
    return np.sinc(x)


@elementwise(
    x=lambda g, y, x, order: g * sinc_derivative(x, order=order + 1),
    latex=r"\operatorname{sinc}^{({order})} {x}",
)
def sinc_derivative(x, *, order=1):
    """The derivative of sinc of any order, to full precision also near 0, where sin(πx) / (πx) cancels.

    With u = πx, sinc is the mean of cos(ut) for t from 0 to 1, so its n-th derivative by u is the mean of
    tⁿ cos(ut + nπ/2). Small u: its power series. Large u: integrated by parts, order by order.

    >>> sinc_derivative(0.0), abs(sinc_derivative(0.0, order=2) + math.pi**2 / 3) < 1e-14
    (0.0, True)
    """
    u = np.pi * np.asarray(x)
    near = np.abs(u) < 1 + order
    y = np.where(near, _sinc_near(np.where(near, u, 0.0), order), _sinc_far(np.where(near, 1.0, u), order))
    y *= math.pi**order
    return float(y) if type(x) is float else y.astype(x.dtype)


def _sinc_near(u, order):
    """Σ (-1)ᵏ u²ᵏ⁻ⁿ / ((2k + 1) (2k - n)!), the power series of the n-th derivative of sin(u) / u."""
    first = (order + 1) // 2
    y, power = 0.0, u ** (2 * first - order) * (-1.0) ** first
    for k in range(first, first + 12 + order):
        y = y + power / (2 * k + 1)
        power = power * (-u * u) / ((2 * k + 1 - order) * (2 * k + 2 - order))
    return y


def _sinc_far(u, order):
    """u · sₙ = sin(u + nπ/2) - n · sₙ₋₁, where the sine is sin u, cos u, -sin u, -cos u in turn."""
    sine, cosine = np.sin(u), np.cos(u)
    y = sine / u
    for n in range(1, order + 1):
        y = ((sine, cosine, -sine, -cosine)[n % 4] - n * y) / u
    return y

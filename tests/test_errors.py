"""Every error has three parts: what happened, why, and what to write instead."""

from __future__ import annotations

import inspect

import pytest

from tinygrad_edu import errors
from tinygrad_edu.errors import TinygradError, unknown_name

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TinygradError)]

# our name, and what somebody who does not know it would catch
CAUGHT_AS = [
    ("ShapeError", ValueError),
    ("AxisError", errors.ShapeError),
    ("AxisError", IndexError),
    ("DataError", TypeError),
    ("ChangedDataError", RuntimeError),
    ("DerivativeError", ValueError),
    ("NonFiniteError", FloatingPointError),
    ("UnsupportedError", TypeError),
    ("UnknownNameError", ValueError),
]


def test_an_error_prints_what_happened_then_why_then_what_to_write():
    error = TinygradError("(3,) + (2,) do not fit.", "Sizes must be equal or 1.", "Reshape one of them.")
    assert str(error) == "(3,) + (2,) do not fit.\n  Sizes must be equal or 1.\n  Reshape one of them."
    assert (error.what, error.why, error.write) == error.args


def test_parts_that_are_not_given_leave_no_empty_lines():
    assert str(TinygradError("Only this.")) == "Only this."
    assert str(TinygradError("This.", "", "Write that.")) == "This.\n  Write that."


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_caught_as_ours_and_says_in_its_docstring_when_it_is_raised(kind):
    assert issubclass(kind, TinygradError)
    assert kind.__doc__ != kind.__base__.__doc__ and kind.__doc__.endswith(".")


@pytest.mark.parametrize(("name", "familiar"), CAUGHT_AS)
def test_an_error_can_be_caught_by_the_name_python_has_for_it(name, familiar):
    with pytest.raises(familiar):
        raise getattr(errors, name)("what", "why", "write")


UNKNOWN = [
    (
        ("activation", "rleu", ["tanh", "relu"]),
        "There is no activation named 'rleu'.\n  The names are: relu, tanh.\n  Did you mean 'relu'?",
    ),
    (
        ("loss", "xyz", ["mse", "hinge"]),
        "There is no loss named 'xyz'.\n  The names are: hinge, mse.\n  Write one of them, for example 'hinge'.",
    ),
    (
        ("loss", 7, ("mse",)),
        "There is no loss named 7.\n  The names are: mse.\n  Write one of them, for example 'mse'.",
    ),
]


@pytest.mark.parametrize(("called", "text"), UNKNOWN, ids=["near miss", "nothing near", "no text"])
def test_an_unknown_name_is_told_with_all_names_and_the_nearest_one(called, text):
    error = unknown_name(*called)
    assert type(error) is errors.UnknownNameError
    assert str(error) == text

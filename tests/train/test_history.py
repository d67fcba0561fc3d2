"""The history is a mapping of arrays, a table, and curves."""

from __future__ import annotations

import numpy as np
import pytest

from tests.train.problems import line, points
from tinygrad_edu.errors import UnknownNameError
from tinygrad_edu.train import History, fit


@pytest.fixture
def history():
    made = History()
    for k in range(20):
        made.add({"loss": 1.0 / (k + 1), "rate": 0.1})
    return made


def test_a_history_is_a_mapping_from_names_to_arrays_with_one_number_per_epoch(history):
    assert dict(history).keys() == {"loss", "rate"}
    assert (len(history), history.epochs, "loss" in history, "acc" in history) == (2, 20, True, False)
    assert isinstance(history["loss"], np.ndarray) and history["loss"][3] == 0.25
    assert history.get("nothing") is None
    assert history.last("loss") == 0.05


def test_an_array_that_was_taken_out_is_a_copy(history):
    history["loss"][0] = 5.0
    assert history["loss"][0] == 1.0


def test_a_number_that_comes_later_is_nan_before():
    made = History()
    made.add({"loss": 1.0})
    made.add({"loss": 0.5, "accuracy": 1.0})
    made.add({"loss": 0.5})
    assert np.array_equal(made["accuracy"], [np.nan, 1.0, np.nan], equal_nan=True)


def test_a_long_history_shows_its_beginning_and_its_end(history):
    history.stopped = "enough"
    assert repr(history).splitlines() == [
        "epoch     loss  rate",
        "    1        1   0.1",
        "    2      0.5   0.1",
        "    3   0.3333   0.1",
        "    …",
        "   15  0.06667   0.1",
        "   16   0.0625   0.1",
        "   17  0.05882   0.1",
        "   18  0.05556   0.1",
        "   19  0.05263   0.1",
        "   20     0.05   0.1",
        "stopped: enough",
    ]
    assert repr(History()) == "History of no epochs"


def test_a_misspelt_column_is_told_the_nearest_one(history):
    with pytest.raises(UnknownNameError) as error:
        history["los"]
    assert str(error.value).splitlines() == [
        "There is no column of the history named 'los'.",
        "  The names are: loss, rate.",
        "  Did you mean 'loss'?",
    ]
    with pytest.raises(KeyError):
        history["los"]


def test_the_losses_are_drawn_unless_other_columns_are_named():
    x, y = points()
    made = fit(line(), (x, y), "mse", "sgd", 3, validation=(x, y))
    axes = made.plot(log=True).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["loss", "validation_loss"]
    assert axes.get_yscale() == "log"
    assert np.array_equal(axes.lines[0].get_ydata(), made["loss"])
    assert made.plot("rate").axes[0].get_ylabel() == "rate"


def test_the_columns_stand_in_the_order_of_their_meaning():
    x, y = points()
    made = fit(line(), (x, y), "binary_cross_entropy_with_logits", "sgd", 1, validation=(x, y), metrics="accuracy")
    assert list(made) == ["loss", "validation_loss", "accuracy", "validation_accuracy", "rate", "seconds"]
    assert made["seconds"][0] > 0


def test_histories_are_equal_if_their_numbers_are():
    a, b = History(), History()
    for history in (a, b):
        history.add({"loss": 0.5, "accuracy": float("nan")})
    assert a == b and a != {"loss": [0.5]}
    b.add({"loss": 0.25})
    assert a != b


def test_a_history_without_epochs_says_so():
    with pytest.raises(KeyError, match="no column 'loss' yet"):
        History()["loss"]

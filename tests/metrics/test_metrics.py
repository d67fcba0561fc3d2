"""Accuracy and confusion matrix, against scikit-learn and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import metrics
from tinygrad_edu.errors import DataError, ShapeError

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


@given(pairs=labels)
def test_both_are_those_of_scikit_learn(pairs):
    theirs = pytest.importorskip("sklearn.metrics")
    predicted, right = map(list, zip(*pairs))
    matrix = metrics.confusion_matrix(predicted, right, classes=5)
    np.testing.assert_array_equal(matrix, theirs.confusion_matrix(right, predicted, labels=range(5)))
    assert (
        metrics.accuracy(predicted, right) == theirs.accuracy_score(right, predicted) == np.trace(matrix) / len(pairs)
    )


def test_scores_labels_and_one_hot_rows_mean_the_same():
    scores = np.array([[0.1, 0.7, 0.2], [0.9, 0.0, 0.1]])
    assert metrics.accuracy(scores, [1, 2]) == 0.5
    assert metrics.accuracy(tg.Value(scores), [[0, 1, 0], [0, 0, 1]]) == 0.5
    assert metrics.accuracy([1, 0], [1.0, 2.0]) == 0.5
    assert metrics.accuracy([tg.Value(0.2), tg.Value(0.9)], [0, 1], threshold=0.5) == 1.0


def test_a_single_score_says_yes_above_its_threshold():
    assert metrics.accuracy([[0.4], [0.6]], [0, 1], threshold=0.5) == 1.0
    assert metrics.accuracy([-0.1, 0.1, 0.0], [-1, 1, 1], threshold=0) == pytest.approx(2 / 3)
    assert math.isnan(metrics.accuracy([], []))


@pytest.mark.parametrize(
    ("call", "kind", "what"),
    [
        (lambda: metrics.accuracy([0.3], [0]), DataError, "0.3 is no class"),
        (lambda: metrics.accuracy([0, 1], [0]), ShapeError, "2 predictions and 1 targets"),
        (lambda: metrics.accuracy(np.zeros((2, 2, 2)), [0, 1]), ShapeError, "shape (2, 2, 2) name no class"),
        (lambda: metrics.accuracy([0], [-1]), DataError, "-1 is no class"),
        (lambda: metrics.confusion_matrix([3], [0], classes=2), ShapeError, "class 3 occurs, and classes=2"),
    ],
)
def test_what_names_no_class_is_said(call, kind, what):
    with pytest.raises(kind) as error:
        call()
    assert what in error.value.what and error.value.why and error.value.write


@pytest.mark.parametrize(
    ("prediction", "target", "options", "what"),
    [
        ([[np.nan, np.nan]] * 2, [0, 0], {}, "Sample 0 has the score nan"),
        ([0.7, np.nan], [1, 0], {"threshold": 0.5}, "Sample 1 has the score nan"),
        ([0, 1], [0, np.inf], {}, "inf is no class"),
        (["cat", "dog"], [0, 1], {}, "text, no numbers"),
        ([[1.0, 2.0], [1.0]], [0, 1], {}, "lists of different lengths"),
    ],
)
def test_what_names_no_class_is_an_error_and_no_success(prediction, target, options, what):
    with pytest.raises((DataError, ShapeError), match=what) as error:
        metrics.accuracy(prediction, target, **options)
    assert error.value.why and error.value.write


def test_the_number_of_classes_is_a_whole_number():
    with pytest.raises(ShapeError, match=r"classes=2\.0"):
        metrics.confusion_matrix([0, 1], [0, 1], classes=2.0)

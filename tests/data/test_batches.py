"""Batches: every sample once, in a new order, with its target; and tables from files."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import data
from tinygrad_edu.errors import DataError, ShapeError


@given(n=st.integers(0, 40), size=st.integers(1, 45), shuffle=st.booleans(), drop=st.booleans(), seed=st.integers(0, 9))
def test_every_sample_comes_once_with_its_target(n, size, shuffle, drop, seed):
    x, y = np.arange(n) * 1.0, np.arange(n) * 10
    cut = list(data.batches(x, y, size=size, rng=seed, shuffle=shuffle, drop_last=drop))
    assert all(len(a) == size for a, _ in cut[: None if drop else -1])
    seen = np.concatenate([a for a, _ in cut]) if cut else np.array([])
    assert all((b == a * 10).all() for a, b in cut)
    assert len(set(seen)) == len(seen) == (n - n % size if drop else n)
    if not shuffle:
        assert (seen == x[: len(seen)]).all()


def test_one_generator_gives_another_order_each_time_round_and_a_seed_the_same():
    x, rng = np.arange(100), np.random.default_rng(0)
    first, second = (np.concatenate(list(data.batches(x, size=7, rng=rng))) for _ in range(2))
    assert not np.array_equal(first, second) and not np.array_equal(first, x)
    np.testing.assert_array_equal(np.concatenate(list(data.batches(x, size=7, rng=0))), first)


def test_a_batch_in_order_costs_no_copy():
    x = np.zeros((10, 3))
    assert all(np.shares_memory(batch, x) for batch in data.batches(x, size=4, shuffle=False))


@pytest.mark.parametrize(
    ("call", "kind", "what"),
    [
        (lambda: data.batches(size=2), DataError, "needs arrays"),
        (lambda: data.batches(3.0, size=2), DataError, "needs arrays"),
        (lambda: data.batches([1, 2], [1], size=2), ShapeError, "the arrays have 2, 1 samples"),
        (lambda: data.batches([1, 2], size=0), DataError, "size=0 is no number"),
        (lambda: data.batches([1, 2], size=True), DataError, "size=True is no number"),
    ],
)
def test_what_cannot_be_cut_is_said_at_the_call(call, kind, what):
    with pytest.raises(kind) as error:
        call()
    assert what in error.value.what and error.value.why and error.value.write


@pytest.fixture
def table(tmp_path):
    def write(text):
        (tmp_path / "t.csv").write_text(text, "utf-8")
        return tmp_path / "t.csv"

    return write


@given(rows=st.lists(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)), min_size=1, max_size=20))
def test_numbers_written_to_a_file_are_read_back(rows, tmp_path_factory):
    file = tmp_path_factory.mktemp("csv") / "t.csv"
    file.write_text("\n".join(f"{a!r},{b!r}" for a, b in rows))
    x, y = data.read_csv(file)
    np.testing.assert_array_equal(np.column_stack([x, y]), rows)


def test_a_header_comments_and_empty_lines_are_no_samples(table):
    x, y = data.read_csv(table("# people\nage;sex;height\n\n1;0;1.5\n2;1;1.6\n"), "sex", delimiter=";")
    assert x.tolist() == [[1.0, 1.5], [2.0, 1.6]] and y.tolist() == [0.0, 1.0]
    assert data.read_csv(table("1,2\n3,4"), None).tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("text", "target", "what"),
    [
        ("a,b\n1,2\n3,x\n", -1, "line 3: 'x' is no number"),
        ("1,2\n3\n", -1, "line 2: 1 columns"),
        ("1,2\n3,\n", -1, "line 2: '' is no number"),
        ("\n# nothing\n", -1, "has no line with numbers"),
        ("a,b\n1,2\n", "c", "has no column 'c'"),
        ("1,2\n", 2, "has no column 2"),
        ("a,b\n1_000,2\n", -1, "line 2: '1_000' is no number"),
        ("1,x\n2,3\n", -1, "line 1: 'x' is no number"),
        ("a,b\n", -1, "has no line with numbers"),
        ("a,a\n1,2\n", "a", "two columns 'a'"),
        ('a,b\n1,"2\n', -1, "line 2: unexpected end of data"),
    ],
)
def test_a_damaged_table_is_named_with_its_line(table, text, target, what):
    with pytest.raises(DataError) as error:
        data.read_csv(table(text), target)
    assert what in error.value.what and error.value.write


def test_a_table_with_other_signs_between_its_columns_says_which(table):
    with pytest.raises(DataError) as error:
        data.read_csv(table("a;b\n1;2\n"))
    assert error.value.write == "Pass delimiter=';' if that stands between the columns."
    with pytest.raises(DataError) as error:
        data.read_csv(table("a;b\n1,5;2\n"), delimiter=";")
    assert "'1,5' is no number" in error.value.what and "delimiter" not in error.value.write


def test_whole_numbers_are_not_made_of_others(table):
    assert data.read_csv(table("a,b\n1,9007199254740993\n"), None, dtype=int).tolist() == [[1, 9007199254740993]]
    with pytest.raises(DataError, match="line 2: '1.5' is no whole number"):
        data.read_csv(table("a,b\n1.5,2\n"), dtype=int)


def test_cells_may_stand_in_quotation_marks(table):
    x, y = data.read_csv(table('"height, cm", "good"\n"170", 1\n180, "0"\n'), "good")
    assert x.tolist() == [[170.0], [180.0]] and y.tolist() == [1.0, 0.0]


def test_a_table_in_another_encoding_is_not_guessed(tmp_path):
    (tmp_path / "t.csv").write_bytes("größe,y\n1,2\n".encode("latin-1"))
    with pytest.raises(DataError, match="no text in UTF-8: byte 2 is 0xf6"):
        data.read_csv(tmp_path / "t.csv")


def test_digits_are_the_ones_of_scikit_learn_split_by_a_seed():
    datasets = pytest.importorskip("sklearn.datasets")
    (x, y), (x_test, y_test) = data.digits(rng=3, dtype=np.float64)
    theirs, labels = datasets.load_digits(return_X_y=True)
    both = {(*row, k) for row, k in zip((np.vstack([x, x_test]) * 16).tolist(), [*y, *y_test])}
    assert both == {(*row, k) for row, k in zip(theirs.tolist(), labels)}
    assert len(x_test) == 359 and (data.digits(rng=3)[0][1] == y).all() and (data.digits(rng=4)[0][1] != y).any()


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r'pip install "tinygrad-edu\[digits\]"'):
        data.digits()

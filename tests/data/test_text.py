"""The grammar and its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import data
from tinygrad_edu.data.text import WORDS, is_sentence
from tinygrad_edu.errors import DataError


@given(n=st.integers(1, 30), seed=st.integers(0, 99))
def test_every_sentence_is_one_of_the_grammar(n, seed):
    written = data.sentences(n, rng=seed).text
    parts = [part.strip() + "." for part in written.split(".")[:-1]]
    assert len(parts) == n and all(map(is_sentence, parts))


@pytest.mark.parametrize("wrong", ["the cat.", "the cat sleeps", "cat the sleeps.", "the red red cat sleeps.", ""])
def test_other_texts_are_no_sentences(wrong):
    assert not is_sentence(wrong)


def test_every_word_of_the_grammar_is_used():
    written = data.sentences(2000, rng=0).text
    assert all(word in written for words in WORDS.values() for word in words)


@given(text=st.text(min_size=1, max_size=50))
def test_numbers_of_a_text_are_read_back(text):
    made = data.Text(text)
    numbers = made.numbers()
    assert made.read(numbers) == text
    assert numbers.max() == len(made.characters) - 1 and numbers.min() == 0


def test_a_window_is_followed_by_its_next_character():
    made = data.Text("hello")
    x, y = made.windows(3)
    assert [made.read(row) for row in x] == ["hel", "ell"]
    assert [made.read(row) for row in y] == ["ell", "llo"]
    x[:] = 0
    assert made.text == "hello" and not np.shares_memory(x, y)


def test_unknown_characters_and_impossible_windows_are_said():
    with pytest.raises(DataError, match=r"'z' is no character of this text"):
        data.Text("abc").numbers("abz")
    with pytest.raises(DataError, match=r"windows\(3\) of a text of 3 characters"):
        data.Text("abc").windows(3)

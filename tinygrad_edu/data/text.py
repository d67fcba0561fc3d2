"""Sentences of a small grammar, as numbers: enough for a network that reads and writes character by character.

    sentence → article adjective? noun verb place? "."

The grammar is the truth to compare with: `is_sentence` says whether what a network wrote is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError
from .seeds import checked_count, generator

WORDS = {
    "article": ("the", "a", "every", "no"),
    "adjective": ("small", "red", "quiet", "quick"),
    "noun": ("cat", "dog", "bird", "fish", "fox"),
    "verb": ("sleeps", "sings", "waits", "jumps"),
    "place": ("here", "outside", "at home", "in the rain"),
}
SENTENCE = re.compile(
    "({article}) (?:({adjective}) )?({noun}) ({verb})(?: ({place}))?\\.".format(
        **{kind: "|".join(words) for kind, words in WORDS.items()}
    )
)


@dataclass(frozen=True)
class Text:
    """A text and the numbers of its characters.

    text         all sentences, a space between them
    characters   every character there is, sorted: the place of one is its number

    >>> text = Text("abba")
    >>> text.characters, text.numbers().tolist(), text.read([1, 0, 0])
    (('a', 'b'), [0, 1, 1, 0], 'baa')
    """

    text: str

    @property
    def characters(self) -> tuple[str, ...]:
        """The alphabet."""
        return tuple(sorted(set(self.text)))

    def numbers(self, text: str | None = None) -> np.ndarray:
        """The number of each character, of this text or of another one in the same alphabet."""
        known = {character: k for k, character in enumerate(self.characters)}
        text = self.text if text is None else text
        unknown = sorted(set(text) - known.keys())
        if unknown:
            raise DataError(
                f"{unknown[0]!r} is no character of this text.",
                f"It knows {len(known)} characters: {''.join(known)!r}.",
                "Leave it away, or make the Text of all the text there is.",
            )
        return np.array([known[character] for character in text], dtype=np.int64)

    def read(self, numbers: Any) -> str:
        """The characters of these numbers."""
        characters, places = self.characters, np.ravel(numbers)
        wrong = [k for k in places if not 0 <= k < len(characters) or k % 1]
        if wrong:
            raise DataError(
                f"{wrong[0]!r} is the number of no character.",
                f"This text has {len(characters)} characters, with the numbers 0 to {len(characters) - 1}.",
                "Pass what numbers() returned, or the argmax over the last axis of scores.",
            )
        return "".join(characters[int(k)] for k in places)

    def windows(self, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Every stretch of `length` characters, and the same one character further: what comes next, at each place.

        returns   two arrays (windows, length)
        """
        numbers = self.numbers()
        if not isinstance(length, (int, np.integer)) or not 1 <= length < len(numbers):
            raise DataError(
                f"windows({length}) of a text of {len(numbers)} characters.",
                "A window and the character behind it have to fit in.",
                f"Write a length from 1 to {max(1, len(numbers) - 1)}.",
            )
        rows = np.lib.stride_tricks.sliding_window_view(numbers, length + 1)
        return rows[:, :-1].copy(), rows[:, 1:].copy()


def sentences(n: int = 500, rng: Any = None) -> Text:
    """n sentences drawn from the grammar, one after the other.

    >>> sentences(2, rng=0).text
    'the cat sleeps outside. every fish jumps.'
    """
    rng = generator(rng)
    return Text(" ".join(_sentence(rng) for _ in range(checked_count("sentences", n))))


def _sentence(rng: np.random.Generator) -> str:
    def draw(kind: str) -> str:
        return WORDS[kind][rng.integers(len(WORDS[kind]))]

    adjective = [draw("adjective")] if rng.random() < 0.5 else []
    place = [draw("place")] if rng.random() < 0.5 else []
    return " ".join([draw("article"), *adjective, draw("noun"), draw("verb"), *place]) + "."


def is_sentence(text: str) -> bool:
    """Whether the grammar has this sentence.

    >>> is_sentence("no red fox waits."), is_sentence("red no fox waits.")
    (True, False)
    """
    return SENTENCE.fullmatch(text) is not None

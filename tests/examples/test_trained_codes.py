"""The sentences, the autoencoder and the playground: shorter trainings, and readers that are known to be right."""

from __future__ import annotations

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import digits
from tinygrad_edu.data.text import is_sentence


# ── e5: sentences ────────────────────────────────────────────────────────────────────────────────────────────────────
class Knowing(tg.nn.Module):
    """A reader that knows the grammar, in the place of a network."""

    def __init__(self, chances, text):
        self.chances, self.text = chances, text
        self.answers: dict[str, list[float]] = {}

    def after(self, start):
        if start not in self.answers:
            reached = [sum(p for s, p in self.chances.items() if s.startswith(start + c)) for c in self.text.characters]
            self.answers[start] = np.log(np.array(reached) + 1e-300)
        return self.answers[start]

    def forward(self, rows):
        found = np.zeros((*rows.shape, len(self.text.characters)))
        for i, row in enumerate(rows):
            for k in range(2, len(row) + 1):
                found[i, k - 1] = self.after(self.text.read(row[2:k]).split(".")[0])
        return tg.Value(found)


def test_e5_knows_every_sentence_of_the_grammar_and_how_probable_it_is(example):
    e5 = example("e5")
    chances = dict(e5.all_sentences())
    assert len(chances) == 4 * 5 * 5 * 4 * 5
    assert all(map(is_sentence, chances))
    np.testing.assert_allclose(sum(chances.values()), 1.0, rtol=1e-12)
    drawn = e5.sentences(4000, rng=7).text.rstrip(".").split(". ")
    bits = np.mean([-np.log2(chances[f"{sentence}."]) for sentence in drawn])
    np.testing.assert_allclose(bits, 2 + (1 + 1) + np.log2(5) + 2 + (1 + 1), rtol=0.01)
    assert max(map(len, chances)) + 2 <= e5.LENGTH


def test_e5_a_reader_who_knows_the_grammar_writes_nothing_else_and_is_surprised_as_little_as_one_can_be(example):
    e5 = example("e5")
    text, chances = e5.sentences(500, rng=0), dict(e5.all_sentences())
    net = Knowing(chances, text)
    assert all(map(is_sentence, e5.write(net, text, 5)))
    found, ideal = e5.surprise(net, text, e5.SHOWN), e5.ideal_surprise(chances, e5.SHOWN)
    np.testing.assert_allclose(found, ideal, atol=1e-9)
    np.testing.assert_allclose(ideal.sum(), -np.log2(chances[e5.SHOWN]), rtol=1e-12)


@pytest.mark.parametrize("kind", ["Recurrent", "Transformer"])
def test_e5_a_network_sees_no_letter_before_it_has_to_guess_it(example, kind):
    e5 = example("e5")
    net, x = getattr(e5, kind)(27, np.random.default_rng(0)), np.arange(12)[None]
    other = x.copy()
    other[0, 8] = 20
    same = np.isclose(net(x).data, net(other).data, atol=1e-6).all(axis=(0, 2))
    assert same.tolist() == [True] * 8 + [False] * 4


@pytest.mark.parametrize("kind", ["Recurrent", "Transformer"])
def test_e5_training_lowers_the_surprise_and_is_the_same_every_time(example, kind):
    e5 = example("e5")
    text = e5.sentences(100, rng=0)
    bits = []
    for _ in range(2):
        net = getattr(e5, kind)(len(text.characters), np.random.default_rng(0))
        before = e5.surprise(net, text, e5.SHOWN).sum()
        e5.train(net, *text.windows(e5.LENGTH), steps=25)
        bits.append(e5.surprise(net, text, e5.SHOWN).sum())
    assert bits[0] == bits[1]
    assert bits[0] < 0.75 * before


# ── e6: autoencoder ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 2, 6])
def test_e6_principal_components_are_those_of_scikit_learn(example, count):
    from sklearn.decomposition import PCA

    (x, _), (x_test, _) = digits()
    right = PCA(count, svd_solver="full").fit(x)
    found = example("e6").principal_components(x, x_test, count)
    np.testing.assert_allclose(found, right.inverse_transform(right.transform(x_test)), atol=1e-4)


def test_e6_bends_beat_the_flat_map_after_fifteen_epochs(example):
    e6 = example("e6")
    (x, _), (x_test, _) = digits()
    net, _ = e6.bent(x, 15)
    flat_map = e6.principal_components(x, x_test, 2)
    assert e6.error(net(x_test).data, x_test) < 0.9 * e6.error(flat_map, x_test)
    assert np.abs(net.parts[0](x_test).data).max() <= 1


# ── e7: the playground ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("name", "share"), [("clouds", 0.98), ("circle", 0.95), ("xor", 0.98)])
def test_e7_a_data_set_is_solved_where_one_neuron_is_not_enough(example, name, share):
    e7 = example("e7")
    make, sizes, enough = e7.SETS[name]
    assert e7.right(e7.train(sizes, make(0), enough), make(1)) > share
    assert (e7.right(e7.train([], make(0), 40), make(1)) > 0.9) == (name == "clouds")


def test_e7_an_answer_above_zero_means_class_one(example):
    points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.9, 0.0], [2.0, 0.0]]), np.array([0, 1, 1, 0])
    assert example("e7").right(lambda x: x[:, :1], points) == 0.75


def test_e7_the_film_has_the_epochs_of_the_spirals(run):
    _, out = run("e7", epochs=2)
    page = (out / "e7_spirals.html").read_text("utf-8")
    assert "Two spirals" in page
    assert re.search(r"\bepoch\b", page)

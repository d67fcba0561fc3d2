"""What the examples print and draw, and that they refuse a wrong formula."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

NAMES = ["r1", "r2", "r3", "r4", "r5"]
ROOT = Path(__file__).parents[2]

PRINTED = {
    "r1": [
        "check_formula: 5 of 5 gradients agree",
        "By hand and by Value: equal",
        "0.9 + 0.1 = 1.0    0.8 ✗       0.9 ✗",
        "0.4 + 0.5 = 0.9    0.8 ✗       0.9",
        "right, of 25:      2           21",
    ],
    "r2": [
        "net([0, 0]) = 0.5588236746843033",
        "check_formula: 6 of 6 gradients agree",
        "step    1   loss 0.2919",
        "step  100   loss 0.1420",
        "step  200   loss 0.0663",
        "step  300   loss 0.0289",
        "step  400   loss 0.0234",
        "step  500   loss 0.0202",
        "step 1000   loss 0.0103",
        "step 1500   loss 0.0055",
        "step 2000   loss 0.0035",
        "right: 121 of 121",
    ],
    "r3": [
        "neuron 0.9990889488055994",
        "network 0.7216325609518421",
        "MSE 0.5",
        "check_formula: 12 of 12 gradients agree",
        "loss at epoch   0: 0.292 0.246",
        "0.002 0.002\nAfter each of 1,000 epochs",
        "(-7, -3) is a woman with probability 0.949",
        "(20, 2) is a woman with probability 0.040",
    ],
    "r4": [
        "check_formula: 11 of 11 gradients agree",
        "epoch   1   cost 0.7570   accuracy  49%",
        "epoch 300   cost 0.0058   accuracy 100%",
        "parameters by hand and by Value were equal",
        "hidden layers: tanh     cost 0.0166   accuracy 100%",
    ],
    "r5": [
        "The published formula. check_formula: 5 of 8 gradients agree",
        "Its ratio to the gradient equals σ′(h) in every entry: the derivative of\n",
        "      the activation was applied twice.\n",
        "The same mistake as in W1.",
        "Mend z1 first",
        "The corrected formula. check_formula: 8 of 8 gradients agree",
        "0        0.64  100%   0.15  100%\n1        2.15   50%   0.33  100%",
        "2        1.67   70%   0.18  100%\n3        0.56  100%   0.12  100%",
        "Objects, arrays and Value: equal parameters after each of 40 epochs",
        "print 3.69 → 3.88",
        "it is 3.40 → 0.18",
    ],
}

PICTURES = {
    "r1": ["answers", "learning"],
    "r2": ["after", "before", "data", "learning"],
    "r3": ["after", "before", "loss"],
    "r4": ["after", "before", "data", "learning"],
    "r5": ["corrected", "data", "mse", "printed", "published"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in NAMES for text in PRINTED[name]])
def test_an_example_prints_its_figures(run, name, text):
    printed, _ = run(name)
    assert text in printed


def test_r3_prints_the_factors_of_the_derivation_in_their_order(run):
    printed, _ = run("r3")
    table = printed.split("three digits\n")[1].splitlines()[:6]
    assert [line.split()[-1] for line in table] == ["0.0474", "0.524", "-0.952", "0.249", "-0.0904", "0.0214"]
    graph = [float(line.split()[-2]) for line in table]
    h = 1 / (1 + np.exp(3))
    y = 1 / (1 + np.exp(-2 * h))
    factors = [-2 * (1 - y), y * (1 - y), -2 * h * (1 - h)]
    np.testing.assert_allclose(graph, [h, y, *factors, np.prod(factors)], atol=5e-9)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_draws_its_pictures_and_nothing_else(run, name):
    _, out = run(name)
    assert [path.name for path in sorted(out.iterdir())] == [f"{name}_{picture}.png" for picture in PICTURES[name]]


@pytest.mark.parametrize("path", [f"{name}_{picture}.png" for name in NAMES for picture in PICTURES[name]])
def test_a_picture_shows_something(run, path):
    pixels = imread(run(path[:2])[1] / path)[..., :3]
    drawn = (pixels < 0.9).any(axis=-1)
    assert min(drawn.shape) > 500
    assert drawn.mean() > 0.01
    assert len(np.unique(pixels @ (1.0, 300.0, 90000.0))) > 20  # colours


@pytest.mark.parametrize("name", ["r2", "r3", "r4"])
def test_training_changes_the_picture_of_the_function(run, name):
    before, after = (imread(run(name)[1] / f"{name}_{when}.png") for when in ("before", "after"))
    assert np.abs(before - after).mean() > 0.02


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_says_what_one_will_see(name):
    [path] = (ROOT / "examples").glob(f"{name}_*.py")
    first = ast.get_docstring(ast.parse(path.read_text("utf-8"))).splitlines()[0]
    assert first.startswith("You will see ")


def test_an_example_runs_as_a_program_with_the_folder_as_its_argument(tmp_path, monkeypatch, capsys):
    [path] = (ROOT / "examples").glob("r3_*.py")
    monkeypatch.setattr(sys, "argv", [str(path), str(tmp_path / "pictures")])
    runpy.run_path(str(path), run_name="__main__")
    assert (tmp_path / "pictures" / "r3_after.png").exists()
    assert "neuron 0.9990889488055994" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_the_check_of_the_example_prints(run, name):
    [page] = (ROOT / "docs").glob(f"{name}_*.md")
    [shown] = [text for text in page.read_text("utf-8").split("```text\n")[1:] if "check_formula" in text]
    printed = run(name)[0]
    for line in shown.split("```")[0].splitlines():
        if " PASS " in line:  # its last digits are rounding, which also decides the order
            assert re.search(rf"^  {line.split()[0]} +PASS ", printed, re.MULTILINE)
        elif re.fullmatch(r" +\d+\)", line):  # and how many entries are too close to a kink for finite differences
            assert re.search(r"finite differences in\n +\d+\)", printed)
        else:
            assert line in printed


# ── a wrong formula does not get through ─────────────────────────────────────────────────────────────────────────────
def shifted(epoch):
    return lambda w1, w2, b: epoch(w1, w2, b + 1e-11)


def overwriting(backward):
    def instead_of_adding(neuron, gradient):
        neuron.zero_grad()
        return backward(neuron, gradient)

    return instead_of_adding


def swapped(gradients):
    def two_names_mixed_up(*numbers):
        w1, w2, w3, *rest = gradients(*numbers)
        return (w1, w3, w2, *rest)

    return two_names_mixed_up


def wrong_sign(backward):
    return lambda *data, **settings: {k: -g if k == "b2" else g for k, g in backward(*data, **settings).items()}


@pytest.mark.parametrize(
    ("name", "path", "mistake", "message"),
    [
        ("r1", "epoch_by_hand", shifted, None),
        ("r2", "Neuron.backward", overwriting, "W1 +FAIL"),
        ("r3", "gradients_by_hand", swapped, "w3 +FAIL"),
        ("r4", "backward", wrong_sign, "wrong sign"),
        ("r5", "corrected", wrong_sign, None),
        ("r5", "Neuron.learn", lambda learn: lambda neuron, error: learn(neuron, error + 1e-11), None),
    ],
)
def test_an_example_stops_at_a_wrong_formula(example, tmp_path, name, path, mistake, message):
    module = example(name)
    *owner, function = path.split(".")
    place = getattr(module, owner[0]) if owner else module
    setattr(place, function, mistake(getattr(place, function)))
    with pytest.raises(AssertionError, match=message):
        module.main(tmp_path)

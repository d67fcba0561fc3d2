"""The backward pass as a file: it runs, it checks itself, and it notices when it is wrong."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.test_source import NETWORKS, R3, R4, drawn, same, two_layers, vectorised
from tinygrad_edu.compiler.source.backprop import write_backprop


def ran(path):
    return subprocess.run([sys.executable, str(path)], capture_output=True, text=True, cwd=path.parent)


def module(path) -> dict:
    space: dict = {"__name__": "backprop", "__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    return space


@pytest.mark.parametrize(("f", "args"), NETWORKS.values(), ids=NETWORKS)
def test_forward_and_backward_are_what_grad_computes(f, args, tmp_path):
    space = module(write_backprop(f, *args, to=tmp_path / "backprop.py"))
    loss, kept = space["forward"](*args)
    right = tg.value_and_grad(f)(*args)
    tolerance = 1e-3 if "float32" in repr(args) else 1e-13
    same(loss, right[0], tolerance)
    same(space["backward"](*args, kept), right[1], tolerance)


def test_the_file_checks_itself_and_notices_a_flipped_sign(tmp_path):
    path = write_backprop(vectorised, *R4, to=tmp_path / "r4.py")
    done = ran(path)
    assert (done.returncode, done.stdout) == (0, "forward and backward give the recorded numbers\n"), done.stderr
    text = path.read_text("utf-8")
    assert "dZ1 @ X.T" in text
    path.write_text(text.replace("dZ1 @ X.T", "-dZ1 @ X.T"), "utf-8")
    assert "AssertionError" in ran(path).stderr


def test_many_numbers_are_saved_beside_the_file(tmp_path):
    X, Y = drawn(2, 1500), (drawn(1, 1500) > 0).astype(float)
    path = write_backprop(vectorised, R4[0], X, Y, to=tmp_path / "r4.py")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r4.npz", "r4.py"]
    assert len(path.read_text("utf-8")) < 6000
    assert ran(path).returncode == 0


def test_it_reads_like_the_textbook(tmp_path):
    text = write_backprop(two_layers, *R3, to=tmp_path / "r3.py").read_text("utf-8")
    for line in (
        "    h1 = 1.0 / (1.0 + math.exp(-(w1 * x1 + w2 * x2 + b1)))",
        "    h1, h2, o1, t1 = kept",
        "    d_loss_d_o1 = -2.0 * t1  # back through t1 = y - o1",
        "    d_loss_d_h1 = d_loss_d_b3 * w5  # back through w5 * h1",
        "    d_loss_d_w1 = d_loss_d_b1 * x1  # back through w1 * x1",
    ):
        assert line in text.splitlines()


def test_values_from_outside_are_arguments(tmp_path):
    w = tg.Value(np.array([1.0, 2.0]), name="w")
    space = module(write_backprop(lambda x: (w * x).sum(), np.array([3.0, 4.0]), to=tmp_path / "b.py"))
    loss, kept = space["forward"](np.array([3.0, 4.0]), w.data)
    assert loss == 11.0
    same(space["backward"](np.array([3.0, 4.0]), w.data, kept), np.array([1.0, 2.0]))


def test_several_arguments_at_once(tmp_path):
    space = module(write_backprop(lambda a, b: a * b, 2.0, 5.0, to=tmp_path / "b.py", argnums=(0, 1)))
    assert space["backward"](2.0, 5.0, space["forward"](2.0, 5.0)[1]) == (5.0, 2.0)


@pytest.mark.parametrize("name", ["forward", "backward", "kept", "gradients", "loss"])
def test_whatever_the_user_calls_things(name, tmp_path):
    space: dict = {"tg": tg}
    exec(f"def f({name}, x):\n    h = tg.tanh({name} * x)\n    return h * h", space)
    path = write_backprop(space["f"], 0.5, 2.0, to=tmp_path / "b.py")
    assert ran(path).returncode == 0, path.read_text("utf-8")

"""Hooks see what passes a module, forwards and backwards, and may put something else in its place."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError


def test_a_forward_hook_sees_module_inputs_and_output_of_every_call():
    layer, calls = nn.Linear(2, 3), []
    layer.register_forward_hook(lambda *seen: calls.append(seen))
    x = np.ones((4, 2))
    y = layer(x)
    ((module, inputs, output),) = calls
    assert module is layer and inputs[0] is x and output is y


def test_what_a_forward_hook_returns_takes_the_place_of_the_output():
    layer = nn.Identity()
    layer.register_forward_hook(lambda module, inputs, y: y * 10.0)
    layer.register_forward_hook(lambda module, inputs, y: y + 1.0)
    assert layer(2.0) == 21.0


def test_hooks_of_parts_are_called_in_the_order_of_the_computation():
    net, order = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)), []
    for path, part in net.named_modules():
        part.register_forward_hook(lambda module, inputs, y, path=path: order.append(path))
        part.register_gradient_hook(lambda module, g, path=path: order.append(f"back {path}"))
    net(np.ones((1, 2))).sum().backward()
    assert order == ["0", "1", "2", "", "back ", "back 2", "back 1", "back 0"]


def test_a_removed_hook_is_not_called_again():
    layer, calls = nn.Identity(), []
    handle = layer.register_forward_hook(lambda *_: calls.append("first"))
    layer.register_forward_hook(lambda *_: calls.append("second"))
    layer(1.0)
    handle.remove()
    handle.remove()  # twice is once
    layer(1.0)
    assert calls == ["first", "second", "second"]


def test_a_handle_removes_its_hook_at_the_end_of_a_with_block_even_after_an_error():
    layer, calls = nn.Identity(), []
    layer.forward = lambda x: 1 / x
    with pytest.raises(ZeroDivisionError), layer.register_forward_hook(lambda *_: calls.append(1)):
        assert [layer(1), layer(0)]
    layer(1)
    assert calls == [1]


def test_a_gradient_hook_sees_the_whole_gradient_of_the_output_once(rng):
    layer, seen = nn.Linear(2, 3, rng=rng), []
    layer.register_gradient_hook(lambda module, g: seen.append((module, g)))
    y = layer(rng.normal(size=(4, 2)))
    (y.sum() + (y * 2.0).sum()).backward()  # used twice: one sum of both
    ((module, g),) = seen
    assert module is layer
    np.testing.assert_array_equal(g, np.full((4, 3), 3.0))


def test_gradients_are_the_same_with_and_without_a_hook_that_only_looks(rng):
    layer, x = nn.Linear(2, 3, rng=rng), rng.normal(size=(4, 2))
    (layer(x) ** 2).sum().backward()
    without = [p.grad for p in layer.parameters()]
    layer.zero_grad()
    layer.register_gradient_hook(lambda module, g: None)
    (layer(x) ** 2).sum().backward()
    for p, g in zip(layer.parameters(), without, strict=True):
        np.testing.assert_array_equal(p.grad, g)


def test_what_a_gradient_hook_returns_goes_on_in_its_place():
    layer = nn.Linear(1, 1)
    layer.register_gradient_hook(lambda module, g: np.clip(g, -0.5, 0.5))
    (layer([[1.0]]) * 100.0).sum().backward()
    assert layer.bias.grad.tolist() == [0.5]


def test_every_result_in_a_list_is_watched():
    layer, seen = nn.Layer(2, 3), []
    layer.register_gradient_hook(lambda module, g: seen.append(g))
    first, _, third = layer([1.0, 2.0])
    (first + 2.0 * third).backward()
    assert sorted(seen) == [1.0, 2.0]


def test_results_keep_their_containers():
    class Several(nn.Module):
        def forward(self, x):
            return {"all": (x, [x * 2.0])}, "text"

    module = Several()
    module.register_gradient_hook(lambda module, g: g)
    found, text = module(Value(1.0))
    assert (found["all"][1][0].data, type(found["all"]), text) == (2.0, tuple, "text")


def test_gradient_hooks_work_in_transforms_and_without_recording():
    layer, seen = nn.Identity(), []
    layer.register_gradient_hook(lambda module, g: seen.append(g))
    assert tg.grad(lambda x: layer(x) * 3.0)(1.0) == 3.0
    assert tg.grad(tg.grad(lambda x: layer(x) ** 3))(2.0) == 12.0
    assert seen[0] == 3.0 and len(seen) > 1
    with tg.no_grad():
        assert layer(Value(4.0)).inputs == ()


def test_hooks_keep_no_module_alive():
    layer = nn.Linear(2, 2)
    layer.register_gradient_hook(lambda module, g: None)
    layer(np.ones((1, 2))).sum().backward()
    ghost = weakref.ref(layer)
    del layer
    gc.collect()
    assert ghost() is None


@pytest.mark.parametrize(("kind", "takes"), [("forward", "module, inputs, output"), ("gradient", "module, gradient")])
def test_a_hook_must_be_a_function(kind, takes):
    with pytest.raises(DataError) as error:
        getattr(nn.Identity(), f"register_{kind}_hook")(3)
    assert str(error.value) == (
        f"register_{kind}_hook(3): an object of type int cannot be called.\n"
        "  A hook is a function that is called every time something passes the module.\n"
        f"  Write def hook({takes}): ... and pass hook."
    )


def test_a_hook_is_asked_about_numbers_and_not_about_the_letters_of_an_explanation():
    layer, seen = nn.Linear(2, 1), []
    layer.register_gradient_hook(lambda module, g: seen.append(np.abs(g).sum()))
    y = layer([1.0, 2.0]).sum()
    y.backward()
    assert "hooked" in tg.explain(y, layer.bias).text
    assert set(seen) == {1.0}

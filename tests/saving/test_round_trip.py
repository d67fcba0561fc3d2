"""What was saved comes back, bit for bit, into the things it belongs to, or nothing changes at all."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinygrad_edu as tg
from tinygrad_edu.errors import DataError
from tinygrad_edu.nn.state import StateError
from tinygrad_edu.saving.load import load
from tinygrad_edu.saving.messages import FileContentError
from tinygrad_edu.saving.save import save

KINDS = ("npz", "safetensors")
DTYPES = [
    *("float64", "float32", "float16", "int64", "int32", "int16", "int8"),
    *("uint64", "uint32", "uint16", "uint8", "bool"),
]


@pytest.fixture(params=KINDS)
def path(request, tmp_path):
    if request.param == "safetensors":
        pytest.importorskip("safetensors")
    return str(tmp_path / f"file.{request.param}")


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# ── arrays ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (5,), (2, 3, 4)], ids=str)
def test_every_dtype_and_shape_comes_back_bit_for_bit(path, dtype, shape):
    x = np.random.default_rng(0).integers(0, 256, (*shape, np.dtype(dtype).itemsize), dtype=np.uint8)
    x = (x[..., 0] > 127) if dtype == "bool" else x.view(dtype).reshape(shape)
    save(path, {"x": np.asarray(x)})
    found = load(path).model["x"]
    assert same_bits(found, np.asarray(x)) and found.flags.writeable


@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(20.0)[::-3],
        np.broadcast_to(np.float32(2.5), (2, 3)),
        np.arange(6).reshape(2, 3)[:, None].swapaxes(0, 2),
    ],
    ids=["transposed", "columns first", "every third backwards", "broadcast", "swapped"],
)
def test_the_order_in_memory_does_not_matter(path, x):
    save(path, {"x": x})
    assert same_bits(load(path).model["x"], np.ascontiguousarray(x))


@pytest.mark.parametrize("dtype", [">f8", ">f4", ">f2", ">i4", ">u8"])
def test_the_other_byte_order_comes_back_as_the_same_numbers_in_ours(path, dtype):
    x = np.array([[1.0, 250.0], [3.0, 7.0]], dtype)
    save(path, {"x": x})
    assert same_bits(load(path).model["x"], x.astype(x.dtype.newbyteorder("=")))


def test_columns_first_and_big_endian_arrays_written_by_numpy_are_read(tmp_path):
    x = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    np.savez(tmp_path / "a.npz", x=x)
    np.savez_compressed(tmp_path / "b.npz", x=x)
    for name in ("a.npz", "b.npz"):
        found = load(tmp_path / name).model["x"]
        assert found.tolist() == [[0, 1, 2], [3, 4, 5]] and found.dtype == np.float32


def test_nan_payloads_infinities_negative_zero_and_denormals_keep_their_bits(path):
    x = np.array([0x7FF8000000000001, 0xFFF0000000000000, 0x8000000000000000, 1], np.uint64).view(np.float64)
    save(path, {"x": x})
    assert same_bits(load(path).model["x"], x)


def test_numpy_reads_what_is_written(tmp_path):
    save(tmp_path / "a.npz", {"w": np.arange(3.0)}, extra={"epoch": 3})
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert found["w"].tolist() == [0, 1, 2]
        assert bytes(found["__metadata__"]) == b'{"version":1,"extra":{"epoch":3}}'


def test_safetensors_reads_what_is_written(tmp_path):
    other = pytest.importorskip("safetensors.numpy")
    save(tmp_path / "a.safetensors", {"w": np.arange(3.0)})
    assert other.load_file(tmp_path / "a.safetensors")["w"].tolist() == [0, 1, 2]


def test_the_same_content_makes_the_same_file(path):
    files = []
    for _ in range(2):
        save(path, {"w": np.arange(3.0)}, extra={"epoch": 3})
        with open(path, "rb") as file:
            files.append(file.read())
    assert files[0] == files[1]


# ── notes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def same(a, b):
    """Equal, with types, and nan equal to nan."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and same_bits(a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
arrays = hnp.arrays(st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
scalars = st.sampled_from(DTYPES).flatmap(lambda name: hnp.from_dtype(np.dtype(name), allow_nan=False))
leaves = scalars | st.none() | st.booleans() | st.integers(-(2**130), 2**130) | st.floats() | words | arrays
trees = st.recursive(
    leaves,
    lambda x: st.lists(x, max_size=4) | st.lists(x, max_size=3).map(tuple) | st.dictionaries(words, x, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=trees)
def test_any_tree_of_numbers_text_and_arrays_comes_back_as_it_was(path, extra):
    save(path, {"w": np.ones(2)}, extra=extra)
    found = load(path)
    assert same(extra, found.extra) and list(found.model) == ["w"]


@pytest.mark.parametrize(
    "extra",
    [
        {"$array": "w"},
        {"$float": "nan", "b": 1},
        {"a.b": np.ones(1), "a": {"b": np.zeros(2)}},
        {"../up": np.ones(1), "/x": np.ones(2), "": np.ones(3), "a\\b": np.ones(4)},
        {"w": np.ones(3)},
        [(1, (2.0, math.nan)), {"deep": [[[np.float64(1.5).item()]]]}],
    ],
    ids=["a mark as a key", "marks beside others", "one way to two", "paths as keys", "a name of the model", "nested"],
)
def test_no_key_of_the_notes_is_mistaken_for_anything_else(path, extra):
    save(path, {"w": np.ones(2), "extra/w": np.full(1, 5.0)}, extra=extra)
    found = load(path)
    assert same(extra, found.extra)
    assert found.model["w"].tolist() == [1, 1] and found.model["extra/w"].tolist() == [5]


def test_a_generator_goes_on_from_its_saved_state(path):
    for bits in (np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64):
        rng = np.random.Generator(bits(3))
        rng.random(10)
        save(path, extra={"rng": rng.bit_generator.state})
        expected = rng.random(5)
        again = np.random.Generator(bits(0))
        again.bit_generator.state = load(path).extra["rng"]
        assert again.random(5).tolist() == expected.tolist()


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def network(seed, sizes=(3, 4, 2)):
    rng = np.random.default_rng(seed)
    layers = [tg.nn.Linear(a, b, rng=rng) for a, b in zip(sizes, sizes[1:])]
    return tg.nn.Sequential(layers[0], tg.nn.BatchNorm1d(sizes[1]), tg.nn.Tanh(), layers[1])


def bits_of(model):
    return {name: x.tobytes() for name, x in model.state_dict().items()}


def test_a_network_comes_back_with_its_buffers(path):
    first, second = network(0), network(1)
    first(np.random.default_rng(2).normal(size=(8, 3)))  # changes the running averages
    save(path, first)
    assert bits_of(first) != bits_of(second)
    load(path, second)
    assert bits_of(first) == bits_of(second)


def test_scalar_networks_single_values_lists_and_dicts_are_models_too(path):
    pairs = [
        (tg.nn.MLP(2, [3, 1], rng=np.random.default_rng(0)), tg.nn.MLP(2, [3, 1], rng=np.random.default_rng(1))),
        (tg.Value(2.5), tg.Value(0.0)),
        (tg.Value([1.0, 2.0]), tg.Value([0.0, 0.0])),
        ([tg.Value(1.0), [tg.Value([2.0])]], [tg.Value(0.0), [tg.Value([0.0])]]),
        ({"w": np.arange(3.0), "net": network(0)}, {"w": np.zeros(3), "net": network(1)}),
    ]
    for first, second in pairs:
        save(path, first)
        wanted = load(path, second).model
        save(path, second)
        found = load(path).model
        assert wanted.keys() == found.keys() and all(same_bits(wanted[name], found[name]) for name in wanted)
    assert pairs[1][1].data == 2.5 and pairs[4][1]["w"].tolist() == [0, 1, 2]


def trained(model, optimizer, schedule, steps, rng):
    for _ in range(steps):
        x = rng.normal(size=(8, 3))
        optimizer.zero_grad()
        (model(x) * model(x)).mean().backward()
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Lion"])
def test_training_goes_on_from_a_file_as_if_it_had_never_stopped(path, name):
    def everything(seed):
        model = network(seed)
        settings = {"momentum": 0.9} if name == "SGD" else {}
        optimizer = getattr(tg.optim, name)(model.parameters(), lr=0.01, **settings)
        return model, optimizer, tg.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)

    model, optimizer, schedule = everything(0)
    rng = np.random.default_rng(5)
    trained(model, optimizer, schedule, 3, rng)
    save(path, model, optimizer=optimizer, schedule=schedule, extra={"rng": rng.bit_generator.state, "epoch": 3})
    trained(model, optimizer, schedule, 3, rng)

    model2, optimizer2, schedule2 = everything(1)
    found = load(path, model2, optimizer=optimizer2, schedule=schedule2)
    rng2 = np.random.default_rng()
    rng2.bit_generator.state = found.extra["rng"]
    trained(model2, optimizer2, schedule2, 3, rng2)
    assert found.extra["epoch"] == 3
    assert bits_of(model) == bits_of(model2)
    assert optimizer.lr == optimizer2.lr


# ── what does not fit changes nothing ────────────────────────────────────────────────────────────────────────────────
def test_a_model_of_another_shape_is_left_as_it_was(path):
    save(path, network(0))
    other = network(1, (3, 5, 2))
    before = bits_of(other)
    with pytest.raises(StateError, match=r"0.weight is \(5, 3\) here and \(4, 3\) in the state"):
        load(path, other)
    assert bits_of(other) == before


def test_strict_false_loads_what_both_have_and_says_what_is_left(path):
    save(path, {"w": np.ones(2), "old": np.ones(1)})
    mine = {"w": tg.Value([0.0, 0.0]), "new": tg.Value([7.0])}
    found = load(path, mine, strict=False)
    assert (found.missing_keys, found.unexpected_keys) == (("new",), ("old",))
    assert mine["w"].data.tolist() == [1, 1] and mine["new"].data.tolist() == [7]


def test_when_the_optimizer_does_not_fit_the_model_is_as_it_was(path):
    first = network(0)
    save(path, first, optimizer=tg.optim.SGD(first.parameters(), lr=0.1, momentum=0.9))
    second = network(1)
    adam = tg.optim.Adam(second.parameters(), lr=0.5)
    before = bits_of(second)
    with pytest.raises(DataError, match="does not fit the Adam"):
        load(path, second, optimizer=adam)
    assert bits_of(second) == before and adam.lr == 0.5 and adam.state == {}


def test_when_the_schedule_does_not_fit_model_and_optimizer_are_as_they_were(path):
    def everything(seed, rate):
        model = network(seed)
        return model, tg.optim.Adam(model.parameters(), lr=rate)

    model, optimizer = everything(0, 0.1)
    model(np.ones((2, 3))).sum().backward()
    optimizer.step()
    save(path, model, optimizer=optimizer, schedule=tg.optim.lr_scheduler.StepLR(optimizer, 2))
    model, optimizer = everything(1, 0.7)
    model(np.ones((2, 3))).sum().backward()
    optimizer.step()
    two = [tg.optim.lr_scheduler.StepLR(optimizer, 2), tg.optim.lr_scheduler.StepLR(optimizer, 3)]
    schedule = tg.optim.lr_scheduler.SequentialLR(optimizer, two, milestones=[3])
    before = bits_of(model), repr(optimizer.state_dict()), schedule.state_dict()
    with pytest.raises(DataError, match="does not fit the SequentialLR"):
        load(path, model, optimizer=optimizer, schedule=schedule)
    assert before == (bits_of(model), repr(optimizer.state_dict()), schedule.state_dict())


MISUSES = [
    (lambda p: save(network(0), p), DataError, "Write tg.save(\"model.npz\", model)."),
    (lambda p: save("model.pt", network(0)), DataError, "would be a pickle, which is neither read nor written here."),
    (lambda p: load("model.pkl"), DataError, "safetensors.torch.save_file(model.state_dict(), 'model.safetensors')"),
    (lambda p: save("model", network(0)), DataError, 'Write for example "model.npz".'),
    (lambda p: save("a\0.npz", network(0)), DataError, "says no kind of file"),
    (lambda p: save(p, len), DataError, "The model is a builtin_function_or_method."),
    (lambda p: save(p, {"a": {"b": "text"}}), DataError, "The model 'a.b' is a str."),
    (lambda p: save(p, {"a.b": np.ones(1), "a": {"b": np.ones(1)}}), DataError, "would be called 'a.b'"),
    (lambda p: save(p, {"../a": np.ones(1)}), DataError, "its name has '..' in it, so nothing was saved."),
    (lambda p: save(p, {"/a": np.ones(1)}), DataError, "its name is an absolute path"),
    (lambda p: save(p, {"__metadata__": np.ones(1)}), DataError, "its name is reserved for notes"),
    (lambda p: save(p, {"w": np.array(["text"])}), DataError, "w is an array of dtype <U4, so nothing was saved."),
    (lambda p: save(p, {"w": np.array([1j])}), DataError, "Write x.astype(np.float64)"),
    (lambda p: save(p, {"w": np.array([None])}), DataError, "an array of dtype object"),
    (lambda p: save(p, {"w": np.ma.array([1.0], mask=[True])}), DataError, "Write x.filled(0.0)"),
    (lambda p: save(p, extra={"f": len}), DataError, "extra/f is a builtin_function_or_method"),
    (lambda p: save(p, extra={"w": tg.Value(1.0, "w")}), DataError, "Write w.data, or save it as the model."),
    (lambda p: save(p, extra=np.random.default_rng()), DataError, "Write rng.bit_generator.state"),
    (lambda p: save(p, extra={"n": 10**5000}), DataError, "Write it as text: hex(x)."),
    (lambda p: save(p, extra={"n": np.longdouble(1)}), DataError, "extra/n is a longdouble, so nothing was saved."),
    (lambda p: save(p, extra={1: 2}), DataError, "The key 1 of extra is a int, so nothing was saved."),
    (lambda p: save(p, extra={"a": "\ud800"}), DataError, "half of a letter"),
    (lambda p: save(p, optimizer={"lr": 1.0}), DataError, "optimizer= was given a dict."),
    (lambda p: save(p, extra=endless()), DataError, "more than 64 containers deep"),
]  # fmt: skip


def endless():
    x = []
    x.append(x)
    return x


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda row: row[2][:40])
def test_what_cannot_be_saved_is_refused_before_a_file_is_touched(path, misuse, tmp_path):
    do, kind, words = misuse
    save(path, {"w": np.ones(1)})
    with pytest.raises(kind) as caught:
        do(path)
    assert words in str(caught.value) and all((caught.value.what, caught.value.why, caught.value.write))
    assert load(path).model["w"].tolist() == [1] and len(list(tmp_path.iterdir())) == 1


def test_a_file_without_the_part_that_is_asked_for_says_what_it_has(path):
    model = network(0)
    save(path, model, extra={"epoch": 1})
    with pytest.raises(FileContentError) as caught:
        load(path, optimizer=tg.optim.SGD(model.parameters(), lr=0.1))
    assert str(caught.value) == (
        f"{path} holds no optimizer.\n"
        "  It was saved with model, extra.\n"
        "  Leave optimizer=... out, or save it: tg.save(path, model, optimizer=optimizer)."
    )
    save(path, extra={})
    with pytest.raises(FileContentError, match="holds no model"):
        load(path, model)


@pytest.mark.parametrize(("part", "kind"), [(3.0, "a float"), (tg.Value(1.0) * 2, "a result")])
def test_numbers_are_not_loaded_into_what_cannot_take_them(path, part, kind):
    save(path, {"w": np.array(5.0)})
    with pytest.raises(DataError, match=f"'w' of the model is {kind}, so nothing was loaded"):
        load(path, {"w": part})


def test_a_read_only_array_is_not_written_to(path):
    save(path, {"a": np.ones(1), "w": np.ones(1)})
    frozen, free = np.zeros(1), np.zeros(1)
    frozen.flags.writeable = False
    with pytest.raises(DataError, match="a read-only array"):
        load(path, {"a": free, "w": frozen})
    assert free.tolist() == frozen.tolist() == [0]


def test_saving_loads_no_package_until_it_is_needed():
    code = "import sys, tinygrad_edu.saving; print('safetensors' in sys.modules, 'zipfile' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "False"


def test_without_the_package_a_safetensors_file_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for do in (lambda: save(tmp_path / "a.safetensors", extra=1), lambda: load(tmp_path / "a.safetensors")):
        with pytest.raises(ImportError, match=r'Run: python -m pip install "tinygrad-edu\[io\]"'):
            do()


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@pytest.mark.parametrize("extra", [np.arange(3.0), [], {}, 0, "", [np.zeros(2)]])
def test_whatever_is_saved_as_extra_is_read_back(extra, suffix, tmp_path):
    if suffix == "safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / f"file.{suffix}"
    tg.save(path, {"w": tg.Value([1.0])}, extra=extra)
    found = tg.load(path).extra
    assert type(found) is type(extra) and repr(found) == repr(extra)

"""Files by somebody who wishes us ill, or that were damaged on the way: one kind of error, no harm, nothing changed."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.saving.load import load
from tinygrad_edu.saving.messages import FileContentError
from tinygrad_edu.saving.save import save

ADVICE = "Take another copy of the file; nothing was changed by this one."


def npy(x, **settings):
    """The bytes of a .npy file."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(x), **settings)
    return file.getvalue()


def npy_of(header, body=b"", version=(1, 0)):
    """The same with a header of our own words."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", len(text)) + text + body


def declared(shape, dtype="<f8"):
    return f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}"


def archive(path, *entries, kind=zipfile.ZIP_STORED):
    """A zip with these names and bytes."""
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in entries:
            file.writestr(name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name), content, kind)
    return path


def tensors(path, header, body=b"", length=None):
    """A safetensors file with this header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)
    return path


def refused(path, words, model=None):
    """Loading fails with our error and these words, takes little memory, and leaves a model as it was."""
    model = {"w": tg.Value([7.0, 7.0])} if model is None else model
    tracemalloc.start()
    try:
        with pytest.raises(FileContentError) as caught:
            load(path, model)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert words in str(caught.value), str(caught.value)
    assert str(caught.value).startswith(f"{path} cannot be loaded: ") and caught.value.why and caught.value.write
    assert peak < 16 * path.stat().st_size + (4 << 20)
    assert model["w"].data.tolist() == [7, 7]


class Bomb:
    """What a pickle would run."""

    def __reduce__(self):
        return os.mkdir, ("exploded",)


# ── .npz ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
LARGE = 10**12
ENTRIES = [
    ("a pickled array", npy(np.array([{}], object), allow_pickle=True), "'w' holds Python objects, that is a pickle."),
    ("a pickle", pickle.dumps([1.0]), "magic string is not correct"),
    ("objects in a structure", npy(np.zeros(2, "f8,O"), allow_pickle=True), "holds Python objects"),
    ("text", npy(np.array(["ab"])), "'w' has dtype <U2, not numbers of up to 8 bytes"),
    ("complex numbers", npy(np.ones(2, complex)), "has dtype complex128"),
    ("dates", npy(np.zeros(2, "M8[s]")), "has dtype datetime64[s]"),
    ("structures", npy(np.zeros(2, "f8,i4")), "not numbers of up to 8 bytes"),
    ("raw bytes", npy(np.zeros(2, "V8")), "has dtype"),
    ("long doubles", npy_of(declared((2,), "<f16"), bytes(32)), "float128" if np.longdouble(0).nbytes == 16 else "w"),
    ("nothing", b"", "expected 8 bytes"),
    ("half a header", npy(np.ones(2))[:20], "expected"),
    ("half an array", npy(np.ones(2))[:-1], "'w' claims shape (2,) of float64, and has 15 bytes"),
    ("more than an array", npy(np.ones(2)) + b"x", "'w' claims shape (2,) of float64, and has 17 bytes"),
    ("8 TB", npy_of(declared((LARGE,)), bytes(16)), f"'w' claims shape ({LARGE},) of float64, and has 16 bytes"),
    ("a product beyond 2⁶⁴", npy_of(declared((2**33, 2**33)), bytes(16)), "'w' claims shape (8589934592, 8589934592)"),
    ("a product that is 16 modulo 2⁶⁴", npy_of(declared((2**62 + 1, 4)), bytes(32)), "'w' claims shape"),
    ("nothing times much", npy_of(declared((0, 10**30))), "cannot be loaded"),
    ("a negative length", npy_of(declared((-2, -1)), bytes(16)), "'w' claims shape (-2, -1)"),
    ("a length of -1", npy_of(declared((-1,)), b""), "'w' claims shape (-1,)"),
    ("a hundred axes", npy_of(declared((1,) * 100), bytes(8)), "cannot be loaded"),
    ("a shape of letters", npy_of(declared("('a',)"), bytes(16)), "shape"),
    ("a program as shape", npy_of(declared("__import__('os').mkdir('exploded')"), bytes(16)), "cannot be loaded"),
    ("a program as dtype", npy_of("{'descr': exec('1'), 'fortran_order': False, 'shape': (1,)}"), "cannot be loaded"),
    ("a header of brackets", npy_of("(" * 9000), "cannot be loaded"),
    ("a long header", npy_of(" " * 60_000), "cannot be loaded"),
    ("a header of 4 GB", b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(20), "cannot be loaded"),
    ("version 3", npy_of(declared((2,)), bytes(16), (3, 0)), "the header of an array has version (3, 0)"),
    ("version 9", npy_of(declared((2,)), bytes(16), (9, 0)), "the header of an array has version (9, 0)"),
]  # fmt: skip


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize("row", ENTRIES, ids=lambda row: row[0])
def test_an_array_that_is_not_what_it_should_be_is_refused(tmp_path, monkeypatch, row, kind):
    monkeypatch.chdir(tmp_path)
    refused(archive(tmp_path / "a.npz", ("w.npy", row[1]), kind=kind), row[2])
    assert os.listdir(tmp_path) == ["a.npz"]


def test_a_pickle_inside_is_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "a.npz", w=np.array([Bomb()], object), allow_pickle=True)
    refused(tmp_path / "a.npz", "Python objects")
    archive(tmp_path / "b.npz", ("w.npy", npy_of(declared((1,), "|O"), pickle.dumps(Bomb()))))
    refused(tmp_path / "b.npz", "Python objects")
    assert sorted(os.listdir(tmp_path)) == ["a.npz", "b.npz"]


NAMES = [
    ("/etc/w.npy", "is an absolute path"),
    ("../w.npy", "has '..' in it"),
    ("a/../../w.npy", "has '..' in it"),
    ("C:w.npy", "is an absolute path"),
    ("a\\..\\w.npy", "has a letter that no name has"),
    (".npy", "is empty"),
    ("w\n.npy", "has a letter that no name has"),
    ("w" * 1001 + ".npy", "has 1001 letters"),
    ("w.txt", "does not end in .npy"),
    ("folder/", "does not end in .npy"),
]


@pytest.mark.parametrize(("name", "words"), NAMES, ids=lambda x: repr(x)[:30])
def test_a_name_that_another_program_would_take_for_a_path_is_refused(tmp_path, name, words):
    refused(archive(tmp_path / "a.npz", (name, npy(np.ones(2)))), words)


def test_a_name_with_a_zero_byte_does_not_hide_what_is_behind_it(tmp_path):
    path = archive(tmp_path / "a.npz", ("wX.npy", npy(np.ones(2))))
    path.write_bytes(path.read_bytes().replace(b"wX.npy", b"w\0.npy"))
    refused(path, "has a letter that no name has")


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive(tmp_path / "a.npz", ("w.npy", npy(np.ones(2))), ("w.npy", npy(np.zeros(2))))
    refused(tmp_path / "a.npz", "the name 'w' is in it twice")


def test_a_link_in_the_archive_is_followed_by_nobody(tmp_path):
    link = zipfile.ZipInfo("w.npy")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    refused(archive(tmp_path / "a.npz", (link, b"/etc/passwd")), "magic string")


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    zeros = npy_of(declared((1 << 23,)), bytes(8 << 23))
    path = archive(tmp_path / "a.npz", ("w.npy", zeros), kind=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 80_000
    refused(path, "claim to hold 67,1")


def test_arrays_that_share_their_bytes_in_the_file_are_not_counted_once(tmp_path):
    part = npy(np.ones(2))
    path = archive(tmp_path / "a.npz", *[(f"w{k}.npy", part) for k in range(9)])
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    for _ in range(9):  # every entry of the directory points to the first array
        struct.pack_into("<I", data, at + 42, 0)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    refused(path, "cannot be loaded")


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_ways_of_compressing_that_numpy_never_uses_are_refused(tmp_path, kind):
    refused(archive(tmp_path / "a.npz", ("w.npy", npy(np.ones(2))), kind=kind), "in a way that NumPy never uses")


def test_sizes_that_lie_about_a_compressed_array_are_found(tmp_path):
    path = archive(tmp_path / "a.npz", ("w.npy", npy(np.ones(500))), kind=zipfile.ZIP_DEFLATED)
    data, size = bytearray(path.read_bytes()), len(npy(np.ones(500)))
    at = data.index(b"PK\x01\x02")
    for claimed in (size - 8, size + 8, size + 10**6, 2**32 - 2):
        struct.pack_into("<I", data, at + 24, claimed)
        path.write_bytes(data)
        refused(path, "cannot be loaded")


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" * 50, npy(np.ones(2))], ids=repr
)
def test_what_is_no_zip_or_an_empty_one_is_no_model(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(FileContentError):
        load(tmp_path / "a.npz", {"w": tg.Value([7.0, 7.0])})


# ── notes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
NOTES = [
    ("nan", '{"version":1,"extra":NaN}', "its notes contain NaN"),
    ("infinity", '{"version":1,"extra":-Infinity}', "its notes contain -Infinity"),
    ("a number beyond all", '{"version":1,"extra":1e999}', "its notes contain the number 1e999"),
    ("a million digits", '{"version":1,"extra":1%s}' % ("0" * 10**6), "cannot be loaded"),
    ("deep brackets", '{"version":1,"extra":' + "[" * 10**5, "cannot be loaded"),
    ("no JSON", "import os", "cannot be loaded"),
    ("no text", b"\xff\xfe", "cannot be loaded"),
    ("a list", "[1]", "its notes are none of ours"),
    ("no version", "{}", "its notes are none of ours"),
    ("true as version", '{"version":true}', "its notes are none of ours"),
    ("an unknown part", '{"version":1,"program":"x"}', "its notes speak of 'program'"),
    ("an array that is not there", '{"version":1,"extra":{"$array":"x"}}', "of an array 'x' that is not in it"),
    ("an array used twice", '{"version":1,"extra":[{"$array":"w"},{"$array":"w"}]}', "an array 'w' that is not in it"),
    ("an unknown mark", '{"version":1,"extra":{"$import":"os"}}', "its notes have an unknown mark '$import'"),
    ("a mark of the wrong kind", '{"version":1,"extra":{"$array":["w"]}}', "unknown mark '$array'"),
    ("a float that is none", '{"version":1,"extra":{"$float":"1"}}', "unknown mark '$float'"),
    ("a number of no kind", '{"version":1,"extra":{"$number":["object",1]}}', "unknown mark '$number'"),
    ("a number that is text", '{"version":1,"extra":{"$number":["int8","1"]}}', "unknown mark '$number'"),
    ("a number that is too large", '{"version":1,"extra":{"$number":["int8",999]}}', "cannot be loaded"),
    ("a number that is a list", '{"version":1,"extra":{"$number":[["int8"],1]}}', "unknown mark '$number'"),
    ("two marks", '{"version":1,"extra":{"$array":"w","$float":"nan"}}', "have the keys $array, $float together"),
]  # fmt: skip


@pytest.mark.parametrize("row", NOTES, ids=lambda row: row[0])
def test_notes_that_nobody_would_write_are_refused(tmp_path, row):
    notes = np.frombuffer(row[1] if isinstance(row[1], bytes) else row[1].encode(), np.uint8)
    refused(archive(tmp_path / "a.npz", ("w.npy", npy(np.ones(2))), ("__metadata__.npy", npy(notes))), row[2])


@pytest.mark.parametrize("notes", [np.ones(3), np.ones((2, 2), np.uint8), np.uint8(3)], ids=["floats", "2-D", "0-D"])
def test_notes_of_another_kind_are_refused(tmp_path, notes):
    refused(archive(tmp_path / "a.npz", ("__metadata__.npy", npy(notes))), "its notes are no text")


def test_a_file_of_a_later_release_says_what_to_do(tmp_path):
    notes = np.frombuffer(b'{"version":2}', np.uint8)
    path = archive(tmp_path / "a.npz", ("__metadata__.npy", npy(notes)))
    with pytest.raises(FileContentError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path} has version 2 of the layout; this program reads version 1.\n"
        "  A later release wrote it, and may mean something else by the same names.\n"
        "  Run: python -m pip install --upgrade tinygrad-edu"
    )


# ── .safetensors ─────────────────────────────────────────────────────────────────────────────────────────────────────
def part(dtype="F64", shape=(2,), offsets=(0, 16)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


HEADERS = [
    ("overlapping arrays", {"w": part(), "v": part()}, "cannot be loaded"),
    ("half overlapping arrays", {"w": part(), "v": part(offsets=(8, 24))}, "cannot be loaded"),
    ("a hole", {"w": part(offsets=(8, 24))}, "cannot be loaded"),
    ("bytes behind the last array", {"w": part(shape=(1,), offsets=(0, 8))}, "cannot be loaded"),
    ("more than there is", {"w": part(shape=(LARGE,), offsets=(0, 8 * LARGE))}, "cannot be loaded"),
    ("a shape that does not fit", {"w": part(shape=(3,))}, "cannot be loaded"),
    ("a product beyond 2⁶⁴", {"w": part(shape=(2**33, 2**33))}, "cannot be loaded"),
    ("offsets the wrong way round", {"w": part(offsets=(16, 0))}, "cannot be loaded"),
    ("negative offsets", {"w": part(offsets=(-16, 0))}, "cannot be loaded"),
    ("an unknown dtype", {"w": part("OBJECT")}, "cannot be loaded"),
    ("a dtype that NumPy does not have", {"w": part("F8_E4M3", (16,))}, "has dtype F8_E4M3, which NumPy does not have"),
    ("an absolute name", {"/w": part()}, "the name '/w' in it is an absolute path"),
    ("a name that goes up", {"../w": part()}, "the name '../w' in it has '..' in it"),
    ("a name twice", b'{"w":%s,"w":%s}' % ((json.dumps(part()).encode(),) * 2), "the name 'w' is in it twice"),
    ("a list", [1, 2], "its header is no list of names"),
    ("no JSON", b"{'w': 1}", "cannot be loaded"),
    ("an array that is a number", {"w": 3}, "cannot be loaded"),
    ("notes that are no text", {"__metadata__": {"a": 1}, "w": part()}, "its notes are no text"),
    ("notes in a list", {"__metadata__": [1], "w": part()}, "its notes are no text"),
    ("deep brackets", b"[" * 10**5, "cannot be loaded"),
    ("another sum", {"__metadata__": {"tinygrad_edu": '00000000 {"version":1}'}, "w": part()}, "checksum differs"),
]  # fmt: skip


@pytest.mark.parametrize("row", HEADERS, ids=lambda row: row[0])
def test_a_header_that_does_not_describe_the_bytes_is_refused(tmp_path, row):
    pytest.importorskip("safetensors")
    refused(tensors(tmp_path / "a.safetensors", row[1], np.ones(2).tobytes()), row[2])


@pytest.mark.parametrize("length", [0, 1, 17, 10**8, 2**63, 2**64 - 1])
def test_a_header_that_is_not_as_long_as_it_says_is_refused(tmp_path, length):
    pytest.importorskip("safetensors")
    refused(tensors(tmp_path / "a.safetensors", {"w": part()}, np.ones(2).tobytes(), length), "cannot be loaded")


def test_a_header_of_a_hundred_megabytes_is_not_even_read(tmp_path):
    pytest.importorskip("safetensors")
    path = tmp_path / "a.safetensors"
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", 10**8))
        file.truncate(10**8 + 8)  # a hole: it takes no room on the disk
    tracemalloc.start()
    with pytest.raises(FileContentError, match=r"claims 100,000,000 bytes, more than a header may have \(25,000,000\)"):
        load(path)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_names_a_header_may_have_are_counted_in_no_time(tmp_path):
    pytest.importorskip("safetensors")
    names = {f"{k}": part("F64", (0,), (0, 0)) for k in range(3000)}
    assert len(load(tensors(tmp_path / "a.safetensors", names)).model) == 3000
    text = b"{" + b",".join(b'"w":%s' % json.dumps(part()).encode() for _ in range(3000)) + b"}"
    refused(tensors(tmp_path / "b.safetensors", text, np.ones(2).tobytes()), "is in it twice")


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module", params=["npz", "deflated.npz", "safetensors"])
def whole(request, tmp_path_factory):
    """A valid file of each kind, small, with all parts."""
    path = tmp_path_factory.mktemp("whole") / f"a.{request.param}"
    if request.param == "deflated.npz":
        np.savez_compressed(path, w=np.arange(2.0), b=np.zeros(40, np.float32))
    else:
        if request.param == "safetensors":
            pytest.importorskip("safetensors")
        save(path, {"w": np.arange(2.0), "b": np.zeros((2, 2), np.float32)}, extra={"epoch": 3, "loss": np.ones(3)})
    return path


def test_a_file_that_ends_early_is_refused_wherever_it_ends(whole, tmp_path):
    data, path = whole.read_bytes(), tmp_path / whole.name
    model = {"w": tg.Value([7.0, 7.0]), "b": tg.Value(np.zeros(4))}
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(FileContentError):
            load(path, model, strict=False)
    assert model["w"].data.tolist() == [7, 7]


def contents(path):
    saved = load(path)
    return {name: (x.dtype.str, x.shape, x.tobytes()) for name, x in saved.model.items()}, repr(saved.extra)


def test_one_flipped_bit_is_found_or_does_no_harm_wherever_it_is(whole, tmp_path):
    """Every part of our own files is under a checksum: what can still be loaded is what was saved."""
    content, path, expected, found = whole.read_bytes(), tmp_path / whole.name, contents(whole), 0
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << (at * 5 % 8)
        path.write_bytes(changed)
        try:
            assert contents(path) == expected, f"byte {at}"
        except FileContentError:
            found += 1
    assert found > len(content) // 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bits_never_end_in_anything_but_our_error(whole, tmp_path, data):
    changed, path = bytearray(whole.read_bytes()), tmp_path / whole.name
    places = st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 7))
    for at, bit in data.draw(st.lists(places, min_size=1, max_size=6)):
        changed[at] ^= 1 << bit
    path.write_bytes(changed)
    loaded_or_refused(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pieces_cut_out_doubled_or_overwritten_never_end_in_anything_but_our_error(whole, tmp_path, data):
    content, path = whole.read_bytes(), tmp_path / whole.name
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    middle = data.draw(
        st.sampled_from([b"", content[a:b] * 2, b"\xff" * (b - a), b"\0" * (b - a)]) | st.binary(max_size=40)
    )
    path.write_bytes(content[:a] + middle + content[b:])
    loaded_or_refused(path)


def loaded_or_refused(path):
    tracemalloc.start()
    try:
        contents(path)
    except FileContentError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 24 << 20


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
@pytest.mark.parametrize("head", [b"", b"PK\x03\x04", b"\x10\0\0\0\0\0\0\0{"], ids=["", "zip", "safetensors"])
def test_noise_is_refused(tmp_path, content, head):
    for suffix in ("npz", "safetensors"):
        if suffix == "safetensors":
            pytest.importorskip("safetensors")
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(head + content)
        with pytest.raises(FileContentError):
            load(path, {"w": tg.Value([7.0, 7.0])})


GREEDY = """
import resource, sys
from tinygrad_edu.saving.load import load
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20),) * 2)
for path in sys.argv[1:]:
    try:
        load(path)
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads its own memory from /proc")
def test_huge_claims_are_refused_in_a_process_that_has_no_memory_for_them(tmp_path):
    paths = [archive(tmp_path / "a.npz", ("w.npy", npy_of(declared((1 << 30,)), bytes(16))))]
    zeros = npy_of(declared((1 << 27,)))
    with zipfile.ZipFile(tmp_path / "b.npz", "w", zipfile.ZIP_DEFLATED) as file, file.open("w.npy", "w") as entry:
        entry.write(zeros)
        for _ in range(128):
            entry.write(bytes(8 << 20))
    paths.append(tmp_path / "b.npz")
    done = subprocess.run([sys.executable, "-c", GREEDY, *map(str, paths)], capture_output=True, text=True)
    assert done.stdout.split() == ["FileContentError"] * 2, done.stderr

"""`tinygrad-edu predict`: the answers of the saved network, and everything that could make a wrong one, refused."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from tinygrad_edu.cli.learned import Learned
from tinygrad_edu.cli.main import main
from tinygrad_edu.saving.load import load
from tinygrad_edu.saving.save import save

COMMAND = "predict"


def network(folder, classes=("elf", "troll"), outputs=1, name="net", inputs=("height", "weight"), **settings):
    """A network with random weights, saved."""
    sizes = [len(inputs), 3, outputs]
    learned = Learned.untrained("people", [*inputs], "kind", classes and [*classes], sizes, "tanh", rng=0)
    learned.shift, learned.scale = np.arange(len(inputs)) + 0.1, np.full(len(inputs), 1 / 3)
    for key, value in settings.items():
        setattr(learned, key, value)
    (folder / name).mkdir()
    learned.save(folder / name / "model.npz")
    return learned


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(learned, x):
    """The scores of the network, in NumPy."""
    w, b, v, c = (p.data for p in learned.model.parameters())
    return np.tanh((x - learned.shift) / learned.scale @ w.T + b) @ v.T + c


def test_the_answer_about_a_sample_is_the_likeliest_class_and_every_probability(run, own_folder):
    learned = network(own_folder)
    p = sigmoid(by_hand(learned, np.array([[0.5, -0.3]])))[0, 0]
    rows = sorted([(1 - p, "elf"), (p, "troll")], reverse=True)
    expected = [f"kind: {rows[0][1]}", *(f"  {name:<5}  {share:.1%}" for share, name in rows)]
    assert run("net", "0.5", "-0.3") == (0, "\n".join(expected) + "\n", "")
    assert run("net/model.npz", "5e-1", "-3.0e-1")[1] == "\n".join(expected) + "\n"


def test_of_three_classes_the_probabilities_are_softmax(run, own_folder):
    learned = network(own_folder, "abc", 3)
    z = by_hand(learned, np.array([[1.0, 2.0]]))[0]
    p = np.exp(z) / np.exp(z).sum()
    _, out, _ = run("net", "1", "2")
    said = dict(line.split() for line in out.splitlines()[1:])
    assert said == {name: f"{share:.1%}" for name, share in zip("abc", p)}
    assert out.startswith(f"kind: {'abc'[p.argmax()]}\n")


def test_a_number_is_in_the_units_of_the_target(run, own_folder):
    learned = network(own_folder, None, middle=1000.0, unit=50.0)
    expected = by_hand(learned, np.array([[1.0, 2.0]]))[0, 0] * 50 + 1000
    assert run("net", "1", "2") == (0, f"kind: {expected:.6g}\n", "")


@pytest.mark.parametrize(
    "text",
    ["height,weight\n1,2\n-3,0.25\n", "weight;kind;height\n2;elf;1\n0.25;troll;-3\n", "1\t2\n-3\t0.25\n"],
    ids=["names", "names in another order, and the target", "no names"],
)
def test_a_table_is_answered_row_by_row_with_every_digit(run, own_folder, text):
    learned = network(own_folder)
    (own_folder / "points.csv").write_text(text)
    _, out, err = run("net", "--csv", "points.csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    p = learned.probabilities([[1.0, 2.0], [-3.0, 0.25]])
    assert [row["row"] for row in rows] == ["1", "2"] and err == ""
    assert [row["kind"] for row in rows] == [["elf", "troll"][k] for k in p.argmax(axis=1)]
    assert [float(row["probability"]) for row in rows] == p.max(axis=1).tolist()


def test_a_table_of_numbers_is_answered_with_every_digit(run, own_folder):
    learned = network(own_folder, None, middle=0.1, unit=3.0)
    (own_folder / "points.csv").write_text("1,2\n3,4\n")
    _, out, _ = run("net", "--csv", "points.csv")
    said = [float(row["kind"]) for row in csv.DictReader(io.StringIO(out))]
    assert said == learned.numbers([[1.0, 2.0], [3.0, 4.0]]).tolist()


def test_two_commands_one_after_the_other_learn_and_answer(capsys, own_folder):
    assert main(["train", "blobs", "--epochs", "10", "--no-film"]) == 0
    capsys.readouterr()
    for point, k in ((("-4", "-2"), 0), (("0", "4"), 1), (("4", "-2"), 2)):
        main(["predict", "tinygrad-edu-train/blobs", *point])
        assert capsys.readouterr().out.startswith(f"class: {k}\n")


@pytest.mark.parametrize(
    ("line", "what", "write"),
    [
        ("", "It is not said which network to ask.", "Write tinygrad-edu predict tinygrad-edu-train/moons 0.5 -0.3."),
        ("nowhere 1 2", "There is no network in 'nowhere'.", "Write the folder that tinygrad-edu train named"),
        ("net 1", "There is 1 number, and the network has 2 inputs: height, weight.",
         "Write tinygrad-edu predict net 0.5 0.5."),
        ("net", "There are 0 numbers, and the network has 2 inputs", "Write tinygrad-edu predict net 0.5 0.5."),
        ("net 1 2 3", "There are 3 numbers, and the network has 2 inputs", "Write tinygrad-edu predict net 0.5 0.5."),
        ("net 1,5 2", "'1,5' is no number.", "Write 1.5, with a decimal point."),
        ("net tall 2", "'tall' is no number.", "Write numbers such as 0.5 or -3e2, or --csv points.csv for a table."),
        ("net nan 2", "'nan' is no number.", "Write numbers such as"),
        ("net 1e308 2", "There is no answer about sample 1: it is not finite.", "Write numbers like those"),
        ("net 1 2 --csv named.csv", "There are numbers, '1', and a table.", "Leave out one of them."),
        ("net --csv named.csv", "named.csv has no column 'weight'; it has height, mass.", "Write these names into"),
        ("net --csv wide.csv", "wide.csv has 3 columns, and the network has 2 inputs.",
         "Leave out the others, or write the names into the first line: height,weight."),
        ("net --csv nowhere.csv", "nowhere.csv cannot be read: there is no such file.", "Check the path"),
        ("net --csv text.csv", "text.csv, line 3: 'x' in column 'weight' is no number.", "Correct it, or leave out"),
    ],
)  # fmt: skip
def test_a_question_that_the_network_cannot_answer_is_told_why(run, own_folder, line, what, write):
    network(own_folder)
    (own_folder / "named.csv").write_text("height,mass\n1,2\n")
    (own_folder / "wide.csv").write_text("1,2,3\n")
    (own_folder / "text.csv").write_text("height,weight\n1,2\n3,x\n4,5\n")
    code, out, err = run(*line.split())
    said = " ".join(err.split())
    assert (code, out) == (2, "")
    assert said.startswith(f"tinygrad-edu predict: {what}")
    assert write in said


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
CHANGES = {
    "version": (2, "its version is 2, and this program reads 1"),
    "sizes": ([2, 10**12, 1], "its arrays are not those of layers of sizes [2, 1000000000000, 1]"),
    "inputs": (["height"], "layers of sizes [2, 3, 1] do not fit 1 inputs and 2 answers"),
    "classes": (["a", "b", "c"], "layers of sizes [2, 3, 1] do not fit 2 inputs and 3 answers"),
    "activation": ("os.system", "there is no activation 'os.system'"),
    "shift": ([0.0], "it does not say how its inputs are scaled"),
    "scale": ([1.0, 0.0], "its scales are none"),
    "middle": (10**400, "its scales are none"),
    "target": (None, "it does not say what its inputs are"),
}


@pytest.mark.parametrize("key", CHANGES)
def test_a_file_that_contradicts_itself_is_not_used(run, own_folder, key):
    network(own_folder)
    path = own_folder / "net" / "model.npz"
    saved = load(path)
    value, why = CHANGES[key]
    save(path, saved.model, extra={**saved.extra, key: value})
    code, out, err = run("net", "1", "2")
    assert (code, out) == (1, "")
    assert f"tinygrad-edu predict: net/model.npz cannot be used: {why}." in " ".join(err.split())


def test_a_weight_that_is_no_number_is_not_used(run, own_folder):
    network(own_folder)
    path = own_folder / "net" / "model.npz"
    saved = load(path)
    saved.model["0.bias"][0] = np.nan
    save(path, saved.model, extra=saved.extra)
    code, _, err = run("net", "1", "2")
    assert code == 1 and "some of its weights are no numbers." in " ".join(err.split())


def test_a_file_of_somebody_else_says_what_it_lacks(run, own_folder):
    np.savez(own_folder / "model.npz", weight=np.ones(3))
    code, out, err = run(".", "1", "2")
    assert (code, out) == (1, "")
    assert err == (
        "tinygrad-edu predict: model.npz holds no network that tinygrad-edu train wrote.\n"
        "  Weights alone do not say how the inputs were scaled, or what the answers mean.\n"
        "  Read it in Python, with tg.load; or train one: tinygrad-edu train moons\n"
    )


@pytest.mark.parametrize("cut", [0, 10, 500, -1])
def test_a_damaged_file_is_an_error_in_three_lines(run, own_folder, cut):
    network(own_folder)
    path = own_folder / "net" / "model.npz"
    path.write_bytes(path.read_bytes()[:cut])
    code, out, err = run("net", "1", "2")
    assert (code, out) == (1, "")
    assert err.startswith("tinygrad-edu predict: net/model.npz cannot be loaded: ") and "Traceback" not in err

"""`tinygrad-edu train`: it learns, what it saves is what it learned, and what it cannot learn is said first."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.cli import training
from tinygrad_edu.cli.assignments import InputError
from tinygrad_edu.cli.learned import Learned
from tinygrad_edu.cli.main import main
from tinygrad_edu.cli.samples import SETS, Samples, from_table, named
from tinygrad_edu.cli.table import Table, parsed
from tinygrad_edu.cli.training import Training

COMMAND = "train"
FILES = ["boundary.png", "loss.png", "model.npz", "training.html"]

pytestmark = pytest.mark.usefixtures("own_folder")


def people(path="people.csv", rows=60, sign=",", unit=1.0):
    """A table of two kinds of people, the one taller and heavier; the last column is their kind."""
    rng = np.random.default_rng(0)
    with open(path, "w", encoding="utf-8") as file:
        file.write(sign.join(["height", "weight", "kind"]) + "\n")
        for k in range(rows):
            tall = k % 2
            row = [f"{unit * rng.normal(165 + 20 * tall, 3):.3f}", f"{rng.normal(60 + 25 * tall, 4):.3f}"]
            file.write(sign.join([*row, ["elf", "troll"][tall]]) + "\n")
    return path


def trained(name="moons", seed=0, **chosen):
    """A training run that is over, without the command line."""
    usual = {"activation": "tanh", "loss": "binary_cross_entropy_with_logits", "optimizer": "adam", "lr": 0.02,
             "epochs": 3, "batch_size": 32}  # fmt: skip
    streams = [np.random.default_rng([seed, k]) for k in range(4)]
    samples = named(name, 100, SETS[name].noise, streams[0])
    done = Training(samples, [2, 4, 1], argparse.Namespace(**{**usual, **chosen}), streams[1:])
    done.train()
    return done


# ── it learns ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "options", "least"),
    [
        ("moons", "--epochs 30", 0.85),
        ("circles", "--epochs 40", 0.90),
        ("xor", "--epochs 30", 0.95),
        ("blobs", "--epochs 10", 0.95),  # three classes: chance is a third, of the others one half
        ("spirals", "--epochs 80", 0.90),
        ("digits", "--epochs 5", 0.90),  # ten
        ("moons", "--epochs 30 --loss cross_entropy --optimizer sgd --lr 0.5", 0.95),
    ],
)
def test_it_puts_samples_that_it_has_never_seen_into_the_right_class(run, name, options, least):
    code, out, err = run(name, *options.split(), "--no-film", "-o", "out")
    assert (code, err) == (0, "")
    verdict = next(line for line in out.splitlines() if line.startswith("Held out:"))
    right, count = int(verdict.split()[2]), int(verdict.split()[4])
    assert right / count >= least


def test_a_number_is_learned_in_the_units_of_the_table(run, own_folder):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1000, 80)
    rows = "\n".join(f"{a:.6g},{1e6 * (3 * a + 5):.6g}" for a in x)
    (own_folder / "line.csv").write_text(rows)
    assert run("line.csv", "--layers", "--epochs", "150", "--no-film")[0] == 0
    learned = Learned.load(own_folder / "tinygrad-edu-train" / "line" / "model.npz")
    np.testing.assert_allclose(learned.numbers([[0.0], [500.0]]), [5e6, 1505e6], atol=30e6)


def test_two_columns_in_different_units_are_as_easy_as_in_one(run, own_folder):
    verdicts = []
    for unit in (1.0, 1000.0):
        _, out, _ = run(people(unit=unit), "--epochs", "20", "--no-film", "-o", f"{unit:g}")
        verdicts.append(out[out.index("Held out") : out.index("Wrote")])
    assert verdicts[0] == verdicts[1]
    assert "Held out: 12 of 12 right, 100.0%; always the most frequent class: 50.0%." in verdicts[0]


# ── what it saves ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_saved_network_answers_to_the_last_bit_what_the_trained_one_did(own_folder):
    done = trained()
    done.learned.save(own_folder / "model.npz")
    again = Learned.load(own_folder / "model.npz")
    points = np.random.default_rng(1).normal(size=(50, 2))
    assert np.array_equal(again.probabilities(points), done.learned.probabilities(points))
    assert np.array_equal(again.scaled(points), done.learned.scaled(points))


def test_the_scaling_is_that_of_the_rows_it_learned_from_and_is_saved(run, own_folder):
    run(people(), "--epochs", "1", "--no-film")
    learned = Learned.load(own_folder / "tinygrad-edu-train" / "people" / "model.npz")
    samples = from_table("people.csv", None, None)
    first, _ = samples.split(np.random.default_rng([0, 1]))
    assert np.array_equal(learned.shift, samples.x[first].mean(axis=0))
    assert np.array_equal(learned.scale, samples.x[first].std(axis=0))
    assert (learned.inputs, learned.target, learned.classes) == (["height", "weight"], "kind", ["elf", "troll"])


def test_the_file_is_arrays_in_pytorchs_names_and_json(run, own_folder):
    run("moons", "--layers", "5", "--epochs", "1", "--no-film", "-o", "out")
    with np.load(own_folder / "out" / "model.npz", allow_pickle=False) as file:
        assert {name: file[name].shape for name in file if name[0] != "_"} == {
            "0.weight": (5, 2), "0.bias": (5,), "2.weight": (1, 5), "2.bias": (1,),
        }  # fmt: skip
        notes = json.loads(file["__metadata__"].tobytes())["extra"]
    assert (notes["sizes"], notes["activation"], notes["classes"]) == ([2, 5, 1], "tanh", ["0", "1"])


def test_the_same_seed_gives_the_same_file_and_another_one_another(run, own_folder):
    for seed, folder in (("4", "a"), ("4", "b"), ("5", "c")):
        run("xor", "--seed", seed, "--epochs", "2", "--no-film", "-o", folder)
    a, b, c = ((own_folder / folder / "model.npz").read_bytes() for folder in "abc")
    assert a == b != c


def test_it_writes_pictures_film_and_network_and_names_each_of_them(run, own_folder):
    code, out, err = run("xor", "--epochs", "3")
    folder = own_folder / "tinygrad-edu-train" / "xor"
    assert (code, err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  ") and "." in line.split()[0]][-4:] == [
        "model.npz", "boundary.png", "loss.png", "training.html",
    ]  # fmt: skip
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in FILES[:2])
    page = (folder / "training.html").read_text("utf-8")
    assert "xor: 2 → 8 → 1" in page and "epoch" in page
    assert "Ask it: tinygrad-edu predict tinygrad-edu-train/xor " in out


def test_names_of_columns_are_text_in_pictures_and_pages(run, own_folder):
    rows = "".join(f"{k % 7},{k % 5},{'ab'[k % 2]}\n" for k in range(20))
    (own_folder / "$a^$.csv").write_text(f"$x_$,<script>,$^$\n{rows}")  # broken formulas, and a tag
    assert run("$a^$.csv", "--epochs", "1", "-o", "out")[0] == 0
    assert sorted(path.name for path in (own_folder / "out").iterdir()) == FILES
    page = (own_folder / "out" / "training.html").read_text("utf-8")
    assert "<script> (scaled)" not in page and "(scaled)" in page


def test_a_loss_that_becomes_infinite_ends_with_its_reason_and_writes_nothing(run, own_folder):
    (own_folder / "a.csv").write_text("".join(f"{k},{k}.5\n" for k in range(20)))
    code, _, err = run("a.csv", "--optimizer", "sgd", "--lr", "1e200", "--no-film", "-o", "out")
    assert code == 1 and err.startswith("tinygrad-edu train: ") and "Traceback" not in err
    assert not list((own_folder / "out").iterdir())


def test_data_with_other_than_two_inputs_has_no_boundary_to_draw(run, own_folder):
    run("digits", "--epochs", "1", "--no-film", "-o", "out")
    assert sorted(path.name for path in (own_folder / "out").iterdir()) == ["loss.png", "model.npz"]


def test_what_it_says_to_ask_is_a_sample_also_of_large_numbers(run, own_folder):
    (own_folder / "t.csv").write_text("".join(f"{k},{1700000000 + k},{k % 2}\n" for k in range(20)))
    assert run("t.csv", "--epochs", "1", "--no-film")[1].rstrip().endswith(" 10 1700000010")


def test_what_it_says_to_ask_can_be_asked(run, capsys):
    _, out, _ = run("moons", "--epochs", "1", "--no-film")
    asked = out[out.index("Ask it: tinygrad-edu ") :].split()[3:]
    assert main(asked) == 0
    assert capsys.readouterr().out.startswith("class: ")


# ── while it learns ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("terminal", [False, True])
def test_the_table_has_a_few_rows_with_the_numbers_of_their_epochs(monkeypatch, capsys, terminal):
    monkeypatch.setattr(training, "watched", lambda: terminal)  # then there is a bar, and the table comes after it
    done = trained(epochs=23)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["epoch", "1", "5", "10", "15", "20", "23"]
    row = [f"{done.history[name][9]:.4g}" for name in ("loss", "validation_loss")]
    assert lines[3].split()[1:3] == row


def interrupting(moment, when):
    def callback(self, event):
        if event.epoch == when:
            raise KeyboardInterrupt
        if moment == "on_epoch":
            original(self, event)

    original = getattr(training.Rows, moment)
    return moment, callback


@pytest.mark.parametrize(("moment", "when", "files"), [("on_epoch", 3, FILES), ("on_batch", 1, FILES[::2])])
def test_ctrl_c_keeps_and_saves_what_was_learned(monkeypatch, own_folder, capsys, moment, when, files):
    monkeypatch.setattr(training.Rows, *interrupting(moment, when))
    assert main(["train", "moons", "--epochs", "500", "-o", "out"]) == 130
    said = capsys.readouterr()
    assert sorted(path.name for path in (own_folder / "out").iterdir()) == files
    assert said.err.startswith(f"fit was interrupted in epoch {when} of 500, batch ")
    assert "Held out: " in said.out
    assert Learned.load(own_folder / "out" / "model.npz").sizes == [2, 8, 1]


def test_a_loss_that_explodes_is_not_called_learning_by_heart(run):
    said = run("moons", "--lr", "1e10", "--epochs", "3", "--no-film")[1]
    assert "by heart" not in said and "each step goes too far; try --lr 1e+09." in " ".join(said.split())


def test_a_loss_that_is_not_finite_names_the_option_that_helps(run, own_folder):
    code, _, err = run("adding", "--optimizer", "sgd", "--lr", "1e30", "--epochs", "30")
    assert code == 1 and "Write a smaller learning rate: --lr 1e+29." in err


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop", "adam", "adamw", "lion", "lbfgs"])
def test_every_optimizer_learns_at_the_rate_it_has_here(run, optimizer):
    said = run("circles", "--optimizer", optimizer, "--no-film")[1]
    assert float(said.split(" right, ")[1].split("%")[0]) >= 90.0


def test_files_of_another_network_do_not_stay_beside_the_new_one(run, own_folder):
    run("moons", "--epochs", "2", "-o", "out")
    assert sorted(path.name for path in (own_folder / "out").iterdir()) == FILES
    run("digits", "--epochs", "1", "--no-film", "-o", "out")
    assert sorted(path.name for path in (own_folder / "out").iterdir()) == ["loss.png", "model.npz"]


def test_learning_by_heart_is_said(own_folder, run):
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{rng.normal():.3f}" for a, b in rng.normal(size=(40, 2))]  # there is nothing to learn
    (own_folder / "noise.csv").write_text("\n".join(rows))
    _, out, _ = run("noise.csv", "--epochs", "150", "--no-film")
    assert "What came later was learned by" in out


# ── what is no data, and what is no setting ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("line", "what", "write"),
    [
        ("", "There is nothing to train on.", "Write tinygrad-edu train moons,"),
        ("spirls", "There is no data set named 'spirls'.", "Did you mean 'spirals'? Or write the path of a table"),
        ("moons --activation tahn", "There is no activation named 'tahn'.", "Did you mean 'tanh'?"),
        ("moons --optimizer adm", "There is no optimizer named 'adm'.", "Did you mean 'adam'?"),
        ("moons --loss ms", "There is no loss named 'ms'.", "Did you mean 'mse'?"),
        ("moons --loss mse", "--loss mse does not measure the answers of 'moons', which are 2 classes.",
         "Write --loss binary_cross_entropy_with_logits, or leave it out."),
        ("moons --layers 8 0", "--layers '0': that is no number of neurons.", "Write --layers 8 8, or --layers alone"),
        ("moons --layers -3", "--layers '-3': that is no number of neurons.", "Write --layers 8 8,"),
        ("--layers 8 moons", "--layers 'moons': that is no number of neurons.",
         "Write --layers 8 8 behind the data set: tinygrad-edu train moons --layers 8 8."),
        ("moons --target 1", "--target means nothing for 'moons'.", "Leave --target out."),
        ("adding --noise 1", "--noise means nothing for 'adding'.", "Leave --noise out."),
        ("digits --samples 99", "--samples means nothing for 'digits'.", "Leave --samples out."),
        ("nowhere.csv", "nowhere.csv cannot be read: there is no such file.", "Check the path and the current folder."),
        ("binary.csv", "binary.csv is no table: it is no text.", "Write lines such as 170,65,1:"),
        ("empty.csv", "empty.csv is no table: it is empty.", "Write lines such as 170,65,1:"),
        ("ragged.csv", "ragged.csv is no table: line 3 has 1 cell, line 1 has 2 cells.", "Write lines such as"),
        ("twice.csv", "twice.csv is no table: two columns are called 'a'.", "Write lines such as"),
        ("short.csv", "short.csv has 2 rows of data.", "Collect more of them."),
        ("one.csv", "one.csv has one column.", "Write one sample per line"),
        ("comma.csv", "comma.csv, line 2: '1,5' in column 1 is no number.", "Write 1.5, with a decimal point."),
        ("gap.csv", "gap.csv, line 12: column 1 is empty.", "Fill it in, or leave that line out."),
        ("mixed.csv", "mixed.csv, line 3: '7' in column 2 is a number, and most others are names.", "Correct that"),
        ("nan.csv", "nan.csv, line 1: 'nan' in column 1 is no number.", "Correct it, or leave out"),
        ("large.csv", "large.csv holds numbers above 1e+150.", "Choose another unit for that column."),
        ("escape.csv", "escape.csv is no table: line 1 holds characters that control a terminal.", "Write lines such"),
        ("same.csv", "same.csv: column 2 has 1 different value in 12 rows.", "Choose another column with --target."),
        ("people.csv --target age", "people.csv has no column 'age'.", "Write --target kind, or another one of them."),
        ("people.csv --target height", "people.csv: column 'kind' holds names, such as 'elf'.",
         "Write a column of 0 and 1 instead, 1 where it is 'elf', or leave the column out."),
        ("people.csv --loss mse", "--loss mse: column 'kind' of people.csv holds names, such as 'elf'.", "Leave"),
        ("seats.csv", "seats.csv: column 1 holds text, such as 'seat A0'.", "Leave the column out of the file"),
        ("groups.csv", "groups.csv, line 1: '1,086' in column 1 is no number.", "Write 1086 or 1.086, whichever was"),
        ("decimal.csv", "decimal.csv, line 1: '180,5' in column 1 is no number.", "Write 180.5, with a decimal point."),
        ("latin.csv", "latin.csv is no text in UTF-8.", "Save it as CSV in UTF-8."),
        ("wide.csv", "wide.csv is no text in UTF-8.", "Save it as CSV in UTF-8."),
        ("index.csv", "index.csv: column 1 has no name.", "Give it a name there, or leave the column out"),
        ("flat.csv", "flat.csv: column 2 has the same number in all 12 rows.", "Choose another column with --target."),
        ("tiny.csv", "tiny.csv holds numbers that differ by less than 1e-150.", "Choose another unit"),
        ("moons --optimizer lbfgs --batch-size 8", "--batch-size 8 means nothing for lbfgs.", "Leave --batch-size out"),
        ("people.csv --target height --loss cross_entropy", "people.csv: column 'kind' holds names", "Write a column"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_is_said_before_anything_is_written(capsys, own_folder, line, what, write):
    tables = {
        "binary.csv": b"\x89PNG\r\n\x1a\n\xff", "empty.csv": b"\n# nothing\n", "ragged.csv": b"a,b\n1,2\n3\n",
        "twice.csv": b"a,a\n1,2\n", "short.csv": b"1,2\n3,4\n", "one.csv": b"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n",
        "comma.csv": b"1;0\n" + b"1,5;1\n" * 11, "gap.csv": b"1,0\n" * 11 + b",1\n",
        "mixed.csv": b"1,a\n2,b\n3,7\n" + b"4,a\n" * 9, "nan.csv": b"nan,0\n" + b"2,1\n" * 11,
        "large.csv": b"1e160,0\n2,1\n" * 6, "escape.csv": b"\x1b[31mred,b\n1,2\n",
        "same.csv": b"1,5\n" * 12, "flat.csv": b"1,2.5\n2,2.5\n" * 6, "tiny.csv": b"1e-196,0\n2e-196,1\n" * 6,
        "seats.csv": b"".join(b"seat A%d,%d\n" % (k, k % 2) for k in range(12)), "groups.csv": b'"1,086",0\n2,1\n' * 6,
        "decimal.csv": b"180,5;80,1;male\n170,0;70,2;female\n" * 6, "latin.csv": b"gr\xf6\xdfe,y\n" + b"1,0\n2,1\n" * 6,
        "wide.csv": ("1,0\n2,1\n" * 6).encode("utf-16"), "index.csv": b",a,b\n" + b"0,1,0\n1,2,1\n" * 6,
    }  # fmt: skip
    for name, content in tables.items():
        (own_folder / name).write_bytes(content)
    people()
    before = sorted(own_folder.rglob("*"))
    assert main(["train", *line.split()]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith(f"tinygrad-edu train: {what}")
    assert write in said
    assert sorted(own_folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("moons --lr 0", "argument --lr: '0' is no number above 0"),
        ("moons --lr nan", "argument --lr: 'nan' is no number above 0"),
        ("moons --noise -1", "argument --noise: '-1' is no number of at least 0"),
        ("moons --epochs 0", "argument --epochs: '0' is no whole number of at least 1"),
        ("moons --samples 9", "argument --samples: '9' is no whole number of at least 10"),
        ("moons --epoch 3", "there is no option --epoch; did you mean --epochs?"),
    ],
)
def test_a_setting_out_of_its_range_is_one_line(capsys, line, error):
    assert main(["train", *line.split()]) == 2
    assert capsys.readouterr().err == f"tinygrad-edu train: {error} (see tinygrad-edu train --help)\n"


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("last", "loss", "classes"),
    [
        (["a", "b"], None, ["a", "b"]),
        (["0", "1"], None, ["0", "1"]),
        (["10", "9"], None, ["9", "10"]),
        (["0", "1"], "mse", None),
        (["0.5", "1.5"], None, None),
        (["0.5", "1.5"], "cross_entropy", ["0.5", "1.5"]),
        ([str(k) for k in range(12)], None, None),
    ],
)
def test_a_target_is_a_class_or_a_number(own_folder, last, loss, classes):
    labels = [last[k % len(last)] for k in range(24)]
    (own_folder / "a.csv").write_text("".join(f"{k},{label}\n" for k, label in enumerate(labels)))
    samples = from_table("a.csv", None, loss)
    assert samples.classes == classes
    found = [classes[k] for k in samples.y] if classes else [f"{y:g}" for y in samples.y]
    assert found == labels
    assert len(samples.x) == 24 and samples.inputs == ["x1"]


def test_semicolons_tabs_and_quotation_marks_make_the_same_table(own_folder):
    comma = from_table(people("comma.csv"), "kind", None)
    for sign in ";\t":
        other = from_table(people("other.csv", sign=sign), "3", None)
        assert np.array_equal(comma.x, other.x) and np.array_equal(comma.y, other.y)
    assert parsed('"a,b",c\n1,2\n', "a.csv").names == ["a,b", "c"]


@given(st.text(alphabet='ab01.,;\t"\n -e#é\0', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_table_or_is_told_why_it_is_none(text):
    try:
        table = parsed(text, "a.csv")
    except InputError as error:
        refusal = error
    else:
        refusal = None
    if refusal:
        assert "a.csv" in refusal.what and refusal.why and refusal.write
        return
    assert type(table) is Table and table.rows
    assert {len(row) for row in table.rows} == {table.width} and len(table.lines) == len(table.rows)


@given(st.lists(st.integers(0, 3), min_size=10, max_size=60), st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_the_two_parts_are_all_rows_once_and_no_class_is_missing_from_the_first(labels, seed):
    kinds, y = np.unique(labels, return_inverse=True)
    samples = Samples("a", np.zeros((len(y), 1)), y, ["x1"], "y", [f"{k}" for k in kinds], True)
    first, second = samples.split(np.random.default_rng(seed))
    assert sorted([*first, *second]) == list(range(len(y)))
    assert {*y[first]} == {*y}
    assert 1 <= len(second) <= 0.3 * len(y)

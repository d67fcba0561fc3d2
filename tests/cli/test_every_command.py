"""Every command explains itself: help with examples that work as written, a place on the page and in the overview."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu.cli import circle, examples, training
from tinygrad_edu.cli.main import COMMANDS, main, name_of, parser

NAMES = [name_of(command) for command in COMMANDS]
TOP = Path(tg.__file__).parents[1]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
IN_CHECKOUT = pytest.mark.skipif(not PAGES[0].exists(), reason="reads the source checkout")


def help_of(*command):
    """What `--help` prints, without running anything."""
    top = parser()
    if command:
        return next(group for group in top._actions if group.choices).choices[command[0]].format_help()
    return top.format_help()


def lines_of_examples(text):
    """The commands of a help's examples, without the remarks two spaces or more behind them."""
    shown = text[text.index("\nexamples:\n") :]
    return [re.split(r" {2,}", line.strip())[0] for line in shown.splitlines() if line.startswith("  tinygrad-edu")]


EXAMPLES = [line for command in [(), *((name,) for name in NAMES)] for line in lines_of_examples(help_of(*command))]


@pytest.fixture
def _quickly(tmp_path, monkeypatch, capsys, line):
    """What takes long is shortened: two steps of training, and no example network; the rest is as people run it.

    The examples of `train` and `predict` find the table, the points and the networks that they speak of.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("height,weight,sex\n" + "170,65,f\n185,80,m\n" * 10)
    (tmp_path / "points.csv").write_text("height,weight\n175,70\n")
    fit = training.fit
    monkeypatch.setattr(training, "fit", lambda *given, **chosen: fit(*given[:4], min(given[4], 2), **chosen))
    if line.startswith("tinygrad-edu predict"):
        for data in ("people.csv", "spirals"):
            main(["train", data, "--no-film"])
        capsys.readouterr()
    train = circle.train
    monkeypatch.setattr(circle, "train", lambda net, steps: train(net, min(steps, 2)))
    monkeypatch.setattr(
        examples, "run_one", lambda path, out, optional=False: print(path.stem) or callable(examples.load(path).main)
    )


def test_the_files_of_the_commands_and_the_words_of_the_parser_are_the_same():
    assert list(next(group for group in parser()._actions if group.choices).choices) == NAMES
    files = Path(examples.__file__).parent.glob("*.py")
    assert {file.stem for file in files if re.search(r"^def add_to\(", file.read_text("utf-8"), re.MULTILINE)} == {
        *NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_a_command_has_two_examples_of_itself(name):
    shown = lines_of_examples(help_of(name))
    assert len(shown) >= 2
    assert all(line.startswith(f"tinygrad-edu {name}") for line in shown)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_explained(name):
    [commands] = [group for group in parser()._actions if group.choices]
    for action in commands.choices[name]._actions:
        assert action.help, action.option_strings


@pytest.mark.usefixtures("_quickly")
@pytest.mark.parametrize("line", dict.fromkeys(EXAMPLES))
def test_an_example_of_the_help_works_as_it_is_written(capsys, tmp_path, line):
    command = line.partition(" > ")[0]
    program, *argv = shlex.split(command)
    assert program == "tinygrad-edu"
    assert main(argv) == 0
    said = capsys.readouterr()
    assert said.out and not said.err
    for k, word in enumerate(argv):
        if word in ("-o", "--out"):
            assert (tmp_path / argv[k + 1]).exists()


@pytest.mark.parametrize("line", dict.fromkeys(EXAMPLES))
def test_no_shell_reads_an_example_otherwise_than_it_is_meant(line):
    bare = re.sub(r'"[^"$`\\!]*"', "", line.partition(" > ")[0])
    assert not set(bare) & set("*?[](){}$&;|<>!`'\"\\~#"), "put it in quotation marks: zsh takes [1,2] for a pattern"


def test_the_overview_names_every_command_with_an_example():
    shown = {shlex.split(line)[1] for line in lines_of_examples(help_of())}
    assert shown >= {*NAMES}
    listed = re.findall(r"^    (\w+) +\w", help_of(), re.MULTILINE)
    assert listed == NAMES


@IN_CHECKOUT
@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_on_the_page_about_the_command_line(name):
    assert f"tinygrad-edu {name}" in (TOP / "docs" / "command_line.md").read_text("utf-8")


@IN_CHECKOUT
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_commands_and_options_that_there_are(page):
    [commands] = [group for group in parser()._actions if group.choices]
    text = page.read_text("utf-8")
    typed = re.findall(r"^\$ tinygrad-edu (.*)|`tinygrad-edu ([^`\n]+)`|&& tinygrad-edu (.*)$", text, re.MULTILINE)
    for line in ("".join(found) for found in typed):
        name, *words = line.split()
        if name.startswith("-"):
            continue
        assert name in NAMES, line
        options = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
        assert options <= {*commands.choices[name]._option_string_actions}, line

"""Every block of code in README.md and docs/ is run, so that no page can promise what the package does not do.

The blocks of one page share their names, from top to bottom, as they would in a notebook.

    ```python          is run; a ```text block directly below it is what it must print
    ```pycon           is a session: each `>>>` line with its answer, checked like any doctest
    ```{code-cell}     is run; with the tag raises-exception it must end in an error of ours
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tinygrad_edu.errors import TinygradError
from tinygrad_edu.ops import op

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts and "jupyter_execute" not in page.parts]
FENCE = re.compile(r"^(?P<fence>```+)[ ]*(?P<kind>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
OPTIONS = re.compile(r"\A(?:---\n(?P<yaml>.*?)^---\n|(?P<short>(?::[^\n]*\n)+))", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass
class Block:
    """One fenced block of a page."""

    kind: str  # "python", "pycon", "text", "{code-cell} python", ...
    body: str
    line: int  # where its body starts in the page
    printed: str | None = None  # what the text block below it says it prints
    tags: str = ""


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page; a text block directly below code is attached to it as what it prints."""
    found: list[Block] = []
    end = -1
    for match in FENCE.finditer(page):
        kind, body = match["kind"].strip(), match["body"]
        block = Block(kind, body, page.count("\n", 0, match.start()) + 2)
        if kind.startswith("{code-cell}"):
            options = OPTIONS.match(body)
            if options:
                block.tags = options[0]
                block.body = body[options.end() :]
                block.line += options[0].count("\n")
        if kind == "text" and found and found[-1].kind == "python" and not page[end : match.start()].strip():
            found[-1].printed = body
        else:
            found.append(block)
        end = match.end()
    return found


def run(block: Block, names: dict, page: str) -> None:
    """Run one block among the names of its page, and compare what it prints with what the page says."""
    if block.kind == "pycon" or (block.kind == "python" and block.body.lstrip().startswith(">>>")):
        session = doctest.DocTestParser().get_doctest(block.body, names, page, page, block.line - 1)
        session.globs = names
        report = io.StringIO()
        doctest.DocTestRunner(verbose=False, optionflags=FLAGS).run(session, out=report.write, clear_globs=False)
        assert not report.getvalue(), report.getvalue()
    elif block.kind == "python" or block.kind.startswith("{code-cell}"):
        lines = ["" if line.startswith("%") else line for line in block.body.splitlines()]  # %magic is for notebooks
        code = compile("\n" * (block.line - 1) + "\n".join(lines), page, "exec")
        expected = pytest.raises(TinygradError) if "raises-exception" in block.tags else contextlib.nullcontext()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), expected:
            exec(code, names)
        if block.printed is not None:
            columns = FLAGS & ~doctest.NORMALIZE_WHITESPACE  # a table is read by its columns
            text = "".join(f"{line.rstrip()}\n" for line in printed.getvalue().rstrip().splitlines())
            same = doctest.OutputChecker().check_output(block.printed, text, columns)
            assert same, f"{page}, line {block.line} prints\n{printed.getvalue()}\nand not\n{block.printed}"


@pytest.fixture(autouse=True)
def _primitives_of_a_page_are_forgotten(monkeypatch):
    monkeypatch.setattr(op, "TABLE", op.TABLE.copy())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_code_of_a_page_runs_and_prints_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # whatever a page writes, it writes there
    names = {"__name__": "__main__"}
    for block in blocks(page.read_text("utf-8")):
        run(block, names, page.relative_to(ROOT).as_posix())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_links_to_or_includes_is_there(page):
    text = page.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", FENCE.sub("", text))
    links += re.findall(r"^```\{(?:literalinclude|include|image|figure)\} (\S+)", text, re.MULTILINE)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_lines_a_page_shows_are_in_the_file_it_takes_them_from(page):
    for block in blocks(page.read_text("utf-8")):
        if block.kind.startswith("{literalinclude}"):
            shown = (page.parent / block.kind.split()[1]).read_text("utf-8")
            for option, wanted in re.findall(r"^:([\w-]+): \"?(.*?)\"?$", block.body, re.MULTILINE):
                if option == "pyobject":
                    wanted = rf"(def|class) {wanted.split('.')[-1]}\b"
                    assert re.search(wanted, shown), f"{block.kind}: {wanted}"
                elif option in ("start-at", "start-after", "end-at", "end-before"):
                    assert wanted in shown, f"{block.kind}: {wanted}"


def test_every_page_is_reached_from_the_table_of_contents():
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    listed = [line.strip() for block in blocks(index) if block.kind == "{toctree}" for line in block.body.splitlines()]
    pages = [page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in PAGES[1:]]
    assert [page for page in pages if not any(fnmatch(page, pattern) for pattern in listed)] == ["index"]


# ── the runner itself ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", "prints"),
        ("```pycon\n>>> 1 + 1\n3\n```\n", "Expected"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected"),
        ("```python\nassert False\n```\n", "^$"),
        ("```{code-cell} python\n:tags: [raises-exception]\n1 + 1\n```\n", "DID NOT RAISE"),
    ],
)
def test_a_page_that_says_something_wrong_is_caught(text, complaint):
    [block] = blocks(text)
    with pytest.raises((AssertionError, pytest.fail.Exception), match=complaint):
        run(block, {}, "page")


def test_blocks_share_names_and_other_languages_are_left_alone():
    text = "```python\nx = 2\n```\n```bash\nrm x\n```\n```python\nprint(x)\n```\n```text\n2\n```\n"
    text += "```pycon\n>>> x\n2\n```\n"
    assert [block.kind for block in blocks(text)] == ["python", "bash", "python", "pycon"]
    names: dict = {}
    for block in blocks(text):
        run(block, names, "page")
    assert names["x"] == 2

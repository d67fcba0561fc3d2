"""What the tests of the commands share: an empty folder to write to, and a command run as if it was typed."""

from __future__ import annotations

import pytest

from tinygrad_edu.cli.main import main


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """An empty folder, and it is the current one: what a command writes by default must not land in the checkout."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys, request):
    """run(*argv): the exit code, the output and the error of the command that the file is about, its COMMAND."""

    def typed(*argv):
        code = main([request.module.COMMAND, *argv])
        said = capsys.readouterr()
        assert max(map(len, said.out.splitlines()), default=0) <= 80
        return code, said.out, said.err

    return typed

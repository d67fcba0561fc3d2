"""A file is there whole or not at all: after a kill, a full disk, a refusal, a key press."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from importlib import import_module

import numpy as np
import pytest

from tinygrad_edu.saving import whole_file
from tinygrad_edu.saving.load import load
from tinygrad_edu.saving.messages import FileAccessError
from tinygrad_edu.saving.save import save

OLD, NEW = {"w": np.zeros(1000)}, {"w": np.ones(1000)}


@pytest.fixture(params=["npz", "safetensors"])
def path(request, tmp_path):
    if request.param == "safetensors":
        pytest.importorskip("safetensors")
    save(tmp_path / f"model.{request.param}", OLD)
    return tmp_path / f"model.{request.param}"


def only_the_old_file_is_there(path):
    return load(path).model["w"].tolist() == OLD["w"].tolist() and os.listdir(path.parent) == [path.name]


KILLING = """
import os, random, signal, sys, time
import numpy as np
from tinygrad_edu.saving.save import save
from tinygrad_edu.saving.load import load
path = sys.argv[1]
content = [np.full(60_000, float(k)) for k in range(2)]
save(path, {"w": content[0]})
rng, parts = random.Random(0), 0
for turn in range(50):
    child = os.fork()
    if not child:
        force, os.fsync = os.fsync, lambda file: (time.sleep(0.002), force(file))  # as on a slow disk
        for k in range(10**9):
            save(path, {"w": content[k % 2]}, extra={"k": k % 2})
    time.sleep(rng.uniform(0.002, 0.06))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = load(path)
    w = found.model["w"]
    assert w.shape == (60_000,) and len(set(w.tolist())) == 1, "half a file"
    assert found.extra is None or found.extra["k"] == w[0], "two files mixed"
    left = [name for name in os.listdir(os.path.dirname(path)) if name.endswith(".part")]
    assert len(left) <= 1, left
    parts += len(left)
save(path, {"w": content[0]})
assert os.listdir(os.path.dirname(path)) == [os.path.basename(path)]
print("killed in the middle of writing", parts, "times")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes")
@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_fifty_processes_killed_while_saving_leave_a_whole_file_and_nothing_that_stays(tmp_path, suffix):
    if suffix == "safetensors":
        pytest.importorskip("safetensors")
    command = [sys.executable, "-W", "ignore", "-c", KILLING, str(tmp_path / f"model.{suffix}")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-2]) >= 5, "nearly all were killed between two files: the test tests little"


@pytest.mark.parametrize("step", ["write", "fsync", "replace", "open"])
def test_a_full_disk_leaves_the_old_file_and_no_other(path, monkeypatch, step):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":
        for name in ("write_npz", "write_safetensors"):
            monkeypatch.setattr(import_module("tinygrad_edu.saving.save"), name, full)
    else:
        monkeypatch.setattr(whole_file.os, step, full)
    with pytest.raises(FileAccessError) as caught:
        save(path, NEW)
    monkeypatch.undo()
    assert str(caught.value) == (
        f"{path} cannot be written: No space left on device.\n"
        "  The new file was written beside it under another name; what was there before is untouched.\n"
        "  Make room on the disk, then save again."
    )
    assert caught.value.errno == errno.ENOSPC
    assert only_the_old_file_is_there(path)


LIMITED = """
import resource, signal, sys
import numpy as np
from tinygrad_edu.saving.save import save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    save(sys.argv[1], {"w": np.ones(1000)})
except OSError as error:
    print(error.errno, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
@pytest.mark.parametrize("room", [0, 1, 100, 4096, 8100])
def test_a_file_that_may_not_grow_further_is_the_same_as_a_full_disk(path, room):
    command = [sys.executable, "-W", "error", "-c", LIMITED, str(path), str(room)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.startswith(f"{errno.EFBIG} {path} cannot be written: File too large.")
    assert only_the_old_file_is_there(path)


def test_a_key_press_while_saving_leaves_the_old_file_and_no_other(path, monkeypatch):
    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file.os, "fsync", pressed)
    with pytest.raises(KeyboardInterrupt):
        save(path, NEW)
    assert only_the_old_file_is_there(path)


def test_a_program_that_ends_in_an_error_of_another_kind_leaves_no_part_behind(path):
    with pytest.raises(ZeroDivisionError):
        whole_file.write_whole(str(path), lambda file: file.write(b"half") / 0)
    assert only_the_old_file_is_there(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_to_says_so(path):
    path.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match=r"(?s)Permission denied.*Ask for the right to do so"):
            save(path, NEW)
    finally:
        path.parent.chmod(0o755)
    assert only_the_old_file_is_there(path)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_refusal_by_the_system_says_so_and_is_the_error_that_python_knows(path, monkeypatch, number):
    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(whole_file.os, "open", refused)
    with pytest.raises(FileAccessError, match=r"(?s)cannot be written.*Ask for the right to do so") as caught:
        save(path, NEW)
    monkeypatch.undo()
    assert isinstance(caught.value, PermissionError) == (number != errno.EROFS)
    assert only_the_old_file_is_there(path)


def test_a_folder_that_does_not_exist_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        save(tmp_path / "no" / "model.npz", NEW)
    assert str(caught.value) == (
        f"{tmp_path / 'no' / 'model.npz'} cannot be written: there is no folder of that name.\n"
        "  The new file was written beside it under another name; what was there before is untouched.\n"
        "  Make the folder first: Path(path).parent.mkdir(parents=True)."
    )


def test_a_file_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        load(tmp_path / "model.npz")
    assert str(caught.value) == (
        f"{tmp_path / 'model.npz'} cannot be read: there is no file of that name.\n"
        "  The system refused to open it.\n"
        "  Check the path and the current folder."
    )


def test_a_folder_and_a_pipe_are_no_files(tmp_path):
    (tmp_path / "folder.npz").mkdir()
    paths = [tmp_path / "folder.npz"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.npz")
        paths.append(tmp_path / "pipe.npz")
    for path in paths:
        for do in (lambda: load(path), lambda: save(path, NEW)):
            with pytest.raises(FileAccessError, match="is no file"):
                do()
    assert len(list(tmp_path.iterdir())) == len(paths)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link_and_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "run7.npz", tmp_path / "latest.npz"
    save(target, OLD)
    link.symlink_to(target)
    save(link, NEW)
    assert link.is_symlink() and load(target).model["w"][0] == 1
    assert os.listdir(target.parent) == ["run7.npz"]


@pytest.mark.skipif(os.name == "nt", reason="has other rights")
def test_a_new_file_has_the_rights_of_new_files_and_an_old_one_keeps_its_own(tmp_path):
    (tmp_path / "usual").touch()
    usual = stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    save(tmp_path / "model.npz", OLD)
    assert stat.S_IMODE((tmp_path / "model.npz").stat().st_mode) == usual
    (tmp_path / "model.npz").chmod(0o640)
    save(tmp_path / "model.npz", NEW)
    assert stat.S_IMODE((tmp_path / "model.npz").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="has no such locks")
def test_a_part_that_belongs_to_a_living_process_is_not_removed(path):
    target = path.resolve()
    part, file = whole_file.new_part(target)
    try:
        save(path, NEW)
        assert part.exists()
    finally:
        file.close()
    dead = target.with_name(f".{target.name}.00000000.part")
    dead.write_bytes(b"half")
    other = target.with_name(f".{target.name}.notes.part")
    other.write_bytes(b"the user's own")
    save(path, NEW)
    assert not part.exists() and not dead.exists() and other.exists()


def test_two_processes_that_save_under_one_name_do_not_disturb_each_other(path):
    code = (
        "import sys, numpy as np\nfrom tinygrad_edu.saving.save import save\n"
        "for k in range(60): save(sys.argv[1], {'w': np.full(1000, float(sys.argv[2]))})"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(path), str(k)], stderr=subprocess.PIPE) for k in (1, 2)]
    start = time.monotonic()
    while any(process.poll() is None for process in both) and time.monotonic() - start < 60:
        assert len(set(load(path).model["w"].tolist())) == 1
    assert [process.communicate()[1] for process in both] == [b"", b""]
    assert os.listdir(path.parent) == [path.name]

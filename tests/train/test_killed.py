"""A run that is killed again and again, at random moments, loses the epoch it is in and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMES = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that were forked")
def test_fifty_kills_at_random_moments_cost_nothing_but_the_epochs_they_came_in(tmp_path):
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.train.killed_runs", str(tmp_path), str(TIMES)],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, **quiet},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == TIMES
    assert found["epochs"] >= TIMES / 2  # the runs did get on
    assert set(found["lost"]) <= {0, -1}  # -1: the checkpoint was there, but the next epoch had not begun
    assert found["left over"] == ["run.npz"]
    assert found["different"] == []

"""The chaos proof in small: the same program that `make chaos` runs, with few readers and kills."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nobody_twice_and_nobody_forgotten(database):
    command = [sys.executable, str(Path(__file__).with_name("chaos.py")), "--database", database]
    done = subprocess.run(
        [*command, "--kills", "5", "--readers", "300"], capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["twice"], found["forgotten"]) == (0, 0)
    assert found["kills"] >= 5
    assert found["uncertain"] <= found["in_flight"]

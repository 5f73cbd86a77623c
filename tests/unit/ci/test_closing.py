"""The end of a run of all checks: its last lines alone say what failed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CLOSING = Path(__file__).parents[3] / ".ci" / "closing"

pytestmark = pytest.mark.skipif(not CLOSING.exists(), reason="only a checkout has .ci")


def closing(folder: Path) -> list[str]:
    ran = subprocess.run([CLOSING, folder], check=True, capture_output=True, text=True)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_a_run_that_passed_ends_in_its_counts(tmp_path: Path) -> None:
    (tmp_path / "1 make lint.log").write_text("All checks passed!\n")
    (tmp_path / "2 make test.log").write_text("....\n812 passed, 3 skipped in 61.20s (0:01:01)\n")
    assert closing(tmp_path) == ["", "812 passed, 3 skipped in 61.20s (0:01:01)"]


def test_what_failed_is_said_again(tmp_path: Path) -> None:
    (tmp_path / "1 make lint.log").write_text("".join(f"line {at}\n" for at in range(100)))
    (tmp_path / "1 make lint.failed").touch()
    report = "FAILED tests/a.py::one - assert 1\nERROR tests/b.py::two\n1 failed, 1 error in 2.00s\n"
    (tmp_path / "2 make test.log").write_text(report + "what came after\n" * 90)
    (tmp_path / "2 make test.failed").touch()
    said = closing(tmp_path)
    assert said[1] == "1 failed, 1 error in 2.00s"
    assert "line 60" in said
    assert "line 59" not in said
    assert said[-2:] == ["FAILED tests/a.py::one - assert 1", "ERROR tests/b.py::two"]


def test_a_flood_of_failures_is_cut(tmp_path: Path) -> None:
    (tmp_path / "1 make test.log").write_text("".join(f"FAILED tests/a.py::t{at}\n" for at in range(75)))
    said = closing(tmp_path)
    assert sum(line.startswith("FAILED") for line in said) == 60
    assert said[-1] == "... and 15 more of these"


def test_a_run_without_steps_says_nothing(tmp_path: Path) -> None:
    assert closing(tmp_path) == [""]

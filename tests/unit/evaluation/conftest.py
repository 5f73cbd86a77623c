from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.evaluation.figures import Figure, Report
from digest.resources import folder


@pytest.fixture
def bundled() -> Path:
    """The invented sets that come with the program."""
    return folder("examples") / "evaluation"


@pytest.fixture
def figure() -> Callable[[Report, str, str, str], Figure]:
    """One figure of a report, which must be there once."""

    def look(report: Report, of: str, measure: str, who: str) -> Figure:
        found = [r.figure for r in report.rows if (r.set, r.measure, r.who) == (of, measure, who)]
        assert len(found) == 1, sorted({(r.set, r.measure, r.who) for r in report.rows})
        return found[0]

    return look

"""The demo newsroom at a fixed instant, as text and being served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.cli.newsroom import Newsroom
from digest.resources import folder


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 6, 0, 30, 77, tzinfo=UTC)


@pytest.fixture
def examples() -> Path:
    return folder("examples") / "newsroom"


@pytest.fixture
def newsroom(examples: Path, now: datetime) -> Iterator[Newsroom]:
    with Newsroom(examples, now) as served:
        yield served

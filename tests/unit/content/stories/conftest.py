"""Invented articles and stories for the tests of the content engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import Article, Story, Tagged

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def article() -> Callable[..., Article]:
    """Make an article: its id, and whatever differs from a plain one; `hours` is its age."""

    def make(name: str, hours: float = 1.0, **fields: object) -> Article:
        plain: dict[str, object] = {
            "id": name,
            "source": "Example Times",
            "url": f"https://times.example/{name}",
            "title": f"Title{name} of{name} nothing{name}",
            "published": NOW - timedelta(hours=hours),
            "language": "en",
        }
        return Article(**{**plain, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def story(article: Callable[..., Article]) -> Callable[..., Story]:
    """Make a story: its id, its tags with their strength, and fields of its lead."""

    def make(name: str, tags: dict[str, float] | None = None, others: int = 0, **fields: object) -> Story:
        return Story(
            id=name,
            lead=article(name, **fields),
            others=tuple(article(f"{name}-{i}", source=f"Outlet {i}") for i in range(others)),
            tags=tuple(Tagged(tag=tag, strength=strength, why="") for tag, strength in (tags or {}).items()),
        )

    return make

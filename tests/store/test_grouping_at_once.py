"""Two drafts at once, and an editor's word between them: every article is placed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from at_once import together
from django.conf import settings

from digest.config import Environment
from digest.config.values import Config
from digest.content.stories.tally import Tally as Words
from digest.edition import content
from digest.pipeline import grouping
from digest.pipeline.draft import draft
from digest.store import identity
from digest.store.kin import Mark, Tally, Traits
from digest.store.models import Article, Edition, Story

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
PLACES = ("Marrowgate", "Callerby", "Ashel", "Orrin", "Korvath", "Dremmin", "Skarvoy", "Westerhaven")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)


@pytest.fixture
def two(newsroom: Config, put: Callable[..., Article]) -> Config:
    """The newsroom with a second newsletter, and two accounts of each of some events."""
    for number, place in enumerate(PLACES):
        for side in (0, 1):
            said = f"The council of {place} closed the bridge at {place} on Tuesday. Mayor {place}sen saw cracks in it."
            put(
                f"{place} closes its bridge" if side else f"Bridge at {place} closed: mayor {place}sen sees cracks",
                f"{said} {'Buses' if side else 'Boats'} go by way of {place}holm for {number + 2} weeks.",
                feed=side,
                at=NOW - timedelta(minutes=number),
            )
    weekly = newsroom.newsletters["daily"].model_copy(update={"title": "The Weekly"})
    return newsroom.model_copy(update={"newsletters": {**newsroom.newsletters, "weekly": weekly}})


def test_two_drafts_at_once_place_every_article_once(two: Config) -> None:
    def made(name: str) -> Callable[[], object]:
        return lambda: draft(two, name, key="2026-11-22", at=NOW + timedelta(hours=1), now=NOW)

    feeds = {feed.address: feed for feed in two.feeds}
    everything = Article.objects.filter(backlog=False)
    placing = lambda: grouping.place(everything, feeds, now=NOW)  # noqa: E731 - the third at once
    together(made("daily"), made("weekly"), placing)
    assert not Article.objects.filter(placed=False).exists()
    assert Traits.objects.count() == Article.objects.count()
    assert max(Counter(Mark.objects.values_list("mark", "article")).values()) == 1
    # Nobody counted a word twice, and no story is empty.
    assert not Story.objects.filter(articles__isnull=True).exists()
    assert Words(bytes(Tally.objects.get().packed)).total == Article.objects.count()
    editions = [content.read(row.content) for row in Edition.objects.all()]
    assert len(editions) == 2
    assert editions[0].stories

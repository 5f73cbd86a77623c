"""No story falls between editions: each article is considered by each newsletter it concerns exactly once."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from digest.config.values import Config
from digest.errors import MovedOnError
from digest.pipeline.approve import approve, hold
from digest.pipeline.candidates import OVERLAP
from digest.pipeline.draft import draft
from digest.store.models import Article, Consideration, Edition, Feed, Story

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
WORDS = [
    "harbour", "council", "bridge", "ferry", "budget", "strike", "orchard", "flood", "railway", "library", "theatre",
    "hospital", "school", "market", "quarry", "lighthouse", "vineyard", "airport", "museum", "reservoir", "stadium",
    "bakery", "tannery", "observatory",
]  # fmt: skip

CONFIG = Config.model_validate(
    {
        "site": {"name": "Test"},
        "feeds": [{"address": "https://a.example/feed", "name": "A", "rights": "own"}],
        "newsletters": {
            "daily": {
                "title": "Daily",
                "sections": [{"tag": "*", "title": "Today", "maximum": 2}],
                "look_back_on_first_run": "3 days",
                "thin_day": {"below": 2, "then": "roll over"},
            },
            "weekly": {
                "title": "Weekly",
                "sections": [{"tag": "*", "title": "Week", "maximum": 3}],
                "look_back_on_first_run": "3 days",
            },
        },
    }
)


class Year:
    """A newsroom's year, played by chance: articles come in, some are committed late, editors hold and forget."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.feed = Feed.objects.create(address="https://a.example/feed")
        self.late: list[Article] = []
        self.count = 0

    def gather(self, now: datetime) -> None:
        """Some articles; a few were stamped before `now` and are committed after it."""
        for _ in range(self.chance.randint(0, 4)):
            self.count += 1
            words = " ".join(self.chance.sample(WORDS, 6))
            article = Article(
                feed=self.feed,
                guid=str(self.count),
                url=f"https://a.example/{self.count}",
                title=f"{words} {self.count}",
                text=f"The {words} number {self.count} was opened on a rainy morning by nobody in particular.",
                language="en",
                published_at=now,
                first_seen_at=now - self.chance.random() * OVERLAP * 0.8,
                content_hash=str(self.count),
            )
            if self.chance.random() < 0.3:
                self.late.append(article)
            else:
                article.save()

    def commit(self) -> None:
        """What was stamped before the editions of the day is committed after them."""
        for article in self.late:
            article.save()
        self.late = []

    def edition(self, name: str, now: datetime) -> None:
        """Draft, and then approve, hold, forget, or approve an old draft that was held or forgotten."""
        row = draft(CONFIG, name, key=f"{now:%Y-%m-%d}", at=now, now=now)
        what = self.chance.random()
        if row.status != "draft" or what < 0.15:
            return
        if what < 0.3:
            hold(CONFIG, row, by="an editor", now=now)
        else:
            approve(CONFIG, row, by="an editor", now=now)
        waiting = Edition.objects.filter(newsletter=name, status__in=["draft", "held"])
        if self.chance.random() < 0.2 and (old := waiting.order_by("?").first()):
            # Its stories may have gone out with another edition: then it is refused, and that is the law at work.
            with suppress(MovedOnError):
                approve(CONFIG, old, by="an editor", now=now)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_over_a_year_every_article_is_considered_exactly_once(seed: int):
    year = Year(seed)
    for day in range(0, 364, 4):
        now = START + timedelta(days=day)
        year.gather(now)
        year.edition("daily", now + timedelta(hours=1))
        if day % 12 == 0:
            year.edition("weekly", now + timedelta(hours=2))
        year.commit()
    # The year ends quietly: what is late comes in, and each newsletter has a last issue that leaves.
    end = START + timedelta(days=366)
    year.gather(end)
    year.commit()
    for name in CONFIG.newsletters:
        for extra in range(2):
            row = draft(CONFIG, name, key=f"last-{extra}", at=end, now=end + timedelta(hours=1 + extra))
            if row.status == "draft":
                approve(CONFIG, row, by="an editor", now=end)
    begins = START - timedelta(days=3)
    concerned = set(Article.objects.filter(first_seen_at__gte=begins).values_list("pk", flat=True))
    assert len(concerned) > 100
    for name in CONFIG.newsletters:
        seen = Counter(Consideration.objects.filter(newsletter=name).values_list("article", flat=True))
        waiting = set(concerned) - set(seen)
        held_back = {
            article
            for row in Edition.objects.filter(newsletter=name, status="skipped")
            for article, *_ in row.looked_at
        }
        assert set(seen.values()) == {1}
        assert waiting <= held_back, f"{name} forgot articles"
        carried = Counter(
            Consideration.objects.filter(newsletter=name, carried=True).values_list("story", flat=True).distinct()
        )
        editions = Counter(
            story["id"]
            for row in Edition.objects.filter(newsletter=name, status="approved")
            for section in row.content["sections"]
            for story in section["stories"]
        )
        assert set(editions.values()) == {1}, "a story went out twice"
        assert len(carried) == len(editions)
    assert Story.objects.count() > 40

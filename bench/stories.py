"""Gives new articles their stories with 100,000 in the window: the time for one alone, the rate of a batch, the room.

WINDOW=100000 DAY=5000 DATABASE= (the address of a PostgreSQL; empty for SQLite) set what is measured.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import home, median, say

WINDOW = int(os.environ.get("WINDOW", "100000"))
DAY = int(os.environ.get("DAY", "5000"))
DATABASE = os.environ.get("DATABASE", "")
ALONE = 60
"""New articles that are placed one by one."""
OUTLETS = 40
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
CONFIG = (
    '[site]\nname = "Bench"\naddress = "https://bench.example"\nzone = "UTC"\nsender = "Bench <b@bench.example>"\n'
    'postal_address = "1 Quay Street"\n'
)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "or", "us")]


class World:
    """An invented language with a Zipf-like vocabulary, and events that outlets tell of in words of their own."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.words = list({"".join(self.chance.choices(SYLLABLES, k=3)) for _ in range(60_000)})
        self.weights = list(self._heavier(len(self.words)))
        self.events: list[tuple[list[str], list[str]]] = []

    @staticmethod
    def _heavier(count: int) -> Iterator[float]:
        total = 0.0
        for rank in range(count):
            total += 1 / (rank + 20)
            yield total

    def said(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def article(self) -> tuple[str, str]:
        """Title and text of one account: of an event of the last hours, or of one that nobody has told of yet."""
        if not self.events or self.chance.random() < 0.3:
            names = ["".join(self.chance.choices(SYLLABLES, k=4)).capitalize() for _ in range(6)]
            self.events = [*self.events[-400:], (names, self.said(25))]
        names, matter = self.chance.choice(self.events)
        own = self.said(230)
        for name in self.chance.choices(names, k=12):
            own.insert(self.chance.randrange(len(own)), name)
        for word in self.chance.choices(matter, k=30):
            own.insert(self.chance.randrange(len(own)), word)
        title = [self.chance.choice(names), *self.chance.choices(matter, k=4), self.chance.choice(names)]
        sentences = [" ".join(own[i : i + 20]) for i in range(0, len(own), 20)]
        return " ".join(title), ". ".join(f"{s[:1].upper()}{s[1:]}" for s in sentences) + "."


def _repeat(times: int) -> None:
    """Fill the window with as many days like the first: the same words in other stories, older by a day each."""
    from django.core.management.color import no_style
    from django.db import connection, models

    from digest.content.stories.tally import Tally as Words
    from digest.store.articles import Article, Story
    from digest.store.kin import Mark, Tally, Traits

    span = 10_000_000
    for model in (Story, Article, Traits, Mark):
        moved = {"id", "article_id", "story_id"} if model is not Mark else {"article"}
        columns = [f.column for f in model._meta.concrete_fields if not (model is Mark and f.primary_key)]
        for day in range(1, times + 1):
            told = [f"{c} + {day * span}" if c in moved else _earlier(c, day, connection.vendor) for c in columns]
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
                    f"SELECT {', '.join(told)} FROM {model._meta.db_table} "
                    f"WHERE {'article' if model is Mark else columns[0]} < {span}"
                )
    for tally in Tally.objects.all():
        words = Words(bytes(tally.packed))
        words.total *= times + 1
        words._counts = type(words._counts)("H", (min(65_535, count * (times + 1)) for count in words._counts))
        Tally.objects.filter(pk=tally.pk).update(packed=words.packed())
    kept: list[type[models.Model]] = [Story, Article, Mark]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(sql)
        cursor.execute("ANALYZE")


def _earlier(column: str, day: int, vendor: str) -> str:
    if column not in ("first_seen_at", "published_at", "seen_at"):
        return column
    return f"{column} - interval '{day} days'" if vendor == "postgresql" else f"datetime({column}, '-{day} days')"


def main() -> None:
    with home(CONFIG, database=DATABASE) as place:
        from digest.config.values import Feed as FeedTable
        from digest.pipeline import grouping
        from digest.store.articles import Article
        from digest.store.feeds import Feed

        world = World()
        feeds = {
            f"https://f{n}.example/": FeedTable(address=f"https://f{n}.example/", name=f"F{n}") for n in range(OUTLETS)
        }
        rows = [Feed.objects.create(address=address) for address in feeds]

        def come(count: int, at: datetime) -> None:
            made = []
            for number in range(count):
                title, text = world.article()
                seen = at + timedelta(seconds=86_400 * number / DAY)
                made.append(
                    Article(
                        feed=world.chance.choice(rows), url="https://x.example", title=title, text=text, language="en",
                        published_at=seen, first_seen_at=seen, content_hash="x",
                    )
                )  # fmt: skip
            Article.objects.bulk_create(made, batch_size=500)

        def placed(now: datetime) -> tuple[float, float]:
            began, busy = time.perf_counter(), time.process_time()
            grouping.place(Article.objects.filter(first_seen_at__gte=now - timedelta(days=3)), feeds, now=now)
            return time.perf_counter() - began, time.process_time() - busy

        come(DAY, NOW - timedelta(days=1))
        took = placed(NOW)
        _repeat(-(-WINDOW // DAY) - 1)
        alone = []
        for number in range(ALONE):
            come(1, NOW + timedelta(minutes=number))
            alone.append(placed(NOW + timedelta(minutes=number)))
        clock, processor = (sorted(column) for column in zip(*alone, strict=True))
        room = sum(file.stat().st_size for file in Path(place, "var").glob("*.sqlite3*")) if not DATABASE else 0
        say(
            f"stories, {WINDOW} in the window, {DAY} a day",
            [
                {
                    "one alone ms": 1000 * median(clock),
                    "of it processor ms": 1000 * median(processor),
                    "of twenty the slowest ms": 1000 * clock[-ALONE // 20],
                    "a day at once, articles/s": DAY / took[0],
                    "by processor, articles/s": DAY / took[1],
                    "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                    "database MB": room / 1e6,
                    "stories": Article.objects.values("story").distinct().count(),
                }
            ],
        )


if __name__ == "__main__":
    main()

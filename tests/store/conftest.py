"""A small newsroom in the test's database, and articles to put there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from digest.config.values import Config
from digest.store.models import Article, Feed

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)

STORIES = {
    "bridge": "The old toll bridge closes for nine months after divers found cracks in two of its piers.",
    "budget": "Parliament passed a budget of 48 billion crowns by two votes after a long night.",
    "ferry": "Twelve people were killed when a ferry ran onto rocks in the sound before dawn.",
    "eels": "Counters at the weir logged forty thousand young eels, against six hundred ten years ago.",
    "vineyard": "A vineyard on the northern slope sold its first bottles after eleven years of waiting.",
}


@pytest.fixture
def newsroom() -> Config:
    """Two newsletters, an appeal, a folder account, a sensitive tag."""
    return Config.model_validate(
        {
            "site": {
                "name": "The Test Courier",
                "address": "https://news.example",
                "zone": "Europe/Berlin",
                "sender": "The Test Courier <letters@news.example>",
                "postal_address": "1 Quay Street, Port Ellery",
                "editors": ["ana@news.example"],
            },
            "feeds": [
                {"address": "https://own.example/feed", "name": "Courier", "rights": "own"},
                {"address": "https://other.example/feed", "name": "Wire"},
            ],
            "tags": [
                {"name": "Politics", "aliases": ["parliament", "budget"]},
                {"name": "Nature", "aliases": ["eels", "vineyard"]},
                {"name": "Casualties", "aliases": ["killed"], "sensitive": True},
            ],
            "accounts": [{"name": "desk", "appeal_every": 1}],
            "appeals": {
                "spring": {
                    "headline": "Paid for by readers",
                    "reason": "Nobody owns us.",
                    "link": "https://news.example/give?amount={amount}",
                    "once": [10],
                    "post": "Nobody owns us: our readers pay.",
                }
            },
            "newsletters": {
                "daily": {
                    "title": "The Daily",
                    "appeal": "spring",
                    "channels": ["letter", "web", "folder:desk"],
                    "sections": [
                        {"tag": "politics", "title": "Politics"},
                        {"tag": "nature", "title": "Nature"},
                        {"tag": "*", "title": "Also"},
                    ],
                },
            },
        }
    )


@pytest.fixture
def write(newsroom: Config) -> Callable[..., Article]:
    """Put one article of `STORIES` into the store."""

    def write(name: str, *, feed: int = 0, at: datetime = NOW - timedelta(hours=2)) -> Article:
        text = STORIES.get(name, f"Something about {name} happened at length and with many words on a Sunday.")
        row, _ = Feed.objects.get_or_create(address=newsroom.feeds[feed].address)
        return Article.objects.create(
            feed=row,
            guid=name,
            url=f"https://own.example/{name}-{feed}",
            canonical=f"https://own.example/{name}-{feed}",
            title=f"{text.split('.')[0][:60].rsplit(' ', 1)[0]}",
            deck=text,
            text=f"{text} Nobody at the town hall would say more about the {name}, and the matter goes to a committee.",
            language="en",
            authors=["Nell Farrow"],
            published_at=at,
            first_seen_at=at,
            content_hash=name,
        )

    return write


@pytest.fixture
def put(newsroom: Config) -> Callable[..., Article]:
    """Put an article into the store, read and without a story: title, text, the number of its feed, its time."""

    def put(title: str, text: str, *, feed: int = 0, at: datetime = NOW - timedelta(hours=1)) -> Article:
        row, _ = Feed.objects.get_or_create(address=newsroom.feeds[feed].address)
        number = Article.objects.count()
        return Article.objects.create(
            feed=row,
            url=f"https://own.example/{number}",
            title=title,
            text=text,
            language="en",
            published_at=at,
            first_seen_at=at,
            content_hash=str(number),
        )

    return put

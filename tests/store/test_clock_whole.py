"""A morning with the real use cases: articles in the store at six, letters in the outbox at seven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from digest.clock.tick import tick
from digest.config import Config, Environment
from digest.store import identity
from digest.store.articles import Article
from digest.store.audience import Subscriber, Subscription
from digest.store.editions import Edition, Notice
from digest.store.feeds import Feed

pytestmark = pytest.mark.django_db(transaction=True)

SLOT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
MINUTE = timedelta(minutes=1)
ADDRESS = "https://feeds.example/harbour.xml"


def configured(**newsletter: Any) -> Config:
    return Config.model_validate(
        {
            "site": {
                "name": "Courier", "zone": "Europe/Berlin", "address": "https://news.example",
                "sender": "Courier <letters@news.example>", "postal_address": "1 Quay Street",
                "editors": ["ana@news.example"],
            },
            "feeds": [{"address": ADDRESS, "name": "Harbour Wire", "rights": "own"}],
            "newsletters": {"daily": {"title": "Daily", "schedule": "0 7 * * *", **newsletter}},
        }
    )  # fmt: skip


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    identity.make(tmp_path, Environment({}), now=SLOT - timedelta(days=9))
    feed = Feed.objects.create(address=ADDRESS)
    for n, (title, words) in enumerate(
        [("The old pier closes for a year", "pier"), ("A quieter ferry sails at night", "ferry"),
         ("Council votes on the market hall", "market hall")]
    ):  # fmt: skip
        at = SLOT - timedelta(hours=9 + n)
        text = f"Port Ellery said on Monday that the {words} will change. Work on the {words} begins in spring."
        Article.objects.create(
            feed=feed, url=f"https://harbour.example/{n}", title=title, text=text, language="en", published_at=at,
            first_seen_at=at, content_hash=str(n),
        )  # fmt: skip
    for n in range(3):
        reader = Subscriber.objects.create(email=f"reader{n}@mail.example", handle=n + 1, joined_at=SLOT)
        Subscription.objects.create(subscriber=reader, newsletter="daily", consent_at=SLOT, consent_source="form")
    return tmp_path


def play(config: Config, start: datetime, minutes: int) -> list[str]:
    problems: list[str] = []
    for n in range(minutes):
        at = start + n * MINUTE
        problems += tick(config, now=at, environment=Environment({}), reads=lambda at=at: at).problems
    return problems


def outbox(var: Path) -> list[Path]:
    return sorted((var / "outbox").rglob("*.eml"))


def test_from_articles_to_letters(var: Path) -> None:
    config = configured(approval={"mode": "automatic"})
    assert play(config, SLOT - 62 * MINUTE, 62) == []
    edition = Edition.objects.get()
    assert (edition.name, edition.status) == ("daily/2026-11-24", "approved")
    assert outbox(var) == []
    assert play(config, SLOT, 5) == []
    edition.refresh_from_db()
    assert edition.status == "sent"
    letters = outbox(var)
    assert len(letters) == 3
    assert b"The old pier closes for a year" in letters[0].read_bytes()
    assert not Notice.objects.exists()


def test_a_draft_nobody_approves_is_held_and_sends_nothing(var: Path) -> None:
    config = configured(approval={"mode": "required", "otherwise": "hold"})
    assert play(config, SLOT - 60 * MINUTE, 70) == []
    assert Edition.objects.get().status == "held"
    assert outbox(var) == []
    assert [notice.subject for notice in Notice.objects.order_by("pk")] == [
        "A draft waits: daily/2026-11-24", "Held: daily/2026-11-24",
    ]  # fmt: skip


def test_an_empty_day_is_left_out_and_told(var: Path) -> None:
    Article.objects.all().delete()
    assert play(configured(approval={"mode": "automatic"}), SLOT - 60 * MINUTE, 62) == []
    assert Edition.objects.get().status == "skipped"
    assert Notice.objects.get().subject == "No edition: daily/2026-11-24"

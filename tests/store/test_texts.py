"""A text is read when somebody wants it, once, and what is wrong with it is its own affair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from digest.config.values import Config
from digest.edition import content
from digest.feeds.parse import parse
from digest.pipeline import texts, workers
from digest.pipeline.draft import draft
from digest.pipeline.remember import remember
from digest.store.models import Article, Edition, Feed, Revision

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><p onclick='x()'>The {0} was shut by the harbour office. {1}</p>"
MORE = "The engineers had dived along every pier and found rust on all of them. " * 8


def keep(newsroom: Config, *names: str, more: str = MORE) -> list[Article]:
    """Articles as a gather leaves them."""
    address = newsroom.feeds[0].address
    items = "".join(
        f"<item><title>What became of the {name}</title><guid>{name}</guid><link>https://own.example/{name}</link>"
        f"<pubDate>Sun, 22 Nov 2026 04:00:00 +0000</pubDate>"
        f"<description><![CDATA[{HOSTILE.format(name, more)}]]></description></item>"
        for name in names
    )
    body = f"<rss version='2.0'><channel><language>en</language>{items}</channel></rss>"
    feed, _ = Feed.objects.get_or_create(address=address)
    remember([(feed, parse(body.encode(), address=address, now=NOW))], first_look=timedelta(days=2), now=NOW)
    return list(Article.objects.order_by("pk"))


def compose(newsroom: Config, at: datetime = NOW) -> Edition:
    return draft(newsroom, "daily", key=at.isoformat(), at=at + timedelta(hours=1), now=at)


@pytest.fixture
def dangerous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reader with two bugs: "bang" ends its process, "loop" keeps it busy for ever."""
    (tmp_path / "dangerous_reader.py").write_text(
        "import os\nfrom digest.feeds.reading import read as real\n\n"
        "def read(entry):\n    if b'bang' in entry.said:\n        os._exit(1)\n"
        "    while b'loop' in entry.said:\n        pass\n    return real(entry)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(texts, "read_entry", import_module("dangerous_reader").read)
    monkeypatch.setattr(workers, "LONGEST", 2.0)
    return


def test_nothing_is_read_before_a_draft_and_nothing_twice(newsroom: Config):
    [article] = keep(newsroom, "slip")
    assert article.said
    assert (article.text, article.deck, article.blocks) == ("", "", [])
    compose(newsroom)
    article.refresh_from_db()
    assert article.said is None
    assert article.text.startswith("The slip was shut by the harbour office.")
    Article.objects.update(text="Read once.")
    compose(newsroom, NOW + timedelta(hours=1))
    assert Article.objects.get().text == "Read once."


def test_what_came_unclean_is_not_shown(newsroom: Config):
    keep(newsroom, "slip", "pier", "quay")
    row = compose(newsroom)
    shown = json.dumps(row.content)
    assert "dived along every pier" in shown
    assert content.read(row.content).stories
    for article in Article.objects.all():
        kept = json.dumps([article.text, article.deck, article.blocks, article.title])
        assert "alert" not in shown + kept
        assert "onclick" not in shown + kept


def test_a_revision_is_read_anew_and_the_old_words_are_kept(newsroom: Config):
    keep(newsroom, "slip")
    compose(newsroom)
    [article] = keep(newsroom, "slip", more=MORE + "It opens in May.")
    assert (article.revision, article.text) == (1, "")
    assert MORE.strip() in Revision.objects.get().text
    compose(newsroom, NOW + timedelta(hours=1))
    assert Article.objects.get().text.endswith("It opens in May.")


def test_words_that_were_replaced_before_anybody_read_them_are_kept_as_they_came(newsroom: Config):
    [article] = keep(newsroom, "slip")
    keep(newsroom, "slip", more=MORE + "It opens in May.")
    old = Revision.objects.get()
    assert (bytes(old.said), old.text) == (bytes(article.said), "")


def test_a_text_that_its_publisher_changes_while_it_is_read_is_read_again(newsroom: Config):
    [article] = keep(newsroom, "slip")
    entry = texts.read_entry(texts._entry(article))
    keep(newsroom, "slip", more=MORE + "It opens in May.")
    texts._keep(article, entry)
    assert Article.objects.get().said
    texts.read(Article.objects.all())
    assert Article.objects.get().text.endswith("It opens in May.")


@pytest.mark.usefixtures("dangerous")
def test_a_text_that_crashes_or_hangs_the_reader_is_left_out_and_says_so(newsroom: Config):
    keep(newsroom, "slip", "bang", "pier", "loop", "quay")
    row = compose(newsroom)
    edition = content.read(row.content)
    assert [article.guid for article in Article.objects.exclude(text="").order_by("pk")] == ["slip", "pier", "quay"]
    [story] = edition.stories  # the three copy each other
    assert story.headline in {f"What became of the {name}" for name in ("slip", "pier", "quay")}
    skipped = {one.headline: one.why for one in edition.skipped}
    assert set(skipped) == {"What became of the bang", "What became of the loop"}
    assert all("crashed the reader" in why for why in skipped.values())
    assert not Article.objects.filter(texts.UNREAD).exists()


@pytest.mark.parametrize("words", ["nul \0 and half a pair \ud800 in it", "\u202eright to left"])
def test_any_words_can_be_kept_and_read(newsroom: Config, words: str):
    address = newsroom.feeds[0].address
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
        {"id": "1", "title": "A title of four words", "content_html": f"<p>{words} {MORE}</p>"},
    ]}  # fmt: skip
    feed = Feed.objects.create(address=address, last_success_at=NOW)
    parsed = parse(json.dumps(body).encode(), address=address, now=NOW)
    remember([(feed, parsed)], first_look=timedelta(days=2), now=NOW)
    texts.read(Article.objects.all())
    text = Article.objects.get().text
    assert MORE.strip() in text
    assert not set(text) & set("\0\ud800\u202e")

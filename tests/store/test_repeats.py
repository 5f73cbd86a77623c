from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from digest.config import Config
from digest.content.page.repeated import Read
from digest.feeds.parse import parse
from digest.model import Block, Page
from digest.pipeline import repeats, texts
from digest.pipeline.remember import remember
from digest.store.articles import Article
from digest.store.feeds import Feed
from digest.store.lines import SiteLine

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
NOTICE = "Readers keep the lamp lit: whoever can spare a crown is welcome at the counter in Mill Lane."
TOPICS = ["Harbour", "Bakery", "Railway", "Orchard", "Library"]


def read(topic: str, *texts: str, site: str = "courier.example", at: datetime = NOW) -> Read:
    own = f"The {topic.lower()} was spoken of at length in the last sitting of the council before the feast."
    blocks = tuple(Block(label="body", text=text) for text in (own, f"{own} So it was.", *texts))
    return Read(site=site, page=Page(title=topic, blocks=blocks), seen=at)


def take(*pages: Read) -> list[Page]:
    with transaction.atomic():
        return repeats.take_apart(pages)


def test_what_three_articles_of_a_site_repeat_is_no_text_of_theirs_and_says_why(newsroom: Config):
    more = "The engineers had dived along the pier and found rust; nobody had asked them to look at {0}. " * 3
    items = "".join(
        f"<item><title>{topic}</title><guid>{topic}</guid><link>https://own.example/{topic}</link>"
        f"<description><![CDATA[<p>The {topic} was shut. {more.format(topic)}</p>"
        f"<p>{NOTICE}</p>]]></description></item>"
        for topic in TOPICS
    )
    feed = Feed.objects.create(address=newsroom.feeds[0].address, last_success_at=NOW)
    body = f"<rss version='2.0'><channel><language>en</language>{items}</channel></rss>".encode()
    remember([(feed, parse(body, address=feed.address, now=NOW))], first_look=timedelta(days=2), now=NOW)
    texts.read(Article.objects.all())
    for article in Article.objects.all():
        assert NOTICE not in article.text
        assert article.text.startswith("The ")
        assert ["repeated", NOTICE, "seen on 5 pages of own.example since 22 November 2026"] in article.blocks


def test_pages_of_earlier_days_count(newsroom: Config):
    for day, topic in enumerate(TOPICS[:2]):
        assert take(read(topic, NOTICE, at=NOW + timedelta(days=day)))[0].text.endswith(NOTICE)
    assert NOTICE not in take(read(TOPICS[2], NOTICE))[0].text
    line = SiteLine.objects.get(sample=NOTICE)
    assert (line.pages, line.site, line.first_at, line.last_at) == (3, "courier.example", NOW, NOW + timedelta(days=1))


def test_a_batch_costs_the_same_queries_whatever_its_size(newsroom: Config):
    counts = []
    for some in (TOPICS[:1], TOPICS):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            take(*(read(topic, NOTICE, site=f"{len(some)}.example") for topic in some))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


def test_a_site_keeps_a_bounded_number_of_lines_and_its_boilerplate_among_them(
    newsroom: Config, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(repeats, "MOST", 20)
    take(*(read(topic, NOTICE) for topic in TOPICS))
    for n in range(20):
        take(read(f"Matter {n}", f"Nothing was heard of it for {'x' * n} years.", at=NOW + timedelta(days=n + 1)))
    assert SiteLine.objects.count() <= 23
    assert SiteLine.objects.get(sample=NOTICE).pages == len(TOPICS)


def test_pages_without_an_address_or_a_text_teach_nothing(newsroom: Config):
    assert repeats.site("") == "" == repeats.site("no address")
    assert repeats.site("https://www.courier.example:8000/a") == "courier.example"
    empty = Read(site="s", page=Page(), seen=NOW)
    assert take(empty) == [empty.page]
    assert not SiteLine.objects.exists()

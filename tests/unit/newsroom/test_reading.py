"""The newsroom's feeds as the house reads them: sources, languages, events and what surrounds a text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest.cli.newsroom import Newsroom
from digest.config import Config, load, slug
from digest.content.stories.grouping import group
from digest.content.tags.vocabulary import Vocabulary
from digest.feeds import reading
from digest.feeds.parse import Parsed, parse
from digest.model import Article, TagRule

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def settings(newsroom: Newsroom, tmp_path: Path) -> Config:
    newsroom.write_home(tmp_path, SITE)
    return load(tmp_path)


def read(newsroom: Newsroom, name: str, now: datetime, language: str = "") -> Parsed:
    status, headers, body = newsroom.answer(f"/feeds/{name}", "", "")
    assert status == 200
    parsed = parse(
        body, address=f"{newsroom.base}/feeds/{name}", content_type=headers["Content-Type"], language=language, now=now
    )
    return replace(parsed, entries=tuple(map(reading.read, parsed.entries)))


@pytest.fixture
def articles(newsroom: Newsroom, settings: Config, now: datetime) -> list[Article]:
    found = []
    for feed in settings.feeds:
        name = feed.address.rpartition("/")[2]
        if name == "pellan-gazette.xml":
            continue
        for number, entry in enumerate(read(newsroom, name, now, feed.language).entries):
            article = Article(
                id=f"{name}/{number}",
                source=feed.name,
                url=entry.url,
                title=entry.title,
                published=entry.published or now,
                text=entry.page.text if entry.page else "",
                deck=entry.deck,
                language=entry.language,
                rights=feed.rights,
                authors=entry.authors,
                categories=entry.categories,
                tags=tuple(slug(tag) for tag in feed.tags),
                comments=entry.comments,
                picture=entry.picture,
            )
            found.append(article)
    return found


def test_sixty_nine_articles_in_three_languages_and_three_rights(articles: list[Article], now: datetime) -> None:
    assert len(articles) == 69
    assert Counter(article.language for article in articles) == {"en": 52, "de": 9, "ar": 8}
    assert len({article.source for article in articles}) == 8
    assert {article.rights for article in articles} == {"own", "licensed", "excerpt"}
    assert all(now - timedelta(days=4) < article.published < now for article in articles)


def test_ten_events_are_told_by_several_outlets(articles: list[Article]) -> None:
    sources = {article.id: article.source for article in articles}
    outlets = [len({sources[member] for member in found.members}) for found in group(articles)]
    assert sum(count >= 2 for count in outlets) >= 10
    assert max(outlets) == 5


def test_the_ferry_is_sensitive_in_every_home(articles: list[Article], settings: Config) -> None:
    vocabulary = Vocabulary(
        TagRule(
            key=slug(t.name), name=t.name, aliases=t.aliases, parents=tuple(map(slug, t.parents)), sensitive=t.sensitive
        )
        for t in settings.tags
    )
    sensitive = {
        article.source
        for article in articles
        if vocabulary.sensitive(
            found.tag for found in vocabulary.tag(article.title, article.text or article.deck, article.categories)
        )
    }
    assert sensitive == {article.source for article in articles} - {"The Lantern Foreign Desk"}
    tagged = [found.tag for found in vocabulary.tag(articles[0].title, articles[0].text)]
    assert {"floods", "river"} <= set(tagged)
    assert "casualties" not in tagged


def test_caption_bio_appeal_and_comments_are_not_the_text(newsroom: Newsroom, now: datetime) -> None:
    entries = {entry.guid: entry for entry in read(newsroom, "courier.xml", now).entries}
    flood, strike = entries["courier:20418"].page, entries["courier:20411"].page
    assert flood is not None
    assert strike is not None
    assert {"caption", "bio", "appeal", "tags"} <= {block.label for block in flood.blocks}
    assert "comment" in {block.label for block in strike.blocks}
    for words in ("Oren Pask", "twelve years", "donation", "Tags:"):
        assert words not in flood.text
    for words in ("quayside_jo", "lashed", "regular reader"):
        assert words not in strike.text


def test_the_update_changes_one_article_adds_one_and_bumps_one(newsroom: Newsroom, now: datetime) -> None:
    before = {entry.guid: entry for entry in read(newsroom, "courier.xml", now).entries}
    newsroom.publish_update()
    after = {entry.guid: entry for entry in read(newsroom, "courier.xml", now).entries}
    assert set(after) - set(before) == {"courier:20422"}
    ferry, correction = after["courier:20397"], after["courier:20340"]
    assert ferry.canonical == before[ferry.guid].canonical
    assert ferry.title != before[ferry.guid].title
    assert ferry.updated == now.replace(microsecond=0) - timedelta(minutes=9)
    assert correction.page == before[correction.guid].page
    assert correction.published != before[correction.guid].published


def test_markup_in_titles_is_text(newsroom: Newsroom, now: datetime) -> None:
    titles = {entry.title for name in ("courier.xml", "lantern.atom") for entry in read(newsroom, name, now).entries}
    assert "The town hall’s new web form printed “{{ 7*7 }}” for every resident named O’Hare & Sons" in titles
    assert "Review: “The Cartographer’s Tax” and the price of a straight line" in titles

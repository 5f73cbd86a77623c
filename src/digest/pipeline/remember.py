"""Compares what a feed said with what is known of it, and keeps the difference: new articles, revisions, talk."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from digest.feeds.address import page_key, title_key, untracked
from digest.feeds.identify import Known, KnownItem, Verdict, fingerprint, identify, known
from digest.feeds.parse import Parsed
from digest.model import Entry
from digest.store.articles import Article, ArticleName, Revision
from digest.store.feeds import Feed
from digest.store.rows import among, insert, update

_TALKED = ("guid", "canonical", "url", "comments")
_REVISED = (
    *(*_TALKED, "title", "deck", "text", "blocks", "said", "text_problem", "language", "authors", "categories"),
    *("picture", "content_hash", "revision", "updated_at", "placed"),
)
_MADE = (*_REVISED, "feed_id", "published_at", "first_seen_at", "backlog", "page_problem")

Row = Article | SimpleNamespace
"""An article that is known, or one that will be: without Django's object, which costs as much as all else here."""

Names = Mapping[str, tuple[str, str]]
"""A name as it is stored, to its kind and the words that were hashed."""


@dataclass(slots=True)
class Remembered:
    """What a batch of feeds brought.

    Attributes:
        fresh: the ids of new and revised articles.
    """

    new: int = 0
    updated: int = 0
    fresh: list[int] = field(default_factory=list)


def remember(batch: Sequence[tuple[Feed, Parsed]], *, first_look: timedelta, now: datetime) -> Remembered:
    """Keep what is new in these feeds, in one short transaction with a handful of queries.

    Args:
        batch: feeds with what was read of them. A feed that never answered before is on first contact, and its
            entries older than `first_look`, or without a date, are known from now on but never sent.
        first_look: how far back the first contact looks.
        now: aware UTC.
    """
    work = _Work(now=now, first_look=first_look)
    with transaction.atomic():
        remembered = _recall(batch)
        for feed, parsed in batch:
            known_here, rows = remembered[feed.pk]
            for entry in parsed.entries:
                work.take(feed, parsed.language, entry, known_here, rows)
        return work.keep()


class _Work:
    """The rows a batch will write, gathered before any is written."""

    def __init__(self, *, now: datetime, first_look: timedelta) -> None:
        self.now = now
        self.first_look = first_look
        self.new: list[Row] = []
        self.revised: dict[int, Row] = {}
        self.talked: dict[int, Row] = {}
        self.names: list[tuple[Row, Names]] = []

    def take(self, feed: Feed, language: str, entry: Entry, there: Known, rows: dict[str, Row]) -> None:
        """Decide one entry, and remember it for the entries after it."""
        verdict = identify(entry, there)
        if verdict.kind == "new":
            article = self._made(feed, language, entry)
            self.new.append(article)
            key = f"new {len(self.new)}"
            rows[key] = article
            _learn(there, _item(key, article))
            self.names.append((article, _names(feed.pk, entry)))
            return
        article = rows[verdict.id]
        self._known(article, entry, verdict, language)

    def _known(self, article: Row, entry: Entry, verdict: Verdict, language: str) -> None:
        names = _names(article.feed_id, entry)
        if names.keys() - _names_of(article).keys():
            self.names.append((article, names))
            article.guid, article.canonical = entry.guid or article.guid, entry.canonical or article.canonical
            article.url = untracked(entry.url) or article.url
            if article.pk:
                self.talked[article.pk] = article
        if verdict.kind == "revised":
            if article.pk and article.pk not in self.revised:
                article.revision += 1
                self.revised[article.pk] = article
            _write(article, entry, language)
            article.updated_at = entry.updated or self.now
        if entry.comments is not None and entry.comments != article.comments:
            article.comments = entry.comments
            if article.pk:
                self.talked[article.pk] = article

    def _made(self, feed: Feed, language: str, entry: Entry) -> Row:
        published = min(entry.published or self.now, self.now)
        first_contact = feed.last_success_at is None
        old = entry.published is None or entry.published < self.now - self.first_look
        article = SimpleNamespace(
            pk=None,
            feed_id=feed.pk,
            revision=0,
            page_problem="",
            guid=entry.guid,
            canonical=entry.canonical,
            url=untracked(entry.url),
            published_at=published,
            updated_at=entry.updated,
            first_seen_at=self.now,
            comments=entry.comments,
            backlog=first_contact and old,
        )
        _write(article, entry, language)
        return article

    def keep(self) -> Remembered:
        """Write everything."""
        for article, pk in zip(self.new, insert(Article, _MADE, _values(self.new, _MADE)), strict=True):
            article.pk = pk
        Revision.objects.bulk_create(
            Revision(
                article_id=pk,
                number=was.revision + 1,
                replaced_at=self.now,
                title=was.title,
                deck=was.deck,
                text=was.text,
                said=was.said,
            )
            for pk, was in Article.objects.in_bulk(self.revised).items()
        )
        talked = [article for pk, article in self.talked.items() if pk not in self.revised]
        update(Article, _TALKED, _values(talked, (*_TALKED, "pk")))
        update(Article, _REVISED, _values(self.revised.values(), (*_REVISED, "pk")))
        named = {(article.pk, name): None for article, names in self.names for name in names}
        insert(ArticleName, ("article_id", "name"), list(named))
        fresh = [article.pk for article in (*self.new, *self.revised.values()) if not article.backlog]
        return Remembered(new=len(self.new), updated=len(self.revised), fresh=fresh)


def _values(articles: Iterable[Row], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(article, name) for name in names] for article in articles]


def _write(article: Row, entry: Entry, language: str) -> None:
    """Put on an article what its entry says; its text is read when somebody wants it."""
    article.title = entry.title
    article.authors = list(entry.authors)
    article.categories = list(entry.categories)
    article.picture = asdict(entry.picture) if entry.picture else None
    article.language = entry.language or language
    article.content_hash = fingerprint(entry)
    article.said = None if article.backlog else entry.said
    article.deck, article.text, article.blocks, article.text_problem = "", "", [], ""
    article.placed = False


def _recall(batch: Sequence[tuple[Feed, Parsed]]) -> dict[int, tuple[Known, dict[str, Row]]]:
    """What is known of the articles these entries may be, feed by feed, with two queries for all."""
    asked = {
        name: words for feed, parsed in batch for e in parsed.entries for name, words in _names(feed.pk, e).items()
    }
    hits = sorted(among(ArticleName, ("name", "article_id"), list(asked)), key=itemgetter(1))
    articles = Article.objects.defer("deck", "text", "blocks", "said").in_bulk({article_id for _, article_id in hits})
    here: dict[int, list[tuple[str, Article]]] = defaultdict(list)
    for name, article_id in hits:
        here[articles[article_id].feed_id].append((name, articles[article_id]))
    return {
        feed.pk: (known(_items(here[feed.pk], asked)), {str(article.pk): article for _, article in here[feed.pk]})
        for feed, _ in batch
    }


def _items(hits: Sequence[tuple[str, Article]], asked: Names) -> list[KnownItem]:
    """An item for each name an article bore before, and last one for what it is called now."""
    items: list[KnownItem] = []
    for name, article in hits:
        if name not in _names_of(article):
            kind, words = asked[name]
            bare = replace(_item(str(article.pk), article), guid="", canonical="", title="")
            items.append(replace(bare, **{kind: words}))  # type: ignore[arg-type]  # a kind is a field's name
    return items + [_item(str(pk), article) for pk, article in sorted({a.pk: a for _, a in hits}.items())]


def _item(key: str, article: Row) -> KnownItem:
    return KnownItem(
        id=key,
        guid=article.guid,
        canonical=article.canonical,
        title=article.title,
        published=article.published_at,
        fingerprint=article.content_hash,
    )


def _learn(there: Known, item: KnownItem) -> None:
    """Let the next entries of the same feed know of this one."""
    assert isinstance(there.items, dict)
    assert isinstance(there.guids, dict)
    assert isinstance(there.pages, dict)
    assert isinstance(there.titles, dict)
    there.items[item.id] = item
    for kind, key, _ in _keys(item.guid, item.canonical, item.title):
        if kind == "guid":
            there.guids[key] = item.id
        elif kind == "canonical":
            there.pages[key] = item.id
        else:
            there.titles[key] = (*there.titles.get(key, ()), item.id)


def _names(feed: int, entry: Entry) -> Names:
    return _hashed(feed, entry.guid, entry.canonical, entry.title)


def _names_of(article: Row) -> Names:
    return _hashed(article.feed_id, article.guid, article.canonical, article.title)


@lru_cache(maxsize=20_000)
def _hashed(feed: int, guid: str, canonical: str, title: str) -> Names:
    keys = _keys(guid, canonical, title)
    return {_hash(f"{feed} {kind} {key}"): (kind, words) for kind, key, words in keys}


def _keys(guid: str, canonical: str, title: str) -> Sequence[tuple[str, str, str]]:
    """(kind, key, words) of each name; a kind is called as its field."""
    keys = (("guid", guid, guid), ("canonical", page_key(canonical), canonical), ("title", title_key(title), title))
    return [each for each in keys if each[1]]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

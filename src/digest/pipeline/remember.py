"""Compares what a feed said with what is known of it, and keeps the difference: new articles, revisions, talk."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction

from digest.feeds.address import page_key, title_key, untracked
from digest.feeds.identify import Known, KnownItem, Verdict, fingerprint, identify, known
from digest.feeds.parse import Parsed
from digest.model import Entry
from digest.store.articles import Article, ArticleName, Revision
from digest.store.feeds import Feed

_NAME = f"""
INSERT INTO {ArticleName._meta.db_table} (feed_id, kind, name, article_id) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""  # noqa: S608 - only a name of our own is put in

Names = Mapping[tuple[str, str], str]
"""(kind, hash) to the words that were hashed."""


@dataclass(slots=True)
class Remembered:
    """What a batch of feeds brought.

    Attributes:
        fresh: the ids of new and revised articles.
        unread: the ids of feeds with an entry that is news although its text seemed to be known; they are to be
            parsed again in full, and brought again.
    """

    new: int = 0
    updated: int = 0
    fresh: list[int] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)


def remember(
    batch: Sequence[tuple[Feed, Parsed, frozenset[str]]], *, first_look: timedelta, now: datetime
) -> Remembered:
    """Keep what is new in these feeds, in one short transaction with a handful of queries.

    Args:
        batch: feeds with what was read of them, and the marks of texts that were not read because they are known. A
            feed that never answered before is on first contact, and its entries older than `first_look`, or without
            a date, are known from now on but never sent.
        first_look: how far back the first contact looks.
        now: aware UTC.
    """
    work = _Work(now=now, first_look=first_look)
    with transaction.atomic():
        remembered = _recall([(feed, parsed.entries) for feed, parsed, _ in batch])
        for feed, parsed, unread in batch:
            known_here, rows = remembered[feed.pk]
            for entry in parsed.entries:
                work.take(feed, parsed.language, entry, known_here, rows, unread)
        return work.keep()


class _Work:
    """The rows a batch will write, gathered before any is written."""

    def __init__(self, *, now: datetime, first_look: timedelta) -> None:
        self.now = now
        self.first_look = first_look
        self.new: list[Article] = []
        self.revised: dict[int, Article] = {}
        self.talked: dict[int, Article] = {}
        self.revisions: list[Revision] = []
        self.names: list[tuple[Article, Names]] = []
        self.unread: set[int] = set()

    def take(
        self,
        feed: Feed,
        language: str,
        entry: Entry,
        there: Known,
        rows: dict[str, Article],
        unread: frozenset[str],
    ) -> None:
        """Decide one entry, and remember it for the entries after it."""
        verdict = identify(entry, there)
        if verdict.kind != "same" and entry.mark in unread:
            # Another article has the same words, and this one's were not read.
            self.unread.add(feed.pk)
            return
        if verdict.kind == "new":
            article = self._made(feed, language, entry)
            self.new.append(article)
            key = f"new {len(self.new)}"
            rows[key] = article
            _learn(there, _item(key, article))
            self.names.append((article, _names(entry)))
            return
        article = rows[verdict.id]
        self._known(article, entry, verdict, language)

    def _known(self, article: Article, entry: Entry, verdict: Verdict, language: str) -> None:
        names = _names(entry)
        if names.keys() - _names_of(article).keys():
            self.names.append((article, names))
            article.guid, article.canonical = entry.guid or article.guid, entry.canonical or article.canonical
            article.url = untracked(entry.url) or article.url
            if article.pk:
                self.talked[article.pk] = article
        if verdict.kind == "revised":
            if article.pk and article.pk not in self.revised:
                article.revision += 1
                self.revisions.append(
                    Revision(
                        article=article,
                        number=article.revision,
                        replaced_at=self.now,
                        title=article.title,
                        deck=article.deck,
                        text=article.text,
                    )
                )
                self.revised[article.pk] = article
            _write(article, entry, language)
            article.updated_at = entry.updated or self.now
        if entry.comments is not None and entry.comments != article.comments:
            article.comments = entry.comments
            if article.pk:
                self.talked[article.pk] = article

    def _made(self, feed: Feed, language: str, entry: Entry) -> Article:
        published = min(entry.published or self.now, self.now)
        first_contact = feed.last_success_at is None
        old = entry.published is None or entry.published < self.now - self.first_look
        article = Article(
            feed=feed,
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
        Article.objects.bulk_create(self.new, batch_size=200)
        Revision.objects.bulk_create(self.revisions, batch_size=200)
        changed = ["guid", "canonical", "url", "comments"]
        shown = ["title", "deck", "text", "blocks", "language", "authors", "categories", "picture", "content_hash"]
        talked = [article for pk, article in self.talked.items() if pk not in self.revised]
        Article.objects.bulk_update(talked, changed, batch_size=200)
        Article.objects.bulk_update(
            list(self.revised.values()), [*changed, *shown, "revision", "updated_at"], batch_size=100
        )
        rows = {(article.feed_id, kind, name): article.pk for article, names in self.names for kind, name in names}
        # Three names an article: by hand, because making a model instance of each costs more than all else here.
        with connection.cursor() as cursor:
            cursor.executemany(_NAME, [(feed, kind, name, article) for (feed, kind, name), article in rows.items()])
        fresh = [article.pk for article in (*self.new, *self.revised.values()) if not article.backlog]
        return Remembered(new=len(self.new), updated=len(self.revised), fresh=fresh, unread=self.unread)


def _write(article: Article, entry: Entry, language: str) -> None:
    """Put on an article what its entry says."""
    page = entry.page
    article.title = entry.title
    article.deck = entry.deck
    article.text = page.text if page else ""
    article.blocks = [[block.label, block.text] for block in page.blocks] if page else []
    article.authors = list(entry.authors or (page.authors if page else ()))
    article.categories = list(entry.categories)
    picture = entry.picture or (page.picture if page else None)
    article.picture = asdict(picture) if picture else None
    article.language = entry.language or language
    article.content_hash = fingerprint(entry)


def _recall(batch: Sequence[tuple[Feed, Iterable[Entry]]]) -> dict[int, tuple[Known, dict[str, Article]]]:
    """What is known of the articles these entries may be, feed by feed, with two queries for all."""
    asked: dict[int, dict[tuple[str, str], str]] = {feed.pk: {} for feed, _ in batch}
    for feed, entries in batch:
        for entry in entries:
            asked[feed.pk].update(_names(entry))
    hashes = {name for names in asked.values() for _, name in names}
    hits: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    found = ArticleName.objects.filter(feed__in=asked, name__in=hashes).order_by("article_id", "pk")
    for feed_id, kind, name, article_id in found.values_list("feed_id", "kind", "name", "article_id"):
        if (kind, name) in asked[feed_id]:
            hits[feed_id].append((kind, name, article_id))
    articles = Article.objects.in_bulk({article_id for rows in hits.values() for _, _, article_id in rows})
    return {
        feed.pk: (
            known(_items(hits[feed.pk], asked[feed.pk], articles)),
            {str(article_id): articles[article_id] for _, _, article_id in hits[feed.pk]},
        )
        for feed, _ in batch
    }


def _items(hits: Sequence[tuple[str, str, int]], asked: Names, articles: dict[int, Article]) -> list[KnownItem]:
    """An item for each name an article bore before, and last one for what it is called now."""
    items: list[KnownItem] = []
    for kind, name, article_id in hits:
        article = articles[article_id]
        if (kind, name) not in _names_of(article):
            words = {"guid": "", "url": "", "title": "", kind: asked[kind, name]}
            items.append(
                KnownItem(
                    id=str(article_id),
                    guid=words["guid"],
                    canonical=words["url"],
                    title=words["title"],
                    published=article.published_at,
                    fingerprint=article.content_hash,
                )
            )
    return items + [_item(str(pk), articles[pk]) for pk in sorted({article_id for _, _, article_id in hits})]


def _item(key: str, article: Article) -> KnownItem:
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
        elif kind == "url":
            there.pages[key] = item.id
        else:
            there.titles[key] = (*there.titles.get(key, ()), item.id)


def _names(entry: Entry) -> Names:
    return _hashed(entry.guid, entry.canonical, entry.title)


def _names_of(article: Article) -> Names:
    return _hashed(article.guid, article.canonical, article.title)


@lru_cache(maxsize=20_000)
def _hashed(guid: str, canonical: str, title: str) -> Names:
    return {(kind, _hash(key)): words for kind, key, words in _keys(guid, canonical, title)}


@lru_cache(maxsize=20_000)
def _keys(guid: str, canonical: str, title: str) -> Sequence[tuple[str, str, str]]:
    """(kind, key, words) of each name; asked for several times an entry, and dear."""
    keys = (("guid", guid, guid), ("url", page_key(canonical), canonical), ("title", title_key(title), title))
    return [each for each in keys if each[1]]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

"""Decides whether a feed's entry is already known: by guid, by the page's address, by its title and date.

A bumped date, a changed guid, a tracking parameter or a re-slugged address does not make an entry new; a changed
title, deck or text makes it a revision of the one that is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from digest.feeds.address import page_key, title_key
from digest.feeds.clean import mark_of
from digest.model import Entry

TITLE_DAYS: Final = timedelta(days=2)
"""Within this span the same title in the same feed means the same article."""

_TELLING_WORDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """What is remembered of one article of one feed, under one set of names.

    Attributes:
        id: the store's id.
        guid, canonical, title: the names it is, or was, known by; empty where there is none.
        published: the publisher's date as last seen, else the instant it was first seen.
        fingerprint: `fingerprint()` of the entry it was last seen as.
    """

    id: str
    guid: str
    canonical: str
    title: str
    published: datetime | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The articles of one feed that are remembered, ready to be asked for. Make it with `known`."""

    items: Mapping[str, KnownItem] = field(default_factory=dict)
    guids: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an entry is new, the same as what is known, or a revision of it; `id` is empty when new."""

    kind: Literal["new", "same", "revised"]
    id: str = ""


def known(items: Iterable[KnownItem]) -> Known:
    """Index what is remembered of one feed.

    Args:
        items: one article may stand here several times, once for each name it had before and last as it is now.
            Of two articles with one guid or page, the later counts.
    """
    by_id: dict[str, KnownItem] = {}
    guids: dict[str, str] = {}
    pages: dict[str, str] = {}
    titles: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        by_id[item.id] = item
        if item.guid:
            guids[item.guid] = item.id
        if page := page_key(item.canonical):
            pages[page] = item.id
        if (title := title_key(item.title)) and item.id not in titles[title]:
            titles[title].append(item.id)
    return Known(items=by_id, guids=guids, pages=pages, titles={key: tuple(ids) for key, ids in titles.items()})


def identify(entry: Entry, known: Known) -> Verdict:
    """Say whether an entry is known, and as what."""
    item = _found(entry, known)
    if item is None:
        return Verdict("new")
    return Verdict("same" if item.fingerprint == fingerprint(entry) else "revised", item.id)


def fingerprint(entry: Entry) -> str:
    """Name what the feed says of an entry in words (32 hex digits); dates, addresses and markup do not matter."""
    return entry.mark or mark_of(entry.title, entry.deck, entry.page.text if entry.page else "")


def _found(entry: Entry, known: Known) -> KnownItem | None:
    """Find the known article that an entry is: by guid, else by page, else by title."""
    if entry.guid and (id_ := known.guids.get(entry.guid)):
        return known.items[id_]
    page = page_key(entry.canonical)
    if page and (id_ := known.pages.get(page)) and not _reused(entry, known.items[id_]):
        return known.items[id_]
    return _by_title(entry, known)


def _reused(entry: Entry, item: KnownItem) -> bool:
    """Say whether an address has been given to another article ("/podcast/today").

    That is so when all else differs: the guid, every word of the title, and the date by more than two days.
    """
    if not (entry.guid and item.guid) or entry.guid == item.guid:
        return False
    if set(title_key(entry.title).split()) & set(title_key(item.title).split()):
        return False
    return entry.published is not None and not _near(entry.published, item.published)


def _by_title(entry: Entry, known: Known) -> KnownItem | None:
    """Find an article of the same title and nearly the same date.

    A short title ("Morning briefing"), or one the feed has used for several articles, is a column's name and
    tells nothing, unless the text or the instant is the same as well.
    """
    key = title_key(entry.title)
    ids = known.titles.get(key, ())
    near = [known.items[id_] for id_ in reversed(ids) if _near(entry.published, known.items[id_].published)]
    if not near:
        return None
    mark = fingerprint(entry)
    for item in near:
        if item.fingerprint == mark or (entry.published is not None and item.published == entry.published):
            return item
    telling = len(key.split()) >= _TELLING_WORDS or (" " not in key and len(key) >= 2 * _TELLING_WORDS)
    return near[0] if telling and len(set(ids)) == 1 else None


def _near(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two dates are within two days; a missing date is near everything."""
    return one is None or other is None or abs(one - other) <= TITLE_DAYS

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

Kind = Literal["guid", "url", "title"]
Name = tuple[Kind, str]
"""One name of an article in its feed: its guid, its page's key, or its title's key."""

_TELLING_WORDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """What is remembered of one article of one feed.

    Attributes:
        id: the store's id.
        published: the publisher's date as last seen, else the instant it was first seen.
        fingerprint: `fingerprint()` of the entry it was last seen as.
    """

    id: int
    published: datetime | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The articles of one feed that are remembered, under all their names. Make it with `known`."""

    items: Mapping[int, KnownItem] = field(default_factory=dict)
    by_name: Mapping[Name, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[int, frozenset[Name]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an entry is new, the same as what is known, or a revision of it; `id` is None when new."""

    kind: Literal["new", "same", "revised"]
    id: int | None = None


def known(items: Iterable[KnownItem], names: Iterable[tuple[int, Name]]) -> Known:
    """Index what is remembered of one feed.

    Args:
        items: the articles; enough are those that share a name with an entry at hand.
        names: (id, name) of every name those articles ever had, oldest first.
    """
    by_id = {item.id: item for item in items}
    by_name: defaultdict[Name, list[int]] = defaultdict(list)
    own: defaultdict[int, set[Name]] = defaultdict(set)
    for id_, name in names:
        if id_ in by_id and name not in own[id_]:
            own[id_].add(name)
            by_name[name].append(id_)
    return Known(
        items=by_id,
        by_name={name: tuple(ids) for name, ids in by_name.items()},
        names={id_: frozenset(all_) for id_, all_ in own.items()},
    )


def names_of(entry: Entry) -> tuple[Name, ...]:
    """Give the names an entry is known by from now on; a bare site's address and an empty title are none."""
    names: tuple[Name, ...] = (
        ("guid", entry.guid), ("url", page_key(entry.canonical)), ("title", title_key(entry.title)),
    )  # fmt: skip
    return tuple(name for name in names if name[1])


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
    """Find the known article that an entry is: by guid, else by page, else by title; the latest of several."""
    names: dict[Kind, str] = dict(names_of(entry))
    for id_ in reversed(known.by_name.get(("guid", names.get("guid", "")), ())):
        return known.items[id_]
    for id_ in reversed(known.by_name.get(("url", names.get("url", "")), ())):
        if not _reused(entry, names, known.items[id_], known.names[id_]):
            return known.items[id_]
    return _by_title(entry, names.get("title", ""), known)


def _reused(entry: Entry, names: Mapping[Kind, str], item: KnownItem, theirs: frozenset[Name]) -> bool:
    """Say whether an address has been given to another article ("/podcast/today").

    That is so when all else differs: the guid, every word of the title, and the date by more than two days.
    """
    if not names.get("guid") or not any(kind == "guid" for kind, _ in theirs):
        return False
    words = set(names.get("title", "").split())
    if any(kind == "title" and words & set(name.split()) for kind, name in theirs):
        return False
    return entry.published is not None and not _near(entry.published, item.published)


def _by_title(entry: Entry, key: str, known: Known) -> KnownItem | None:
    """Find an article of the same title and nearly the same date.

    A short title ("Morning briefing"), or one the feed has used for several articles, is a column's name and
    tells nothing, unless the text or the instant is the same as well.
    """
    ids = known.by_name.get(("title", key), ())
    near = [known.items[id_] for id_ in reversed(ids) if _near(entry.published, known.items[id_].published)]
    if not near:
        return None
    mark = fingerprint(entry)
    for item in near:
        if item.fingerprint == mark or (entry.published is not None and item.published == entry.published):
            return item
    telling = len(key.split()) >= _TELLING_WORDS or (" " not in key and len(key) >= 2 * _TELLING_WORDS)
    return near[0] if telling and len(ids) == 1 else None


def _near(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two dates are within two days; a missing date is near everything."""
    return one is None or other is None or abs(one - other) <= TITLE_DAYS

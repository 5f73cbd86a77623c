"""Gives new articles their stories: finds each one's neighbours through an index, and joins it to them or to nobody."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from digest.config.values import Feed
from digest.content.stories.accounts import Account, account
from digest.content.stories.grouping import SPAN, Home, link
from digest.content.stories.lead import reason
from digest.content.stories.likeness import shape
from digest.content.stories.marks import asked, kept
from digest.content.stories.packed import pack, unpack
from digest.content.stories.tally import Tallies, Tally
from digest.pipeline.articles import value
from digest.store import articles as rows
from digest.store.kin import Tally as TallyRow
from digest.store.kin import Traits
from digest.store.moments import one_at_a_time
from digest.store.neighbours import enter, leave, neighbours, oldest, settle
from digest.store.rows import update

AT_ONCE = 200
"""Articles that are placed together, and kept by one transaction."""

WITNESSES = 6
"""Accounts of one story that a new one is compared with, the latest ones."""

UNPLACED = Q(placed=False, backlog=False)
"""Articles that have no place among stories yet, or whose publisher changed them since."""


def place(articles: QuerySet[rows.Article], feeds: Mapping[str, Feed], *, now: datetime) -> int:
    """Give those of these articles a story that have yet to be placed; how many that were.

    An article that has a story keeps it, and stories are never joined: that is for editors to say. The work grows with
    the new articles and their neighbours, not with what is known.

    Args:
        articles: whose texts were read.
        feeds: what the configuration says of feeds, by address.
        now: aware UTC.
    """
    with one_at_a_time("grouping"):
        # Apart, so that a small index answers it: the other conditions would have the whole day read.
        unplaced = sorted(rows.Article.objects.filter(UNPLACED).values_list("pk", flat=True))
        work, count = _Work(feeds, now), 0
        for start in range(0, len(unplaced), AT_ONCE):
            wanted = articles.filter(pk__in=unplaced[start : start + AT_ONCE])
            if ids := sorted(wanted.values_list("pk", flat=True)):
                work.place(ids)
                count += len(ids)
        if count:
            _forget(now, 2 * count + AT_ONCE)
    return count


@dataclass(slots=True)
class _Fresh:
    """A new article: its row, what is kept of it, and what it asks the index for."""

    row: rows.Article
    account: Account
    asks: dict[int, int]


class _Work:
    """New articles on their way into stories."""

    def __init__(self, feeds: Mapping[str, Feed], now: datetime) -> None:
        self._feeds, self._now = feeds, now
        self._tallies: dict[str, Tally] = {}

    def place(self, ids: Sequence[int]) -> None:
        """Place some articles, in one transaction at the end."""
        found = (
            rows.Article.objects.filter(pk__in=ids).defer("blocks", "said").select_related("feed", "story", "traits")
        )
        accounts = {row: account(value(row, self._feeds[row.feed.address])) for row in found.order_by("pk")}
        self._tell(accounts.values())
        self._rarity = Tallies(self._tallies)
        fresh = {row.pk: _Fresh(row, one, asked(one, self._rarity)) for row, one in accounts.items()}
        near = neighbours({pk: one.asks for pk, one in fresh.items()}) if fresh else set()
        known = self._known(near - fresh.keys(), [s for one in fresh.values() if (s := one.row.story_id)])
        together = [*(one.account for one in fresh.values()), *(each for each in known if int(each.id) not in fresh)]
        homes = link(together, self._rarity, fresh={str(pk) for pk in fresh})
        with transaction.atomic():
            self._keep(together, homes, fresh)
            for language in {one.language for one in accounts.values()}:
                packed = self._tallies[language].packed()
                if not TallyRow.objects.filter(language=language).update(packed=packed):
                    TallyRow.objects.create(language=language, packed=packed)

    def _tell(self, accounts: Iterable[Account]) -> None:
        """Count the words of new articles."""
        for one in accounts:
            if one.language not in self._tallies:
                row = TallyRow.objects.filter(language=one.language).first()
                self._tallies[one.language] = Tally(bytes(row.packed) if row else b"")
            self._tallies[one.language].add(one.terms)

    def _known(self, near: Iterable[int], stories: Iterable[int]) -> list[Account]:
        """The neighbours with the latest accounts of their stories, and those of stories that new articles have."""
        told = set(rows.Article.objects.filter(pk__in=near, story__isnull=False).values_list("story", flat=True))
        members: dict[int, list[int]] = defaultdict(list)
        theirs = rows.Article.objects.filter(story__in={*told, *stories}, traits__isnull=False, copy_of__isnull=True)
        for pk, story in theirs.order_by("-pk").values_list("pk", "story"):
            members[story].append(pk)
        wanted = {*near, *(pk for held in members.values() for pk in held[:WITNESSES])}
        kin = Traits.objects.filter(pk__in=wanted, article__feed__address__in=self._feeds)
        return [
            unpack(
                bytes(packed),
                name=str(pk),
                source=self._feeds[address].name,
                published=published,
                language=_language(language, self._feeds[address]),
                story=str(story) if story else None,
            )
            for pk, packed, address, published, language, story in kin.order_by("pk").values_list(
                "pk", "packed", "article__feed__address", "article__published_at", "article__language", "article__story"
            )
        ]

    def _keep(self, accounts: Sequence[Account], homes: Sequence[Home], fresh: Mapping[int, _Fresh]) -> None:
        """Write what has changed: stories, their reasons, the articles' places, and what is kept of them."""
        touched = [home for home in homes if any(int(accounts[i].id) in fresh for i in home.members)]
        unborn = [home for home in touched if not _story(accounts, home)]
        born = rows.Story.objects.bulk_create([rows.Story(first_seen_at=self._now) for _ in unborn], batch_size=500)
        ids = {home.members: story.pk for home, story in zip(unborn, born, strict=True)}
        crowds: dict[int, float] = {}
        reasons, moved = [], []
        for home in touched:
            story = _story(accounts, home) or ids[home.members]
            copies = dict(home.copies)
            for i in home.members:
                pk = int(accounts[i].id)
                if pk in fresh:
                    crowds[pk] = home.crowds.get(i, 0.0)
                    original = int(accounts[copies[i]].id) if i in copies else None
                    moved.append((story, original, fresh[pk].row.content_hash, pk))
            if len(home.members) > 1:
                voices = [shape(accounts[i], self._rarity) for i in home.members if i not in copies]
                reasons.append((reason(voices, len(copies)), story))
        settle(moved)
        update(rows.Story, ("why",), reasons)
        leave(one.row.traits for one in fresh.values() if hasattr(one.row, "traits"))
        held = {pk: kept(one.asks) for pk, one in fresh.items()}
        Traits.objects.bulk_create(
            Traits(
                article_id=pk,
                seen_at=one.row.first_seen_at,
                packed=pack(replace(one.account, crowd=crowds.get(pk, 0.0))),
                marks=array("q", held[pk]).tobytes(),
            )
            for pk, one in fresh.items()
        )
        enter(held)


def _language(language: str, feed: Feed) -> str:
    return (language or feed.language).split("-")[0].lower()


def _story(accounts: Sequence[Account], home: Home) -> int:
    """The story that a home has already, or 0."""
    return next((int(story) for i in home.members if (story := accounts[i].story)), 0)


def _forget(now: datetime, most: int) -> None:
    """Let articles that have left the window leave the index, some at a time."""
    while most > 0 and (gone := oldest(now - SPAN, AT_ONCE)):
        with transaction.atomic():
            leave(gone)
        most -= len(gone)

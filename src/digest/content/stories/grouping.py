"""Groups articles into stories: copies of one text, and accounts of one event by several outlets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import nlargest
from itertools import pairwise

from digest.content.stories.accounts import Account, account
from digest.content.stories.duplicates import pairs
from digest.content.stories.lead import reason, worth
from digest.content.stories.likeness import shape
from digest.content.stories.linkage import NEAREST, average_link
from digest.content.stories.neighbours import edges
from digest.content.stories.rarity import Counted, Rarity
from digest.model import Article, Group

THRESHOLD = 0.055
"""The least mean likeness of two groups that become one; higher is more careful."""

HOURS = 72.0
"""The longest time between an account and the nearest one of its story, in hours."""

SPAN = timedelta(days=20)
"""The longest time from a story's first account to its last."""

_REPEAT = 0.9  # containment of an outlet's own later text: below it, it is a column with a standing frame


@dataclass(frozen=True, slots=True)
class Home:
    """The accounts of one story.

    Attributes:
        members: places in the sequence that was linked, in order.
        copies: (copy, original) among them: the same text in several homes.
        crowds: how crowded it is around members (`linkage.NEAREST`), where anything new is known of that.
    """

    members: tuple[int, ...]
    copies: tuple[tuple[int, int], ...] = ()
    crowds: Mapping[int, float] = field(default_factory=dict)


def group(articles: Sequence[Article], *, threshold: float = THRESHOLD, hours: float = HOURS) -> tuple[Group, ...]:
    """Put articles on one event together; every article is in exactly one group, most in one of their own.

    The same text in several homes is one story in any language and at any time. Otherwise accounts are joined when
    they are in the same language, within `hours`, and alike enough on average for how crowded it is around them. An
    article that already has a story keeps it, and two known stories are never joined. The order of `articles` does
    not matter.

    Args:
        articles: with distinct ids.
        threshold: the least mean likeness, 0 to 1.
        hours: the longest time between an account and the nearest one of its story.
    """
    items = {article.id: article for article in articles}
    accounts = [account(article) for article in articles]
    return told(accounts, link(accounts, Counted(accounts), threshold=threshold, hours=hours), items)


def link(
    accounts: list[Account],
    rarity: Rarity,
    *,
    threshold: float = THRESHOLD,
    hours: float = HOURS,
    fresh: Collection[str] | None = None,
) -> list[Home]:
    """Find which accounts tell of one event; see `group`.

    Args:
        accounts: are brought into order of time, to which the places in the answer refer.
        rarity: how rare words are.
        threshold: the least mean likeness, 0 to 1.
        hours: the longest time between an account and the nearest one of its story.
        fresh: ids of the accounts that have yet to be placed: only they find neighbours. None for all.
    """
    accounts.sort(key=lambda a: (a.published, a.id))
    places = None if fresh is None else {i for i, one in enumerate(accounts) if one.id in fresh}
    window = timedelta(hours=hours)
    clusters, copies = _Clusters(accounts), _Clusters(accounts, known=False)
    for part, a, b in pairs([one.runs for one in accounts], fresh=places):
        same = accounts[a].source == accounts[b].source
        repeat = same and accounts[b].published - accounts[a].published > window
        if (not repeat or part >= _REPEAT) and clusters.join(a, b):
            copies.join(a, b)
    originals = {copy: home[0] for home in copies.groups() for copy in home[1:]}

    voices = [i for i in range(len(accounts)) if i not in originals]
    begin = [[i for i in home if i not in originals] for home in clusters.groups()]
    # A copy brings its story to the original that speaks for it.
    known = {i: s for home in clusters.groups() for j in home if (s := accounts[j].story) is not None for i in home}

    def allowed(a: Sequence[int], b: Sequence[int]) -> bool:
        stories = {known[i] for i in (*a, *b) if i in known}
        return len(stories) <= 1 and _together(accounts, a, b, window)

    shapes = [shape(accounts[i], rarity) for i in voices]
    asked = None if places is None else {n for n, i in enumerate(voices) if i in places}
    found = [(voices[a], voices[b], alike) for a, b, alike in edges(shapes, threshold, fresh=asked)]
    before = {i: accounts[i].crowd for i in voices if accounts[i].crowd}
    followers: dict[int, list[int]] = defaultdict(list)
    for copy, original in sorted(originals.items()):
        followers[original].append(copy)
    linked = average_link(begin, found, threshold, allowed, before)
    crowds = _crowds(linked, found)
    homes = []
    for voiced in linked:
        same_text = tuple((copy, i) for i in sorted(voiced) for copy in followers[i])
        members = tuple(sorted({*voiced, *(copy for copy, _ in same_text)}))
        homes.append(Home(members, same_text, {i: crowds[i] for i in voiced if i in crowds}))
    return sorted(homes, key=lambda home: home.members)


def told(accounts: Sequence[Account], homes: Sequence[Home], articles: Mapping[str, Article]) -> tuple[Group, ...]:
    """Each home as a group, its lead first, with the reason.

    Args:
        accounts: as `link` left them.
        homes: what it found.
        articles: by id.
    """
    rarity = Counted(accounts)
    found = []
    for home in homes:
        copies = {copy for copy, _ in home.copies}
        sorting = {i: (*worth(articles[accounts[i].id], copy=i in copies), i) for i in home.members}
        by_worth = sorted(home.members, key=sorting.__getitem__)
        stories = [s for i in home.members if (s := accounts[i].story) is not None]
        voices = [shape(accounts[i], rarity) for i in home.members if i not in copies] if len(home.members) > 1 else []
        found.append(
            Group(
                story=stories[0] if stories else "",
                lead=accounts[by_worth[0]].id,
                members=tuple(accounts[i].id for i in by_worth),
                duplicates=tuple((accounts[copy].id, accounts[original].id) for copy, original in home.copies),
                why=reason(voices, len(copies)),
            )
        )
    return tuple(found)


def _crowds(linked: Sequence[Sequence[int]], found: Sequence[tuple[int, int, float]]) -> dict[int, float]:
    """How like each account is to the fifth nearest story beside its own."""
    home = {i: number for number, voiced in enumerate(linked) for i in voiced}
    sums: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for a, b, alike in found:
        if home[a] != home[b]:
            sums[a][home[b]] += alike / len(linked[home[b]])
            sums[b][home[a]] += alike / len(linked[home[a]])
    return {i: nlargest(NEAREST, near.values())[-1] for i, near in sums.items() if len(near) >= NEAREST}


def _together(accounts: Sequence[Account], a: Sequence[int], b: Sequence[int], window: timedelta) -> bool:
    """Whether two groups are near enough in time; accounts stand in order of it."""
    first, last = min(*a, *b), max(*a, *b)
    if accounts[last].published - accounts[first].published > max(SPAN, window):
        return False
    times = sorted([(accounts[i].published, 0) for i in a] + [(accounts[i].published, 1) for i in b])
    gaps = (later - at for (at, side), (later, other) in pairwise(times) if side != other)
    return min(gaps) <= window


class _Clusters:
    """Disjoint sets of articles, none of which may hold two known stories."""

    def __init__(self, items: Sequence[Account], *, known: bool = True) -> None:
        self._home = list(range(len(items)))
        self._story: dict[int, str] = {}
        first: dict[str, int] = {}
        for i, one in enumerate(items):
            if known and one.story is not None:
                at = first.setdefault(one.story, i)
                self._home[i] = at
                self._story[at] = one.story

    def _find(self, i: int) -> int:
        while self._home[i] != i:
            self._home[i] = self._home[self._home[i]]
            i = self._home[i]
        return i

    def join(self, a: int, b: int) -> bool:
        """Join the sets of two articles; False when that would join two known stories."""
        low, high = sorted((self._find(a), self._find(b)))
        stories = {self._story[i] for i in (low, high) if i in self._story}
        if len(stories) > 1:
            return False
        self._home[high] = low
        if stories:
            self._story[low] = stories.pop()
        return True

    def groups(self) -> list[list[int]]:
        """The sets, each sorted, in order of their first member."""
        found: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self._home)):
            found[self._find(i)].append(i)
        return list(found.values())

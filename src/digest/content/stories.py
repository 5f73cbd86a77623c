"""Groups articles into stories: copies of one text, and accounts of one event by several outlets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta

from digest.content.duplicates import near_duplicates
from digest.content.linkage import average_link
from digest.content.similarity import Vector, cosine, opening, vectors
from digest.content.words import WORD, fold
from digest.model import Article, Group

THRESHOLD = 0.09
"""The least mean likeness of two groups that become one; higher is more careful."""

HOURS = 72.0
"""The longest time from a story's first account to its last, in hours."""

_CROWD = 0.01  # the part of all articles beyond which a word finds no candidates (it still counts in the likeness)
_FIGURE = re.compile(r"\d+")
_QUOTE = re.compile('[“”"«»„]')
_SHOWN = 12  # accounts of a story that are looked at to say what they share
_REPEAT = 0.9  # containment of an outlet's own later text: below it, it is a column with a standing frame
_SHARED = 3  # words that two accounts must have in common
_DOUBT = 2  # words: a likeness that rests on n shared words counts n/(n + 2), so few words prove little
_OUTLET_DOUBT = 10  # the same for two pieces of one outlet: alike in wording, and more often two events than one
_FAINT = 0.4  # of the threshold: a pair below it counts as not alike


def group(articles: Sequence[Article], *, threshold: float = THRESHOLD, hours: float = HOURS) -> tuple[Group, ...]:
    """Put articles on one event together; every article is in exactly one group, most in one of their own.

    The same text in several homes is one story in any language and at any time. Otherwise accounts are joined when
    they are in the same language, within `hours`, and alike enough on average. An article that already has a
    story keeps it, and two known stories are never joined. The order of `articles` does not matter.

    Args:
        articles: with distinct ids.
        threshold: the least mean likeness, 0 to 1.
        hours: the longest time from first to last account.
    """
    items = sorted(articles, key=lambda a: (a.published, a.id))
    bodies = [_body(a) for a in items]
    pairs = near_duplicates([f"{a.title}\n{body}" for a, body in zip(items, bodies, strict=True)])
    clusters = _Clusters(items)
    copies = _Clusters(items, known=False)
    window = timedelta(hours=hours)
    for part, a, b in pairs:
        repeat = items[a].source == items[b].source and items[b].published - items[a].published > window
        if (not repeat or part >= _REPEAT) and clusters.join(a, b):
            copies.join(a, b)
    originals = {copy: home[0] for home in copies.groups() for copy in home[1:]}

    features = vectors([(a.title, body) for a, body in zip(items, bodies, strict=True)])
    voices = [i for i in range(len(items)) if i not in originals]
    edges = _edges(items, features, voices, window, threshold)
    begin = [[i for i in home if i not in originals] for home in clusters.groups()]
    # A copy brings its story to the original that speaks for it.
    known = {i: items[j].story for home in clusters.groups() for j in home if items[j].story is not None for i in home}

    def allowed(a: Sequence[int], b: Sequence[int]) -> bool:
        stories = {known[i] for i in (*a, *b) if i in known}
        first, last = min(*a, *b), max(*a, *b)  # items stand in order of time
        return len(stories) <= 1 and items[last].published - items[first].published <= window

    linked = average_link(begin, edges, threshold, allowed)
    followers = defaultdict(list)
    for copy, original in originals.items():
        followers[original].append(copy)
    whole = [sorted({*home, *(c for i in home for c in followers[i])}) for home in linked]
    found = [_describe(home, items, bodies, features, originals) for home in sorted(whole)]
    return tuple(found)


class _Clusters:
    """Disjoint sets of articles, none of which may hold two known stories."""

    def __init__(self, items: Sequence[Article], *, known: bool = True) -> None:
        self._home = list(range(len(items)))
        self._story: dict[int, str] = {}
        first: dict[str, int] = {}
        for i, article in enumerate(items):
            if known and article.story is not None:
                at = first.setdefault(article.story, i)
                self._home[i] = at
                self._story[at] = article.story

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


def _body(article: Article) -> str:
    return article.text or article.deck


def _language(article: Article) -> str:
    return article.language.split("-")[0]


def _edges(
    items: Sequence[Article], features: Sequence[Vector], voices: Sequence[int], window: timedelta, threshold: float
) -> Iterator[tuple[int, int, float]]:
    """Likeness of all pairs within the window that share a telling word, found through an index of words."""
    crowd = max(50.0, _CROWD * len(voices))
    frequency = Counter(term for i in voices for term in features[i])
    index: dict[str, deque[int]] = defaultdict(deque)
    for i in voices:
        oldest = items[i].published - window
        partial: dict[int, float] = defaultdict(float)
        for term, weight in features[i].items():
            if frequency[term] > crowd:
                continue
            places = index[term]
            while places and items[places[0]].published < oldest:
                places.popleft()
            for j in places:
                partial[j] += weight * features[j][term]
            places.append(i)
        for j, least in partial.items():
            if least < threshold * _FAINT or not _comparable(items[i], items[j]):
                continue
            shared = len(features[i].keys() & features[j].keys())
            if shared < _SHARED:
                continue
            doubt = _OUTLET_DOUBT if items[i].source == items[j].source else _DOUBT
            yield j, i, cosine(features[i], features[j]) * shared / (shared + doubt)


def _comparable(a: Article, b: Article) -> bool:
    one, other = _language(a), _language(b)
    return one == other or not one or not other


def _describe(
    home: Sequence[int],
    items: Sequence[Article],
    bodies: Sequence[str],
    features: Sequence[Vector],
    originals: dict[int, int],
) -> Group:
    by_worth = sorted(home, key=lambda i: (items[i].rights != "own", -_richness(items[i], bodies[i]), i))
    stories = [s for i in home if (s := items[i].story) is not None]
    duplicates = tuple((items[c].id, items[originals[c]].id) for c in home if c in originals)
    voices = [i for i in home if i not in originals]
    return Group(
        story=stories[0] if stories else "",
        lead=items[by_worth[0]].id,
        members=tuple(items[i].id for i in by_worth),
        duplicates=duplicates,
        why=_why(voices, copies=len(duplicates), items=items, bodies=bodies, features=features),
    )


def _richness(article: Article, body: str) -> float:
    """How much an account tells: its length, its figures and quotations, and whether its text may be shown."""
    length = min(len(body), 8_000) / 8_000
    figures = min(len(_FIGURE.findall(body[:8_000])), 15) / 15
    quotations = min(len(_QUOTE.findall(body[:8_000])), 12) / 12
    return round(length + 0.25 * figures + 0.25 * quotations + 0.5 * (article.rights == "licensed"), 6)


def _why(
    voices: Sequence[int], *, copies: int, items: Sequence[Article], bodies: Sequence[str], features: Sequence[Vector]
) -> str:
    """What the members have in common, in words: shared names and words, heaviest first, and copies of a text."""
    parts = []
    voices = voices[:_SHOWN]
    if len(voices) > 1:
        held = Counter(term for i in voices for term in features[i])
        mass: dict[str, float] = defaultdict(float)
        for i in voices:
            for term, weight in features[i].items():
                if held[term] * 2 > len(voices):
                    mass[term] += weight
        spelling = _spellings([f"{items[i].title} {opening(bodies[i])}" for i in voices], set(mass))
        names = sorted(mass, key=lambda t: (-mass[t] * (1.5 if spelling[t][:1].isupper() else 1.0), t))[:5]
        pairs = [cosine(features[a], features[b]) for n, a in enumerate(voices) for b in voices[n + 1 :]]
        shared = ", ".join(spelling[t] for t in names)
        parts.append(f"share {shared} (likeness {sum(pairs) / len(pairs):.2f})" if names else "one story so far")
    if copies:
        parts.append("1 copy of the same text" if copies == 1 else f"{copies} copies of the same text")
    return "; ".join(parts)


def _spellings(texts: Sequence[str], wanted: set[str]) -> dict[str, str]:
    """How a folded word is most often written in the texts; the word itself for pairs of characters."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for m in WORD.finditer(text):
            folded = fold(m[0])
            if folded in wanted:
                seen[folded][m[0]] += 1
    return {term: max(sorted(seen[term]), key=lambda w: seen[term][w]) if term in seen else term for term in wanted}

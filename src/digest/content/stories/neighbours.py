"""Finds pairs of articles that may tell of one event, through an index of their telling words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from digest.content.stories.likeness import Shape, likeness

REACH = timedelta(days=7)
"""Articles further apart are never compared: what they share is a subject."""

FAINT = 0.4
"""Of the threshold: a pair below it counts as not alike."""

_CROWD = 0.01  # the part of all articles beyond which a word finds no candidates (it still counts in the likeness)
_FEWEST = 50  # articles that may hold a word before it counts as a crowd's


def edges(
    shapes: Sequence[Shape], threshold: float, *, fresh: Collection[int] | None = None
) -> Iterator[tuple[int, int, float]]:
    """Likeness of the pairs that share a telling word, within reach and in one language.

    Args:
        shapes: in order of time.
        threshold: pairs far below it are left out.
        fresh: places in `shapes`; pairs without one of these are left out. None for all.
    """
    said: list[Mapping[str, float]] = [shape.vector for shape in shapes]
    if fresh is not None:  # what newcomers do not say brings nobody to them
        asked = {term for i in fresh for term in said[i]}
        said = [{term: v[term] for term in sorted(v.keys() & asked)} for v in said]
    frequency = Counter(term for vector in said for term in vector)
    crowd = max(_FEWEST, _CROWD * len(shapes))
    everyone = _Index(shapes)
    # What was known before need not find what was known before.
    newcomers = everyone if fresh is None else _Index(shapes)
    for i, shape in enumerate(shapes):
        new = fresh is None or i in fresh
        words = [(term, weight) for term, weight in said[i].items() if 1 < frequency[term] <= crowd]
        for j, least in (everyone if new else newcomers).near(i, words).items():
            if least < threshold * FAINT or not comparable(shape, shapes[j]):
                continue
            if (alike := likeness(shapes[j], shape)) >= threshold * FAINT:
                yield j, i, alike
        everyone.add(i, words)
        if new and newcomers is not everyone:
            newcomers.add(i, words)


class _Index:
    """Which of some articles hold a word, in order of time, those out of reach left behind."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._shapes = shapes
        self._holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._begin: dict[str, int] = {}

    def add(self, i: int, words: Sequence[tuple[str, float]]) -> None:
        for term, weight in words:
            self._holders[term].append((i, weight))

    def near(self, i: int, words: Sequence[tuple[str, float]]) -> dict[int, float]:
        """The least likeness of articles that hold any of these words and are within reach of the i-th."""
        oldest = self._shapes[i].account.published - REACH
        found: dict[int, float] = defaultdict(float)
        for term, weight in words:
            places = self._holders.get(term)
            if places is None:
                continue
            at = self._begin.get(term, 0)
            while at < len(places) and self._shapes[places[at][0]].account.published < oldest:
                at += 1
            self._begin[term] = at
            for j, other in places[at:] if at else places:
                found[j] += weight * other
        return found


def comparable(a: Shape, b: Shape) -> bool:
    """Whether two accounts are in one language, or in which is not known of one."""
    one, other = a.account.language, b.account.language
    return one == other or not one or not other

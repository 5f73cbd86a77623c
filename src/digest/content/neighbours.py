"""Finds pairs of articles that may tell of one event, through an index of their telling words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from digest.content.likeness import Shape, likeness

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
    frequency = Counter(term for shape in shapes for term in shape.vector)
    crowd = max(_FEWEST, _CROWD * len(shapes))
    index: dict[str, list[tuple[int, float]]] = defaultdict(list)
    begin: dict[str, int] = defaultdict(int)
    for i, shape in enumerate(shapes):
        oldest = shape.account.published - REACH
        new = fresh is None or i in fresh
        partial: dict[int, float] = defaultdict(float)
        for term, weight in shape.vector.items():
            if not 1 < frequency[term] <= crowd:
                continue
            places, at = index[term], begin[term]
            while at < len(places) and shapes[places[at][0]].account.published < oldest:
                at += 1
            begin[term] = at
            for j, other in places[at:]:
                partial[j] += weight * other
            places.append((i, weight))
        for j, least in partial.items():
            if least < threshold * FAINT or not (new or j in (fresh or ())):
                continue
            if comparable(shape, shapes[j]) and (alike := likeness(shapes[j], shape)) >= threshold * FAINT:
                yield j, i, alike


def comparable(a: Shape, b: Shape) -> bool:
    """Whether two accounts are in one language, or in which is not known of one."""
    one, other = a.account.language, b.account.language
    return one == other or not one or not other

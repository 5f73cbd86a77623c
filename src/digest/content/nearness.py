"""How like each story is to those that are chosen already, and to what was carried lately, found by an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from digest.content.similarity import Vector, vectors
from digest.model import Story

BODY = 2_000
"""Characters of a text that are looked at: `similarity.opening` wants 200 words of it."""


def features(stories: Sequence[Story], *texts: tuple[str, str]) -> tuple[dict[str, Vector], list[Vector]]:
    """Vectors of stories by their ids, and those of further (headline, text) pairs weighed with them."""
    told = sorted(stories, key=lambda story: story.id)
    found: list[Vector] = list(vectors([*((s.lead.title, (s.lead.text or s.lead.deck)[:BODY]) for s in told), *texts]))
    return {story.id: vector for story, vector in zip(told, found[: len(told)], strict=True)}, found[len(told) :]


def nearest(stories: Mapping[str, Vector], others: Sequence[Vector]) -> dict[str, float]:
    """For each story that has anything in common with any of the others, its likeness to the nearest, 0 to 1."""
    index = Index(stories)
    best: dict[str, float] = {}
    for other in others:
        for name, likeness in index.likeness(other).items():
            best[name] = max(best.get(name, 0.0), likeness)
    return dict(sorted(best.items()))


class Index:
    """Vectors by their terms, so that the likeness of one to all is found by what they share.

    Args:
        known: vectors of length 1 by name.
    """

    def __init__(self, known: Mapping[str, Vector]) -> None:
        self._holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for name in sorted(known):
            for term, weight in known[name].items():
                self._holders[term].append((name, weight))

    def likeness(self, vector: Vector) -> dict[str, float]:
        """The cosine of a vector with every known one that shares a term with it, rounded to four digits."""
        sums: dict[str, float] = defaultdict(float)
        for term in sorted(vector):
            weight = vector[term]
            for name, other in self._holders.get(term, ()):
                sums[name] += weight * other
        return {name: round(min(1.0, value), 4) for name, value in sums.items()}

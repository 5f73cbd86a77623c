"""How like each story is to those that are chosen already, and to what was carried lately, found by an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from digest.content.text.similarity import Vector, cosine, vectors
from digest.model import Story

NOTICED = 0.03
"""The least likeness that counts: most pairs of different events are less alike."""

CROWD = 50
"""How many stories may hold a term by which others are found, or 2 % of all: the rest say little and cost most."""

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
    """Vectors by their rarer terms, so that what is like a vector is found by what they share.

    Args:
        known: vectors of length 1 by name.
    """

    def __init__(self, known: Mapping[str, Vector]) -> None:
        self._known = known
        holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for name in sorted(known):
            for term, weight in known[name].items():
                holders[term].append((name, weight))
        crowd = max(CROWD, len(known) // 50)
        self._holders = {term: held for term, held in holders.items() if len(held) <= crowd}

    def likeness(self, vector: Vector) -> dict[str, float]:
        """The cosine of a vector with every known one that is noticeably like it, rounded to four digits."""
        sums: dict[str, float] = defaultdict(float)
        for term in sorted(vector):
            weight = vector[term]
            for name, other in self._holders.get(term, ()):
                sums[name] += weight * other
        near = (
            (name, round(cosine(vector, self._known[name]), 4)) for name, part in sums.items() if part >= NOTICED / 2
        )
        return {name: likeness for name, likeness in near if likeness >= NOTICED}

"""The state of one choice: what each section has taken, and what stands against taking more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digest.content.rank import order, total, weight
from digest.content.similarity import cosine, vectors
from digest.model import Ranked, Reason, SectionRule, Story

_NOTICED = 0.5  # of the limit: below it likeness costs nothing


class Desk:
    """Takes the best remaining story for any of some sections until they are full. Sections go by their number.

    Args:
        pool: the candidates.
        sections: all sections.
        rankings: each section's candidates, best first.
        weights: for the points that likeness takes.
        per_source: the cap per outlet; 0 for none.
        limit: the likeness that bars a story.
        pinned: ids that come first and are never barred.
    """

    def __init__(
        self,
        pool: Sequence[Story],
        sections: Sequence[SectionRule],
        rankings: Mapping[int, Sequence[Ranked]],
        weights: Mapping[str, float],
        per_source: int,
        limit: float,
        pinned: frozenset[str],
    ) -> None:
        self.taken: dict[int, list[Ranked]] = {at: [] for at in range(len(sections))}
        self._sections = sections
        self._rankings = rankings
        self._likeness = weight(weights, "likeness")
        self._cap = per_source if len({story.lead.source for story in pool}) > 1 else 0
        self._limit = limit
        self._pinned = pinned
        features = vectors([(s.lead.title, s.lead.text or s.lead.deck) for s in pool])
        self._vectors = {story.id: vector for story, vector in zip(pool, features, strict=True)}
        self._stories = {story.id: story for story in pool}
        self._used: set[str] = set()
        self._led: Counter[str] = Counter()
        self._nearest: dict[str, tuple[float, str]] = {}

    def fill(self, numbers: Sequence[int]) -> None:
        """Take stories for these sections until each is full or nothing is left for it."""
        while True:
            best: tuple[tuple[bool, float, float, str], int, Ranked] | None = None
            for at in numbers:
                if len(self.taken[at]) >= self._sections[at].maximum:
                    continue
                for ranked in self._candidates(at):
                    if best is not None and not self._could_lead(ranked, best[0]):
                        break
                    paid = self._paid(ranked)
                    key = (ranked.story.id not in self._pinned, *order(paid))
                    if (best is None or key < best[0]) and not self._needed_elsewhere(ranked.story, at, numbers):
                        best = key, at, paid
            if best is None:
                return
            self._take(best[1], best[2])

    def clear(self, at: int) -> None:
        """Take everything out of a section again."""
        for ranked in self.taken[at]:
            self._used.discard(ranked.story.id)
            self._led[ranked.story.lead.source] -= 1
        self.taken[at] = []

    def ordered(self, at: int) -> tuple[Ranked, ...]:
        """What a section took: pinned first, then by score."""
        return tuple(sorted(self.taken[at], key=lambda r: (r.story.id not in self._pinned, *order(r))))

    def barred(self, story: Story) -> str:
        """What forbids a story, in words; empty when nothing does."""
        if story.id in self._pinned:
            return ""
        lead = story.lead
        if self._cap and lead.rights != "own" and self._led[lead.source] >= self._cap:
            return f"cap of {self._cap} for {lead.source}"
        likeness, headline = self._nearest.get(story.id, (0.0, ""))
        return f"too like “{headline}”" if likeness > self._limit else ""

    def _candidates(self, at: int) -> Iterator[Ranked]:
        """A section's open stories, pinned first, then by score before likeness."""
        free = [r for r in self._rankings[at] if r.story.id not in self._used and not self.barred(r.story)]
        yield from sorted(free, key=lambda r: r.story.id not in self._pinned)

    def _could_lead(self, ranked: Ranked, key: tuple[bool, float, float, str]) -> bool:
        """Whether a story could still come before `key`: likeness only takes points away."""
        return (ranked.story.id not in self._pinned, -ranked.score) <= key[:2]

    def _paid(self, ranked: Ranked) -> Ranked:
        """A story with what its likeness to the chosen ones costs."""
        likeness = self._nearest.get(ranked.story.id, (0.0, ""))[0]
        points = -round(self._likeness * likeness, 4)
        if ranked.story.id in self._pinned or not points or likeness <= self._limit * _NOTICED:
            return ranked
        reasons = (*ranked.reasons, Reason(signal="likeness", points=points))
        return replace(ranked, score=total(reasons), reasons=reasons)

    def _needed_elsewhere(self, story: Story, at: int, numbers: Sequence[int]) -> bool:
        """Whether another section would miss its minimum for want of this story, and this one would not."""
        return not self._at_stake(story, at) and any(self._at_stake(story, other) for other in numbers if other != at)

    def _at_stake(self, story: Story, at: int) -> bool:
        need = self._sections[at].minimum - len(self.taken[at])
        if need <= 0:
            return False
        names = [ranked.story.id for ranked in self._candidates(at)]
        return len(names) <= need and story.id in names

    def _take(self, at: int, ranked: Ranked) -> None:
        story = ranked.story
        self.taken[at].append(ranked)
        self._used.add(story.id)
        self._led[story.lead.source] += 1
        for name, vector in self._vectors.items():
            if name not in self._used:
                likeness = round(cosine(self._vectors[story.id], vector), 4)
                if likeness > self._nearest.get(name, (0.0, ""))[0]:
                    self._nearest[name] = likeness, story.lead.title

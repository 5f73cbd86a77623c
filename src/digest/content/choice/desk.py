"""The state of one choice: what each section has taken, and what stands against taking more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.content.choice.minima import PLENTY, Kind, meets, slack
from digest.content.choice.nearness import Index
from digest.content.choice.rank import GENERAL, belongs, order, total, weight
from digest.content.text.similarity import Vector
from digest.model import Ranked, Reason, SectionRule, Story

ALIKE = 0.2
"""The likeness that costs all of its points: of accounts of different events one pair in a thousand is as like."""

_LEAST = 0.01  # points that are worth telling

Key = tuple[float, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one choice keeps to.

    Attributes:
        sections: in the newsletter's order; they go by their number.
        weights: for the points that likeness takes.
        places: stories in the edition; 0 for no maximum.
        per_source: the cap per outlet; 0 for none.
        limit: the likeness that bars a story.
        pinned: ids that come first and are never barred.
    """

    sections: Sequence[SectionRule]
    weights: Mapping[str, float]
    places: int
    per_source: int
    limit: float
    pinned: frozenset[str]

    def minimum(self, at: int) -> int:
        """The stories a section needs: its minimum, as far as there are places at all."""
        section = self.sections[at]
        least = min(section.minimum, section.maximum)
        return min(least, self.places) if self.places else least


class Desk:
    """Takes the best remaining story for any of some sections until they are full.

    What may be taken depends on what was taken and never on the points, so a story with more points is taken no later.

    Args:
        rules: what it keeps to.
        pool: the candidates.
        rankings: each section's candidates, best first.
        features: vectors of the candidates, by id.
    """

    def __init__(
        self,
        rules: Rules,
        pool: Sequence[Story],
        rankings: Sequence[Sequence[Ranked]],
        features: Mapping[str, Vector],
    ) -> None:
        self.rules = rules
        self.taken: dict[int, list[Ranked]] = {at: [] for at in range(len(rules.sections))}
        self.standing: set[int] = set(self.taken)
        self.cap = rules.per_source if len({story.lead.source for story in pool}) > 1 else 0
        self.pool = pool
        self._rankings = [list(ranking) for ranking in rankings]
        self._features = features
        self._index = Index(features)
        self._likeness = weight(rules.weights, "likeness")
        self._fits = {
            s.id: frozenset(at for at, section in enumerate(rules.sections) if belongs(s, section)) for s in pool
        }
        self._used: set[str] = set()
        self._led: Counter[str] = Counter()
        self._free = Counter(self._kind(story) for story in pool)
        self._nearest: dict[str, tuple[float, str]] = {}
        self._waived: set[int] = set()
        self._slack = 0
        self._allowed: dict[tuple[Kind, int], bool] = {}

    def pin(self) -> None:
        """Take what editors pinned, each into its best section: one that stands, a topic's, where it scores best."""
        best: dict[str, tuple[tuple[bool, bool, float, int], Ranked]] = {}
        for at, ranking in enumerate(self._rankings):
            for ranked in ranking if self.rules.pinned else ():
                if ranked.story.id in self.rules.pinned:
                    key = at not in self.standing, self.rules.sections[at].tag == GENERAL, -ranked.score, at
                    if ranked.story.id not in best or key < best[ranked.story.id][0]:
                        best[ranked.story.id] = key, ranked
        for key, ranked in sorted(best.values(), key=lambda one: order(one[1])):
            self._take(key[-1], ranked)
            self.standing.add(key[-1])

    def stand(self) -> None:
        """Leave out the sections whose minimum cannot be met together with those of the sections before them.

        One that has a pinned story stands in any case.
        """
        kept: set[int] = set()
        for at in sorted(self.standing):
            if self._feasible({other: self._need(other) for other in {*kept, at}}):
                kept.add(at)
            elif self.taken[at]:
                kept.add(at)
                self._waived.add(at)
        self.standing = kept
        self._changed()

    def fill(self, numbers: Sequence[int], limits: Mapping[int, int]) -> None:
        """Take stories for these sections until each has as many as its limit, or nothing is left for it."""
        while not self.full():
            open_ = [at for at in numbers if at in self.standing and len(self.taken[at]) < limits[at]]
            best: tuple[Key, int, Ranked] | None = None
            for at in open_:
                found = self._best(at, best[0] if best else None)
                if found and (best is None or found[0] < best[0]):
                    best = found[0], at, found[1]
            if best is None:
                return
            self._take(best[1], best[2])

    def full(self) -> bool:
        """Whether the edition has all the stories it may have."""
        return bool(self.rules.places) and len(self._used) >= self.rules.places

    def ordered(self, at: int) -> tuple[Ranked, ...]:
        """What a section took: pinned first, then by score."""
        return tuple(sorted(self.taken[at], key=lambda r: (r.story.id not in self.rules.pinned, *order(r))))

    def fits(self, story: Story) -> frozenset[int]:
        """The sections that would take the story, by number."""
        return self._fits[story.id]

    def capped(self, story: Story) -> bool:
        """Whether the story's outlet has all the stories it may lead."""
        return bool(self._capped(story)) and self._led[story.lead.source] >= self.cap

    def alike(self, story: Story) -> tuple[float, str]:
        """The likeness to the nearest chosen story and its headline, where it is so near that it bars this one."""
        near = self._nearest.get(story.id, (0.0, ""))
        return near if near[0] > self.rules.limit and story.id not in self.rules.pinned else (0.0, "")

    def paid(self, ranked: Ranked) -> Ranked:
        """A story with what its likeness to the chosen ones costs."""
        costs = self._costs(ranked.story)
        if not costs:
            return ranked
        reasons = (*ranked.reasons, Reason(signal="likeness", points=-costs))
        return replace(ranked, score=total(reasons), reasons=reasons)

    def _best(self, at: int, bar: Key | None) -> tuple[Key, Ranked] | None:
        """A section's best story that may be taken; None when there is none, or none that could come before `bar`.

        A repeat is taken only where the section's minimum cannot be met otherwise.
        """
        for repeats in (False, True) if self._need(at) > 0 else (False,):
            best: tuple[Key, Ranked] | None = None
            for ranked in self._open(at):
                if best and -ranked.score > best[0][0]:
                    break  # likeness only takes points away
                if not repeats and bar and -ranked.score > bar[0] and self._need(at) <= 0:
                    break
                if bool(self.alike(ranked.story)[0]) != repeats or not self._may(ranked.story, at):
                    continue
                paid = self.paid(ranked)
                if best is None or order(paid) < best[0]:
                    best = order(paid), paid
            if best:
                return best
        return None

    def _open(self, at: int) -> Iterator[Ranked]:
        """A section's stories that are not taken and not over a cap, by score before likeness."""
        if sum(r.story.id in self._used for r in self._rankings[at][:50]) > 25:
            self._rankings[at] = [r for r in self._rankings[at] if r.story.id not in self._used]
        for ranked in self._rankings[at]:
            if ranked.story.id not in self._used and not self.capped(ranked.story):
                yield ranked

    def _may(self, story: Story, at: int) -> bool:
        """Whether all minima can still be met when this section takes this story."""
        if self._slack > 0:
            return True
        kind = self._kind(story)
        if (kind, at) not in self._allowed:
            needs = {other: self._need(other) - (other == at) for other in self.standing}
            self._free[kind] -= 1
            self._led[kind[0]] += 1
            self._allowed[kind, at] = self._feasible(needs, taking=1)
            self._free[kind] += 1
            self._led[kind[0]] -= 1
        return self._allowed[kind, at]

    def _feasible(self, needs: Mapping[int, int], taking: int = 0) -> bool:
        wanted = sum(need for need in needs.values() if need > 0)
        if wanted and self.rules.places and wanted + len(self._used) + taking > self.rules.places:
            return False
        return meets(needs, self._free, self._room())

    def _room(self) -> dict[str, int]:
        return {source: max(0, self.cap - self._led[source]) for source, _ in self._free if source}

    def _changed(self) -> None:
        """Count anew how many stories may go before any minimum is in danger."""
        self._allowed.clear()
        needs = {at: self._need(at) for at in self.standing}
        self._slack = slack(needs, self._free, self._room())
        if wanted := sum(needs.values()):
            left = self.rules.places - len(self._used) - wanted if self.rules.places else PLENTY
            self._slack = min(self._slack, left)

    def _need(self, at: int) -> int:
        return 0 if at in self._waived else max(0, self.rules.minimum(at) - len(self.taken[at]))

    def _kind(self, story: Story) -> Kind:
        return (story.lead.source if self._capped(story) else ""), self._fits[story.id]

    def _capped(self, story: Story) -> bool:
        return self.cap > 0 and story.lead.rights != "own" and story.id not in self.rules.pinned

    def _costs(self, story: Story) -> float:
        points = round(self._likeness * min(1.0, self._nearest.get(story.id, (0.0, ""))[0] / ALIKE), 4)
        return points if points >= _LEAST and story.id not in self.rules.pinned else 0.0

    def _take(self, at: int, ranked: Ranked) -> None:
        story = ranked.story
        self.taken[at].append(ranked)
        self._used.add(story.id)
        self._free[self._kind(story)] -= 1
        if self._capped(story):
            self._led[story.lead.source] += 1
        self._slack -= 1
        if self._slack <= 0:
            self._changed()
        for name, likeness in self._index.likeness(self._features[story.id]).items():
            if name not in self._used and likeness > self._nearest.get(name, (0.0, ""))[0]:
                self._nearest[name] = likeness, story.lead.title

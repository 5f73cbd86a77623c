"""Says of every story that was not chosen which rule left it out, and what it would have needed."""

from __future__ import annotations

from collections.abc import Sequence

from digest.content.desk import Desk
from digest.content.rank import GENERAL
from digest.model import Ranked, Skipped, Story


def why_not(
    pool: Sequence[Story], rankings: Sequence[Sequence[Ranked]], desk: Desk
) -> tuple[list[Skipped], list[Skipped]]:
    """What is left of the pool with the reasons, best first; and apart what no section takes.

    Args:
        pool: the candidates.
        rankings: each section's candidates, best first.
        desk: after the choice.
    """
    taken = {ranked.story.id for chosen in desk.taken.values() for ranked in chosen}
    homes: dict[str, list[tuple[int, float]]] = {}
    for at, ranking in enumerate(rankings):
        for ranked in ranking:
            if ranked.story.id not in taken:
                homes.setdefault(ranked.story.id, []).append((at, ranked.score))
    left = [story for story in pool if story.id not in taken]
    best = {name: max(score for _, score in found) for name, found in homes.items()}
    left.sort(key=lambda s: (-best.get(s.id, 0.0), -s.lead.published.timestamp(), s.id))
    with_home = [_reason(story, homes[story.id], desk) for story in left if story.id in best]
    return with_home, [_reason(story, (), desk) for story in left if story.id not in best]


def _reason(story: Story, homes: Sequence[tuple[int, float]], desk: Desk) -> Skipped:
    def skipped(rule: str, why: str, needed: str) -> Skipped:
        return Skipped(story=story.id, headline=story.lead.title, why=why, rule=rule, needed=needed)

    sections = desk.rules.sections
    if not homes:
        return skipped("section", "no section takes its tags", "a section for one of its tags, or a general one")
    standing = [home for home in homes if home[0] in desk.standing]
    if not standing:
        at = homes[0][0]
        count = sum(at in desk.fits(other) for other in desk.pool)
        short = sections[at].minimum - count
        title = sections[at].title
        if short <= 0:
            why = f"{title} cannot have the {sections[at].minimum} stories it needs beside the other sections"
            return skipped("minimum", why, f"more stories for {title}, or from other sources")
        why = f"{title} has {count} of the {sections[at].minimum} stories it needs"
        return skipped("minimum", why, f"{short} more {'story' if short == 1 else 'stories'} for {title}")
    own = [home for home in standing if sections[home[0]].tag != GENERAL] or standing
    at, score = max(own, key=lambda home: (home[1], -home[0]))
    if desk.capped(story):
        source = story.lead.source
        rivals = [
            r
            for chosen in desk.taken.values()
            for r in chosen
            if r.story.lead.source == source and r.story.id not in desk.rules.pinned
        ]
        return skipped("source", f"cap of {desk.cap} for {source}", _points(score, rivals))
    likeness, headline = desk.alike(story)
    if likeness:
        needed = f"a likeness of at most {desk.rules.limit:.2f}; it is {likeness:.2f}"
        return skipped("likeness", f"too like “{headline}”", needed)
    title, there = sections[at].title, desk.taken[at]
    score = desk.worth(story, score)
    if desk.full() and len(there) < sections[at].maximum:
        everybody = [ranked for chosen in desk.taken.values() for ranked in chosen]
        why = f"the edition has the {desk.rules.places} stories it may have"
        return skipped("maximum", why, _points(score, there or everybody))
    if not there:
        return skipped("place", f"{title} takes no stories", "a higher maximum")
    return skipped("place", f"below place {len(there)} in {title}", _points(score, there))


def _points(score: float, rivals: Sequence[Ranked]) -> str:
    """How many points a story is short of the weakest of these; pinned ones have no points to beat."""
    last = min(rivals, key=lambda ranked: (ranked.score, ranked.story.id), default=None)
    if last is None:
        return ""
    missing = max(0.0, last.score - score)
    before = f"to stand before “{last.story.lead.title}”"
    return f"{missing:.2f} more points, {before}" if missing >= 0.005 else f"a little more, {before}"

"""Says of every story that was not chosen which rule left it out, and what it would have needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digest.content.choice.desk import Desk
from digest.content.choice.rank import GENERAL
from digest.model import Ranked, Skipped, Story

EXPLAINED = 10
"""How many of those left out are told with every term of their points."""


def why_not(
    pool: Sequence[Story], rankings: Sequence[Sequence[Ranked]], desk: Desk, *, explained: int = EXPLAINED
) -> tuple[list[Skipped], list[Skipped]]:
    """What is left of the pool with the reasons, best first; and apart what no section takes.

    Args:
        pool: the candidates.
        rankings: each section's candidates, best first.
        desk: after the choice.
        explained: how many are told with every term of their points.
    """
    taken = {ranked.story.id for chosen in desk.taken.values() for ranked in chosen}
    homes: dict[str, list[tuple[int, Ranked]]] = {}
    for at, ranking in enumerate(rankings):
        for ranked in ranking:
            if ranked.story.id not in taken:
                homes.setdefault(ranked.story.id, []).append((at, ranked))
    left = sorted(
        (story for story in pool if story.id not in taken), key=lambda s: (-s.lead.published.timestamp(), s.id)
    )
    with_home = [_reason(story, homes[story.id], desk) for story in left if story.id in homes]
    with_home.sort(key=lambda one: -one.score)
    bare = [replace(one, reasons=()) for one in with_home[explained:]]
    return [*with_home[:explained], *bare], [_reason(story, (), desk) for story in left if story.id not in homes]


def _reason(story: Story, homes: Sequence[tuple[int, Ranked]], desk: Desk) -> Skipped:
    standing = [home for home in homes if home[0] in desk.standing]
    topics = [home for home in standing if desk.rules.sections[home[0]].tag != GENERAL]
    at, ranked = max(topics or standing or homes, key=lambda home: (home[1].score, -home[0]), default=(0, None))
    paid = desk.paid(ranked) if ranked else None

    def skipped(rule: str, why: str, needed: str) -> Skipped:
        return Skipped(
            story=story.id,
            headline=story.lead.title,
            why=why,
            rule=rule,
            needed=needed,
            section=paid.section if paid else "",
            score=paid.score if paid else 0.0,
            reasons=paid.reasons if paid else (),
        )

    sections = desk.rules.sections
    if paid is None:
        return skipped("section", "no section takes its tags", "a section for one of its tags, or a general one")
    if not standing:
        count = sum(at in desk.fits(other) for other in desk.pool)
        short = desk.rules.minimum(at) - count
        title = sections[at].title
        if short <= 0:
            why = f"{title} cannot have the {desk.rules.minimum(at)} stories it needs beside the other sections"
            return skipped("minimum", why, f"more stories for {title}, or from other sources")
        why = f"{title} has {count} of the {desk.rules.minimum(at)} stories it needs"
        return skipped("minimum", why, f"{short} more {'story' if short == 1 else 'stories'} for {title}")
    if desk.capped(story):
        source = story.lead.source
        rivals = [
            r
            for chosen in desk.taken.values()
            for r in chosen
            if r.story.lead.source == source and r.story.id not in desk.rules.pinned
        ]
        return skipped("source", f"cap of {desk.cap} for {source}", _points(paid.score, rivals))
    likeness, headline = desk.alike(story)
    if likeness:
        needed = f"a likeness of at most {desk.rules.limit:.2f}; it is {likeness:.2f}"
        return skipped("likeness", f"too like “{headline}”", needed)
    title, there = sections[at].title, desk.taken[at]
    if desk.full() and len(there) < sections[at].maximum:
        everybody = [ranked for chosen in desk.taken.values() for ranked in chosen]
        why = f"the edition has the {desk.rules.places} stories it may have"
        return skipped("maximum", why, _points(paid.score, there or everybody))
    if not there:
        return skipped("place", f"{title} takes no stories", "a higher maximum")
    return skipped("place", f"below place {len(there)} in {title}", _points(paid.score, there))


def _points(score: float, rivals: Sequence[Ranked]) -> str:
    """How many points a story is short of the weakest of these; pinned ones have no points to beat."""
    last = min(rivals, key=lambda ranked: (ranked.score, ranked.story.id), default=None)
    if last is None:
        return ""
    missing = max(0.0, last.score - score)
    before = f"to stand before “{last.story.lead.title}”"
    return f"{missing:.2f} more points, {before}" if missing >= 0.005 else f"a little more, {before}"

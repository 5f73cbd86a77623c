"""Says where each story would stand: its best section, and its place there before anything is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.content.choice.rank import DEFAULT_WEIGHTS, GENERAL, USUAL, Context, order, rankings
from digest.model import Ranked, SectionRule, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A story's place: from 1 in its section, with its score there and every term of it."""

    position: int
    ranked: Ranked


def places(
    stories: Sequence[Story],
    sections: Sequence[SectionRule],
    *,
    now: datetime,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    context: Context = USUAL,
) -> dict[str, Place]:
    """The place of every story that some section takes, by its id; one that no section takes is not there.

    A story stands in the section that scores it highest, the first of equals; the general section holds what no
    other takes. Unlike `choose` this knows no caps, minima or likeness: it is the whole order.

    Args:
        stories: with distinct ids, in any order.
        sections: in the newsletter's order.
        now: aware UTC.
        weights: points per signal; see `rank`.
        context: what is usual for the sources.
    """
    best: dict[str, Ranked] = {}
    rows = rankings(stories, sections, now=now, weights=weights, context=context)
    for section, ranking in sorted(zip(sections, rows, strict=True), key=lambda one: one[0].tag == GENERAL):
        for ranked in ranking:
            held = best.get(ranked.story.id)
            if held is None or (section.tag != GENERAL and ranked.score > held.score):
                best[ranked.story.id] = ranked
    found: dict[str, Place] = {}
    for section in sections:
        held_here = sorted((r for r in best.values() if r.section == section.tag), key=order)
        for position, ranked in enumerate(held_here, start=1):
            found[ranked.story.id] = Place(position=position, ranked=ranked)
    return found

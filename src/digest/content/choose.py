"""Chooses what an edition takes, over all its sections at once, and says of every other story why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from digest.content.desk import Desk
from digest.content.rank import DEFAULT_WEIGHTS, GENERAL, USUAL, Context, belongs, rank
from digest.model import Choice, Ranked, SectionRule, Skipped, Story

SIMILARITY_LIMIT = 0.35
"""The likeness above which a story repeats one that is chosen already."""


def choose(
    stories: Sequence[Story],
    sections: Sequence[SectionRule],
    *,
    now: datetime,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    per_source: int = 0,
    similarity_limit: float = SIMILARITY_LIMIT,
    sent: Collection[str] = (),
    vetoed: Collection[str] = (),
    pinned: Collection[str] = (),
    context: Context = USUAL,
) -> Choice:
    """Choose stories for every section; each story is chosen once or skipped once, with the reason in words.

    The best remaining pair of section and story is taken again and again, but no section takes the last stories
    that another needs for its minimum. The general section comes last and takes from what no other took. A section
    that cannot reach its minimum is left out, and its stories pass to the others. The more a story is like those
    already taken, the more points it loses (maximal marginal relevance, Carbonell and Goldstein 1998); above the
    limit it is not taken at all. The order of `stories` does not matter.

    Args:
        stories: candidates with distinct ids.
        sections: in the newsletter's order.
        now: aware UTC.
        weights: points per signal, and for `likeness`; see `rank`.
        per_source: how many stories one outlet may lead in the edition; 0 for no cap. The own newsroom is exempt,
            and so is everybody when there is only one outlet at all.
        similarity_limit: likeness, 0 to 1, above which a story is a repeat.
        sent: ids of stories that this newsletter has sent: never again, not even when pinned.
        vetoed: ids an editor took out; stronger than a pin.
        pinned: ids an editor wants: first in their section, free of the cap and of likeness, within the maximum.
        context: what is usual for the sources.

    Returns:
        The sections that have stories, in the order given, best story first; and everything left out, best first.
    """
    known = {story.id: story for story in stories}
    why = {name: "taken out by an editor" for name in known if name in vetoed}
    why |= {name: "already sent" for name in known if name in sent}
    pool = [known[name] for name in sorted(known) if name not in why]
    rankings = {
        at: rank(pool, section, now=now, weights=weights, context=context) for at, section in enumerate(sections)
    }

    topics = [at for at, section in enumerate(sections) if section.tag != GENERAL]
    thin: dict[int, int] = {}
    while True:
        desk = Desk(pool, sections, rankings, weights, per_source, similarity_limit, frozenset(pinned))
        desk.fill(topics)
        short = [at for at in topics if 0 < len(desk.taken[at]) < sections[at].minimum]
        if not short:
            break
        # One at a time, the last first: its stories may fill up another.
        thin[short[-1]] = len(desk.taken[short[-1]])
        topics.remove(short[-1])
    for at, section in enumerate(sections):
        if section.tag == GENERAL:
            desk.fill([at])
            if len(desk.taken[at]) < section.minimum:
                thin[at] = len(desk.taken[at])
                desk.clear(at)

    chosen = tuple((section, desk.ordered(at)) for at, section in enumerate(sections) if desk.taken[at])
    taken = {ranked.story.id for _, places in chosen for ranked in places}
    best = _best(rankings)
    for story in pool:
        if story.id not in taken:
            why[story.id] = _reason(story, sections, best, desk, thin)
    left = sorted(why, key=lambda name: (-best[name][1] if name in best else 1.0, name))
    skipped = tuple(Skipped(story=name, headline=known[name].lead.title, why=why[name]) for name in left)
    return Choice(sections=chosen, skipped=skipped)


def _best(rankings: Mapping[int, Sequence[Ranked]]) -> dict[str, tuple[int, float]]:
    """For each story the section that scores it highest, and that score; the first of equals."""
    best: dict[str, tuple[int, float]] = {}
    for at, ranking in rankings.items():
        for ranked in ranking:
            if ranked.story.id not in best or ranked.score > best[ranked.story.id][1]:
                best[ranked.story.id] = at, ranked.score
    return best


def _reason(
    story: Story,
    sections: Sequence[SectionRule],
    best: Mapping[str, tuple[int, float]],
    desk: Desk,
    thin: Mapping[int, int],
) -> str:
    """Why a story was left out, in words."""
    fitting = [at for at, section in enumerate(sections) if belongs(story, section)]
    if not fitting:
        return "no section takes its tags"
    standing = [at for at in fitting if at not in thin]
    if not standing:
        at = fitting[0]
        return f"{sections[at].title} has {thin[at]} of the {sections[at].minimum} stories it needs"
    if barred := desk.barred(story):
        return barred
    own = [at for at in standing if sections[at].tag != GENERAL]
    home = best[story.id][0] if best[story.id][0] in own else (own or standing)[0]
    place = len(desk.taken[home])
    return f"below place {place} in {sections[home].title}" if place else f"{sections[home].title} takes no stories"

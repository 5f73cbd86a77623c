"""Chooses what an edition takes, over all its sections at once, and says of every other story why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digest.content.choice.desk import Desk, Rules
from digest.content.choice.nearness import features as features_of
from digest.content.choice.quota import quotas
from digest.content.choice.rank import DEFAULT_WEIGHTS, GENERAL, USUAL, Context, rankings
from digest.content.choice.whynot import EXPLAINED, why_not
from digest.content.text.similarity import Vector
from digest.model import Choice, SectionRule, Skipped, Story

SIMILARITY_LIMIT = 0.3
"""The likeness above which a story repeats one that is chosen already; see `bench/choice.py`."""


def choose(
    stories: Sequence[Story],
    sections: Sequence[SectionRule],
    *,
    now: datetime,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    maximum: int = 0,
    per_source: int = 0,
    similarity_limit: float = SIMILARITY_LIMIT,
    sent: Collection[str] = (),
    vetoed: Collection[str] = (),
    pinned: Collection[str] = (),
    context: Context = USUAL,
    features: Mapping[str, Vector] | None = None,
    explained: int = EXPLAINED,
) -> Choice:
    """Choose stories for every section; each story is chosen once or skipped once, with the reason in words.

    The best remaining pair of section and story is taken again and again. The more a story is like those already
    taken, the more points it loses (maximal marginal relevance, Carbonell and Goldstein 1998); above the limit it is
    taken only where a section would miss its minimum without it. The general section comes last and takes from what
    no other took.

    Caps stand above minima: sections get their minimum in their order, as far as caps and what came in allow, and no
    section takes what another needs for it. One whose minimum cannot be met is left out, and its stories pass to the
    others. Where the edition has a maximum, sections first fill their quota of it; places that are left go to the best
    stories elsewhere. What may be taken next never depends on points, so a story with more points is never worse off.

    The order of `stories` does not matter.

    Args:
        stories: candidates with distinct ids.
        sections: in the newsletter's order.
        now: aware UTC.
        weights: points per signal, and for `likeness`; see `rank`.
        maximum: stories in the whole edition; 0 for as many as the sections hold.
        per_source: how many stories one outlet may lead in the edition; 0 for no cap. The own newsroom is exempt,
            and so is everybody when there is only one outlet at all.
        similarity_limit: likeness, 0 to 1, above which a story is a repeat.
        sent: ids of stories that this newsletter has sent: never again, not even when pinned.
        vetoed: ids an editor took out; stronger than a pin.
        pinned: ids an editor wants: always taken, if any section takes their tags; first in their section, free of
            caps and of likeness. They count for the maxima, and exceed them only by themselves.
        context: what is usual for the sources, and what was carried before.
        features: vectors of the stories by id, where the caller has them; see `nearness.features`.
        explained: how many of those left out are told with every term of their points.

    Returns:
        The sections that have stories, in the order given, best story first; and everything left out, best first.
    """
    known = {story.id: story for story in stories}
    out = {name: Skipped(story=name, headline="", why="taken out by an editor", rule="veto") for name in vetoed}
    out.update({name: Skipped(story=name, headline="", why="already sent", rule="carried") for name in sent})
    pool = [known[name] for name in sorted(known) if name not in out]
    ranked = rankings(pool, sections, now=now, weights=weights, context=context)
    rules = Rules(
        sections=sections,
        weights=weights,
        places=maximum,
        per_source=per_source,
        limit=similarity_limit,
        pinned=frozenset(pinned),
    )
    desk = Desk(rules, pool, ranked, features_of(pool)[0] if features is None else features)
    desk.stand()
    desk.pin()
    desk.stand()
    topics = [at for at, section in enumerate(sections) if section.tag != GENERAL]
    general = [at for at, section in enumerate(sections) if section.tag == GENERAL]
    for limits in _limits(desk, [len(ranking) for ranking in ranked]):
        desk.fill(topics, limits)
        for at in general:
            desk.fill([at], limits)

    chosen = tuple((section, desk.ordered(at)) for at, section in enumerate(sections) if desk.taken[at])
    said = [replace(out[name], headline=known[name].lead.title) for name in sorted(known) if name in out]
    left, homeless = why_not(pool, ranked, desk, explained=explained)
    return Choice(sections=chosen, skipped=(*left, *said, *homeless))


def _limits(desk: Desk, there: Sequence[int]) -> list[dict[int, int]]:
    """How many stories each section may have, pass by pass: its quota, and then its maximum."""
    sections, places = desk.rules.sections, desk.rules.places
    most = [section.maximum for section in sections]
    passes = [dict(enumerate(most))]
    if places:
        pinned = [len(desk.taken[at]) for at in range(len(sections))]
        standing = [at in desk.standing for at in range(len(sections))]
        least = [max(p, desk.rules.minimum(at) * standing[at]) for at, p in enumerate(pinned)]
        can = [max(p, min(m, n) * stands) for p, m, n, stands in zip(pinned, most, there, standing, strict=True)]
        share = quotas(places, [section.share for section in sections], least, can)
        passes.insert(0, dict(enumerate(share)))
    return passes

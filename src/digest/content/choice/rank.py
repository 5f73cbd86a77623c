"""Ranks stories for a section by a sum of named signals, every term of which is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from digest.content.choice.prior import NEUTRAL
from digest.model import Article, Ranked, Reason, SectionRule, Story

GENERAL = "*"
"""The tag of the section that takes what no other took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is usual, so that a signal can tell what is unusual.

    Attributes:
        comments: readers' comments that an article of a source usually gets: its median.
        volume: articles that a source publishes in a week.
        readers: how readers took to a source's stories so far, 0 to 1; see `prior.py`.
        follows: how a story that was carried before was followed then, 0 to 1, by its id.
        carried: how like a story is to what this newsletter carried lately, 0 to 1, by its id.
    """

    comments: Mapping[str, float] = field(default_factory=dict)
    volume: Mapping[str, float] = field(default_factory=dict)
    readers: Mapping[str, float] = field(default_factory=dict)
    follows: Mapping[str, float] = field(default_factory=dict)
    carried: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a signal judges: a story, for a section, at an instant (aware UTC), beside what is usual."""

    story: Story
    section: SectionRule
    now: datetime
    context: Context


Signal = Callable[[Case], float]
"""A pure function from a case to a number from 0 to 1."""

USUAL_COMMENTS = 5.0
RARE_PER_WEEK = 3.0
MANY_OUTLETS = 8
FULL_LENGTH = 2_400
SAME_AGAIN = 0.5
"""The likeness to something carried lately at which nothing is novel any more."""


def recency(case: Case) -> float:
    """1 for a story of this moment, half of that after each half-life of the section; the future counts as now."""
    hours = max(0.0, (case.now - case.story.lead.published).total_seconds() / 3600)
    return float(0.5 ** (hours / case.section.half_life)) if case.section.half_life > 0 else float(hours == 0)


def tag(case: Case) -> float:
    """The strength of the section's tag; in the general section that of the story's strongest tag."""
    fitting = (t.strength for t in case.story.tags if case.section.tag in (GENERAL, t.tag))
    return _unit(max(fitting, default=0.0))


def source(case: Case) -> float:
    """The weight of the best outlet that tells it: 1.0 gives 0.5; up to doubled for one that publishes rarely."""
    return max(_standing(article, case.context) for article in _articles(case.story))


def readers(case: Case) -> float:
    """How often readers followed the lead's outlet before, beside what is usual: 0.5 where nothing is known of it."""
    known = case.context.readers
    return _unit(known.get(case.story.lead.source, NEUTRAL)) if known else 0.0


def coverage(case: Case) -> float:
    """The logarithm of the number of outlets: 0 for one, 1 for eight and more."""
    return _unit(math.log(max(1, case.story.outlets)) / math.log(MANY_OUTLETS))


def discussion(case: Case) -> float:
    """Readers' comments beside what is usual for the source: as many as usual give 0.5."""
    return max(_talk(article, case.context) for article in _articles(case.story))


def clicks(case: Case) -> float:
    """How often the story was followed when it was carried before; 0 for a new one."""
    return _unit(case.context.follows.get(case.story.id, 0.0))


def completeness(case: Case) -> float:
    """How much the lead gives to work with: text up to 2,400 characters, a deck, a picture."""
    lead = case.story.lead
    return 0.7 * _unit(len(lead.text) / FULL_LENGTH) + 0.15 * bool(lead.deck) + 0.15 * (lead.picture is not None)


def novelty(case: Case) -> float:
    """How little the story is like what this newsletter carried lately: 0 from a likeness of one half."""
    return 1.0 - _unit(case.context.carried.get(case.story.id, 0.0) / SAME_AGAIN)


def boost(case: Case) -> float:
    """The editor's word for any of its articles, from 0 to 1."""
    return _unit(max(article.boost for article in _articles(case.story)))


SIGNALS: Mapping[str, Signal] = MappingProxyType(
    {
        "recency": recency,
        "tag": tag,
        "source": source,
        "readers": readers,
        "coverage": coverage,
        "discussion": discussion,
        "clicks": clicks,
        "completeness": completeness,
        "novelty": novelty,
        "boost": boost,
    }
)
"""All signals by the name that weights and reasons use."""

OF_THE_SECTION = frozenset({"recency", "tag"})
"""Signals that differ between sections; the others are looked at once for all."""

DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "recency": 2.5,
        "tag": 2.5,
        "source": 1.5,
        "readers": 1.5,
        "coverage": 1.5,
        "discussion": 0.5,
        "clicks": 0.5,
        "completeness": 1.0,
        "novelty": 1.0,
        "boost": 5.0,
        "likeness": 3.0,
    }
)
"""Points that each signal gives at most. `likeness` is taken off by `choose` for nearness to what is chosen already."""

USUAL = Context()
"""Nothing known about the sources."""


def rank(
    stories: Sequence[Story],
    section: SectionRule,
    *,
    now: datetime,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    context: Context = USUAL,
) -> tuple[Ranked, ...]:
    """The stories that belong to a section, best first; in the general section all of them.

    Ties go to the newer story, then by id, so the same input gives the same bytes in any order of input.

    Args:
        stories: candidates; those without the section's tag, or with no more than a passing mention, are left out.
        section: the section's tag and half-life.
        now: aware UTC.
        weights: points per signal; a name that is missing has its default weight, 0 switches a signal off.
        context: what is usual for the sources.
    """
    return rankings(stories, (section,), now=now, weights=weights, context=context)[0]


def rankings(
    stories: Sequence[Story],
    sections: Sequence[SectionRule],
    *,
    now: datetime,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    context: Context = USUAL,
) -> tuple[tuple[Ranked, ...], ...]:
    """The ranking of every section, in the order of `sections`; see `rank`."""
    shared: dict[str, dict[str, Reason]] = {}
    found = []
    for section in sections:
        ranked = []
        for story in stories:
            if belongs(story, section):
                case = Case(story=story, section=section, now=now, context=context)
                if story.id not in shared:
                    shared[story.id] = {n: _term(n, case, weights) for n in SIGNALS if n not in OF_THE_SECTION}
                known = shared[story.id]
                reasons = tuple(known[n] if n in known else _term(n, case, weights) for n in SIGNALS)
                ranked.append(Ranked(story=story, section=section.tag, score=total(reasons), reasons=reasons))
        found.append(tuple(sorted(ranked, key=order)))
    return tuple(found)


def belongs(story: Story, section: SectionRule) -> bool:
    """Whether a section may take a story: it is about the section's tag, or the section is the general one."""
    return section.tag == GENERAL or any(t.tag == section.tag and not t.passing for t in story.tags)


def order(ranked: Ranked) -> tuple[float, float, str]:
    """The sort key of a ranking: score, then the newer, then the id."""
    return -ranked.score, -ranked.story.lead.published.timestamp(), ranked.story.id


def weight(weights: Mapping[str, float], name: str) -> float:
    """The points a signal gives at most: as configured, else its default."""
    return weights.get(name, DEFAULT_WEIGHTS[name])


def total(reasons: Sequence[Reason]) -> float:
    """The score that reasons add up to, exactly as shown."""
    return round(math.fsum(reason.points for reason in reasons), 4)


def _term(name: str, case: Case, weights: Mapping[str, float]) -> Reason:
    return Reason(signal=name, points=round(weight(weights, name) * SIGNALS[name](case), 4))


def _articles(story: Story) -> tuple[Article, ...]:
    return (story.lead, *story.others)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _standing(article: Article, context: Context) -> float:
    weighed = max(0.0, article.weight)
    volume = context.volume.get(article.source)
    if volume is not None:
        weighed *= 1 + 1 / (1 + max(0.0, volume) / RARE_PER_WEEK)
    return weighed / (1 + weighed)


def _talk(article: Article, context: Context) -> float:
    if not article.comments or article.comments < 0:
        return 0.0
    usual = max(1.0, context.comments.get(article.source, USUAL_COMMENTS))
    return article.comments / (article.comments + usual)

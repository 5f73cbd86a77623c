"""Which stories an edition takes: candidates become stories, tagged and ranked, and the best are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache

from django.db import transaction
from django.db.models import Avg, Count

from digest.config.values import Config, Newsletter
from digest.content.choose import choose
from digest.content.rank import DEFAULT_WEIGHTS, Context
from digest.content.rules import section_rules, tag_rules
from digest.content.stories import group
from digest.content.tags import Vocabulary
from digest.edition import addressed, compose
from digest.model import Article, Choice, Group, Skipped, Story, Tagged, TagRule
from digest.pipeline.candidates import Candidates
from digest.store import articles as rows
from digest.store.editions import Consideration

TOO_OLD = timedelta(days=14)
"""An article first seen now but published so long ago is a feed's bookkeeping, not news."""


def stories(config: Config, found: Candidates, now: datetime) -> tuple[Story, ...]:
    """Group the articles, remember the groups, and tag what an edition may take."""
    words = _vocabulary(tag_rules(config))

    @cache
    def tags(article: Article) -> tuple[Tagged, ...]:
        return words.tag(article.title, article.text or article.deck, article.categories, article.tags)

    groups = _remember(group(tuple(found.articles.values())), found.articles, now)
    fresh = [addressed.led(g, found.articles) for g in groups if not found.new.isdisjoint(g.members)]
    return compose.stories(fresh, found.articles, tags)


def choice(
    config: Config, name: str, newsletter: Newsletter, found: Candidates, told: Sequence[Story], now: datetime
) -> Choice:
    """Choose by the newsletter's rules; every story that is left out says why.

    Args:
        config: the home's configuration.
        name: the newsletter's.
        newsletter: its rules.
        found: the candidates, for the window they came from.
        told: their stories.
        now: aware UTC.
    """
    ids = [int(story.id) for story in told]
    sent = Consideration.objects.filter(newsletter=name, carried=True, story__in=ids).values_list("story", flat=True)
    oldest = found.window.start - TOO_OLD
    old = {s.id: s for s in told if all(a.published < oldest for a in (s.lead, *s.others))}
    unread = {s.id: s for s in told if s.lead.id in found.problems and s.id not in old}
    nowhere = addressed.nowhere([story for story in told if story.id not in old.keys() | unread.keys()])
    out = old.keys() | unread.keys() | {skipped.story for skipped in nowhere}
    made = choose(
        [story for story in told if story.id not in out],
        section_rules(newsletter),
        now=now,
        weights={**DEFAULT_WEIGHTS, **newsletter.weights},
        per_source=newsletter.per_source,
        sent={str(story) for story in sent},
        vetoed={str(pk) for pk in rows.Story.objects.filter(pk__in=ids, wish="out").values_list("pk", flat=True)},
        context=_context(config, now),
    )
    late = tuple(
        Skipped(story=s.id, headline=s.lead.title, why=f"published {s.lead.published:%Y-%m-%d}, long before it came in")
        for s in old.values()
    )
    lost = tuple(Skipped(story=s.id, headline=s.lead.title, why=found.problems[s.lead.id]) for s in unread.values())
    return addressed.once(Choice(sections=made.sections, skipped=(*made.skipped, *nowhere, *late, *lost)))


@lru_cache(maxsize=4)
def _vocabulary(rules: tuple[TagRule, ...]) -> Vocabulary:
    """The vocabulary, compiled once for each state of tags.toml."""
    return Vocabulary(rules)


def _remember(groups: Sequence[Group], articles: Mapping[str, Article], now: datetime) -> list[Group]:
    """Give new stories their ids, and articles their stories."""
    with transaction.atomic():
        new = [g for g in groups if not g.story]
        made = rows.Story.objects.bulk_create([rows.Story(first_seen_at=now, why=g.why) for g in new], batch_size=500)
        ids = {g.members: str(story.pk) for g, story in zip(new, made, strict=True)}
        known = [
            Group(story=g.story or ids[g.members], lead=g.lead, members=g.members, duplicates=g.duplicates, why=g.why)
            for g in groups
        ]
        moved = [
            rows.Article(pk=int(member), story_id=int(g.story))
            for g in known
            for member in g.members
            if articles[member].story != g.story
        ]
        rows.Article.objects.bulk_update(moved, ["story"], batch_size=500)
    return known


def _context(config: Config, now: datetime) -> Context:
    """What is usual for each outlet: its comments an article, and its articles a week over the last four."""
    outlets = {feed.address: feed.name for feed in config.feeds}
    recent = rows.Article.objects.filter(first_seen_at__gte=now - timedelta(weeks=4), feed__address__in=outlets)
    comments: dict[str, float] = {}
    volume: dict[str, float] = {}
    for address, talk, count in recent.values_list("feed__address").annotate(Avg("comments"), Count("pk")):
        outlet = outlets[address]
        volume[outlet] = volume.get(outlet, 0.0) + count / 4
        if talk is not None:
            comments[outlet] = max(comments.get(outlet, 0.0), talk)
    return Context(comments=comments, volume=volume)

"""Composes an edition: what has come in becomes stories, the best of them an issue that an editor can judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, Max

from digest import config as configuration
from digest.appeals.choose import place
from digest.appeals.links import appeal
from digest.config.values import Config, Newsletter
from digest.content.choose import choose
from digest.content.language import direction
from digest.content.rank import DEFAULT_WEIGHTS, Context
from digest.content.rules import section_rules, tag_rules
from digest.content.stories import group
from digest.content.tags import Vocabulary
from digest.edition import addressed, compose, content
from digest.edition.workflow import FROZEN, Status, locked
from digest.errors import UsageError
from digest.model import Article, Choice, Edition, Group, Skipped, Story, TagRule
from digest.pipeline import candidates, forms, pictures
from digest.store import articles as rows
from digest.store import editions as store
from digest.store.moments import one_at_a_time

TOO_OLD = timedelta(days=14)
"""An article first seen now but published so long ago is a feed's bookkeeping, not news."""


def draft(config: Config, name: str, *, key: str, at: datetime, now: datetime) -> store.Edition:
    """Compose the edition of one slot.

    The same slot gives the same edition. It is composed again only while it is a draft that no person touched, or
    was skipped for want of stories, or waited so long that its stories went out with another edition.

    Args:
        config: the home's configuration.
        name: the newsletter's.
        key: the slot's name, as `clock/due.py` gives it.
        at: when its letters leave, UTC.
        now: aware UTC.

    Raises:
        UsageError: there is no such newsletter.
    """
    newsletter = named(config, name)
    with one_at_a_time("draft"):
        known = store.Edition.objects.filter(newsletter=name, slot_key=key).first()
        if known and not _open(known, newsletter):
            return known
        found = candidates.look(config, name, newsletter, now=now)
        told = _stories(config, found, now)
        choice = _choose(config, name, newsletter, found, told, now)
        images = pictures.served(config, compose.pictures(choice), now=now)
        edition = _compose(config, name, newsletter, key, at, found, choice, images)
        return _keep(name, newsletter, edition, found, told, at, key, now)


def named(config: Config, name: str) -> Newsletter:
    """The newsletter called `name`.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    if name not in config.newsletters:
        known = ", ".join(sorted(config.newsletters)) or "none yet: write config/newsletters/daily.toml"
        raise UsageError(f'there is no newsletter "{name}" (there: {known})')
    return config.newsletters[name]


def _open(row: store.Edition, newsletter: Newsletter) -> bool:
    """Whether an edition that exists may be composed again."""
    if row.status == Status.SKIPPED:
        return newsletter.thin_day.then != "skip"
    if row.status not in (Status.DRAFT, Status.HELD):
        return False
    return (row.status == Status.DRAFT and not row.touched) or overtaken(row)


def overtaken(row: store.Edition) -> bool:
    """Whether stories of an edition that is not frozen went out with another one since."""
    articles = [article for article, *_ in row.looked_at]
    others = store.Consideration.objects.exclude(edition=row.pk)
    return others.filter(newsletter=row.newsletter, article__in=articles).exists()


@lru_cache(maxsize=4)
def vocabulary(rules: tuple[TagRule, ...]) -> Vocabulary:
    """The vocabulary, compiled once for each state of tags.toml."""
    return Vocabulary(rules)


def _stories(config: Config, found: candidates.Candidates, now: datetime) -> tuple[Story, ...]:
    """Group the articles, remember the groups, and tag what this edition may take."""
    words = vocabulary(tag_rules(config))

    @cache
    def tags(article: Article) -> Any:
        return words.tag(article.title, article.text or article.deck, article.categories, article.tags)

    groups = _remember(group(tuple(found.articles.values())), found.articles, now)
    fresh = [addressed.led(g, found.articles) for g in groups if not found.new.isdisjoint(g.members)]
    return compose.stories(fresh, found.articles, tags)


def _remember(groups: Sequence[Group], articles: Mapping[str, Article], now: datetime) -> list[Group]:
    """Give new stories their ids, and articles their stories."""
    with transaction.atomic():
        new = [g for g in groups if not g.story]
        made = rows.Story.objects.bulk_create([rows.Story(first_seen_at=now, why=g.why) for g in new], batch_size=500)
        ids = {g.members: str(story.pk) for g, story in zip(new, made, strict=True)}
        named_groups = [
            Group(story=g.story or ids[g.members], lead=g.lead, members=g.members, duplicates=g.duplicates, why=g.why)
            for g in groups
        ]
        moved = [
            rows.Article(pk=int(member), story_id=int(g.story))
            for g in named_groups
            for member in g.members
            if articles[member].story != g.story
        ]
        rows.Article.objects.bulk_update(moved, ["story"], batch_size=500)
    return named_groups


def _choose(
    config: Config,
    name: str,
    newsletter: Newsletter,
    found: candidates.Candidates,
    told: Sequence[Story],
    now: datetime,
) -> Choice:
    sent = store.Consideration.objects.filter(
        newsletter=name, carried=True, story__in=[int(story.id) for story in told]
    ).values_list("story", flat=True)
    oldest = found.window.start - TOO_OLD
    old = {s.id: s for s in told if all(a.published < oldest for a in (s.lead, *s.others))}
    nowhere = addressed.nowhere([story for story in told if story.id not in old])
    out = old.keys() | {skipped.story for skipped in nowhere}
    choice = choose(
        [story for story in told if story.id not in out],
        section_rules(newsletter),
        now=now,
        weights={**DEFAULT_WEIGHTS, **newsletter.weights},
        per_source=newsletter.per_source,
        sent={str(story) for story in sent},
        context=_context(config, now),
    )
    late = tuple(
        Skipped(story=s.id, headline=s.lead.title, why=f"published {s.lead.published:%Y-%m-%d}, long before it came in")
        for s in old.values()
    )
    return addressed.once(Choice(sections=choice.sections, skipped=(*choice.skipped, *nowhere, *late)))


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


def _compose(
    config: Config,
    name: str,
    newsletter: Newsletter,
    key: str,
    at: datetime,
    found: candidates.Candidates,
    choice: Choice,
    images: Mapping[str, Any],
) -> Edition:
    sensitive = {configuration.slug(tag.name) for tag in config.tags if tag.sensitive}
    sections = compose.sections(choice, sensitive=sensitive, images=images, sentences=newsletter.sentences)
    language = newsletter.language or config.site.language
    asked = appeal(newsletter.appeal, config.appeals[newsletter.appeal]) if newsletter.appeal else None
    spot = place(sections)
    edition = Edition(
        id=f"{name}/{key}",
        newsletter=name,
        title=newsletter.title,
        number=_next_number(name),
        slot=at,
        window=found.window,
        language=language,
        direction=direction(language),
        subject="",
        preheader="",
        sections=sections,
        appeal=asked and forms.placed(asked, spot),
        skipped=choice.skipped,
    )
    return forms.dressed(config, newsletter, edition)


def _next_number(name: str) -> int:
    last = store.Edition.objects.filter(newsletter=name, status__in=FROZEN).aggregate(Max("number"))["number__max"]
    return (last or 0) + 1


def _keep(
    name: str,
    newsletter: Newsletter,
    edition: Edition,
    found: candidates.Candidates,
    told: Sequence[Story],
    at: datetime,
    key: str,
    now: datetime,
) -> store.Edition:
    thin = len(edition.stories) < max(1, newsletter.thin_day.below) and (
        newsletter.thin_day.then != "send short" or not edition.stories
    )
    reason = f"{len(edition.stories)} stories, fewer than {max(1, newsletter.thin_day.below)}" if thin else ""
    with transaction.atomic():
        row, fresh = store.Edition.objects.get_or_create(
            newsletter=name,
            slot_key=key,
            defaults={
                "slot_at": at,
                "number": edition.number,
                "window_from": found.window.start,
                "window_to": found.window.end,
                "drafted_at": now,
            },
        )
        row = locked(row)
        if not fresh and not _open(row, newsletter):
            return row
        row.touched = False
        row.status = Status.SKIPPED if thin else Status.DRAFT
        row.reason = reason
        row.number = edition.number
        row.window_from, row.window_to, row.drafted_at = found.window.start, found.window.end, now
        row.content = content.dump(edition)
        row.looked_at = _looked_at(edition, found, told)
        row.hash = content.digest_of(edition)
        row.save()
    return row


def _looked_at(edition: Edition, found: candidates.Candidates, told: Sequence[Story]) -> list[list[Any]]:
    """Each article this draft looked at, its story, whether it is carried, and why not."""
    carried = {story.id for story in edition.stories}
    why = {skipped.story: skipped.why for skipped in edition.skipped}
    return [
        [int(article.id), int(story.id), story.id in carried, why.get(story.id, "")]
        for story in told
        for article in (story.lead, *story.others)
        if article.id in found.new
    ]

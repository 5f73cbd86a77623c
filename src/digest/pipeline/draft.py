"""Composes an edition: what has come in becomes stories, the best of them an issue that an editor can judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from digest import config as configuration
from digest.appeals.choose import place
from digest.appeals.links import appeal
from digest.config.values import Config, Newsletter
from digest.content.text.language import direction
from digest.edition import compose, content, reworded
from digest.edition.workflow import FROZEN, Status, locked, overtaken
from digest.model import Choice, Edition, Image, Story
from digest.pipeline import candidates, forms, pictures, selection
from digest.store import editions as store
from digest.store.moments import one_at_a_time
from digest.writer.write import written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is to be drafted: a newsletter's slot, and when it is asked for."""

    config: Config
    name: str
    newsletter: Newsletter
    key: str
    at: datetime
    now: datetime
    touch: bool


def draft(config: Config, name: str, *, key: str, at: datetime, now: datetime, touch: bool = False) -> store.Edition:
    """Compose the edition of one slot.

    The same slot gives the same edition. It is composed again only while it is a draft that no person touched, or
    was skipped for want of stories, or waited so long that its stories went out with another edition.

    Args:
        config: the home's configuration.
        name: the newsletter's.
        key: the slot's name, as `clock/due.py` gives it.
        at: when its letters leave, UTC.
        now: aware UTC.
        touch: a person asks for it: a draft is composed again by their wishes, and from then on left alone.

    Raises:
        UsageError: there is no such newsletter.
    """
    order = _Order(config=config, name=name, newsletter=config.newsletter(name), key=key, at=at, now=now, touch=touch)
    with one_at_a_time("draft"):
        known = store.Edition.objects.filter(newsletter=name, slot_key=key).first()
        if known and not _open(known, order):
            return known
        found = candidates.look(config, name, order.newsletter, now=now)
        told = selection.stories(config, found)
        choice = selection.choice(config, name, order.newsletter, found, told, now)
        images = pictures.served(config, compose.pictures(choice), now=now)
        return _keep(order, _composed(order, found, choice, images), found, told)


def _open(row: store.Edition, order: _Order) -> bool:
    """Whether an edition that exists may be composed again."""
    if row.status == Status.SKIPPED:
        return order.touch or order.newsletter.thin_day.then != "skip"
    if row.status not in (Status.DRAFT, Status.HELD):
        return False
    return (row.status == Status.DRAFT and (order.touch or not row.touched)) or overtaken(row)


def _composed(order: _Order, found: candidates.Candidates, choice: Choice, images: Mapping[str, Image]) -> Edition:
    """The edition, with its subject, its posts, and its appeal in its place."""
    config, newsletter = order.config, order.newsletter
    sensitive = {configuration.slug(tag.name) for tag in config.tags if tag.sensitive}
    sections = compose.sections(
        choice,
        sensitive=sensitive,
        images=images,
        sentences=newsletter.sentences,
        accounts=newsletter.per_story,
    )
    told = written(config, reworded.candidates(choice), sentences=newsletter.sentences, now=order.now)
    sections = reworded.reworded(sections, told)
    language = newsletter.language or config.site.language
    asked = appeal(newsletter.appeal, config.appeals[newsletter.appeal]) if newsletter.appeal else None
    edition = Edition(
        id=f"{order.name}/{order.key}",
        newsletter=order.name,
        title=newsletter.title,
        number=_next_number(order.name),
        slot=order.at,
        window=found.window,
        language=language,
        direction=direction(language),
        subject="",
        preheader="",
        sections=sections,
        appeal=asked and forms.placed(asked, place(sections)),
        skipped=choice.skipped,
    )
    return forms.dressed(config, newsletter, edition)


def _next_number(name: str) -> int:
    last = store.Edition.objects.filter(newsletter=name, status__in=FROZEN).aggregate(Max("number"))["number__max"]
    return (last or 0) + 1


def _keep(order: _Order, edition: Edition, found: candidates.Candidates, told: Sequence[Story]) -> store.Edition:
    """Write the draft, unless it was decided about meanwhile; one with too few stories is skipped."""
    thin = _thin(edition, order.newsletter)
    with transaction.atomic():
        row, fresh = store.Edition.objects.get_or_create(
            newsletter=order.name,
            slot_key=order.key,
            defaults={
                "slot_at": order.at,
                "number": edition.number,
                "window_from": found.window.start,
                "window_to": found.window.end,
                "drafted_at": order.now,
            },
        )
        row = locked(row)
        if not fresh and not _open(row, order):
            return row
        row.touched = order.touch
        row.status, row.reason = (Status.SKIPPED, thin) if thin else (Status.DRAFT, "")
        row.number = edition.number
        row.window_from, row.window_to, row.drafted_at = found.window.start, found.window.end, order.now
        row.content = content.dump(edition)
        row.looked_at = _looked_at(edition, found, told)
        row.hash = content.digest_of(edition)
        row.save()
    return row


def _thin(edition: Edition, newsletter: Newsletter) -> str:
    """Why an edition has too few stories to leave; empty when it has enough, or may leave short."""
    count, least = len(edition.stories), max(1, newsletter.thin_day.below)
    if count >= least or (count and newsletter.thin_day.then == "send short"):
        return ""
    return f"{count} stories, fewer than {least}" if count != 1 else f"1 story, fewer than {least}"


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

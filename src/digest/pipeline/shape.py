"""An editor's word on what is one story: two are the same event, or articles of one tell of another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from digest.config.values import Config
from digest.errors import InputError
from digest.pipeline.draft import draft
from digest.pipeline.wish import as_seen
from digest.store.articles import Article, Story
from digest.store.editions import Edition
from digest.store.kin import Shaping
from digest.store.moments import one_at_a_time

_DIGITS = 18


def merge(config: Config, row: Edition, story: str, other: str, *, by: str, expected: str, now: datetime) -> Edition:
    """Make two stories one, under the id of the older, and compose the draft again.

    Grouping adds to stories and never parts or joins them, so this stays until an editor says otherwise.

    Args:
        config: the home's configuration.
        row: the draft in which the editor saw them.
        story: a story's id.
        other: the other's.
        by: the editor's address.
        expected: the hash the editor saw.
        now: aware UTC.

    Raises:
        MovedOnError: the draft is no longer the one that was seen.
        RefusedError: the edition is no draft.
        InputError: one of them is no story, or both are the same.
    """
    as_seen(row, expected)
    with one_at_a_time("grouping"), transaction.atomic():
        kept, gone = sorted((_story(story), _story(other)), key=lambda one: one.pk)
        if kept.pk == gone.pk:
            raise InputError("a story cannot be joined to itself: choose another one")
        moved = list(gone.articles.values_list("pk", flat=True))
        gone.articles.update(story=kept)
        kept.wish = kept.wish or gone.wish
        kept.save(update_fields=["wish"])
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
        Shaping.objects.create(kind=Shaping.Kind.MERGE, story=kept, other=gone, articles=moved, by=by, at=now)
    return draft(config, row.newsletter, key=row.slot_key, at=row.slot_at, now=now, touch=True)


def split(
    config: Config, row: Edition, story: str, articles: Collection[str], *, by: str, expected: str, now: datetime
) -> Edition:
    """Make articles of a story a story of their own, with the copies of their texts, and compose the draft again.

    Grouping adds to stories and never parts or joins them, so this stays until an editor says otherwise.

    Args:
        config: the home's configuration.
        row: the draft in which the editor saw it.
        story: the story's id.
        articles: ids of those that tell of another event.
        by: the editor's address.
        expected: the hash the editor saw.
        now: aware UTC.

    Raises:
        MovedOnError: the draft is no longer the one that was seen.
        RefusedError: the edition is no draft.
        InputError: there is no such story, none of its articles was chosen, or all were.
    """
    as_seen(row, expected)
    with one_at_a_time("grouping"), transaction.atomic():
        kept = _story(story)
        chosen = [int(each) for each in articles if _number(each)]
        parted = _with_copies(kept, chosen)
        if not parted:
            raise InputError("choose the articles that tell of another event")
        if len(parted) == kept.articles.count():
            raise InputError("these are all articles of the story, or copies of one text: leave at least one")
        made = Story.objects.create(first_seen_at=now)
        kept.articles.filter(pk__in=parted).update(story=made)
        Shaping.objects.create(kind=Shaping.Kind.SPLIT, story=kept, other=made, articles=sorted(parted), by=by, at=now)
    return draft(config, row.newsletter, key=row.slot_key, at=row.slot_at, now=now, touch=True)


def _with_copies(story: Story, chosen: Collection[int]) -> set[int]:
    """These articles of a story, and all that hold the same text as one of them."""
    found = set(story.articles.filter(pk__in=chosen).values_list("pk", flat=True))
    texts = set(Article.objects.filter(pk__in=found, copy_of__isnull=False).values_list("copy_of", flat=True)) | found
    return found | set(story.articles.filter(Q(pk__in=texts) | Q(copy_of__in=texts)).values_list("pk", flat=True))


def _story(name: str) -> Story:
    """The story of this id, or the one it was joined to, locked against other editors."""
    found = Story.objects.select_for_update().filter(pk=int(name)).first() if _number(name) else None
    while found is not None and found.merged_into_id is not None:
        found = Story.objects.select_for_update().get(pk=found.merged_into_id)
    if found is None:
        raise InputError(f"there is no story {name[:20]}")
    return found


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS

"""An editor's wish for one story of a draft: lift it, pin it, leave it out, or let the rules decide again."""

from __future__ import annotations

from datetime import datetime

from digest.config.values import Config
from digest.edition.workflow import Status
from digest.errors import InputError, MovedOnError, RefusedError
from digest.pipeline.draft import draft
from digest.store.articles import Story
from digest.store.editions import Edition


def wish(config: Config, row: Edition, story: str, word: str, *, expected: str, now: datetime) -> Edition:
    """Note the wish and compose the draft again by it; from then on only a person changes that draft.

    Args:
        config: the home's configuration.
        row: the draft.
        story: the story's id.
        word: "lift", "pin" (first in its section, whatever its points), "out", or empty for none of them.
        expected: the hash the editor saw.
        now: aware UTC.

    Raises:
        MovedOnError: the draft is no longer the one that was seen.
        RefusedError: the edition is no draft.
        InputError: there is no such story or wish.
    """
    as_seen(row, expected)
    if word not in Story.Wish.values:
        raise InputError(f'there is no wish "{word}"')
    if not story.isdecimal() or not Story.objects.filter(pk=int(story)).update(wish=word):
        raise InputError(f"there is no story {story[:20]}")
    return draft(config, row.newsletter, key=row.slot_key, at=row.slot_at, now=now, touch=True)


def as_seen(row: Edition, expected: str) -> None:
    """See that an edition is a draft, and still the one that an editor saw.

    Raises:
        MovedOnError: it has changed since.
        RefusedError: it is no draft.
    """
    if row.status != Status.DRAFT:
        raise RefusedError(f"{row.name} is {row.status}; only a draft can be changed")
    if expected != row.hash:
        raise MovedOnError(f"{row.name} has changed since it was looked at; look again, then decide")

"""An editor's word for a run that does not go on by itself: go on, or do so in spite of what the canary says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from digest import queue
from digest.config import Config
from digest.delivery import allowances, canary, unreached
from digest.delivery.waves import REST
from digest.edition.workflow import Status, locked, step
from digest.errors import MovedOnError, RefusedError
from digest.pipeline import notices
from digest.store.editions import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an editor may say of an edition's run.

    Attributes:
        go_on: it may go on as it is.
        past: everybody's letter may be let go, for the canary has not let it go yet.
        why: why the canary halted it, or would again; empty when it does not.
        rests: until when the mail server is left alone; None when it is not.
        said: what a server said that could not be used at all; empty when it could.
        mark: what the word is for: changes with whatever would change it.
    """

    go_on: bool = False
    past: bool = False
    why: str = ""
    rests: datetime | None = None
    said: str = ""
    mark: str = ""


def choices(config: Config, edition: Edition, *, now: datetime) -> Choices:
    """What may be said of a run now: of one that was held, that waits for its canary, or whose mail server rests."""
    held = edition.status == Status.HELD and edition.approved_at is not None
    newsletter = config.newsletters.get(edition.newsletter)
    if newsletter is None or not (held or edition.status == Status.SENDING):
        return Choices()
    why, past = "", edition.wave < REST
    if past:
        found = canary.judged(edition, newsletter.canary, now)
        why = found.why if found.act == "halt" else ""
    rests, said = allowances.left_alone(now).get(""), ""
    if rests is None and not held and (troubles := unreached.trouble(now)):
        said = troubles[0].said
        rests = troubles[0].until if troubles[0].until > now else None
    return Choices(
        go_on=not why if held else rests is not None, past=past, why=why, rests=rests, said=said, mark=_mark(edition)
    )


def resume(
    config: Config, edition: Edition, *, by: str, now: datetime, mark: str, past_canary: bool = False
) -> Edition:
    """Let a run go on; the clock or a worker does the sending. The same word a second time changes nothing.

    Args:
        config: the home's configuration.
        edition: the row.
        by: who says so.
        now: aware UTC.
        mark: that of the `choices` which the person saw.
        past_canary: let everybody's letter go, whatever became of the first ones.

    Raises:
        MovedOnError: something happened since, another hold for example.
        RefusedError: nothing of it was on its way.
    """
    rule = config.newsletter(edition.newsletter).canary
    with transaction.atomic():
        row = locked(edition)
        if row.status == Status.SENDING and (row.wave >= REST if past_canary else _mark(row) != mark):
            return row
        if _mark(row) != mark:
            raise MovedOnError(f"{row.name} has changed since it was looked at: it is {row.status}; look again")
        if row.approved_at is None or row.status not in (Status.HELD, Status.SENDING):
            raise RefusedError(f"{row.name} is {row.status}: there is no run that could go on")
        if row.status == Status.HELD:
            step(row, Status.SENDING)
        if past_canary:
            canary.take_step(row, rule, now=now, past=True)
        allowances.end_rest(now)
        unreached.end_rest(now)
        queue.defer("publish", edition=row.pk)
        what = "lets everybody's letter go, whatever became of the first ones" if past_canary else "lets it go on"
        occasion = f"resumed {row.name} {row.wave} {now:%Y-%m-%dT%H:%M}"
        notices.tell(config, occasion, f"Goes on: {row.name}", f"{by} {what}.", edition=row, now=now)
    return row


def _mark(row: Edition) -> str:
    said = (row.hash, row.status, str(row.wave), row.reason, str(row.approved_at))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

"""Keeps when a mail server that could not be used at all is tried again: ever later, and still so after a restart.

    it cannot be reached, refuses in its greeting, wants another sign-in    a minute, then two, four … half an hour
    it has answered to a letter                                             the next time it is a minute again

A row of `Allowance` a data folder, for a machine may be cut off while others send. The clock and workers wait for it;
a person who says `digest publish` does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from digest.delivery import locks
from digest.delivery.outcomes import quiet
from digest.delivery.patience import chance, wait
from digest.store.models import Allowance

FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=24)
"""The first wait and the longest; with what chance adds, half an hour."""

AT_MOST = timedelta(minutes=31)
"""No wait is longer: what stands further off was written by a clock that was wrong, and holds nobody up."""

STALE = timedelta(minutes=5)
"""So long after its time, nobody is about to try again: nothing is sent from there any more."""

_KEY = "unreached "


@dataclass(frozen=True, slots=True)
class Trouble:
    """A server that could not be used: when it is tried next, what it said, and how often it failed in a row."""

    until: datetime
    said: str
    tries: int


def failed(var: Path, said: str, now: datetime) -> datetime:
    """Write down that no connection could be used; returns when to try again.

    Several processes that fail at once, and a person's tries in between, count as one.

    Args:
        var: the data folder of this machine.
        said: why, without secrets.
        now: the present instant.
    """
    with transaction.atomic():
        row, _ = Allowance.objects.select_for_update().get_or_create(key=_key(var))
        row.why = quiet(said)
        if row.free_at is None or not now < row.free_at <= now + AT_MOST:
            row.used += 1
            row.free_at = now + wait(row.used, chance(row.key, row.used), first=FIRST, longest=LONGEST)
        row.save(update_fields=["used", "free_at", "why"])
        return row.free_at


def worked(var: Path) -> None:
    """Write down that a connection works: the next wait is the first again."""
    row = Allowance.objects.filter(key=_key(var), used__gt=0)
    # Looked at first: on SQLite an UPDATE of nothing waits for its turn, too.
    if row.exists():
        row.update(used=0, free_at=None, why="")


def rests_until(var: Path, now: datetime) -> datetime | None:
    """Until when nothing is tried from this machine; None when it may be."""
    row = Allowance.objects.filter(key=_key(var), free_at__gt=now, free_at__lte=now + AT_MOST)
    return row.values_list("free_at", flat=True).first()


def end_rest(now: datetime) -> None:
    """Let every machine try again now; a failure waits as long as it would have."""
    Allowance.objects.filter(key__startswith=_KEY, free_at__gt=now).update(free_at=now)


def trouble(now: datetime) -> tuple[Trouble, ...]:
    """What could not be used lately, from whichever machine, the soonest to be tried first."""
    lately = (now - STALE, now + AT_MOST)
    rows = Allowance.objects.filter(key__startswith=_KEY, used__gt=0, free_at__range=lately).order_by("free_at")
    return tuple(Trouble(until, why, used) for until, why, used in rows.values_list("free_at", "why", "used") if until)


def _key(var: Path) -> str:
    return f"{_KEY}{locks.node(var)}"

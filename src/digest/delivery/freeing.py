"""Gives back the places in domains' queues that an edition holds which is held, so that others need not wait for them.

A queue is one instant, the next free place (`allowances.py`), so places are given back from its end only: as far as no
letter of another edition stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from digest.delivery import pace
from digest.delivery.counts import WAITING_SQL, let_go, waiting
from digest.delivery.ledger import MAY_SEND
from digest.delivery.pace import Manners
from digest.delivery.waves import REST, SEEDS
from digest.store.models import Allowance, Edition
from digest.store.rows import instant, listed, one_of

AT_ONCE: Final = 2000
"""Letters of one transaction, so that nobody who wants to write waits long."""

TRIES: Final = 3

_FREE = f"""
UPDATE digest_letter SET due_at = %s, reserved = FALSE WHERE {{these}} AND reserved AND {WAITING_SQL}
"""  # noqa: S608 - only names of our own are put in


def free(edition: Edition, manners: Manners, now: datetime) -> int:
    """Give back the places of a held edition's letters; they ask for others when it goes on.

    May be broken off: what is left keeps its place until its time has passed.

    Args:
        edition: held, so that nobody takes its letters.
        manners: the pace of the domains; without any there are no places.
        now: the present instant.

    Returns:
        How many places were given back.
    """
    if not manners.domains:
        return 0
    freed, letters = 0, _reserved(edition, now)
    for start in range(0, len(letters), AT_ONCE):
        part = letters[start : start + AT_ONCE]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FREE.format(these=one_of("id", "bigint")), [instant(now), listed(part)])
            freed += int(cursor.rowcount)
    if freed:
        _shorten(edition, manners, now)
    return freed


def _reserved(edition: Edition, now: datetime) -> list[int]:
    """The letters with places to come."""
    held = (waiting(edition, wave).filter(reserved=True, due_at__gt=now) for wave in range(SEEDS, REST + 1))
    return [pk for letters in held for pk in letters.values_list("pk", flat=True)]


def _shorten(edition: Edition, manners: Manners, now: datetime) -> None:
    """Let each queue end behind the last letter that still stands in it, and behind who takes a place meanwhile."""
    for _ in range(TRIES):
        ends = dict(Allowance.objects.filter(key__in=manners.domains).values_list("key", "free_at"))
        last = _last_places(_others(edition, now), manners)
        moved = False
        for key, end in sorted(ends.items()):
            step = pace.interval(manners.domains[key])
            # A letter may have left on its place just now, a little early.
            new = max(last.get(key, now), now + pace.EARLY) + step
            if end is not None and new < end:
                moved |= not Allowance.objects.filter(key=key, free_at=end).update(free_at=new)
        if not moved:
            return


def _others(edition: Edition, now: datetime) -> Iterable[tuple[str, datetime]]:
    """Whom the letters of other editions are for that have places to come, and when these are."""
    for row in Edition.objects.filter(status__in=MAY_SEND).exclude(pk=edition.pk).only("wave", "wave_at"):
        for wave in let_go(row.wave, row.wave_at):
            letters: Iterable[tuple[str, datetime]] = (
                waiting(row, wave)
                .filter(reserved=True, due_at__gt=now, subscriber__isnull=False)
                .values_list("subscriber__email", "due_at")
                .iterator(chunk_size=AT_ONCE)
            )
            yield from letters


def _last_places(letters: Iterable[tuple[str, datetime]], manners: Manners) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    for email, at in letters:
        key = pace.key_of(pace.domain_of(email), manners.domains)
        if key and at > last.get(key, at.min.replace(tzinfo=at.tzinfo)):
            last[key] = at
    return last

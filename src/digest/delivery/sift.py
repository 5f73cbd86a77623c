"""Decides what of the letters that are due leaves now; the rest is skipped with the reason, or put off to its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from digest.delivery import allowances, pace
from digest.delivery.allowances import Asking
from digest.delivery.counts import WAITING_SQL
from digest.delivery.pace import Manners
from digest.delivery.standing import ERASED, GONE, Reader, standing
from digest.delivery.states import Status, before
from digest.store.models import Letter
from digest.store.rows import instant, moment


class Waiting(NamedTuple):
    """A letter that is due, as the database says it (`rows.moment`)."""

    id: int
    reader: int | None
    variant: int
    attempts: int
    first: datetime | None
    due_at: datetime
    reserved: bool


def sift(
    newsletter: str, rows: Sequence[Waiting], manners: Manners, now: datetime, closed: Mapping[str, datetime]
) -> list[tuple[Waiting, Reader]]:
    """What of these letters leaves now, and to whom. Part of the transaction that takes them.

    Args:
        newsletter: whose letters they are.
        rows: the letters, locked.
        manners: the pace to keep.
        now: the present instant.
        closed: what is left alone (`allowances.left_alone`).
    """
    known = standing(newsletter, [row.reader for row in rows if row.reader is not None], now)
    skipped: dict[str, list[int]] = {}
    late: dict[int, tuple[datetime, bool]] = {}
    going: list[tuple[Waiting, Reader]] = []
    for row in rows:
        found = known.get(row.reader, GONE) if row.reader is not None else ERASED
        if isinstance(found, str):
            skipped.setdefault(found, []).append(row.id)
        elif manners.by_reader and (end := pace.quiet_until(now, manners.quiet, found.zone, manners.zone)):
            late[row.id] = (end, False)
        else:
            going.append((row, found))
    if closed or manners.domains:
        asking = [
            Asking(row.id, pace.domain_of(who.email), moment(row.due_at) if row.reserved else None)
            for row, who in going
        ]
        late |= allowances.places(asking, manners, now, closed=closed)
    for reason, ids in skipped.items():
        letters = Letter.objects.filter(id__in=ids, status__in=before(Status.SKIPPED))
        letters.update(status=Status.SKIPPED, reply=reason, at=now)
    if late:
        _put_off(late)
        going = [(row, who) for row, who in going if row.id not in late]
    return going


_PUT_OFF = f"UPDATE digest_letter SET due_at = %s, reserved = %s WHERE id = %s AND {WAITING_SQL}"  # noqa: S608 - names of our own


def _put_off(late: Mapping[int, tuple[datetime, bool]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_PUT_OFF, [[instant(at), reserved, letter] for letter, (at, reserved) in late.items()])

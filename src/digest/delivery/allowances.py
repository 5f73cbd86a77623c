"""Keeps what rates and days have used up: a row a rate, shared by all workers and editions, and there after a crash.

Everything here runs inside the transaction that claims a window; a row is locked until it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F

from digest.delivery import pace
from digest.delivery.pace import Manners
from digest.store.models import Allowance
from digest.store.rows import instant, moment

ALL = "transport"
CLOSED = "closed "
"""The rows: of all letters, of a domain by its name, and of what is left alone ("closed ", or with a domain)."""

FIRST_REST, LONGEST_REST = timedelta(minutes=15), timedelta(hours=4)
"""How long a server or a domain is left alone that asked for it: doubled each time on one day."""


@dataclass(frozen=True, slots=True)
class Ration:
    """How many letters a worker may take now; if none, when it may, and why it must wait."""

    size: int
    opens_at: datetime | None = None
    why: str = ""


_CLOSED = "SELECT key, free_at FROM digest_allowance WHERE key LIKE %s AND free_at > %s"


def left_alone(now: datetime) -> dict[str, datetime]:
    """The domains that are left alone, and until when; the empty one is the mail server itself."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, [f"{CLOSED}%", instant(now)])
        return {key.removeprefix(CLOSED): moment(until) for key, until in cursor.fetchall()}


def ration(manners: Manners, now: datetime, size: int, *, closed: Mapping[str, datetime], lock: bool = True) -> Ration:
    """How many of `size` letters may leave now, whoever they are for.

    Args:
        manners: the pace to keep.
        now: the present instant.
        size: how many are wanted.
        closed: what is left alone (`left_alone`).
        lock: keep the row until the transaction ends, because `charge` follows.
    """
    if not manners.by_reader and (end := pace.quiet_until(now, manners.quiet, manners.zone, manners.zone)):
        return Ration(0, end, f"quiet hours until {_local(end, manners)}")
    if until := closed.get(""):
        return Ration(0, until, f"the mail server is left alone until {_local(until, manners)}")
    if manners.rate is None and not manners.warm_up.since:
        return Ration(size)
    used = _rows([ALL], lock=lock).get(ALL)
    today = pace.civil_day(now, manners.zone)
    allowed = pace.quota(manners.warm_up, today)
    if allowed is not None:
        size = min(size, allowed - (used.used if used and used.day == today else 0))
        if size <= 0:
            why = f"today's {allowed} letters of the warm-up have left; more leave tomorrow"
            return Ration(0, pace.next_day(now, manners.zone), why)
    if manners.rate is not None:
        free, opens_at = pace.room(used.free_at if used else None, now, manners.rate, size)
        return Ration(free, opens_at, "the rate of delivery.rate")
    return Ration(size)


def charge(manners: Manners, now: datetime, letters: int) -> None:
    """Count letters that were taken under a `ration`, in its transaction."""
    if not letters or (manners.rate is None and not manners.warm_up.since):
        return
    row = _rows([ALL], lock=True)[ALL]
    today = pace.civil_day(now, manners.zone)
    row.used = letters + (row.used if row.day == today else 0)
    row.day = today
    if manners.rate is not None:
        row.free_at = pace.used_up(row.free_at, now, manners.rate, letters)
    row.save(update_fields=["used", "day", "free_at"])


def give_back(manners: Manners, now: datetime, letters: int) -> None:
    """Uncount letters of a day's warm-up that were taken and not offered to anybody."""
    if letters and manners.warm_up.since:
        rows = Allowance.objects.filter(key=ALL, day=pace.civil_day(now, manners.zone), used__gte=letters)
        rows.update(used=F("used") - letters)


@dataclass(frozen=True, slots=True)
class Asking:
    """A letter that wants to leave: its reader's domain, and the place it was given before, if it was."""

    id: int
    domain: str
    place: datetime | None


def places(
    letters: Iterable[Asking], manners: Manners, now: datetime, *, closed: Mapping[str, datetime]
) -> dict[int, tuple[datetime, bool]]:
    """The letters that must wait for their domain: until when, and whether that instant is a place kept for them.

    One locked read and a write a rate, however many letters there are.
    """
    letters = list(letters)
    asked = {letter.domain: pace.key_of(letter.domain, manners.domains) for letter in letters}
    limits = sorted({key for key in asked.values() if key})
    rows = _rows(limits, lock=True) if limits else {}
    wait: dict[int, tuple[datetime, bool]] = {}
    changed = set()
    for letter in letters:
        if until := closed.get(letter.domain):
            # Not all at once when it opens again.
            wait[letter.id] = (until + FIRST_REST * (letter.id % 100 / 100), False)
            continue
        key = asked[letter.domain]
        if not key or (letter.place is not None and pace.may_go(letter.place, now)):
            continue
        at, rows[key].free_at = pace.give_place(rows[key].free_at, now, manners.domains[key])
        changed.add(key)
        if not pace.may_go(at, now):
            wait[letter.id] = (at, True)
    for key in sorted(changed):
        rows[key].save(update_fields=["free_at"])
    return wait


def leave_alone(domain: str, now: datetime) -> datetime:
    """Leave a domain (empty: the mail server itself) alone for a while; returns until when."""
    row, _ = Allowance.objects.get_or_create(key=CLOSED + domain)
    if row.free_at and row.free_at > now:
        return row.free_at
    again = row.used + 1 if row.day == now.date() else 0
    row.free_at = now + min(FIRST_REST * 2 ** min(again, 8), LONGEST_REST)
    row.used, row.day = again, now.date()
    row.save(update_fields=["free_at", "used", "day"])
    return row.free_at


def end_rest(now: datetime) -> None:
    """Leave the mail server alone no longer; the next rest of the day is as long as it would have been."""
    Allowance.objects.filter(key=CLOSED, free_at__gt=now).update(free_at=now)


def _rows(keys: list[str], *, lock: bool) -> dict[str, Allowance]:
    """The rows by key; with `lock` they are made where missing, and locked in one order by all workers."""
    found = {row.key: row for row in _read(keys, lock=lock)}
    missing = [key for key in keys if lock and key not in found]
    if missing:
        Allowance.objects.bulk_create([Allowance(key=key) for key in missing], ignore_conflicts=True)
        found |= {row.key: row for row in _read(missing, lock=lock)}
    return found


def _read(keys: list[str], *, lock: bool) -> Iterable[Allowance]:
    rows = Allowance.objects.filter(key__in=keys).order_by("key")
    return rows.select_for_update() if lock else rows


def _local(at: datetime, manners: Manners) -> str:
    return f"{at.astimezone(ZoneInfo(manners.zone)):%-d %B, %H:%M} ({manners.zone})"

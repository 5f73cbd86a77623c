"""Decides when each reader's letter leaves, and in which wave: by the reader's own clock, and by lot. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

SEEDS, SAMPLE, REST = 0, 1, 2
"""The waves of an edition: a canary's seeds, its sample of the readers, and everybody else."""

LONGEST = timedelta(days=2)
"""Letters by the reader's clock leave within this after the first: the next morning is a day away, and where a zone
changes sides of the date line (Samoa, 2011) it may be two."""

_PRIME = 2**31 - 1
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def instant(civil: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The instant of a civil time, and whether that time exists there.

    A time that does not exist becomes the first instant after the gap; one that occurs twice, its first occurrence.

    Args:
        civil: a naive date and time.
        zone: where.
    """
    at = civil.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == civil:
        return at, True
    # In a gap the two readings of `fold` enclose the change: the earlier lies before it, the later not.
    before, after = civil.replace(tzinfo=zone, fold=1).astimezone(UTC), at
    new = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after, False


def place(zone: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The time zone of that name; `otherwise` where there is none."""
    try:
        return ZoneInfo(zone) if zone else otherwise
    except (KeyError, ValueError, OSError):
        return otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When an edition is meant to be read, and when it can leave.

    Attributes:
        at: the newsroom's slot, in UTC.
        frozen_at: when the edition was approved, in UTC.
        zone: the newsroom's time zone.
        late_by: how late a letter may still be given for this morning's.
    """

    at: datetime
    frozen_at: datetime
    zone: ZoneInfo
    late_by: timedelta


def due_at(slot: Slot, zone: str) -> datetime:
    """When the letter of a reader in `zone` leaves: at the slot's civil time on its civil date where the reader is.

    Nobody's leaves before the newsroom's slot, or before the freeze. Where that time is past by then, it leaves at
    once if it is at most `late_by` late, else at the same time of the next local day.

    Args:
        slot: the newsroom's.
        zone: an IANA name; an unknown one, and none, is the newsroom's.
    """
    there = place(zone, slot.zone)
    civil = slot.at.astimezone(slot.zone).replace(tzinfo=None)
    begin = max(slot.at, slot.frozen_at)
    # A day early, because where clocks go back over midnight a later instant may have the earlier date.
    first = max(civil.date(), (begin - slot.late_by).astimezone(there).date() - _DAY)
    for days in count():
        at = _on(first + days * _DAY, civil.time(), there, slot)
        if at >= begin:
            return at
        if begin - at <= slot.late_by:
            return begin
    raise AssertionError("a day has a morning")


def _on(day: date, hour: time, there: ZoneInfo, slot: Slot) -> datetime:
    at, _ = instant(datetime.combine(day, hour), there)
    home = slot.at.astimezone(there)
    # The slot itself may be the second of two equal hours.
    return slot.at if (home.date(), home.time()) == (day, hour) else at


@dataclass(frozen=True, slots=True)
class Lot:
    """A draw that is the same for a reader and an edition however often it is repeated, and computable in SQL.

    A reader is drawn when (handle % prime * factor + shift) % prime < below. The family of such functions is pairwise
    independent (Carter and Wegman, 1979): each reader is as likely as the other, in each edition anew.
    """

    factor: int
    shift: int
    below: int
    prime: int = _PRIME

    def draws(self, handle: int) -> bool:
        """Whether this reader is drawn."""
        return (handle % self.prime * self.factor + self.shift) % self.prime < self.below


def lot(edition: str, share: float) -> Lot:
    """The draw of an edition.

    Args:
        edition: its name, "daily/2026-11-24".
        share: which part of the readers is drawn, from 0 to 1.
    """
    noise = hashlib.sha256(edition.encode()).digest()
    factor = 1 + int.from_bytes(noise[:8]) % (_PRIME - 1)
    return Lot(factor, int.from_bytes(noise[8:16]) % _PRIME, round(share * _PRIME))

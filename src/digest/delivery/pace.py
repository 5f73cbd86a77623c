"""Decides how fast letters may leave: rates, the warm-up of a new sender, and quiet hours. Pure.

A rate is kept by virtual scheduling (the generic cell rate algorithm, ITU-T I.371): one instant says when the next
letter may leave, and each letter moves it by the pace's interval. Over any span no more leave than the pace gives in
that span and BURST together, and one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.config.kinds import Hours, Pace
from digest.config.sending import DeliveryTable, WarmUp
from digest.delivery.waves import instant, place

BURST = timedelta(seconds=10)
"""What a pace gives in so long may leave at once: after a rest, or when a worker was busy with slow letters."""

EARLY = timedelta(seconds=1)
LATE = BURST - EARLY
"""A letter may leave so long before its place, and so long after it without asking for another."""

BATCH = timedelta(seconds=1)
"""Letters of one rate are taken a second's worth at a time, and not one by one."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How politely letters leave; pickled to worker processes.

    Attributes:
        rate: for all letters together, None for no limit.
        domains: for the readers of a domain and of those below it.
        warm_up: so many letters on each of the first days.
        quiet: when nothing leaves.
        zone: the newsroom's, by which days and quiet hours are counted.
        by_reader: quiet hours are each reader's own.
    """

    rate: Pace | None = None
    domains: Mapping[str, Pace] = field(default_factory=dict)
    warm_up: WarmUp = field(default_factory=WarmUp)
    quiet: Hours | None = None
    zone: str = "UTC"
    by_reader: bool = False


def manners(delivery: DeliveryTable, *, zone: str, clock: str) -> Manners:
    """What `[delivery]` asks for, of a newsletter that goes by that clock ("newsroom" or "reader")."""
    return Manners(
        rate=delivery.rate,
        domains={domain.lower(): pace for domain, pace in delivery.domains.items() if pace is not None},
        warm_up=delivery.warm_up,
        quiet=delivery.quiet_hours,
        zone=zone,
        by_reader=clock == "reader",
    )


def domain_of(address: str) -> str:
    """The part after the last @, in lower case."""
    return address.rpartition("@")[2].lower()


def key_of(domain: str, domains: Mapping[str, Pace]) -> str:
    """The longest of the configured domains that `domain` is or lies below; empty when none is."""
    while domain and domain not in domains:
        domain = domain.partition(".")[2]
    return domain


def interval(pace: Pace) -> timedelta:
    """The time between two letters, rounded up to a whole microsecond: never more than the pace."""
    return -(-pace.span // pace.letters)


def give_place(free_at: datetime | None, now: datetime, pace: Pace) -> tuple[datetime, datetime]:
    """The next free place of a rate, and when the place after it is."""
    at = max(free_at, now) if free_at else now
    return at, at + interval(pace)


def may_go(place: datetime, now: datetime) -> bool:
    """Whether a letter with that place may leave now, neither too early nor too late for it."""
    return place - EARLY <= now <= place + LATE


def room(free_at: datetime | None, now: datetime, pace: Pace, size: int) -> tuple[int, datetime]:
    """How many of at most `size` letters may leave now by a rate that all share, and when more may.

    Returns:
        The number, none while less than a batch is free; and the instant from which there is one.
    """
    begin = _credited(free_at, now, pace)
    batch = max(1, min(size, int(BATCH / interval(pace))))
    free = int((now - begin) / interval(pace))
    return (min(size, free) if free >= batch else 0), begin + batch * interval(pace)


def used_up(free_at: datetime | None, now: datetime, pace: Pace, letters: int) -> datetime:
    """The instant of a shared rate after so many letters were taken from it."""
    return _credited(free_at, now, pace) + letters * interval(pace)


def _credited(free_at: datetime | None, now: datetime, pace: Pace) -> datetime:
    """Where a rate stands: what was not used is kept for BURST, or for one letter."""
    longest = now - max(BURST, interval(pace))
    # It never runs ahead of the clock that wrote it: by more than clocks differ, that one was put back since.
    ahead = free_at is not None and free_at > now + BURST
    return longest if free_at is None or ahead else max(free_at, longest)


def quota(warm_up: WarmUp, day: date) -> int | None:
    """How many letters may leave on a civil day; None when there is no limit (any more).

    From `first` to `last` by an even factor a day: 200, then 200,000 six weeks later, is 18 % more each day.
    """
    if not warm_up.since:
        return None
    passed = (day - date.fromisoformat(warm_up.since)).days
    if passed >= warm_up.days:
        return None
    growth = max(warm_up.last, warm_up.first) / warm_up.first
    return int(warm_up.first * growth ** (max(passed, 0) / warm_up.days))


def civil_day(now: datetime, zone: str) -> date:
    """The newsroom's date."""
    return now.astimezone(ZoneInfo(zone)).date()


def next_day(now: datetime, zone: str) -> datetime:
    """When the newsroom's next day begins, in UTC."""
    there = ZoneInfo(zone)
    midnight = datetime.combine(civil_day(now, zone) + _DAY, datetime.min.time())
    return instant(midnight, there)[0]


def quiet_until(now: datetime, quiet: Hours | None, zone: str, otherwise: str) -> datetime | None:
    """When the quiet hours end in which it now is, in UTC; None when it is in none.

    Args:
        now: the present instant.
        quiet: from one civil time to another.
        zone: where; an unknown zone, and none, is `otherwise`.
        otherwise: the newsroom's.
    """
    if quiet is None:
        return None
    there = place(zone, ZoneInfo(otherwise))
    civil = now.astimezone(there).replace(tzinfo=None)
    inside = (
        quiet.start <= civil.time() < quiet.end
        if quiet.start < quiet.end
        else civil.time() >= quiet.start or civil.time() < quiet.end
    )
    if not inside:
        return None
    ends = datetime.combine(civil.date(), quiet.end)
    ends += _DAY if ends <= civil else timedelta(0)
    end = instant(ends, there)[0]
    # Where clocks go back, the first of two equal hours may be over: then the quiet ends at the second.
    return end if end > now else ends.replace(tzinfo=there, fold=1).astimezone(UTC)

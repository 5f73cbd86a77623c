"""Decides what the clock owes each newsletter now; alone in the house, it knows schedules.

A slot is one issue a schedule asks for. Its key is a civil name, not an instant, so that changes of summer time can
neither double nor lose an issue. Everything here is pure: the caller brings the editions that exist and the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim

from digest.config import Newsletter
from digest.delivery.waves import LONGEST, instant

Kind = Literal["publish", "approve", "hold", "skip", "draft"]
"""What to do. skip: leave it be and tell the editors once; the others are use cases of the pipeline."""

LOOK_BACK = timedelta(days=7)
"""How far back slots without an edition are looked for, beyond the limit of lateness; older ones are not reported."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """One issue a schedule asks for.

    Attributes:
        at: when its letters leave, in UTC.
        key: "2026-11-24", or "2026-11-24T0700" where the schedule has several a day; the civil date and time it was
            asked for, even when that time does not exist that day.
    """

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An edition that exists, as far as the clock cares. `status` is that of `store.Edition`; instants in UTC."""

    newsletter: str
    slot: Slot
    status: str
    drafted_at: datetime
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do now.

    Attributes:
        newsletter: its name.
        slot: the issue.
        why: in words, for the log and for notices.
        appeal: false when an edition is to be approved without its appeal.
    """

    kind: Kind
    newsletter: str
    slot: Slot
    why: str
    appeal: bool = True

    @property
    def edition(self) -> str:
        """How commands call the edition: "daily/2026-11-24"."""
        return f"{self.newsletter}/{self.slot.key}"


def slots(schedule: str, zone: str, start: datetime, end: datetime) -> tuple[Slot, ...]:
    """Every slot of a schedule with `start` <= at < `end`, oldest first.

    A civil time that does not exist runs at the first instant after the gap; one that occurs twice runs the first
    time. Where a gap moves a time onto another slot of the schedule, that slot stands for both.

    Args:
        schedule: five cron fields; weekday 0 and 7 are Sunday, names are allowed. Empty: no slots.
        zone: the newsroom's time zone.
        start: aware.
        end: aware.

    Raises:
        cronsim.CronSimError: the schedule is wrong (`digest check` refuses it first).
    """
    if not schedule or start >= end:
        return ()
    place = ZoneInfo(zone)
    # A day on either side: a gap can move a slot past midnight, and civil time is not instants.
    first, last = (moment.astimezone(place).replace(tzinfo=None) for moment in (start - _DAY, end + _DAY))
    cron = CronSim(schedule, first)
    several = len(cron.minutes) * len(cron.hours) > 1
    found: dict[datetime, Slot] = {}
    real: set[datetime] = set()
    for civil in _civil(cron, last):
        at, exists = instant(civil, place)
        key = f"{civil:%Y-%m-%dT%H%M}" if several else f"{civil:%Y-%m-%d}"
        if at not in found or (exists and at not in real):
            found[at] = Slot(at=at, key=key)
        if exists:
            real.add(at)
    return tuple(found[at] for at in sorted(found) if start <= at < end)


def next_slot(schedule: str, zone: str, after: datetime) -> Slot | None:
    """The first slot later than `after`; None when the schedule is empty or asks for nothing within five years."""
    for days in (2, 40, 400, 5 * 366):
        if found := slots(schedule, zone, after + _SECOND, after + timedelta(days=days)):
            return found[0]
    return None


def due(
    newsletters: Mapping[str, Newsletter],
    known: Iterable[Known],
    zone: str,
    now: datetime,
    *,
    since: Mapping[str, datetime],
    attempts_for: timedelta,
) -> tuple[Action, ...]:
    """What is to be done now, oldest slot first; asking again after doing it asks for nothing twice.

    Args:
        newsletters: by name.
        known: their editions since `late_by` and LOOK_BACK before now; one that is left out counts as not made.
        zone: the newsroom's time zone.
        now: aware.
        since: by newsletter, the slot of its first edition ever. Earlier slots are not missed: nobody asked for them.
            A newsletter that is not in it has none yet and begins with the next slot.
        attempts_for: how long letters are tried again; so long may a run that has begun go on, and longer where
            letters leave by the readers' clocks.
    """
    made: dict[str, list[Known]] = {}
    for edition in known:
        made.setdefault(edition.newsletter, []).append(edition)
    actions: list[Action] = []
    for name, newsletter in newsletters.items():
        mine = made.get(name, [])
        begin = now - newsletter.late_by - LOOK_BACK
        coming = now + max(newsletter.draft_before, newsletter.approval.deadline) + _SECOND
        asked = slots(newsletter.schedule, zone, begin, coming)
        keys = {slot.key for slot in asked} | {slot.at for slot in asked}
        for edition in mine:
            scheduled = edition.slot.key in keys or edition.slot.at in keys
            if action := _edition(name, newsletter, edition, now, attempts_for, scheduled=scheduled):
                actions.append(action)
        actions += _missing(name, newsletter, asked, mine, now, since.get(name, now + _SECOND))
    return tuple(sorted(actions, key=lambda action: (action.slot, action.newsletter)))


def goes_on_until(
    newsletter: Newsletter, slot: datetime, approved_at: datetime | None, attempts_for: timedelta
) -> datetime:
    """Until when the clock goes on with a run that has begun; later it is a person's, from the shell.

    Args:
        newsletter: the edition's.
        slot: its time.
        approved_at: when it was approved, None when it was not.
        attempts_for: how long letters are tried again.
    """
    # From when its letters are let go, which by a person's word may be later than by the clock's.
    begun = max(slot + newsletter.late_by, approved_at or slot)
    return begun + attempts_for + (LONGEST if newsletter.clock == "reader" else timedelta(0))


def _civil(cron: CronSim, last: datetime) -> Iterator[datetime]:
    for civil in cron:
        if civil > last:
            return
        yield civil


def _edition(
    name: str, newsletter: Newsletter, edition: Known, now: datetime, attempts_for: timedelta, *, scheduled: bool
) -> Action | None:
    """What an edition that exists needs, if anything."""
    at, limit = edition.slot.at, edition.slot.at + newsletter.late_by
    last = goes_on_until(newsletter, at, edition.approved_at, attempts_for)
    kind: Kind | None = None
    why, appeal = "", True
    late = f"it would be more than {_span(newsletter.late_by)} late"
    if edition.status == "draft" and scheduled and now >= _deadline(newsletter, edition):
        rule = newsletter.approval
        if now > limit:
            kind, why = "hold", late
        elif rule.mode == "automatic":
            kind, why = "approve", "this newsletter approves its editions by itself"
        elif rule.otherwise == "hold":
            kind, why = "hold", "nobody approved it in time"
        else:
            kind, appeal = "approve", rule.otherwise == "send"
            why = f"nobody approved it in time, and the rule then is: {rule.otherwise}"
    elif edition.status == "approved" and now >= at:
        if now <= limit:
            kind, why = "publish", "its time has come"
        elif edition.approved_at is None or edition.approved_at <= limit:
            kind, why = "hold", late
        else:
            kind, why = "skip", f"it was approved more than {_span(newsletter.late_by)} after its time"
    elif edition.status == "sending":
        if now <= last:
            kind, why = "publish", "its letters and posts are on their way"
        else:
            kind, why = "skip", "its run stopped unfinished, too long ago to go on without a person"
    return Action(kind=kind, newsletter=name, slot=edition.slot, why=why, appeal=appeal) if kind else None


def _deadline(newsletter: Newsletter, edition: Known) -> datetime:
    """When the editors' time is up. A draft that came late gets the time it would have had, within the limit."""
    usual = edition.slot.at - newsletter.approval.deadline
    if edition.drafted_at < usual or newsletter.approval.mode == "automatic":
        return usual
    span = max(newsletter.draft_before - newsletter.approval.deadline, timedelta(0))
    return min(edition.drafted_at + span, edition.slot.at + newsletter.late_by)


def _missing(
    name: str, newsletter: Newsletter, asked: tuple[Slot, ...], mine: list[Known], now: datetime, since: datetime
) -> Iterator[Action]:
    """Slots without an edition: made when their time has come, reported when it has gone."""
    # By key and by instant: a changed schedule may give the same issue another name.
    have = {edition.slot.key for edition in mine} | {edition.slot.at for edition in mine}
    passed = [slot.at for slot in asked if slot.at <= now]
    for slot in asked:
        if slot.key in have or slot.at in have or slot.at < since:
            continue
        if slot.at + newsletter.late_by < now:
            why = f"its time passed more than {_span(newsletter.late_by)} ago while the clock was not running"
            yield Action(kind="skip", newsletter=name, slot=slot, why=why)
        elif slot.at <= now and slot.at != passed[-1]:
            yield Action(kind="skip", newsletter=name, slot=slot, why="the next issue was due before it could be made")
        elif slot.at - newsletter.draft_before <= now:
            yield Action(kind="draft", newsletter=name, slot=slot, why="its draft is due")


def _span(length: timedelta) -> str:
    """A duration in words, in its largest whole unit."""
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def slot_at(schedule: str, zone: str, at: datetime, *, exact: bool) -> Slot:
    """The slot a person means who asks for an edition by hand.

    It is the newsletter's slot of that civil day: the last one begun where a day has several, else the first. On a
    day without a slot, and for a newsletter without a schedule, the day itself is the slot.

    Args:
        schedule: five cron fields, or empty.
        zone: the newsroom's time zone.
        at: aware; when it is asked for, or the slot that is asked for.
        exact: `at` names the slot (a date alone is midnight) rather than the present.
    """
    place = ZoneInfo(zone)
    civil = at.astimezone(place)
    midnight = civil.replace(hour=0, minute=0, second=0, microsecond=0)
    day = slots(schedule, zone, midnight.astimezone(UTC), (midnight + _DAY).astimezone(UTC))
    begun = [slot for slot in day if slot.at <= at]
    if day:
        return begun[-1] if begun else day[0]
    return Slot(
        at=at.astimezone(UTC), key=f"{civil:%Y-%m-%d}" if not exact or civil == midnight else f"{civil:%Y-%m-%dT%H%M}"
    )

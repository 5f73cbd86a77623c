"""The ledger of letters: intents are committed before the first byte leaves, outcomes after the replies.

pending ─► attempting ─► sent | deferred ─► attempting … | failed | uncertain | pending again
   └────────────┴──────► skipped                              (`doubt.py` says what moves an uncertain one)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from digest import queue
from digest.delivery import allowances, pace
from digest.delivery.allowances import Asking
from digest.delivery.counts import WAITING_SQL, Counts, counts, is_due, let_go, next_due, waiting
from digest.delivery.outcomes import NotStarted, Outcome
from digest.delivery.pace import Manners
from digest.delivery.patience import verdict
from digest.delivery.standing import ERASED, GONE, Reader, standing
from digest.delivery.states import WAITING, Status, before
from digest.edition.workflow import locked, step
from digest.store.models import Edition, Letter, SendWindow
from digest.store.rows import Kind, instant, table, values

__all__ = ["Counts", "counts", "is_due", "next_due"]

LEASE = timedelta(minutes=20)
"""How long a worker may be silent before others take it for hung; longer than the longest wait for one reply."""

MAY_SEND = (Edition.Status.APPROVED, Edition.Status.SENDING)

AT_ONCE = 20
"""Windows' worth of letters that one claim puts off at most before it lets its worker look around."""

FREE = Manners()


@dataclass(frozen=True, slots=True)
class Due:
    """One letter that a worker has taken.

    Attributes:
        id: the letter's.
        email, handle, name: the reader's.
        variant: the frozen letter's id.
        attempts: how often it was tried before.
        first: when it was first tried, None when never.
    """

    id: int
    email: str
    handle: int
    name: str
    variant: int
    attempts: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """What a worker may send until its lease ends, committed as attempting."""

    id: int
    lease_until: datetime
    letters: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one letter, and when."""

    id: int
    attempts: int
    first: datetime | None
    outcome: Outcome
    at: datetime


def claim(
    edition: Edition,
    *,
    worker: str,
    journal: str,
    now: datetime,
    size: int,
    lease: timedelta = LEASE,
    manners: Manners = FREE,
) -> Window | None:
    """Take up to `size` due letters of the waves that were let go.

    In the same transaction those whose readers have left are skipped with the reason, and those for whose domain there
    is no room now are put off, each to a place of its own.

    Args:
        edition: whose letters.
        worker: the name of the worker's lock.
        journal: the name of the worker's journal.
        now: the present instant.
        size: how many letters at most.
        lease: for how long.
        manners: the pace to keep.

    Returns:
        The window, or None when nothing may leave now: nothing is due, the pace allows none (`allowances.ration`), all
        that was looked at was put off, or the edition may not be sent (any more).
    """
    for _ in range(AT_ONCE):
        with transaction.atomic():
            may = Edition.objects.filter(pk=edition.pk, status__in=MAY_SEND).values_list("wave", "wave_at").first()
            if may is None:
                return None
            closed = allowances.left_alone(now)
            allowed = allowances.ration(manners, now, size, closed=closed)
            rows = _due(edition, let_go(*may), now, allowed.size) if allowed.size else []
            if not rows:
                return None
            taken = _sift(edition, rows, manners, now, closed)
            if taken:
                allowances.charge(manners, now, len(taken))
                return _open(edition, taken, worker=worker, journal=journal, now=now, lease=lease)
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    """A letter that is due, as the ledger has it."""

    id: int
    reader: int | None
    variant: int
    attempts: int
    first: datetime | None
    due_at: datetime
    reserved: bool


def _due(edition: Edition, waves: Iterable[int], now: datetime, size: int) -> list[_Row]:
    """The letters that are due, wave by wave: in one range of the index the later waves would be read too."""
    rows: list[_Row] = []
    for wave in waves:
        # On SQLite the transaction is the only writer from its start, and the lock clause means nothing.
        found = waiting(edition, wave).select_for_update(skip_locked=True).filter(due_at__lte=now)
        values = found.values_list(
            "id", "subscriber_id", "variant_id", "attempts", "first_attempt_at", "due_at", "reserved"
        )
        rows += [_Row(*row) for row in values[: size - len(rows)]]
        if len(rows) >= size:
            break
    return rows


def _sift(
    edition: Edition, rows: list[_Row], manners: Manners, now: datetime, closed: Mapping[str, datetime]
) -> list[Due]:
    """What of these letters leaves now; the rest is skipped or put off."""
    known = standing(edition.newsletter, [row.reader for row in rows if row.reader is not None], now)
    skipped: dict[str, list[int]] = {}
    late: dict[int, tuple[datetime, bool]] = {}
    going: list[tuple[_Row, Reader]] = []
    for row in rows:
        found = known.get(row.reader, GONE) if row.reader is not None else ERASED
        if isinstance(found, str):
            skipped.setdefault(found, []).append(row.id)
        elif manners.by_reader and (end := pace.quiet_until(now, manners.quiet, found.zone, manners.zone)):
            late[row.id] = (end, False)
        else:
            going.append((row, found))
    asking = [Asking(row.id, pace.domain_of(who.email), row.due_at if row.reserved else None) for row, who in going]
    late |= allowances.places(asking, manners, now, closed=closed)
    for reason, ids in skipped.items():
        letters = Letter.objects.filter(id__in=ids, status__in=before(Status.SKIPPED))
        letters.update(status=Status.SKIPPED, reply=reason, at=now)
    if late:
        _put_off(late)
    return [
        Due(row.id, who.email, who.handle, who.name, row.variant, row.attempts, row.first)
        for row, who in going
        if row.id not in late
    ]


_PUT_OFF = f"UPDATE digest_letter SET due_at = %s, reserved = %s WHERE id = %s AND {WAITING_SQL}"  # noqa: S608 - as above


def _put_off(late: dict[int, tuple[datetime, bool]]) -> None:
    instant = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(_PUT_OFF, [[instant(at), reserved, letter] for letter, (at, reserved) in late.items()])


_ATTEMPT = f"""
UPDATE digest_letter SET status = '{Status.ATTEMPTING.value}', window_id = %s, at = %s, reserved = FALSE
WHERE id IN {{letters}} AND {WAITING_SQL}
"""  # noqa: S608 - only names of our own are put in


def _open(edition: Edition, taken: list[Due], *, worker: str, journal: str, now: datetime, lease: timedelta) -> Window:
    window = SendWindow.objects.create(
        edition=edition, worker=worker, journal=journal, opened_at=now, lease_until=now + lease
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _ATTEMPT.format(letters=values("bigint")),
            [window.pk, instant(now), json.dumps([due.id for due in taken])],
        )
        assert cursor.rowcount == len(taken), "somebody took a letter that this transaction had locked"
    return Window(window.pk, window.lease_until, tuple(taken))


def renew(window: int, *, now: datetime, lease: timedelta = LEASE) -> datetime | None:
    """Prolong a lease; None when others have closed the window meanwhile and nothing more may be sent from it."""
    until = now + lease
    return until if SendWindow.objects.filter(pk=window, closed_at=None).update(lease_until=until) else None


def may_send(edition: Edition) -> bool:
    """Whether the edition may be sent at this moment: nobody has held it."""
    return Edition.objects.filter(pk=edition.pk, status__in=MAY_SEND).exists()


_OUTCOME: Mapping[str, Kind] = {
    "letter": "bigint", "status": "text", "reply": "text", "at": "timestamptz", "attempts": "bigint",
    "first": "timestamptz", "due": "timestamptz",
}  # fmt: skip

_SETTLE = f"""
UPDATE digest_letter
SET status = r.status, reply = r.reply, at = r.at, attempts = r.attempts, first_attempt_at = r.first,
    due_at = COALESCE(r.due, digest_letter.due_at)
FROM {{rows}}
WHERE digest_letter.id = r.letter AND {{window}} = %s
      AND digest_letter.status IN ('{Status.ATTEMPTING.value}', '{Status.UNCERTAIN.value}')
"""  # noqa: S608 - only names of our own are put in


def settle(
    window: int, outcomes: Iterable[Settled], *, now: datetime, attempts_for: timedelta, manners: Manners = FREE
) -> None:
    """Record what became of a window's letters and close it, in one transaction.

    A window that others closed meanwhile, taking its worker for dead, still learns what came: such letters were left
    uncertain, and a reply is evidence, as is that a letter was never begun. Letters that others have taken over are not
    touched.

    Args:
        window: its id.
        outcomes: one for each of its letters.
        now: the present instant.
        attempts_for: how long "later" is borne (`DeliveryTable.attempts_for`).
        manners: under which the letters were taken.
    """
    back: list[int] = []
    rows: list[dict[str, str | int | None]] = []
    for done in outcomes:
        if isinstance(done.outcome, NotStarted):
            back.append(done.id)
            continue
        first, attempts = done.first or done.at, done.attempts + 1
        made = verdict(
            done.outcome, letter=done.id, attempts=attempts, first=first, at=done.at, attempts_for=attempts_for
        )
        due = instant(made.due_at) if made.due_at else None
        values = (done.id, made.status.value, made.reply, instant(done.at), attempts, instant(first), due)
        rows.append(dict(zip(_OUTCOME, values, strict=True)))
    with transaction.atomic():
        if rows:
            with connection.cursor() as cursor:
                # By a plus SQLite leaves the index of windows alone: by it each letter would be sought among all.
                of = "+digest_letter.window_id" if connection.vendor == "sqlite" else "digest_letter.window_id"
                cursor.execute(_SETTLE.format(rows=table(_OUTCOME), window=of), [json.dumps(rows), window])
        untouched = Letter.objects.filter(id__in=back, window=window, status=Status.ATTEMPTING)
        allowances.give_back(manners, now, untouched.update(status=Status.PENDING, window=None) if back else 0)
        # Others gave the worker up, but it never began these and never will.
        doubted = Letter.objects.filter(id__in=back, window=window, status=Status.UNCERTAIN)
        if back:
            doubted.update(status=Status.PENDING, window=None, reply="")
        SendWindow.objects.filter(pk=window, closed_at=None).update(closed_at=now)
        _reopen(window)


def _reopen(window: int) -> None:
    """An edition that others finished meanwhile is not finished, where a letter of it waits again."""
    finished = Edition.objects.only("pk").filter(windows=window, status=Edition.Status.SENT).first()
    if finished and Letter.objects.filter(edition=finished, status__in=WAITING).exists():
        row = locked(finished)
        if row.status == Edition.Status.SENT:
            step(row, Edition.Status.SENDING)
            queue.defer("publish", edition=row.pk)

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
from digest.delivery import allowances
from digest.delivery.counts import WAITING_SQL, Counts, counts, is_due, let_go, next_due
from digest.delivery.outcomes import NotStarted, Outcome
from digest.delivery.pace import Manners
from digest.delivery.patience import verdict
from digest.delivery.sift import Waiting, sift
from digest.delivery.standing import Reader
from digest.delivery.states import PRESUMED, WAITING, Status
from digest.edition.workflow import locked, step
from digest.store.models import Edition, Letter, SendWindow
from digest.store.rows import Kind, instant, listed, moment, one_of, table

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

    @classmethod
    def of(cls, row: Waiting, reader: Reader) -> Due:
        """The letter of a row of the ledger."""
        first = moment(row.first) if row.first else None
        return cls(row.id, reader.email, reader.handle, reader.name, row.variant, row.attempts, first)


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
        with transaction.atomic(savepoint=False):
            if (waves := _waves(edition)) is None:
                return None
            closed = allowances.left_alone(now)
            allowed = allowances.ration(manners, now, size, closed=closed)
            rows = _due(edition, waves, now, allowed.size) if allowed.size else []
            if not rows:
                return None
            taken = [Due.of(row, reader) for row, reader in sift(edition.newsletter, rows, manners, now, closed)]
            if taken:
                allowances.charge(manners, now, len(taken))
                return _open(edition, taken, worker=worker, journal=journal, now=now, lease=lease)
    return None


# Statements written out, here and in what this asks: the ORM takes longer to phrase them than the database to answer.
_DUE = f"""
SELECT id, subscriber_id, variant_id, attempts, first_attempt_at, due_at, reserved FROM digest_letter
WHERE edition_id = %s AND wave = %s AND due_at <= %s AND {WAITING_SQL}
ORDER BY due_at, id LIMIT %s
"""  # noqa: S608 - only names of our own are put in


def _due(edition: Edition, waves: Iterable[int], now: datetime, size: int) -> list[Waiting]:
    """The letters that are due, wave by wave: in one range of the index the later waves would be read too."""
    rows: list[Waiting] = []
    # On SQLite the transaction is the only writer from its start.
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for wave in waves:
            cursor.execute(_DUE + lock, [edition.pk, wave, instant(now), size - len(rows)])
            rows += map(Waiting._make, cursor.fetchall())
            if len(rows) >= size:
                break
    return rows


_ATTEMPT = f"""
UPDATE digest_letter SET status = '{Status.ATTEMPTING.value}', window_id = %s, at = %s, reserved = FALSE
WHERE {{these}} AND {WAITING_SQL}
"""  # noqa: S608 - only names of our own are put in


_OPEN = """
INSERT INTO digest_send_window (edition_id, worker, journal, opened_at, lease_until) VALUES (%s, %s, %s, %s, %s)
RETURNING id
"""


def _open(edition: Edition, taken: list[Due], *, worker: str, journal: str, now: datetime, lease: timedelta) -> Window:
    until = now + lease
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [edition.pk, worker, journal, instant(now), instant(until)])
        (window,) = cursor.fetchone()
        ids = [due.id for due in taken]
        cursor.execute(_ATTEMPT.format(these=one_of("id", "bigint")), [window, instant(now), listed(ids)])
        assert cursor.rowcount == len(taken), "somebody took a letter that this transaction had locked"
    return Window(window, until, tuple(taken))


def renew(window: int, *, now: datetime, lease: timedelta = LEASE) -> datetime | None:
    """Prolong a lease; None when others have closed the window meanwhile and nothing more may be sent from it."""
    until = now + lease
    return until if SendWindow.objects.filter(pk=window, closed_at=None).update(lease_until=until) else None


_MAY = (
    f"SELECT wave, wave_at FROM digest_edition WHERE id = %s AND status IN {tuple(state.value for state in MAY_SEND)}"  # noqa: S608
)


def may_send(edition: Edition) -> bool:
    """Whether the edition may be sent at this moment: nobody has held it."""
    return _waves(edition) is not None


def _waves(edition: Edition) -> range | None:
    """The waves that were let go; None when the edition may not be sent."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY, [edition.pk])
        row = cursor.fetchone()
    return let_go(*row) if row else None


_OUTCOME: Mapping[str, Kind] = {
    "letter": "bigint", "status": "text", "reply": "text", "at": "timestamptz", "attempts": "bigint",
    "first": "timestamptz", "due": "timestamptz",
}  # fmt: skip

_SETTLE = f"""
UPDATE digest_letter
SET status = r.status, reply = r.reply, at = r.at, attempts = r.attempts, first_attempt_at = r.first,
    due_at = COALESCE(r.due, digest_letter.due_at), bounce = REPLACE(digest_letter.bounce, '{PRESUMED}', '')
FROM {{rows}}
WHERE digest_letter.id = r.letter AND {{window}} = %s
      AND (digest_letter.status IN ('{Status.ATTEMPTING.value}', '{Status.UNCERTAIN.value}')
           OR digest_letter.status = '{Status.FAILED.value}' AND digest_letter.bounce = '{PRESUMED}'
              AND r.status IN ('{Status.SENT.value}', '{Status.FAILED.value}'))
"""  # noqa: S608 - only names of our own are put in

_CLOSE = "UPDATE digest_send_window SET closed_at = %s WHERE id = %s AND closed_at IS NULL"


def settle(
    window: int, outcomes: Iterable[Settled], *, now: datetime, attempts_for: timedelta, manners: Manners = FREE
) -> None:
    """Record what became of a window's letters and close it, in one transaction.

    A window that others closed meanwhile, taking its worker for dead, still learns what came: such letters were left
    uncertain, and a reply is evidence, as is that a letter was never begun. One that was presumed to have failed is
    moved only by the server's last word. Letters that others have taken over are not touched.

    Args:
        window: its id.
        outcomes: one for each of its letters.
        now: the present instant.
        attempts_for: how long "later" is borne (`DeliveryTable.attempts_for`).
        manners: under which the letters were taken.
    """
    waits = False
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
        waits = waits or made.due_at is not None
        due = instant(made.due_at) if made.due_at else None
        values = (done.id, made.status.value, made.reply, instant(done.at), attempts, instant(first), due)
        rows.append(dict(zip(_OUTCOME, values, strict=True)))
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if rows:
            # By a plus SQLite leaves the index of windows alone: by it each letter would be sought among all.
            of = "+digest_letter.window_id" if connection.vendor == "sqlite" else "digest_letter.window_id"
            cursor.execute(_SETTLE.format(rows=table(_OUTCOME), window=of), [json.dumps(rows), window])
        if back:
            _give_back(window, back, manners, now)
        cursor.execute(_CLOSE, [instant(now), window])
        if back or waits:
            _reopen(window)


def _give_back(window: int, letters: list[int], manners: Manners, now: datetime) -> None:
    """Let letters that were never begun wait again."""
    theirs = Letter.objects.filter(id__in=letters, window=window)
    untouched = theirs.filter(status=Status.ATTEMPTING).update(status=Status.PENDING, window=None)
    allowances.give_back(manners, now, untouched)
    # Others gave the worker up, but it never began these and never will.
    theirs.filter(status=Status.UNCERTAIN).update(status=Status.PENDING, window=None, reply="")


def _reopen(window: int) -> None:
    """An edition that others finished meanwhile is not finished, where a letter of it waits again."""
    finished = Edition.objects.only("pk").filter(windows=window, status=Edition.Status.SENT).first()
    if finished and Letter.objects.filter(edition=finished, status__in=WAITING).exists():
        row = locked(finished)
        if row.status == Edition.Status.SENT:
            step(row, Edition.Status.SENDING)
            queue.defer("publish", edition=row.pk)

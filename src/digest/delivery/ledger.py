"""The ledger of letters: intents are committed before the first byte leaves, outcomes after the replies.

pending ─► attempting ─► sent | deferred ─► attempting … | failed | uncertain | pending again
   └────────────┴──────► skipped                              (uncertain moves only by evidence or by a person)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Min

from digest.audience import suppression
from digest.delivery.outcomes import NotStarted, Outcome
from digest.delivery.patience import verdict
from digest.delivery.states import WAITING, Status, before
from digest.errors import RefusedError
from digest.store.models import Edition, Letter, SendWindow, Subscription

LEASE = timedelta(minutes=20)
"""How long a worker may be silent before others take it for hung; longer than the longest wait for one reply."""

MAY_SEND = (Edition.Status.APPROVED, Edition.Status.SENDING)


# Written out, because SQLite uses a partial index only where its condition stands in the query word for word.
_WAITING = f"digest_letter.status IN ({', '.join(repr(state.value) for state in WAITING)})"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How an edition's letters stand.

    Attributes:
        next_due: when the first of the pending and deferred is due; None when none is.
        stopped: why the run ended before its work was done; empty when it was done.
    """

    pending: int = 0
    attempting: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    next_due: datetime | None = None
    stopped: str = ""

    @property
    def open(self) -> int:
        """How many letters may still be sent."""
        return self.pending + self.attempting + self.deferred


def counts(edition: Edition, *, stopped: str = "") -> Counts:
    """How the letters of `edition` stand."""
    letters = Letter.objects.filter(edition=edition)
    # Ordering by nothing, so that rows are grouped by status alone.
    by_status = dict(letters.order_by().values_list("status").annotate(Count("id")))
    due = letters.filter(status__in=WAITING).aggregate(due=Min("due_at"))["due"]
    return Counts(**by_status, next_due=due, stopped=stopped)


def is_due(edition: Edition, now: datetime) -> bool:
    """Whether any letter of `edition` waits to be sent now."""
    return Letter.objects.filter(edition=edition, status__in=WAITING, due_at__lte=now).exists()


def claim(
    edition: Edition, *, worker: str, journal: str, now: datetime, size: int, lease: timedelta = LEASE
) -> Window | None:
    """Take up to `size` due letters, in one transaction; those whose readers have left are skipped with the reason.

    Args:
        edition: whose letters.
        worker: the name of the worker's lock.
        journal: the name of the worker's journal.
        now: the present instant.
        size: how many letters at most.
        lease: for how long.

    Returns:
        The window, or None when nothing is due or the edition may not be sent (any more).
    """
    while True:
        with transaction.atomic():
            if not Edition.objects.filter(pk=edition.pk, status__in=MAY_SEND).exists():
                return None
            # On SQLite the transaction is the only writer from its start, and the lock clause means nothing.
            due: list[tuple[int, int | None, int, int, datetime | None]] = list(
                Letter.objects.select_for_update(skip_locked=True)
                .extra(where=[_WAITING])  # noqa: S610 - only names of our own are put in
                .filter(edition=edition, due_at__lte=now)
                .order_by("due_at", "id")
                .values_list("id", "subscriber_id", "variant_id", "attempts", "first_attempt_at")[:size]
            )
            if not due:
                return None
            standing = _standing(edition.newsletter, [reader for _, reader, *_ in due if reader is not None])
            taken: list[Due] = []
            skipped: dict[str, list[int]] = {}
            for letter, reader, variant, attempts, first in due:
                found = standing.get(reader, _GONE) if reader is not None else _ERASED
                if isinstance(found, str):
                    skipped.setdefault(found, []).append(letter)
                else:
                    taken.append(Due(letter, *found, variant, attempts, first))
            for reason, ids in skipped.items():
                letters = Letter.objects.filter(id__in=ids, status__in=before(Status.SKIPPED))
                letters.update(status=Status.SKIPPED, reply=reason, at=now)
            if taken:
                return _open(edition, taken, worker=worker, journal=journal, now=now, lease=lease)


_GONE = "unsubscribed since the edition was approved"
_ERASED = "erased since the edition was approved"
_SUPPRESSED = "suppressed: this address must not be written to"


def _standing(newsletter: str, readers: list[int]) -> dict[int, tuple[str, int, str] | str]:
    """By reader: address, handle and name, or why they get nothing; those who unsubscribed are not in it."""
    # By reader alone, which is the narrowest index of all; the rest is sorted out here.
    rows = Subscription.objects.filter(subscriber_id__in=readers).values_list(
        "subscriber_id", "newsletter", "status", "subscriber__email", "subscriber__handle", "subscriber__name"
    )
    found: dict[int, tuple[str, int, str] | str] = {
        reader: (email, handle, name)
        for reader, of, status, email, handle, name in rows
        if of == newsletter and status == Subscription.Status.ACTIVE
    }
    barred = suppression.among({value[0]: reader for reader, value in found.items()})
    return found | dict.fromkeys(barred, _SUPPRESSED)


def _open(edition: Edition, taken: list[Due], *, worker: str, journal: str, now: datetime, lease: timedelta) -> Window:
    window = SendWindow.objects.create(
        edition=edition, worker=worker, journal=journal, opened_at=now, lease_until=now + lease
    )
    letters = Letter.objects.filter(id__in=[due.id for due in taken], status__in=before(Status.ATTEMPTING))
    changed = letters.update(status=Status.ATTEMPTING, window=window, at=now)
    assert changed == len(taken), "somebody took a letter that this transaction had locked"
    return Window(window.pk, window.lease_until, tuple(taken))


def renew(window: int, *, now: datetime, lease: timedelta = LEASE) -> datetime | None:
    """Prolong a lease; None when others have closed the window meanwhile and nothing more may be sent from it."""
    until = now + lease
    return until if SendWindow.objects.filter(pk=window, closed_at=None).update(lease_until=until) else None


_SETTLE = f"""
UPDATE digest_letter
SET status = %s, reply = %s, at = %s, attempts = %s, first_attempt_at = %s, due_at = COALESCE(%s, due_at)
WHERE id = %s AND window_id = %s AND status IN ('{Status.ATTEMPTING.value}', '{Status.UNCERTAIN.value}')
"""  # noqa: S608 - only names of our own are put in


def settle(window: int, outcomes: Iterable[Settled], *, now: datetime, attempts_for: timedelta) -> None:
    """Record what became of a window's letters and close it, in one transaction.

    A window that others closed meanwhile, taking its worker for dead, still learns what came: such letters were left
    uncertain, and a reply is evidence. Letters that others have taken over are not touched.

    Args:
        window: its id.
        outcomes: one for each of its letters.
        now: the present instant.
        attempts_for: how long "later" is borne (`DeliveryTable.attempts_for`).
    """
    back, rows = [], []
    instant = connection.ops.adapt_datetimefield_value
    for done in outcomes:
        if isinstance(done.outcome, NotStarted):
            back.append(done.id)
            continue
        first, attempts = done.first or done.at, done.attempts + 1
        made = verdict(
            done.outcome, letter=done.id, attempts=attempts, first=first, at=done.at, attempts_for=attempts_for
        )
        due = instant(made.due_at) if made.due_at else None
        rows.append([made.status.value, made.reply, instant(done.at), attempts, instant(first), due, done.id, window])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.executemany(_SETTLE, rows)
        untouched = Letter.objects.filter(id__in=back, window=window, status=Status.ATTEMPTING)
        untouched.update(status=Status.PENDING, window=None)
        SendWindow.objects.filter(pk=window, closed_at=None).update(closed_at=now)


def resolve(letter: Letter, status: Letter.Status, *, by: str, now: datetime) -> None:
    """Settle an uncertain letter by a person's word: it arrived, it did not and will not, or it is sent again.

    Raises:
        digest.errors.RefusedError: the letter is not uncertain (any more).
    """
    wanted = (Status.SENT, Status.FAILED, Status.PENDING)
    uncertain = Letter.objects.filter(pk=letter.pk, status=Status.UNCERTAIN)
    if status not in wanted or not uncertain.update(status=status, reply=f"settled by {by}", at=now):
        raise RefusedError(
            f"Letter {letter.pk} cannot be called {status}: only an uncertain letter is settled by hand, "
            f"as {', '.join(wanted)}."
        )

"""Sends an edition's letters: resumes where it stopped, may be repeated, and may run twice at once.

recover ─► claim a window ─► lines: journal, hand over, journal ─► settle it and claim the next ─► … ─► recover
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction

from digest.delivery import ledger, locks
from digest.delivery.fence import Fence, patiently
from digest.delivery.journal import Journal
from digest.delivery.ledger import LEASE, MAY_SEND, Counts, Settled, Window
from digest.delivery.lines import Lease, Lines
from digest.delivery.outcomes import Later, Refused, Transport
from digest.delivery.parcels import Parcels
from digest.delivery.processes import Clock, Terms, share
from digest.delivery.recover import recover, tidy
from digest.errors import RefusedError
from digest.store.models import Edition

_TOLD = "the run was told to end"
_MANY = 10
_LEAVE_ALONE = re.compile(r"^421|^4\d\d 4\.7\.")


def send(
    edition: Edition,
    *,
    transport: Transport,
    now: Clock,
    var: Path,
    window: int = 100,
    connections: int = 8,
    processes: int = 1,
    attempts_for: timedelta = timedelta(days=1),
    on_progress: Callable[[int], None] | None = None,
    go_on: Callable[[], bool] | None = None,
) -> Counts:
    """Send every letter of `edition` that is due.

    Args:
        edition: approved, its recipients enrolled (`digest.delivery.enrol`).
        transport: where letters go.
        now: reads the clock; with several processes, a function that can be pickled.
        var: the data folder, for locks and journals.
        window: letters a worker takes at a time.
        connections: connections of each process.
        processes: how many processes send; more than one are spawned, and end when this one does.
        attempts_for: how long "later" is borne.
        on_progress: told how many more letters were dealt with.
        go_on: asked at every reply; once it says no, letters under way finish and no other is begun.

    Returns:
        How the letters stand. A server that cannot be used, or takes nothing at all, ends the run: what was not handed
        over is pending, and `stopped` says why.

    Raises:
        RefusedError: the edition is not approved, or a frozen letter is not the one that was approved.
    """
    edition.refresh_from_db(fields=["status", "hash"])
    if edition.status == Edition.Status.SENT:
        return ledger.counts(edition)
    if edition.status not in MAY_SEND:
        raise RefusedError(f"{edition.name} is {edition.status}: only an approved edition is sent.")
    terms = Terms(
        transport=transport,
        now=now,
        var=var,
        window=window,
        connections=connections,
        attempts_for=attempts_for,
    )
    tell, keep_on = on_progress or _nobody, go_on or _always
    recover(edition, var=var, now=now(), attempts_for=attempts_for)
    stopped = share(edition.pk, terms, processes, tell, keep_on) if processes > 1 else ""
    # After processes that did all there was to do, this finds nothing; after one that died, it finds the rest.
    stopped = stopped or work(edition, terms, tell, keep_on)
    tidy(var=var)
    # The state first: one that another run has just ended then has no letter open.
    edition.refresh_from_db(fields=["status"])
    counts = ledger.counts(edition, stopped=stopped)
    if counts.open and edition.status not in MAY_SEND:
        return replace(counts, stopped=f"{edition.name} is {edition.status} now")
    return counts


def work(edition: Edition, terms: Terms, tell: Callable[[int], None], go_on: Callable[[], bool] = lambda: True) -> str:
    """Send windows until nothing is due; returns why the transport could not be used, or nothing."""
    parcels = Parcels(edition, terms.now)
    while True:
        with (
            _worker(edition, terms) as (name, journal, fence),
            Lines(
                terms.transport, connections=terms.connections, journal=journal, parcel=parcels.parcel, now=terms.now
            ) as lines,
        ):
            window = _claim(edition, terms, name, journal)
            while window is not None:
                parcels.load(due.variant for due in window.letters)
                lease = Lease(window.id, fence.until(window.lease_until))
                watch = partial(_watch, lease, [window.lease_until], lines, terms.now, go_on, fence)
                done = lines.send(lease, window.letters, watch)
                ended = lines.broken or _hopeless(done) or ("" if go_on() else _TOLD)
                take = partial(_claim, edition, terms, name, journal)
                window = patiently(partial(_next, window.id, done, terms, fence, None if ended else take), go_on)
                tell(len(done))
                if ended and ledger.is_due(edition, terms.now()):
                    return ended
        if fence.broken and go_on():
            continue  # under another name, whose locks others can trust
        # Others may have died while this one worked.
        if not go_on() or not recover(edition, var=terms.var, now=terms.now(), attempts_for=terms.attempts_for):
            return ""


@contextmanager
def _worker(edition: Edition, terms: Terms) -> Iterator[tuple[str, Journal, Fence]]:
    """A worker's lock and journal; whatever it leaves undone is settled by its journal once its lock is free."""
    done = False
    try:
        with locks.worker(terms.var) as name:
            path = terms.var / "journal" / f"{name.partition('/')[2]}.log"
            journal = Journal(path, repeatable=terms.transport.repeatable)
            fence = Fence(name, terms.now)
            try:
                yield name, journal, fence
                # Where a session broke while it took a window, nobody here knows whether it did.
                done = not fence.broken
            finally:
                journal.close(remove=done)
    finally:
        if not done:
            with suppress(OperationalError, InterfaceError):
                recover(edition, var=terms.var, now=terms.now(), attempts_for=terms.attempts_for)


def _claim(edition: Edition, terms: Terms, worker: str, journal: Journal) -> Window | None:
    return ledger.claim(edition, worker=worker, journal=journal.path.name, now=terms.now(), size=terms.window)


def _next(
    window: int, done: list[Settled], terms: Terms, fence: Fence, take: Callable[[], Window | None] | None
) -> Window | None:
    """Settle a window and take the next, in one transaction; a worker that lost its lock takes nothing more."""
    with transaction.atomic():
        ledger.settle(window, done, now=terms.now(), attempts_for=terms.attempts_for)
        return take() if take and fence.holds() else None


def _watch(
    lease: Lease, leased: list[datetime], lines: Lines, clock: Clock, go_on: Callable[[], bool], fence: Fence
) -> None:
    """Prolong a lease in its second half; one that was lost ends at once, as does a run that is told to.

    A worker whose database is out of reach begins nothing more: the letters under way finish, and stand in its journal.
    """
    now = clock()
    if fence.look() and now >= leased[0] - LEASE / 2:
        try:
            leased[0] = ledger.renew(lease.window, now=now) or now
        except (OperationalError, InterfaceError) as error:
            fence.lost(error)
    if fence.broken or not go_on():
        lines.stop()
    lease.until = fence.until(leased[0])


def _hopeless(done: list[Settled]) -> str:
    """Why going on would only harm: the server refuses, or puts off, every letter of a window for what *we* are.

    Such replies have the subject 7, security or policy (RFC 3463, 3.8), or are 421: it wants to be left alone.
    """
    if len(done) < _MANY:
        return ""
    outcomes = [one.outcome for one in done]
    if all(isinstance(outcome, Refused) and " 5.7." in outcome.reply for outcome in outcomes):
        return f"the mail server refuses every letter: {outcomes[0].reply}"
    if all(isinstance(outcome, Later) and _LEAVE_ALONE.search(outcome.reply) for outcome in outcomes):
        return f"the mail server puts every letter off: {outcomes[0].reply}"
    return ""


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def _always() -> bool:
    return True

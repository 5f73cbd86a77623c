"""Sends an edition's letters: resumes where it stopped, may be repeated, and may run twice at once.

recover ─► claim a window ─► lines: journal, hand over, journal ─► settle it and claim the next ─► … ─► recover
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path

from django.db import transaction

from digest.delivery import ledger, locks
from digest.delivery.journal import Journal
from digest.delivery.ledger import LEASE, MAY_SEND, Counts, Window
from digest.delivery.lines import Lease, Lines
from digest.delivery.outcomes import Transport
from digest.delivery.parcels import Parcels
from digest.delivery.recover import recover
from digest.errors import RefusedError
from digest.store.models import Edition

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """How a worker works; pickled to the processes that are spawned."""

    transport: Transport
    now: Clock
    var: Path
    window: int
    connections: int
    attempts_for: timedelta


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

    Returns:
        How the letters stand. A server that cannot be used ends the run: what was not handed over is pending, and
        `stopped` says why.

    Raises:
        RefusedError: the edition is not approved, or a frozen letter is not the one that was approved.
    """
    edition.refresh_from_db(fields=["status", "hash"])
    if edition.status == Edition.Status.SENT:
        return ledger.counts(edition)
    if edition.status not in MAY_SEND:
        raise RefusedError(f"{edition.name} is {edition.status}: only an approved edition is sent.")
    terms = _Terms(
        transport=transport,
        now=now,
        var=var,
        window=window,
        connections=connections,
        attempts_for=attempts_for,
    )
    tell = on_progress or _nobody
    recover(edition, var=var, now=now(), attempts_for=attempts_for)
    stopped = _spawn(edition, terms, processes, tell) if processes > 1 else ""
    # After processes that did all there was to do, this finds nothing; after one that died, it finds the rest.
    stopped = stopped or _work(edition, terms, tell)
    counts = ledger.counts(edition, stopped=stopped)
    edition.refresh_from_db(fields=["status"])
    if counts.open and edition.status not in MAY_SEND:
        return replace(counts, stopped=f"{edition.name} is {edition.status} now")
    return counts


def _work(
    edition: Edition, terms: _Terms, tell: Callable[[int], None], go_on: Callable[[], bool] = lambda: True
) -> str:
    """Send windows until nothing is due; returns why the transport could not be used, or nothing."""
    parcels = Parcels(edition, terms.now)
    while True:
        with (
            _worker(edition, terms) as (name, journal),
            Lines(
                terms.transport, connections=terms.connections, journal=journal, parcel=parcels.parcel, now=terms.now
            ) as lines,
        ):
            window = _claim(edition, terms, name, journal)
            while window is not None:
                parcels.load(due.variant for due in window.letters)
                lease = Lease(window.id, window.lease_until)
                done = lines.send(lease, window.letters, partial(_renew, lease, terms.now))
                with transaction.atomic():
                    ledger.settle(window.id, done, now=terms.now(), attempts_for=terms.attempts_for)
                    window = _claim(edition, terms, name, journal) if go_on() and not lines.broken else None
                tell(len(done))
                if lines.broken:
                    return lines.broken
        # Others may have died while this one worked.
        if not go_on() or not recover(edition, var=terms.var, now=terms.now(), attempts_for=terms.attempts_for):
            return ""


@contextmanager
def _worker(edition: Edition, terms: _Terms) -> Iterator[tuple[str, Journal]]:
    """A worker's lock and journal; whatever it leaves undone is settled by its journal once its lock is free."""
    done = False
    try:
        with locks.worker(terms.var) as name:
            path = terms.var / "journal" / f"{name.partition('/')[2]}.log"
            journal = Journal(path, repeatable=terms.transport.repeatable)
            try:
                yield name, journal
                done = True
            finally:
                journal.close(remove=done)
    finally:
        if not done:
            recover(edition, var=terms.var, now=terms.now(), attempts_for=terms.attempts_for)


def _claim(edition: Edition, terms: _Terms, worker: str, journal: Journal) -> Window | None:
    return ledger.claim(edition, worker=worker, journal=journal.path.name, now=terms.now(), size=terms.window)


def _renew(lease: Lease, clock: Clock) -> None:
    """Prolong a lease in its second half; one that was lost ends at once."""
    now = clock()
    if now >= lease.until - LEASE / 2:
        lease.until = ledger.renew(lease.window, now=now) or now


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def _spawn(edition: Edition, terms: _Terms, processes: int, tell: Callable[[int], None]) -> str:
    """Let several processes send; spawned, because a forked one would share this one's database connection."""
    context = multiprocessing.get_context("spawn")
    open_ends: list[Connection] = []
    children = []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        child = context.Process(target=_child, args=(edition.pk, terms, theirs), daemon=True)
        child.start()
        theirs.close()
        children.append(child)
        open_ends.append(ours)
    stopped = ""
    while open_ends:
        for end in wait(open_ends):
            assert isinstance(end, Connection)
            try:
                said = end.recv()
            except EOFError:
                open_ends.remove(end)
                continue
            if isinstance(said, int):
                tell(said)
            elif isinstance(said, RefusedError):
                raise said
            else:
                stopped = said
    for child in children:
        child.join()
    return stopped


def _child(edition: int, terms: _Terms, parent: Connection) -> None:
    """What a spawned process does: work, and stop after the window under way when its parent is gone."""
    import django

    django.setup()
    creator = multiprocessing.parent_process()
    try:
        stopped = _work(
            Edition.objects.get(pk=edition), terms, parent.send, lambda: creator is not None and creator.is_alive()
        )
        if stopped:
            parent.send(stopped)
    except RefusedError as error:
        parent.send(error)
    finally:
        parent.close()

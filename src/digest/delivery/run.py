"""Sends an edition's letters: resumes where it stopped, may be repeated, and may run twice at once.

recover ─► claim a window ─► lines: journal, hand over, journal ─► settle it and claim the next ─► … ─► recover
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction

from digest.config.sending import Canary
from digest.delivery import allowances, doubt, freeing, ledger, locks, unreached
from digest.delivery.canary import Judge
from digest.delivery.counts import Counts, elsewhere
from digest.delivery.doubt import Policy
from digest.delivery.fence import Fence, patiently
from digest.delivery.journal import Journal
from digest.delivery.ledger import FREE, MAY_SEND, Settled, Window
from digest.delivery.lines import Lines
from digest.delivery.outcomes import NotStarted, Transport
from digest.delivery.pace import Manners, domain_of
from digest.delivery.parcels import Parcels
from digest.delivery.processes import Clock, Rest, Terms, share
from digest.delivery.recover import recover, reread, tidy
from digest.delivery.storms import Storm, Weather, softened
from digest.delivery.watch import Watch
from digest.edition.workflow import Status, locked, step
from digest.errors import RefusedError
from digest.store.models import Edition

_TOLD = "the run was told to end"

LINGER = timedelta(minutes=2)
"""A run stays for letters that may leave within this, because of a rate; for later ones it is begun again."""

_NAP, _BREATH = 0.5, 0.02
"""Seconds between looks while nothing may leave, and after one that others were quicker to use."""


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
    manners: Manners = FREE,
    uncertain: Policy = "ask",
    rest: Rest = time.sleep,
    canary: Canary | None = None,
    on_progress: Callable[[int], None] | None = None,
    go_on: Callable[[], bool] | None = None,
    patient: bool = False,
) -> Counts:
    """Send every letter of `edition` that was let go and is due, and stay for those that soon will be.

    Args:
        edition: approved, its recipients enrolled (`digest.delivery.enrol`).
        transport: where letters go.
        now: reads the clock; with several processes, a function that can be pickled, as is `rest`.
        var: the data folder, for locks and journals.
        window: letters a worker takes at a time.
        connections: connections of each process.
        processes: how many processes send; more than one are spawned, and end when this one does.
        attempts_for: how long "later" is borne.
        manners: how politely letters leave.
        uncertain: what becomes of letters that nobody can account for.
        rest: waits so many seconds.
        canary: halts the edition while its first letters leave, if too much comes back.
        on_progress: told how many more letters were dealt with.
        go_on: asked at every reply; once it says no, letters under way finish and no other is begun.
        patient: begin nothing while a server that could not be used is left alone (`unreached.py`).

    Returns:
        How the letters stand. A server that cannot be used, or takes hardly anything, ends the run: what was not handed
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
        manners=manners,
        rest=rest,
        canary=canary,
    )
    tell, keep_on = on_progress or _nobody, go_on or _always
    recover(edition, var=var, now=now(), attempts_for=attempts_for)
    reread(var=var, now=now(), attempts_for=attempts_for)
    doubt.by_policy(edition, uncertain, now=now())
    stopped = ""
    if not (patient and unreached.rests_until(var, now())):
        stopped = share(edition.pk, terms, processes, tell, keep_on) if processes > 1 else ""
        # After processes that did all there was to do, this finds nothing; after one that died, it finds the rest.
        stopped = stopped or work(edition, terms, tell, keep_on)
    tidy(var=var)
    # The state first: one that another run has just ended then has no letter open.
    edition.refresh_from_db(fields=["status", "reason"])
    if edition.status == Status.HELD:
        freeing.free(edition, manners, now())
    counts = ledger.counts(edition, stopped=stopped)
    if counts.open and not stopped and edition.status not in MAY_SEND:
        why = f": {edition.reason}" if edition.reason else ""
        return replace(counts, stopped=f"{edition.name} is {edition.status} now{why}")
    return counts


def work(edition: Edition, terms: Terms, tell: Callable[[int], None], go_on: Callable[[], bool] = lambda: True) -> str:
    """Send windows until nothing is due; returns why the transport could not be used, or nothing."""
    parcels, weather, judge = Parcels(edition, terms.now), Weather(), Judge(edition, terms.canary, terms.now)
    worked = False
    while True:
        with (
            _worker(edition, terms) as (name, journal, fence),
            Lines(
                terms.transport, connections=terms.connections, journal=journal, parcel=parcels.parcel, now=terms.now
            ) as lines,
        ):
            take = partial(_take, edition, terms, name, journal, fence)
            window = patiently(take, go_on)
            while window is not None or _wait(edition, terms, fence, go_on):
                if window is None:
                    window = patiently(take, go_on)
                    continue
                parcels.load(due.variant for due in window.letters)
                watch = Watch(edition, window, lines, fence, now=terms.now, go_on=go_on)
                done = lines.send(watch.lease, window.letters, watch)
                if not worked and any(not isinstance(one.outcome, NotStarted) for one in done):
                    patiently(partial(unreached.worked, terms.var), go_on)
                    worked = True
                domains = {due.id: domain_of(due.email) for due in window.letters}
                noted = weather.note((domains[one.id], one.outcome) for one in done)
                storm = patiently(partial(_look_up, edition, terms, noted), go_on)
                done = [replace(one, outcome=softened(storm, domains[one.id], one.outcome)) for one in done]
                ended = lines.broken or storm.stop or ("" if go_on() else _TOLD)
                more = None if ended or watch.stopped or judge.sits else take
                window = patiently(partial(_next, window.id, done, terms, more), go_on)
                tell(len(done))
                # Before others are taken: the window that has just been settled may be the one too many.
                patiently(judge.look, go_on)
                if ended:
                    if lines.broken:
                        patiently(partial(unreached.failed, terms.var, lines.broken, terms.now()), go_on)
                    return patiently(partial(_end, edition, terms, storm, ended), go_on)
                if watch.stopped:
                    break
            else:
                return ""
        if not go_on():
            return ""
        # Once more: under another name, whose locks others can trust; and an edition that was held may go on by now.


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
                _settle_the_dead(edition, terms)


def _take(edition: Edition, terms: Terms, worker: str, journal: Journal, fence: Fence) -> Window | None:
    """Take a window; a worker that lost its lock takes nothing more."""
    if not fence.holds():
        return None
    return ledger.claim(
        edition, worker=worker, journal=journal.path.name, now=terms.now(), size=terms.window, manners=terms.manners
    )


def _next(window: int, done: list[Settled], terms: Terms, take: Callable[[], Window | None] | None) -> Window | None:
    """Settle a window and take the next, in one transaction."""
    with transaction.atomic():
        ledger.settle(window, done, now=terms.now(), attempts_for=terms.attempts_for, manners=terms.manners)
        return take() if take else None


def _settle_the_dead(edition: Edition, terms: Terms) -> int:
    return recover(edition, var=terms.var, now=terms.now(), attempts_for=terms.attempts_for)


def _wait(edition: Edition, terms: Terms, fence: Fence, go_on: Callable[[], bool]) -> bool:
    """Stay until a letter may leave, if that is soon; whether one may."""
    while go_on() and not fence.broken:
        at = patiently(partial(_look_around, edition, terms), go_on)
        now = terms.now()
        if at is None or at - now > LINGER:
            return False
        if at <= now:
            terms.rest(_BREATH)
            return True
        terms.rest(min((at - now).total_seconds(), _NAP))
    return False


def _look_around(edition: Edition, terms: Terms) -> datetime | None:
    """When there is work again: others may have died while this worker was busy, or a letter becomes due."""
    now = terms.now()
    return now if _settle_the_dead(edition, terms) else opens(edition, terms.manners, now, terms.window)


def opens(edition: Edition, manners: Manners, now: datetime, window: int) -> datetime | None:
    """When the next letter may leave, by what is due and by the pace; None when none waits or the edition is held."""
    due = ledger.next_due(edition) if ledger.may_send(edition) else None
    if due is None:
        return None
    allowed = allowances.ration(manners, now, window, closed=allowances.left_alone(now), lock=False)
    return due if allowed.size or allowed.opens_at is None else max(due, allowed.opens_at)


def _look_up(edition: Edition, terms: Terms, storm: Storm) -> Storm:
    """Domains that want to be left alone are, from now on and by all workers; one that was alone, if others wait."""
    if storm.only and elsewhere(edition, storm.only):
        storm = Storm(domains=(storm.only,))
    for domain in storm.domains:
        allowances.leave_alone(domain, terms.now())
    return storm


def _end(edition: Edition, terms: Terms, storm: Storm, why: str) -> str:
    """End a run, and see that no other begins into the same trouble; why, unless there was nothing left to do."""
    due = ledger.next_due(edition)
    if storm.stop and not storm.barred:
        allowances.leave_alone("", terms.now())
    elif storm.stop and due is not None:
        with transaction.atomic():
            row = locked(edition)
            if row.status in MAY_SEND:
                step(row, Status.HELD, reason=storm.stop)
    return why if due is not None and due <= terms.now() else ""


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def _always() -> bool:
    return True

"""Sends what was approved, letters by their ledger and posts by theirs; goes on where it stopped."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from digest import queue
from digest.config import Environment
from digest.config.values import Config, Newsletter
from digest.delivery import allowances, canary, doubt, freeing, permitted, run, unreached
from digest.delivery.counts import Counts
from digest.delivery.folder import Folder
from digest.delivery.outcomes import Transport
from digest.delivery.pace import Manners, manners
from digest.delivery.server import server
from digest.delivery.smtp import Smtp
from digest.delivery.waves import REST
from digest.edition.workflow import Status, finish, locked, step
from digest.errors import RefusedError
from digest.pipeline import notices
from digest.pipeline.approve import enter
from digest.social import run as social
from digest.store import identity
from digest.store.editions import Edition

STATES = ("sent", "failed", "deferred", "uncertain", "skipped")
_NAP = 5.0
"""Seconds between two looks at letters that are due again."""


@dataclass(slots=True)
class PublishReport:
    """What became of an edition's letters and posts, by state.

    Attributes:
        stopped: why the run stopped before its end, if it did.
        due: when there is something to do again, if there is.
        waits: why letters wait although nothing is wrong: a rate, quiet hours, a warm-up, a canary.
    """

    letters: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    stopped: str = ""
    due: datetime | None = None
    waits: str = ""


def publish(
    config: Config,
    edition: Edition,
    *,
    now: Callable[[], datetime],
    environment: Environment,
    wait: timedelta | None = None,
    past_canary: bool = False,
    patient: bool = False,
    on_letter: Callable[[int], None] | None = None,
    go_on: Callable[[], bool] | None = None,
) -> PublishReport:
    """Send an approved edition; safe to repeat, and to run twice at once.

    Args:
        config: the home's configuration.
        edition: the row.
        now: reads the clock.
        environment: where the mail server's and the networks' secrets are.
        wait: how long to stay for letters that were told "later".
        past_canary: let everybody's letter go, whatever became of the first ones.
        patient: leave a mail server alone that could not be used, until it is its time (`digest.delivery.unreached`).
        on_letter: told how many more letters were dealt with.
        go_on: asked at every reply; once it says no, letters under way are finished and no other is begun.

    Raises:
        RefusedError: the edition is not approved, or nothing may leave from this installation.
    """
    newsletter = config.newsletter(edition.newsletter)
    letters = _Letters(config, edition, transport_of(config, environment), now, on_letter, go_on, patient)
    _may_leave(config, letters.transport, environment)
    _begin(config, edition, now())
    end = now() + (wait or timedelta(0))
    while True:
        counts, step_ = letters.send(past_canary=past_canary) if "letter" in newsletter.channels else (Counts(), None)
        # Who waits to see the first letters wants nothing else to leave either.
        posts = _posts(config, edition, environment, now()) if edition.wave >= REST else {}
        due = letters.due(counts, step_)
        if counts.stopped or due is None or now() + timedelta(seconds=_NAP) > end or due > end:
            break
        time.sleep(max(_NAP, (due - now()).total_seconds()))
    undecided = doubt.decided_at(edition, newsletter.uncertain) is not None
    if not counts.stopped and not counts.open and not undecided and not posts.get("deferred"):
        finish(edition, now())
    if counts.stopped and (go_on is None or go_on()):
        _tell(config, edition, counts.stopped, now())
    tally = asdict(counts)
    return PublishReport(
        letters={state: tally[state] for state in (*STATES, *(("pending",) if counts.pending else ()))},
        posts=posts,
        stopped=counts.stopped,
        due=due,
        waits=letters.why(counts, step_),
    )


@dataclass(slots=True)
class _Letters:
    """An edition's letters on their way."""

    config: Config
    edition: Edition
    transport: Transport
    now: Callable[[], datetime]
    on_letter: Callable[[int], None] | None
    go_on: Callable[[], bool] | None
    patient: bool

    @property
    def newsletter(self) -> Newsletter:
        return self.config.newsletters[self.edition.newsletter]

    @property
    def manners(self) -> Manners:
        return manners(self.config.delivery, zone=self.config.site.zone, clock=self.newsletter.clock)

    def send(self, *, past_canary: bool) -> tuple[Counts, canary.Decision | None]:
        """Send what is due, wave by wave as the canary lets them go."""
        rule = self.newsletter.canary
        step_ = canary.take_step(self.edition, rule, now=self.now(), past=True) if past_canary else None
        while True:
            counts = self._run()
            if self.edition.wave < REST and self.edition.status == Status.HELD:
                step_ = canary.judged(self.edition, rule, self.now())
            elif counts.stopped or self.edition.wave >= REST:
                return counts, step_
            else:
                step_ = canary.take_step(self.edition, rule, now=self.now())
            if step_.act == "halt":
                freeing.free(self.edition, self.manners, self.now())
                words = f"{step_.why}. `digest publish {self.edition.name} --past-canary` sends the rest all the same"
                return replace(counts, stopped=f"halted: {words}"), step_
            if counts.stopped:
                return counts, None
            if step_.act == "wait":
                return counts, step_

    def _run(self) -> Counts:
        delivery = self.config.delivery
        return run.send(
            self.edition,
            transport=self.transport,
            now=self.now,
            var=settings.VAR,
            window=delivery.window,
            connections=delivery.connections,
            processes=delivery.processes,
            attempts_for=delivery.attempts_for,
            manners=self.manners,
            uncertain=self.newsletter.uncertain,
            canary=self.newsletter.canary,
            on_progress=self.on_letter,
            go_on=self.go_on,
            patient=self.patient,
        )

    def due(self, counts: Counts, step_: canary.Decision | None) -> datetime | None:
        """When there is something to do again; None when there is not."""
        decided = doubt.decided_at(self.edition, self.newsletter.uncertain)
        window = self.config.delivery.window
        opens = run.opens(self.edition, self.manners, self.now(), window) if counts.next_due else None
        if opens and (rests := unreached.rests_until(settings.VAR, self.now())):
            opens = max(opens, rests)
        coming = (opens, decided, step_.until if step_ else None)
        return min((at for at in coming if at is not None), default=None)

    def why(self, counts: Counts, step_: canary.Decision | None) -> str:
        """Why letters that could leave do not leave just now; empty when none could."""
        if counts.stopped or not counts.open:
            return ""
        reasons = []
        closed = allowances.left_alone(self.now())
        if counts.next_due and (why := allowances.ration(self.manners, self.now(), 1, closed=closed, lock=False).why):
            reasons.append(why)
        zone = self.config.site.zone
        reasons += [
            f"{one.said} It is tried again at {notices.local(one.until, zone)}"
            for one in unreached.trouble(self.now())
            if one.until > self.now()
        ]
        if step_ is not None and step_.act == "wait":
            when = f" until {notices.local(step_.until, zone)}" if step_.until else ""
            reasons.append(f"the first letters are out, and the rest waits{when} to see whether they arrive")
        reasons += [
            f"{domain} wants to be left alone until {notices.local(until, zone)}"
            for domain, until in closed.items()
            if domain
        ]
        return "; ".join(reasons)


def _posts(config: Config, edition: Edition, environment: Environment, now: datetime) -> dict[str, int]:
    return social.post(
        edition, now=now, environment=environment, var=settings.VAR, accounts=config.accounts, zone=config.site.zone
    )


def _tell(config: Config, edition: Edition, stopped: str, now: datetime) -> None:
    """Tell the editors of a run that stopped, and whether it goes on by itself."""
    held = edition.status == Edition.Status.HELD
    then = f"It is held: `digest publish {edition.name}` goes on." if held else "It goes on by itself."
    # Named as the clock names a run that stopped: one notice for each occasion.
    occasion = f"stopped {edition.name} {hashlib.sha256(stopped.encode()).hexdigest()[:12]}"
    subject = f"{'Held' if held else 'Stopped'}: {edition.name}"
    text = f"The run of {edition.name} stopped:\n\n{stopped}\n\n{then}"
    notices.tell(config, occasion, subject, text, edition=edition, now=now)


def transport_of(config: Config, environment: Environment) -> Transport:
    """Where this installation's letters go.

    Raises:
        ConfigError: `delivery.transport` is "smtp" and DIGEST_SMTP_URL is missing or wrong.
    """
    if config.delivery.transport == "smtp":
        return Smtp(server(environment.get("DIGEST_SMTP_URL")))
    return Folder(Path(settings.VAR) / "outbox")


def _may_leave(config: Config, transport: Transport, environment: Environment) -> None:
    if reason := identity.mismatch(settings.VAR, environment):
        raise RefusedError(f"nothing leaves from here: {reason}")
    if reason := permitted.why_not(config, transport):
        raise RefusedError(f"no letter leaves: {reason}")


def _begin(config: Config, edition: Edition, now: datetime) -> None:
    """Enter the readers if that was broken off, and mark the edition as on its way."""
    with transaction.atomic():
        row = locked(edition)
        if row.status == Status.HELD and row.approved_at is None:
            raise RefusedError(f"{row.name} is held; approve it first")
        if row.status == Status.DRAFT:
            raise RefusedError(f"{row.name} waits for an editor: `digest approve {row.name}`")
        if row.status in (Status.APPROVED, Status.HELD):
            step(row, Status.SENDING)
            queue.defer("publish", edition=row.pk)
        elif row.status == Status.SKIPPED:
            raise RefusedError(f"{row.name} was skipped: {row.reason}")
    edition.refresh_from_db()
    enter(config, edition, now=now)
    Edition.objects.filter(pk=edition.pk, wave__lt=REST, wave_at=None).update(wave_at=now)
    edition.refresh_from_db(fields=["wave", "wave_at"])

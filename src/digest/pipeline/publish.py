"""Sends what was approved, letters by their ledger and posts by theirs; goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from digest import queue
from digest.config import Environment
from digest.config.values import Config
from digest.delivery import permitted, run
from digest.delivery.folder import Folder
from digest.delivery.ledger import Counts
from digest.delivery.outcomes import Transport
from digest.delivery.server import server
from digest.delivery.smtp import Smtp
from digest.edition.workflow import Status, finish, locked, step
from digest.errors import RefusedError
from digest.pipeline.approve import enter
from digest.pipeline.draft import named
from digest.social import run as social
from digest.store import identity
from digest.store.editions import Edition

STATES = ("sent", "failed", "deferred", "uncertain", "skipped")
_NAP = 5.0
"""Seconds between two looks at letters that are due again."""


@dataclass(slots=True)
class PublishReport:
    """What became of an edition's letters and posts, by state, and why the run stopped before its end, if it did."""

    letters: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    stopped: str = ""
    due: datetime | None = None


def publish(
    config: Config,
    edition: Edition,
    *,
    now: Callable[[], datetime],
    environment: Environment,
    wait: timedelta | None = None,
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
        on_letter: told how many more letters were dealt with.
        go_on: asked at every reply; once it says no, letters under way are finished and no other is begun.

    Raises:
        RefusedError: the edition is not approved, or nothing may leave from this installation.
    """
    newsletter = named(config, edition.newsletter)
    transport = transport_of(config, environment)
    _may_leave(config, transport, environment)
    _begin(config, edition, now())
    end = now() + (wait or timedelta(0))
    while True:
        counts = (
            _letters(config, edition, transport, now, on_letter, go_on) if "letter" in newsletter.channels else Counts()
        )
        posts = social.post(
            edition,
            now=now(),
            environment=environment,
            var=settings.VAR,
            accounts=config.accounts,
            zone=config.site.zone,
        )
        next_due = counts.next_due
        if counts.stopped or next_due is None or now() + timedelta(seconds=_NAP) > end or next_due > end:
            break
        time.sleep(max(_NAP, (next_due - now()).total_seconds()))
    if not counts.stopped and not counts.open and not posts.get("deferred"):
        finish(edition, now())
    tally = asdict(counts)
    return PublishReport(
        letters={state: tally[state] for state in (*STATES, *(("pending",) if counts.pending else ()))},
        posts=posts,
        stopped=counts.stopped,
        due=counts.next_due,
    )


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


def _letters(
    config: Config,
    edition: Edition,
    transport: Transport,
    now: Callable[[], datetime],
    on_letter: Callable[[int], None] | None,
    go_on: Callable[[], bool] | None,
) -> Counts:
    return run.send(
        edition,
        transport=transport,
        now=now,
        var=settings.VAR,
        window=config.delivery.window,
        connections=config.delivery.connections,
        processes=config.delivery.processes,
        attempts_for=config.delivery.attempts_for,
        on_progress=on_letter,
        go_on=go_on,
    )

"""Does what is due once, and leaves it at that: a plain function that a test calls without a scheduler."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min, Q

from digest.clock.due import LOOK_BACK, Action, Known, Slot, due
from digest.clock.now import now as present
from digest.config import Config, Environment
from digest.errors import DigestError
from digest.pipeline import notices
from digest.store import identity
from digest.store.editions import Edition
from digest.store.install import Install

BY = "the clock"
"""Who approved or held, where no person did."""

log = logging.getLogger(__name__)


Start = Callable[[str, Callable[[], None]], None]
"""Runs the publishing of the edition that is named, now or in a thread of its own."""


@dataclass(frozen=True, slots=True)
class Work:
    """The use cases a tick calls; see `digest.pipeline` for what each does and raises."""

    draft: Callable[..., Edition]
    approve: Callable[..., Edition]
    hold: Callable[..., Edition]
    publish: Callable[..., Any]


@dataclass(slots=True)
class TickReport:
    """What a tick did: the editions by what was done to them, and what went wrong in words."""

    drafted: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def pipeline() -> Work:
    """The real use cases, imported when first needed: they bring the content engine with them."""
    from digest.pipeline.approve import approve, hold
    from digest.pipeline.draft import draft
    from digest.pipeline.publish import publish

    return Work(draft=draft, approve=approve, hold=hold, publish=publish)


def tick(
    config: Config,
    *,
    now: datetime,
    environment: Environment,
    work: Work | None = None,
    start: Start | None = None,
    reads: Callable[[], datetime] = present,
    go_on: Callable[[], bool] = lambda: True,
) -> TickReport:
    """Do everything that is due at `now`, each newsletter apart from the others.

    What a person can fix becomes a notice to the editors. A bug in one action lets the others be done first, and then
    is raised.

    Args:
        config: the configuration in force.
        now: aware UTC.
        environment: secrets and places, for `publish`.
        work: the use cases; None: the real ones.
        start: how a publishing is run; None: here and now.
        reads: the clock for a publishing, which may last.
        go_on: once it says no, a publishing finishes what is under way and ends.
    """
    report = TickReport()
    if says := identity.mismatch(settings.VAR, environment):
        # No notice: a restored copy that wrote to the editors would be something that leaves.
        report.problems.append(says)
        log.warning("nothing is sent from here: %s", says)
        return report
    step = _Step(
        config, now, environment, work or pipeline(), report, start or (lambda _name, run: run()), reads, go_on
    )
    with ExitStack() as stack:
        # Run last to first: pushed in reverse they run oldest first, and one that raises does not stop the rest.
        for action in reversed(owed(config, now)):
            stack.callback(step.take, action)
    _missed(config, step.missed, now)
    return report


def send(
    config: Config,
    edition: Edition,
    *,
    now: datetime,
    environment: Environment,
    work: Work | None = None,
    reads: Callable[[], datetime] = present,
    go_on: Callable[[], bool] = lambda: True,
) -> TickReport:
    """Publish one edition here and now, if its time has come; the arguments are those of `tick`."""
    report = TickReport()
    if says := identity.mismatch(settings.VAR, environment):
        report.problems.append(says)
        log.warning("nothing is sent from here: %s", says)
        return report
    step = _Step(config, now, environment, work or pipeline(), report, lambda _name, run: run(), reads, go_on)
    for action in owed(config, now):
        if action.kind == "publish" and action.edition == edition.name:
            step.take(action)
    return report


def owed(config: Config, now: datetime) -> tuple[Action, ...]:
    """What is due by the store's editions."""
    names = list(config.newsletters)
    longest = max((newsletter.late_by for newsletter in config.newsletters.values()), default=LOOK_BACK)
    recent = Q(slot_at__gte=now - longest - LOOK_BACK) | Q(status__in=[Edition.Status.APPROVED, Edition.Status.SENDING])
    rows = Edition.objects.filter(recent, newsletter__in=names).defer("content")
    firsts = Edition.objects.filter(newsletter__in=names).values_list("newsletter").annotate(Min("slot_at"))
    # Slots before a copy of a database was adopted are its original's: they may have left there.
    adopted = Install.objects.values_list("made_at", flat=True).first()
    known = [
        Known(
            newsletter=row.newsletter,
            slot=Slot(at=row.slot_at, key=row.slot_key),
            status=row.status,
            drafted_at=row.drafted_at,
            approved_at=row.approved_at,
        )
        for row in rows
    ]
    return due(
        config.newsletters, known, config.site.zone, now,
        since={name: max(first, adopted or first) for name, first in firsts}, attempts_for=config.delivery.attempts_for,
    )  # fmt: skip


class _Step:
    """Takes one action after another, and tells the editors what they must know."""

    def __init__(
        self,
        config: Config,
        now: datetime,
        environment: Environment,
        work: Work,
        report: TickReport,
        start: Start,
        reads: Callable[[], datetime],
        go_on: Callable[[], bool],
    ) -> None:
        self.config = config
        self.now = now
        self.environment = environment
        self.work = work
        self.report = report
        self.start = start
        self.reads = reads
        self.go_on = go_on
        self.missed: list[Action] = []

    def take(self, action: Action) -> None:
        row = Edition.objects.filter(newsletter=action.newsletter, slot_key=action.slot.key).first()
        log.info("%s %s: %s", action.kind, action.edition, action.why)
        try:
            getattr(self, f"_{action.kind}")(action, row)
        except DigestError as error:
            self._stopped(action, row, error)

    def _draft(self, action: Action, _row: Edition | None) -> None:
        made = self.work.draft(
            self.config, action.newsletter, key=action.slot.key, at=action.slot.at, now=self.now
        )  # fmt: skip
        self.report.drafted.append(made.name)
        notices.drafted(self.config, made, now=self.now)

    def _approve(self, action: Action, row: Edition | None) -> None:
        assert row is not None
        self.work.approve(self.config, row, by=BY, now=self.now, **({} if action.appeal else {"appeal": False}))
        self.report.approved.append(row.name)
        if self.config.newsletters[action.newsletter].approval.mode == "required":
            self._tell(f"unseen {row.name}", f"Approved by rule: {row.name}", f"{_sentence(action.why)}", row)

    def _hold(self, action: Action, row: Edition | None) -> None:
        assert row is not None
        self.work.hold(self.config, row, by=BY, now=self.now, reason=action.why)
        self.report.held.append(row.name)
        text = (
            f"{row.name} is held: {action.why}.\nIts stories go to the next edition.\n"
            f"To send it after all, approve it in the studio, or say `digest publish {row.name}` once it is approved."
        )
        self._tell(f"held {row.name} {self.now:%Y-%m-%dT%H:%M}", f"Held: {row.name}", text, row)

    def _publish(self, action: Action, row: Edition | None) -> None:
        assert row is not None
        self.report.published.append(row.name)
        self.start(row.name, lambda: self._send(action, row))

    def _send(self, action: Action, row: Edition) -> None:
        try:
            done = self.work.publish(
                self.config, row, now=self.reads, environment=self.environment, patient=True, go_on=self.go_on
            )
        except DigestError as error:
            self._stopped(action, row, error)
            return
        if done.stopped and self.go_on():
            text = f"The run of {row.name} stopped and goes on by itself:\n\n{done.stopped}"
            self._tell(f"stopped {row.name} {_mark(done.stopped)}", f"Stopped: {row.name}", text, row)
        if uncertain := done.letters.get("uncertain", 0) + done.posts.get("uncertain", 0):
            text = (
                f"{uncertain} of {row.name} may or may not have arrived: a run was interrupted while they were on "
                "their way.\nThey are not sent again by themselves.\n"
                f"See: digest deliveries {row.name} --status uncertain"
            )
            self._tell(f"uncertain {row.name} {uncertain}", f"Uncertain: {row.name}", text, row)

    def _skip(self, action: Action, row: Edition | None) -> None:
        self.report.skipped.append(action.edition)
        if row is None:
            self.missed.append(action)
            return
        text = f"The clock leaves {row.name} alone: {action.why}.\nTo send it now: digest publish {row.name}"
        self._tell(f"left {row.name} {row.status}", f"Not sent by itself: {row.name}", text, row)

    def _stopped(self, action: Action, row: Edition | None, error: DigestError) -> None:
        self.report.problems.append(f"{action.edition}: {error}")
        log.warning("%s %s: %s", action.kind, action.edition, error)
        again = "It tries again every minute as long as the edition is not too late."
        notices.stopped(self.config, action.kind, action.edition, error, again, edition=row, now=self.now)

    def _tell(self, occasion: str, subject: str, text: str, edition: Edition | None) -> None:
        notices.tell(self.config, occasion, subject, text, edition=edition, now=self.now)


def _mark(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _missed(config: Config, missed: Iterable[Action], now: datetime) -> None:
    """One notice for all slots of a newsletter that passed unmade; its stories are in the next edition."""
    by_name: dict[str, list[Action]] = {}
    for action in missed:
        by_name.setdefault(action.newsletter, []).append(action)
    for name, actions in by_name.items():
        lines = [f"- {notices.local(a.slot.at, config.site.zone)}: {a.why}" for a in actions[-10:]]
        count = f"{len(actions)} issues" if len(actions) > 1 else "An issue"
        text = f"{count} of {name} did not appear:\n" + "\n".join(lines) + "\n\nTheir stories go to the next edition."
        notices.tell(config, f"missed {actions[-1].edition}", f"Missed: {name}", text, now=now)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."

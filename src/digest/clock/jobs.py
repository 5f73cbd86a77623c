"""What each job of the queue does on one of many machines, and which jobs are due by the tables.

publish EDITION   sends what is due of one edition, beside whoever else is at it
gather            polls the feeds that are due
confirm REQUEST   mails the confirm links that wait
notify NOTICE     mails the notices that wait
housekeep         both of these again, bounces, what is too old

A job knows ids only and asks the tables what is due, so one that comes twice, late or for nothing does no harm.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError

from digest import queue
from digest.clock import agreed, house
from digest.clock.now import now as present
from digest.clock.reread import Configuration
from digest.clock.tick import Work, owed, send
from digest.config import Config, Environment
from digest.delivery import ledger, recover, unreached
from digest.errors import UsageError
from digest.store import identity, schema
from digest.store.editions import Edition

AGAIN = timedelta(seconds=1)
"""How long a process leaves a job for others that it cannot use itself."""

LOOK = timedelta(seconds=10)
"""How soon it is looked again whether windows that others hold were left behind by one that died."""

log = logging.getLogger(__name__)

Job = tuple[str, Mapping[str, int]]


def due_work(config: Config, now: datetime) -> tuple[Job, ...]:
    """What is due by the tables, as jobs: editions to send, and the turns that come every minute."""
    names = {action.edition for action in owed(config, now) if action.kind == "publish"}
    rows = Edition.objects.filter(status__in=[Edition.Status.APPROVED, Edition.Status.SENDING])
    editions = (row.pk for row in rows.only("id", "newsletter", "slot_key").order_by("slot_at") if row.name in names)
    return (*(("publish", {"edition": pk}) for pk in editions), ("gather", {}), ("housekeep", {}))


def sweep(config: Config, environment: Environment, *, now: datetime) -> int:
    """Defer whatever is due and has no job waiting; returns how many were deferred. Nothing where nothing may leave."""
    queue.drop_dead()
    if identity.mismatch(settings.VAR, environment):
        return 0
    return sum(queue.defer(job, at=None, **ids) for job, ids in due_work(config, now))


@dataclass(slots=True)
class Hands:
    """What the jobs of one process share.

    Attributes:
        configuration: asked before each job.
        environment: secrets and places.
        processes: how many processes send an edition; 0: what the configuration says.
        work: the use cases; None: the real ones.
        ending: set when nothing more may be begun.
        fault: why this process must not go on, if so.
    """

    configuration: Configuration
    environment: Environment
    processes: int = 0
    work: Work | None = None
    ending: threading.Event = field(default_factory=threading.Event)
    fault: str = ""
    _busy: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def functions(self) -> dict[str, Callable[..., None]]:
        """The function of each job, as a worker runs it: a fault is told, and ends nothing but the job."""
        jobs: dict[str, Callable[..., None]] = {
            "publish": self.publish,
            "gather": self.gather,
            "housekeep": self.housekeep,
            "confirm": partial(self._mail, "confirm", house.confirm),
            "notify": partial(self._mail, "notify", house.notify),
        }
        return {name: partial(self._sound, name, function) for name, function in jobs.items()}

    def begin(self) -> None:
        """Before the first job: settle what this machine alone can account for.

        Raises:
            UsageError: this machine's clock is wrong.
        """
        if says := agreed.problem():
            raise UsageError(says)
        self._reread(self._config())

    def _sound(self, name: str, function: Callable[..., None], **ids: int) -> None:
        try:
            function(**ids)
        except (OperationalError, InterfaceError) as error:
            # The sweep defers it again, when there is a database to sweep.
            log.warning("the database cannot be used: %s", " ".join(str(error).split()))
        except Exception as error:
            house.stumbled(self._config(), name, error)
            raise

    def publish(self, edition: int) -> None:
        """Send what is due of an edition; the first of those at it leaves a job for the next that is free."""
        with self._alone(f"publish {edition}") as alone:
            if not alone:
                # For another process; unless the edition is done by then, which it will find.
                if not self.ending.is_set():
                    queue.defer("publish", at=present() + AGAIN, edition=edition)
                return
            row = Edition.objects.defer("content").filter(pk=edition).first()
            if row is None or not self._may():
                return
            at = present()
            rests = unreached.rests_until(settings.VAR, at)
            # While the mail server is left alone the next job would find the same; the sweep defers one every minute.
            if row.status in ledger.MAY_SEND and not rests and ledger.is_due(row, at):
                queue.defer("publish", edition=edition)
            config = self._config()
            self._reread(config)
            send(config, row, now=at, environment=self.environment, work=self.work, go_on=self.go_on)
            self._reread(config)
            self._come_back(row)

    def gather(self) -> None:
        """Poll the feeds that are due."""
        with self._alone("gather") as alone:
            if alone and self._may():
                house.gather(self._config(), self.environment)

    def housekeep(self) -> None:
        """Keep the house."""
        with self._alone("housekeep") as alone:
            if alone and self._may():
                house.keep(self._config(), self.environment)

    def _mail(self, name: str, deliver: Callable[[Config, Environment], None], **_ids: int) -> None:
        """Mail whatever waits, which the job's own is among, unless a job before it has seen that."""
        with self._alone(name) as alone:
            if not alone:
                # Whoever is at it may have looked before this one was written down.
                if not self.ending.is_set():
                    queue.defer(name, at=present() + AGAIN)
            elif self._may():
                deliver(self._config(), self.environment)

    def go_on(self) -> bool:
        """Whether more may be begun."""
        return not self.ending.is_set()

    def _reread(self, config: Config) -> None:
        """Settle by this machine's journals what others could not."""
        recover.reread(var=settings.VAR, now=present(), attempts_for=config.delivery.attempts_for)

    def _come_back(self, edition: Edition) -> None:
        """Defer the next run: for when the next letter is due, or to look after workers that are at it or have died."""
        if self.ending.is_set():
            return
        counts, at = ledger.counts(edition), present()
        if counts.attempting:
            queue.defer("publish", at=at + LOOK, edition=edition.pk)
        elif counts.next_due is not None and counts.next_due > at:
            queue.defer("publish", at=counts.next_due + timedelta(seconds=1), edition=edition.pk)

    def _config(self) -> Config:
        config, _mistake = self.configuration.current()  # the clock tells of mistakes
        if not self.processes:
            return config
        return config.model_copy(update={"delivery": config.delivery.model_copy(update={"processes": self.processes})})

    def _may(self) -> bool:
        """Whether program and database, and their clocks, still fit: somebody may have migrated it meanwhile."""
        if not self.fault and (says := schema.problem() or agreed.problem()):
            self.fault = says
            self.ending.set()
        return not self.fault and self.go_on()

    @contextmanager
    def _alone(self, name: str) -> Iterator[bool]:
        """Yield whether this process is not at it already; its jobs run in threads."""
        with self._lock:
            alone = name not in self._busy
            self._busy.add(name)
        try:
            yield alone
        finally:
            if alone:
                with self._lock:
                    self._busy.discard(name)

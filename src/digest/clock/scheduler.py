"""Runs the clock's jobs in one process; the only home of APScheduler.

    tick        each full minute    what is due by the schedules; publishing goes on in threads of its own
    gather      each minute         polls the feeds that are due, a little earlier or later each time
    housekeep   each minute         notices, and what is too old to be kept

On PostgreSQL the clock does no such work itself: it drafts and approves, and lets workers do the rest by jobs.
Nothing is remembered here: the state is in the database, so killing this process loses nothing.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
from collections.abc import Callable
from concurrent import futures
from datetime import datetime, timedelta
from functools import partial

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from django.db import InterfaceError, OperationalError, close_old_connections

from digest import queue
from digest.clock import agreed, house, jobs
from digest.clock.now import now as present
from digest.clock.reread import Configuration
from digest.clock.tick import Work, tick
from digest.config import Config, Environment
from digest.errors import ConfigError, UsageError
from digest.pipeline import notices
from digest.store import schema
from digest.store.editions import Edition

MINUTE = timedelta(minutes=1)
PUBLISHERS = 4
"""Editions that can be on their way at once; each has connections of its own."""

Turn = tuple[str, Callable[[], object], datetime, int]
"""A job's name and function, when its minutes begin, and by how many seconds it may be early or late."""

log = logging.getLogger(__name__)


def run(configuration: Configuration, environment: Environment) -> None:
    """Run until SIGTERM or SIGINT; a job that is running is waited for.

    Raises:
        UsageError: the database is of another version now, or its clock another than this machine's.
    """
    clock = Clock(configuration, environment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: clock.ended.set())
    clock.start()
    clock.ended.wait()
    clock.stop()
    if clock.fault:
        raise UsageError(clock.fault)


class Clock:
    """The jobs and the threads they run in.

    Args:
        configuration: asked before each job, so that edits take hold without a restart.
        environment: secrets and places.
        work: the use cases a tick calls; None: the real ones.
    """

    def __init__(self, configuration: Configuration, environment: Environment, *, work: Work | None = None) -> None:
        self._configuration = configuration
        self._environment = environment
        self._work = work
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self.ended = threading.Event()
        """Set when the clock is to end: by whoever runs it, or by itself."""
        self.fault = ""
        """Why the clock ended by itself."""
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # Not the scheduler's: while it shuts down it holds a lock that a tick adding a job would wait for.
        self._publishers = futures.ThreadPoolExecutor(PUBLISHERS, thread_name_prefix="publish")
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)

    def start(self) -> None:
        """Begin: every job runs at once and then each minute."""
        at = present()
        full = at.replace(second=0, microsecond=0)
        here: tuple[Turn, ...] = (("gather", self.gather, at, 15), ("housekeep", self.housekeep, at + MINUTE / 2, 0))
        away: tuple[Turn, ...] = (("sweep", self.sweep, full, 0),)
        every: tuple[Turn, ...] = (("tick", self.tick, full, 0), *(away if queue.stands() else here))
        for name, job, begin, jitter in every:
            trigger = IntervalTrigger(minutes=1, start_date=begin, timezone="UTC", jitter=jitter or None)
            self._scheduler.add_job(_apart(job), trigger, id=name, next_run_time=at)
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what runs: a publishing ends after the letters under way."""
        self._ending.set()
        self._scheduler.shutdown(wait=True)
        self._publishers.shutdown(wait=True, cancel_futures=True)

    def tick(self) -> None:
        """Do what is due; publishing is handed to a thread or a worker, so that a long run holds up no other.

        When somebody has migrated the database, or this machine's time is wrong, this program must not go on: then the
        clock ends.
        """
        if says := schema.problem() or agreed.problem():
            self.fault = says
            self.ended.set()
            return
        tick(
            self._config(),
            now=present(),
            environment=self._environment,
            work=self._work,
            start=_by_worker if queue.stands() else self._start,
            go_on=lambda: not self._ending.is_set(),
        )

    def gather(self) -> None:
        """Poll the feeds that are due."""
        house.gather(self._config(), self._environment)

    def housekeep(self) -> None:
        """Send notices; forget what is too old."""
        house.keep(self._config(), self._environment)

    def sweep(self) -> None:
        """Let workers do what is due."""
        jobs.sweep(self._config(), self._environment, now=present())

    def _config(self) -> Config:
        """The configuration in force; the editors hear of files that are wrong."""
        config, mistake = self._configuration.current()
        if mistake is not None:
            _tell_mistake(config, mistake, present())
        return config

    def _start(self, edition: str, run: Callable[[], None]) -> None:
        """Publish in a thread, unless the run before is still at it or the clock ends."""
        with self._lock:
            if edition in self._busy or self._ending.is_set():
                return
            self._busy.add(edition)
        self._publishers.submit(_apart(run)).add_done_callback(partial(self._published, edition))

    def _published(self, edition: str, run: futures.Future[None]) -> None:
        with self._lock:
            self._busy.discard(edition)
        if not run.cancelled() and (error := run.exception()):
            self._stumbled(f"publish {edition}", error)

    def _failed(self, event: JobExecutionEvent) -> None:
        # Not asked of the scheduler: while it stops it holds the lock that answering would need.
        assert event.exception is not None
        self._stumbled(event.job_id, event.exception)

    def _stumbled(self, name: str, error: BaseException) -> None:
        if isinstance(error, OperationalError | InterfaceError):
            log.warning("the database cannot be used: %s", " ".join(str(error).split()))
        else:
            house.stumbled(self._config(), name, error)
        close_old_connections()


def _by_worker(edition: str, _run: Callable[[], None]) -> None:
    newsletter, _, slot = edition.partition("/")
    queue.defer("publish", edition=Edition.objects.only("pk").get(newsletter=newsletter, slot_key=slot).pk)


def _tell_mistake(config: Config, mistake: ConfigError, now: datetime) -> None:
    mark = hashlib.sha256(str(mistake).encode()).hexdigest()[:16]
    text = (
        "The configuration was changed and is wrong, so the one before it stays in force:\n\n"
        f"{mistake}\n\nCorrect it; `digest check` says when it is right."
    )
    notices.tell(config, f"configuration {mark}", "The configuration is wrong", text, now=now)


def _apart(job: Callable[[], object]) -> Callable[[], None]:
    """A job with database connections of its own, so that a thread never keeps a dead one."""

    def run() -> None:
        close_old_connections()
        try:
            job()
        finally:
            close_old_connections()

    return run

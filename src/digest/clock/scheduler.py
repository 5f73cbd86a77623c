"""Runs the clock's jobs in one process; the only home of APScheduler.

    tick        each full minute    what is due by the schedules; publishing goes on in threads of its own
    gather      each minute         polls the feeds that are due, a little earlier or later each time
    housekeep   each minute         notices, old sessions and sign-in links

Nothing is remembered here: the state is in the database, so killing this process loses nothing.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent import futures
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from django.conf import settings
from django.db import close_old_connections

from digest.clock.now import now as present
from digest.clock.reread import Configuration
from digest.clock.tick import Work, tick
from digest.config import Config, Environment
from digest.errors import ConfigError
from digest.pipeline import notices
from digest.store import identity
from digest.store.people import SignInLink

MINUTE = timedelta(minutes=1)
PUBLISHERS = 4
"""Editions that can be on their way at once; each has connections of its own."""

log = logging.getLogger(__name__)


def run(configuration: Configuration, environment: Environment) -> None:
    """Run until SIGTERM or SIGINT; a job that is running is waited for."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = Clock(configuration, environment)
    clock.start()
    stop.wait()
    clock.stop()


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
        every: tuple[tuple[str, Callable[[], object], datetime, int], ...] = (
            ("gather", self.gather, at, 15),
            ("tick", self.tick, full, 0),
            ("housekeep", self.housekeep, at + MINUTE / 2, 0),
        )
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
        """Do what is due; publishing is handed to a thread of its own, so that a long run holds up no other."""
        tick(
            self._config(),
            now=present(),
            environment=self._environment,
            work=self._work,
            start=self._start,
            go_on=lambda: not self._ending.is_set(),
        )

    def gather(self) -> None:
        """Poll the feeds that are due."""
        gather = import_module("digest.pipeline.gather").gather
        gather(self._config(), now=present(), allow=self._environment.networks())

    def housekeep(self) -> None:
        """Send notices; forget sessions and sign-in links that opened nothing for a day."""
        config, at = self._config(), present()
        if not identity.mismatch(settings.VAR, self._environment):
            notices.deliver(config, self._environment, now=at)
        tidy(at)

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
            self._stumbled(f"publish {edition}", error, "".join(traceback.format_exception(error)))

    def _failed(self, event: JobExecutionEvent) -> None:
        # Not asked of the scheduler: while it stops it holds the lock that answering would need.
        self._stumbled(event.job_id, event.exception, event.traceback)

    def _stumbled(self, name: str, error: BaseException | None, trace: str) -> None:
        log.error("the clock's job %s failed: %s\n%s", name, error, trace)
        kind = type(error).__name__
        text = (
            f"The clock's job “{name}” met something it does not know ({kind}) and will try again.\n"
            "The log says where; the other jobs go on."
        )
        at = present()
        notices.tell(self._config(), f"failed {name} {kind} {at:%Y-%m-%d}", f"The clock stumbled: {name}", text, now=at)
        close_old_connections()


def tidy(now: datetime) -> None:
    """Forget expired sessions, and sign-in links a day after they expired."""
    from django.contrib.sessions.models import Session

    Session.objects.filter(expire_date__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()


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

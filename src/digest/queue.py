"""Defers a job by name and ids: Procrastinate on PostgreSQL, nothing on SQLite.

A job is a hint that something is due, never the only trace of it: the state stands in our own tables, and the clock's
sweep defers again whatever is due. Losing every job loses nothing but a minute. `clock/worker.py` binds the names to
functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction

if TYPE_CHECKING:
    from procrastinate import App

LETTERS = "letters"
HOUSE = "house"
QUEUES: Mapping[str, str] = {
    "publish": LETTERS, "gather": HOUSE, "housekeep": HOUSE, "confirm": HOUSE, "notify": HOUSE,
}  # fmt: skip
"""The queue of each job: letters wait for no feed, and feeds for no letter."""

DEAD = 60.0
"""Seconds without a heartbeat after which a worker's jobs are taken from it; a worker gives one every ten."""


def stands() -> bool:
    """Whether there is a queue here: on PostgreSQL. On SQLite everything is done in the process that finds it due."""
    return connection.vendor == "postgresql"


def defer(job: str, *, at: datetime | None = None, **ids: int) -> bool:
    """Let a worker do something, as part of the caller's transaction: it is due if, and only if, that commits.

    A job that waits already for the same ids and the same time is not put there twice. It may begin before the caller
    commits: what it must see is named by an id of its own.

    Args:
        job: one of `QUEUES`.
        at: not before then (aware); None: at once.
        ids: what it is about, as primary keys.

    Returns:
        Whether a job was put there; False where there is no queue.

    Raises:
        OperationalError: the database cannot be reached.
    """
    if not stands():
        return False
    from procrastinate import exceptions

    when = f" at {at.timestamp():.0f}" if at else ""
    named = " ".join([job, *(f"{name}={value}" for name, value in sorted(ids.items()))]) + when
    deferrer = _app().configure_task(job, queue=QUEUES[job], queueing_lock=named, schedule_at=at)
    try:
        # A savepoint: PostgreSQL ends a transaction in which a statement failed.
        with transaction.atomic():
            deferrer.defer(**ids)
    except exceptions.AlreadyEnqueued:
        return False
    except exceptions.ConnectorException as error:
        raise OperationalError(str(error.__cause__ or error)) from error
    return True


def drop_dead() -> int:
    """Take away the jobs of workers that have fallen silent; returns how many. Procrastinate leaves them for ever.

    Nothing is done about what they were at: leases and locks see to that, and the sweep defers what is still due.
    """
    if not stands():
        return 0
    from asgiref.sync import async_to_sync
    from procrastinate import exceptions
    from procrastinate.jobs import Status

    jobs, dropped = _app().job_manager, 0
    for job in async_to_sync(jobs.get_stalled_jobs)(seconds_since_heartbeat=DEAD):
        assert job.id is not None
        try:
            with transaction.atomic():
                async_to_sync(jobs.finish_job_by_id_async)(job_id=job.id, status=Status.ABORTED, delete_job=True)
        except exceptions.ConnectorException:
            continue  # its worker came back and ended it by itself
        dropped += 1
    return dropped


def waiting() -> dict[str, int]:
    """How many jobs wait or run, by name."""
    if not stands():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY task_name"
        )
        return dict(cursor.fetchall())


def _app() -> App:
    """The one that speaks through Django's own connection, and so within its transactions."""
    from procrastinate.contrib.django import app

    return app

"""Runs the queue's jobs in one process of one machine, until it is told to end; beside queue.py, Procrastinate's home.

A database that cannot be reached ends nothing: the jobs that run finish by themselves, and then it is tried again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import procrastinate
import psycopg
from procrastinate.contrib.django import DjangoApp, connector_params

from digest import queue
from digest.clock.jobs import Hands
from digest.errors import UsageError

AT_ONCE = {queue.LETTERS: 4, queue.HOUSE: 5}
"""Jobs of each queue that one process does at once: editions on their way, and turns."""

POLL = 2.0
"""Seconds between looks for jobs whose time has come; of those due at once a worker is told."""

LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)


def check(queues: Sequence[str]) -> None:
    """See that a worker has something to work at.

    Raises:
        UsageError: there is no queue here, or none of these names.
    """
    if not queue.stands():
        raise UsageError(
            "a worker needs PostgreSQL (DIGEST_DATABASE_URL); on SQLite `digest up` or `digest clock` does it all"
        )
    if unknown := sorted(set(queues) - set(AT_ONCE)):
        raise UsageError(f"there is no queue called {unknown[0]}; there are {' and '.join(sorted(AT_ONCE))}")


def run(hands: Hands, queues: Sequence[str] = ()) -> None:
    """Work until SIGTERM or SIGINT: letters under way finish, and nothing else begins.

    Args:
        hands: what the jobs do.
        queues: which queues, by name; none: all.

    Raises:
        UsageError: there is no queue here, or the database is of another version now.
    """
    check(queues)
    hands.begin()
    asyncio.run(_until_told(hands, tuple(queues) or tuple(AT_ONCE)))
    if hands.fault:
        raise UsageError(hands.fault)


async def _until_told(hands: Hands, queues: tuple[str, ...]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(sum(AT_ONCE.values()) + 4, thread_name_prefix="job"))
    told = asyncio.Event()

    def end() -> None:
        hands.ending.set()
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    pause = 1.0
    while not hands.ending.is_set():
        began = loop.time()
        try:
            await _work(hands, queues, told)
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError) as error:
            log.warning("the database cannot be reached: %s", " ".join(str(error.__cause__ or error).split()))
        pause = 1.0 if loop.time() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        if not hands.ending.is_set():
            await _either(told, pause)


async def _work(hands: Hands, queues: tuple[str, ...], told: asyncio.Event) -> None:
    """Work until told to end or until the database is gone; either way what runs is waited for."""
    # Not Django's connection, which belongs to one thread: a few of its own, to fetch jobs and be told of them.
    connector = procrastinate.PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4, timeout=15)
    app = DjangoApp(connector=connector)
    for name, function in hands.functions().items():
        app.task(name=name, queue=queue.QUEUES[name])(function)
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    name=name,
                    queues=[name],
                    concurrency=AT_ONCE[name],
                    fetch_job_polling_interval=POLL,
                    install_signal_handlers=False,
                    delete_jobs="always",
                )
            )
            for name in queues
        ]
        listening = asyncio.create_task(_told(hands, told))
        await asyncio.wait([*workers, listening], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        for worker in workers:
            worker.cancel()  # it begins nothing more, and waits for what runs
        ends = await asyncio.gather(*workers, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _told(hands: Hands, told: asyncio.Event) -> None:
    """Wait until a signal says so, or a job found that this process must not go on."""
    while not hands.ending.is_set():
        await _either(told, 1.0)


async def _either(told: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(told.wait(), seconds)
    except TimeoutError:
        return

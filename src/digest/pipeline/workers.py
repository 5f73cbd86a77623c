"""Runs what reads hostile input in other processes, so that what crashes or hangs there takes nothing else with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

LONGEST = 20.0
"""Seconds of processor time after which a call counts as hung, and its process is ended."""

S = TypeVar("S")
T = TypeVar("T")


class Workers:
    """Processes, as many as there are cores; none is started before there is something to do."""

    def __init__(self) -> None:
        self._pool = _pool()
        self._single: ProcessPoolExecutor | None = None

    def begin(self, call: Callable[[], T]) -> Future[T]:
        """Start a call; the future raises `BrokenProcessPool` when any process crashes or hangs meanwhile."""
        try:
            return self._pool.submit(_limited, LONGEST, call)
        except BrokenProcessPool:
            self._pool = _pool()
            return self._pool.submit(_limited, LONGEST, call)

    def alone(self, call: Callable[[], T]) -> Future[T]:
        """Run again, to its end, a call that was under way when something failed; its failure is its own."""
        self._single = self._single or _pool(1)
        future = self._single.submit(_limited, LONGEST, call)
        if isinstance(future.exception(), BrokenProcessPool):
            self._single = None
        return future

    def close(self) -> None:
        """End the processes."""
        for pool in (self._pool, self._single):
            if pool:
                pool.shutdown(cancel_futures=True)


@contextmanager
def open_workers() -> Iterator[Workers]:
    """Workers, closed in the end."""
    workers = Workers()
    try:
        yield workers
    finally:
        workers.close()


def each(call: Callable[[S], T], values: Sequence[S]) -> list[T]:
    """`call` of each value; here, because a process that reads needs no database."""
    return [call(value) for value in values]


def _pool(processes: int | None = None) -> ProcessPoolExecutor:
    # Spawned, not forked: a forked child would share our connections to the database.
    return ProcessPoolExecutor(processes or os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn"))


def _limited(seconds: float, call: Callable[[], T]) -> T:
    # The kernel ends the process when nothing takes SIGPROF, also in the midst of a library written in C.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)

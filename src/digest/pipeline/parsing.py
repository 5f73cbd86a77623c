"""Parses what was fetched: here, or in other processes when there is much of it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from digest.feeds.exchange import Fetched
from digest.feeds.parse import Parsed, parse
from digest.store.feeds import Feed

POOL_FROM = 8
"""Fewer feeds than this are parsed in this process: starting others would take longer."""
AHEAD = 100
AHEAD_BYTES = 50_000_000
"""What waits to be parsed at most, in answers and in bytes: enough to keep all cores busy while a batch is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer to be parsed, and which of its texts need not be read (`digest.feeds.parse.parse`)."""

    feed: Feed
    answer: Fetched
    language: str
    unread: frozenset[str] = frozenset()
    since: datetime | None = None


class Readers:
    """Parses here, or in other processes when there is much to parse; a crash of one is a value, not ours."""

    def __init__(self, feeds: int) -> None:
        self._pool = _pool() if feeds >= POOL_FROM else None
        self._single: ProcessPoolExecutor | None = None

    def full(self, waiting: Collection[Reading]) -> bool:
        """Whether no more should be begun before some of those that wait are done."""
        if self._pool is None:
            return bool(waiting)
        return len(waiting) > AHEAD or sum(len(reading.answer.body or b"") for reading in waiting) > AHEAD_BYTES

    def begin(self, reading: Reading, now: datetime) -> Future[Parsed]:
        """Start to parse an answer; the future raises `BrokenProcessPool` when any process crashes meanwhile."""
        call = _call(reading, now)
        if self._pool is None:
            future: Future[Parsed] = Future()
            future.set_result(call())
            return future
        try:
            return self._pool.submit(call)
        except BrokenProcessPool:
            self._pool = _pool()
            return self._pool.submit(call)

    def alone(self, reading: Reading, now: datetime) -> Parsed:
        """Parse an answer that was under way when a process crashed; if it is the one that does it, say so."""
        self._single = self._single or _pool(1)
        try:
            return self._single.submit(_call(reading, now)).result()
        except BrokenProcessPool:
            self._single = None
            return Parsed(problem="reading it crashed the parser; the feed is malformed in a dangerous way")

    def close(self) -> None:
        """End the processes."""
        for pool in (self._pool, self._single):
            if pool:
                pool.shutdown(cancel_futures=True)


def _call(reading: Reading, now: datetime) -> Callable[[], Parsed]:
    answer = reading.answer
    assert answer.body is not None
    return partial(
        parse,
        answer.body,
        address=answer.final or answer.address,
        content_type=answer.content_type,
        language=reading.language,
        now=now,
        unread=reading.unread,
        since=reading.since,
    )


def _pool(processes: int | None = None) -> ProcessPoolExecutor:
    # Spawned, not forked: a forked child would share our connections to the database.
    return ProcessPoolExecutor(processes or os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def open_readers(feeds: int) -> Iterator[Readers]:
    """Readers for so many feeds, closed in the end; no process is started before there is something to parse."""
    readers = Readers(feeds)
    try:
        yield readers
    finally:
        readers.close()

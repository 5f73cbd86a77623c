"""Parses what was fetched: here, or in other processes when there is much of it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
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

    def full(self, waiting: Collection[Reading]) -> bool:
        """Whether no more should be begun before some of those that wait are done."""
        if self._pool is None:
            return bool(waiting)
        return len(waiting) > AHEAD or sum(len(reading.answer.body or b"") for reading in waiting) > AHEAD_BYTES

    def begin(self, reading: Reading, now: datetime) -> Future[Parsed]:
        """Start to parse an answer."""
        answer = reading.answer
        assert answer.body is not None
        call = partial(
            parse,
            answer.body,
            address=answer.final or answer.address,
            content_type=answer.content_type,
            language=reading.language,
            now=now,
            unread=reading.unread,
            since=reading.since,
        )
        if self._pool:
            return self._pool.submit(call)
        future: Future[Parsed] = Future()
        future.set_result(call())
        return future

    def renew(self) -> None:
        """Start new processes after one died."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = _pool()

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    # Spawned, not forked: a forked child would share our connections to the database.
    return ProcessPoolExecutor(os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def open_readers(feeds: int) -> Iterator[Readers]:
    """Readers for so many feeds, closed in the end; no process is started before there is something to parse."""
    readers = Readers(feeds)
    try:
        yield readers
    finally:
        readers.close()

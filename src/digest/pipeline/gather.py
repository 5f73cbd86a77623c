"""Polls the feeds that are due and keeps what is new: fetch many at once, parse on all cores, store in batches."""

from __future__ import annotations

import logging
import multiprocessing
import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from digest import __version__
from digest.config.environment import Network
from digest.config.values import Config
from digest.feeds.exchange import Fetched, Request
from digest.feeds.fetch import fetch_all
from digest.feeds.health import Health, after
from digest.feeds.parse import Parsed, parse
from digest.pipeline import pages
from digest.pipeline.remember import remember
from digest.store.feeds import Feed

log = logging.getLogger("digest.gather")

BATCH_FEEDS = 25
BATCH_ENTRIES = 500
"""What one transaction keeps at most; it stays well under a second."""
POOL_FROM = 8
"""Fewer feeds than this are parsed in this process: starting others would take longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A feed that could not be read, and why in words."""

    address: str
    name: str
    why: str


@dataclass(slots=True)
class GatherReport:
    """What a gather did, in feeds and in articles."""

    polled: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)
    new: int = 0
    updated: int = 0


def gather(
    config: Config,
    *,
    now: datetime,
    allow: tuple[Network, ...] = (),
    everything: bool = False,
    on_feed: Callable[[], None] = lambda: None,
) -> GatherReport:
    """Poll the feeds that are due.

    Args:
        config: the home's configuration.
        now: aware UTC.
        allow: private networks that fetches may reach.
        everything: poll feeds that are not due too, though never one that is gone for good.
        on_feed: called after each feed.
    """
    feeds = _due(config, now, everything=everything)
    report = GatherReport(polled=len(feeds))
    with _readers(len(feeds)) as read:
        work = _Work(config, feeds, report, now, read, on_feed)
        fetch_all(
            [_request(address, feed) for address, feed in feeds.items()],
            allow=allow,
            on_done=work.fetched,
            agent=agent(config),
            timeout=config.gather.timeout.total_seconds(),
            at_once=config.gather.at_once,
        )
        work.finish()
    pages.read(config, work.fresh, allow=allow, agent=agent(config), now=now)
    return report


def agent(config: Config) -> str:
    """The name we go by, with a page or address where publishers can reach the newsroom."""
    return f"Digest/{__version__} (+{config.gather.contact or config.site.address})"


class _Work:
    """One gather on its way: answers come in, are parsed, and are kept in batches."""

    def __init__(
        self,
        config: Config,
        feeds: dict[str, Feed],
        report: GatherReport,
        now: datetime,
        read: _Readers,
        on_feed: Callable[[], None],
    ) -> None:
        self.config, self.feeds, self.report, self.now, self.read, self.on_feed = (
            config,
            feeds,
            report,
            now,
            read,
            on_feed,
        )
        self.fresh: list[int] = []
        self._settings = {feed.address: feed for feed in config.feeds}
        self._parsing: dict[Future[Parsed], Fetched] = {}
        self._batch: list[tuple[Feed, Fetched, Parsed]] = []
        self._quiet: list[Feed] = []

    def fetched(self, answer: Fetched) -> None:
        """Take one answer; nothing else is fetched while this runs."""
        feed = self.feeds[answer.address]
        self.on_feed()
        if answer.body is None:
            if answer.error:
                self._fail(feed, answer.error)
            else:
                self.report.unchanged += 1
            _note(feed, answer, self.config, self.now)
            self._quiet.append(feed)
            return
        language = self._settings[feed.address].language
        self._parsing[self.read.begin(answer, language, self.now)] = answer
        while len(self._parsing) > self.read.room:
            self._parsed()

    def finish(self) -> None:
        """Parse and keep what is left."""
        while self._parsing:
            self._parsed()
        self._keep()
        fields = [f.name for f in Feed._meta.concrete_fields if not f.primary_key]
        Feed.objects.bulk_update(self._quiet, fields, batch_size=100)

    def _parsed(self) -> None:
        done, _ = wait(self._parsing, return_when=FIRST_COMPLETED)
        for future in done:
            answer = self._parsing.pop(future)
            feed = self.feeds[answer.address]
            try:
                parsed = future.result()
            except BrokenProcessPool:
                parsed = Parsed(problem="reading it crashed the parser; the feed is malformed in a dangerous way")
                self.read.renew()
            if parsed.problem and not parsed.entries:
                self._fail(feed, parsed.problem)
                _note(feed, answer, self.config, self.now, problem=parsed.problem)
                self._quiet.append(feed)
                continue
            self._batch.append((feed, answer, parsed))
        if len(self._batch) >= BATCH_FEEDS or sum(len(p.entries) for _, _, p in self._batch) >= BATCH_ENTRIES:
            self._keep()

    def _keep(self) -> None:
        if not self._batch:
            return
        kept = remember(
            [(feed, parsed) for feed, _, parsed in self._batch],
            first_look=self.config.gather.first_look,
            now=self.now,
        )
        self.report.changed += len(self._batch)
        self.report.new += kept.new
        self.report.updated += kept.updated
        self.fresh += kept.fresh
        for feed, answer, parsed in self._batch:
            feed.title = parsed.title or feed.title
            # Only now: had keeping failed, the next poll must not be told that nothing changed.
            _note(feed, answer, self.config, self.now)
            self._quiet.append(feed)
        self._batch.clear()

    def _fail(self, feed: Feed, why: str) -> None:
        log.info("%s: %s", feed.address, why)
        name = self._settings[feed.address].name
        self.report.failed.append(Failure(address=feed.address, name=name, why=why))


class _Readers:
    """Parses here, or in other processes when there is much to parse; a crash of one is a value, not ours."""

    def __init__(self, feeds: int) -> None:
        self._pool = _pool() if feeds >= POOL_FROM else None
        self.room = 4 * (os.cpu_count() or 1) if self._pool else 0

    def begin(self, answer: Fetched, language: str, now: datetime) -> Future[Parsed]:
        """Start to parse an answer."""
        assert answer.body is not None
        words = {"address": answer.final or answer.address, "content_type": answer.content_type, "language": language}
        if self._pool:
            return self._pool.submit(parse, answer.body, now=now, **words)
        future: Future[Parsed] = Future()
        future.set_result(parse(answer.body, now=now, **words))
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
def _readers(feeds: int) -> Iterator[_Readers]:
    readers = _Readers(feeds)
    try:
        yield readers
    finally:
        readers.close()


def _due(config: Config, now: datetime, *, everything: bool) -> dict[str, Feed]:
    """The feeds to poll, by the address to ask; a row is made for each that is new in the configuration."""
    configured = [feed.address for feed in config.feeds]
    Feed.objects.bulk_create([Feed(address=address) for address in configured], ignore_conflicts=True, batch_size=500)
    rows = Feed.objects.filter(address__in=configured, gone=False)
    if not everything:
        rows = rows.filter(Q(due_at=None) | Q(due_at__lte=now))
    asked: dict[str, Feed] = {}
    taken = set(configured)
    for feed in rows.order_by("due_at", "pk"):
        # A feed that moved to where another one lives goes on being asked by its own name.
        asked[feed.address if feed.moved_to in taken else feed.moved_to or feed.address] = feed
        taken.add(feed.moved_to)
    return asked


def _request(address: str, feed: Feed) -> Request:
    return Request(
        address=address,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )


def _note(feed: Feed, answer: Fetched, config: Config, now: datetime, *, problem: str = "") -> None:
    """Write on the feed's row how it went and when it is asked again."""
    was = Health(failures=feed.failures, next_at=feed.due_at, reason=feed.reason, last_success=feed.last_success_at)
    # Spread by the address and the day, so that feeds do not march in step and a test can tell when.
    chance = zlib.crc32(f"{feed.address} {now:%Y-%m-%dT%H}".encode()) / 2**32
    health = after(answer, was, every=config.gather.every, now=now, jitter=chance, problem=problem)
    feed.last_attempt_at = now
    feed.last_success_at = health.last_success
    feed.due_at, feed.failures, feed.gone, feed.reason = (
        health.next_at,
        health.failures,
        health.stopped,
        health.reason,
    )
    if not answer.error and not problem:
        feed.moved_to = answer.moved_to or feed.moved_to
        if not answer.unchanged or answer.etag:
            feed.etag = answer.etag
        if not answer.unchanged or answer.last_modified:
            feed.last_modified = answer.last_modified
        feed.body_hash = answer.body_hash or feed.body_hash

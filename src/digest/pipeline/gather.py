"""Polls the feeds that are due and keeps what is new: fetch many at once, parse on all cores, store in batches."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction
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
from digest.pipeline.workers import Workers, open_workers
from digest.store.feeds import Feed
from digest.store.moments import one_at_a_time
from digest.store.rows import update

log = logging.getLogger("digest.gather")

BATCH_FEEDS = 25
BATCH_ENTRIES = 500
"""What one transaction keeps at most; it stays well under a second."""
HERE_BELOW = 8
"""Fewer feeds than this are parsed in this process: starting others would take longer."""
AHEAD = 100
AHEAD_BYTES = 50_000_000
"""What waits to be parsed at most, in answers and in bytes: enough to keep all cores busy while a batch is kept."""

CRASHED = Parsed(problem="reading it crashed the parser; the feed is malformed in a dangerous way")


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
    """Poll the feeds that are due; one gather at a time, and the next finds what is due then.

    Args:
        config: the home's configuration.
        now: aware UTC.
        allow: private networks that fetches may reach.
        everything: poll feeds that are not due too, though never one that is gone for good.
        on_feed: called after each feed.
    """
    # Two at once would ask every feed twice, and on PostgreSQL keep every new article twice.
    with one_at_a_time("gather"):
        feeds = _due(config, now, everything=everything)
        report = GatherReport(polled=len(feeds))
        with open_workers() as workers:
            work = _Work(config, feeds, report, now, workers, on_feed)
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
        workers: Workers,
        on_feed: Callable[[], None],
    ) -> None:
        self.config, self.feeds, self.report, self.now = config, feeds, report, now
        self.workers, self.on_feed = workers, on_feed
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
        self._parsing[self._begin(answer)] = answer
        while self._full():
            self._parsed()

    def _begin(self, answer: Fetched) -> Future[Parsed]:
        if len(self.feeds) >= HERE_BELOW:
            return self.workers.begin(self._call(answer))
        future: Future[Parsed] = Future()
        future.set_result(self._call(answer)())
        return future

    def _call(self, answer: Fetched) -> Callable[[], Parsed]:
        assert answer.body is not None
        return partial(
            parse,
            answer.body,
            address=answer.final or answer.address,
            content_type=answer.content_type,
            language=self._settings[self.feeds[answer.address].address].language,
            now=self.now,
        )

    def _full(self) -> bool:
        """Whether no more should be begun before some of those that wait are done."""
        if len(self.feeds) < HERE_BELOW:
            return bool(self._parsing)
        waiting = self._parsing.values()
        return len(waiting) > AHEAD or sum(len(answer.body or b"") for answer in waiting) > AHEAD_BYTES

    def finish(self) -> None:
        """Parse and keep what is left."""
        while self._parsing:
            self._parsed()
        self._keep()
        columns = [str(f.column) for f in Feed._meta.concrete_fields if not f.primary_key]
        with transaction.atomic():
            update(Feed, columns, [[getattr(feed, name) for name in (*columns, "pk")] for feed in self._quiet])

    def _parsed(self) -> None:
        done, _ = wait(self._parsing, return_when=FIRST_COMPLETED)
        for future in done:
            answer = self._parsing.pop(future)
            feed = self.feeds[answer.address]
            broken = isinstance(future.exception(), BrokenProcessPool)
            last = self.workers.alone(self._call(answer)) if broken else future
            parsed = CRASHED if isinstance(last.exception(), BrokenProcessPool) else last.result()
            if parsed.problem and not parsed.entries:
                self._fail(feed, parsed.problem)
                _note(feed, answer, self.config, self.now, problem=parsed.problem)
                self._quiet.append(feed)
                continue
            self._batch.append((feed, answer, parsed))
        if len(self._batch) >= BATCH_FEEDS or sum(len(parsed.entries) for *_, parsed in self._batch) >= BATCH_ENTRIES:
            self._keep()

    def _keep(self) -> None:
        if not self._batch:
            return
        kept = remember(
            [(feed, parsed) for feed, _, parsed in self._batch], first_look=self.config.gather.first_look, now=self.now
        )
        self.report.new += kept.new
        self.report.updated += kept.updated
        self.report.changed += len(self._batch)
        self.fresh += kept.fresh
        batch, self._batch = self._batch, []
        for feed, answer, parsed in batch:
            feed.title = parsed.title or feed.title
            # Only now: had keeping failed, the next poll must not be told that nothing changed.
            _note(feed, answer, self.config, self.now)
            self._quiet.append(feed)

    def _fail(self, feed: Feed, why: str) -> None:
        log.info("%s: %s", feed.address, why)
        name = self._settings[feed.address].name
        self.report.failed.append(Failure(address=feed.address, name=name, why=why))


def _due(config: Config, now: datetime, *, everything: bool) -> dict[str, Feed]:
    """The feeds to poll, by the address to ask; a row is made for each that is new in the configuration."""
    configured = [feed.address for feed in config.feeds]
    there = set(Feed.objects.values_list("address", flat=True))
    new = [Feed(address=address) for address in configured if address not in there]
    Feed.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
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

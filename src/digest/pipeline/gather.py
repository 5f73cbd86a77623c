"""Polls the feeds that are due and keeps what is new: fetch many at once, parse on all cores, store in batches."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from digest import __version__
from digest.config.environment import Network
from digest.config.values import Config
from digest.feeds.exchange import Fetched, Request
from digest.feeds.fetch import fetch_all
from digest.feeds.health import Health, after
from digest.feeds.parse import Parsed
from digest.pipeline import pages
from digest.pipeline.parsing import Readers, Reading, open_readers
from digest.pipeline.remember import remember
from digest.store.articles import Article
from digest.store.feeds import Feed
from digest.store.moments import one_at_a_time

log = logging.getLogger("digest.gather")

BATCH_FEEDS = 25
BATCH_ENTRIES = 500
"""What one transaction keeps at most; it stays well under a second."""
KNOWN_TEXTS = 1000
"""Texts of a feed that are recognised when they come again: twice what is read of one feed."""


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
        with open_readers(len(feeds)) as read:
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
        read: Readers,
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
        self._parsing: dict[Future[Parsed], Reading] = {}
        self._batch: list[tuple[Reading, Parsed]] = []
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
        self._begin(self._reading(feed, answer))
        while self.read.full(self._parsing.values()):
            self._parsed()

    def _reading(self, feed: Feed, answer: Fetched) -> Reading:
        """What of this answer is worth reading: not the texts that are known, nor those that are never sent."""
        language = self._settings[feed.address].language
        if feed.last_success_at is None:
            return Reading(feed=feed, answer=answer, language=language, since=self.now - self.config.gather.first_look)
        hashes = Article.objects.filter(feed=feed).order_by("-pk").values_list("content_hash", flat=True)
        return Reading(feed=feed, answer=answer, language=language, unread=frozenset(hashes[:KNOWN_TEXTS]))

    def _begin(self, reading: Reading) -> None:
        self._parsing[self.read.begin(reading, self.now)] = reading

    def finish(self) -> None:
        """Parse and keep what is left."""
        while self._parsing:
            self._parsed()
        self._keep()
        while self._parsing:
            # What only looked like a known text is read after all.
            self._parsed()
            self._keep()
        fields = [f.name for f in Feed._meta.concrete_fields if not f.primary_key]
        # One statement for many rows: Django's bulk_update is a CASE for each field and row, forty times slower.
        Feed.objects.bulk_create(
            self._quiet, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=200
        )

    def _parsed(self) -> None:
        done, _ = wait(self._parsing, return_when=FIRST_COMPLETED)
        for future in done:
            reading = self._parsing.pop(future)
            feed, answer = reading.feed, reading.answer
            try:
                parsed = future.result()
            except BrokenProcessPool:
                parsed = self.read.alone(reading, self.now)
            if parsed.problem and not parsed.entries:
                self._fail(feed, parsed.problem)
                _note(feed, answer, self.config, self.now, problem=parsed.problem)
                self._quiet.append(feed)
                continue
            self._batch.append((reading, parsed))
        if len(self._batch) >= BATCH_FEEDS or sum(len(parsed.entries) for _, parsed in self._batch) >= BATCH_ENTRIES:
            self._keep()

    def _keep(self) -> None:
        if not self._batch:
            return
        kept = remember(
            [(reading.feed, parsed, reading.unread) for reading, parsed in self._batch],
            first_look=self.config.gather.first_look,
            now=self.now,
        )
        self.report.new += kept.new
        self.report.updated += kept.updated
        self.fresh += kept.fresh
        batch, self._batch = self._batch, []
        for reading, parsed in batch:
            if reading.feed.pk in kept.unread:
                self._begin(replace(reading, unread=frozenset()))
                continue
            self.report.changed += 1
            reading.feed.title = parsed.title or reading.feed.title
            # Only now: had keeping failed, the next poll must not be told that nothing changed.
            _note(reading.feed, reading.answer, self.config, self.now)
            self._quiet.append(reading.feed)

    def _fail(self, feed: Feed, why: str) -> None:
        log.info("%s: %s", feed.address, why)
        name = self._settings[feed.address].name
        self.report.failed.append(Failure(address=feed.address, name=name, why=why))


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

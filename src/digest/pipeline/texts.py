"""Reads the texts of articles that somebody wants, once each: in other processes, a few dozen a transaction."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from digest.content.page.notes import corrections
from digest.content.page.repeated import Read
from digest.feeds.reading import read as read_entry
from digest.model import Entry, Page, Picture
from digest.pipeline import repeats
from digest.pipeline.workers import Workers, each, open_workers
from digest.store.articles import Article

log = logging.getLogger("digest.texts")

AT_ONCE = 50
"""Articles that one call reads, and one transaction keeps."""
AHEAD = 2 * (os.cpu_count() or 1)
"""Calls that are under way at most: enough to keep all cores busy while a batch is kept."""

UNREAD = Q(said__isnull=False, text_problem="")
"""Articles whose text nobody has wanted yet, or whose publisher changed it since."""


def read(articles: QuerySet[Article]) -> None:
    """Read those of these articles that were not read since they came, or since their publisher changed them.

    One that crashes or hangs the reader goes without a text, and says so (`text_problem`).
    """
    ids = list(articles.filter(UNREAD).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    waiting: dict[Future[list[Entry]], Sequence[Article]] = {}
    with open_workers() as workers:
        for start in range(0, len(ids), AT_ONCE):
            batch = list(Article.objects.filter(UNREAD, pk__in=ids[start : start + AT_ONCE]))
            waiting[workers.begin(partial(each, read_entry, [_entry(row) for row in batch]))] = batch
            while len(waiting) >= AHEAD:
                _keep_done(waiting, workers)
        while waiting:
            _keep_done(waiting, workers)


def _keep_done(waiting: dict[Future[list[Entry]], Sequence[Article]], workers: Workers) -> None:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        rows = waiting.pop(future)
        found = [_alone(row, workers) for row in rows] if future.exception() else list(future.result())
        with transaction.atomic():
            for row, entry in zip(rows, _apart(rows, found), strict=True):
                _keep(row, entry)


def _apart(rows: Sequence[Article], found: Sequence[Entry | BaseException]) -> Sequence[Entry | BaseException]:
    """What was read, with the lines that its site repeats told apart from its text."""
    read = {
        n: Read(site=site, page=entry.page, seen=row.first_seen_at, new=not row.revision)
        for n, (row, entry) in enumerate(zip(rows, found, strict=True))
        if isinstance(entry, Entry) and entry.page and (site := repeats.site(row.url))
    }
    pages = dict(zip(read, repeats.take_apart(list(read.values())), strict=True))
    return [replace(e, page=pages[n]) if isinstance(e, Entry) and n in pages else e for n, e in enumerate(found)]


def _alone(row: Article, workers: Workers) -> Entry | BaseException:
    """What an article's text holds, or what is wrong with it; a full disk or memory is no fault of the text."""
    done = workers.alone(partial(read_entry, _entry(row)))
    failure = done.exception()
    return done.result() if failure is None or isinstance(failure, OSError | MemoryError) else failure


def _entry(row: Article) -> Entry:
    """What the reader needs of an article."""
    return Entry(
        guid="",
        url=row.url,
        canonical="",
        title=row.title,
        authors=tuple(row.authors),
        language=row.language,
        picture=Picture(**row.picture) if row.picture else None,
        said=bytes(row.said or b""),
    )


def _keep(row: Article, entry: Entry | BaseException) -> None:
    # Unless its publisher changed it meanwhile: then it is read again when it is wanted.
    unchanged = Article.objects.filter(UNREAD, pk=row.pk, content_hash=row.content_hash)
    if isinstance(entry, BaseException):
        log.warning("article %s (%s) could not be read: %r", row.pk, row.url, entry)
        how = "crashed the reader, or took it too long" if isinstance(entry, BrokenProcessPool) else "failed"
        unchanged.update(text_problem=f"reading its text {how}; it is malformed in a dangerous way")
        return
    page = entry.page or Page()
    unchanged.update(
        said=None,
        text=page.text,
        blocks=blocks(page),
        deck=entry.deck,
        publisher_tags=list(page.tags),
        corrections=list(corrections(page.blocks)),
        language=entry.language or row.language,
        picture=entry.picture and asdict(entry.picture),
    )


def blocks(page: Page) -> list[list[str]]:
    """A page's blocks as the store keeps them: label, text, and the reason for the label where there is one."""
    return [[block.label, block.text, *([block.why] if block.why else ())] for block in page.blocks]

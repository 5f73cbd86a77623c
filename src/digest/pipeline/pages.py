"""Reads the articles' own pages for the feeds that ask for `full_text`, where robots.txt and the page allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from digest.config.environment import Network
from digest.config.values import Config
from digest.content.page.extract import read_page
from digest.content.page.notes import corrections
from digest.content.page.repeated import Read
from digest.feeds.clean import clean_page
from digest.feeds.exchange import Fetched, Request
from digest.feeds.fetch import fetch_all
from digest.feeds.robots import may_read, withheld
from digest.model import Page
from digest.pipeline import repeats, texts
from digest.store.articles import Article

AT_MOST = 500
"""Pages of one gather; a feed that brings more than this at once is not news."""

POOR = 600
"""Code points of a page's text below which its AMP or print version is asked for too."""

_HTML = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"


def read(config: Config, fresh: Sequence[int], *, allow: tuple[Network, ...], agent: str, now: datetime) -> None:
    """Fetch and read the pages of new and revised articles of feeds with `full_text`.

    A page that may not be read, or gives less than the feed did, leaves the article as the feed told it, with the
    reason on it.

    Args:
        config: the home's configuration.
        fresh: the articles' ids.
        allow: private networks that fetches may reach.
        agent: the User-Agent, by whose first word robots.txt knows us.
        now: aware UTC.
    """
    asked = [feed.address for feed in config.feeds if feed.full_text]
    if not asked or not fresh:
        return
    fresh_here = Article.objects.filter(pk__in=fresh[-AT_MOST:], feed__address__in=asked).exclude(url="")
    # A page is taken only where it tells more than the feed did.
    texts.read(fresh_here)
    articles = {article.url: article for article in fresh_here}
    timeout = config.gather.timeout.total_seconds()
    rules = _robots({_site(url) for url in articles}, allow=allow, agent=agent, timeout=timeout)
    wanted: list[Request] = []
    for url, article in articles.items():
        article.page_read_at = now
        if may_read(rules[_site(url)], url, agent):
            wanted.append(Request(address=url, accept=_HTML))
        else:
            article.page_problem = "robots.txt asks us not to read this page"

    taken: list[tuple[Article, Page]] = []
    barer: dict[str, Article] = {}

    def done(answer: Fetched) -> None:
        article = articles[answer.address]
        article.page_problem = _read_into(article, answer, taken, barer)

    def done_barer(answer: Fetched) -> None:
        article, problem = barer[answer.address], barer[answer.address].page_problem
        # What is wrong with the second version is no news where the first one gave something.
        article.page_problem = _read_into(article, answer, taken, {}) and problem

    fetch_all(wanted, allow=allow, on_done=done, agent=agent, timeout=timeout, at_once=config.gather.at_once)
    if barer:
        rules |= _robots({_site(url) for url in barer} - rules.keys(), allow=allow, agent=agent, timeout=timeout)
        again = [Request(address=url, accept=_HTML) for url in barer if may_read(rules[_site(url)], url, agent)]
        fetch_all(again, allow=allow, on_done=done_barer, agent=agent, timeout=timeout, at_once=config.gather.at_once)
    _keep(taken)
    fields = ["text", "blocks", "deck", "authors", "picture", "corrections", "publisher_tags", "keywords"]
    Article.objects.bulk_update(articles.values(), [*fields, "page_read_at", "page_problem"], batch_size=50)


def _keep(taken: Sequence[tuple[Article, Page]]) -> None:
    """Put the pages' texts on their articles, without the lines that their sites repeat."""
    read = [Read(site=repeats.site(a.url), page=page, seen=a.first_seen_at, new=not a.revision) for a, page in taken]
    with transaction.atomic():
        apart = repeats.take_apart(read)
    for (article, _), page in zip(taken, apart, strict=True):
        article.text = page.text
        article.blocks = texts.blocks(page)
        article.corrections = list(corrections(page.blocks))


def _read_into(article: Article, answer: Fetched, taken: list[tuple[Article, Page]], barer: dict[str, Article]) -> str:
    """Take the page's text when it is better than the feed's; the reason in words when it is not taken.

    Args:
        article: whose page it is.
        answer: the page as it was fetched.
        taken: where what is taken goes.
        barer: where the address of the page's AMP or print version goes when the page itself gives little.
    """
    if answer.body is None:
        return answer.error
    if "noarchive" in answer.robots.lower():
        return "the page asks not to be kept (noarchive)"
    html = answer.body.decode("utf-8", "replace") if answer.body[:3] == b"\xef\xbb\xbf" else answer.body
    if reason := withheld(html if isinstance(html, str) else html.decode("utf-8", "replace")):
        return reason
    page = clean_page(read_page(html, answer.final or article.url))
    article.publisher_tags = list(page.tags) or article.publisher_tags
    article.keywords = list(page.keywords) or article.keywords
    if page.elsewhere and len(page.text) < POOR:
        barer[page.elsewhere] = article
    if len(page.text) <= max(len(article.text), *(len(p.text) for a, p in taken if a is article), 0):
        return "" if article.text else "no article was found on the page"
    taken.append((article, page))
    article.deck = article.deck or page.deck
    article.authors = article.authors or list(page.authors)
    if page.picture and not article.picture:
        article.picture = asdict(page.picture)
    return ""


def _robots(sites: set[str], *, allow: tuple[Network, ...], agent: str, timeout: float) -> dict[str, str]:
    """Each site's robots.txt; where there is none all is allowed, where it fails nothing is (RFC 9309, 2.3.1)."""
    rules: dict[str, str] = {}

    def done(answer: Fetched) -> None:
        site = _site(answer.address)
        if answer.body is not None:
            rules[site] = answer.body[:500_000].decode("utf-8", "replace")
        else:
            empty = answer.status == 200 and not answer.body_hash
            missing = 400 <= answer.status < 500 and answer.status != 429
            rules[site] = "" if missing or empty else "User-agent: *\nDisallow: /"

    requests = [Request(address=f"{site}/robots.txt", accept="text/plain, */*;q=0.5") for site in sorted(sites)]
    fetch_all(requests, allow=allow, on_done=done, agent=agent, timeout=timeout)
    return rules


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

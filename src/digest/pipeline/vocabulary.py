"""What recent articles say that the vocabulary has no word for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from digest.config.values import Config
from digest.content.rules import tag_rules
from digest.content.tags.suggest import Suggestion, Suggestions
from digest.content.tags.vocabulary import Vocabulary
from digest.store.articles import Article

MOST = 5_000
"""Articles that are looked at, the newest first: about ten seconds' work."""


def suggestions(
    config: Config, *, now: datetime, days: int = 14, count: int = 25, most: int = MOST
) -> list[Suggestion]:
    """The phrases of recent articles that may deserve a tag, those of most outlets first.

    Articles are streamed. One that no edition has considered yet has not been read, and counts with its headline and
    what else is known of it.

    Args:
        config: the home's configuration; with one feed alone a phrase need not stand in two outlets.
        now: aware UTC.
        days: how far to look back.
        count: at most so many.
        most: articles that are looked at, the newest first.
    """
    outlets = {feed.address: feed.name for feed in config.feeds}
    found = Suggestions(Vocabulary(tag_rules(config)), (*outlets.values(), config.site.name))
    for title, text, address, authors, language in _recent(now - timedelta(days=days), most):
        found.add(title, text, source=outlets.get(address, address), authors=authors, language=language)
    return found.best(count, sources=2 if len(set(outlets.values())) > 1 else 1)


def _recent(since: datetime, most: int) -> Iterator[tuple[str, str, str, list[str], str]]:
    fields = ("title", "text", "deck", "feed__address", "authors", "language")
    rows = Article.objects.filter(first_seen_at__gte=since).order_by("-first_seen_at", "-pk")
    for title, text, deck, address, authors, language in rows.values_list(*fields)[:most].iterator(chunk_size=200):
        yield title, text or deck, address, authors, language

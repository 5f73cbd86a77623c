"""An article's row as the frozen value that the content engine works on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digest.config import slug
from digest.config.values import Feed
from digest.content.text.language import direction
from digest.model import Article, Picture
from digest.store import articles as rows


def values(found: Iterable[rows.Article], feeds: Mapping[str, Feed]) -> dict[str, Article]:
    """Rows as frozen values, with what the configuration says of their feeds."""
    return {str(row.pk): value(row, feeds[row.feed.address]) for row in found}


def value(row: rows.Article, feed: Feed) -> Article:
    """One row as a frozen value; `story` is read too, so select it along where there are many."""
    language = row.language or feed.language
    return Article(
        id=str(row.pk),
        source=feed.name,
        url=row.url,
        title=row.title,
        published=row.published_at,
        text=row.text,
        deck=row.deck,
        language=language,
        direction=direction(language),
        rights=feed.rights,
        authors=tuple(row.authors),
        categories=tuple(row.categories),
        publisher_tags=tuple(row.publisher_tags or ()),
        corrections=tuple(row.corrections or ()),
        keywords=tuple(row.keywords or ()),
        tags=tuple(slug(tag) for tag in feed.tags),
        weight=feed.weight,
        comments=row.comments,
        picture=Picture(**row.picture) if row.picture else None,
        story=str(row.story_id) if row.story_id else None,
        copy_of=str(row.copy_of_id) if row.copy_of_id else None,
        boost=1.0 if row.story and row.story.wish == rows.Story.Wish.LIFT else 0.0,
    )

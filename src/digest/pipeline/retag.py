"""An editor's word on a story's tag: it fits, or it does not; remembered, and obeyed from then on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from digest import config as configuration
from digest.config.values import Config
from digest.edition.workflow import Status
from digest.errors import InputError
from digest.pipeline.draft import draft
from digest.pipeline.wish import as_seen
from digest.store.articles import Article
from digest.store.editions import Edition
from digest.store.tagging import TagVerdict


def retag(
    config: Config, row: Edition, article: str, tag: str, *, fits: bool | None, by: str, expected: str, now: datetime
) -> Edition:
    """Note the word, and compose the draft again by it; an edition that is frozen stays as it is.

    Args:
        config: the home's configuration.
        row: the edition in which the editor saw the story.
        article: the id of the story's leading article.
        tag: the tag's key.
        fits: whether it fits; None takes an earlier word back, and the rules decide again.
        by: the editor's address.
        expected: the hash the editor saw.
        now: aware UTC.

    Raises:
        MovedOnError: the draft is no longer the one that was seen.
        InputError: there is no such article in the edition, or no such tag in the vocabulary.
    """
    is_draft = row.status == Status.DRAFT
    if is_draft:
        as_seen(row, expected)
    story = next((one for one in _stories(row) if article in one["articles"]), None)
    if story is None or not Article.objects.filter(pk=int(article)).exists():
        raise InputError(f"{row.name} carries no article {article[:20]}")
    known = {configuration.slug(one.name) for one in config.tags}
    shown = {one["tag"] for one in story["tags"]}
    if fits is not None and tag not in known and (fits or tag not in shown):
        raise InputError(f'there is no tag "{tag[:60]}" in tags.toml')
    if fits is None:
        TagVerdict.objects.filter(tag=tag, article__in=map(int, story["articles"])).delete()
    else:
        word = {"fits": fits, "by": by, "at": now}
        TagVerdict.objects.update_or_create(article_id=int(article), tag=tag, defaults=word)
    if not is_draft:
        return row
    return draft(config, row.newsletter, key=row.slot_key, at=row.slot_at, now=now, touch=True)


def _stories(row: Edition) -> list[dict[str, Any]]:
    return [story for section in row.content.get("sections", ()) for story in section["stories"]]

"""What the studio lists of stories: their articles, what editors said of them, and which ones may be joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from digest.config import Config
from digest.model import Edition as Value
from digest.store.articles import Article
from digest.store.kin import Shaping
from digest.studio import show

MOST = 300
"""Stories that can be chosen as the same event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One article of a story as the studio lists it."""

    id: str
    title: str
    url: str
    source: str
    copy: bool


def accounts(config: Config, stories: Collection[int]) -> dict[str, list[Told]]:
    """The articles of each story, oldest first."""
    names = {feed.address: feed.name for feed in config.feeds}
    found: dict[str, list[Told]] = defaultdict(list)
    rows = Article.objects.filter(story__in=stories).order_by("published_at", "pk")
    for pk, title, url, address, story, copy in rows.values_list(
        "pk", "title", "url", "feed__address", "story", "copy_of"
    ):
        source = names.get(address, address)
        found[str(story)].append(Told(id=str(pk), title=title, url=url, source=source, copy=copy is not None))
    return found


def choices(value: Value | None) -> list[tuple[str, str]]:
    """Every story an editor may call the same event, by id and headline: those carried, then those left out."""
    if value is None:
        return []
    told = [(story.id, story.headline) for story in value.stories]
    return [*told, *((one.story, one.headline) for one in value.skipped)][:MOST]


def shapings(config: Config, stories: Collection[int]) -> dict[str, list[str]]:
    """What editors said of each story, in words."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in Shaping.objects.filter(story__in=stories).order_by("at", "pk"):
        number = len(one.articles)
        many = "1 article" if number == 1 else f"{number} articles"
        what = f"{many} joined to it" if one.kind == Shaping.Kind.MERGE else f"{many} parted from it"
        found[str(one.story_id)].append(f"{what} by {one.by}, {show.moment(one.at, config.site.zone)}")
    return found

"""Which articles a newsletter has not yet considered, as the frozen values the content engine works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from digest.config.values import Config, Newsletter
from digest.content.stories.grouping import SPAN
from digest.edition.workflow import FROZEN
from digest.model import Article, Window
from digest.pipeline import grouping, texts
from digest.pipeline.articles import values
from digest.store import articles as rows
from digest.store.editions import Consideration, Edition

OVERLAP = timedelta(days=1)
"""How far each look goes back behind the last one: a row may be stamped before a boundary and committed after it."""

MEMORY = timedelta(hours=72)
"""How far back articles are given their place among stories, whether a newsletter wants them or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What a draft works on.

    Attributes:
        window: the span of gathering that was looked at.
        new: ids of the articles this newsletter has not considered.
        articles: these, and those that tell the same stories, by id.
        problems: why the text of some of them could not be read, by id.
    """

    window: Window
    new: frozenset[str]
    articles: Mapping[str, Article]
    problems: Mapping[str, str]


def look(config: Config, name: str, newsletter: Newsletter, *, now: datetime) -> Candidates:
    """Find what the newsletter has yet to consider, and read what of it was not read yet.

    Goes by what was not considered, with an overlap, and not by a time window alone: a window forgets an article
    that is stamped before its end and committed after it.
    """
    start = _floor(name, newsletter, now)
    considered = Consideration.objects.filter(newsletter=name, article=OuterRef("pk"))
    fresh = rows.Article.objects.filter(~Exists(considered), backlog=False, first_seen_at__gte=start)
    new = frozenset(str(pk) for pk in fresh.values_list("pk", flat=True))
    kin = Q(first_seen_at__gte=now - MEMORY, backlog=False) | Q(pk__in=[int(pk) for pk in new])
    feeds = {feed.address: feed for feed in config.feeds}
    ours = rows.Article.objects.filter(feed__address__in=feeds, backlog=False)
    texts.read(ours.filter(kin))
    # What came in since is left for the next look, as if it had come after this one.
    read = ours.exclude(texts.UNREAD)
    grouping.place(read.filter(kin), feeds, now=now)
    told = fresh.filter(story__isnull=False).values("story")
    found = read.filter(Q(pk__in=[int(pk) for pk in new]) | Q(story__in=told, first_seen_at__gte=now - SPAN))
    found = found.defer("blocks", "said").select_related("feed", "story").order_by("pk")
    articles = values(found, feeds)
    problems = found.filter(text="").exclude(text_problem="").values_list("pk", "text_problem")
    return Candidates(
        window=Window(start=start, end=now),
        new=new & articles.keys(),
        articles=articles,
        problems={str(pk): why for pk, why in problems},
    )


def _floor(name: str, newsletter: Newsletter, now: datetime) -> datetime:
    mine = Edition.objects.filter(newsletter=name)
    if frozen := mine.filter(status__in=FROZEN).order_by("-window_to").first():
        return frozen.window_to - OVERLAP
    # While nothing has left, the first look back stays where it was: a first issue that is held gives its stories back.
    first = mine.order_by("window_from").first()
    return first.window_from if first else now - newsletter.look_back_on_first_run

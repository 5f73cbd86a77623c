"""What is usual for each outlet, and what this newsletter carried lately: what ranking measures a story by."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Sum

from digest.config.values import Config
from digest.content.choice.nearness import features, nearest
from digest.content.choice.prior import priors, response, usual_comments
from digest.content.choice.rank import Context
from digest.content.text.similarity import Vector
from digest.edition import content
from digest.edition.workflow import FROZEN
from digest.model import EditionStory, Story
from digest.store.articles import Article
from digest.store.editions import Edition
from digest.store.letters import Click

LATELY = timedelta(weeks=4)
"""How long a comment or an article counts for what is usual."""

EDITIONS = 14
"""How many of the last editions are compared with and learned from."""


def usual(config: Config, name: str, told: Sequence[Story], *, now: datetime) -> tuple[Context, dict[str, Vector]]:
    """What a newsletter's stories are ranked beside, and the vectors of the stories, to choose by.

    Args:
        config: the home's configuration: feeds of one name are one outlet.
        name: the newsletter's.
        told: the candidates.
        now: aware UTC; editions that were not approved before, and follows of later days, are not looked at.
    """
    comments, volume = _outlets(config, now)
    mine = Edition.objects.filter(newsletter=name, status__in=FROZEN, approved_at__lt=now).order_by(
        "-approved_at", "-pk"
    )
    editions = {row.pk: content.read(row.content).stories for row in mine[:EDITIONS]}
    words = [
        (story.headline, " ".join(sentence.text for sentence in story.summary))
        for stories in editions.values()
        for story in stories
    ]
    vectors, carried = features(told, *words)
    readers, follows = _follows(editions, now)
    context = Context(
        comments=comments,
        volume=volume,
        readers=readers,
        follows={story.id: follows[story.id] for story in told if story.id in follows},
        carried=nearest(vectors, carried),
    )
    return context, vectors


def _outlets(config: Config, now: datetime) -> tuple[dict[str, float], dict[str, float]]:
    """For each outlet the median of its articles' comments, and its articles a week; counted by the database."""
    outlets = {feed.address: feed.name for feed in config.feeds}
    recent = Article.objects.filter(first_seen_at__gte=now - LATELY, first_seen_at__lte=now, feed__address__in=outlets)
    volume: dict[str, float] = defaultdict(float)
    talk: list[tuple[str, int | None]] = []
    counted = recent.order_by().values_list("feed__address", "comments").annotate(Count("pk"))
    for address, comments, count in counted:
        volume[outlets[address]] += count / 4
        talk += [(outlets[address], comments)] * count
    return usual_comments(talk), dict(volume)


def _follows(
    editions: Mapping[int, Sequence[EditionStory]], now: datetime
) -> tuple[dict[str, float], dict[str, float]]:
    """How readers took to each outlet, and to each story when it was carried last, beside what its place usually gets.

    Counts of links followed, without persons; a story at the top is followed more wherever it comes from.
    """
    taken_up = Click.objects.filter(edition__in=editions, day__lte=now.date())
    rows = taken_up.order_by().values_list("edition", "place").annotate(Sum("count"))
    clicks = {(edition, place): count for edition, place, count in rows}
    counting = {edition for edition, _ in clicks}
    by_place: dict[int, list[int]] = defaultdict(list)
    for pk in counting:
        for place, story in enumerate(editions[pk]):
            by_place[place].append(clicks.get((pk, story.id), 0))
    mean = {place: statistics.fmean(counts) for place, counts in by_place.items()}
    responses: dict[str, list[float]] = defaultdict(list)
    follows: dict[str, float] = {}
    for pk, stories in editions.items():
        for place, story in enumerate(stories):
            if pk in counting:
                taken = response(clicks.get((pk, story.id), 0), mean[place])
                responses[story.source].append(taken)
                follows.setdefault(story.id, taken)  # the newest edition comes first
    return priors(responses), follows

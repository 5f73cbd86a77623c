"""Stories in the store: found through an index, kept by their ids, forgotten with the window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from marrowgate import BRIDGE, BRIDGE_TOO, HARVEST, story

from digest.config.values import Config
from digest.pipeline import grouping
from digest.store.kin import Mark, Tally, Traits
from digest.store.models import Article, Story

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db

Put = Callable[..., Article]


def place(config: Config, *, now: datetime = NOW) -> int:
    feeds = {feed.address: feed for feed in config.feeds}
    return grouping.place(Article.objects.filter(backlog=False), feeds, now=now)


def test_each_article_is_placed_once_and_finds_those_before_it(newsroom: Config, put: Put):
    first, other = put("Marrowgate toll bridge closed over cracks", BRIDGE), put("Best apple harvest", HARVEST)
    assert place(newsroom) == 2
    kept = story(first)
    second = put("Cracks close toll bridge in Marrowgate", BRIDGE_TOO, feed=1)
    assert place(newsroom) == 1
    assert story(second) == story(first) == kept
    assert story(other) != kept
    assert "Marrowgate" in Story.objects.get(pk=kept).why
    assert place(newsroom) == 0


def test_the_work_grows_with_the_neighbours_and_not_with_what_is_known(
    newsroom: Config, put: Put, django_assert_max_num_queries
):
    for number in range(60):
        put(f"Notice {number} of the week", f"{HARVEST} Number{number} for reader{number} in place{number}.")
    place(newsroom)
    put("Marrowgate toll bridge closed over cracks", BRIDGE)
    with django_assert_max_num_queries(25):
        place(newsroom)


def test_a_copy_is_no_account_of_its_own(newsroom: Config, put: Put):
    first = put("Marrowgate toll bridge closed over cracks", BRIDGE, at=NOW - 5 * HOUR)
    place(newsroom)
    copy = put("Toll bridge closed", f"Agency report. {BRIDGE} Sign up for our letter.", feed=1)
    place(newsroom)
    assert story(copy) == story(first)
    assert copy.copy_of_id == first.pk
    assert Story.objects.get(pk=story(first)).why.endswith("1 copy of the same text")


def test_a_changed_article_keeps_its_story_and_is_read_anew(newsroom: Config, put: Put):
    first = put("Marrowgate toll bridge closed over cracks", BRIDGE)
    place(newsroom)
    kept, marks = story(first), Mark.objects.filter(article=first.pk).count()
    assert marks
    Article.objects.filter(pk=first.pk).update(
        title="Best apple harvest", text=HARVEST, content_hash="another", placed=False
    )
    assert place(newsroom) == 1
    assert story(first) == kept
    assert Mark.objects.filter(article=first.pk).count() > 0
    second = put("Cracks close toll bridge in Marrowgate", BRIDGE_TOO, feed=1)
    third = put("Apple growers expect the best harvest", HARVEST.replace("Growers", "Farmers"), feed=1)
    place(newsroom)
    assert story(second) != kept
    assert story(third) == kept


def test_what_left_the_window_is_forgotten_and_its_story_stays(newsroom: Config, put: Put):
    old = put("Marrowgate toll bridge closed over cracks", BRIDGE, at=NOW - timedelta(days=25))
    place(newsroom, now=NOW - timedelta(days=25))
    assert Mark.objects.exists()
    put("Best apple harvest", HARVEST)
    place(newsroom)
    assert not Traits.objects.filter(pk=old.pk).exists()
    assert not Mark.objects.filter(article=old.pk).exists()
    assert story(old)


def test_what_is_kept_is_made_again_where_it_is_missing(newsroom: Config, put: Put):
    first = put("Marrowgate toll bridge closed over cracks", BRIDGE)
    place(newsroom)
    kept = story(first)
    for derived in (Mark, Traits, Tally):
        derived.objects.all().delete()
    Article.objects.update(placed=False)
    second = put("Cracks close toll bridge in Marrowgate", BRIDGE_TOO, feed=1)
    assert place(newsroom) == 2
    assert story(first) == story(second) == kept


def test_a_story_grows_for_days_under_one_id(newsroom: Config, put: Put):
    first = put("Marrowgate toll bridge closed over cracks", BRIDGE, at=NOW - timedelta(days=2))
    place(newsroom, now=NOW - timedelta(days=2))
    kept = story(first)
    for day in (1, 0):
        at = NOW - timedelta(days=day)
        later = put(f"Marrowgate toll bridge: day {3 - day}", BRIDGE_TOO, feed=1, at=at)
        place(newsroom, now=at)
        assert story(later) == kept

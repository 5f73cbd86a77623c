"""Editors' words on what is one story: kept whatever comes in later, and for every newsletter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from marrowgate import BRIDGE, BRIDGE_TOO, HARVEST, story

from digest.config import Environment
from digest.config.values import Config
from digest.edition import content
from digest.errors import InputError, MovedOnError, RefusedError
from digest.pipeline.approve import approve
from digest.pipeline.draft import draft
from digest.pipeline.shape import merge, split
from digest.store import identity
from digest.store.kin import Shaping
from digest.store.models import Article, Edition, Story

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
BY = "ana@news.example"
Put = Callable[..., Article]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)


def compose(config: Config, *, day: int = 22) -> Edition:
    now = NOW.replace(day=day)
    return draft(config, "daily", key=f"2026-11-{day}", at=now + timedelta(hours=1), now=now)


def shown(row: Edition) -> set[int]:
    return {int(one.id) for one in content.read(row.content).stories}


def judged(row: Edition) -> set[int]:
    """The stories that were shown or left out for a reason."""
    return shown(row) | {int(one.story) for one in content.read(row.content).skipped}


def test_parted_articles_stay_parted_whatever_comes(newsroom: Config, put: Put):
    first, second = put("Marrowgate bridge closed", BRIDGE), put("Cracks close Marrowgate bridge", BRIDGE_TOO, feed=1)
    row = compose(newsroom)
    assert story(first) == story(second)
    row = split(newsroom, row, str(story(first)), [str(second.pk)], by=BY, expected=row.hash, now=NOW)
    assert story(first) != story(second)
    assert judged(row) == {story(first), story(second)}
    bridging = put("Marrowgate toll bridge closed over cracks", f"{BRIDGE_TOO} Engineers found them in two piers.")
    Article.objects.filter(pk=second.pk).update(text=BRIDGE, content_hash="corrected", placed=False)
    draft(newsroom, "daily", key="2026-11-22", at=NOW + timedelta(hours=1), now=NOW, touch=True)
    assert story(first) != story(second)
    assert story(bridging) in (story(first), story(second))
    told = Shaping.objects.get()
    assert (told.kind, told.by, told.articles) == ("split", BY, [second.pk])


def test_copies_go_with_the_text_they_repeat(newsroom: Config, put: Put):
    first, second = put("Marrowgate bridge closed", BRIDGE), put("Cracks close Marrowgate bridge", BRIDGE_TOO, feed=1)
    copy = put("From the agencies", f"{BRIDGE_TOO} Read more on our site.", at=NOW)
    row = compose(newsroom)
    row = split(newsroom, row, str(story(first)), [str(copy.pk)], by=BY, expected=row.hash, now=NOW)
    assert story(copy) == story(second) != story(first)
    with pytest.raises(InputError, match="at least one"):
        split(newsroom, row, str(story(copy)), [str(copy.pk)], by=BY, expected=row.hash, now=NOW)


def test_joined_stories_are_one_under_the_older_id(newsroom: Config, put: Put):
    first, second = put("Marrowgate bridge closed", BRIDGE), put("Best apple harvest", HARVEST, feed=1)
    row = compose(newsroom)
    older, younger = sorted((story(first), story(second)))
    row = merge(newsroom, row, str(younger), str(older), by=BY, expected=row.hash, now=NOW)
    assert story(first) == story(second) == older
    assert shown(row) == {older}
    assert Story.objects.get(pk=younger).merged_into_id == older
    more = put("Apple growers of the Ashel expect the best harvest", HARVEST.replace("Growers", "Farmers"))
    draft(newsroom, "daily", key="2026-11-22", at=NOW + timedelta(hours=1), now=NOW, touch=True)
    assert story(more) == older
    # Its old name leads to it.
    row.refresh_from_db()
    split(newsroom, row, str(younger), [str(first.pk)], by=BY, expected=row.hash, now=NOW)
    assert story(first) not in (older, younger)


def test_what_was_carried_under_another_id_is_not_carried_again(newsroom: Config, put: Put):
    bridge, harvest = put("Marrowgate bridge closed", BRIDGE), put("Best apple harvest", HARVEST, feed=1)
    row = compose(newsroom)
    approve(newsroom, row, by=BY, now=NOW)
    again = put("Cracks close Marrowgate bridge", BRIDGE, feed=1, at=NOW.replace(day=23))
    put("Council votes", "The council of Callerby voted for a new school on Friday, by nine votes to two, at last.")
    row = compose(newsroom, day=23)
    row = merge(
        newsroom, row, str(story(bridge)), str(story(harvest)), by=BY, expected=row.hash, now=NOW.replace(day=23)
    )
    assert story(bridge) == story(harvest) == story(again)
    assert story(again) not in shown(row)


def test_only_a_draft_that_was_seen_is_shaped(newsroom: Config, put: Put):
    first, second = put("Marrowgate bridge closed", BRIDGE), put("Best apple harvest", HARVEST, feed=1)
    row = compose(newsroom)
    one, other = str(story(first)), str(story(second))
    with pytest.raises(MovedOnError):
        merge(newsroom, row, one, other, by=BY, expected="0", now=NOW)
    for wrong in ("", "x", "9" * 40, "999999", "\u0663"):
        with pytest.raises(InputError, match="no story"):
            merge(newsroom, row, one, wrong, by=BY, expected=row.hash, now=NOW)
    with pytest.raises(InputError, match="itself"):
        merge(newsroom, row, one, one, by=BY, expected=row.hash, now=NOW)
    for nobody in ([], ["x"], [str(second.pk)]):
        with pytest.raises(InputError, match="choose"):
            split(newsroom, row, one, nobody, by=BY, expected=row.hash, now=NOW)
    approve(newsroom, row, by=BY, now=NOW)
    row.refresh_from_db()
    with pytest.raises(RefusedError):
        merge(newsroom, row, one, other, by=BY, expected=row.hash, now=NOW)
    assert not Shaping.objects.exists()

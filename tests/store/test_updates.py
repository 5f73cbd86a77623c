"""A story that was carried returns with news or not at all; what is new is shown, in every form, where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from digest.config import Environment
from digest.config.values import Config
from digest.edition import content
from digest.model import EditionStory
from digest.pipeline.approve import approve, hold
from digest.pipeline.draft import draft
from digest.pipeline.preview import show
from digest.store import identity
from digest.store.models import Article, Consideration, Edition, Revision, Story

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)
THURSDAY = TUESDAY + timedelta(days=2)
Write = Callable[..., Article]
FIRST = (
    "A ferry ran onto rocks in the sound near Port Ellery before dawn on Tuesday, killing at least 12 people, the "
    "coastguard said. The vessel was carrying 90 passengers from Sandholm."
)
NEWS = (
    "The toll of the ferry disaster off Port Ellery rose to 31 after divers reached its lower deck. Prosecutor Mira "
    "Castellane opened an inquiry into the owner, whose licence had lapsed in spring.\n\nThe vessel was carrying 90 "
    "passengers from Sandholm."
)


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=TUESDAY)
    return tmp_path


@pytest.fixture
def tell(write: Write) -> Write:
    """Put an account of the ferry into the store, into the story that is known already if there is one."""

    def tell(title: str, text: str, *, at: datetime, feed: int = 0) -> Article:
        made = write(title, feed=feed, at=at - timedelta(hours=1))
        story = Story.objects.order_by("pk").first()
        Article.objects.filter(pk=made.pk).update(title=title, text=text, deck="", story=story)
        return Article.objects.get(pk=made.pk)

    return tell


def compose(config: Config, at: datetime) -> Edition:
    return draft(config, "daily", key=f"{at:%Y-%m-%d}", at=at + timedelta(hours=1), now=at)


def carried(config: Config, at: datetime = TUESDAY) -> Edition:
    return approve(config, compose(config, at), by="ana@news.example", now=at)


def shown(row: Edition) -> list[EditionStory]:
    return list(content.read(row.content).stories)


def test_a_story_with_news_returns_with_what_is_new(newsroom: Config, tell: Write) -> None:
    tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(newsroom)
    new = tell("Ferry toll rises to 31", NEWS, at=THURSDAY)
    (story,) = shown(row := compose(newsroom, THURSDAY))
    assert story.headline == "Ferry toll rises to 31"
    assert story.update is not None
    assert story.update.since == TUESDAY + timedelta(hours=1)
    assert [new.text[s.start : s.end] for s in story.update.new] == [s.text for s in story.update.new]
    assert story.update.new[0].text.startswith("The toll of the ferry disaster")
    assert story.update.why.startswith("new figures: 31; new names: ")
    assert story.summary[: len(story.update.new)] == story.update.new
    assert len({s.text for s in story.summary}) == len(story.summary) <= 3

    for form in ("html", "text", "page", "print"):
        assert "Update since Tuesday" in show(newsroom, row, form, now=THURSDAY).decode(), form
    told = json.loads(show(newsroom, row, "json", now=THURSDAY))["sections"][0]["stories"][0]["update"]
    assert told["since"] == "2026-11-24T06:00:00Z"
    assert told["new"][0]["start"] == 0
    approve(newsroom, row, by="ana@news.example", now=THURSDAY)
    assert Consideration.objects.filter(carried=True).count() == 2


def test_of_an_excerpt_one_short_sentence_is_all_that_is_shown(newsroom: Config, tell: Write) -> None:
    tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(newsroom)
    tell("Ferry toll rises to 31", NEWS, at=THURSDAY, feed=1)
    (story,) = shown(compose(newsroom, THURSDAY))
    assert (story.rights, len(story.summary)) == ("excerpt", 1)
    assert story.update is not None
    assert story.summary == story.update.new
    assert len(story.summary[0].text.split()) <= 30


def test_what_says_nothing_new_stays_away_and_says_why(newsroom: Config, tell: Write) -> None:
    tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(newsroom)
    later = tell("Ferry on the rocks", FIRST.replace("before dawn", "at dawn"), at=THURSDAY, feed=1)
    row = compose(newsroom, THURSDAY)
    assert shown(row) == []
    (skipped,) = content.read(row.content).skipped
    assert (skipped.why, skipped.rule) == ("carried on Tuesday, nothing new", "carried")
    assert skipped.needed.startswith("an account whose opening is newer than 0.80; the best has 0.")
    assert [article for article, *_ in row.looked_at] == [later.pk]


def test_no_updates_where_a_newsletter_wants_none(newsroom: Config, tell: Write) -> None:
    daily = newsroom.newsletters["daily"].model_copy(update={"update_above": 1.0})
    config = newsroom.model_copy(update={"newsletters": {"daily": daily}})
    tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(config)
    tell("Ferry toll rises to 31", NEWS, at=THURSDAY)
    assert shown(compose(config, THURSDAY)) == []


def test_what_was_held_was_not_carried(newsroom: Config, tell: Write) -> None:
    tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    hold(newsroom, carried(newsroom), by="ana@news.example", now=TUESDAY)
    tell("Ferry toll rises to 31", NEWS, at=THURSDAY)
    (story,) = shown(compose(newsroom, THURSDAY))
    assert story.update is None


def test_what_a_publisher_added_after_it_was_carried_is_still_new(newsroom: Config, tell: Write) -> None:
    first = tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(newsroom)
    Revision.objects.create(
        article=first, number=1, replaced_at=THURSDAY - timedelta(hours=5), title=first.title, text=first.text
    )
    Article.objects.filter(pk=first.pk).update(text=NEWS)
    tell("Ferry toll rises to 31", NEWS, at=THURSDAY)
    (story,) = shown(compose(newsroom, THURSDAY))
    assert story.update is not None


def test_where_a_carried_text_is_gone_what_the_edition_showed_still_counts(newsroom: Config, tell: Write) -> None:
    first = tell("Ferry runs onto rocks", FIRST, at=TUESDAY)
    carried(newsroom)
    Article.objects.filter(pk=first.pk).update(text="", deck="", title="gone")
    tell("Ferry runs onto rocks", FIRST, at=THURSDAY)
    assert shown(compose(newsroom, THURSDAY)) == []


def test_a_pin_stands_first_whatever_its_points(newsroom: Config, write: Write) -> None:
    for name in ("bridge", "budget", "eels", "vineyard"):
        write(name, at=TUESDAY - timedelta(hours=1))
    weakest = shown(compose(newsroom, TUESDAY))[-1]
    Story.objects.filter(pk=int(weakest.id)).update(wish="pin")
    row = draft(newsroom, "daily", key=f"{TUESDAY:%Y-%m-%d}", at=TUESDAY + timedelta(hours=1), now=TUESDAY)
    section = next(s for s in content.read(row.content).sections if weakest.id in {one.id for one in s.stories})
    assert section.stories[0].id == weakest.id

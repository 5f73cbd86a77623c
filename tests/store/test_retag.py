"""Editors' words on tags: obeyed in every edition from then on, taken back, and learnt from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from digest.config import Environment
from digest.config.values import Config, TaggingTable
from digest.edition import content
from digest.errors import InputError, MovedOnError
from digest.model import EditionStory
from digest.pipeline import learnt, tagging
from digest.pipeline.approve import approve
from digest.pipeline.draft import draft
from digest.pipeline.retag import retag
from digest.store import identity
from digest.store.models import Article, Edition, TagVerdict
from digest.studio import tagged

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
BY = "ana@news.example"
Write = Callable[..., Article]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)


def compose(config: Config, *, day: int = 22) -> Edition:
    at = NOW.replace(day=day)
    return draft(config, "daily", key=f"2026-11-{day}", at=at + timedelta(hours=1), now=at)


def first(row: Edition) -> EditionStory:
    return content.read(row.content).stories[0]


def keys(story: EditionStory) -> set[str]:
    return {one.tag for one in story.tags}


def test_a_word_is_obeyed_and_can_be_taken_back(newsroom: Config, write: Write) -> None:
    write("bridge")
    row = compose(newsroom)
    article = first(row).articles[0]
    found = keys(first(row))
    assert "nature" not in found

    def say(row: Edition, tag: str, fits: bool | None) -> Edition:
        return retag(newsroom, row, article, tag, fits=fits, by=BY, expected=row.hash, now=NOW)

    given = say(row, "nature", True)
    (nature,) = [one for one in first(given).tags if one.tag == "nature"]
    assert (nature.origin, nature.why, nature.strength) == ("editor", f"{BY} says so", 1.0)
    assert content.read(given.content).sections[0].tag == "nature"
    with pytest.raises(MovedOnError):
        retag(newsroom, given, article, "nature", fits=False, by=BY, expected=row.hash, now=NOW)
    denied = say(given, "nature", False)
    assert keys(first(denied)) == found
    assert TagVerdict.objects.get().fits is False
    assert keys(first(say(denied, "nature", None))) == found
    assert not TagVerdict.objects.exists()


def test_words_on_frozen_editions_are_kept_for_the_next_one(newsroom: Config, write: Write) -> None:
    article = write("bridge")
    row = approve(newsroom, compose(newsroom), by=BY, now=NOW)
    before = row.content
    again = retag(newsroom, row, str(article.pk), "nature", fits=True, by=BY, expected="", now=NOW)
    assert again.content == before
    said = tagging.verdicts([str(article.pk)])
    assert tagging.latest([said[str(article.pk)]]) == {"nature": (True, BY)}


def test_the_last_word_on_any_account_counts(newsroom: Config, write: Write) -> None:
    one, other = write("bridge"), write("budget")
    for article, fits, minute in ((one, True, 2), (other, False, 1)):
        TagVerdict.objects.create(article=article, tag="nature", fits=fits, by=BY, at=NOW + timedelta(minutes=minute))
    said = tagging.verdicts([str(one.pk), str(other.pk)])
    assert tagging.latest(said.values()) == {"nature": (True, BY)}


def test_what_is_not_there_is_refused(newsroom: Config, write: Write) -> None:
    write("bridge")
    row = compose(newsroom)
    article = first(row).articles[0]
    for given in ({"article": "0"}, {"article": "x"}, {"tag": "unknown"}, {"tag": "unknown", "fits": False}):
        with pytest.raises(InputError):
            retag(newsroom, row, **{"article": article, "tag": "nature", "fits": True, **given},
                  by=BY, expected=row.hash, now=NOW)  # fmt: skip
    assert not TagVerdict.objects.exists()


def test_what_was_learnt_is_shown_and_is_a_tag_only_where_the_newsroom_says_so(newsroom: Config, write: Write) -> None:
    feed = write("bridge").feed
    for at in range(60):
        sea = at % 3 == 0
        text = f"The {'ferry crew and the pier' if sea else 'school council and the tram'} were seen by {at} people."
        row = Article.objects.create(
            feed=feed, url=f"https://x.example/{at}", title=f"{'Ferry' if sea else 'Tram'} news {at}", text=text,
            published_at=NOW, first_seen_at=NOW - timedelta(days=40), content_hash=str(at), backlog=True,
        )  # fmt: skip
        TagVerdict.objects.create(article=row, tag="nature", fits=sea, by=BY, at=NOW)
    Article.objects.filter(title__startswith="The").update(text="", title="", said=None)
    ferry = Article.objects.create(
        feed=feed, url="https://x.example/now", title="Ferry is late", text="The crew waits at the pier for the ferry.",
        published_at=NOW - timedelta(hours=1), first_seen_at=NOW - timedelta(minutes=5), content_hash="now",
    )  # fmt: skip

    def drafted(learner: str, day: int) -> tuple[Edition, Config]:
        config = newsroom.model_copy(update={"tagging": TaggingTable(learner=learner)})
        return compose(config, day=day), config

    for learner, day, tags, shown in (("suggest", 22, set(), 1), ("off", 23, set(), 0), ("tag", 24, {"nature"}, 0)):
        row, config = drafted(learner, day)
        value = content.read(row.content)
        story = next(s for s in value.stories if str(ferry.pk) in s.articles)
        assert {one.tag for one in story.tags} & {"nature"} == tags
        lines = tagged.fill(config, row, value, "tags")["lines"]
        (line,) = [one for one in lines if one["article"] == str(ferry.pk)]
        assert len(line["suggested"]) == shown
    assert learnt.learners(tagging.vocabulary(newsroom), fewest=21) == {}

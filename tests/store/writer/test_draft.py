"""An edition whose stories a model may sum up: what editors and readers see of it, and that none is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from digest.audience.subscriptions import add
from digest.config import Environment
from digest.config.values import Config
from digest.edition import content
from digest.pipeline.approve import approve
from digest.pipeline.draft import draft
from digest.pipeline.notices import drafted
from digest.pipeline.preview import findings, show
from digest.store import identity
from digest.store.models import Answer, Article, Edition, Notice

pytestmark = pytest.mark.django_db

CLOSED = "Cracks in two piers closed the toll bridge in Marrowgate on Tuesday."
LABEL = "Summary written by a machine"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=now)


@pytest.fixture
def compose(write: Callable[..., Article], article: Any, now: Any) -> Callable[[Config], Edition]:
    """Draft an edition of two stories: one of an own feed, one of a feed that allows an excerpt."""
    own = write("bridge")
    Article.objects.filter(pk=own.pk).update(text=article().text, deck="", title="Toll bridge shut for the winter")
    write("eels", feed=1)

    def make(config: Config) -> Edition:
        return draft(config, "daily", key="2026-11-22", at=now + timedelta(hours=1), now=now)

    return make


def plain(config: Config, row: Edition, now: Any) -> str:
    return str(show(config, row, "text", now=now))


def test_the_models_words_stand_in_the_edition(stand: Any, asking: Any, compose: Any, now: Any) -> None:
    stand.says = lambda told: [{"text": CLOSED, "from": [1]}]
    row = compose(asking())
    value = content.read(row.content)
    told = {story.headline: story for story in value.stories}
    story = told["Toll bridge shut for the winter"]
    assert [(s.text, s.start, s.end) for s in story.summary] == [(CLOSED, None, None)]
    assert story.machine.model == "quill-1"
    assert [s.machine for s in value.stories if s is not story] == [None]
    assert len(stand.asked) == 1
    assert CLOSED in plain(asking(), row, now)
    assert LABEL not in plain(asking(), row, now)
    assert any("written by quill-1" in str(finding) for finding in findings(asking(), row))


def test_readers_are_told_where_the_newsroom_says_so(stand: Any, asking: Any, compose: Any, now: Any) -> None:
    stand.says = lambda told: [{"text": CLOSED, "from": [1]}]
    config = asking(label=True)
    add("reader@example.org", ["daily"], consent_source="asked at the fair", now=now)
    row = compose(config)
    value = content.read(row.content)
    for form in ("text", "html", "page", "print"):
        assert str(show(config, row, form, now=now)).count(LABEL) == 1
    assert CLOSED not in value.preheader
    assert all(CLOSED not in post.text for post in value.posts)
    assert value.posts


def test_a_failure_leaves_the_articles_own_sentences_and_is_told(
    stand: Any, asking: Any, compose: Any, newsroom: Any
) -> None:
    stand.raw = (503, {}, b"")
    row = compose(asking())
    story = next(s for s in content.read(row.content).stories if s.rights == "own")
    assert all(s.start is not None for s in story.summary)
    assert story.machine.why == "the endpoint answered 503"
    assert any("own words: the endpoint answered 503" in str(f) and not f.blocks for f in findings(asking(), row))
    without = compose(newsroom)
    same = next(s for s in content.read(without.content).stories if s.rights == "own")
    assert (same.summary, same.machine) == (story.summary, None)


def test_drafted_again_it_is_the_same_and_asks_nothing(stand: Any, asking: Any, compose: Any) -> None:
    stand.says = lambda told: [{"text": CLOSED, "from": [1]}]
    first, second = compose(asking()), compose(asking())
    assert first.hash == second.hash
    assert len(stand.asked) == 1


def test_an_approved_letter_holds_what_was_checked(stand: Any, asking: Any, compose: Any, now: Any) -> None:
    stand.says = lambda told: [{"text": CLOSED, "from": [1]}]
    config = asking(label=True)
    add("reader@example.org", ["daily"], consent_source="asked at the fair", now=now)
    row = compose(config)
    Answer.objects.update(claims=[["The mayor fled to Callerby on Friday.", [1]]])
    row = approve(config, row, by="ana@news.example", now=now)
    letter = message_from_bytes(bytes(row.variants.filter(kind="letter").first().body), policy=default)
    told = letter.get_body(("plain",)).get_content()
    assert CLOSED in " ".join(told.split())
    assert "fled" not in told


def test_an_answer_that_was_tampered_with_is_checked_again(stand: Any, asking: Any, compose: Any) -> None:
    stand.says = lambda told: [{"text": CLOSED, "from": [1]}]
    compose(asking())
    Answer.objects.update(claims=[["The mayor fled to Callerby on Friday.", [1]]])
    row = compose(asking())
    story = next(s for s in content.read(row.content).stories if s.rights == "own")
    assert "fled" not in str(story.summary)
    assert story.machine.why


def test_the_editors_mail_says_what_the_model_did(stand: Any, asking: Any, compose: Any, now: Any) -> None:
    stand.raw = (503, {}, b"")
    drafted(asking(), compose(asking()), now=now)
    told = Notice.objects.get().text
    assert (
        "“Toll bridge shut for the winter”: summary kept in the article's own words: the endpoint answered 503" in told
    )

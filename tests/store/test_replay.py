"""Past editions composed again: what a change would do to them, in points; nothing is written, what is gone is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from digest.config import Environment
from digest.config.values import Config, Newsletter
from digest.edition import content
from digest.pipeline.approve import approve
from digest.pipeline.draft import draft
from digest.pipeline.replay import Replayed, replay
from digest.store import identity
from digest.store.models import Article, Edition, Revision

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
Write = Callable[..., Article]


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)
    return tmp_path


@pytest.fixture
def small(newsroom: Config) -> Config:
    """The newsroom with room for two stories, and two editions behind it."""
    daily = Newsletter.model_validate({"title": "The Daily", "sections": [{"tag": "*", "title": "All", "maximum": 2}]})
    return newsroom.model_copy(update={"newsletters": {"daily": daily}})


@pytest.fixture
def past(small: Config, write: Write) -> list[Edition]:
    made = []
    for day, names in enumerate([("bridge", "budget", "eels"), ("ferry", "vineyard")]):
        at = NOW + timedelta(days=day)
        for hours, name in enumerate(names):
            write(name, at=at - timedelta(hours=1 + 6 * hours))
        row = draft(small, "daily", key=f"{at:%Y-%m-%d}", at=at + timedelta(hours=1), now=at)
        made.append(approve(small, row, by="ana@news.example", now=at))
    return made


@pytest.fixture
def reading() -> Iterator[None]:
    """Whoever writes in here fails."""

    def refuse(execute, sql, params, many, context):
        assert sql.lstrip("( ").upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def played(config: Config, **changes: object) -> list[Replayed]:
    changed = config.newsletters["daily"].model_copy(update=changes)
    return list(replay(config, "daily", changed, start=NOW, end=NOW + timedelta(days=9)))


def test_the_rules_as_they_are_give_what_was_sent(small: Config, past: list[Edition], reading: None) -> None:
    found = played(small)
    assert [one.edition for one in found] == ["daily/2026-11-22", "daily/2026-11-23"]
    assert [(one.stories, one.sent, one.changes, one.notes) for one in found] == [((2, 2), (2, 2), (), ())] * 2


def test_a_change_shows_what_comes_in_and_goes_out_and_by_which_points(
    small: Config, past: list[Edition], reading: None
) -> None:
    first, _ = played(small, weights={"tag": 0.0})
    assert [change.kind for change in first.changes] == ["in", "out"]
    came, went = first.changes
    assert came.headline == Article.objects.get(guid="bridge").title
    assert went.headline == Article.objects.get(guid="eels").title
    assert came.before.why == "below place 2 in All"
    assert (came.after.section, came.after.position) == ("All", 1)
    assert went.after.why == "below place 2 in All"
    assert went.points["tag"][0] > went.points["tag"][1] == 0
    for change in (came, went):
        score = change.points.get("score", (0.0, 0.0))
        assert score[1] - score[0] == pytest.approx(sum(b - a for t, (a, b) in change.points.items() if t != "score"))


def test_fewer_places_take_stories_out(small: Config, past: list[Edition], reading: None) -> None:
    first, second = played(small, maximum=1)
    assert (first.stories, second.stories) == ((2, 1), (2, 1))
    assert [change.after.why for change in first.changes] == ["the edition has the 1 stories it may have"]


def test_what_is_gone_is_said(small: Config, past: list[Edition]) -> None:
    Article.objects.get(guid="budget").delete()
    Article.objects.filter(guid="bridge").update(text="", deck="")
    first = played(small)[0]
    assert first.notes == (
        "1 of the 3 articles it looked at are gone, or their feeds are",
        "1 article has no text: it is ranked without it",
    )
    assert first.sent == (2, 1)


def test_texts_are_those_of_then(small: Config, past: list[Edition]) -> None:
    budget = Article.objects.get(guid="budget")
    later = NOW + timedelta(days=1)
    Revision.objects.create(article=budget, number=1, replaced_at=later, title=budget.title, text=budget.text)
    Article.objects.filter(pk=budget.pk).update(title="Something else altogether", text="Nothing.")
    carried = {story.headline for story in content.read(past[0].content).stories}
    assert budget.title in carried
    assert played(small)[0].sent == (2, 2)

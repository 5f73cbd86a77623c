"""A copy of a database that is adopted sends nothing by itself that its original may have sent since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from digest.clock.tick import Work, owed, tick
from digest.config import Config, Environment, load
from digest.edition.adopted import hold_what_may_have_left
from digest.store import identity
from digest.store.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)
SEVEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "config" / "newsletters").mkdir(parents=True)
    (tmp_path / "config" / "digest.toml").write_text('[site]\nname = "Courier"\nzone = "UTC"\n')
    (tmp_path / "config" / "newsletters" / "daily.toml").write_text(
        'title = "Daily"\nschedule = "0 7 * * *"\ndraft_before = "1 hour"\nlate_by = "3 hours"\n'
    )
    monkeypatch.setattr(settings, "VAR", tmp_path)
    return load(tmp_path)


def edition(at: datetime, status: str) -> Edition:
    return Edition.objects.create(
        newsletter="daily", slot_key=f"{at:%Y-%m-%d}", slot_at=at, number=1, status=status, window_from=at,
        window_to=at, drafted_at=at - HOUR, approved_at=None if status == "draft" else at - HOUR,
    )  # fmt: skip


def adopt(at: datetime) -> None:
    identity.make(settings.VAR, Environment({}), now=SEVEN - 30 * DAY)
    identity.disown(settings.VAR)
    identity.adopt(settings.VAR, Environment({}), now=at)


@pytest.mark.parametrize("status", ["draft", "approved", "sending"])
def test_what_was_due_since_the_copy_was_made_is_held(config: Config, status: str) -> None:
    edition(SEVEN - DAY, "sent")
    row = edition(SEVEN, status)
    at = SEVEN + HOUR
    assert [action.edition for action in owed(config, at)] == [row.name]
    assert hold_what_may_have_left(now=at) == [row.name]
    adopt(at)
    row.refresh_from_db()
    assert (row.status, "copy" in row.reason) == ("held", True)
    assert owed(config, at) == ()
    assert Edition.objects.get(slot_at=SEVEN - DAY).status == "sent"


@pytest.mark.parametrize(("status", "before"), [("draft", HOUR), ("approved", HOUR), ("approved", 10 * HOUR)])
def test_what_is_still_to_come_goes_on(config: Config, status: str, before: timedelta) -> None:
    row = edition(SEVEN, status)
    assert hold_what_may_have_left(now=SEVEN - before) == []
    row.refresh_from_db()
    assert row.status == status


def test_an_issue_that_the_copy_does_not_know_is_not_made_again(config: Config) -> None:
    """It was made, and has left, after the copy was."""
    edition(SEVEN - DAY, "sent")
    at = SEVEN + HOUR
    assert [action.kind for action in owed(config, at)] == ["draft"]
    adopt(at)
    assert owed(config, at) == ()
    made: list[str] = []
    nothing = Work(lambda *_, **said: made.append(said["key"]), *[pytest.fail] * 3)  # type: ignore[arg-type,list-item]
    with pytest.raises(AttributeError):
        tick(config, now=SEVEN + DAY - HOUR, environment=Environment({}), work=nothing)
    assert made == ["2026-11-25"], "the next one is made as ever"

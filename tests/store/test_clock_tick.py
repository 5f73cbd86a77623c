"""A tick does what is due, once, and the editors hear of everything that stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from digest.clock.tick import Work, tick
from digest.config import Config, Environment
from digest.errors import RefusedError, TransportError
from digest.store import identity
from digest.store.editions import Edition, Notice

pytestmark = pytest.mark.django_db

SLOT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
MINUTE = timedelta(minutes=1)


def configured(**newsletter: Any) -> Config:
    table = {"title": "Daily", "schedule": "0 7 * * *", **newsletter}
    site = {
        "name": "Courier",
        "zone": "Europe/Berlin",
        "editors": ["ana@news.example"],
        "address": "https://news.example",
    }
    return Config.model_validate({"site": site, "newsletters": {"daily": table}})


@dataclass
class Outcome:
    """What a run reports."""

    stopped: str = ""
    letters: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)


class Room:
    """The use cases as far as the clock sees them: they move the rows of editions and remember being called."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.refuses: dict[str, Exception] = {}
        self.thin = False
        self.outcome = Outcome()
        self.appeals: list[bool] = []

    def work(self) -> Work:
        return Work(draft=self.draft, approve=self.approve, hold=self.hold, publish=self.publish)

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if error := self.refuses.get(what):
            raise error

    def draft(self, config: Config, name: str, *, key: str, at: datetime, now: datetime) -> Edition:
        self._called(f"draft {name}/{key}")
        status = Edition.Status.SKIPPED if self.thin else Edition.Status.DRAFT
        return Edition.objects.create(
            newsletter=name, slot_key=key, slot_at=at, number=1, status=status, reason="0 stories" if self.thin else "",
            window_from=now, window_to=now, drafted_at=now,
        )  # fmt: skip

    def approve(self, config: Config, edition: Edition, *, by: str, now: datetime, appeal: bool = True) -> Edition:
        self._called(f"approve {edition.name}")
        self.appeals.append(appeal)
        return self._to(edition, Edition.Status.APPROVED, approved_at=now, approved_by=by)

    def hold(self, config: Config, edition: Edition, *, by: str, now: datetime, reason: str = "") -> Edition:
        self._called(f"hold {edition.name}")
        return self._to(edition, Edition.Status.HELD, reason=reason)

    def publish(
        self,
        config: Config,
        edition: Edition,
        *,
        now: Callable[[], datetime],
        environment: Environment,
        patient: bool,
        go_on: Callable[[], bool],
    ) -> Outcome:
        self._called(f"publish {edition.name}")
        self._to(edition, Edition.Status.SENDING if self.outcome.stopped else Edition.Status.SENT)
        return self.outcome

    def _to(self, edition: Edition, status: str, **values: Any) -> Edition:
        Edition.objects.filter(pk=edition.pk).update(status=status, **values)
        edition.refresh_from_db()
        return edition


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=SLOT)
    return Environment({})


def play(room: Room, config: Config, *times: datetime) -> list[Any]:
    return [tick(config, now=at, environment=Environment({}), work=room.work()) for at in times]


def test_a_morning_from_draft_to_sent(room: Room) -> None:
    config = configured(approval={"mode": "automatic"})
    play(room, config, *(SLOT - timedelta(minutes=90) + n * MINUTE for n in range(120)))
    assert room.calls == ["draft daily/2026-11-24", "approve daily/2026-11-24", "publish daily/2026-11-24"]
    assert Edition.objects.get().status == "sent"
    assert not Notice.objects.exists()


def test_a_draft_that_waits_is_announced_once_and_held_at_its_deadline(room: Room) -> None:
    config = configured(approval={"mode": "required", "otherwise": "hold"})
    play(room, config, SLOT - 60 * MINUTE, SLOT - 59 * MINUTE)
    notice = Notice.objects.get()
    assert notice.subject == "A draft waits: daily/2026-11-24"
    assert "Tuesday, 24 November, 07:00 (Europe/Berlin)" in notice.text
    assert "https://news.example/studio/editions/daily/2026-11-24/" in notice.text
    play(room, config, SLOT - 10 * MINUTE, SLOT, SLOT + MINUTE)
    assert room.calls[1:] == ["hold daily/2026-11-24"]
    assert "nobody approved it in time" in Notice.objects.order_by("pk").last().text


def test_send_without_appeal_is_said_to_approve(room: Room) -> None:
    config = configured(approval={"mode": "required", "otherwise": "send without appeal"})
    play(room, config, SLOT - 60 * MINUTE, SLOT - 10 * MINUTE, SLOT)
    assert room.appeals == [False]
    assert room.calls[-1] == "publish daily/2026-11-24"
    assert Notice.objects.filter(subject="Approved by rule: daily/2026-11-24").exists()


def test_a_blocked_approval_is_told_once_and_tried_again(room: Room) -> None:
    config = configured(approval={"mode": "automatic"})
    room.refuses["approve daily/2026-11-24"] = RefusedError("the subject is empty; write one")
    reports = play(room, config, SLOT - 60 * MINUTE, SLOT - 10 * MINUTE, SLOT - 9 * MINUTE)
    assert reports[-1].problems == ["daily/2026-11-24: the subject is empty; write one"]
    assert [n.subject for n in Notice.objects.all()] == ["Blocked: daily/2026-11-24"]
    room.refuses.clear()
    play(room, config, SLOT - 8 * MINUTE, SLOT)
    assert room.calls[-1] == "publish daily/2026-11-24"


def test_trouble_at_one_newsletter_does_not_stop_another_and_a_bug_is_loud(room: Room) -> None:
    table = {"title": "T", "schedule": "0 7 * * *", "approval": {"mode": "automatic"}}
    config = Config.model_validate(
        {"site": {"name": "C", "zone": "Europe/Berlin"}, "newsletters": {"a": table, "b": table, "c": table}}
    )
    room.refuses["draft a/2026-11-24"] = TransportError("the disk is full")
    room.refuses["draft b/2026-11-24"] = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        play(room, config, SLOT - 60 * MINUTE)
    assert room.calls == ["draft a/2026-11-24", "draft b/2026-11-24", "draft c/2026-11-24"]
    assert Edition.objects.get().newsletter == "c"


def test_a_thin_day_is_told(room: Room) -> None:
    room.thin = True
    config = configured(approval={"mode": "automatic"})
    play(room, config, SLOT - 60 * MINUTE, SLOT, SLOT + MINUTE)
    assert room.calls == ["draft daily/2026-11-24"]
    assert Notice.objects.get().subject == "No edition: daily/2026-11-24"


def test_an_edition_beyond_its_limit_is_held_and_told(room: Room) -> None:
    config = configured(approval={"mode": "automatic"})
    play(room, config, SLOT - 60 * MINUTE, SLOT - 10 * MINUTE, SLOT + timedelta(hours=4))
    assert room.calls[-1] == "hold daily/2026-11-24"
    assert "more than 3 hours late" in Notice.objects.get().text


def test_issues_missed_in_an_outage_make_one_notice(room: Room) -> None:
    config = configured(approval={"mode": "automatic"})
    play(room, config, SLOT - 60 * MINUTE, SLOT - 10 * MINUTE, SLOT)
    back = SLOT + timedelta(days=4, hours=5)
    play(room, config, back, back + MINUTE)
    notice = Notice.objects.get()
    assert notice.subject == "Missed: daily"
    assert notice.text.count("\n- ") == 4
    assert Edition.objects.count() == 1


def test_nothing_is_done_where_the_database_belongs_to_another_machine(room: Room, tmp_path: Path) -> None:
    (tmp_path / identity.FILE).write_text("another")
    (report,) = play(room, configured(), SLOT)
    assert room.calls == []
    assert "another installation" in report.problems[0]
    assert not Notice.objects.exists()


def test_two_ticks_at_once_settle_on_one_edition(room: Room) -> None:
    """The second clock of a pair finds the slot taken: the row is unique."""
    from django.db import IntegrityError, transaction

    config = configured(approval={"mode": "automatic"})
    play(room, config, SLOT - 60 * MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        room.draft(config, "daily", key="2026-11-24", at=SLOT, now=SLOT)
    assert Edition.objects.count() == 1


def test_a_stopped_run_and_uncertain_letters_are_told_once_and_the_run_goes_on(room: Room) -> None:
    room.outcome = Outcome(stopped="The mail server mx:25 cannot be reached.", letters={"sent": 9, "uncertain": 2})
    config = configured(approval={"mode": "automatic"})
    play(room, config, SLOT - 60 * MINUTE, SLOT - 10 * MINUTE, SLOT, SLOT + MINUTE, SLOT + 2 * MINUTE)
    assert room.calls[2:] == ["publish daily/2026-11-24"] * 3
    assert [n.subject for n in Notice.objects.order_by("pk")] == [
        "Stopped: daily/2026-11-24",
        "Uncertain: daily/2026-11-24",
    ]

"""The clock asks for each thing once, at its time, and never sends what is too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.clock.due import Action, Known, Slot, due, slots
from digest.config import Newsletter

SLOT = Slot(at=datetime(2026, 11, 24, 7, 0, tzinfo=UTC), key="2026-11-24")
MINUTE = timedelta(minutes=1)
EVER = {"daily": datetime(2026, 11, 23, tzinfo=UTC)}


def newsletter(**changes: Any) -> Newsletter:
    return Newsletter.model_validate({"title": "Daily", "schedule": "0 7 * * *", **changes})


def ask(rule: Newsletter, known: list[Known], at: datetime, since: dict[str, datetime] | None = None):
    before = [] if known and known[0].slot.key == "2026-11-23" else [edition("sent", key="2026-11-23")]
    return due(
        {"daily": rule}, [*before, *known], "UTC", at,
        since=EVER if since is None else since, attempts_for=timedelta(days=1),
    )  # fmt: skip


def edition(status: str, *, key: str = "2026-11-24", drafted: datetime | None = None, approved: datetime | None = None):
    at = datetime.fromisoformat(key).replace(hour=7, tzinfo=UTC)
    return Known(
        newsletter="daily", slot=Slot(at=at, key=key), status=status,
        drafted_at=drafted or at - timedelta(hours=1), approved_at=approved,
    )  # fmt: skip


def said(actions: tuple[Action, ...]) -> list[tuple[str, str]]:
    return [(action.kind, action.slot.key) for action in actions]


def test_a_draft_is_made_an_hour_before_and_not_sooner() -> None:
    rule = newsletter()
    early = SLOT.at - timedelta(hours=1, seconds=1)
    assert ask(rule, [], early) == ()
    assert said(ask(rule, [], early + timedelta(seconds=1))) == [("draft", "2026-11-24")]


def test_nothing_is_asked_twice() -> None:
    rule = newsletter()
    assert ask(rule, [edition("draft")], SLOT.at - 30 * MINUTE) == ()
    for done in ("sent", "held", "skipped"):
        assert ask(rule, [edition(done)], SLOT.at + MINUTE) == ()


@pytest.mark.parametrize(
    ("approval", "kind", "appeal"),
    [
        ({"mode": "required", "otherwise": "hold"}, "hold", True),
        ({"mode": "required", "otherwise": "send"}, "approve", True),
        ({"mode": "required", "otherwise": "send without appeal"}, "approve", False),
        ({"mode": "automatic"}, "approve", True),
    ],
)
def test_at_the_deadline_the_rule_decides(approval: dict[str, str], kind: str, appeal: bool) -> None:
    rule = newsletter(approval=approval)
    deadline = SLOT.at - 10 * MINUTE
    assert ask(rule, [edition("draft")], deadline - MINUTE) == ()
    (action,) = ask(rule, [edition("draft")], deadline)
    assert (action.kind, action.appeal) == (kind, appeal)


def test_an_approved_edition_leaves_at_its_slot_and_not_before() -> None:
    rule = newsletter()
    approved = edition("approved", approved=SLOT.at - 30 * MINUTE)
    assert ask(rule, [approved], SLOT.at - timedelta(seconds=1)) == ()
    assert said(ask(rule, [approved], SLOT.at)) == [("publish", "2026-11-24")]
    assert said(ask(rule, [approved], SLOT.at + timedelta(hours=3))) == [("publish", "2026-11-24")]


def test_beyond_the_limit_an_edition_is_held_and_not_sent() -> None:
    late = SLOT.at + timedelta(hours=3, seconds=1)
    approved = edition("approved", approved=SLOT.at - 30 * MINUTE)
    assert said(ask(newsletter(), [approved], late)) == [("hold", "2026-11-24")]
    for mode in ("automatic", "required"):
        rule = newsletter(approval={"mode": mode, "otherwise": "send"})
        assert said(ask(rule, [edition("draft")], late)) == [("hold", "2026-11-24")]


def test_a_person_who_approves_after_the_limit_is_told_and_not_overruled() -> None:
    later = SLOT.at + timedelta(hours=5)
    assert said(ask(newsletter(), [edition("approved", approved=later)], later + MINUTE)) == [("skip", "2026-11-24")]


def test_a_late_draft_gives_editors_the_time_they_would_have_had() -> None:
    rule = newsletter(approval={"mode": "required", "otherwise": "send"})
    drafted = SLOT.at + 5 * MINUTE
    late = edition("draft", drafted=drafted)
    assert ask(rule, [late], drafted + 49 * MINUTE) == ()
    assert said(ask(rule, [late], drafted + 50 * MINUTE)) == [("approve", "2026-11-24")]
    automatic = newsletter(approval={"mode": "automatic"})
    assert said(ask(automatic, [late], drafted)) == [("approve", "2026-11-24")]


def test_a_slot_missed_within_the_limit_is_made_and_beyond_it_reported() -> None:
    rule = newsletter()
    assert said(ask(rule, [], SLOT.at + timedelta(hours=2))) == [("draft", "2026-11-24")]
    assert said(ask(rule, [], SLOT.at + timedelta(hours=4))) == [("skip", "2026-11-24")]


def test_a_new_newsletter_begins_with_its_next_slot() -> None:
    rule = newsletter()
    at = SLOT.at + timedelta(hours=1)
    assert due({"daily": rule}, [], "UTC", at, since={}, attempts_for=timedelta(days=1)) == ()
    coming = SLOT.at + timedelta(days=1) - timedelta(hours=1)
    actions = due({"daily": rule}, [], "UTC", coming, since={}, attempts_for=timedelta(days=1))
    assert said(actions) == [("draft", "2026-11-25")]


def test_after_an_outage_only_the_newest_of_several_issues_is_made() -> None:
    rule = newsletter(schedule="0 * * * *", draft_before="10 minutes")
    at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    known = [replace(edition("sent"), slot=Slot(at=SLOT.at - timedelta(hours=1), key="2026-11-24T0600"))]
    actions = due({"daily": rule}, known, "UTC", at, since={"daily": known[0].slot.at}, attempts_for=timedelta(days=1))
    assert said(actions) == [("skip", "2026-11-24T0700"), ("skip", "2026-11-24T0800"), ("draft", "2026-11-24T0900")]


def test_a_changed_schedule_does_not_make_an_issue_again() -> None:
    sent = edition("sent")
    twice_a_day = newsletter(schedule="0 7,17 * * *")
    assert ask(twice_a_day, [sent], SLOT.at + MINUTE, {"daily": SLOT.at}) == ()
    later = newsletter(schedule="0 9 * * *")
    assert ask(later, [sent], SLOT.at + timedelta(hours=2, minutes=1)) == ()


def test_a_draft_made_by_hand_outside_the_schedule_is_left_to_its_maker() -> None:
    stray = replace(edition("draft"), slot=Slot(at=SLOT.at + timedelta(hours=4), key="2026-11-24T1100"))
    done = edition("sent")
    assert ask(newsletter(), [done, stray], SLOT.at + timedelta(hours=5)) == ()


def test_a_run_that_was_interrupted_goes_on_within_the_time_letters_are_tried() -> None:
    sending = edition("sending", approved=SLOT.at - 30 * MINUTE)
    assert said(ask(newsletter(), [sending], SLOT.at + timedelta(hours=26))[:1]) == [("publish", "2026-11-24")]
    week = due({"daily": newsletter(schedule="")}, [sending], "UTC", SLOT.at + timedelta(days=7),
               since=EVER, attempts_for=timedelta(days=1))  # fmt: skip
    assert said(week) == [("skip", "2026-11-24")]


@settings(max_examples=80, deadline=None)
@given(
    ticks=st.lists(st.integers(1, 40 * 60), min_size=5, max_size=60),
    mode=st.sampled_from(["automatic", "required"]),
    otherwise=st.sampled_from(["hold", "send", "send without appeal"]),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "UTC"]),
)
def test_through_any_outages_every_slot_is_settled_once_and_none_is_sent_late(
    ticks: list[int], mode: str, otherwise: str, zone: str
) -> None:
    """Play the clock's part with gaps of up to 40 hours, across a change of summer time."""
    rule = newsletter(schedule="30 2 * * *", approval={"mode": mode, "otherwise": otherwise})
    now = datetime(2026, 10, 23, 12, 0, tzinfo=UTC)
    editions: dict[str, Known] = {}
    sent: list[str] = []
    reported: set[str] = set()
    since: dict[str, datetime] = {}
    for minutes in [1, 14 * 60, *ticks]:
        now += timedelta(minutes=minutes)
        for _ in range(3):  # a tick sees what the one before it made
            for action in due(
                {"daily": rule}, editions.values(), zone, now, since=since, attempts_for=timedelta(days=1)
            ):
                key = action.slot.key
                if action.kind == "draft":
                    assert key not in editions
                    editions[key] = Known(newsletter="daily", slot=action.slot, status="draft", drafted_at=now)
                    since.setdefault("daily", action.slot.at)
                elif action.kind == "approve":
                    assert editions[key].status == "draft"
                    editions[key] = replace(editions[key], status="approved", approved_at=now)
                elif action.kind == "hold":
                    assert editions[key].status in ("draft", "approved")
                    editions[key] = replace(editions[key], status="held")
                elif action.kind == "publish":
                    assert editions[key].status == "approved"
                    assert action.slot.at <= now <= action.slot.at + rule.late_by
                    editions[key] = replace(editions[key], status="sent")
                    sent.append(key)
                else:
                    assert key not in editions
                    reported.add(key)
    assert len(sent) == len(set(sent))
    assert not reported & set(editions)
    settled = {key for key, known in editions.items() if known.status in ("sent", "held")} | reported
    passed = slots("30 2 * * *", zone, since.get("daily", now), now)
    assert {slot.key for slot in passed} <= settled | {
        key for key, known in editions.items() if known.slot.at > now - MINUTE * 60 * 3
    }
    if mode == "required" and otherwise == "hold":
        assert not sent


def test_a_run_by_the_readers_clocks_may_last_until_the_last_morning() -> None:
    sending = edition("sending", approved=SLOT.at - 30 * MINUTE)
    later = SLOT.at + timedelta(hours=3 + 24 + 25)
    assert ("skip", "2026-11-24") in said(ask(newsletter(), [sending], later))
    assert ("publish", "2026-11-24") in said(ask(newsletter(clock="reader"), [sending], later))


def test_a_run_that_a_person_began_late_may_last_as_long() -> None:
    sending = edition("sending", approved=SLOT.at + timedelta(hours=40))
    assert ("publish", "2026-11-24") in said(ask(newsletter(), [sending], SLOT.at + timedelta(hours=50)))

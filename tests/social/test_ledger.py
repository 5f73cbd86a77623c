"""The rows: planned once, taken once, concluded once, settled by evidence or a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.config.values import Account
from digest.errors import RefusedError
from digest.model import Post as Planned
from digest.social import ledger
from digest.social.outcome import Absent, Later, Refused, Sent, Unknown
from digest.store.posts import Post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ACCOUNT = Account(name="newsroom", network="x", gap="0 minutes", monthly_cap=100)


def take(now=NOW, worker="w", **more):
    return ledger.take(ACCOUNT, now, worker=worker, **more)


def only():
    return Post.objects.get()


def test_planning_again_replaces_what_has_not_left(leaving):
    edition = leaving("1", "2")
    ledger.conclude(take(), Sent("9"), NOW)
    rows = ledger.plan(
        edition,
        [
            Planned(account="x:newsroom", kind="story", item="1", text="changed"),
            Planned(account="x:newsroom", kind="story", item="3", text="new"),
        ],
        NOW,
    )
    assert [(row.item, row.status) for row in rows] == [("1", "sent"), ("3", "planned")]
    assert rows[0].text.startswith("Story 1")
    assert set(edition.posts.values_list("item", flat=True)) == {"1", "3"}


@pytest.mark.parametrize("status", ["draft", "approved", "held", "skipped"])
def test_posts_leave_only_with_their_edition(leaving, status):
    leaving("1", status=status)
    assert take() is None


def test_the_sent_editions_posts_may_still_leave(leaving):
    leaving("1", status="sent")
    assert take().item == "1"


def test_a_row_is_taken_once(leaving):
    leaving("1")
    row = take()
    assert (row.status, row.attempts, row.at) == ("sending", 1, NOW)
    assert take() is None


def test_only_the_editions_own_posts_are_taken(leaving):
    leaving("1")
    second = leaving("2")
    assert take(edition=second).item == "2"


def test_another_text_than_the_approved_one_never_leaves(leaving):
    leaving("1")
    Post.objects.update(text="something else")
    assert take() is None
    assert only().status == "failed"
    assert "approved" in only().reply


def test_later_comes_back_when_the_network_says(leaving):
    leaving("1")
    ledger.conclude(take(), Later(NOW + timedelta(minutes=7), "wait"), NOW)
    assert (only().status, only().reply) == ("planned", "wait")
    assert take(NOW + timedelta(minutes=6)) is None
    assert take(NOW + timedelta(minutes=7)).attempts == 2


def test_later_without_a_time_backs_off_and_ends(leaving):
    leaving("1")
    now, pauses = NOW, []
    while row := take(now):
        ledger.conclude(row, Later(None, "cannot be reached"), now)
        if only().status != "planned":
            break
        pauses.append((only().due_at - now) // timedelta(minutes=1))
        now = only().due_at
    assert pauses == [5, 10, 20, 40, 80, 160, 320]
    assert only().status == "failed"


def test_a_refusal_is_final(leaving):
    leaving("1")
    ledger.conclude(take(), Refused("no"), NOW)
    assert (only().status, only().reply) == ("failed", "no")
    assert take() is None


def test_what_a_dead_sender_left_is_uncertain_and_stays_so_where_nothing_is_found(leaving):
    leaving("1")
    take()
    assert ledger.recover("x:newsroom", NOW) == 1
    assert only().status == "uncertain"
    assert [row.item for row in ledger.doubtful(NOW)] == ["1"]
    ledger.reconcile(only(), Absent(proof=False), NOW)
    assert only().status == "uncertain"
    assert list(ledger.doubtful(NOW + timedelta(minutes=9))) == []
    assert len(ledger.doubtful(NOW + timedelta(minutes=10))) == 1
    ledger.reconcile(only(), Absent(proof=False), NOW + timedelta(minutes=30))
    assert list(ledger.doubtful(NOW + timedelta(minutes=59))) == []
    assert list(ledger.doubtful(NOW + timedelta(days=2))) == []
    assert take(NOW + timedelta(minutes=30)) is None


def test_what_is_found_is_sent(leaving):
    leaving("1")
    take()
    ledger.recover("x:newsroom", NOW)
    ledger.reconcile(only(), Sent("5", "https://x.com/i/status/5"), NOW)
    assert (only().status, only().remote_id, only().url) == ("sent", "5", "https://x.com/i/status/5")


def test_proof_of_absence_plans_it_again(leaving):
    leaving("1")
    take()
    ledger.recover("x:newsroom", NOW)
    ledger.reconcile(only(), Absent(proof=True), NOW)
    assert take().attempts == 2


def test_an_account_that_cannot_be_read_leaves_it_uncertain_and_due(leaving):
    leaving("1")
    take()
    ledger.recover("x:newsroom", NOW)
    ledger.reconcile(only(), Unknown("silent"), NOW)
    assert only().status == "uncertain"
    assert len(ledger.doubtful(NOW)) == 1


def test_the_late_word_of_a_sender_that_was_given_up_counts(leaving):
    leaving("1")
    row = take()
    ledger.recover("x:newsroom", NOW)
    ledger.conclude(row, Sent("5"), NOW)
    assert (only().status, only().remote_id) == ("sent", "5")


def test_the_late_word_does_not_undo_a_persons(leaving):
    leaving("1")
    row = take(worker="first")
    ledger.recover("x:newsroom", NOW)
    ledger.settle(only(), "send again", by="ana@news.example", now=NOW)
    take(worker="second")
    ledger.conclude(row, Refused("no"), NOW)
    assert (only().status, only().worker) == ("sending", "second")


def test_a_person_settles(leaving):
    leaving("1")
    ledger.conclude(take(), Unknown("no answer"), NOW)
    ledger.settle(only(), "it is there", by="ana@news.example", now=NOW, url="https://x.com/i/status/5")
    assert (only().status, only().url) == ("sent", "https://x.com/i/status/5")
    assert only().reply == "ana@news.example: it is there"
    with pytest.raises(RefusedError, match="this post is sent"):
        ledger.settle(only(), "send again", by="ana@news.example", now=NOW)


def test_send_again_sends_again(leaving):
    leaving("1")
    ledger.conclude(take(), Unknown("no answer"), NOW)
    ledger.settle(only(), "send again", by="ana@news.example", now=NOW + timedelta(days=3))
    assert take(NOW + timedelta(days=3)).item == "1"


def test_what_was_never_handed_over_is_planned_again_and_nothing_else(leaving):
    edition = leaving("1", "2")
    ledger.conclude(take(), Refused("no"), NOW)
    assert ledger.refuse("x:newsroom", "no keys", NOW) == 1
    ledger.revive(edition, NOW)
    assert dict(edition.posts.values_list("item", "status")) == {"1": "failed", "2": "planned"}

"""What became of an edition's posts, and a person's word on those nobody is sure of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.config.values import Account
from digest.errors import InputError, RefusedError, UsageError
from digest.social import ledger
from digest.social.outcome import Refused, Sent, Unknown
from digest.social.posted import posted, to_settle
from digest.store.posts import Post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ACCOUNT = Account(name="newsroom", network="x", gap="0 minutes", monthly_cap=100)


def concluded(outcome):
    row = ledger.take(ACCOUNT, NOW, worker="w")
    ledger.conclude(row, outcome, NOW)
    row.refresh_from_db()
    return row


def test_the_list_says_where_each_post_is(leaving):
    edition = leaving("1", "2")
    concluded(Sent("9", "https://x.com/i/status/9"))
    sent, planned = posted(edition)
    assert (sent["status"], sent["url"], sent["at"], sent["due"]) == (
        "sent", "https://x.com/i/status/9", "2026-11-24T06:00:00Z", "",
    )  # fmt: skip
    assert (planned["status"], planned["at"], planned["due"]) == ("planned", "", "2026-11-24T06:00:00Z")
    assert [one["id"] for one in posted(edition, "planned")] == [planned["id"]]
    with pytest.raises(UsageError, match='no post is "lost"'):
        list(posted(edition, "lost"))


def test_the_one_that_waits_is_found(leaving):
    edition = leaving("1", "2", "3")
    concluded(Sent("9"))
    failed = concluded(Refused("too long"))
    assert to_settle(edition, "x:newsroom") == failed
    unsure = concluded(Unknown("it did not answer"))
    assert to_settle(edition, "x:newsroom") == unsure
    assert to_settle(edition, "x:newsroom", failed.pk) == failed


def test_several_that_wait_must_be_named(leaving):
    edition = leaving("1", "2")
    rows = [concluded(Unknown("it did not answer")) for _ in range(2)]
    with pytest.raises(RefusedError, match=f"--post: {rows[0].pk}, {rows[1].pk}"):
        to_settle(edition, "x:newsroom")


def test_what_is_not_there_cannot_be_settled(leaving):
    edition, other = leaving("1"), leaving("2")
    with pytest.raises(InputError, match="has no post on x:elsewhere"):
        to_settle(edition, "x:elsewhere")
    with pytest.raises(InputError, match="digest posts list"):
        to_settle(edition, "x:newsroom", Post.objects.get(edition=other).pk)
    with pytest.raises(RefusedError, match="planned"):
        to_settle(edition, "x:newsroom")


def test_an_uncertain_post_can_be_given_up_and_a_failed_one_is_already(leaving):
    edition = leaving("1")
    row = concluded(Unknown("it did not answer"))
    ledger.settle(row, "it failed", by="ana@news.example", now=NOW)
    row.refresh_from_db()
    assert (row.status, row.reply) == ("failed", "ana@news.example: it is not there")
    ledger.revive(edition, NOW)
    assert ledger.take(ACCOUNT, NOW + timedelta(hours=1), worker="w") is None
    with pytest.raises(RefusedError, match="only an uncertain one"):
        ledger.settle(row, "it failed", by="ana@news.example", now=NOW)


def test_a_late_answer_changes_nothing_of_what_a_person_settled(leaving):
    leaving("1")
    row = concluded(Unknown("it did not answer"))
    ledger.settle(row, "it failed", by="ana@news.example", now=NOW)
    ledger.conclude(row, Sent("9"), NOW)
    assert Post.objects.get().status == "failed"

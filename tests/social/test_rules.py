"""Who may post when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from digest.config.values import Account
from digest.errors import UsageError
from digest.social import ledger, rules
from digest.social.outcome import Refused, Sent
from digest.social.prices import price
from digest.store.posts import Post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def x_account(**changes):
    return Account(**{"name": "newsroom", "network": "x", **changes})


def take(account=None, now=NOW, **more):
    return ledger.take(account or x_account(), now, worker="w", **more)


def send(account=None, now=NOW, **more):
    row = take(account, now, **more)
    if row:
        ledger.conclude(row, Sent("1"), now)
        row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("plain words", "0.015"),
        ("see https://news.org/a", "0.200"),
        ("Amazon.com sues", "0.200"),
        ("U.S. wins", "0.015"),
    ],
)
def test_what_a_post_costs(text, dollars):
    assert price("x", text) == Decimal(dollars)
    assert price("folder", text) == 0


def test_nothing_posts_before_a_person_approved(leaving):
    edition = leaving("1", by="rule: automatic")
    leaving("2", by="the clock")
    assert take() is None
    assert "has never posted" in Post.objects.get(item="1").reply
    with pytest.raises(UsageError, match="not a person"):
        rules.allow(edition, by="rule: automatic")
    rules.allow(edition, by="ana@news.example")
    assert take().item == "1"
    edition.refresh_from_db()
    assert edition.approved_by == "ana@news.example"


def test_a_word_for_an_edition_that_is_not_approved_is_refused(leaving):
    with pytest.raises(UsageError, match="is draft"):
        rules.allow(leaving("1", by="", status="draft"), by="ana@news.example")


def test_one_accounts_approval_is_not_anothers(leaving):
    leaving("1", channel="x:other")
    leaving("2", by="rule: automatic")
    assert take() is None


def test_a_later_automatic_edition_posts_by_itself(leaving):
    leaving("1")
    send()
    leaving("2", by="rule: automatic")
    assert take(now=NOW + timedelta(hours=1)).item == "2"


def test_a_folder_needs_nobodys_word(leaving):
    leaving("1", channel="folder:newsroom", by="rule: automatic")
    assert take(Account(name="newsroom")).item == "1"


def test_the_gap_is_kept_between_posts_and_between_editions(leaving):
    leaving("1", "2")
    leaving("3")
    account = x_account(gap="20 minutes")
    assert send(account).item == "1"
    assert take(account) is None
    assert "lasts until 06:20" in Post.objects.get(item="2").reply
    assert take(account, NOW + timedelta(minutes=19)) is None
    assert send(account, NOW + timedelta(minutes=20)).item == "2"
    assert take(account, NOW + timedelta(minutes=30)) is None
    assert send(account, NOW + timedelta(minutes=40)).item == "3"


def test_a_refused_post_leaves_no_gap(leaving):
    leaving("1", "2")
    ledger.conclude(take(), Refused("no"), NOW)
    assert take().item == "2"


def test_the_months_cap_is_never_passed(leaving):
    leaving("1", "2", "3")
    account = x_account(gap="0 minutes", monthly_cap=0.4)
    assert send(account).item == "1"
    assert send(account).item == "2"
    assert take(account) is None
    row = Post.objects.get(item="3")
    assert row.status == "skipped"
    assert "cap of $0.40" in row.reply
    assert rules.spent("x:newsroom", NOW, "UTC") == Decimal("0.4")


def test_the_month_is_the_newsrooms(leaving):
    before = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    after = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    leaving("1", "2", now=before)
    account = x_account(gap="0 minutes", monthly_cap=0.2)
    assert send(account, before, zone="Europe/Berlin").item == "1"
    assert rules.spent("x:newsroom", after, "UTC") == Decimal("0.2")
    assert send(account, after, zone="Europe/Berlin").item == "2"
    assert rules.month_start(after, "Europe/Berlin") == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_news_that_is_too_old_is_not_posted(leaving):
    leaving("1")
    assert take(now=NOW + timedelta(hours=25)) is None
    assert Post.objects.get().status == "skipped"
    assert "too late" in Post.objects.get().reply


def test_a_story_is_told_once_to_an_account_whatever_the_edition(leaving):
    leaving("1")
    leaving("1")
    account = x_account(gap="0 minutes")
    assert send(account).item == "1"
    assert take(account) is None
    assert sorted(Post.objects.values_list("status", flat=True)) == ["sent", "skipped"]
    assert "daily/2026-11-24" in Post.objects.get(status="skipped").reply


def test_an_appeal_may_be_told_again(leaving):
    leaving("autumn", kind="appeal")
    leaving("autumn", kind="appeal")
    account = x_account(gap="0 minutes")
    assert send(account)
    assert send(account)

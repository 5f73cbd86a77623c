"""What is old shrinks: counts stay, the server's words go, and what failed or is in doubt stays whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count

from digest.delivery import retention
from digest.store.models import Edition, Letter, Report, SendWindow

KEEP = timedelta(days=90)
STATES = ("sent", "sent", "skipped", "failed", "uncertain", "sent", "skipped")


@pytest.fixture
def old(enrolled, clock):
    """A finished edition: three windows, one of sent letters alone, and one skipped letter without any."""
    edition = enrolled(len(STATES))
    windows = [
        SendWindow.objects.create(edition=edition, worker="a/1", opened_at=clock(), lease_until=clock(), closed_at=at)
        for at in (clock(), clock(), clock())
    ]
    for number, (letter, status) in enumerate(zip(Letter.objects.order_by("pk"), STATES, strict=True)):
        Letter.objects.filter(pk=letter.pk).update(
            status=status,
            reply=f"250 {number}",
            window=windows[min(number // 2, 2)] if number < 6 else None,
            at=clock(),
        )
        Report.objects.create(key=str(number), source="dsn", letter=letter, kind="bounce", at=clock(), words="x")
    Edition.objects.filter(pk=edition.pk).update(status="sent", finished_at=clock())
    edition.refresh_from_db()
    return edition


def rows():
    return list(Letter.objects.order_by("pk").values_list("status", "reply", "window__worker"))


def counted():
    return dict(Letter.objects.order_by().values_list("status").annotate(Count("pk")))


def test_nothing_shrinks_before_its_time(old, clock):
    before = rows()
    assert retention.shrink(keep=KEEP, now=clock() + KEEP) == 0
    Edition.objects.update(status="sending")
    assert retention.shrink(keep=KEEP, now=clock() + 2 * KEEP) == 7 - 2  # only reports, which are of their own age
    assert rows() == before


def test_sent_and_skipped_shrink_and_the_rest_stays_whole(old, clock):
    before = counted()
    assert retention.shrink(keep=KEEP, now=clock() + KEEP + timedelta(seconds=1)) > 0
    assert counted() == before
    kept = [row for row in rows() if row[0] in ("failed", "uncertain")]
    assert kept == [("failed", "250 3", "a/1"), ("uncertain", "250 4", "a/1")]
    assert {row[1:] for row in rows() if row not in kept} == {("", None)}
    assert SendWindow.objects.count() == 2
    assert sorted(Report.objects.values_list("letter__status", flat=True)) == ["failed", "uncertain"]
    assert retention.shrink(keep=KEEP, now=clock() + 2 * KEEP) == 0


def test_it_goes_on_where_it_was_broken_off(old, clock, monkeypatch):
    monkeypatch.setattr(retention, "WINDOWS", 1)
    monkeypatch.setattr(retention, "CHUNK", 1)
    turns = 0
    while retention.shrink(keep=KEEP, now=clock() + 2 * KEEP, at_most=1):
        turns += 1
        assert turns < 20
    assert turns == 1 + 3 + 5
    assert {row[1] for row in rows()} == {"", "250 3", "250 4"}


def test_an_edition_that_nobody_got_shrinks_too(enrolled, clock):
    edition = enrolled(2)
    Letter.objects.update(status="skipped", reply="unsubscribed since the edition was approved", at=clock())
    Edition.objects.filter(pk=edition.pk).update(status="sent", finished_at=clock())
    assert retention.shrink(keep=KEEP, now=clock() + KEEP) == 0
    assert retention.shrink(keep=KEEP, now=clock() + KEEP + timedelta(hours=1)) == 2
    assert rows() == [("skipped", "", None)] * 2
    assert retention.shrink(keep=KEEP, now=clock() + KEEP + timedelta(hours=1)) == 0

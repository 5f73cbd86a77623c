"""The report of an edition adds up, and costs a handful of queries however many letters there are."""

from __future__ import annotations

from datetime import timedelta

from digest.delivery.summary import domains, follows, summary
from digest.store.models import Click, Letter, SendWindow

REPLIES = [
    ("sent", "250 2.0.0 queued as A1"), ("sent", "250 2.0.0 queued as A2"), ("sent", "250 2.0.0 queued as A3"),
    ("deferred", "450 4.7.1 greylisted, see row 17"), ("deferred", "450 4.7.1 greylisted, see row 18"),
    ("failed", "550 5.1.1 no such mailbox"), ("skipped", "unsubscribed since the edition was approved"),
]  # fmt: skip


def _settled(edition, clock, count=1):
    rows = list(Letter.objects.filter(edition=edition).order_by("id"))
    window = SendWindow.objects.create(
        edition=edition, worker="w", opened_at=clock.now - timedelta(seconds=20), closed_at=clock.now,
        lease_until=clock.now,
    )  # fmt: skip
    for letter, (status, reply) in zip(rows, REPLIES * count, strict=True):
        letter.status, letter.reply, letter.at, letter.window = status, reply, clock.now, window
    Letter.objects.bulk_update(rows, ["status", "reply", "at", "window"])
    return rows


def test_it_adds_up(enrolled, clock):
    edition = enrolled(7)
    rows = _settled(edition, clock)
    Letter.objects.filter(pk=rows[0].pk).update(bounce="complaint")
    found = summary(edition, clock.now)
    assert (found.counts.sent, found.counts.deferred, found.counts.failed, found.counts.skipped) == (3, 2, 1, 1)
    assert [(one.status, one.letters, one.code) for one in found.reasons] == [
        ("deferred", 2, "450 4.7.1"),
        ("failed", 1, "550 5.1.1"),
        ("skipped", 1, ""),
    ]
    assert found.reasons[0].example == "450 4.7.1 greylisted, see row 17"
    assert found.bounces == {"complaint": 1}
    assert found.pace == 4 / 20
    assert (found.began, found.ended) == (clock.now, clock.now)


def test_what_is_due_has_a_time_left_and_what_is_not_has_none(enrolled, clock):
    edition = enrolled(14)
    rows = _settled(edition, clock, 2)
    Letter.objects.filter(pk__in=[row.pk for row in rows[:4]]).update(status="pending", due_at=clock.now)
    found = summary(edition, clock.now)
    assert found.left is not None
    assert found.left.total_seconds() == round(found.counts.open / found.pace)
    Letter.objects.filter(edition=edition, status__in=["pending", "deferred"]).update(
        due_at=clock.now + timedelta(hours=1)
    )
    assert summary(edition, clock.now).left is None
    clock.forward(minutes=5)
    assert summary(edition, clock.now).pace == 0


def test_its_queries_do_not_grow(enrolled, clock, django_assert_max_num_queries):
    edition = enrolled(70)
    _settled(edition, clock, 10)
    with django_assert_max_num_queries(12):
        summary(edition, clock.now)


def test_providers_and_follows(enrolled, clock):
    edition = enrolled(7)
    _settled(edition, clock)
    assert domains(edition) == {"inbox.example": {"sent": 3, "deferred": 2, "failed": 1, "skipped": 1}}
    for day, count in ((0, 3), (1, 4)):
        Click.objects.create(edition=edition, place="17", day=(clock.now + timedelta(days=day)).date(), count=count)
    assert follows(edition) == {"17": 7}

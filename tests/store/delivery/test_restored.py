"""What comes back of letters that left between a backup and its restore touches no other letter of the copy."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import connection

from digest.audience import subscriptions
from digest.delivery import bounces, evidence, reports, returns
from digest.delivery.bounces import Said
from digest.delivery.enrol import enrol
from digest.store import backup, counters
from digest.store.models import Edition, Letter, Report, SendWindow, Story, Subscriber, Suppression, Variant

pytestmark = pytest.mark.django_db(transaction=True)
HARD = Said(kind="failed", status="5.1.1", words="550 5.1.1 no such user")
COMPLAINT = Said(kind="complaint", words="abuse")


@pytest.fixture
def morning(readers, clock):
    """Makes an edition with readers of its own, each of whose letters has left; its letters."""

    def make(first, count=5):
        readers(count, first=first)
        made = Edition.objects.create(
            newsletter="daily", slot_key=f"from {first}", slot_at=clock.now, number=first, status="sent",
            window_from=clock.now, window_to=clock.now, drafted_at=clock.now,
        )  # fmt: skip
        variant = Variant.objects.create(edition=made, kind="letter", key="en|*", language="en", body=b"x", hash="x").pk
        enrol(made, lambda _: (variant, ""), due_at=clock.now, now=clock.now)
        window = SendWindow.objects.create(edition=made, worker="w", opened_at=clock.now, lease_until=clock.now)
        Story.objects.create(first_seen_at=clock.now)
        Letter.objects.filter(edition=made).update(status="sent", window=window, at=clock.now)
        return list(Letter.objects.filter(edition=made).order_by("pk"))

    return make


@pytest.fixture
def file(tmp_path):
    return tmp_path / "digest.backup"


def afresh():
    """A new database: no rows, and every table counts from one."""
    for model in reversed(backup._tables()):
        model._default_manager.all().delete()
        if counters._numbered(model):
            with connection.cursor() as cursor:
                table = model._meta.db_table
                if connection.vendor == "postgresql":
                    cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART")
                else:
                    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])


def everything():
    """All that a report could touch."""
    held = (Letter, Subscriber, Suppression, Report, subscriptions.Subscription, SendWindow)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in held}


def numbers():
    """The highest number of each table that has numbers."""
    rows = {model: model.objects.order_by("pk").last() for model in (Edition, Letter, SendWindow, Story, Subscriber)}
    return {model.__name__: row.pk for model, row in rows.items()}


def test_a_late_report_of_a_letter_sent_after_the_backup_touches_nothing(morning, file, clock, dsn):
    morning(1)
    backup.write(file, now=clock.now)
    late = [letter.pk for letter in morning(100)]
    issued = numbers()

    afresh()
    clock.forward(days=1)
    backup.read(file, now=clock.now)
    fresh = morning(200)
    assert min(letter.pk for letter in fresh) > max(late)
    assert all(mine > issued[name] for name, mine in numbers().items())

    before = everything()
    for letter in late:
        words = dsn(
            ("failed", "5.1.1", "smtp; 550 5.1.1 gone", "x@inbox.example", ""),
            to=returns.address("bounces@news.example", letter), envelope_id=returns.envelope_id(letter),
        )  # fmt: skip
        assert reports.accept(bounces.read(words), source="mailbox", now=clock.now, soft_limit=1) == "gone"
        for said in (HARD, COMPLAINT):
            # As a provider's webhook does with the Message-ID that it gives back.
            named = returns.letter_of_message_id(returns.message_id(letter, "news.example"))
            assert reports.take(named, [said], source="ses", now=clock.now, soft_limit=1) == "gone"
        assert reports.leave(letter, COMPLAINT, source="mailbox", now=clock.now) == "gone"
        log = [
            b"4Xk9ZzLongName: message-id=<%s>" % returns.message_id(letter, "news.example").encode(),
            b"4Xk9ZzLongName: from=<x@news.example>, size=53210, nrcpt=1 (queue active)",
        ]
        tally = evidence.Tally()
        assert evidence.read([(tally, log)], {one.pk for one in fresh}) == {}
        assert (tally.ours, tally.wanted) == (1, 0)
    assert everything() == before
    # One of the copy's own still counts.
    assert reports.take(fresh[0].pk, [HARD], source="mailbox", now=clock.now, soft_limit=1) == "hard"


def test_a_backup_knows_numbers_whose_rows_are_gone(morning, file, clock):
    gone = [letter.pk for letter in morning(1)]
    Letter.objects.all().delete()
    backup.write(file, now=clock.now)
    afresh()
    backup.read(file, now=clock.now)
    assert morning(100)[0].pk > max(gone) + counters.LEAP


def test_copies_of_one_backup_give_out_numbers_of_their_own(morning, file, clock):
    """The second is made because the first was lost too; both have written to readers."""
    morning(1)
    backup.write(file, now=clock.now)
    found = []
    for _ in range(3):
        afresh()
        clock.forward(seconds=1)
        backup.read(file, now=clock.now)
        found.append([letter.pk for letter in morning(100, 20)])
    assert all(max(one) < min(two) for one, two in pairwise(found))


def test_a_copy_of_a_copy_goes_on_from_there(morning, file, clock):
    morning(1)
    backup.write(file, now=clock.now)
    afresh()
    backup.read(file, now=clock.now)
    first = counters.issued(Letter)
    again = file.with_name("again")
    backup.write(again, now=clock.now)
    afresh()
    backup.read(again, now=clock.now)
    assert counters.issued(Letter) == first + counters.LEAP
    assert morning(100)[0].pk == first + counters.LEAP + 1


def test_a_leap_outruns_whatever_its_original_can_give_out(clock):
    made_at = clock.now
    at = [made_at + timedelta(seconds=s) for s in (-5, 0, 1, 60, 86_400, 366 * 86_400)]
    leaps = [counters.beyond(7, made_at=made_at, now=now) - 7 for now in at]
    assert leaps[1] == counters.LEAP
    assert leaps[0] > counters.LEAP
    seconds = [(now - made_at).total_seconds() for now in at]
    assert all(leap - counters.LEAP >= 100_000 * age for leap, age in zip(leaps, seconds, strict=True))
    # A thousand such leaps fit into what a column, and the longest name of a letter, can hold.
    assert 1000 * leaps[-1] < 2**63


def test_every_table_with_numbers_leaps(morning, file, clock):
    morning(1)
    backup.write(file, now=clock.now)
    afresh()
    backup.read(file, now=clock.now)
    numbered = [model for model in backup._tables() if counters._numbered(model)]
    assert {Letter, Edition, Subscriber, SendWindow, Story} <= set(numbered) <= set(apps.get_models())
    assert all(counters.issued(model) >= counters.LEAP for model in numbered)

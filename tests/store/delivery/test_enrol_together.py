"""Readers are entered by two threads at once, and while others are erased: nothing fails, nobody is lost."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from digest.audience import subscriptions
from digest.delivery import enrol as enrolment
from digest.delivery.enrol import enrol
from digest.store.models import Letter, Subscriber, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together():
    """Runs functions at once, each in a thread with a connection of its own; raises what any of them raised."""

    def run(*works):
        start, failed = threading.Barrier(len(works)), []

        def one(work):
            start.wait(10)
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised again below
                failed.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        if failed:
            raise failed[0]

    return run


@pytest.fixture
def entry(edition, monkeypatch):
    """Enters the edition's readers in chunks of ten."""
    for name in ("CHUNK", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(enrolment, name, 10)
    variant = Variant.objects.get(edition=edition).pk
    return lambda: enrol(edition, lambda _: (variant, ""), due_at=NOW, now=NOW)


def test_two_entries_at_once_enter_everybody_once(entry, readers, together):
    readers(200)
    entered = []
    together(lambda: entered.append(entry()), lambda: entered.append(entry()))
    assert sum(entered) == Letter.objects.count() == 200


def test_readers_are_erased_while_they_are_entered(entry, readers, together):
    readers(300)
    erased = [f"reader{n}@inbox.example" for n in range(1, 301, 6)]

    def erase():
        for address in erased:
            subscriptions.erase(address, now=NOW)

    together(entry, erase)
    assert Subscriber.objects.count() == 250
    assert set(Letter.objects.exclude(subscriber=None).values_list("subscriber", flat=True)) == set(
        Subscriber.objects.values_list("pk", flat=True)
    )

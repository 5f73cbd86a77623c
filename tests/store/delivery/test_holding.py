"""A canary halts while its wave leaves, and what is held gives back the places it held in domains' queues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.config.kinds import Pace
from digest.config.sending import Canary
from digest.delivery import canary, freeing, ledger
from digest.delivery.enrol import enrol
from digest.delivery.folder import Folder
from digest.delivery.pace import EARLY, Manners
from digest.delivery.run import send
from digest.delivery.smtp import Smtp
from digest.store.models import Allowance, Edition, Letter, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = Canary(share=0.2, wait=15 * MINUTE, halt_above=0.05)
SLOW = Manners(domains={"inbox.example": Pace(1, MINUTE)})

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_canary(enrolled, monkeypatch):
    """An edition of 300 with a sample of 200, which is let go; it is looked at after each window."""
    monkeypatch.setattr(canary, "SELDOM", 0)
    edition = enrolled(300)
    ids = list(Letter.objects.order_by("id").values_list("id", flat=True))
    Letter.objects.filter(id__in=ids[:200]).update(wave=1)
    Edition.objects.update(wave=1, wave_at=NOW, status="sending")
    edition.refresh_from_db()
    return edition


def test_refusals_halt_the_wave_in_its_midst(with_canary, mail_server, clock, tmp_path):
    refused = {f"reader{number}": "550 5.1.1 nobody of that name" for number in range(1, 301, 3)}
    office, server = mail_server(rcpt=refused)
    counts = send(with_canary, transport=Smtp(server), now=clock, var=tmp_path, window=10, connections=2, canary=RULE)
    row = Edition.objects.get()
    assert row.status == "held"
    assert "letters failed or came back" in row.reason
    assert row.reason in counts.stopped
    assert len(office.received) <= 40
    assert Letter.objects.filter(wave=1, status="pending").count() >= 140


def test_bounces_that_come_in_meanwhile_halt_it(with_canary, clock, tmp_path):
    told = []

    def come_back(count):
        told.append(count)
        if len(told) == 5:
            Letter.objects.filter(status="sent").update(bounce="policy")

    send(
        with_canary, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path, window=10, on_progress=come_back,
        canary=RULE,
    )  # fmt: skip
    assert Edition.objects.get().status == "held"
    assert 50 <= Letter.objects.filter(status="sent").count() < 200


def test_a_few_refusals_among_many_halt_nothing(with_canary, mail_server, clock, tmp_path):
    refused = {f"reader{number}": "550 5.1.1 nobody of that name" for number in (1, 60, 120, 180)}
    office, server = mail_server(rcpt=refused)
    send(with_canary, transport=Smtp(server), now=clock, var=tmp_path, window=10, connections=2, canary=RULE)
    assert Edition.objects.get().status == "sending"
    assert len(office.received) == 196


def test_after_the_canary_nobody_is_judged(with_canary, mail_server, clock, tmp_path):
    Edition.objects.update(wave=2)
    with_canary.refresh_from_db()
    _, server = mail_server(everybody="550 5.1.1 nobody of that name")
    send(with_canary, transport=Smtp(server), now=clock, var=tmp_path, canary=RULE)
    assert Edition.objects.get().status == "sending"
    assert Letter.objects.filter(status="failed").count() == 300


def claim(edition, now=NOW, manners=SLOW):
    return ledger.claim(edition, worker="a/1", journal="1", now=now, size=40, manners=manners)


def queue_end():
    return Allowance.objects.get(key="inbox.example").free_at


def test_what_is_held_gives_its_places_back(enrolled):
    edition = enrolled(30)
    taken = len(claim(edition).letters)
    assert queue_end() == NOW + 30 * MINUTE
    Edition.objects.update(status="held")
    later = NOW + timedelta(seconds=10)
    assert freeing.free(edition, SLOW, later) == 30 - taken
    assert queue_end() == later + EARLY + MINUTE, "one may have left on its place just now"
    assert set(Letter.objects.filter(status="pending").values_list("reserved", "due_at")) == {(False, later)}
    assert freeing.free(edition, SLOW, later) == 0
    Edition.objects.update(status="sending")
    edition.refresh_from_db()
    assert claim(edition, later) is None
    assert len(claim(edition, later + EARLY + MINUTE).letters) == 1


def second(edition, first=100, count=5):
    """Another edition, whose letters come to the same domain."""
    variant = Variant.objects.get(edition=edition)
    other = Edition.objects.get(pk=edition.pk)
    other.pk, other.slot_key, other.number, other.newsletter = None, "2026-11-25", 8, "weekly"
    other.save()
    enrol(other, lambda _: (variant.pk, ""), due_at=NOW, now=NOW)
    return other


def test_nobody_loses_a_place_that_stands_behind(enrolled, readers):
    edition = enrolled(10)
    readers(5, first=100, newsletter="weekly")
    other = second(edition)
    claim(edition)
    claim(other)
    assert queue_end() == NOW + 15 * MINUTE
    Edition.objects.filter(pk=edition.pk).update(status="held")
    freeing.free(edition, SLOW, NOW)
    assert queue_end() == NOW + 15 * MINUTE, "the last place is the other's"
    Edition.objects.filter(pk=edition.pk).update(status="sending")
    Edition.objects.filter(pk=other.pk).update(status="held")
    assert freeing.free(other, SLOW, NOW) == 5
    assert queue_end() == NOW + EARLY + MINUTE


def test_a_rate_of_all_letters_has_no_places(enrolled):
    edition = enrolled(3)
    assert freeing.free(edition, replace(SLOW, domains={}), NOW) == 0


def test_a_run_that_is_held_gives_them_back_by_itself(enrolled, clock, tmp_path):
    edition = enrolled(30)
    Edition.objects.update(status="sending")
    send(
        edition, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path, manners=SLOW, window=5,
        on_progress=lambda _: Edition.objects.update(status="held", reason="a wrong name"),
    )  # fmt: skip
    assert not Letter.objects.filter(reserved=True).exists()
    assert queue_end() <= clock() + EARLY + MINUTE

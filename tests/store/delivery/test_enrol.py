"""Who is entered for an edition, with which letter, for when and in which wave; once, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from digest.config.sending import Canary
from digest.delivery import enrol as enrolment
from digest.delivery import ledger, waves
from digest.delivery.counts import waiting
from digest.delivery.enrol import distinct_wishes, enrol
from digest.edition.variants import Wish
from digest.errors import MovedOnError
from digest.store.models import Edition, Letter, Subscriber, Subscription, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(monkeypatch):
    """Chunks of a few readers."""
    monkeypatch.setattr(enrolment, "CHUNK", 4)
    monkeypatch.setattr(enrolment, "SMALLEST", 4)
    monkeypatch.setattr(enrolment, "LARGEST", 4)


@pytest.fixture
def enter(edition):
    """Enters everybody with the one letter: `enter(by_zone=…)`."""
    variant = Variant.objects.get(edition=edition).pk
    return partial(enrol, edition, lambda _: (variant, ""), due_at=NOW, now=NOW)


def _number(address):
    return int(address.removeprefix("reader").partition("@")[0])


def _by_reader(field):
    rows = Letter.objects.values_list("subscriber__email", field)
    return {_number(address): value for address, value in rows}


def test_readers_are_reduced_to_their_wishes_and_joined_back(edition, readers, small):
    readers(3)
    readers(2, topics=["world", "syria"], first=10)
    readers(1, topics=["sport"], language="de", first=20)
    readers(1, first=30, newsletter="weekly")
    Subscriber.objects.filter(handle=1003).update(format="text")
    every = [Wish((), "en"), Wish((), "en", True), Wish(("sport",), "de"), Wish(("syria", "world"), "en")]
    assert sorted(distinct_wishes("daily")) == every

    variant = Variant.objects.get(edition=edition)
    text = Variant.objects.create(edition=edition, kind="letter", key="en|*|plain|text", body=b"", hash="")
    choices = dict.fromkeys(every, (variant.pk, ""))
    choices |= {every[1]: (text.pk, ""), every[2]: (None, "nothing on sport today")}
    assert enrol(edition, choices.__getitem__, due_at=NOW, now=NOW) == 6
    assert enrol(edition, choices.__getitem__, due_at=NOW, now=NOW) == 0
    counts = ledger.counts(edition)
    assert (counts.pending, counts.skipped, counts.next_due) == (5, 1, NOW)
    skipped = Letter.objects.get(edition=edition, status="skipped")
    assert (skipped.reply, skipped.variant, skipped.at) == ("nothing on sport today", None, NOW)
    assert [number for number, chosen in _by_reader("variant").items() if chosen == text.pk] == [3]


def test_everybody_is_entered_once_in_however_many_pieces(enter, readers, small):
    readers(11)
    Subscription.objects.filter(subscriber__handle__in=[1003, 1004]).update(status="unsubscribed")
    assert (enter(), enter()) == (9, 0)


def test_each_wish_is_asked_for_once(edition, readers, small):
    readers(9)
    asked = []
    enrol(edition, lambda wish: asked.append(wish) or (None, "not today"), due_at=NOW, now=NOW)
    assert asked == [Wish((), "en")]


def test_topics_spelled_in_another_order_are_the_same_wish(edition, readers):
    readers(1, topics=["b", "a"])
    readers(1, topics=["a", "b"], first=2)
    assert set(distinct_wishes("daily")) == {Wish(("a", "b"), "en")}
    enrol(edition, lambda _: (Variant.objects.get().pk, ""), due_at=NOW, now=NOW)
    assert Letter.objects.filter(status="pending").count() == 2


def test_who_changes_their_topics_between_the_decision_and_the_entry_is_skipped_with_that_reason(edition, readers):
    readers(2)
    variant = Variant.objects.get(edition=edition).pk

    def choose(_):
        Subscription.objects.filter(subscriber__handle=1002).update(topics=["sport"])
        return variant, ""

    assert enrol(edition, choose, due_at=NOW, now=NOW) == 2
    assert _by_reader("status") == {1: "pending", 2: "skipped"}
    assert "changed their wishes" in _by_reader("reply")[2]


def test_a_paused_reader_is_skipped_until_their_day(enter, readers):
    readers(4)
    for handle, until in ((1001, NOW + 3 * DAY), (1002, NOW), (1003, NOW - DAY)):
        Subscription.objects.filter(subscriber__handle=handle).update(paused_until=until)
    enter()
    assert _by_reader("status") == {1: "skipped", 2: "pending", 3: "pending", 4: "pending"}
    row = Letter.objects.get(status="skipped")
    assert (row.reply, row.at) == ("paused until 2026-11-27", NOW)


@pytest.mark.parametrize(
    ("zone", "until", "day"),
    [("Asia/Tokyo", "2026-11-27T16:00", "2026-11-28"), ("America/New_York", "2026-11-28T03:00", "2026-11-27"),
     ("UTC", "2026-11-27T23:59", "2026-11-27"), ("Europe/Berlin", "2026-11-27T23:00", "2026-11-28")],
)  # fmt: skip
def test_until_when_is_told_by_the_newsrooms_day(enter, readers, zone, until, day):
    readers(1)
    Subscription.objects.update(paused_until=datetime.fromisoformat(until).replace(tzinfo=UTC))
    enter(zone=zone)
    assert Letter.objects.get().reply == f"paused until {day}"


def test_who_is_back_by_the_slot_gets_it(edition, enter, readers):
    Edition.objects.filter(pk=edition.pk).update(slot_at=NOW + timedelta(hours=10))
    edition.refresh_from_db()
    readers(2)
    Subscription.objects.filter(subscriber__handle=1001).update(paused_until=NOW + timedelta(hours=9))
    Subscription.objects.filter(subscriber__handle=1002).update(paused_until=NOW + timedelta(hours=11))
    enter()
    assert _by_reader("status") == {1: "pending", 2: "skipped"}


def test_letters_leave_by_the_readers_clocks(enter, readers, small):
    readers(10)
    zones = {1: "Asia/Tokyo", 2: "America/New_York", 3: "Europe/Berlin", 5: "Not/AZone", 9: "Asia/Tokyo"}
    for number, zone in zones.items():
        Subscriber.objects.filter(handle=1000 + number).update(zone=zone)
    Subscription.objects.filter(subscriber__handle=1009).update(paused_until=NOW + timedelta(hours=15))
    asked = []
    slot = waves.Slot(at=NOW, frozen_at=NOW, zone=ZoneInfo("Europe/Berlin"), late_by=timedelta(hours=3))

    def by_zone(zone):
        asked.append(zone)
        return waves.due_at(slot, zone)

    enter(by_zone=by_zone)
    assert sorted(asked) == ["", "America/New_York", "Asia/Tokyo", "Europe/Berlin", "Not/AZone"]
    tokyo = NOW + timedelta(hours=16)
    due = _by_reader("due_at")
    assert due == dict.fromkeys(range(1, 11), NOW) | {1: tokyo, 9: tokyo, 2: NOW + timedelta(hours=6)}
    assert set(_by_reader("status").values()) == {"pending"}, "paused only until before their own morning"


def test_a_canary_goes_first_to_its_seeds_and_to_those_the_lot_draws(edition, readers):
    readers(40)
    Subscriber.objects.filter(handle=1007).update(zone="Asia/Tokyo")
    canary = Canary(seeds=("Ana <Reader7@Inbox.Example>", "nobody@inbox.example", "x@a..b"), share=0.25)
    variant = Variant.objects.get(edition=edition).pk
    later = NOW + timedelta(hours=16)
    enrol(edition, lambda _: (variant, ""), due_at=NOW, now=NOW, by_zone=lambda _: later, canary=canary)
    lot = waves.lot(edition.name, 0.25)
    assert _by_reader("wave") == {n: 0 if n == 7 else 1 if lot.draws(1000 + n) else 2 for n in range(1, 41)}
    assert 3 < Letter.objects.filter(wave=1).count() < 18
    assert set(Letter.objects.filter(due_at=NOW).values_list("subscriber__handle", flat=True)) == {1007}


@pytest.mark.parametrize("handle", [1, 2**31 - 1, 2**31, 2**62 + 12345, 2**63 - 1])
def test_the_lot_is_the_same_in_the_database(enter, edition, readers, handle):
    (reader,) = readers(1)
    Subscriber.objects.filter(pk=reader.pk).update(handle=handle)
    for share in (0.1, 0.3, 0.5):
        Letter.objects.all().delete()
        enter(canary=Canary(share=share))
        assert Letter.objects.get().wave == (1 if waves.lot(edition.name, share).draws(handle) else 2)


def test_an_edition_that_is_held_meanwhile_is_entered_no_further(edition, readers, small):
    readers(12)

    def choose(_):
        Edition.objects.filter(pk=edition.pk).update(approved_at=NOW)
        return None, "not today"

    with pytest.raises(MovedOnError):
        enrol(edition, choose, due_at=NOW, now=NOW)
    assert Letter.objects.count() == 0


def test_whoever_is_erased_during_the_entry_is_left_out(edition, enter, readers, monkeypatch):
    """On PostgreSQL the entry of a reader who is gone fails at its commit, and is done again without them."""
    readers(3)
    failed = []
    still = enrolment._still

    def stumble(row):
        still(row)
        if not failed:
            failed.append(True)
            Letter.objects.create(edition=edition, subscriber_id=999_999_999, due_at=NOW)
            connection.check_constraints()

    monkeypatch.setattr(enrolment, "_still", stumble)
    assert enter() == 3
    assert failed


def test_after_the_entry_a_claim_reads_the_index_of_what_waits_and_sorts_nothing(enter, edition, readers):
    readers(4000)
    enter(canary=Canary(share=0.4))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    for wave in (waves.SAMPLE, waves.REST):
        plan = waiting(edition, wave).filter(due_at__lte=NOW)[:100].explain()
        assert "letter_due" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan

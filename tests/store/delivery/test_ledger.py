"""The ledger: who is entered, who is taken, what becomes of them, and that no step is taken twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digest.audience import suppression
from digest.delivery import ledger
from digest.delivery.ledger import Settled
from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted, Refused
from digest.delivery.states import MAY, Status, before, check
from digest.store.models import Edition, Letter, SendWindow, Subscription

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def _claim(edition, size=100, now=NOW, **rest):
    return ledger.claim(edition, worker="here/1", journal="1.log", now=now, size=size, **rest)


def _settle(window, outcomes, now=NOW):
    by_id = {due.id: due for due in window.letters}
    settled = [Settled(at, by_id[at].attempts, by_id[at].first, outcome, now) for at, outcome in outcomes.items()]
    ledger.settle(window.id, settled, now=now, attempts_for=DAY)


def test_a_window_is_committed_before_anything_leaves(enrolled):
    edition = enrolled(5)
    window = _claim(edition, size=3)
    assert len(window.letters) == 3
    assert {due.email for due in window.letters} <= {f"reader{n}@inbox.example" for n in range(1, 6)}
    assert Letter.objects.filter(window_id=window.id, status="attempting").count() == 3
    assert SendWindow.objects.get(pk=window.id).closed_at is None
    assert len(_claim(edition).letters) == 2
    assert _claim(edition) is None


def test_nothing_is_taken_before_it_is_due(enrolled):
    edition = enrolled(1)
    assert _claim(edition, now=NOW - timedelta(seconds=1)) is None
    assert _claim(edition, now=NOW) is not None


@pytest.mark.parametrize("status", ["draft", "held", "skipped"])
def test_nothing_is_taken_from_an_edition_that_is_not_approved(enrolled, status):
    edition = enrolled(1)
    Edition.objects.filter(pk=edition.pk).update(status=status)
    assert _claim(edition) is None


def test_readers_who_left_since_are_skipped_and_it_is_said_why(enrolled):
    edition = enrolled(4)
    one, two, three, _ = Letter.objects.order_by("id")
    Subscription.objects.filter(subscriber=one.subscriber).update(status="unsubscribed")
    suppression.suppress(two.subscriber.email, reason="complaint", now=NOW)
    three.subscriber.delete()
    window = _claim(edition)
    assert [due.email for due in window.letters] == ["reader4@inbox.example"]
    replies = list(Letter.objects.filter(status="skipped").order_by("id").values_list("reply", flat=True))
    assert ["unsubscribed" in replies[0], "suppressed" in replies[1], "erased" in replies[2]] == [True] * 3


def test_when_everybody_due_has_left_the_next_are_taken(enrolled):
    edition = enrolled(5)
    Subscription.objects.filter(subscriber__handle__lte=1003).update(status="unsubscribed")
    assert [due.handle for due in _claim(edition, size=3).letters] == [1004, 1005]


def test_each_outcome_has_its_state(enrolled):
    edition = enrolled(5)
    window = _claim(edition)
    a, b, c, d, e = (due.id for due in window.letters)
    _settle(window, {a: Accepted("250 ok"), b: Later("451 busy"), c: Refused("550 no"), d: Lost("?"), e: NotStarted()})
    rows = {row.pk: row for row in Letter.objects.all()}
    assert [rows[n].status for n in (a, b, c, d, e)] == ["sent", "deferred", "failed", "uncertain", "pending"]
    assert [rows[n].attempts for n in (a, b, c, d, e)] == [1, 1, 1, 1, 0]
    assert rows[a].reply == "250 ok"
    assert NOW + timedelta(minutes=3) < rows[b].due_at < NOW + timedelta(minutes=7)
    assert rows[e].window is None
    assert SendWindow.objects.get().closed_at == NOW


def test_later_is_borne_for_a_day_and_ever_less_often(enrolled):
    edition = enrolled(1)
    now, tries, waits = NOW, 0, []
    while (row := Letter.objects.get()).status in ("pending", "deferred"):
        waits.append(row.due_at - now)
        now = row.due_at
        window = _claim(edition, now=now)
        _settle(window, {window.letters[0].id: Later("451 busy")}, now=now)
        tries += 1
    assert row.status == "failed"
    assert "given up" in row.reply
    assert "451 busy" in row.reply
    assert 8 < tries < 16
    assert now - NOW <= DAY
    assert max(waits) <= timedelta(hours=5)


def test_a_letter_that_others_took_over_is_not_touched_by_a_late_worker(enrolled):
    edition = enrolled(2)
    window = _claim(edition)
    first, second = (due.id for due in window.letters)
    # Others took the worker for dead: one letter was never started, the other was in flight.
    _settle(window, {first: NotStarted(), second: Lost("in flight")})
    again = _claim(edition)
    _settle(window, {first: Accepted("250 late"), second: Accepted("250 late")})
    assert Letter.objects.get(pk=first).status == "attempting"
    assert Letter.objects.get(pk=first).window_id == again.id
    assert Letter.objects.get(pk=second).status == "sent", "a reply is evidence, however late"


def test_a_lease_is_prolonged_only_while_the_window_is_ones_own(enrolled):
    edition = enrolled(1)
    window = _claim(edition)
    assert ledger.renew(window.id, now=NOW + timedelta(minutes=9)) == NOW + timedelta(minutes=9) + ledger.LEASE
    _settle(window, {window.letters[0].id: NotStarted()})
    assert ledger.renew(window.id, now=NOW) is None


def test_a_final_state_is_final():
    assert not MAY[Status.SKIPPED]
    assert MAY[Status.FAILED] == {Status.SENT}, "for those that were but presumed to have failed"
    assert MAY[Status.SENT] == {Status.FAILED}, "what a server took may come back, and nothing else"
    assert set(before(Status.ATTEMPTING)) == {"pending", "deferred"}
    with pytest.raises(AssertionError):
        check(Status.SENT, Status.PENDING)


def test_a_window_costs_a_few_statements(enrolled, django_assert_max_num_queries):
    edition = enrolled(50)
    with django_assert_max_num_queries(9):
        window = _claim(edition, size=50)
    with django_assert_max_num_queries(60 if connection.vendor == "sqlite" else 9):
        _settle(window, {due.id: Accepted("250") for due in window.letters})


def test_a_claim_reads_the_index_of_what_is_due_and_sorts_nothing(enrolled):
    edition = enrolled(300)
    with CaptureQueriesContext(connection) as seen:
        _claim(edition)
    taken = next(query["sql"] for query in seen if "due_at" in query["sql"] and "SELECT" in query["sql"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows would be read in any way: what counts is that this index alone can serve, in its order.
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute("ANALYZE digest_letter")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN'} {taken}")
        plan = str(cursor.fetchall())
    assert "letter_due" in plan
    assert "B-TREE" not in plan
    assert "Sort" not in plan


def test_a_worker_that_was_given_up_says_what_it_never_began_and_the_edition_goes_on(enrolled, clock):
    edition = enrolled(3)
    window = ledger.claim(edition, worker="w", journal="w.log", now=clock(), size=3)
    # Another machine, without the worker's journal, could say nothing of any of them.
    lost = [Settled(due.id, 0, None, Lost("no journal"), clock()) for due in window.letters]
    ledger.settle(window.id, lost, now=clock(), attempts_for=timedelta(days=1))
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    first, second, third = (due.id for due in window.letters)
    ledger.settle(
        window.id,
        [
            Settled(first, 0, None, Accepted("250 taken"), clock()),
            Settled(second, 0, None, NotStarted(), clock()),
            Settled(third, 0, None, Lost("the connection broke"), clock()),
        ],
        now=clock(),
        attempts_for=timedelta(days=1),
    )
    assert [Letter.objects.get(pk=pk).status for pk in (first, second, third)] == ["sent", "pending", "uncertain"]
    assert Edition.objects.get(pk=edition.pk).status == "sending"

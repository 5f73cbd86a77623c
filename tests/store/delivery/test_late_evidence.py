"""What comes late of a letter that was taken for failed: that it arrived, or came back; a true refusal stays one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.audience import suppression
from digest.delivery import doubt, ledger, locks, recover, refusals, reports
from digest.delivery.bounces import Said
from digest.delivery.evidence import Handed
from digest.delivery.journal import Journal
from digest.delivery.ledger import LEASE, Settled
from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted, Refused
from digest.store.models import Letter

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERED = Said(kind="delivered", words="250 2.0.0 ok")
RELAYED = Said(kind="relayed", words="250 relayed")
HARD = Said(kind="failed", status="5.1.1", words="550 5.1.1 no such user")
COMPLAINT = Said(kind="complaint", words="abuse")


@pytest.fixture
def settled(enrolled, clock):
    """Makes an edition of one letter that had this outcome; returns it, its window and its letter."""

    def make(outcome):
        edition = enrolled(1)
        window = ledger.claim(edition, worker="here/1", journal="1.log", now=clock(), size=1)
        (due,) = window.letters
        ledger.settle(window.id, [Settled(due.id, 0, None, outcome, clock())], now=clock(), attempts_for=DAY)
        return edition, window, due.id

    return make


@pytest.fixture(params=["by the rule", "by a person"])
def dropped(settled, clock, request):
    """An edition whose one letter nobody knew of, and that was taken for failed."""
    edition, window, letter = settled(Lost("no reply came"))
    clock.forward(hours=1)
    if request.param == "by the rule":
        assert doubt.by_policy(edition, "drop", now=clock()) == 1
    else:
        assert doubt.by_word(edition, [], "failed", by="ana", now=clock()) == 1
    refusals.catch_up(now=clock(), soft_limit=3)
    assert now_is(letter) == ("failed", "presumed")
    return edition, window, letter


def now_is(letter):
    return Letter.objects.values_list("status", "bounce").get(pk=letter)


def reply_of(letter):
    return Letter.objects.get(pk=letter).reply


def tell(letter, said, clock):
    return reports.take(letter, [said], source="mailbox", now=clock(), soft_limit=3)


def by_log(edition, letter, fate, clock, words="250 ok"):
    return doubt.by_log(edition, {letter: Handed(fate, words)}, now=clock())


def test_a_reply_that_comes_late(dropped, clock):
    _, window, letter = dropped
    late = Settled(letter, 0, None, Accepted("250 taken"), clock())
    ledger.settle(window.id, [late], now=clock(), attempts_for=DAY)
    assert (now_is(letter), reply_of(letter)) == (("sent", ""), "250 taken")


def test_a_refusal_that_comes_late_is_the_refusal_it_is(dropped, clock):
    _, window, letter = dropped
    late = Settled(letter, 0, None, Refused("550 5.1.1 no such user"), clock())
    ledger.settle(window.id, [late], now=clock(), attempts_for=DAY)
    assert refusals.catch_up(now=clock(), soft_limit=3) == {"hard": 1}
    assert now_is(letter) == ("failed", "hard")
    assert suppression.why("reader1@inbox.example") == "bounce"


@pytest.mark.parametrize("outcome", [Later("450 later"), NotStarted(), Lost("again no reply")])
def test_what_does_not_say_that_it_arrived_changes_nothing(dropped, clock, outcome):
    """Above all it sends nothing again: that was decided."""
    _, window, letter = dropped
    ledger.settle(window.id, [Settled(letter, 0, None, outcome, clock())], now=clock(), attempts_for=DAY)
    assert now_is(letter) == ("failed", "presumed")


@pytest.mark.parametrize("fate", ["sent", "taken", "deferred"])
def test_a_log_that_shows_it_arrived(dropped, clock, fate):
    edition, _, letter = dropped
    assert list(doubt.unproven(edition).values_list("pk", flat=True)) == [letter]
    assert by_log(edition, letter, fate, clock) == {"sent": 1}
    assert now_is(letter) == ("sent", "")
    assert reply_of(letter).startswith(f"by the mail server's log: {fate} 250 ok; before: ")
    assert by_log(edition, letter, "bounced", clock) == {"failed": 0}, "it is settled; a bounce comes as a report"


def test_a_log_that_shows_it_came_back(dropped, clock):
    edition, _, letter = dropped
    assert by_log(edition, letter, "bounced", clock, words="550 5.1.1 no such user") == {"failed": 1}
    assert refusals.catch_up(now=clock(), soft_limit=3) == {"hard": 1}
    assert now_is(letter) == ("failed", "hard")
    assert by_log(edition, letter, "sent", clock) == {"sent": 0}, "a stray line after the bounce"


def test_a_report_that_it_arrived(dropped, clock):
    _, _, letter = dropped
    assert tell(letter, DELIVERED, clock) == "delivered"
    assert now_is(letter) == ("sent", "delivered")
    assert reply_of(letter) == "delivered: 250 2.0.0 ok"


def test_a_report_that_somebody_has_it(dropped, clock):
    _, _, letter = dropped
    assert tell(letter, RELAYED, clock) == "delivered"
    assert now_is(letter) == ("sent", "")


def test_a_complaint_proves_that_it_arrived(dropped, clock):
    _, _, letter = dropped
    assert tell(letter, COMPLAINT, clock) == "complaint"
    assert now_is(letter) == ("sent", "complaint")


def test_a_bounce_is_the_bounce_it_is_and_the_last_word(dropped, clock):
    edition, window, letter = dropped
    assert tell(letter, HARD, clock) == "hard"
    assert (now_is(letter), reply_of(letter)) == (("failed", "hard"), "bounced: 550 5.1.1 no such user")
    assert suppression.why("reader1@inbox.example") == "bounce"
    assert tell(letter, RELAYED, clock) == "delivered"
    by_log(edition, letter, "sent", clock)
    late = Settled(letter, 0, None, Accepted("250 taken"), clock())
    ledger.settle(window.id, [late], now=clock(), attempts_for=DAY)
    assert now_is(letter) == ("failed", "hard")


def test_one_that_arrived_after_all_may_still_come_back(dropped, clock):
    _, _, letter = dropped
    tell(letter, RELAYED, clock)
    tell(letter, HARD, clock)
    assert now_is(letter) == ("failed", "hard")


@pytest.mark.parametrize("outcome", [Refused("550 5.1.1 no such user"), Refused("the address needs SMTPUTF8")])
def test_what_was_truly_refused_no_stray_word_makes_sent(settled, clock, outcome):
    edition, window, letter = settled(outcome)
    for caught_up in (False, True):
        if caught_up:
            refusals.catch_up(now=clock(), soft_limit=3)
        assert not doubt.unproven(edition).exists()
        by_log(edition, letter, "sent", clock)
        tell(letter, RELAYED, clock)
        ledger.settle(window.id, [Settled(letter, 0, None, Accepted("250"), clock())], now=clock(), attempts_for=DAY)
        assert now_is(letter)[0] == "failed"
        assert reply_of(letter) == outcome.reply


def test_a_report_that_came_before_anybody_knew(enrolled, clock):
    """It came while the letter was under way, and its worker was lost before it wrote anything down."""
    edition = enrolled(1)
    window = ledger.claim(edition, worker="here/1", journal="1.log", now=clock(), size=1)
    (due,) = window.letters
    tell(due.id, DELIVERED, clock)
    ledger.settle(
        window.id, [Settled(due.id, 0, None, Lost("no reply"), clock())], now=clock(), attempts_for=DAY
    )  # fmt: skip
    clock.forward(hours=1)
    doubt.by_policy(edition, "drop", now=clock())
    refusals.catch_up(now=clock(), soft_limit=3)
    assert now_is(due.id)[0] == "sent"


def test_a_bounce_that_came_before_the_rule_is_not_presumed_away(settled, clock):
    edition, _, letter = settled(Lost("no reply"))
    Letter.objects.filter(pk=letter).update(bounce="soft")
    clock.forward(hours=1)
    doubt.by_policy(edition, "drop", now=clock())
    assert now_is(letter) == ("failed", "soft")


@pytest.mark.parametrize("word", ["dropped", "left alone"])
def test_the_journal_of_one_that_hung_speaks_when_it_is_dead(enrolled, clock, tmp_path, word):
    edition = enrolled(3)
    with locks.worker(tmp_path) as name:
        journal = Journal(tmp_path / "journal" / f"{name.partition('/')[2]}.log", repeatable=False)
        window = ledger.claim(edition, worker=name, journal=journal.path.name, now=clock(), size=3)
        first, second, third = (due.id for due in window.letters)
        journal.started(window.id, first)
        journal.started(window.id, second)
        clock.forward(minutes=(LEASE + recover.MARGIN) // MINUTE)
        recover.recover(edition, var=tmp_path, now=clock(), attempts_for=DAY)
        assert (now_is(first)[0], now_is(third)[0]) == ("uncertain", "pending")
        recover.reread(var=tmp_path, now=clock(), attempts_for=DAY)
        assert now_is(first)[0] == "uncertain", "it is alive, and may write more"
        clock.forward(minutes=31)
        if word == "dropped":
            assert doubt.by_policy(edition, "drop", now=clock()) == 2
        # It wakes, hears the answer, writes it down, and dies.
        journal.ended(window.id, first, Accepted("250 taken"), clock())
        journal.close(remove=False)
    recover.tidy(var=tmp_path)
    assert recover.reread(var=tmp_path, now=clock(), attempts_for=DAY) == 1
    assert (now_is(first)[0], reply_of(first)) == ("sent", "250 taken")
    assert now_is(second) == (("failed", "presumed") if word == "dropped" else ("uncertain", ""))
    assert recover.reread(var=tmp_path, now=clock(), attempts_for=DAY) == 0, "it has said all it knows"
    recover.tidy(var=tmp_path)
    assert not journal.path.exists()

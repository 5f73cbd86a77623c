"""The laws of the ledger hold in every history that is found, and each fault planted on purpose breaks one of them."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Q, Value
from hypothesis import Phase
from ledger_histories import DAY, RULES, look

from digest.delivery import doubt, engine, journal, ledger, locks, recover, reports, sift, threads
from digest.delivery.counts import WAITING_SQL
from digest.delivery.ledger import LEASE
from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted
from digest.delivery.standing import Reader
from digest.store.models import Letter, SendWindow, Subscriber

pytestmark = [pytest.mark.slow]


def test_nobody_twice_and_nobody_forgotten(new_world):
    look(new_world)


# Faults planted on purpose: each must be found.


def _nothing_is_written_before(patch):
    patch.setattr(journal.Journal, "started", lambda *_: None)


def _a_lease_is_not_looked_at(patch):
    patch.setattr(threads, "_Job", _Job)


class _Job:
    """A letter whose lease never ends."""

    def __init__(self, lease, due):
        self.lease, self.due = engine.Lease(lease.window, lease.until + 1000 * DAY), due


def _in_flight_is_pending_again(patch):
    real = recover._what_became

    def became(letter, evidence, now):
        outcome, at = real(letter, evidence, now)
        return (NotStarted() if isinstance(outcome, Lost) else outcome), at

    patch.setattr(recover, "_what_became", became)


def _a_claim_asks_for_no_state(patch):
    for name in ("_DUE", "_ATTEMPT"):
        patch.setattr(ledger, name, getattr(ledger, name).replace(WAITING_SQL, "TRUE"))


def _an_intent_is_not_committed(patch):
    real = ledger._open

    def opened(edition, taken, **rest):
        window = real(edition, taken, **rest)
        Letter.objects.filter(window=window.id).update(status="pending")
        return window

    patch.setattr(ledger, "_open", opened)


def _a_lost_reply_is_taken_for_a_refusal(patch):
    real = ledger.verdict

    def verdict(outcome, **rest):
        return real(Later(outcome.reply) if isinstance(outcome, Lost) else outcome, **rest)

    patch.setattr(ledger, "verdict", verdict)


def _the_living_are_taken_for_dead(patch):
    real = locks.if_dead

    @contextmanager
    def if_dead(var, name):
        with real(var, name):
            yield True

    patch.setattr(locks, "if_dead", if_dead)


def _a_journal_goes_before_its_window_is_settled(patch):
    real = journal.Journal.close
    patch.setattr(journal.Journal, "close", lambda self, **_: real(self, remove=True))


def _what_was_not_begun_is_called_sent(patch):
    real = recover._what_became

    def became(letter, evidence, now):
        outcome, at = real(letter, evidence, now)
        return (Accepted("250") if isinstance(outcome, NotStarted) else outcome), at

    patch.setattr(recover, "_what_became", became)


def _a_window_is_closed_and_its_letters_are_not(patch):
    def settle(window, **_):
        SendWindow.objects.filter(pk=window.pk).update(closed_at=window.lease_until)
        return 1

    patch.setattr(recover, "_settle", settle)


def _the_policy_does_not_ask(patch):
    real = doubt.by_policy
    patch.setattr(doubt, "by_policy", lambda edition, policy, **rest: real(edition, "resend", **rest))


def _what_others_took_over_is_given_back(patch):
    real = ledger.settle

    def settle(window, outcomes, **rest):
        outcomes = list(outcomes)
        real(window, outcomes, **rest)
        back = [one.id for one in outcomes if isinstance(one.outcome, NotStarted)]
        Letter.objects.filter(pk__in=back).update(status="pending")

    patch.setattr(ledger, "settle", settle)


def _who_has_left_gets_it(patch):
    def everybody(_newsletter, readers, _now):
        rows = Subscriber.objects.filter(pk__in=list(readers))
        return {row.pk: Reader(row.email, row.handle, row.name, row.zone) for row in rows}

    patch.setattr(sift, "standing", everybody)


def _a_hold_stops_nothing(patch):
    patch.setattr(ledger, "_MAY", ledger._MAY.replace(" IN (", " IN ('held', "))


def _no_reply_is_written_down(patch):
    patch.setattr(journal.Journal, "ended", lambda *_: None)


def _who_hangs_is_waited_for(patch):
    patch.setattr(recover, "MARGIN", 1000 * DAY)


def _who_is_dead_is_waited_for(patch):
    @contextmanager
    def if_dead(_var, _name):
        yield False

    patch.setattr(locks, "if_dead", if_dead)


def _what_came_of_it_is_written_down_wrong(patch):
    real = journal.Journal.ended

    def ended(self, window, letter, outcome, at):
        real(self, window, letter, Later("450") if isinstance(outcome, Accepted) else outcome, at)

    patch.setattr(journal.Journal, "ended", ended)


def _no_journal_is_taken_for_nothing_begun(patch):
    real = recover._what_became
    patch.setattr(
        recover,
        "_what_became",
        lambda letter, evidence, now: (NotStarted(), now) if evidence is None else real(letter, evidence, now),
    )


def _a_lease_that_others_ended_is_prolonged(patch):
    def renew(window, *, now, lease=LEASE):
        SendWindow.objects.filter(pk=window).update(lease_until=now + lease)
        return now + lease

    patch.setattr(ledger, "renew", renew)


def _a_refusal_is_but_presumed_by_a_log(patch):
    patch.setattr(doubt, "UNPROVEN", Q(status__in=["uncertain", "failed"]))


def _a_refusal_is_but_presumed_by_a_report(patch):
    patch.setattr(reports, "UNPROVEN", Q(status__in=["uncertain", "failed"]))


def _what_was_given_up_no_log_moves(patch):
    patch.setattr(doubt, "UNPROVEN", Q(status="uncertain"))


def _what_was_given_up_no_report_moves(patch):
    patch.setattr(reports, "UNPROVEN", Q(status="uncertain"))


def _what_was_given_up_no_late_reply_moves(patch):
    patch.setattr(ledger, "_SETTLE", ledger._SETTLE.replace("OR digest_letter.status = 'failed'", "OR FALSE"))


def _what_was_given_up_is_called_refused(patch):
    patch.setattr(doubt, "_PRESUMED", Value(""))


def _no_journal_is_read_again(patch):
    patch.setattr(recover, "reread", lambda **_: 0)


FAULTS = [
    _nothing_is_written_before,
    _a_lease_is_not_looked_at,
    _in_flight_is_pending_again,
    _a_claim_asks_for_no_state,
    _an_intent_is_not_committed,
    _a_lost_reply_is_taken_for_a_refusal,
    _the_living_are_taken_for_dead,
    _a_journal_goes_before_its_window_is_settled,
    _what_was_not_begun_is_called_sent,
    _a_window_is_closed_and_its_letters_are_not,
    _the_policy_does_not_ask,
    _what_others_took_over_is_given_back,
    _who_has_left_gets_it,
    _a_hold_stops_nothing,
    _no_reply_is_written_down,
    _who_hangs_is_waited_for,
    _who_is_dead_is_waited_for,
    _what_came_of_it_is_written_down_wrong,
    _no_journal_is_taken_for_nothing_begun,
    _a_lease_that_others_ended_is_prolonged,
    _a_refusal_is_but_presumed_by_a_log,
    _a_refusal_is_but_presumed_by_a_report,
    _what_was_given_up_no_log_moves,
    _what_was_given_up_no_report_moves,
    _what_was_given_up_no_late_reply_moves,
    _what_was_given_up_is_called_refused,
    _no_journal_is_read_again,
]


# Among all rules these are found late: they are looked for with the rules that bring them out.
_WORK = frozenset({"process", "time_goes_by"})
_WORDS = frozenset({"process", "server", "a_person_settles", "somebody_speaks_of_a_letter"})
ONLY = {
    _a_hold_stops_nothing: frozenset({"process", "a_reader_leaves_or_an_editor_holds"}),
    _no_reply_is_written_down: _WORK,
    _no_journal_is_read_again: _WORK,
    _who_is_dead_is_waited_for: _WORK,
    _a_lease_that_others_ended_is_prolonged: _WORK,
    _what_was_given_up_no_log_moves: _WORDS,
    _what_was_given_up_no_report_moves: _WORDS,
}


# They are planted in Python, above the database: to look for them on one is enough.
@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL the faultless ledger is tried")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_a_fault_that_is_planted_is_found(new_world, monkeypatch, fault):
    @contextmanager
    def faulty():
        with new_world() as world, monkeypatch.context() as patch:
            fault(patch)
            yield world

    with pytest.raises((AssertionError, KeyError)):
        # The same histories each time: whether a fault is found must not hang on luck.
        look(faulty, examples=1000, phases=[Phase.generate], same=True, only=ONLY.get(fault, RULES))

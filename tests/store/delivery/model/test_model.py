"""The laws of the ledger as a model: whatever happens, nobody gets a letter twice and nobody is forgotten.

Hypothesis makes histories: processes that go step by step and die between any two, or hang beyond their lease; servers
that refuse, put off, hang up, or take a letter and never say so; machines that burn with their journals; readers who
leave, editors who hold, and people and policies that settle what is uncertain. DIGEST_MODEL=long looks longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from digest.delivery import doubt, engine, journal, ledger, locks, recover, threads
from digest.delivery.counts import WAITING_SQL
from digest.delivery.ledger import LEASE
from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted
from digest.store.models import Edition, Letter, SendWindow, Subscription

DAY = timedelta(days=1)
DECIDED = ("sent", "failed", "skipped")
LONG = os.environ.get("DIGEST_MODEL") == "long"
EXAMPLES, STEPS = (400, 60) if LONG else (40, 40)

pytestmark = [pytest.mark.slow]


class Ledger(RuleBasedStateMachine):
    """Histories of an edition, in worlds that `new_world` makes."""

    new_world = None

    def __init__(self):
        super().__init__()
        self._stack = ExitStack()
        self.world = self._stack.enter_context(self.new_world())
        self.edition = Edition.objects.get()
        self.decided = {}

    @initialize(machines=st.sampled_from([1, 1, 2]))
    def where(self, machines):
        self.world.machines = machines

    # What processes do, and what becomes of them.

    @rule(
        which=st.integers(0, 2),
        steps=st.sampled_from([3, 8, 12, 16, 20, 25, 40, 80]),
        choices=st.integers(0, 5),
        then=st.sampled_from(["goes on", "goes on", "dies", "dies inside", "hangs"]),
    )
    def process(self, which, steps, choices, then):
        """One process goes on for some steps, and is then stopped as it stands, dead, or hanging."""
        world = self.world
        living = world.living()
        if (which >= len(living) or not living) and len(living) < 3:
            if not Edition.objects.filter(status="sending").exists():
                return
            living.append(world.start(which % world.machines))
        process = living[which % len(living)]
        if then == "dies inside":
            world.abroad()
            process.doom = steps
        self._run(process, steps, choices)
        process.doom = 0
        if not process.alive:
            world.abroad()  # it may have taken windows on its way to its end
        if then == "dies":
            world.abroad()
            process.kill()
        if then == "hangs":
            self._hang(process, which, steps)

    def _hang(self, hung, which, steps):
        """It hangs beyond its lease, others take over, and in the end it wakes."""
        world = self.world
        world.abroad()
        world.forward(timedelta(minutes=25))
        self.look_after_the_dead(hung.machine)
        if Edition.objects.filter(status="sending").exists():
            self._run(world.start(hung.machine), 4 * steps)
        if which:
            self._run(hung, 2 * steps)

    @rule(which=st.integers(0, 1))
    def burn(self, which):
        self.world.lose(which % self.world.machines)

    # The world.

    @rule(answer=st.sampled_from(["later", "refused", "lost", "taken and lost", "hangs up"]), after=st.integers(0, 3))
    def server(self, answer, after):
        self.world.answers.extend(["taken"] * after + [answer])

    @rule(minutes=st.sampled_from([1, 6, 25, 45]), which=st.integers(0, 3))
    def time_goes_by(self, minutes, which):
        if minutes * timedelta(minutes=1) > LEASE:
            self.world.abroad()
        self.world.forward(timedelta(minutes=minutes))
        if which < 2:
            self.look_after_the_dead(which)

    def look_after_the_dead(self, which):
        var = self.world.var(which % self.world.machines)
        recover.recover(self.edition, var=var, now=self.world.now, attempts_for=DAY)
        recover.reread(var=var, now=self.world.now, attempts_for=DAY)
        recover.tidy(var=var)

    # People.

    @rule(which=st.integers(0, 4), held=st.sampled_from([None, False, False, True]))
    def a_reader_leaves_or_an_editor_holds(self, which, held):
        if held is not None:
            Edition.objects.filter(status__in=["sending", "held"]).update(status="held" if held else "sending")
            return
        row = Letter.objects.order_by("id")[which]
        self.world.left.add(row.pk)
        Subscription.objects.filter(subscriber=row.subscriber).update(status="unsubscribed")

    @rule(which=st.integers(0, 4), word=st.sampled_from(["sent", "failed", "again"]))
    def a_person_settles(self, which, word):
        found = list(Letter.objects.filter(status="uncertain").order_by("id").values_list("id", flat=True))
        if found:
            letter = found[which % len(found)]
            self._said(letter, word)
            doubt.by_word(self.edition, [str(letter)], word, by="ana", now=self.world.now)

    @rule(policy=st.sampled_from(["ask", "resend", "drop"]))
    def a_policy_settles(self, policy):
        before = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        doubt.by_policy(self.edition, policy, now=self.world.now)
        after = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        assert policy != "ask" or before == after, "asked, and decided all the same"
        for letter in before - after:
            self._said(letter, {"resend": "again", "drop": "failed"}[policy])

    def _said(self, letter, word):
        self.world.again[letter] += word == "again"
        if word == "failed":
            self.world.refused.add(letter)
        if word == "sent":
            self.world.doubted.add(-letter)

    def _run(self, process, steps, choices=0):
        for at in range(steps):
            if not process.alive or not process.step(choices + at // 3):
                break

    # What holds.

    @invariant()
    def nobody_twice(self):
        world = self.world
        twice = {letter for letter, count in world.received.items() if count > 1 + world.again[letter]}
        assert not twice, f"received twice: {twice}"

    @invariant()
    def only_what_was_in_flight_is_uncertain(self):
        uncertain = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        assert uncertain <= self.world.doubted, f"uncertain, and never in flight: {uncertain - self.world.doubted}"

    @invariant()
    def what_is_decided_stays(self):
        now = dict(Letter.objects.values_list("id", "status"))
        moved = {letter for letter, status in self.decided.items() if now[letter] != status}
        assert not moved, f"decided, and decided again: {moved}"
        self.decided = {letter: status for letter, status in now.items() if status in DECIDED}

    @invariant()
    def what_is_said_is_true(self):
        world = self.world
        for letter, status, reply in Letter.objects.values_list("id", "status", "reply"):
            if status == "sent":
                assert world.received[letter] or -letter in world.doubted, f"{letter} is called sent"
            if status == "failed":
                assert letter in world.refused, f"{letter} is called failed"
            if status == "skipped":
                assert letter in world.left, f"{letter} is skipped"
                assert reply, "skipped without a reason"

    def teardown(self):
        try:
            self._end()
        finally:
            self._stack.close()

    def _end(self):
        """Whatever happened, when all goes well from now on nobody is forgotten."""
        world = self.world
        world.answers.clear()
        Edition.objects.filter(status="held").update(status="sending")
        world.abroad()
        for process in world.living():
            process.kill()
        for _ in range(2):
            world.forward(timedelta(hours=5))
            self._drain()
        rows = dict(Letter.objects.values_list("id", "status"))
        assert set(rows.values()) <= {"sent", "failed", "skipped", "uncertain"}, f"forgotten: {rows}"
        self.nobody_twice()
        self.only_what_was_in_flight_is_uncertain()
        self.what_is_said_is_true()

    def _drain(self):
        for number in range(self.world.machines):
            process = self.world.start(number)
            for at in range(3000):
                if not process.step(at):
                    break
            else:
                raise AssertionError("a run does not end")


def look(new_world, *, examples=EXAMPLES, phases=tuple(Phase), same=False):
    """Look for a history that breaks a law."""
    run_state_machine_as_test(
        type("Ledger", (Ledger,), {"new_world": staticmethod(new_world)}),
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, derandomize=same, deadline=None, phases=phases,
            suppress_health_check=list(HealthCheck), print_blob=False, database=None,
        ),
    )  # fmt: skip


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
]


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
        look(faulty, examples=1000, phases=[Phase.generate], same=True)

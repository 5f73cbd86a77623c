"""Histories of the ledger, and the laws that hold in each: nobody gets a letter twice and nobody is forgotten.

Hypothesis makes histories: processes that go step by step and die between any two, or hang beyond their lease; servers
that refuse, put off, hang up, or take a letter and never say so; machines that burn with their journals; readers who
leave, editors who hold, people and policies that settle what is uncertain, and logs and reports that come when they
come. DIGEST_TEST_MODEL=long looks longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from digest.delivery import doubt, recover, reports
from digest.delivery.bounces import Said
from digest.delivery.evidence import Handed
from digest.delivery.ledger import LEASE
from digest.store.models import Edition, Letter, SendWindow, Subscription

DAY = timedelta(days=1)
MARGIN = recover.MARGIN
DECIDED = ("sent", "failed", "skipped")
LONG = os.environ.get("DIGEST_TEST_MODEL") == "long"
EXAMPLES, STEPS = (400, 60) if LONG else (40, 40)


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
        then=st.sampled_from(["goes on", "goes on", "dies", "dies inside", "hangs", "hangs and is given up"]),
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
        if then.startswith("hangs"):
            self._hang(process, which, steps, given_up=then != "hangs")

    def _hang(self, hung, which, steps, given_up):
        """It hangs beyond its lease, others take over, people may say what they think, and in the end it wakes."""
        world = self.world
        world.abroad()
        world.forward(timedelta(minutes=25))
        self.look_after_the_dead(hung.machine)
        if given_up:
            theirs = Letter.objects.filter(status="uncertain", pk__in=hung.in_flight)
            for letter in list(theirs.values_list("id", flat=True)):
                self._said(letter, "failed")
                doubt.by_word(self.edition, [str(letter)], "failed", by="ana", now=world.now)
        if Edition.objects.filter(status="sending").exists():
            self._run(world.start(hung.machine), 4 * steps)
        if which or given_up:
            self._run(hung, 2 * steps)

    @rule(which=st.integers(0, 1))
    def burn(self, which):
        self.world.lose(which % self.world.machines)

    # The world.

    @rule(
        answer=st.sampled_from(["later", "refused", "lost", "taken and lost", "taken and lost", "hangs up"]),
        after=st.integers(0, 3),
    )
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
        here = [name for name, one in self.world.workers.items() if not one.alive and one.machine == var_number(var)]
        left = SendWindow.objects.filter(closed_at=None)
        assert not left.filter(worker__in=here).exists(), "a worker is dead, and its window waits for its lease"
        over = self.world.now - 2 * MARGIN
        assert not left.filter(lease_until__lt=over).exists(), "a lease is over, and its window is open"

    # People.

    @rule(which=st.integers(0, 4), held=st.sampled_from([None, False, False, True]))
    def a_reader_leaves_or_an_editor_holds(self, which, held):
        if held is not None:
            Edition.objects.filter(status__in=["sending", "held"]).update(status="held" if held else "sending")
            waiting = Letter.objects.filter(status__in=["pending", "deferred"])
            self.world.held = set(waiting.values_list("id", flat=True)) if held else set()
            if held and (living := self.world.living()):
                # Whoever is at work goes on, and must notice.
                self._run(living[which % len(living)], 40, which)
            return
        row = Letter.objects.order_by("id")[which]
        self.world.left.add(row.pk)
        if row.status in ("pending", "deferred"):
            self.world.barred.add(row.pk)
        Subscription.objects.filter(subscriber=row.subscriber).update(status="unsubscribed")

    @rule(
        which=st.integers(0, 4),
        word=st.sampled_from(["sent", "failed", "failed", "again"]),
        then=st.sampled_from(["log", "report", "bounce", None]),
    )
    def a_person_settles(self, which, word, then):
        found = list(Letter.objects.filter(status="uncertain").order_by("id").values_list("id", flat=True))
        if word == "failed":
            # The wrong ones are those of interest.
            found = [letter for letter in found if self.world.received[letter]] or found
        if found:
            letter = found[which % len(found)]
            self._said(letter, word)
            doubt.by_word(self.edition, [str(letter)], word, by="ana", now=self.world.now)
            if word == "failed" and then and self.world.received[letter]:
                self._spoken_of(Letter.objects.get(pk=letter), then)

    @rule(policy=st.sampled_from(["ask", "resend", "drop"]))
    def a_policy_settles(self, policy):
        before = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        doubt.by_policy(self.edition, policy, now=self.world.now)
        after = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        assert policy != "ask" or before == after, "asked, and decided all the same"
        for letter in before - after:
            self._said(letter, {"resend": "again", "drop": "failed"}[policy])

    # Evidence, when it comes.

    @rule(which=st.integers(0, 4), kind=st.sampled_from(["log", "report", "bounce", "stray log", "stray report"]))
    def somebody_speaks_of_a_letter(self, which, kind):
        """True words of one that arrived, or stray ones of one that a server refused."""
        world, rows = self.world, Letter.objects.order_by("id")
        if kind.startswith("stray"):
            found = [row for row in rows if row.status == "failed" and row.pk not in world.given_up]
        else:
            found = [row for row in rows if world.received[row.pk]]
            found = [row for row in found if row.bounce == "presumed"] or found
        if found:
            self._spoken_of(found[which % len(found)], kind)

    def _spoken_of(self, row, kind):
        before = row.status, row.bounce
        self._speak(row.pk, kind)
        row.refresh_from_db()
        if kind == "bounce":
            assert before[0] not in ("sent", "uncertain", "failed") or row.status == "failed", "it came back"
            assert row.bounce == "policy", f"it came back, and is called {row.bounce}"
        elif before in (("uncertain", ""), ("failed", "presumed")):
            assert row.status == "sent", f"it arrived, and is {row.status}"

    def _speak(self, letter, kind):
        if kind.endswith("log"):
            doubt.by_log(self.edition, {letter: Handed("sent", "250 ok")}, now=self.world.now)
            return
        said = Said(kind="relayed", words="250 ok")
        if kind == "bounce":
            self.world.bounced.add(letter)
            said = Said(kind="failed", status="5.7.1", words="554 5.7.1 not from you")
        reports.take(letter, [said], source="mailbox", now=self.world.now, soft_limit=3)

    def _said(self, letter, word):
        self.world.again[letter] += word == "again"
        if word == "failed":
            self.world.given_up.add(letter)
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
    def nobody_who_must_not(self):
        assert not self.world.broken, self.world.broken[0]

    @invariant()
    def only_what_was_in_flight_is_uncertain(self):
        uncertain = set(Letter.objects.filter(status="uncertain").values_list("id", flat=True))
        assert uncertain <= self.world.doubted, f"uncertain, and never in flight: {uncertain - self.world.doubted}"

    @invariant()
    def what_is_decided_stays(self):
        now = {letter: rest for letter, *rest in Letter.objects.values_list("id", "status", "bounce")}
        moved = {letter for letter, old in self.decided.items() if not self._may(letter, old, now[letter])}
        assert not moved, f"decided, and decided again: {moved}"
        self.decided = {letter: rest for letter, rest in now.items() if rest[0] in DECIDED}

    def _may(self, letter, old, new):
        """What is decided moves by evidence alone: one presumed to have failed arrived, one that was sent came back."""
        if old[0] == new[0]:
            return new[1] != "presumed" or old[1] == new[1]
        if old == ["failed", "presumed"]:
            return new[0] == "sent"
        return old[0] == "sent" and new[0] == "failed" and letter in self.world.bounced

    @invariant()
    def what_is_said_is_true(self):
        world = self.world
        for letter, status, bounce, reply in Letter.objects.values_list("id", "status", "bounce", "reply"):
            if status == "sent":
                assert world.received[letter] or -letter in world.doubted, f"{letter} is called sent"
            if status == "failed" and bounce == "presumed":
                assert letter in world.given_up, f"{letter} is presumed to have failed, and nobody said so"
            elif status == "failed":
                assert letter in world.refused | world.bounced, f"{letter} is called failed"
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
        world.held = set()
        world.abroad()
        for process in world.living():
            process.kill()
        for _ in range(2):
            world.forward(timedelta(hours=5))
            for number in range(world.machines):
                self.look_after_the_dead(number)
            self._drain()
        rows = dict(Letter.objects.values_list("id", "status"))
        assert set(rows.values()) <= {"sent", "failed", "skipped", "uncertain"}, f"forgotten: {rows}"
        self.nobody_twice()
        self.nobody_who_must_not()
        self.only_what_was_in_flight_is_uncertain()
        self.what_is_said_is_true()
        self._what_was_written_down_is_known()

    def _what_was_written_down_is_known(self):
        """An answer that stands in a journal which is left reaches the letter, whatever was made of it meanwhile."""
        for row in Letter.objects.filter(pk__in=self.world.taken_by):
            if row.window_id == self.world.taken_by[row.pk][0]:
                known = row.status != "uncertain" and row.bounce != "presumed"
                assert known, f"{row.pk} was taken, its worker wrote so, and it is {row.status}"

    def _drain(self):
        for number in range(self.world.machines):
            process = self.world.start(number)
            for at in range(3000):
                if not process.step(at):
                    break
            else:
                raise AssertionError("a run does not end")


def var_number(var):
    """The number of the machine whose data folder this is."""
    return int(var.name.removeprefix("machine"))


RULES = frozenset(name for name, one in vars(Ledger).items() if hasattr(one, "hypothesis_stateful_rule"))


def look(new_world, *, examples=EXAMPLES, phases=tuple(Phase), same=False, only=RULES):
    """Look for a history that breaks a law; `only` some rules make it where others would but take long."""
    assert only <= RULES, only - RULES
    run_state_machine_as_test(
        type("Ledger", (Ledger,), {"new_world": staticmethod(new_world), **dict.fromkeys(RULES - only)}),
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, derandomize=same, deadline=None, phases=phases,
            suppress_health_check=list(HealthCheck), print_blob=False, database=None,
        ),
    )  # fmt: skip

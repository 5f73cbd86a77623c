"""The laws of sending, kept by the loop: begun only on record and within the lease, one body a connection in flight."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from digest.delivery.outcomes import Accepted, Lost, NotStarted

MANY = [f"reader{number}" for number in range(60)]


class Watched:
    """A journal that looks, at each of its writes, at what the server has got."""

    def __init__(self, journal, served):
        self._journal, self._served = journal, served
        self.open: set[int] = set()
        self.most = 0

    def note(self, lines):
        lines = list(lines)
        for line in lines:
            kind, _, letter = line.split()[:3]
            name = MANY[int(letter) - 1]
            if kind == "s":
                assert name not in self._served.to(), "on record before a byte of it leaves"
                self.open.add(int(letter))
            else:
                self.open.discard(int(letter))
        self.most = max(self.most, len(self.open))
        self._journal.note(lines)

    def __getattr__(self, name):
        return getattr(self._journal, name)


@pytest.mark.parametrize("connections", [1, 3])
def test_each_start_is_on_record_and_one_body_a_connection_is_in_flight(office, loop, letter, server, connections):
    served = office(rcpt={"reader7": "550 5.1.1 gone"})
    run = loop(server(served.port), [letter(to) for to in MANY], connections=connections)
    run.loop._journal = watched = Watched(run.loop._journal, served)
    run.send()
    assert not watched.open
    assert watched.most <= connections
    assert sorted(served.to()) == sorted(set(MANY) - {"reader7"})


def test_nothing_begins_after_the_lease(office, loop, letter, server):
    """The lease ends while a letter's commands are on their way: its body stays here."""
    served = office()
    clock = _Clock()
    run = loop(server(served.port), [letter(to) for to in MANY], connections=1, clock=clock)
    run.loop._journal = _Ends(run.loop._journal, clock, after=5)
    outcomes = run.send()
    assert [type(one) for one in outcomes] == [Accepted] * 4 + [NotStarted] * 56
    assert len(served.to()) == 4
    found = run.evidence()
    assert found[5] == "NotStarted", "its start is on record, and that nothing of it left"
    assert set(found) == {1, 2, 3, 4, 5}


class _Clock:
    def __init__(self):
        from datetime import UTC, datetime

        self.now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


class _Ends:
    """A journal during whose n-th write of a start the lease ends."""

    def __init__(self, journal, clock, *, after):
        self._journal, self._clock, self._left = journal, clock, after

    def note(self, lines):
        lines = list(lines)
        self._journal.note(lines)
        self._left -= any(line.startswith("s ") for line in lines)
        if not self._left:
            self._clock.now += timedelta(hours=1)

    def __getattr__(self, name):
        return getattr(self._journal, name)


def test_a_run_that_is_told_to_stop_finishes_what_is_under_way(office, loop, letter, server):
    served = office()
    run = loop(server(served.port), [letter(to) for to in MANY], connections=2)
    outcomes = run.send(lambda: run.loop.stop() if len(served.received) >= 10 else None)
    sent = [one for one in outcomes if isinstance(one, Accepted)]
    assert 10 <= len(sent) < 60
    assert all(isinstance(one, Accepted | NotStarted) for one in outcomes)
    assert len(sent) == len(served.to()) == len(set(served.to()))


def test_an_error_on_the_way_leaves_the_truth_in_the_journal(office, loop, letter, server):
    served = office()
    run = loop(server(served.port), [letter(to) for to in MANY], connections=2)

    def fails():
        if len(served.received) >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.send(fails)
    run.loop.close()
    found = run.evidence()
    assert set(found.values()) == {"Accepted"}, "letters under way were finished"
    assert {MANY[at - 1] for at in found} == set(served.to())


def test_a_reply_that_never_comes_ends_one_connection_and_not_the_others(office, loop, letter, server):
    served = office(end={"reader3": "silence"})
    run = loop(server(served.port, reply=1.5), [letter(to) for to in MANY], connections=3)
    outcomes = run.send()
    assert [at for at, one in enumerate(outcomes) if isinstance(one, Lost)] == [3]
    assert sum(isinstance(one, Accepted) for one in outcomes) == 59


def test_a_server_with_room_for_few_connections_is_used_as_it_allows(office, loop, letter, server):
    served = office(most=2)
    run = loop(server(served.port), [letter(to) for to in MANY], connections=6)
    assert all(isinstance(one, Accepted) for one in run.send())
    assert run.loop.broken == ""
    assert served.together <= 2


def test_a_server_that_is_gone_leaves_everything_unbegun(office, loop, letter, server):
    served = office(most=0)
    run = loop(server(served.port), [letter(to) for to in MANY], connections=3)
    assert all(isinstance(one, NotStarted) for one in run.send())
    assert "421" in run.loop.broken
    assert run.evidence() == {}


def test_large_letters_through_tls_arrive_whole(office, loop, letter, server):
    served = office(tls=True)
    body = b"From: a@news.example\r\n\r\n" + b"".join(b".%070d\r\n" % at for at in range(20_000))
    run = loop(server(served.port, ca=served.ca), [letter(to, body=body) for to in MANY[:12]], connections=3)
    assert all(isinstance(one, Accepted) for one in run.send())
    assert sorted(served.to()) == sorted(MANY[:12])
    assert all(got == body for _, _, got in served.received)
    assert threading.active_count() < 100

"""Workers on several machines share an edition, whatever becomes of one of them: nobody twice, nobody forgotten."""

from __future__ import annotations

import signal

import pytest

pytestmark = pytest.mark.slow
READERS = 500
WINDOW = 40


@pytest.fixture
def shared(house):
    """Two machines at work on one edition, when both have taken windows: house, machines, workers, edition."""

    def make(seconds=0.05, readers=READERS):
        here = house(seconds)
        machines = [here.machine(window=WINDOW), here.machine(window=WINDOW)]
        edition = here.edition(readers)
        workers = [machine.start("worker") for machine in machines]
        here.until(lambda: len(here.shares()) == 2, why="one machine does it all")
        return here, machines, workers, edition

    return make


def backends(here):
    """The database sessions that hold a worker's lock."""
    return [
        pid for (pid,) in here.ask("SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2")
    ]


def test_two_workers_share_an_edition_and_end_when_told(shared):
    here, machines, workers, edition = shared()
    here.until(lambda: here.done(edition))
    here.judge(edition, READERS, uncertain=0)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    assert machines[0].do("show", edition, "--as", "json")["status"] == "sent"
    assert here.ask("SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_worker_that_is_told_to_end_finishes_what_is_under_way_and_leaves_the_rest(shared):
    here, machines, workers, edition = shared()
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(30) for worker in workers] == [0, 0]
    states = set(here.statuses(edition).values())
    assert states == {"sent", "pending"}
    assert here.office.count() == list(here.statuses(edition).values()).count("sent")
    machines[1].start("worker")
    machines[0].start("clock")  # whose sweep finds what has no job any more
    here.until(lambda: here.done(edition))
    here.judge(edition, READERS, uncertain=0)


def test_a_machine_that_dies_is_noticed_at_once_and_its_journal_decides_when_it_is_back(shared):
    here, machines, workers, edition = shared()
    workers[1].kill()
    workers[1].wait()
    here.until(lambda: here.done(edition))
    # Long before any lease is over, and without the journal that lies on the dead machine.
    here.judge(edition, READERS, uncertain=WINDOW)
    machines[1].start("worker")
    here.until(lambda: list(here.statuses(edition).values()).count("uncertain") <= here.connections)
    here.until(lambda: here.done(edition))
    here.judge(edition, READERS, uncertain=here.connections)


def test_a_worker_that_hangs_past_its_lease_begins_nothing_more_when_it_wakes(shared):
    here, _, workers, edition = shared()
    here.until(lambda: here.ask("SELECT 1 FROM digest_send_window WHERE closed_at IS NULL"))
    workers[1].send_signal(signal.SIGSTOP)
    here.ask("UPDATE digest_send_window SET lease_until = now() - interval '2 minutes' WHERE closed_at IS NULL")
    here.until(lambda: here.done(edition))
    here.judge(edition, READERS, uncertain=WINDOW)
    workers[1].send_signal(signal.SIGCONT)
    # What it was at is settled by its replies, and what it had not begun is sent by somebody.
    here.until(lambda: list(here.statuses(edition).values()).count("uncertain") == 0)
    here.until(lambda: here.done(edition))
    here.judge(edition, READERS, uncertain=0)


def test_a_worker_whose_session_is_ended_goes_on_under_another_name(shared):
    here, _, workers, edition = shared()
    for _ in range(3):
        for pid in backends(here):
            here.ask(f"SELECT pg_terminate_backend({pid})")
        here.more(WINDOW, edition)
    here.until(lambda: here.done(edition))
    here.until(lambda: "uncertain" not in here.statuses(edition).values())
    here.judge(edition, READERS, uncertain=0)
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_database_that_goes_and_comes_back_stops_letters_but_loses_none(shared, postgres, how):
    here, _, workers, edition = shared()
    postgres.stop(how)
    # Letters under way finish; nothing else begins.
    here.until(lambda: here.still(2.0))
    sent = here.office.count()
    assert sent < READERS
    postgres.start()
    here.until(lambda: here.done(edition), 120)
    here.until(lambda: "uncertain" not in here.statuses(edition).values())
    here.judge(edition, READERS, uncertain=0)
    assert [worker.poll() for worker in workers] == [None, None]


def test_a_worker_that_is_told_to_end_while_its_database_is_gone_ends(shared, postgres):
    here, machines, workers, edition = shared()
    postgres.stop("immediate")
    workers[1].send_signal(signal.SIGTERM)
    try:
        assert workers[1].wait(60) == 0
    finally:
        postgres.start()
    machines[1].start("worker")
    here.until(lambda: here.done(edition), 120)
    here.until(lambda: list(here.statuses(edition).values()).count("uncertain") <= here.connections)
    here.judge(edition, READERS, uncertain=here.connections)


def test_losing_every_job_loses_nothing(shared):
    here, machines, _, edition = shared()
    machines[0].start("clock")
    for _ in range(3):
        here.ask("DELETE FROM procrastinate_jobs")
        here.more(1, edition)
    here.until(lambda: here.done(edition), 120)
    here.judge(edition, READERS, uncertain=0)


def test_up_starts_a_worker_too_where_there_is_a_queue(house):
    here = house()
    machine = here.machine()
    running = machine.start("up", "--port", "0")
    here.until(lambda: here.ask("SELECT count(*) FROM procrastinate_workers") == [(2,)])
    running.send_signal(signal.SIGTERM)
    assert running.wait(40) == 0
    here.until(lambda: here.ask("SELECT count(*) FROM procrastinate_workers") == [(0,)])

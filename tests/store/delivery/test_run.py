"""Whole runs: over both transports, with trouble, with two at once, and after workers that died or hung."""

import os
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections

from digest.audience.outbox import file_of
from digest.clock.now import now
from digest.delivery import ledger, locks
from digest.delivery.folder import Folder
from digest.delivery.journal import Journal, boot
from digest.delivery.lines import Lines
from digest.delivery.outcomes import Accepted, NotStarted
from digest.delivery.recover import MARGIN, recover
from digest.delivery.run import send
from digest.delivery.smtp import Smtp
from digest.errors import MovedOnError, RefusedError
from digest.store.models import Edition, Letter, SendWindow, Subscriber, Variant

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_by_smtp_fills_every_hole_for_its_reader(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(30), mail_server()
    told = []
    counts = send(
        edition, transport=Smtp(server), now=clock, var=tmp_path, window=7, connections=3, on_progress=told.append
    )
    assert (counts.sent, counts.open, counts.stopped, sum(told)) == (30, 0, "", 30)
    assert sorted(office.to()) == sorted(f"reader{n}@inbox.example" for n in range(1, 31))
    assert office.connections == 3, "connections are kept from window to window"
    message = office.message()
    to = message["To"]
    assert to == office.to()[0]
    assert message["Date"] == "Tue, 24 Nov 2026 06:00:00 +0000"
    assert message["Message-ID"].endswith("@news.example>")
    assert message["List-Unsubscribe"].startswith("<https://news.example/u/")
    link = message["List-Unsubscribe"].strip("<>")
    for part in message.walk():
        if not part.is_multipart():
            assert link in part.get_payload(decode=True).decode()
    assert len({office.message(at)["Message-ID"] for at in range(30)}) == 30
    assert len({office.message(at)["List-Unsubscribe"] for at in range(30)}) == 30
    assert not list((tmp_path / "journal").iterdir()), "what the ledger knows needs no journal"

    again = send(edition, transport=Smtp(server), now=clock, var=tmp_path)
    assert again.sent == len(office.received) == 30


def test_a_run_into_the_folder(enrolled, clock, tmp_path):
    edition = enrolled(12)
    counts = send(edition, transport=Folder(tmp_path / "outbox"), now=clock, var=tmp_path, window=5)
    assert counts.sent == 12
    assert len(list((tmp_path / "outbox").rglob("*.eml"))) == 12
    assert b"reader3@inbox.example" in file_of(tmp_path / "outbox", edition.name, "reader3@inbox.example").read_bytes()


def test_trouble_is_sorted_and_later_is_tried_again(enrolled, mail_server, clock, tmp_path, statuses):
    edition = enrolled(4)
    office, server = mail_server(
        rcpt={"reader1": "450 4.2.0 greylisted", "reader2": "550 5.1.1 unknown"}, data={"reader3": "take and hang up"}
    )
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, connections=1)
    assert statuses(edition) == {
        "reader1": "deferred",
        "reader2": "failed",
        "reader3": "uncertain",
        "reader4": "sent",
    }
    assert counts.next_due > clock.now
    office.rcpt.clear()
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).deferred == 1, "it is not yet due"
    clock.forward(minutes=10)
    after = send(edition, transport=Smtp(server), now=clock, var=tmp_path)
    assert (after.sent, after.deferred, after.failed, after.uncertain) == (2, 0, 1, 1)
    assert len(office.received) == 3
    assert Letter.objects.get(subscriber__email="reader1@inbox.example").attempts == 2


def test_a_dead_server_stops_the_run_politely(enrolled, mail_server, clock, tmp_path):
    edition, (_, server) = enrolled(10), mail_server(sender="553 5.7.1 not yours")
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=4, connections=2)
    assert (counts.pending, counts.attempting, counts.sent) == (10, 0, 0)
    assert "does not take letters" in counts.stopped
    assert not SendWindow.objects.filter(closed_at=None).exists()
    assert not Letter.objects.exclude(attempts=0).exists()


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        ("550 5.7.1 we do not know you", "deferred", "refuses every letter: 550 5.7.1"),
        ("421 4.7.0 too much mail from you", "deferred", "puts every letter off: 421 4.7.0"),
        ("451 4.7.1 come back later", "deferred", "puts every letter off: 451 4.7.1"),
    ],
)
def test_a_server_that_wants_nothing_from_us_is_left_alone(enrolled, mail_server, clock, tmp_path, answer, status, why):
    edition, (_, server) = enrolled(40), mail_server(everybody=answer)
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=12, connections=2)
    assert why in counts.stopped
    assert (counts.pending, getattr(counts, status)) == (28, 12)


def test_a_run_that_is_told_to_end_finishes_what_is_under_way(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(50), mail_server(slow=0.05)
    counts = send(
        edition,
        transport=Smtp(server),
        now=clock,
        var=tmp_path,
        window=30,
        connections=2,
        go_on=lambda: len(office.received) < 10,
    )
    assert counts.stopped == "the run was told to end"
    assert 10 <= counts.sent == len(office.received) < 20
    assert (counts.uncertain, counts.attempting, counts.pending) == (0, 0, 50 - counts.sent)
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).sent == len(set(office.to())) == 50


def test_an_interrupted_run_leaves_nothing_in_doubt(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(50), mail_server(slow=0.05)

    def interrupted():
        if len(office.received) >= 10:
            raise KeyboardInterrupt
        return True

    with pytest.raises(KeyboardInterrupt):
        send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=30, connections=2, go_on=interrupted)
    counts = ledger.counts(edition)
    assert 10 <= counts.sent == len(office.received) < 20
    assert (counts.uncertain, counts.attempting, counts.pending) == (0, 0, 50 - counts.sent)


def test_processes_send_in_place_of_this_one(enrolled, mail_server, tmp_path, monkeypatch):
    edition, (office, server) = enrolled(60), mail_server()
    Letter.objects.update(due_at=datetime(2025, 1, 1, tzinfo=UTC))
    place = connection.settings_dict
    address = f"sqlite:///{place['NAME']}"
    if connection.vendor == "postgresql":
        parts = urlsplit(os.environ["DIGEST_DATABASE_URL"])
        address = urlunsplit(parts._replace(path=f"/{place['NAME']}"))
    monkeypatch.setenv("DIGEST_DATABASE_URL", address)
    # This process only looks on; those it spawns have a class of their own.
    monkeypatch.delattr(Lines, "send")
    told = []
    counts = send(
        edition,
        transport=Smtp(server),
        now=now,
        var=tmp_path,
        window=5,
        connections=2,
        processes=2,
        on_progress=told.append,
    )
    assert (counts.sent, counts.open, counts.stopped) == (60, 0, "")
    assert sum(told) == len(office.to()) == len(set(office.to())) == 60


def test_only_approved_editions_are_sent_and_only_the_approved_letter(enrolled, clock, tmp_path):
    edition = enrolled(3)
    out = Folder(tmp_path / "outbox")
    Edition.objects.update(status=Edition.Status.HELD)
    with pytest.raises(RefusedError, match="is held: only an approved edition is sent"):
        send(edition, transport=out, now=clock, var=tmp_path)
    Edition.objects.update(status=Edition.Status.APPROVED)
    Variant.objects.update(body=b"Subject: another\r\n\r\nletter")
    with pytest.raises(MovedOnError, match="not the one that was approved"):
        send(edition, transport=out, now=clock, var=tmp_path)
    assert ledger.counts(edition).pending == 3, "what was taken is given back"
    assert not SendWindow.objects.filter(closed_at=None).exists()


def test_no_letter_leaves_with_a_hole_in_it(enrolled, clock, tmp_path):
    from digest.delivery.message import frozen_hash

    edition = enrolled(3)
    variant = Variant.objects.get()
    variant.body = bytes(variant.body) + b"\x01horoscope\x02"
    variant.hash = frozen_hash(variant.body)
    variant.save()
    with pytest.raises(RefusedError, match="horoscope"):
        send(edition, transport=Folder(tmp_path / "outbox"), now=clock, var=tmp_path)
    assert ledger.counts(edition).pending == 3
    assert not list((tmp_path / "outbox").rglob("*.eml"))


def test_a_hold_stops_a_run_within_a_window(enrolled, clock, tmp_path):
    edition = enrolled(10)
    counts = send(
        edition,
        transport=Folder(tmp_path / "outbox"),
        now=clock,
        var=tmp_path,
        window=4,
        on_progress=lambda _: Edition.objects.update(status=Edition.Status.HELD),
    )
    # The next window is taken as the last one is settled, before progress is told.
    assert (counts.sent, counts.pending) == (8, 2)
    assert counts.stopped == "daily/2026-11-24 is held now"


def test_two_runs_at_once_share_an_edition(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(120), mail_server()
    results = []

    def publish():
        try:
            mine = Edition.objects.get(pk=edition.pk)
            results.append(send(mine, transport=Smtp(server), now=clock, var=tmp_path, window=5, connections=2))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert ledger.counts(edition).sent == 120
    assert len(office.to()) == len(set(office.to())) == 120


class _Worker:
    """A worker that claims a window, and then is gone or hangs."""

    def __init__(self, edition, clock, var, *, repeatable=False, size=5):
        self._lock = locks.worker(var)
        self.name = self._lock.__enter__()
        self.journal = Journal(var / "journal" / f"{self.name.partition('/')[2]}.log", repeatable=repeatable)
        self.window = ledger.claim(edition, worker=self.name, journal=self.journal.path.name, now=clock(), size=size)
        self.ids = [due.id for due in self.window.letters]

    def die(self):
        self.journal.close(remove=False)
        self._lock.__exit__(None, None, None)


def _by_id(ids):
    return [Letter.objects.get(pk=at).status for at in ids]


def test_a_dead_workers_journal_is_the_first_evidence(enrolled, clock, tmp_path):
    edition = enrolled(5)
    worker = _Worker(edition, clock, tmp_path)
    a, b, c, d, _ = worker.ids
    for letter in (a, b, c, d):
        worker.journal.started(worker.window.id, letter)
    worker.journal.ended(worker.window.id, a, Accepted("250 taken for <ana@inbox.example>"), clock())
    worker.journal.ended(worker.window.id, d, NotStarted(), clock())
    assert recover(edition, var=tmp_path, now=clock(), attempts_for=DAY) == 0, "it lives"
    worker.die()
    assert recover(edition, var=tmp_path, now=clock(), attempts_for=DAY) == 1
    assert _by_id(worker.ids) == ["sent", "uncertain", "uncertain", "pending", "pending"]
    assert Letter.objects.get(pk=a).reply == "250 taken for <address>"
    assert recover(edition, var=tmp_path, now=clock(), attempts_for=DAY) == 0


def test_a_letter_to_the_folder_is_never_uncertain(enrolled, clock, tmp_path):
    edition = enrolled(2)
    worker = _Worker(edition, clock, tmp_path, repeatable=True)
    worker.journal.started(worker.window.id, worker.ids[0])
    worker.die()
    counts = send(edition, transport=Folder(tmp_path / "outbox"), now=clock, var=tmp_path)
    assert (counts.sent, counts.uncertain) == (2, 0)
    assert [path.name for path in (tmp_path / "locks").iterdir()] == ["node"]
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_living_worker_is_not_tidied_away(enrolled, clock, tmp_path):
    edition = enrolled(4)
    worker = _Worker(edition, clock, tmp_path, size=2)
    counts = send(edition, transport=Folder(tmp_path / "outbox"), now=clock, var=tmp_path)
    assert (counts.sent, counts.attempting) == (2, 2)
    ledger.settle(worker.window.id, [], now=clock(), attempts_for=DAY)
    send(edition, transport=Folder(tmp_path / "outbox"), now=clock, var=tmp_path)
    assert worker.journal.path.exists()
    worker.die()


def test_without_its_journal_a_window_is_uncertain(enrolled, clock, tmp_path):
    edition = enrolled(3)
    worker = _Worker(edition, clock, tmp_path)
    worker.die()
    worker.journal.path.unlink()
    recover(edition, var=tmp_path, now=clock(), attempts_for=DAY)
    assert _by_id(worker.ids) == ["uncertain"] * 3


@pytest.mark.skipif(not boot(), reason="this system does not name its boots")
def test_after_a_power_cut_only_what_the_journal_says_counts(enrolled, clock, tmp_path):
    edition = enrolled(3)
    worker = _Worker(edition, clock, tmp_path)
    worker.journal.started(worker.window.id, worker.ids[0])
    worker.journal.ended(worker.window.id, worker.ids[0], Accepted("250 ok"), clock())
    worker.die()
    text = worker.journal.path.read_text()
    worker.journal.path.write_text(text.replace(boot(), "another-boot"))
    recover(edition, var=tmp_path, now=clock(), attempts_for=DAY)
    assert _by_id(worker.ids) == ["sent", "uncertain", "uncertain"]


def test_a_worker_of_another_machine_is_known_by_its_lease_at_the_latest(enrolled, clock, tmp_path):
    edition = enrolled(3)
    worker = _Worker(edition, clock, tmp_path / "other")
    worker.die()
    settled = recover(edition, var=tmp_path, now=clock(), attempts_for=DAY)
    assert settled == 0 or connection.vendor == "postgresql", "only there its session tells"
    clock.now = worker.window.lease_until + MARGIN
    assert settled + recover(edition, var=tmp_path, now=clock(), attempts_for=DAY) == 1
    assert _by_id(worker.ids) == ["uncertain"] * 3


def test_a_hung_worker_that_wakes_sends_nothing_more(enrolled, mail_server, clock, tmp_path):
    """While one letter is on its way the worker is stopped beyond its lease; others take over; it wakes."""
    edition, (office, server) = enrolled(6), mail_server()
    taken_over = []

    class Sleepy:
        repeatable = False

        def open(self):
            line = Smtp(server).open()

            class Line:
                def deliver(self, parcel):
                    outcome = line.deliver(parcel)
                    if not taken_over:
                        clock.forward(minutes=25)
                        taken_over.append(_in_thread(take_over))
                    return outcome

                def close(self):
                    line.close()

            return Line()

    def take_over():
        recover(edition, var=tmp_path, now=clock(), attempts_for=DAY)
        return ledger.counts(edition)

    counts = send(edition, transport=Sleepy(), now=clock, var=tmp_path, connections=1)
    assert (taken_over[0].uncertain, taken_over[0].pending) == (1, 5)
    assert counts.sent == 6, "its late reply was evidence, and the rest were taken anew"
    assert len(office.to()) == len(set(office.to())) == 6


def _in_thread(function):
    found = []

    def run():
        try:
            found.append(function())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_readers_who_leave_during_a_run_get_nothing(enrolled, clock, tmp_path):
    edition = enrolled(9)
    last = Subscriber.objects.get(email="reader9@inbox.example")
    counts = send(
        edition,
        transport=Folder(tmp_path / "outbox"),
        now=clock,
        var=tmp_path,
        window=3,
        on_progress=lambda _: last.subscriptions.update(status="unsubscribed"),
    )
    assert (counts.sent, counts.skipped) == (8, 1)

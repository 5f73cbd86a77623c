"""A mail server that cannot be used is tried ever less often, and at once as soon as somebody asks or it works."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.delivery import unreached
from digest.delivery.folder import Folder
from digest.delivery.run import send
from digest.delivery.server import server
from digest.delivery.smtp import Smtp
from digest.store.models import Allowance

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def refusing(greeting):
    """A server that says this instead of 220 to everybody, or is not there at all; yields it and who came."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = server(f"smtp://127.0.0.1:{listening.getsockname()[1]}?tls=none")

        def answer():
            while True:
                try:
                    talk, _ = listening.accept()
                except OSError:
                    return
                came.append(1)
                with talk:
                    talk.sendall(f"{greeting}\r\n".encode())

        if greeting:
            thread = threading.Thread(target=answer)
            thread.start()
        else:
            listening.close()
        try:
            yield place, came
        finally:
            if greeting:
                listening.shutdown(socket.SHUT_RDWR)
                thread.join(10)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ("554 5.7.1 no service for you", "refuses the connection: 554 5.7.1 no service for you"),
        ("421 4.3.2 come back later", "refuses the connection: 421 4.3.2 come back later"),
        ("", "cannot be reached"),
    ],
)
def test_it_is_tried_ever_less_often(enrolled, clock, tmp_path, greeting, words):
    edition, waits = enrolled(3), []
    with refusing(greeting) as (place, came):
        way = Smtp(replace(place, connect=5.0))
        for tries in range(1, 9):
            counts = send(edition, transport=way, now=clock, var=tmp_path, connections=1, patient=True)
            assert words in counts.stopped
            assert counts.pending == 3
            (trouble,) = unreached.trouble(clock())
            assert (words in trouble.said, trouble.tries) == (True, tries)
            waits.append(trouble.until - clock())
            assert unreached.rests_until(tmp_path, clock()) == trouble.until
            met = len(came)
            clock.now = trouble.until - timedelta(seconds=1)
            assert send(edition, transport=way, now=clock, var=tmp_path, connections=1, patient=True).stopped == ""
            assert len(came) == met, "before its time it is left alone"
            clock.now = trouble.until
    assert all(0.75 * MINUTE <= wait / 2**at <= 1.25 * MINUTE for at, wait in enumerate(waits[:5])), waits
    assert all(18 * MINUTE <= wait <= 30 * MINUTE for wait in waits[5:]), waits
    assert len(set(waits[5:])) > 1, "with a jitter"


def test_it_starts_over_once_a_connection_works(enrolled, mail_server, clock, tmp_path):
    edition = enrolled(3)
    office, good = mail_server(rcpt={"reader1": "450 4.2.0 later"})
    with refusing("554 no") as (place, _):
        for _ in range(4):
            send(edition, transport=Smtp(place), now=clock, var=tmp_path, patient=True)
            clock.now = unreached.rests_until(tmp_path, clock())
    assert send(edition, transport=Smtp(good), now=clock, var=tmp_path, patient=True).sent == 2
    assert unreached.trouble(clock()) == ()
    clock.forward(minutes=10)
    with refusing("554 no") as (place, _):
        send(edition, transport=Smtp(place), now=clock, var=tmp_path, patient=True)
    (trouble,) = unreached.trouble(clock())
    assert (trouble.tries, trouble.until - clock() <= 1.25 * MINUTE) == (1, True)
    assert sorted(office.to()) == ["reader2@inbox.example", "reader3@inbox.example"]


def test_a_person_need_not_wait_and_makes_nobody_wait_longer(enrolled, mail_server, clock, tmp_path):
    edition, (_, good) = enrolled(3), mail_server()
    with refusing("554 no") as (place, came):
        send(edition, transport=Smtp(place), now=clock, var=tmp_path, connections=1, patient=True)
        until = unreached.rests_until(tmp_path, clock())
        met = len(came)
        send(edition, transport=Smtp(place), now=clock, var=tmp_path, connections=1)
        assert len(came) > met
        assert unreached.rests_until(tmp_path, clock()) == until
    assert send(edition, transport=Smtp(good), now=clock, var=tmp_path).sent == 3


def test_an_editor_ends_the_wait(enrolled, clock, tmp_path):
    edition = enrolled(1)
    with refusing("554 no") as (place, came):
        for again in range(1, 3):
            send(edition, transport=Smtp(place), now=clock, var=tmp_path, connections=1, patient=True)
            assert unreached.trouble(clock())[0].tries == again
            unreached.end_rest(clock())
            assert unreached.rests_until(tmp_path, clock()) is None
        assert came


def test_a_machine_that_is_cut_off_stops_no_other(enrolled, clock, tmp_path):
    edition = enrolled(2)
    with refusing("") as (place, _):
        send(edition, transport=Smtp(place), now=clock, var=tmp_path / "here", patient=True)
    assert unreached.rests_until(tmp_path / "here", clock())
    there = send(edition, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path / "there", patient=True)
    assert there.sent == 2


def test_what_a_machine_left_behind_is_not_told_for_ever(clock, tmp_path):
    until = unreached.failed(tmp_path, "It cannot be reached: ana@news.example.", clock())
    assert Allowance.objects.get().why == "It cannot be reached: <address>"
    assert len(unreached.trouble(until)) == 1
    assert unreached.trouble(until + 6 * MINUTE) == ()


def test_a_clock_that_was_wrong_holds_nobody_up(tmp_path, clock):
    now = clock()
    unreached.failed(tmp_path, "it was tomorrow", now + timedelta(days=1))
    assert unreached.rests_until(tmp_path, now) is None
    assert unreached.trouble(now) == ()
    until = unreached.failed(tmp_path, "it cannot be reached", now)
    assert now < until == unreached.rests_until(tmp_path, now) < now + unreached.AT_MOST

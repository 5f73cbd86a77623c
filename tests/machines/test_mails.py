"""A worker mails what a page was asked for, at once: no sweep runs, for there is no clock, and the web cannot mail."""

from __future__ import annotations

import re
import signal
import time
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from waiting import free_port

pytestmark = pytest.mark.slow
SOON = 20.0
"""Seconds, on a machine that does much else; the sweep would come after a minute, and here never."""


@pytest.fixture
def site(house):
    """A house with a web whose mail server is not there: house, machine, and what sends a sign-up."""
    here = house(0.0)
    machine = here.machine()
    config = machine.home / "config" / "digest.toml"
    config.write_text(config.read_text().replace("[site]\n", '[site]\neditors = ["nell@desk.example"]\n'))
    port = free_port()
    machine.start("web", "--port", str(port), DIGEST_SMTP_URL="smtp://127.0.0.1:9?tls=none")
    form = f"http://127.0.0.1:{port}/subscribe/daily"

    def page():
        try:
            with urlopen(form, timeout=10) as answer:
                return answer.read().decode()
        except URLError:
            return ""

    shown = here.until(page)
    stamp = re.search(r'name="opened" value="([^"]+)"', shown)[1]
    here.until(_over(2.1))  # nobody fills in a form in less than two seconds

    def sign_up(address):
        given = urlencode({"email": address, "opened": stamp, "language": "en"}).encode()
        with urlopen(Request(form, given), timeout=10) as answer:
            assert answer.status == 200

    return here, machine, sign_up


def _over(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def test_a_sign_up_is_mailed_by_a_worker_without_a_sweep(site):
    here, machine, sign_up = site
    worker = machine.start("worker")
    here.until(lambda: here.ask("SELECT 1 FROM procrastinate_workers"))
    sign_up("ana@inbox.example")
    here.until(lambda: here.office.received()["ana@inbox.example"], SOON, "nobody mailed the link")
    # Many at once: each has a job of its own, and none is mailed twice.
    many = [f"reader{n}@inbox{n}.example" for n in range(12)]
    for address in many:
        sign_up(address)
    here.until(lambda: here.office.received().keys() >= set(many), SOON, "somebody was forgotten")
    here.until(lambda: here.ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)], SOON)
    assert set(here.office.received().values()) == {1}
    assert here.ask("SELECT count(*) FROM digest_request WHERE mailed_at IS NULL") == [(0,)]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_what_was_asked_while_no_worker_was_there_waits_as_a_job(site):
    here, machine, sign_up = site
    sign_up("ana@inbox.example")
    assert here.ask("SELECT task_name FROM procrastinate_jobs") == [("confirm",)]
    assert here.office.count() == 0
    machine.start("worker", "--queues", "house")
    here.until(lambda: here.office.received()["ana@inbox.example"], SOON, "nobody mailed the link")


def test_a_notice_is_mailed_by_a_worker_without_a_sweep(site):
    here, machine, _ = site
    edition = here.edition(1)
    machine.start("worker", "--queues", "house")
    machine.do("hold", edition)
    here.until(lambda: here.office.received()["nell@desk.example"], SOON, "nobody told the editor")

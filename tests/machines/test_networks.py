"""Web, clock, workers, database and mail server on hosts of their own; one worker's network is cut while it sends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import trustme

pytestmark = pytest.mark.slow
READERS = 600
WINDOW = 40
HERE = Path(__file__).parent


@pytest.fixture
def site(spread, networks, tmp_path):
    """The web's machine, behind a proxy with a certificate that the others trust."""
    where, within = networks.host("web")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert(where).private_key_and_cert_chain_pem.write_to_path(tmp_path / "site.pem")
    spread.site = f"https://{where}"
    spread.more_environment["SSL_CERT_FILE"] = str(tmp_path / "ca.pem")
    machine = spread.machine(within=within, window=WINDOW)
    door = subprocess.Popen(
        [*within, sys.executable, str(HERE / "front_door.py"), str(tmp_path / "site.pem"), where, "443"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert door.stdout is not None
    assert door.stdout.readline() == "ready\n"
    machine.start("web", "--port", "8000")
    yield machine
    door.kill()
    door.communicate()


def test_an_edition_is_sent_whole_though_one_worker_is_cut_off(spread, networks, site):
    clock, one, two = (spread.machine(within=networks.host(name)[1], window=WINDOW) for name in ("clock", "one", "two"))
    edition = spread.edition(READERS)
    # It speaks to the mail server over a network, so it asks first whether one-click leads anywhere.
    clock.start("clock")
    workers = [machine.start("worker") for machine in (one, two)]
    spread.until(lambda: len(spread.shares()) == 2, 120, "one machine does it all")
    spread.more(20, edition)

    networks.cut("two")
    spread.until(lambda: spread.done(edition), 180)
    spread.judge(edition, READERS, uncertain=WINDOW)

    networks.mend("two")
    spread.until(lambda: "uncertain" not in spread.statuses(edition).values() and spread.done(edition), 180)
    spread.judge(edition, READERS, uncertain=0)
    assert [worker.poll() for worker in workers] == [None, None]
    assert len(spread.shares()) == 2

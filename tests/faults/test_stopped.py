"""A publisher that is stopped (SIGSTOP) beyond its lease and goes on later (SIGCONT) sends nothing more of it.

The lease is made short in the processes of this test alone: `short_lease.py`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW_SERVER = HERE.parent / "shared" / "slow_server.py"
EDITION = "daily/2025-11-24"
READERS, CONNECTIONS = 200, 4


@pytest.fixture
def room(tmp_path, database):
    """A home with an approved edition and a slow mail server."""
    home, receipts = tmp_path / "home", tmp_path / "receipts"
    environment = {**os.environ, "DIGEST_HOME": str(home)} | ({"DIGEST_DATABASE_URL": database} if database else {})
    with subprocess.Popen(
        [sys.executable, str(SLOW_SERVER), str(receipts), "0.05", "127.0.0.1"], stdout=subprocess.PIPE, text=True
    ) as server:
        environment["DIGEST_SMTP_URL"] = f"smtp://127.0.0.1:{int(server.stdout.readline())}"

        def run(*command):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
            assert done.returncode in (0, 1), done.stderr
            return done.stdout

        run(sys.executable, "-m", "digest", "init", str(home))
        (home / "config" / "digest.toml").write_text(
            f'[site]\nname = "The Courier"\nsender = "letters@news.example"\n'
            f'[delivery]\ntransport = "smtp"\nwindow = 60\nconnections = {CONNECTIONS}\n'
        )
        (home / "config" / "newsletters" / "daily.toml").write_text('title = "The Daily"\nchannels = ["letter"]\n')
        (home / "config" / "social.toml").unlink(missing_ok=True)
        run(sys.executable, str(HERE / "approved_edition.py"), str(home), str(READERS))
        publish = [sys.executable, str(HERE / "short_lease.py"), "3", "--home", str(home), "--json", "publish", EDITION]
        began = []

        def publisher():
            made = subprocess.Popen(publish, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            began.append(made)
            return made

        received = lambda: receipts.read_text().split() if receipts.exists() else []  # noqa: E731
        listed = [sys.executable, "-m", "digest", "--home", str(home), "--json", "deliveries", EDITION]
        yield publisher, received, lambda: json.loads(run(*listed))["deliveries"]
        for one in began:
            if one.poll() is None:
                one.send_signal(signal.SIGCONT)
                one.kill()
            one.communicate()
        server.kill()


def _until(so, seconds=60):
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


@pytest.mark.slow
def test_who_wakes_after_the_lease_sends_nothing_more(room):
    publisher, received, deliveries = room
    first = publisher()
    _until(lambda: len(received()) >= 20)
    first.send_signal(signal.SIGSTOP)
    stopped_at = len(received())
    time.sleep(5)  # beyond its lease and the margin: what is tested is that this time passes
    assert len(received()) <= stopped_at + CONNECTIONS
    second = publisher()
    second.communicate(timeout=120)
    by_others = len(received())
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=60)
    assert len(received()) <= by_others + CONNECTIONS, "at most what it had under way"
    publisher().communicate(timeout=60)
    counts, rows = Counter(received()), deliveries()
    assert [address for address, count in counts.items() if count > 1] == []
    uncertain = {row["address"] for row in rows if row["status"] == "uncertain"}
    assert {row["address"] for row in rows} - set(counts) <= uncertain
    assert len(uncertain) <= CONNECTIONS
    assert {row["status"] for row in rows} <= {"sent", "uncertain"}

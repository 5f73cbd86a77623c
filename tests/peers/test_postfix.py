"""Letters into Postfix's own receiver: it must get, byte for byte, what was frozen and filled."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.delivery.outcomes import Accepted, Later, Outcome, Parcel, Refused
from digest.delivery.server import server
from digest.delivery.smtp import Smtp

BODY = b"From: a@news.example\r\nSubject: Dots\r\n\r\n.\r\n..two\r\n.three\r\nlast\r\n"


class Sink:
    """A running smtp-sink that writes each message into a file."""

    def __init__(self, program: Path, folder: Path, *options: str) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        dump = f"{folder}/%M."
        self._process = subprocess.Popen([program, *user, "-d", dump, *options, f"127.0.0.1:{self.port}", "50"])
        deadline = time.monotonic() + 20
        while not self._listens():
            assert self._process.poll() is None
            assert time.monotonic() < deadline

    def _listens(self) -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def deliver(self, *to: str) -> list[Outcome]:
        line = Smtp(server(f"smtp://127.0.0.1:{self.port}?tls=none")).open()
        try:
            return [
                line.deliver(Parcel(edition="daily/1", sender="letters@news.example", to=reader, body=BODY))
                for reader in to
            ]
        finally:
            line.close()

    def received(self) -> list[bytes]:
        """The messages, without what smtp-sink notes before each."""
        files = (file.read_bytes() for file in self._folder.iterdir())
        return [found.partition(b"From: a@")[2] for found in files if b"From: a@" in found]


@pytest.fixture
def sink(postfix: Path) -> Iterator[Callable[..., Sink]]:
    running: list[Sink] = []
    # Not in pytest's own folder, which only root may enter: as root, smtp-sink insists on being somebody else.
    folder = Path(tempfile.mkdtemp(prefix="digest-sink-"))
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")

    def start(*options: str) -> Sink:
        running.append(Sink(postfix / "smtp-sink", folder, *options))
        return running[-1]

    yield start
    for one in running:
        one.close()
    shutil.rmtree(folder)


def test_every_byte_arrives(sink: Callable[..., Sink]) -> None:
    served = sink()
    assert [type(outcome) for outcome in served.deliver("ana@inbox.example", "ben@inbox.example")] == [Accepted] * 2
    # It keeps lines without their CR, and ends each file with an empty one.
    expected = BODY.partition(b"From: a@")[2].replace(b"\r\n", b"\n") + b"\n"
    assert served.received() == [expected] * 2


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("-r", "RCPT"), Later),
        (("-f", "RCPT"), Refused),
        (("-r", "."), Later),
        (("-f", "."), Refused),
        (("-q", "RCPT"), Later),
    ],
)
def test_every_answer_is_understood(sink: Callable[..., Sink], options: tuple[str, ...], kind: type) -> None:
    assert [type(outcome) for outcome in sink(*options).deliver("ana@inbox.example", "ben@inbox.example")] == [kind] * 2

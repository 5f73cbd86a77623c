"""One connection to a mail server: moves what a dialogue says and hears through a socket that never blocks."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time

from digest.delivery.dial import dial, in_words
from digest.delivery.dialogue import Dialogue, Event
from digest.delivery.server import Server

_WAIT = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_CHUNK = 65_536
_GOODBYE = 5.0
"""Seconds to wait for the answer to QUIT."""


class Connection:
    """An open connection; it is used by one thread at a time.

    Args:
        server: which; connecting blocks until it is signed in.

    Attributes:
        talk: what is said on it. Whoever tells it to say something calls `flush` after.
        deadline: when the awaited answer must be there, on the clock of `time.monotonic`; None when none is awaited.

    Raises:
        TransportError: it cannot be used.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._socket, offers = dial(server)
        self._socket.setblocking(False)  # noqa: FBT003 - the library's way
        if self._socket.family in (socket.AF_INET, socket.AF_INET6):
            # The few bytes that ask for the next answer must not wait for the one before to be confirmed.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unsent: list[memoryview] = []
        self.talk = Dialogue(offers)
        self.deadline: float | None = None

    def fileno(self) -> int:
        """The socket's number, for `select`."""
        return self._socket.fileno()

    @property
    def wants(self) -> int:
        """What to wait for, for `select.poll`."""
        return select.POLLIN | (select.POLLOUT if self._unsent else 0)

    def flush(self) -> list[Event]:
        """Write what the dialogue has to say, as far as the socket takes it."""
        if self.talk.dead:
            return []
        if self.talk.out:
            self._unsent += map(memoryview, self.talk.out)
            self.talk.out.clear()
            final = self.talk.awaits_end
            self.deadline = time.monotonic() + (self._server.final if final else self._server.reply)
        try:
            while self._unsent:
                self._sent(self._write())
        except _WAIT:
            return []
        except OSError as error:
            return self.broken(in_words(error))
        return []

    def hear(self) -> list[Event]:
        """Read what has come and take it in."""
        events: list[Event] = []
        before = self.talk.awaited
        try:
            while not self.talk.dead:
                data = self._socket.recv(_CHUNK)
                if not data:
                    return events + self.broken("Connection unexpectedly closed")
                early = self.talk.awaits_end and sum(map(len, self._unsent)) > self.talk.beyond
                events += self.talk.feed(data, early=early)
                if not isinstance(self._socket, ssl.SSLSocket) and len(data) < _CHUNK:
                    break
        except _WAIT:
            pass
        except OSError as error:
            return events + self.broken(in_words(error))
        if self.talk.dead:
            self.close()
        elif not self.talk.awaited:
            self.deadline = None
        elif self.talk.awaited != before:
            self.deadline = time.monotonic() + self._server.reply
        return events

    def late(self, now: float) -> list[Event]:
        """Give the connection up when the awaited answer is overdue.

        Args:
            now: of `time.monotonic`.
        """
        if self.deadline is None or now < self.deadline:
            return []
        return self.broken("no answer in time")

    def broken(self, why: str) -> list[Event]:
        """End it without a word; what that means for its letters."""
        events = [] if self.talk.dead else self.talk.ended(why)
        self.close()
        return events

    def close(self) -> None:
        """Say goodbye where nothing is under way, and close; never raises."""
        polite = self.talk.idle and not self._unsent
        self.talk.dead = True
        self.deadline = None
        self._unsent.clear()
        with contextlib.suppress(OSError):
            if polite:
                self._socket.settimeout(_GOODBYE)
                self._socket.sendall(b"QUIT\r\n")
                self._socket.recv(_CHUNK)
        self._socket.close()

    def _write(self) -> int:
        if isinstance(self._socket, ssl.SSLSocket):
            # One record for the commands and the end of the body: each record is encrypted and sent by itself.
            if len(self._unsent) > 1:
                self._unsent = [memoryview(b"".join(self._unsent))]
            return self._socket.send(self._unsent[0])
        return self._socket.sendmsg(self._unsent)

    def _sent(self, count: int) -> None:
        while self._unsent and count >= len(self._unsent[0]):
            count -= len(self._unsent.pop(0))
        if count:
            self._unsent[0] = self._unsent[0][count:]

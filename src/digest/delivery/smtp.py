"""Hands letters to a mail server by SMTP: one at a time over a `Line`, or many at once in `digest.delivery.loop`."""

from __future__ import annotations

import select
import time
from dataclasses import dataclass

from digest.delivery.connection import Connection
from digest.delivery.dialogue import Again, Done, Event, Ready, Unusable
from digest.delivery.outcomes import Line, Outcome, Parcel
from digest.delivery.server import Server
from digest.errors import TransportError


@dataclass(frozen=True, slots=True)
class Smtp:
    """A transport by SMTP.

    Attributes:
        server: from `digest.delivery.server.server`.
    """

    server: Server
    repeatable: bool = False

    def open(self) -> Line:
        """Connect, protect and sign in.

        Raises:
            TransportError: it cannot be used; the message says why and never holds the password.
        """
        return _SmtpLine(self.server)


class _SmtpLine:
    """One connection, reused from letter to letter and opened anew when the server ends it between two."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = Connection(server)

    def deliver(self, parcel: Parcel) -> Outcome:
        """Offer one letter; see `Line.deliver`."""
        while True:
            if self._connection.talk.dead:
                self._connection = Connection(self._server)
            _, refused = self._connection.talk.offer(parcel)
            if refused:
                return refused
            outcome = self._attend()
            if outcome is not None:
                return outcome

    def close(self) -> None:
        """Say goodbye; never raises."""
        self._connection.close()

    def _attend(self) -> Outcome | None:
        """Go on until the letter has an outcome; None when another connection must be tried."""
        connection = self._connection
        events: list[Event] = connection.flush()
        while True:
            for event in events:
                match event:
                    case Ready():
                        connection.talk.body()
                    case Done(_, outcome):
                        return outcome
                    case Again():
                        return None
                    case Unusable(_, words):
                        raise unusable(self._server, words)
            events = connection.flush() or self._next_events()

    def _next_events(self) -> list[Event]:
        connection = self._connection
        poll = select.poll()
        poll.register(connection.fileno(), connection.wants)
        left = (connection.deadline or time.monotonic()) - time.monotonic()
        ready = poll.poll(max(0.0, left) * 1000)
        if not ready:
            return connection.late(time.monotonic())
        return connection.hear() if ready[0][1] & ~select.POLLOUT else []


def unusable(server: Server, words: str) -> TransportError:
    """What is raised of a server that wants nothing from us."""
    return TransportError(f"The mail server {server.place} {words}")

"""What became of one attempt to hand over one letter, and what a transport is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

_ADDRESS = re.compile(r"<?[^\s<>@,;:]+@[^\s<>@,;]+>?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server said 250 after the final dot."""

    reply: str


@dataclass(frozen=True, slots=True)
class Later:
    """The server said 4xx: nothing was accepted, try again later."""

    reply: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said 5xx: it will never take this letter."""

    reply: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection broke after DATA began: nobody here can know whether it was accepted."""

    reply: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """Not a byte of it was offered as a letter; it may be tried by anybody at once."""

    reply: str = ""


Outcome = Accepted | Later | Refused | Lost | NotStarted


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter ready to go.

    Attributes:
        edition: the edition's name ("daily/2026-11-24").
        sender: the envelope's sender, where bounces go.
        to: the reader's address.
        body: the whole message.
        envelope_id: what servers call the letter in reports (ENVID, RFC 3461); empty for none.
        dotted: the body as SMTP has it, with a dot before each line that begins with one; empty where it is to be made.
    """

    edition: str
    sender: str
    to: str
    body: bytes
    envelope_id: str = ""
    dotted: bytes = b""


class Line(Protocol):
    """One open way to hand letters over; used by one thread."""

    def deliver(self, parcel: Parcel) -> Outcome:
        """Hand one letter over and say what became of it.

        Raises:
            TransportError: the way is closed; nothing of this letter was handed over.
        """

    def close(self) -> None:
        """Say goodbye; never raises."""


class Transport(Protocol):
    """A place that letters are handed to; pickled to worker processes.

    Attributes:
        repeatable: handing the same letter over twice leaves one, so an interrupted hand-over may be repeated.
    """

    @property
    def repeatable(self) -> bool:
        """Whether handing the same letter over twice leaves one."""

    def open(self) -> Line:
        """Open one way.

        Raises:
            TransportError: it cannot be opened: why, and what to do.
        """


def quiet(reply: str) -> str:
    """A server's reply on one line of at most 300 characters and without addresses, which outlive erasure there."""
    if "@" in reply or not reply.isprintable():
        reply = _ADDRESS.sub("<address>", _CONTROLS.sub(" ", reply))
    return reply.strip()[:300]

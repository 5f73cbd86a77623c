"""What is said on one SMTP connection and what the answers mean: a machine of states without a socket. Pure.

With PIPELINING (RFC 2920) a letter's commands leave in one write, and the end of one letter together with the
commands of the next:

    RSET MAIL RCPT DATA ─► 250 250 250 354 ─► body . RSET MAIL RCPT DATA ─► 250 250 250 250 354 ─► body . …

RSET comes first in every group, because a refused reader leaves the transaction open, and the next letter would join
it under the former's sender. No byte of a body leaves before every answer to its group was read, 2xx to RCPT and 354
to DATA among them; after 354 to a group whose reader was refused the connection is closed, because even an empty body
would be delivered. Without PIPELINING each command waits for its answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from digest.delivery import grammar
from digest.delivery.grammar import Offers
from digest.delivery.outcomes import Accepted, Later, Lost, Outcome, Parcel, Refused, quiet

_SENDER_TROUBLE = (530, 534, 535, 538)
"""Replies that are about us and not about a reader: sign in first, sign in otherwise (RFC 4954, 6)."""

_UNASKED = "it answers what it was not asked"
_EARLY = "it answered before it had the whole letter"


@dataclass(slots=True, eq=False)
class Sending:
    """One letter on its way over one connection.

    Attributes:
        parcel: the letter.
        first: nothing was sent on this connection before it.
        named: the server has answered to its MAIL.
        verdict: what the server said against it before the body could leave.
    """

    parcel: Parcel
    first: bool = False
    named: bool = False
    verdict: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Every answer is there, and the body may leave: `Dialogue.body`."""

    sending: Sending


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a letter."""

    sending: Sending
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Again:
    """The connection served others and ended before this letter was looked at: offer it on another connection."""

    sending: Sending


@dataclass(frozen=True, slots=True)
class Unusable:
    """The server wants nothing from us; nothing of this letter was handed over."""

    sending: Sending
    words: str


Event = Ready | Done | Again | Unusable


class _Step(Enum):
    """What an answer is awaited to."""

    RSET = 1
    MAIL = 2
    RCPT = 3
    DATA = 4
    END = 5


_GROUP = (_Step.RSET, _Step.MAIL, _Step.RCPT, _Step.DATA)


class Dialogue:
    """One connection's conversation, from after the sign-in on.

    Args:
        offers: what the server offers.

    Attributes:
        out: bytes to write, in order; the owner takes them out.
        beyond: how many bytes of what was written last come after the end of a body.
        dead: the connection is to be closed without a word.
    """

    def __init__(self, offers: Offers) -> None:
        self.pipelining = offers.pipelining
        self._offers = offers
        self._awaited: deque[_Step] = deque()
        self._group: Sending | None = None
        self._ended: Sending | None = None
        self._commands: Iterator[tuple[_Step, str]] = iter(())
        self._heard = b""
        self._used = self._dirty = self._ready = False
        self.out: list[bytes] = []
        self.dead = False
        self.beyond = 0

    @property
    def idle(self) -> bool:
        """Whether a letter may be offered."""
        return self._group is None and self._ended is None and not self.dead

    @property
    def awaited(self) -> int:
        """How many answers are awaited."""
        return len(self._awaited)

    @property
    def awaits_end(self) -> bool:
        """Whether the next answer is the one to a letter's last dot."""
        return self._ended is not None

    def offer(self, parcel: Parcel) -> tuple[Sending, Refused | None]:
        """Begin a letter, on an idle connection or right after a body.

        Returns:
            The letter, and why this server can never take it; nothing of it is sent then.
        """
        sending = Sending(parcel, first=not self._used)
        if refused := grammar.impossible(self._offers, parcel):
            return sending, refused
        self._used = True
        self._group = sending
        mail, rcpt = grammar.envelope(self._offers, parcel)
        if self.pipelining:
            self.out.append(f"RSET\r\n{mail}\r\n{rcpt}\r\nDATA\r\n".encode())
            self._awaited.extend(_GROUP)
            self.beyond = len(self.out[-1])
        else:
            # Said one after the other, each when the one before it was answered.
            reset = [(_Step.RSET, "RSET")] if self._dirty else []
            self._commands = iter([*reset, (_Step.MAIL, mail), (_Step.RCPT, rcpt), (_Step.DATA, "DATA")])
            self._say_next()
        return sending, None

    def body(self) -> None:
        """Let the body of the letter that is ready leave. Another may be offered after it at once by pipelining."""
        assert self._ready, "a body leaves only after the go-ahead for it"
        assert self._group is not None
        self._ready = self._dirty = False
        self._ended, self._group = self._group, None
        self.out += grammar.dotted(self._ended.parcel)
        self._awaited.append(_Step.END)
        self.beyond = 0

    def feed(self, data: bytes, *, early: bool = False) -> list[Event]:
        """Take in what the server said.

        Args:
            data: as it came.
            early: a body is still being written. A refusal is believed then, a 250 is not; both end the connection.
        """
        self._heard += data
        events: list[Event] = []
        if early:
            if reply := self._next_reply():
                self._answered(events, self._awaited.popleft(), *(reply if reply[0] >= 400 else (0, _EARLY)))
                events += self.ended(_EARLY)
            return events
        while self._heard and not self.dead:
            reply = self._next_reply()
            if reply is None:
                break
            code, text = reply
            if not code or not self._awaited:
                events += self.ended(_UNASKED)
            else:
                self._answered(events, self._awaited.popleft(), code, text)
        if self._ready and self._heard:
            events += self.ended(_UNASKED)
        return [event for event in events if not (self.dead and isinstance(event, Ready))]

    def ended(self, why: str) -> list[Event]:
        """The connection is gone, or of no more use: what that means for every letter on it.

        Args:
            why: in words.
        """
        self.dead = True
        events: list[Event] = []
        if self._ended is not None:
            words = quiet(f"the connection broke after the letter was begun: {why}")
            events.append(Done(self._ended, Lost(words)))
        if (sending := self._group) is not None:
            if sending.verdict is not None:
                events.append(Done(sending, sending.verdict))
            elif sending.named:
                words = quiet(f"the connection broke before the letter was offered: {why}")
                events.append(Done(sending, Later(words)))
            else:
                events.append(Unusable(sending, f"hangs up: {quiet(why)}.") if sending.first else Again(sending))
        self._awaited.clear()
        self._ended = self._group = None
        self._ready = False
        return events

    def _say_next(self) -> None:
        """Without pipelining: the next command of a letter of which nothing speaks against it."""
        if not self.pipelining:
            step, command = next(self._commands)
            self.out.append(f"{command}\r\n".encode())
            self._awaited.append(step)

    def _next_reply(self) -> tuple[int, str] | None:
        """One reply taken out of what was heard; None while it is not whole; code 0 when it is no reply."""
        found = grammar.reply(self._heard)
        if found is None:
            return None
        code, text, self._heard = found
        return code, text

    def _answered(self, events: list[Event], step: _Step, code: int, text: str) -> None:
        said = quiet(f"{code} {text}" if code else text)
        if step is _Step.END:
            self._answered_end(events, code, said)
            return
        sending = self._group
        assert sending is not None
        if step is _Step.RSET:
            self._answered_rset(events, sending, code, said)
        elif step is _Step.MAIL:
            self._answered_mail(events, sending, code, said)
        elif step is _Step.RCPT and sending.verdict is None and code in (250, 251):
            self._say_next()
        elif step is _Step.DATA and code == 354:
            self._dirty = True
            if sending.verdict is None:
                self._ready = True
                events.append(Ready(sending))
            else:
                # It waits for a body now that must not come, not even an empty one.
                events += self.ended(said)
        elif sending.verdict is None or code == 421:
            self._turned_down(events, sending, code, said)
        if self._group is sending and sending.verdict is not None and not self._awaited:
            self._group = None
            events.append(Done(sending, sending.verdict))

    def _answered_rset(self, events: list[Event], sending: Sending, code: int, said: str) -> None:
        if code == 250:
            self._dirty = False
            self._say_next()
            return
        if code == 421 and sending.first:
            sending.verdict = Later(said)
        events += self.ended(said)

    def _answered_mail(self, events: list[Event], sending: Sending, code: int, said: str) -> None:
        self._dirty = True
        if code == 421 and not sending.first:
            # A server may serve a connection only so many letters: that says nothing about this one.
            events += self.ended(said)
        elif code >= 500:
            self._unusable(events, sending, f"does not take letters from {sending.parcel.sender}: {said}")
        else:
            sending.named = True
            if code == 250:
                self._say_next()
            else:
                self._turned_down(events, sending, code, said)

    def _turned_down(self, events: list[Event], sending: Sending, code: int, said: str) -> None:
        if code in _SENDER_TROUBLE:
            self._unusable(events, sending, f"wants another sign-in: {said}")
            return
        if sending.verdict is None:
            sending.verdict = Refused(said) if code >= 500 else Later(said)
        if code == 421 or code < 400:
            events += self.ended(said)

    def _answered_end(self, events: list[Event], code: int, said: str) -> None:
        sending, self._ended = self._ended, None
        assert sending is not None
        outcome: Outcome
        if code == 250:
            outcome = Accepted(said)
        elif 400 <= code < 500:
            outcome = Later(said)
        else:
            outcome = Refused(said) if code >= 500 else Lost(said)
        events.append(Done(sending, outcome))
        if code == 421 or (code < 400 and code != 250):
            events += self.ended(said)

    def _unusable(self, events: list[Event], sending: Sending, words: str) -> None:
        self._group = None
        events += [*self.ended(words), Unusable(sending, words)]

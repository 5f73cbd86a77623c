"""No replies, cuts and delays make a dialogue say more than it knows, or let a letter arrive as another's."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.delivery.dialogue import Again, Dialogue, Done, Event, Ready, Sending, Unusable
from digest.delivery.grammar import Offers
from digest.delivery.outcomes import Accepted, Lost, Outcome, Parcel, Refused

Draw = Callable[[list[str]], str]

GOOD = 6
"""How many times as likely a server does what it should."""
CONNECTIONS = 40
"""So many at most; what is left then was never handed over."""


def letter(number: int) -> Parcel:
    body = b"Subject: %d\r\n\r\n.\r\n..%d\r\n" % (number, number) + b"words of %d\r\n" % number * (1 + 3 * number)
    return Parcel("daily/1", f"letters+{number}@news.example", f"reader{number}@inbox.example", body)


@dataclass
class Office:
    """A server as RFC 5321 has it, that refuses, hangs up and takes its time as it likes.

    `taken` is what it will deliver: the sender, the readers and the body of each.
    """

    likes: Draw
    taken: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    said: bytes = b""
    gone: bool = False
    _heard: bytes = b""
    _sender: str = ""
    _readers: list[str] = field(default_factory=list)
    _body: bool = False

    def hear(self, data: bytes) -> None:
        self._heard += data
        while not self.gone and (self._end_of_body if self._body else self._command)():
            pass

    def _say(self, reply: str) -> None:
        self.said += f"{reply} so it is\r\n".encode()
        self.gone = reply.startswith("421")

    def _command(self) -> bool:
        line, end, rest = self._heard.partition(b"\r\n")
        if not end:
            return False
        self._heard = rest
        verb, _, said = line.decode().partition(" ")
        address = said.partition("<")[2].partition(">")[0]
        match verb:
            case "RSET":
                self._sender, self._readers = "", []
                self._say(self.likes(["250"] * GOOD + ["421"]))
            case "MAIL":
                assert not self._sender, "a letter was begun within another"
                reply = self.likes(["250"] * GOOD + ["451", "421", "550"])
                self._sender = address if reply == "250" else ""
                self._say(reply)
            case "RCPT":
                reply = self.likes(["250"] * GOOD + ["251", "450", "550", "421"]) if self._sender else "503"
                if reply[0] == "2":
                    self._readers.append(address)
                self._say(reply)
            case "DATA":
                # Some say 354 although every reader was refused (RFC 2920, 3.1).
                reply = self.likes(["354"] * GOOD + ["451", "554"] if self._readers else ["503", "554", "354"])
                self._body = reply == "354"
                self._say(reply)
            case _:
                raise AssertionError(f"it was told {line!r}")
        return True

    def _end_of_body(self) -> bool:
        whole, end, rest = (b"\r\n" + self._heard).partition(b"\r\n.\r\n")
        if not end:
            if self._heard and self.likes(["on"] * GOOD + ["552"]) == "552":
                self._say("552")
                self.gone = True
            return False
        self._heard, self._body = rest, False
        reply = self.likes(["250"] * GOOD + ["451", "554", "421", "taken, and hangs up", "hangs up"])
        if reply in ("250", "taken, and hangs up"):
            body = whole.removeprefix(b"\r\n").replace(b"\r\n..", b"\r\n.") + b"\r\n"
            self.taken.append((self._sender, tuple(self._readers), body))
        if reply[0].isdigit():
            self._say(reply)
        else:
            self.gone = True
        self._sender, self._readers = "", []
        return True


class Run:
    """Hands letters over as a loop does: one connection after the other, another when one is of no more use."""

    def __init__(self, letters: list[Parcel], likes: Draw, piece: Callable[[], int], *, pipelining: bool) -> None:
        self.office = Office(likes)
        self.outcomes: list[tuple[Parcel, Outcome]] = []
        self._likes, self._piece, self._pipelining = likes, piece, pipelining
        self.waiting = deque(letters)

    def all(self) -> None:
        for _ in range(CONNECTIONS):
            if self.waiting:
                self._connection()

    def _connection(self) -> None:
        self._talk = Dialogue(Offers(pipelining=self._pipelining))
        self._unsent = self._wire = b""
        office = self.office = Office(self._likes, self.office.taken)
        self._next()
        while not self._talk.dead and (self._talk.awaited or self._unsent):
            self._unsent += b"".join(self._talk.out)
            self._talk.out.clear()
            possible = {"write": self._unsent, "arrive": self._wire and not office.gone, "answer": office.said}
            acts = [act for act, can in possible.items() if can]
            act = self._likes(acts * GOOD + ["cut"])
            if act == "write":
                size = self._piece()
                self._wire += self._unsent[:size]
                self._unsent = self._unsent[size:]
            elif act == "arrive":
                size = self._piece()
                office.hear(self._wire[:size])
                self._wire = self._wire[size:]
            elif act == "answer":
                size = self._piece()
                said, office.said = office.said[:size], office.said[size:]
                early = self._talk.awaits_end and len(self._unsent) > self._talk.beyond
                self._deal(self._talk.feed(said, early=early))
            else:
                # What is on its way may still arrive.
                if not office.gone and self._likes(["arrives", "is lost"]) == "arrives":
                    office.hear(self._wire)
                self._deal(self._talk.ended("cut"))
        assert self._talk.dead or not self.waiting, "the connection rests while letters wait"

    def _deal(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Ready():
                    self._talk.body()
                    if self._talk.pipelining:
                        self._next()
                case Done(sending, outcome):
                    self.outcomes.append((sending.parcel, outcome))
                case Again(sending) | Unusable(sending, _):
                    # What the server has spoken about has an outcome, or it would be offered for ever.
                    assert not sending.named or isinstance(event, Unusable)
                    assert sending.verdict is None
                    self.waiting.appendleft(sending.parcel)
        if self._talk.idle:
            self._next()

    def _next(self) -> None:
        if self.waiting:
            sending, refused = self._talk.offer(self.waiting.popleft())
            assert isinstance(sending, Sending)
            assert refused is None


@settings(max_examples=400, deadline=None)
@given(st.data(), st.integers(1, 5), st.booleans())
def test_what_is_said_of_each_letter_is_true(data: st.DataObject, many: int, pipelining: bool) -> None:
    letters = [letter(number) for number in range(many)]
    run = Run(
        letters,
        lambda choices: data.draw(st.sampled_from(choices)),
        lambda: data.draw(st.sampled_from([100_000, 40, 1])),
        pipelining=pipelining,
    )
    run.all()
    sent_by = {each.to: each for each in letters}
    for sender, readers, body in run.office.taken:
        (reader,) = readers
        assert (sender, body) == (sent_by[reader].sender, sent_by[reader].body)
    said = {parcel.to: outcome for parcel, outcome in run.outcomes}
    taken = Counter(readers[0] for _, readers, _ in run.office.taken)
    assert len(said) == len(run.outcomes) == many - len(run.waiting)
    assert not taken or max(taken.values()) == 1
    for reader, outcome in said.items():
        if isinstance(outcome, Accepted):
            assert reader in taken
        elif isinstance(outcome, Lost):
            assert not re.match(r"\d\d\d ", outcome.reply), "an answer is no doubt"
        else:
            assert reader not in taken
            assert re.match(r"5\d\d " if isinstance(outcome, Refused) else r"4\d\d |the connection", outcome.reply)
    assert not taken.keys() - said.keys()

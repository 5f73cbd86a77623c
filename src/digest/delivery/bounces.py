"""Reads what came back: reports of delivery (RFC 3464), complaints (RFC 5965), automatic replies, older bounces. Pure.

What is not done: bounces that are no such report are only understood when they come from a mailer to a return address
of ours and have an enhanced code in their first words. A report inside another message, as a person forwards it, is
not looked for; and no language of bounces is guessed at, since a wrong guess takes a newsletter from somebody who
wants it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from digest.delivery import codes, incoming
from digest.delivery.complaints import complaint
from digest.delivery.incoming import Fields, Incoming, Part
from digest.delivery.outcomes import quiet

Kind = Literal["failed", "delayed", "delivered", "relayed", "expanded", "complaint", "left"]

_ACTIONS: dict[str, Kind] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
"""RFC 3464, 2.3.3."""

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_TO = ("to", "delivered-to", "x-delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "original-recipient")
_MAILER = re.compile(r"(^|<|\s)(mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
_SOONER = 20_000
"""Bytes of a bounce without a report in which its reason must stand; the returned letter follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a message says of one recipient.

    Attributes:
        kind: what happened.
        status: the enhanced code; empty when there is none.
        words: what the remote server said, on one line and without addresses.
        recipients: the addresses it is about, in small letters: the one we wrote to (where it is said), and the one it
            ended at.
        hint: the class of a failure in the opinion of a provider, for want of a code.
    """

    kind: Kind
    status: str = ""
    words: str = ""
    recipients: frozenset[str] = frozenset()
    hint: codes.Class = "soft"

    @property
    def weight(self) -> codes.Class:
        """The class of a failure."""
        return codes.classify(self.status, self.words, self.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in a message.

    Attributes:
        sort: a report, a complaint, something automatic that says nothing of delivery, or none of these.
        said: one for each recipient spoken of.
        addresses: where a return address may stand.
        envelope_ids: where an envelope id may stand.
        message_ids: of the letter that was returned.
    """

    sort: Literal["report", "complaint", "automatic", "other"]
    said: tuple[Said, ...] = ()
    addresses: tuple[str, ...] = ()
    envelope_ids: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()


def read(raw: bytes) -> Reading:
    """Read one message, however broken, hostile or long; never raises.

    Args:
        raw: the message, or the beginning of it (`incoming.LONGEST` bytes are looked at).
    """
    message = incoming.read(raw)
    if part := message.first("message/feedback-report"):
        found = complaint(part)
        if not found.unwanted:
            return Reading(sort="automatic")
        said = Said(kind="complaint", words=found.words)
        return _named(message, "complaint", (said,), found.addresses, found.envelope_ids)
    if part := message.first(*_STATUS):
        groups = incoming.blocks(part.body)
        # Some servers leave out the blank line that ends the lines about the message.
        each = tuple(one for group in groups if (one := _recipient(group)))
        return _named(message, "report", each, (), tuple(groups[0].all("original-envelope-id")) if groups else ())
    if message.first("message/disposition-notification"):
        return Reading(sort="automatic")
    if _from_mailer(message.whole):
        # One that tells nothing is not put aside unread, although it was sent by itself (RFC 3834, 5).
        old = _older(message)
        return _named(message, "report", (old,)) if old else Reading(sort="other")
    return Reading(sort="automatic" if _automatic(message.whole.headers) else "other")


def _named(
    message: Incoming,
    sort: Literal["report", "complaint"],
    said: tuple[Said, ...],
    addresses: tuple[str, ...] = (),
    envelope_ids: tuple[str, ...] = (),
) -> Reading:
    """Put the names beside what was said."""
    returned = message.first(*_RETURNED)
    letter = incoming.headers(returned.body) if returned else Fields(())
    values = (*message.whole.headers.all(*_TO), *addresses, *letter.all("return-path"))
    return Reading(
        sort=sort,
        said=said,
        addresses=tuple(_addresses(values)),
        envelope_ids=envelope_ids[:5],
        message_ids=tuple(letter.all("message-id"))[:5],
    )


def _addresses(values: tuple[str, ...]) -> Iterator[str]:
    """What may be a return address of ours in these header lines."""
    words = (word for value in values[:50] for word in re.split(r'[\s,;:<>"()]+', value))
    tagged = dict.fromkeys(word for word in words if "+" in word and "@" in word)
    yield from list(tagged)[:50]


def _recipient(group: Fields) -> Said | None:
    kind = _ACTIONS.get(group.get("action").partition(" ")[0].partition(";")[0].strip().lower())
    if kind is None:
        return None
    diagnostic = group.get("diagnostic-code")
    words = diagnostic.partition(";")[2] if ";" in diagnostic[:40] else diagnostic
    mailboxes = (_mailbox(value) for value in group.all("original-recipient", "final-recipient"))
    return Said(
        kind=kind,
        status=codes.enhanced(group.get("status")),
        words=quiet(words),
        recipients=frozenset(mailbox for mailbox in mailboxes if mailbox),
    )


def _mailbox(value: str) -> str:
    """The address in "rfc822; ana@inbox.example" (RFC 3464, 2.1.2); empty for other kinds of address."""
    kind, _, address = value.partition(";")
    return address.strip().strip("<>").lower() if kind.strip().lower() in ("rfc822", "utf-8") else ""


def _from_mailer(whole: Part) -> bool:
    """Whether a mail server wrote it, and not a reader or a program of theirs."""
    headers = whole.headers
    return (
        whole.kind == "multipart/report"
        or bool(_MAILER.search(headers.get("from")))
        or bool(headers.get("x-failed-recipients"))
    )


def _older(message: Incoming) -> Said | None:
    """A bounce without a report: a code in a mail server's first words."""
    spoken = message.first("text/plain")
    if spoken is None:
        return None
    body = spoken.body[:_SOONER]
    # The returned letter's own words must not be read as the server's.
    body = re.split(rb"(?im)^(?:return-path|received|from|message-id):", body, maxsplit=1)[0]
    lines = [incoming.text(line) for line in body.splitlines()[:400]]
    telling = next((line for line in lines if codes.enhanced(line)), "")
    status = codes.enhanced(telling)
    if status[:1] not in ("4", "5"):
        return None
    # Without a report, nobody says whether they go on trying after a 4.
    return Said(kind="failed" if status[0] == "5" else "delayed", status=status, words=quiet(telling))


def _automatic(headers: Fields) -> bool:
    """Whether nobody wrote it: a holiday reply and its like (RFC 3834, 5; the others are common before it)."""
    declared = headers.get("auto-submitted").partition(";")[0].strip().lower()
    return (
        declared not in ("", "no")
        or bool(headers.get("x-autoreply"))
        or bool(headers.get("x-autorespond"))
        or headers.get("precedence").strip().lower() in ("auto_reply", "auto-reply", "junk")
    )

"""How SMTP is written and read: a letter's commands, its body up to the last dot, and one reply. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.delivery.outcomes import Parcel, Refused

_LONGEST_REPLY = 32_768
"""Bytes of one reply, all its lines together; RFC 5321, 4.5.3.1.5 has lines of 512."""

_REPLY = re.compile(rb"[2-5]\d\d(?:[ \r-]|$)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")


@dataclass(frozen=True, slots=True)
class Offers:
    """What a server's answer to EHLO offers (RFC 2920, RFC 3461, RFC 6531)."""

    pipelining: bool = False
    dsn: bool = False
    smtputf8: bool = False


def impossible(offers: Offers, parcel: Parcel) -> Refused | None:
    """Why a server can never take a letter; None when it may."""
    if any(_UNSAFE.search(address) for address in (parcel.sender, parcel.to)) or not parcel.to:
        return Refused("no letter can be sent to or from an address like that")
    if not offers.smtputf8 and not (parcel.to.isascii() and parcel.sender.isascii()):
        return Refused("the mail server takes no address with letters beyond ASCII (it offers no SMTPUTF8)")
    return None


def envelope(offers: Offers, parcel: Parcel) -> tuple[str, str]:
    """A letter's MAIL and RCPT, with what the server offers of RFC 3461 and RFC 6531."""
    mail, rcpt = f"MAIL FROM:<{parcel.sender}>", f"RCPT TO:<{parcel.to}>"
    if not (parcel.to.isascii() and parcel.sender.isascii()):
        mail += " SMTPUTF8"
    if offers.dsn and parcel.envelope_id:
        mail += f" RET=HDRS ENVID={parcel.envelope_id}"
        rcpt += " NOTIFY=FAILURE"
    return mail, rcpt


def reply(heard: bytes) -> tuple[int, str, bytes] | None:
    """One whole reply, all its lines (RFC 5321, 4.2.1).

    Args:
        heard: what the server said.

    Returns:
        Its code, its text and what was said after it; code 0 when it is no reply; None while it is not whole.
    """
    texts: list[bytes] = []
    at, code = 0, b""
    while (end := heard.find(b"\n", at)) >= 0 and end < _LONGEST_REPLY:
        line = heard[at:end]
        at = end + 1
        if not _REPLY.match(line) or (texts and line[:3] != code):
            return 0, "", heard
        code = line[:3]
        texts.append(line[4:].rstrip(b"\r"))
        if line[3:4] != b"-":
            return int(code), b"\n".join(texts).decode("utf-8", "replace"), heard[at:]
    return (0, "", heard) if len(heard) > _LONGEST_REPLY else None


def dotted(parcel: Parcel) -> list[bytes]:
    """The body as it stands between DATA's go-ahead and the final dot (RFC 5321, 4.5.2), in pieces."""
    body = parcel.dotted
    if not body:
        body = parcel.body
        if body.startswith(b"."):
            body = b"." + body
        if b"\r\n." in body:
            body = body.replace(b"\r\n.", b"\r\n..")
    return [body, b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"]

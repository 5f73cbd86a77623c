"""Checks a letter's headers and its plain text: the way out stands on every one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from digest.config.values import Config
from digest.delivery import fill
from digest.model import Edition
from digest.preflight.finding import Finding
from digest.render.links import link

WAY_OUT = "https://preflight.invalid/u/way-out"
_VALUES = {
    "to": "reader@preflight.invalid",
    "date": "Thu, 01 Jan 1970 00:00:00 +0000",
    "message_id": "preflight@preflight.invalid",
    "unsubscribe_url": WAY_OUT,
    "preferences_url": "https://preflight.invalid/s/preferences",
    "page_url": "https://preflight.invalid/e/page",
    "address": "reader@preflight.invalid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A letter as a reader's program sees it: the bytes, the message, its two parts, or the text where that is all."""

    raw: bytes
    message: EmailMessage
    html: str
    text: str

    @property
    def rich(self) -> bool:
        """Whether it has HTML at all, and is no letter of text alone."""
        return self.message.is_multipart()


def opened(body: bytes) -> Opened:
    """Fill a frozen letter with invented values and read it as a mail program would.

    Raises:
        RefusedError: a hole stays open.
    """
    raw = fill.fill(fill.prepare(body), _VALUES)
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    leaves = list(message.iter_parts()) or [message]
    parts = {part.get_content_subtype(): str(part.get_content()) for part in leaves}
    return Opened(raw=raw, message=message, html=parts.get("html", ""), text=parts.get("plain", ""))


def check(letter: Opened, config: Config, edition: Edition) -> Iterator[Finding]:
    """Look at the headers that mail providers ask for, and at both ways out in the body."""
    yield from _headers(letter)
    if WAY_OUT not in letter.text or (letter.rich and WAY_OUT not in letter.html):
        yield Finding(check="way out", says="the body lacks its link to unsubscribe")
    if not letter.text.strip():
        yield Finding(check="text", says="the plain-text part is empty")
    told = letter.html if letter.rich else " ".join(letter.text.split())
    for story in edition.stories:
        # Long addresses stand whole in the text, on lines of their own.
        if story.headline in told and link(story.url) not in letter.text:
            yield Finding(check="text", says=f"the plain text lacks the address of “{story.headline}”")
    if config.delivery.transport == "smtp" and not config.site.postal_address.strip():
        yield Finding(check="postal address", says="set `site.postal_address`; the law wants it in every letter")


def _headers(letter: Opened) -> Iterator[Finding]:
    if f"\r\nList-Unsubscribe: <{WAY_OUT}>\r\n".encode() not in letter.raw:
        yield Finding(check="one-click", says="List-Unsubscribe is missing, folded or encoded (RFC 8058)")
    if b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" not in letter.raw:
        yield Finding(check="one-click", says="List-Unsubscribe-Post is missing (RFC 8058)")
    for name in ("From", "To", "Subject", "Date", "Message-ID", "List-ID"):
        if not str(letter.message.get(name, "")).strip():
            yield Finding(check="header", says=f"{name} is missing")
    longest = max(len(line) for line in letter.raw.split(b"\r\n"))
    if longest > 998:
        yield Finding(check="header", says=f"a line has {longest} bytes; 998 is the limit (RFC 5322, 2.1.1)")
    if any(len(word) > 75 for word in re.findall(rb"=\?[^\s?]+\?[QqBb]\?[^\s?]*\?=", letter.raw)):
        yield Finding(check="header", says="an encoded word is longer than 75 characters (RFC 2047, 2)")

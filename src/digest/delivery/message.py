r"""Puts one frozen letter together: a whole RFC 5322 message as bytes, with marked holes for what differs per reader.

The holes are `\x01name\x02` (`digest.render.wire`): `to`, `date`, `message_id` and `unsubscribe_url` stand in the
headers; what the texts bring along stands in the bodies.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from digest.delivery import headers
from digest.render import wire

_PLAIN_NAME = re.compile(r"^[A-Za-z0-9 .,'&!?:-]{1,60}$")

_NAMED_BY = {
    "postmark": "X-PM-Metadata-letter: \x01message_id\x02",
    "brevo": 'X-Mailin-custom: {"letter": "\x01message_id\x02"}',
}
"""Providers that may call a letter by a name of their own, and the header that comes back with what they tell."""


def assemble(
    *,
    html: str,
    text: str,
    subject: str,
    sender: str,
    site: str,
    newsletter: str,
    title: str,
    slot: str,
    reply_to: str = "",
    providers: Collection[str] = (),
) -> bytes:
    """One letter for many readers.

    Args:
        html: the HTML part, with holes; empty for a letter of text alone.
        text: the plain-text part, with holes.
        subject: the subject; no holes.
        sender: the mailbox in From, as configured.
        site: the site's address, such as "https://news.example".
        newsletter: the newsletter's name ("daily").
        title: the newsletter's title.
        slot: the edition's slot key ("2026-11-24").
        reply_to: the mailbox in Reply-To; empty for none.
        providers: mail providers whose reports name a letter by a header of theirs (`Bounces.providers`).

    Returns:
        The message with CRLF line ends: the same bytes for the same arguments. Its list headers are never folded nor
        encoded, because both break one-click unsubscribing (RFC 2369, 2; RFC 8058, 3).
    """
    plain, rich = wire.encode(text), wire.encode(html)
    # "=_" never occurs in quoted-printable, so the boundary cannot occur in a part (RFC 2045, 6.7).
    boundary = "=_" + hashlib.sha256(plain + b"\x00" + rich).hexdigest()[:32]
    lines = [
        f"From: {headers.mailbox(*headers.split_mailbox(sender))}",
        "To: \x01to\x02",
        headers.unstructured("Subject", subject),
        "Date: \x01date\x02",
        "Message-ID: <\x01message_id\x02>",
        *([f"Reply-To: {headers.mailbox(*headers.split_mailbox(reply_to))}"] if reply_to else []),
        f"List-ID: {_list_id(newsletter, title, site)}",
        "List-Unsubscribe: <\x01unsubscribe_url\x02>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Archive: <{site}/e/{newsletter}/>",
        f"Feedback-ID: {_feedback_id(newsletter, slot, sender)}",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        *(line for provider, line in _NAMED_BY.items() if provider in providers),
        "MIME-Version: 1.0",
    ]
    # The site's address and the slot come from configuration; whatever they hold, a header stays one line of ASCII.
    head = "\r\n".join(lines).encode("ascii")
    if not html:
        end = b"" if plain.endswith(b"\r\n") else b"\r\n"
        return b"".join((head, _part("plain"), plain, end))
    kind = f'\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    mark = b"--" + boundary.encode("ascii")
    parts = (mark, _part("plain"), plain, b"\r\n", mark, _part("html"), rich, b"\r\n", mark, b"--\r\n")
    return b"".join((head, kind, *parts))


def frozen_hash(body: bytes) -> str:
    """What `Variant.hash` records and every sender checks: SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def _part(kind: str) -> bytes:
    return (
        f"\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")


def _list_id(newsletter: str, title: str, site: str) -> str:
    """The list's name (RFC 2919); its title only where it needs no encoding."""
    name = f"<{newsletter}.{urlsplit(site).hostname or 'localhost'}>"
    return f'"{title}" {name}' if _PLAIN_NAME.match(title) else name


def _feedback_id(newsletter: str, slot: str, sender: str) -> str:
    """Four parts, the last naming the sender: https://support.google.com/a/answer/6254652."""
    who = re.sub(r"[^a-z0-9]", "", headers.domain(sender).lower())[:15].ljust(5, "x")
    return f"{re.sub(r'[^0-9A-Za-z-]', '-', slot)}:{newsletter}:letter:{who}"

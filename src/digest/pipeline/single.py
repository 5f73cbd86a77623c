"""Sends messages that are no edition's letters, one by one, the way letters go: notices, sign-in and confirm links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings

from digest.config import Config, Environment
from digest.delivery import headers
from digest.delivery.dkim_key import signer
from digest.delivery.outcomes import Accepted, Outcome, Parcel
from digest.delivery.server import server
from digest.delivery.smtp import Smtp

_POLICY = SMTP.clone(cte_type="7bit")
"""Nothing that a server without 8BITMIME would have to rewrite, and so break the signature."""

Send = Callable[[EmailMessage, str, str], Outcome]
"""Hands over a message to a mailbox; the third is the message's name from `message`."""


def message(config: Config, subject: str, text: str, *, name: str, now: datetime, html: str = "") -> EmailMessage:
    """A message that still has to be addressed.

    Args:
        config: who sends it.
        subject: one line.
        text: plain words.
        name: tells it from others of the same second; part of its Message-ID.
        now: aware UTC.
        html: the same words as HTML; empty for none.
    """
    _, sender = headers.split_mailbox(config.site.sender)
    made = EmailMessage(policy=_POLICY)
    made["From"] = config.site.sender
    made["Subject"] = headers.clean(subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<notice-{_stamp(now)}-{_plain(name)}@{sender.rpartition('@')[2] or 'localhost'}>"
    # Nobody's holiday answers it (RFC 3834, 5).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


@contextmanager
def line(config: Config, environment: Environment, *, sender: str, now: datetime) -> Iterator[Send]:
    """One way to hand messages over, signed as letters are; the transport "folder" writes var/notices/*.eml.

    Args:
        config: `delivery.transport`.
        environment: where DIGEST_SMTP_URL stands.
        sender: the envelope's sender, where bounces go.
        now: aware UTC.

    Raises:
        ConfigError: the key for signatures is missing or wrong.
        TransportError: the mail server cannot be used; also by `Send`.
        OSError: the folder cannot be written; by `Send`.
    """
    if config.delivery.transport != "smtp":
        yield lambda made, _to, name: _file(made, name, now)
        return
    signs = signer(config, environment)
    opened = Smtp(server(environment.get("DIGEST_SMTP_URL"))).open()

    def send(made: EmailMessage, to: str, name: str) -> Outcome:
        body = made.as_bytes()
        return opened.deliver(Parcel(name, sender, to, signs.sign(body, now) if signs else body))

    try:
        yield send
    finally:
        opened.close()


def _file(made: EmailMessage, name: str, now: datetime) -> Outcome:
    folder = Path(settings.VAR) / "notices"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{_stamp(now)}-{_plain(name)}.part"
    part.write_bytes(bytes(made))
    part.replace(folder / f"{_stamp(now)}-{_plain(name)}.eml")
    return Accepted("written")


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60] or "x"

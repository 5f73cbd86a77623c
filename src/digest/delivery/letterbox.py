"""Reads `DIGEST_BOUNCES_URL`: which mailbox bounces and complaints come to, and how the way to it is protected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from digest.delivery.server import is_loopback
from digest.errors import ConfigError, Problem

Tls = Literal["starttls", "tls", "none"]

_SHAPES = "imaps://user:password@host/INBOX, imap://… (STARTTLS) or maildir:///path"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapBox:
    """A folder on an IMAP server.

    Attributes:
        folder: its name, in ASCII.
        tls: "starttls" is required and verified, "tls" is TLS from the first byte, "none" only on this machine.
        ca: a file of certificates to trust instead of the system's; empty for the system's.
        timeout: seconds to wait for each answer.
        visit: seconds for all of one visit, however slowly the server answers.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: Tls = "tls"
    ca: str = ""
    timeout: float = 30.0
    visit: float = 300.0

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirBox:
    """A Maildir on this machine."""

    folder: Path

    @property
    def place(self) -> str:
        """How messages call it."""
        return str(self.folder)


Letterbox = ImapBox | MaildirBox


def letterbox(url: str) -> Letterbox:
    """Read `imaps://user:password@host/INBOX`, `imap://...`, `?ca=FILE`, `maildir:///path`.

    On loopback, `imap://` goes without TLS unless `ca` asks for it.

    Raises:
        ConfigError: what is wrong with it; never the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("its port is not a number") from None
    if parts.scheme == "maildir":
        if parts.netloc or not parts.path.startswith("/"):
            raise _wrong("a Maildir is written with three slashes: maildir:///var/mail/bounces")
        return MaildirBox(folder=Path(unquote(parts.path)))
    if parts.scheme not in ("imap", "imaps") or not parts.hostname:
        raise _wrong(f"write it as {_SHAPES}")
    return _imap(parts, parts.hostname, port)


def _imap(parts: SplitResult, host: str, port: int | None) -> ImapBox:
    options = parse_qs(parts.query, keep_blank_values=True)
    if unknown := set(options) - {"ca"}:
        raise _wrong(f"{', '.join(sorted(unknown))} is not known here; there is ca")
    ca = options.get("ca", [""])[-1]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not password:
        raise _wrong(f"it needs a user and a password: {_SHAPES}")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    for named, value in (("user", user), ("password", password), ("folder", folder)):
        if not value.isascii() or not value.isprintable():
            raise _wrong(f"its {named} may have letters, digits and signs of ASCII only")
    tls: Tls = "tls" if parts.scheme == "imaps" else "starttls"
    if tls == "starttls" and not ca and is_loopback(host):
        tls = "none"
    return ImapBox(
        host=host, port=port or (993 if tls == "tls" else 143), user=user, password=password, folder=folder,
        tls=tls, ca=ca,
    )  # fmt: skip


def _wrong(message: str) -> ConfigError:
    return ConfigError([Problem("environment", 0, "DIGEST_BOUNCES_URL", message)])

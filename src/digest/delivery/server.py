"""Reads `DIGEST_SMTP_URL`: which mail server, and how the connection to it is protected."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from digest.errors import ConfigError, Problem

Tls = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server.

    Attributes:
        tls: "starttls" is required and verified, "tls" is TLS from the first byte, "none" is neither.
        ca: a file of certificates to trust instead of the system's; empty for the system's.
        connect, reply, final: seconds to wait for a connection, a usual reply, and the reply after a letter's last
            dot, which may take long and must not be given up lightly (RFC 5321, 4.5.3.2.6).
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"
    ca: str = ""
    connect: float = 30.0
    reply: float = 120.0
    final: float = 600.0

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def server(url: str) -> Server:
    """Read `smtp://user:password@host:587`, `smtps://...`, `?ca=FILE`, `?tls=none`.

    On loopback, TLS is not used unless `ca` or `tls=starttls` asks for it.

    Raises:
        ConfigError: what is wrong with it; never the password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("its port is not a number") from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise _wrong("write it as smtp://user:password@host:587 or smtps://user:password@host:465")
    options = parse_qs(parts.query, keep_blank_values=True)
    if unknown := set(options) - {"ca", "tls"}:
        raise _wrong(f"{', '.join(sorted(unknown))} is not known here; there are ca and tls")
    ca, wish = options.get("ca", [""])[-1], options.get("tls", [""])[-1]
    if wish not in ("", "none", "starttls"):
        raise _wrong("tls is none or starttls; for TLS from the first byte write smtps://")
    tls: Tls = "tls" if parts.scheme == "smtps" else "starttls"
    if parts.scheme == "smtps" and wish:
        raise _wrong("smtps:// is TLS from the first byte; leave tls out")
    if wish == "none" or (tls == "starttls" and not wish and not ca and is_loopback(host)):
        tls = "none"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if tls == "none" and password and not is_loopback(host):
        raise _wrong("with tls=none the password would travel in clear; leave tls=none out, or the password")
    return Server(host, port or (465 if tls == "tls" else 587), user, password, tls, ca)


def _wrong(message: str) -> ConfigError:
    return ConfigError([Problem("environment", 0, "DIGEST_SMTP_URL", message)])

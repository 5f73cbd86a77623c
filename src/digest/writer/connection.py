"""The one place that connects to the operator's language model, by the published contract of "chat/completions".

The address comes from the operator and never from a feed, so a private one is the operator's choice. No redirect is
followed, no proxy of the environment asked, and without TLS nothing is said to an address that is not private.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

MOST: Final = 1_000_000
"""Bytes of an answer; a summary takes a few thousand."""

_AGENT: Final = "Digest"
_SHOWN: Final = 200


class NoAnswerError(Exception):
    """The endpoint gave no answer that can be read.

    Attributes:
        reason: in words an editor understands; never holds the key.
        sent: whether the question may have reached a model, and so may be charged for.
        lasting: whether the next question would fare no better.
    """

    def __init__(self, reason: str, *, sent: bool, lasting: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.lasting = lasting


class _OpenAddressError(OSError):
    """Without TLS, the address that was about to be connected to is not a private one."""


def ask(
    endpoint: str, question: Mapping[str, Any], *, key: str, timeout: float, tls: ssl.SSLContext | None = None
) -> bytes:
    """Put one question, and return the body of the answer.

    Args:
        endpoint: the base address, such as "https://models.example/v1".
        question: the body of the request.
        key: the bearer token; empty for none.
        timeout: seconds for all of it: name, connection, question, answer.
        tls: verifies certificates; by the system's authorities when None.

    Raises:
        NoAnswerError: there is none; it says whether the question may have been charged for.
    """
    return asyncio.run(_ask(f"{endpoint}/chat/completions", json.dumps(question).encode(), key, timeout, tls))


async def _ask(url: str, body: bytes, key: str, timeout: float, tls: ssl.SSLContext | None) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": _AGENT}
    headers["Accept-Encoding"] = "identity"  # so that no few bytes unpack to many
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        async with (
            asyncio.timeout(timeout),
            _session(url, tls) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return await _read(answer)
    except _OpenAddressError as error:
        raise NoAnswerError(str(error), sent=False) from error
    except TimeoutError:
        raise NoAnswerError(f"no answer within {timeout:g} seconds", sent=True) from None
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, _OpenAddressError):
            raise NoAnswerError(str(error.os_error), sent=False) from error
        raise NoAnswerError(f"the endpoint cannot be reached ({_plain(error)})", sent=False) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NoAnswerError(f"the connection broke ({_plain(error)})", sent=True) from error


def _session(url: str, tls: ssl.SSLContext | None) -> aiohttp.ClientSession:
    private_only = url.startswith("http://")

    def checked_socket(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if private_only and not _is_private(str(address[0])):
            raise _OpenAddressError(f"{address[0]} is not a private address: without https:// nothing is said to it")
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=tls if tls is not None else True, use_dns_cache=False, socket_factory=checked_socket
        ),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # one clock of ours covers all
        trust_env=False,
    )


def _is_private(address: str) -> bool:
    """Whether an address is this machine's or of a private network (RFC 1918, 4193, 6598)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped else ip
    return inner.is_loopback or (inner.is_private and not inner.is_unspecified) or inner in _SHARED


_SHARED = ipaddress.ip_network("100.64.0.0/10")


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body of a good answer, cut off by nobody and no longer than it may be."""
    if answer.status != 200:
        says = await _start(answer)
        lasting = answer.status not in (400, 413, 422)  # these are about the one text
        charged = answer.status >= 500
        raise NoAnswerError(f"the endpoint answered {answer.status}{says}", sent=charged, lasting=lasting)
    found = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        found += chunk
        if len(found) > MOST:
            raise NoAnswerError(f"the answer is longer than {MOST:,} bytes", sent=True)
    return bytes(found)


async def _start(answer: aiohttp.ClientResponse) -> str:
    """The first words of an error, for the editor; a server's own, so shortened and without controls."""
    try:
        raw = await answer.content.read(4_096)
        told = json.loads(raw)
        says = told["error"]["message"] if isinstance(told["error"], dict) else told["error"]
    except (ValueError, KeyError, TypeError, RecursionError, aiohttp.ClientError):
        return ""
    return f": {_plain(says)}" if isinstance(says, str) else ""


def _plain(words: object) -> str:
    return "".join(c for c in str(words) if c.isprintable())[:_SHOWN]

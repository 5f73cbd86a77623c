"""The one place that connects to the addresses of feeds, pages and pictures.

Every hop of every redirect is resolved, checked and connected here, and the check is made on the very address
that the socket is opened for. A failure is a value (`Fetched.error`), not an exception.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from digest.feeds.exchange import (
    MAX_RAW,
    MAX_UNPACKED,
    MEGABYTE,
    Fetched,
    Request,
    hash_of,
    seconds_to_wait,
    status_words,
    validator,
)
from digest.feeds.faults import ClosedAddressError, connection_words
from digest.feeds.hops import NoAnswerError, is_weaker, readable, redirected, shown
from digest.feeds.line import Line, run
from digest.feeds.reach import Allow, refusal
from digest.feeds.unpack import BadEncodingError, TooLargeError, unpack

__all__ = ["Fetched", "Request", "fetch", "fetch_all"]

MAX_REDIRECTS: Final = 5
_PERMANENT: Final = (301, 308)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_GOOD: Final = (200, 203)
_refused: ContextVar[list[str]] = ContextVar("refused")
"""Why addresses of the host now being connected to were refused; filled where sockets are opened."""
_LONGEST_HEADER: Final = 32_768  # bytes; some publishers send very long security headers


def fetch(
    request: Request,
    *,
    allow: Allow,
    agent: str,
    timeout: float = 20.0,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch one address; the arguments are those of `fetch_all`."""
    answers: list[Fetched] = []
    fetch_all([request], allow=allow, on_done=answers.append, agent=agent, timeout=timeout, resolver=resolver, tls=tls)
    return answers[0]


def fetch_all(
    requests: Iterable[Request],
    *,
    allow: Allow,
    on_done: Callable[[Fetched], None],
    agent: str,
    timeout: float = 20.0,
    per_host: int = 2,
    at_once: int = 64,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Fetch many addresses at once; returns when all are done.

    `on_done` is called in the caller's thread while no event loop runs, so it may use the database. While it
    works nothing is fetched, and no fetch's time runs.

    Args:
        requests: what to fetch.
        allow: networks that may be reached although they are not public.
        on_done: receives each answer when it is complete, in no particular order.
        agent: the User-Agent header.
        timeout: seconds for one address, redirects and body together; waiting in line is not counted.
        per_host: connections to one host (name and port) at once.
        at_once: connections in all.
        resolver: looks names up; the system when None.
        tls: verifies certificates; by the system's authorities when None.
    """

    async def open_crew(line: Line, shared: AsyncExitStack) -> list[Awaitable[Fetched]]:
        session = await shared.enter_async_context(_session(agent, allow, resolver, tls))
        caller = _Caller(session=session, line=line, timeout=timeout)
        return [caller.fetch(request) for request in requests]

    run(open_crew, on_done, per_host=per_host, at_once=at_once)


def _session(
    agent: str, allow: Allow, resolver: AbstractResolver | None, tls: ssl.SSLContext | None
) -> aiohttp.ClientSession:
    """Make a session that keeps no cookies, follows nothing, unpacks nothing, and opens sockets only after a check."""

    def checked_socket(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        words = refusal(str(address[0]), allow)
        if words:
            _refused.get().append(words)
            raise ClosedAddressError(words)
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,  # the places in line are the limit
            ssl=tls if tls is not None else True,
            resolver=resolver,
            use_dns_cache=False,
            socket_factory=checked_socket,
        ),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # one clock of ours covers all
        headers={"User-Agent": agent, "Accept-Encoding": "gzip, deflate, br, zstd"},
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    )


@dataclass(slots=True, kw_only=True)
class _Caller:
    """Fetches one request after another's example: the session, the line, and the seconds for each."""

    session: aiohttp.ClientSession
    line: Line
    timeout: float

    async def fetch(self, request: Request) -> Fetched:
        """Follow redirects by hand, each judged anew, until there is an answer or a reason why not."""
        so_far = Fetched(
            address=request.address,
            etag=request.etag,
            last_modified=request.last_modified,
            body_hash=request.body_hash,
        )
        left, permanent, moved = self.timeout, True, False
        try:
            url = readable(request.address)
        except NoAnswerError as reason:
            return replace(so_far, error=str(reason))
        for _ in range(MAX_REDIRECTS + 1):
            so_far = replace(so_far, final=shown(url))
            async with self.line.place((url.host or "", url.port or 0)):
                began = time.monotonic()
                try:
                    so_far, location = await self._within(left, request, so_far, url)
                    left = max(0.0, left - (time.monotonic() - began))
                    if not location:
                        remember = moved and permanent and url.user is None and not so_far.error
                        return replace(so_far, moved_to=so_far.final if remember else "")
                    target = redirected(url, location)
                except NoAnswerError as reason:
                    return replace(so_far, error=str(reason))
            moved = True
            permanent = permanent and so_far.status in _PERMANENT and not is_weaker(url, target)
            url = target
        return replace(so_far, error=f"redirects more than {MAX_REDIRECTS} times")

    async def _within(self, seconds: float, request: Request, so_far: Fetched, url: URL) -> tuple[Fetched, str]:
        """Ask once, within the time that is left; every failure of the network becomes words.

        Raises:
            NoAnswerError: there is no usable answer.
        """
        host = url.host or ""
        refused: list[str] = []
        _refused.set(refused)
        try:
            async with self.line.clock(seconds):
                return await self._ask(request, so_far, url)
        except TimeoutError:
            words = f"took longer than {self.timeout:g} s"
        except aiohttp.ClientConnectorCertificateError as fault:
            words = connection_words(fault.certificate_error, host)
        except aiohttp.ClientConnectorError as fault:
            words = f"{host} {refused[0]}" if refused else connection_words(fault.os_error, host)
        except aiohttp.ServerDisconnectedError:
            words = "closed the connection without an answer"
        except aiohttp.ClientPayloadError:
            words = "broke off in the middle of its answer"
        except aiohttp.ClientResponseError:
            words = "answered in a way that is not HTTP"
        except aiohttp.InvalidURL:
            words = "is not an address that can be fetched"
        except (aiohttp.ClientError, OSError) as fault:
            words = connection_words(fault, host)
        raise NoAnswerError(words)

    async def _ask(self, request: Request, so_far: Fetched, url: URL) -> tuple[Fetched, str]:
        """Send one GET; give the answer and, when it redirects, where to."""
        host = (url.host or "", url.port or 0)
        headers = _conditions(request)
        if not self.line.others(host):
            headers["Connection"] = "close"
        async with self.session.get(url, headers=headers, allow_redirects=False) as response:
            so_far = replace(
                so_far,
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                robots=", ".join(response.headers.getall("X-Robots-Tag", [])),
                retry_after=_wait(response.headers),
            )
            if response.status in _REDIRECTS and (location := response.headers.get("Location", "")):
                response.close()
                return so_far, location
            if response.status == 304 and (request.etag or request.last_modified):
                return replace(_remember(so_far, response.headers), unchanged=True), ""
            if response.status not in _GOOD:
                response.close()
                return replace(so_far, error=status_words(response.status)), ""
            body = await _body(response)
            return _answered(request, so_far, body, response.headers), ""


def _answered(request: Request, so_far: Fetched, body: bytes, headers: Mapping[str, str]) -> Fetched:
    """Turn a body that arrived into the answer."""
    if not body:
        return replace(so_far, error="answered with nothing")
    name = hash_of(body)
    same = name == request.body_hash
    fresh = _remember(replace(so_far, etag="", last_modified=""), headers)
    return replace(fresh, body=None if same else body, unchanged=same, body_hash=name)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Receive a body and unpack it, both within their limits.

    Raises:
        NoAnswerError: it is too large, or not packed as it says.
    """
    too_much = f"larger than {MAX_RAW // MEGABYTE} MB"
    raw = bytearray()
    if (response.content_length or 0) > MAX_RAW:
        response.close()
        raise NoAnswerError(too_much)
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > MAX_RAW:
            response.close()
            raise NoAnswerError(too_much)
    try:
        return unpack(bytes(raw), response.headers.get("Content-Encoding", ""), limit=MAX_UNPACKED)
    except TooLargeError:
        raise NoAnswerError(f"larger than {MAX_UNPACKED // MEGABYTE} MB when unpacked") from None
    except BadEncodingError as reason:
        raise NoAnswerError(str(reason)) from None


def _conditions(request: Request) -> dict[str, str]:
    """Write the headers that ask for news only (RFC 9110, 13.1)."""
    headers = {"Accept": request.accept}
    if etag := validator(request.etag):
        headers["If-None-Match"] = etag
    if modified := validator(request.last_modified):
        headers["If-Modified-Since"] = modified
    return headers


def _remember(so_far: Fetched, headers: Mapping[str, str]) -> Fetched:
    """Keep what to send next time; what the answer leaves out stays as it was."""
    return replace(
        so_far,
        etag=validator(headers.get("ETag", "")) or so_far.etag,
        last_modified=validator(headers.get("Last-Modified", "")) or so_far.last_modified,
    )


def _wait(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After, in seconds."""
    header = headers.get("Retry-After", "")
    if not header:
        return None
    return seconds_to_wait(header, date=headers.get("Date", ""), now=datetime.fromtimestamp(time.time(), UTC))

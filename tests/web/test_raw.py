"""One-click unsubscribing (RFC 8058) and signing up, byte by byte against the real web server."""

from __future__ import annotations

import email
import email.policy
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.audience import tokens
from digest.clock.now import now
from digest.reader import stamps

pytestmark = pytest.mark.slow

ANA = (
    "FROM digest_subscriber u JOIN digest_subscription s ON s.subscriber_id = u.id WHERE u.email = 'ana@inbox.example'"
)
JUNK = os.urandom(1_000_000)


def chunked(body: bytes, size: int = 50_000) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Server:
    """`digest web` in a home of its own, and what its database says."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port

    def row(self, sql: str) -> Any:
        with sqlite3.connect(self.home / "var" / "digest.sqlite3", timeout=20) as database:
            return database.execute(sql).fetchone()

    def status(self) -> str:
        return self.row(f"SELECT status {ANA}")[0]

    def subscribe(self) -> None:
        with sqlite3.connect(self.home / "var" / "digest.sqlite3", timeout=20) as database:
            database.execute("UPDATE digest_subscription SET status = 'active', unsubscribed_at = NULL")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def say(self, *requests: bytes) -> list[tuple[int, bytes, bytes]]:
        """Each request after the answer to the one before, on one connection; status, headers and body of each."""
        found = []
        with self.connect() as line:
            for request in requests:
                line.sendall(request)
                found.append(answer(line, request.startswith(b"HEAD")))
        return found


def answer(line: socket.socket, head: bool = False) -> tuple[int, bytes, bytes]:
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = line.recv(65536)
            assert more, f"the connection ended after {data!r}"
            data += more
        headers, _, body = data.partition(b"\r\n\r\n")
        status = int(headers.split()[1])
        if status != 100:
            break
        data = body
    length = re.search(rb"(?i)content-length: (\d+)", headers)
    want = 0 if head or not length else int(length[1])
    while len(body) < want:
        body += line.recv(65536)
    return status, headers, body


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("raw") / "home"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    digest = [sys.executable, "-m", "digest"]
    subprocess.run([*digest, "init", str(home)], check=True, capture_output=True, env=plain)
    digest += ["--home", str(home)]
    subprocess.run([*digest, "subscribers", "add", "ana@inbox.example"], check=True, capture_output=True, env=plain)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (home / "var" / "web.log").open("wb") as log:
        process = subprocess.Popen([*digest, "web", "--port", str(port)], stdout=log, stderr=log, env=plain)
    server = Server(home, port)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            server.connect().close()
            break
        except OSError:
            assert process.poll() is None, (home / "var" / "web.log").read_text()
            time.sleep(0.1)
    yield server
    process.terminate()
    process.wait(30)


@pytest.fixture
def token(web: Server, settings: Any) -> str:
    settings.KEYS = tuple((web.home / "var" / "secret.key").read_text().split())
    web.subscribe()
    handle, newsletter = web.row(f"SELECT u.handle, s.newsletter {ANA}")
    return tokens.make("unsubscribe", handle, newsletter)


def request(
    method: str, path: str, body: bytes | None = None, kind: str = "", *more: str, version: str = "1.1"
) -> bytes:
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1", *more]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if body is not None and not any(line.startswith("Transfer-Encoding") for line in more):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


FORM = b"List-Unsubscribe=One-Click"
MULTI = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
URL, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
CHUNKS = "Transfer-Encoding: chunked"


def left(web: Server, found: tuple[int, bytes, bytes]) -> None:
    status, headers, _ = found
    assert status == 200
    assert not re.search(rb"(?im)^(set-cookie|location|refresh):", headers), headers
    assert web.status() == "unsubscribed"


@pytest.mark.parametrize(
    ("body", "kind", "more"),
    [
        (FORM, URL, ()),
        (MULTI, MULTIPART, ()),
        (chunked(FORM, 5), URL, (CHUNKS,)),
        (chunked(MULTI, 7), MULTIPART, (CHUNKS,)),
        (b"", "", ()),
        (FORM, "", ()),
        (FORM, "text/plain", ()),
        (JUNK, URL, ()),
        (JUNK, MULTIPART, ()),
        (chunked(JUNK), URL, (CHUNKS,)),
        (FORM, URL, ("Expect: 100-continue",)),
        (FORM, URL, ("Cookie: sessionid=abcdefgh12345678; csrftoken=y", "Origin: https://evil.example", "Referer: https://evil.example/")),
        (FORM, URL, ("User-Agent: ", "Accept: */*")),
    ],
    ids=lambda value: str(value)[:24] if not isinstance(value, bytes) or len(value) < 100 else f"{len(value)} bytes",
)  # fmt: skip
def test_one_click_leaves_in_every_form(web: Server, token: str, body: bytes, kind: str, more: tuple[str, ...]) -> None:
    assert web.status() == "active"
    left(web, web.say(request("POST", f"/u/{token}", body, kind, *more))[0])


def test_one_click_by_an_old_client(web: Server, token: str) -> None:
    left(web, web.say(request("POST", f"/u/{token}", FORM, URL, version="1.0"))[0])


def test_scanners_look_and_nothing_happens_and_the_press_after_them_counts(web: Server, token: str) -> None:
    path = f"/u/{token}"
    looks = [
        request("GET", path),
        request("HEAD", path),
        request("GET", path, None, "", "Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Moz: prefetch"),
        request("GET", path, FORM, URL),
        request("GET", f"{path}?List-Unsubscribe=One-Click"),
        request("OPTIONS", path),
        request("PUT", path, FORM, URL),
        request("DELETE", path),
    ]
    found = web.say(*looks)
    assert [status for status, _, _ in found] == [200, 200, 200, 200, 200, 405, 405, 405]
    assert web.status() == "active"
    # A scanner and the mailbox provider in a row on one connection, and the provider once more.
    found = web.say(
        request("GET", path),
        request("POST", path, FORM, URL),
        request("GET", path),
        request("POST", path, MULTI, MULTIPART),
    )
    assert [status for status, _, _ in found] == [200] * 4
    left(web, found[1])
    left(web, found[3])


def test_two_providers_press_at_once(web: Server, token: str) -> None:
    lines = [web.connect() for _ in range(8)]
    for line in lines:
        line.sendall(request("POST", f"/u/{token}", FORM, URL))
    for line in lines:
        left(web, answer(line))
        line.close()


def test_the_page_of_one_who_left_is_kept_by_nobody(web: Server, token: str) -> None:
    for method in ("GET", "POST"):
        _, headers, _ = web.say(request(method, f"/u/{token}", b""))[0]
        assert re.search(rb"(?i)cache-control: no-store", headers)
        assert re.search(rb"(?i)referrer-policy: no-referrer", headers)
        assert re.search(rb"(?i)x-robots-tag: noindex", headers)


def test_a_cut_connection_and_half_a_body_hurt_nobody(web: Server, token: str) -> None:
    # Nobody's link: whether half a press counts shows only after the connection is gone, when another test runs.
    nobody = tokens.dead("unsubscribe", "daily")
    for half in (
        request("POST", f"/u/{nobody}", FORM, URL)[:-10],
        request("POST", "/subscribe", None, URL, "Content-Length: 900000") + b"email=",
        b"POST /subscribe HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\nabc",
    ):
        with web.connect() as line:
            line.sendall(half)
    assert web.say(request("GET", "/subscribe"))[0][0] == 200


def test_signing_up_with_what_is_no_form(web: Server) -> None:
    """Chunked, too big, too many fields, a file without an end: an answer in words, and nothing is noted."""
    many = b"&".join(b"topic=%d" % number for number in range(2000))
    evil = b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\n' + JUNK
    asked = [
        (request("POST", "/subscribe", chunked(b"email=nobody"), URL, CHUNKS), {400}),
        (request("POST", "/subscribe", b"email=" + JUNK, URL), {400, 413}),
        (request("POST", "/subscribe", many, URL), {400}),
        (request("POST", "/subscribe", evil, MULTIPART), {400}),
        (request("POST", "/subscribe", b"\xff\xfe" * 100, MULTIPART), {400}),
        (request("POST", "/subscribe", b"email=%ff%00%0d%0aBcc:x@y.example", URL), {400}),
    ]
    for said, statuses in asked:
        with web.connect() as line:
            line.sendall(said)
            assert answer(line)[0] in statuses
    assert web.row("SELECT count(*) FROM digest_request WHERE email <> 'carla@inbox.example'")[0] == 0
    assert web.say(request("GET", "/subscribe"))[0][0] == 200


def test_a_form_of_another_site_gets_our_page_without_a_cookie(web: Server) -> None:
    status, headers, body = web.say(
        request(
            "POST",
            "/subscribe",
            b"email=bo%40inbox.example",
            URL,
            "Origin: https://www.courier.example",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Mode: navigate",
        )
    )[0]
    assert status == 200
    assert b"bo@inbox.example" in body
    assert not re.search(rb"(?im)^(set-cookie|location):", headers)
    assert re.search(rb"(?i)content-security-policy: default-src 'none'", headers)
    assert web.row("SELECT count(*) FROM digest_request WHERE email = 'bo@inbox.example'")[0] == 0


def test_from_the_form_to_a_reader_over_the_wire(web: Server, settings: Any) -> None:
    """The mail leaves by the web server itself; nothing else runs."""
    settings.KEYS = tuple((web.home / "var" / "secret.key").read_text().split())
    opened = stamps.stamp(now() - timedelta(seconds=10))
    body = f"email=carla%40inbox.example&opened={opened}&zone=Europe%2FLisbon&format=text".encode()
    assert web.say(request("POST", "/subscribe", body, URL))[0][0] == 200
    folder, until = web.home / "var" / "notices", time.monotonic() + 30
    while not list(folder.glob("*join*.eml")) and time.monotonic() < until:
        time.sleep(0.1)
    (file,) = folder.glob("*join*.eml")
    text = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    link = re.search(r"(/confirm/\S+)", text.get_body(("plain",)).get_content())[1]
    looks = [request("GET", link), request("HEAD", link), request("GET", link, None, "", "Sec-Purpose: prefetch")]
    assert [status for status, _, _ in web.say(*looks)] == [200, 200, 200]
    assert web.row("SELECT count(*) FROM digest_subscriber WHERE email = 'carla@inbox.example'")[0] == 0
    found = web.say(request("POST", link, b"", ""), request("POST", link, JUNK, URL), request("GET", link))
    assert [status for status, _, _ in found] == [200, 200, 200]
    reader = web.row("SELECT zone, format FROM digest_subscriber WHERE email = 'carla@inbox.example'")
    assert reader == ("Europe/Lisbon", "text")

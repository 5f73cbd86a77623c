"""The one place that connects: certificates, addresses without TLS, and names that cannot be looked up."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import trustme

from digest.writer.connection import NoAnswerError, ask

AUTHORITY = trustme.CA()


@pytest.fixture
def secure() -> Iterator[tuple[str, list[bytes]]]:
    """An endpoint with TLS whose certificate an authority of its own has signed, and what it was told."""
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that hangs up is what is wanted."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://localhost:{server.server_address[1]}/v1", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_is_verified_before_a_word_is_said(secure: tuple[str, list[bytes]]) -> None:
    endpoint, heard = secure
    with pytest.raises(NoAnswerError, match="cannot be reached") as refused:
        ask(endpoint, {"model": "q"}, key="sk-secret", timeout=10)
    assert not refused.value.sent
    assert "sk-secret" not in refused.value.reason
    assert heard == []
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    assert ask(endpoint, {"model": "q"}, key="", timeout=10, tls=trusting) == b"{}"
    assert [json.loads(body) for body in heard] == [{"model": "q"}]


@pytest.mark.parametrize("address", ["8.8.8.8", "[2001:4860:4860::8888]", "0.0.0.0", "[::ffff:8.8.8.8]"])
def test_only_private_addresses_are_spoken_to_in_clear(address: str) -> None:
    with pytest.raises(NoAnswerError) as refused:
        ask(f"http://{address}:9/v1", {}, key="k", timeout=5)
    assert not refused.value.sent
    assert "not a private address" in refused.value.reason or "cannot be reached" in refused.value.reason


def test_a_name_that_is_nowhere() -> None:
    with pytest.raises(NoAnswerError, match="cannot be reached") as refused:
        ask("https://models.invalid/v1", {}, key="k", timeout=10)
    assert not refused.value.sent

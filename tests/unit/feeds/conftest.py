"""A publisher on loopback, scripted per path, and what tests of feeds share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from digest.feeds.fetch import Fetched, Request, fetch
from digest.feeds.reach import Allow

Route = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """A real HTTP server whose answers a test writes."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.busy = self.most_busy = 0
        lock = threading.Lock()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with lock:
                    publisher.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                    publisher.busy += 1
                    publisher.most_busy = max(publisher.most_busy, publisher.busy)
                try:
                    publisher.routes[self.path.partition("?")[0]](self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with lock:
                        publisher.busy -= 1

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer a path always the same; header names are written with underscores."""

        def route(handler: BaseHTTPRequestHandler) -> None:
            reply(handler, body, status, **headers)

        self.routes[path] = route
        return self.url(path)


def reply(handler: BaseHTTPRequestHandler, body: bytes = b"", status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


@pytest.fixture(scope="session")
def loopback() -> Allow:
    return (ip_network("127.0.0.0/8"),)


@pytest.fixture
def get(loopback: Allow) -> Callable[..., Fetched]:
    """Fetch one address, loopback allowed; other words go into the request."""

    def fetch_one(address: str, timeout: float = 10.0, allow: Allow = loopback, **words: str) -> Fetched:
        return fetch(Request(address=address, **words), allow=allow, agent="Digest/0.1 (+https://site.example)",
                     timeout=timeout)  # fmt: skip

    return fetch_one


@pytest.fixture
def answer() -> Callable[..., None]:
    return reply


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real inputs; tests that need it are skipped where it is absent."""
    folder = os.environ.get("DIGEST_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("DIGEST_TEST_DATA names no folder of real inputs")
    return Path(folder)

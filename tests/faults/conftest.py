"""A web server that says whatever a test wants, byte for byte, and a newsroom that reads from it."""

from __future__ import annotations

import json
import os
import secrets
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from digest.audience.subscriptions import add
from digest.clock.now import now
from digest.clock.reread import Configuration
from digest.config import Environment, load
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.store import identity
from digest.store.editions import Edition
from digest.studio import gate

Answer = bytes | Callable[[], Iterator[bytes]]
"""Everything that is written to the socket, or what gives it piece by piece."""


class Site:
    """Answers on a loopback address; `pages` maps a path to the whole answer, `asked` is what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline(65536).decode("latin-1").split(" ")
                while self.rfile.readline(65536).strip():
                    continue
                path = line[1] if len(line) > 1 else ""
                site.asked.append(path)
                answer = site.pages.get(path.partition("?")[0], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                try:
                    for piece in [answer] if isinstance(answer, bytes) else answer():
                        self.wfile.write(piece)
                except (BrokenPipeError, ConnectionResetError):
                    return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def says(self, path: str, body: bytes | str, *, headers: str = "") -> str:
        """Answer `path` with 200 and this body; its address."""
        raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(raw)}\r\n{headers}\r\n"
        self.pages[path] = head.encode() + raw
        return self.base + path


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server of this test's own."""
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@dataclass
class Shell:
    """A home, and `digest` run in it as a process of its own."""

    home: Path
    environment: dict[str, str]
    flags: tuple[str, ...] = ("--json",)
    began: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(
        self, *words: str, wrapped: Sequence[str] = (), before: Callable[[], None] | None = None, **variables: str
    ) -> subprocess.Popen[str]:
        """Start a command and go on; `wrapped` is put before it, `before` runs in the child."""
        made = subprocess.Popen(
            [*wrapped, sys.executable, "-m", "digest", "--home", str(self.home), *self.flags, *words],
            env={**self.environment, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=before, start_new_session=True,  # noqa: PLW1509 - it only sets limits
        )  # fmt: skip
        self.began.append(made)
        return made

    def ask(
        self, *words: str, wrapped: Sequence[str] = (), before: Callable[[], None] | None = None, seconds: float = 120,
        **variables: str,
    ) -> tuple[int, str, str]:  # fmt: skip
        """Run a command to its end: exit status, output, errors."""
        return self.end(self.start(*words, wrapped=wrapped, before=before, **variables), seconds)

    def end(self, process: subprocess.Popen[str], seconds: float = 120) -> tuple[int, str, str]:
        """Wait for a command: exit status, output, errors. No command ever ends in a traceback."""
        out, errors = process.communicate(timeout=seconds)
        assert "Traceback" not in errors, errors
        return process.returncode, out, errors

    def do(self, *words: str, **variables: str) -> dict:
        """Run a command that must succeed; its JSON."""
        code, out, errors = self.ask(*words, **variables)
        assert code == 0, f"{words} ended with {code}: {errors or out}"
        return json.loads(out) if out.startswith("{") else {"out": out}

    def write(self, file: str, text: str) -> None:
        """Replace a file of config/."""
        path = self.home / "config" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def feeds(self, *addresses: str, rights: str = "own") -> None:
        """Replace the list of feeds."""
        rows = (
            f'[[feeds]]\naddress = "{address}"\nname = "Feed {number}"\nrights = "{rights}"\n'
            for number, address in enumerate(addresses)
        )
        self.write("feeds.toml", "\n".join(rows))


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a database of one's own, of the kind these tests run on; empty for the home's own SQLite."""
    shared = os.environ.get("DIGEST_DATABASE_URL", "")
    if not shared:
        yield ""
        return
    import psycopg

    name = f"hostile_{secrets.token_hex(6)}"
    with psycopg.connect(shared, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(shared)._replace(path=f"/{name}"))
    with psycopg.connect(shared, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def shell(tmp_path: Path, database: str) -> Iterator[Shell]:
    """A fresh home with one plain newsletter; fetches may reach this machine."""
    home = tmp_path / "home"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DIGEST_") and k != "DJANGO_SETTINGS_MODULE"}
    environment |= {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}
    if database:
        environment["DIGEST_DATABASE_URL"] = database
    made = Shell(home, environment)
    made.do("init", str(home))
    made.write("digest.toml", '[site]\nname = "The Courier"\nsender = "letters@news.example"\n')
    made.write(
        "newsletters/daily.toml",
        'title = "The Daily"\nchannels = ["letter", "web"]\napproval = { mode = "automatic" }\n'
        'per_source = 100\n[[sections]]\ntag = "*"\ntitle = "Today"\nmaximum = 20\n',
    )
    made.write("tags.toml", "")
    made.write("social.toml", "")
    made.write("appeals.toml", "")
    made.feeds()
    yield made
    for process in made.began:
        if process.poll() is None:
            process.kill()
        process.communicate()


class Room:
    """A newsroom with one reader, whose letters go to a real mail server on this machine."""

    def __init__(self, home: Path, base: str) -> None:
        (home / "config" / "newsletters").mkdir(parents=True)
        (home / "var").mkdir()
        (home / "config" / "digest.toml").write_text(
            '[site]\nname = "The Courier"\naddress = "https://news.example"\nsender = "The Courier <l@news.example>"\n'
            'postal_address = "1 Quay Street"\neditors = ["ana@news.example"]\n[delivery]\ntransport = "smtp"\n'
        )
        (home / "config" / "newsletters" / "daily.toml").write_text(
            'title = "The Daily"\nchannels = ["letter", "web", "folder:newsroom"]\nper_source = 100\n'
            '[[sections]]\ntag = "*"\ntitle = "Today"\nmaximum = 50\n'
        )
        (home / "config" / "social.toml").write_text('[[accounts]]\nname = "newsroom"\nposts_per_edition = 20\n')
        (home / "config" / "feeds.toml").write_text(
            f'[[feeds]]\naddress = "{base}/feed"\nname = "Paper"\nrights = "own"\n'
        )
        self.home = home
        self.config = load(home)

    def drafted(self) -> Edition:
        """Gather and draft."""
        report = gather(self.config, now=now(), allow=(ip_network("127.0.0.0/8"),))
        assert report.failed == []
        return draft(self.config, "daily", key="2025-11-24", at=now() + timedelta(hours=1), now=now())


@pytest.fixture
def room(tmp_path: Path, site: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Room:
    made = Room(tmp_path / "home", site.base)
    configuration = Configuration(made.home)
    monkeypatch.setattr(gate, "_configuration", lambda: configuration)
    settings.VAR, settings.HOME, settings.CONFIG = made.home / "var", made.home, made.config
    settings.ALLOWED_HOSTS = ["news.example", "testserver"]
    identity.make(settings.VAR, Environment({}), now=now())
    add("ana@inbox.example", ["daily"], now=now(), consent_source="invented")
    return made


class Papers:
    """Writes feeds."""

    @staticmethod
    def rss(*items: str, head: str = "") -> str:
        """An RSS feed of these items."""
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Paper</title>{head}{''.join(items)}</channel></rss>"
        )

    @staticmethod
    def item(number: int, title: str = "", **more: str) -> str:
        """One item; `more` are elements as they stand in the file."""
        at = now() - timedelta(minutes=number + 1)
        given = {
            "title": title or f"{WORDS[number % len(WORDS)]} number {number} opens again",
            "link": f"https://paper.example/{number}",
            "guid": f"item-{number}",
            "pubDate": f"{at:%a, %d %b %Y %H:%M:%S} +0000",
            "description": f"The {WORDS[number % len(WORDS)].lower()} board said on Monday that work on "
            f"{WORDS[(number * 7 + 3) % len(WORDS)].lower()} {number} had ended.",
        } | more
        return "<item>" + "".join(f"<{k}>{v}</{k.split(' ')[0]}>" for k, v in given.items() if v) + "</item>"


WORDS = [
    "Harbour", "Council", "Bridge", "Ferry", "Budget", "Strike", "Orchard", "Flood", "Railway", "Library", "Theatre",
    "Hospital", "School", "Market", "Quarry", "Lighthouse", "Vineyard", "Airport", "Museum", "Reservoir", "Stadium",
    "Bakery", "Tannery", "Observatory",
]  # fmt: skip


@pytest.fixture
def papers() -> type[Papers]:
    """Writes feeds."""
    return Papers

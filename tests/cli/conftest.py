"""Runs the `digest` command as a person does: in a process of its own, in a home of its own, on the database in use."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

POSTGRESQL = os.environ.get("DIGEST_TEST_DATABASE", "sqlite") == "postgresql"
LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object and nothing else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Digest = Callable[..., Result]


class Databases:
    """A database for each home, on the server that the tests of a run share; nothing to do on SQLite."""

    def __init__(self) -> None:
        self._server = os.environ.get("DIGEST_DATABASE_URL", "")
        self._names: dict[Path, str] = {}

    def address(self, home: Path) -> str:
        """The address of a home's database, made at need."""
        if home not in self._names:
            self._names[home] = self._make()
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{self._names[home]}"))

    def copy(self, source: Path, home: Path) -> None:
        """Give a home a copy of another one's database."""
        self._names[home] = self._make(f"TEMPLATE {self._names[source]}")

    def close(self) -> None:
        """Drop them all."""
        for name in self._names.values():
            self._say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make(self, more: str = "") -> str:
        name = f"digest_cli_{uuid.uuid4().hex[:12]}"
        self._say(f"CREATE DATABASE {name} {more}")
        return name

    def _say(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The databases of all homes of this process's tests."""
    made = Databases()
    yield made
    made.close()


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Path:
    """A home as `digest init` makes it; tests get copies."""
    home = tmp_path_factory.mktemp("starter") / "home"
    made = _run(databases, home.parent, "init", str(home), home=home)
    assert made.code == 0, made.err
    return home


@pytest.fixture
def home(starter: Path, tmp_path: Path, databases: Databases) -> Path:
    """A fresh home that works, with a database of its own."""
    fresh = tmp_path / "home"
    shutil.copytree(starter, fresh)
    if POSTGRESQL:
        databases.copy(starter, fresh)
    return fresh


@pytest.fixture
def ask(databases: Databases) -> Callable[[Path, str], list[tuple[Any, ...]]]:
    """`ask(home, sql)`: what a home's database answers."""

    def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
        if POSTGRESQL:
            import psycopg

            with psycopg.connect(databases.address(home), autocommit=True) as connection:
                cursor = connection.execute(sql)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(home / "var" / "digest.sqlite3", isolation_level=None)) as connection:
            return connection.execute(sql).fetchall()

    return ask


@pytest.fixture
def digest(tmp_path: Path, databases: Databases) -> Digest:
    """`digest(*arguments, home=..., input=..., env=...) -> Result`."""

    def run(
        *arguments: str,
        home: Path | None = None,
        input: str | bytes | None = None,  # noqa: A002 - as subprocess calls it
        env: dict[str, str] | None = None,
    ) -> Result:
        return _run(databases, tmp_path, *arguments, home=home, given=input, env=env)

    return run


def _run(
    databases: Databases,
    folder: Path,
    *arguments: str,
    home: Path | None = None,
    given: str | bytes | None = None,
    env: dict[str, str] | None = None,
) -> Result:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("DIGEST_", "DJANGO_"))}
    variables |= {"PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}
    command = [sys.executable, "-m", "digest"]
    if home is not None and arguments[0] != "init":
        command += ["--home", str(home)]
    if home is not None and POSTGRESQL:
        variables["DIGEST_DATABASE_URL"] = databases.address(home)
    variables |= env or {}
    done = subprocess.run(
        [*command, *arguments],
        input=given.encode() if isinstance(given, str) else given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        cwd=folder,
        env=variables,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass
class Site:
    """A small web server on loopback: `pages` by path, as (status, content type, body)."""

    base: str
    pages: dict[str, tuple[int, str, bytes]]

    def feed(self, path: str, titles: list[str], *, name: str = "The Quay Post", published: str = "") -> str:
        """Serve an RSS feed with these headlines; gives its address."""
        from datetime import UTC, datetime
        from email.utils import format_datetime

        date = published or format_datetime(datetime.now(UTC), usegmt=True)  # noqa: TID251 - a feed of today
        items = "".join(
            f"<item><title>{title}</title><link>{self.base}/a/{at}</link><guid>{path}-{at}</guid>"
            f"<pubDate>{date}</pubDate><description>{title}, said the harbour office on Monday.</description></item>"
            for at, title in enumerate(titles)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
        self.pages[path] = (200, "application/rss+xml", body.encode())
        return self.base + path


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on loopback with nothing on it yet."""
    with _serving() as made:
        yield made


@contextmanager
def _serving() -> Iterator[Site]:
    pages: dict[str, tuple[int, str, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = pages.get(self.path, (404, "text/plain", b"not here"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if 300 <= status < 400:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", pages)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

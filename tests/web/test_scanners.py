"""Whoever only looks changes nothing: every address that can be looked at, as link scanners do, on the real server."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.audience import tokens
from digest.clock.now import now

pytestmark = pytest.mark.slow

SECRET, SIGN_IN = "s" * 32, "t" * 43
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
ACT = b"List-Unsubscribe=One-Click&do=leave+all&newsletter=weekly"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOOKS: tuple[tuple[str, str, bytes | None, dict[str, str]], ...] = (
    ("GET", "", None, {}),
    ("HEAD", "", None, {}),
    ("GET", "", None, {}),
    ("GET", "", None, {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch"}),
    ("GET", "?List-Unsubscribe=One-Click&do=leave+all", None, {}),
    ("GET", "", ACT, FORM),
    ("GET", "", None, {"X-HTTP-Method-Override": "POST"}),
    ("HEAD", "", None, {}),
)
"""GET, HEAD and prefetching, both in a row, and what pretends to be a POST."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The bundled newsroom after its first edition; what comes from this machine is a proxy's."""
    subprocess.run(
        [sys.executable, "-m", "digest", "demo", "--out", str(tmp_path / "demo")],
        check=True, capture_output=True, env=_plain(), timeout=120,
    )  # fmt: skip
    home = tmp_path / "demo" / "home"
    file = home / "config" / "digest.toml"
    text = file.read_text(encoding="utf-8")
    assert "\n[site]\n" in f"\n{text}"
    file.write_text(f"\n{text}".replace("\n[site]\n", '\n[site]\nproxies = ["127.0.0.1/32"]\n', 1), encoding="utf-8")
    return home


@pytest.fixture
def web(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home / "var" / "web.log").open("wb")
    command = [sys.executable, "-m", "digest", "--home", str(home), "web", "--port", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=log, env=_plain())
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            break
        except OSError:
            assert process.poll() is None, (home / "var" / "web.log").read_text()
            time.sleep(0.1)
    yield process, port
    process.kill()
    process.wait(30)
    log.close()


def test_looking_changes_nothing_anywhere(home: Path, web: tuple[subprocess.Popen[bytes], int], settings: Any) -> None:
    process, port = web
    settings.KEYS = tuple((home / "var" / "secret.key").read_text().split())
    addresses = _addresses(home)
    before = _everything(home)
    for number, (address, statuses) in enumerate(addresses.items()):
        # A network of its own for each address: else they would be known for a scanner by their haste alone.
        network = f"198.51.{number}.7"
        found = [_look(port, method, address + query, network, body, more) for method, query, body, more in LOOKS]
        assert set(found) <= statuses, (address, found)
        assert _everything(home) == before, address
    # Counts of clicks are held back for a minute and written at the end: one reader's, and no scanner's.
    story = next(address for address in addresses if address.startswith("/r/"))
    assert _look(port, "GET", story, "203.0.113.7") == 302
    process.terminate()
    assert process.wait(30) == 0
    added = set(_everything(home).splitlines()) - set(before.splitlines())
    (counted,) = (line for line in added if "sqlite_sequence" not in line)
    assert counted.startswith('INSERT INTO "digest_click"')
    assert counted.endswith(",1,1);")


def _look(
    port: int, method: str, address: str, network: str, body: bytes | None = None, more: Mapping[str, str] | None = None
) -> int:
    """The status of an answer, which sets no cookie outside the studio."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        known = {"User-Agent": BROWSER, "X-Forwarded-For": network}
        line.request(method, address, body, {**known, **(more or {})})
        answer = line.getresponse()
        answer.read()
        assert address.startswith("/studio") or answer.getheader("Set-Cookie") is None
        return answer.status


def _addresses(home: Path) -> dict[str, set[int]]:
    """Every address that can be looked at, with the answers that are right."""
    with closing(sqlite3.connect(home / "var" / "digest.sqlite3", timeout=20)) as database:
        handle, newsletter = database.execute(
            "SELECT u.handle, s.newsletter FROM digest_subscriber u "
            "JOIN digest_subscription s ON s.subscriber_id = u.id"
        ).fetchone()
        slot, story = database.execute(
            "SELECT slot_key, json_extract(content, '$.sections[0].stories[0].id') FROM digest_edition"
        ).fetchone()
        (picture,) = database.execute("SELECT name FROM digest_picture WHERE name <> ''").fetchone()
        _links(database)
    leave, own = (tokens.make(scope, handle, newsletter) for scope in ("unsubscribe", "settings"))
    edition = f"/e/{newsletter}/{slot}"
    studio = f"/studio/editions/{newsletter}/{slot}"
    shown, moved, refused = {200}, {302}, {405}
    return {
        f"/u/{leave}": shown,
        f"/u/{leave}/less": moved,
        f"/s/{own}": shown,
        f"/confirm/{SECRET}": shown,
        "/subscribe": shown,
        f"/subscribe/{newsletter}": shown,
        f"/e/{newsletter}/": shown,
        edition: shown,
        f"{edition}/print": shown,
        f"/r/{newsletter}/{slot}/{story}": moved,
        f"/i/{picture}": shown,
        "/hooks/ses/": {404, 405},
        "/metrics": {403},
        f"/studio/sign-in/{SIGN_IN}": shown,
        "/studio/": moved,
        f"{studio}/deliveries": moved,
        **{f"{studio}/{act}": refused for act in ("approve", "hold", "resume", "settle", "wish", "shape", "retag")},
    }


def _links(database: sqlite3.Connection) -> None:
    """A link that erases a reader, and one that signs an editor in: both in mails, where scanners find them."""
    at = now().replace(tzinfo=None)
    (email,) = database.execute("SELECT email FROM digest_subscriber").fetchone()
    database.execute(
        "INSERT INTO digest_request (act, hash, email, wish, text, network, asked_at, mailed_at) "
        "VALUES ('erase', ?, ?, '{}', '', '', ?, ?)",
        (hashlib.sha256(SECRET.encode()).hexdigest(), email, str(at), str(at)),
    )
    database.execute(
        "INSERT INTO digest_user (password, is_superuser, email, name, is_staff, is_active, joined_at) "
        "VALUES ('!', 0, 'ana@news.example', '', 1, 1, ?)",
        (str(at),),
    )
    database.execute(
        "INSERT INTO digest_sign_in_link (hash, user_id, expires_at) SELECT ?, id, ? FROM digest_user",
        (hashlib.sha256(SIGN_IN.encode()).hexdigest(), str(at + timedelta(minutes=15))),
    )
    database.commit()


def _everything(home: Path) -> str:
    with closing(sqlite3.connect(home / "var" / "digest.sqlite3", timeout=20)) as database:
        return "\n".join(database.iterdump())


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("DIGEST_", "DJANGO_"))}

"""Serves the bundled, invented newsroom on loopback: its feeds, made fresh from templates, and its pictures.

A template's tokens are filled when it is served, so that the news is always of today:

    @{-3h20m}             an instant before (or, with +, after) now, in the feed's own way of writing dates
    @{-3h20m|iso}         the same in RFC 3339; also |rfc (RFC 5322) and |date (the civil date in UTC)
    @{-1d|weekday}        the name of that day; |weekday-de and |weekday-ar in German and Arabic
    @{base}  @{site}      where this newsroom is served, and the address of the installation that reads it

`examples/newsroom/README.md` tells what is in it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from types import TracebackType
from typing import Self

from babel.dates import format_date

from digest.errors import InputError

_TOKEN = re.compile(r"@\{([^{}\n]*)\}")
_INSTANT = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:\|([a-z-]+))?")
_ENCODING = re.compile(r"""<\?xml[^>]*\bencoding=["']([A-Za-z0-9._-]+)["']""")
_TYPES = {
    ".xml": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".rdf": "application/rdf+xml",
    ".json": "application/feed+json",
    ".jpg": "image/jpeg",
}
BROKEN_SUFFIX = ".500"
"""A feed's file named so (`gazette.xml.500`) is the body of the 500 that its address answers."""


def fill(name: str, text: str, now: datetime, base: str, site: str = "") -> str:
    """Fill a template's tokens.

    Args:
        name: the file's name; its suffix decides how a bare instant is written (.xml: RFC 5322, else RFC 3339).
        text: the template.
        now: the instant that tokens count from, aware.
        base: the newsroom's address, without a slash at the end.
        site: the address of the installation, for configuration.

    Raises:
        InputError: a token is not one of the known ones; the message names the file and the line.
    """
    usual = "rfc" if PurePosixPath(name).suffix == ".xml" else "iso"
    addresses = {"base": base, "site": site}

    def replace(match: re.Match[str]) -> str:
        token = match[1]
        filled = addresses.get(token) or _instant(token, now, usual)
        if filled is None:
            line = text.count("\n", 0, match.start()) + 1
            raise InputError(f"{name}:{line}: @{{{token}}} is not a token; see the newsroom's README.")
        return filled

    return _TOKEN.sub(replace, text)


def _instant(token: str, now: datetime, usual: str) -> str | None:
    """An instant's token written out; None when it is not one."""
    parts = _INSTANT.fullmatch(token)
    if parts is None or not any(parts.group(2, 3, 4)):
        return None
    sign, days, hours, minutes, form = parts.groups()
    span = timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0))
    instant = (now - span if sign == "-" else now + span).astimezone(UTC).replace(microsecond=0)
    match form or usual:
        case "rfc":
            return format_datetime(instant, usegmt=True)
        case "iso":
            return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "date":
            return instant.date().isoformat()
        case "weekday" | "weekday-de" | "weekday-ar" as day:
            return format_date(instant.date(), "EEEE", locale=day.partition("-")[2] or "en")
    return None


def render_feed(name: str, text: str, now: datetime, base: str) -> bytes:
    """A feed as it is served: tokens filled, in the encoding its XML declaration names, else UTF-8.

    Raises:
        InputError: a token is not known.
    """
    filled = fill(name, text, now, base)
    declared = _ENCODING.search(filled[:1000])
    return filled.encode(declared[1] if declared else "utf-8", "xmlcharrefreplace")


class Newsroom:
    """The newsroom's small web server on a free port of 127.0.0.1, until it is closed.

    Args:
        folder: the newsroom's folder, with `feeds/`, `feeds/v2/`, `pictures/` and `config/`.
        now: the instant all dates count from, aware.

    Attributes:
        base: its address, without a slash at the end.
        answers: path and status of every answer it gave, in order.

    Raises:
        InputError: a template has an unknown token.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.answers: list[tuple[str, int]] = []
        self._bodies: dict[str, bytes] = {}
        self._failing: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        try:
            self._read_feeds(folder / "feeds")
        except InputError:
            self._server.server_close()
            raise
        for picture in sorted((folder / "pictures").glob("*.jpg")):
            self._bodies[f"/pictures/{picture.name}"] = picture.read_bytes()
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def publish_update(self) -> None:
        """From now on serve the second version of every feed that has one in `feeds/v2/`."""
        self._read_feeds(self.folder / "feeds" / "v2")

    def write_home(self, home: Path, site: str) -> None:
        """Write the newsroom's configuration into `home`/config, its addresses filled in.

        Args:
            home: the folder; made if absent, files of the same name replaced.
            site: the address of the installation that will use it, without a slash at the end.

        Raises:
            InputError: a file has an unknown token.
        """
        source = self.folder / "config"
        for file in sorted(source.rglob("*.toml")):
            target = home / "config" / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = file.read_text(encoding="utf-8")
            target.write_text(fill(file.name, text, self.now, self.base, site), encoding="utf-8")

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, none_match: str, modified_since: str) -> tuple[HTTPStatus, dict[str, str], bytes]:
        """What a GET is answered with: status, headers, body; conditions as in RFC 9110, section 13.

        Args:
            path: the request's path, without a query.
            none_match: If-None-Match, or empty.
            modified_since: If-Modified-Since, or empty.
        """
        if path in self._failing:
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"Content-Type": "text/html"}, self._failing[path]
        body = self._bodies.get(path)
        if body is None:
            return HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"Not here.\n"
        headers = {
            "Content-Type": _TYPES[PurePosixPath(path).suffix],
            "ETag": f'"{sha256(body).hexdigest()[:20]}"',
            "Last-Modified": format_datetime(self.now.astimezone(UTC).replace(microsecond=0), usegmt=True),
            "Cache-Control": "no-cache",
        }
        if _unchanged(headers["ETag"], headers["Last-Modified"], none_match, modified_since):
            return HTTPStatus.NOT_MODIFIED, headers, b""
        return HTTPStatus.OK, headers, body

    def _read_feeds(self, folder: Path) -> None:
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            if file.suffix == BROKEN_SUFFIX:
                self._failing[f"/feeds/{file.stem}"] = file.read_bytes()
            elif file.suffix in _TYPES:
                text = file.read_text(encoding="utf-8")
                self._bodies[f"/feeds/{file.name}"] = render_feed(file.name, text, self.now, self.base)


def _unchanged(tag: str, modified: str, none_match: str, modified_since: str) -> bool:
    """Whether the client's copy is the same. If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
    if none_match:
        return none_match.strip() == "*" or tag in {given.strip().removeprefix("W/") for given in none_match.split(",")}
    try:
        since = parsedate_to_datetime(modified_since) if modified_since else None
    except ValueError:
        return False
    # A date without a zone is no HTTP date, and ignored (RFC 9110, 13.1.3).
    return since is not None and since.tzinfo is not None and parsedate_to_datetime(modified) <= since


def _handler(newsroom: Newsroom) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked = self.headers
            status, headers, body = newsroom.answer(
                path, asked.get("If-None-Match", ""), asked.get("If-Modified-Since", "")
            )
            newsroom.answers.append((path, status.value))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status is not HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
            """Say nothing: `answers` keeps what was served."""

    return Handler

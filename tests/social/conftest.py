"""A small X of our own on loopback, and editions whose posts may leave."""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from oauthlib.oauth1.rfc5849 import signature

from digest.config.environment import Environment
from digest.config.values import Account
from digest.model import Post as Planned
from digest.social import ledger, x
from digest.store.editions import Edition
from digest.store.posts import Post

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
KEYS = {
    "CONSUMER_KEY": "ck-123",
    "CONSUMER_SECRET": "cs-456",
    "ACCESS_TOKEN": "77-at",
    "ACCESS_TOKEN_SECRET": "ats-789",
}
ENVIRONMENT = {f"DIGEST_X_NEWSROOM_{name}": value for name, value in KEYS.items()}
DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}


class StubX:
    """Answers as X's description of its API says. `answers` holds what it says instead, first in, first out."""

    def __init__(self):
        self.posts = []
        self.requests = []
        self.said = []
        self.answers = []
        self.clock = NOW
        self.hidden = False
        self.address = ""

    def create(self, text):
        if any(post["given"] == text for post in self.posts):
            return 403, {}, DUPLICATE
        urls = [
            {"start": m.start(), "end": m.end(), "url": f"https://t.co/{n}", "expanded_url": m[0]}
            for n, m in enumerate(re.finditer(r"https?://\S+", text))
        ]
        shown = text
        for url in urls:
            shown = shown.replace(url["expanded_url"], url["url"])
        number = str(1_900_000_000_000_000_000 + len(self.posts))
        made = {"id": number, "text": html.escape(shown, quote=False), "created_at": self.clock.isoformat()}
        self.posts.append({"given": text, "at": self.clock, "shown": {**made, "entities": {"urls": urls}}})
        return 201, {}, {"data": {"id": number, "text": made["text"]}}

    def timeline(self, query):
        if unknown := set(query) - {"max_results", "exclude", "start_time", "post.fields"}:
            return 400, {}, {"detail": f"unknown: {unknown}", "type": "about:blank", "title": "Invalid Request"}
        since = datetime.fromisoformat(query.get("start_time", "2010-11-06T00:00:00+00:00"))
        shown = [post["shown"] for post in reversed(self.posts) if post["at"] >= since and not self.hidden]
        return (
            200,
            {},
            {"data": shown, "meta": {"result_count": len(shown)}} if shown else {"meta": {"result_count": 0}},
        )

    def signed(self, method, url, authorization):
        """Whether the signature is right for this very address, as RFC 5849 3.4 has it."""
        params = signature.collect_parameters(uri_query=urlsplit(url).query, headers={"Authorization": authorization})
        base = signature.signature_base_string(
            method, signature.base_string_uri(url), signature.normalize_parameters(params)
        )
        given = dict(
            signature.collect_parameters(headers={"Authorization": authorization}, exclude_oauth_signature=False)
        )
        key = f"{KEYS['CONSUMER_SECRET']}&{KEYS['ACCESS_TOKEN_SECRET']}"
        wanted = base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
        return given["oauth_signature"] == wanted

    def answer(self, method, path, headers, body):
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        self.requests.append({"method": method, "path": parts.path, "query": query, "body": body})
        authorization = headers.get("Authorization", "")
        bearer = authorization == "Bearer user-token"
        if not bearer and not self.signed(method, self.address + path, authorization):
            return 401, {}, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
        if parts.path == "/2/users/me":
            return 200, {}, {"data": {"id": "77", "name": "Newsroom", "username": "newsroom"}}
        if (method, parts.path) == ("POST", "/2/tweets"):
            return self.create(body["text"])
        return self.timeline(query) if parts.path == "/2/users/77/tweets" else (404, {}, {"title": "Not Found"})


def _handler(stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words):
            pass

        def _do(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            override = stub.answers.pop(0) if stub.answers else None
            if callable(override):
                override = override(stub, self, raw)
                if override is None:
                    self.close_connection = True
                    return
            status, headers, said = override or stub.answer(
                self.command, self.path, self.headers, json.loads(raw) if raw else None
            )
            stub.said.append({"path": urlsplit(self.path).path, "status": status, "body": said})
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _do  # noqa: N815 - the names http.server calls

    return Handler


@pytest.fixture
def stub():
    """X on loopback."""
    made = StubX()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def account(stub):
    """An account on that X."""
    return Account(name="newsroom", network="x", address=stub.address)


@pytest.fixture
def network(account):
    """The account, opened with keys of OAuth 1.0a and little patience."""
    opened = x.connect(account, Environment(ENVIRONMENT))
    opened.client.session.read_seconds = 0.4
    opened.client.session.total_seconds = 1.0
    return opened


@pytest.fixture
def cut_off():
    """Answers for the stub: takes the post, then never answers; or breaks off; or is slow."""

    def taken(stub, handler, raw):
        stub.create(json.loads(raw)["text"])

    def slow(stub, handler, raw):
        answer = stub.create(json.loads(raw)["text"])
        time.sleep(0.8)
        return answer

    def trickle(stub, handler, raw):
        handler.send_response(201)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        for _ in range(20):
            try:
                handler.wfile.write(b"{")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    def short(stub, handler, raw):
        handler.send_response(201)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"data"')

    return {"taken": taken, "slow": slow, "trickle": trickle, "short": short}


@pytest.fixture
def row():
    """Makes a row that is in no database."""

    def make(text="Harbour reopens\n\nhttps://courier.com/1", link="https://courier.com/1", **values):
        edition = Edition(newsletter="daily", slot_key="2026-11-24")
        base = {"account": "x:newsroom", "kind": "story", "item": "1", "at": NOW, "edition": edition}
        return Post(text=text, link=link, **{**base, **values})

    return make


@pytest.fixture
def leaving():
    """Makes an edition that is leaving, with planned posts, in the database."""
    made = []

    def make(*items, channel="x:newsroom", by="ana@news.example", now=NOW, status="sending", kind="story"):
        day = NOW + timedelta(days=len(made))
        edition = Edition.objects.create(
            newsletter="daily", slot_key=f"{day:%Y-%m-%d}", slot_at=day, number=len(made) + 1, status=status,
            window_from=NOW, window_to=NOW, drafted_at=NOW, approved_at=NOW, approved_by=by,
        )  # fmt: skip
        made.append(edition)
        links = {item: f"https://courier.com/{item}" for item in items}
        posts = [
            Planned(account=channel, kind=kind, item=item, text=f"Story {item}\n\n{link}", link=link, language="en")
            for item, link in links.items()
        ]
        ledger.plan(edition, posts, now)
        return edition

    return make

"""Each step fails in turn, as wordily as it can, and nowhere does a password or a key show."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

PASSWORD = "pa:ss@w0rd/+%41 q7Zx"
TOKEN = "xToken-9f3kQ7vVw2"
KEYS = {name: f"xKey{number}-Jh7Qm2Lp" for number, name in enumerate(
    ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"))}  # fmt: skip
SECRETS = [
    PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), base64.b64encode(PASSWORD.encode()).decode(), TOKEN,
    base64.b64encode(f"\x00news\x00{PASSWORD}".encode()).decode(), *KEYS.values(),
]  # fmt: skip


class Talkative(socketserver.StreamRequestHandler):
    """A mail server that repeats all it hears, and fails where its server's `fails` says."""

    def handle(self) -> None:
        fails = self.server.fails  # type: ignore[attr-defined]
        if fails == "greeting":
            self._say("554 go away")
            return
        self._say("220 hello")
        while line := self.rfile.readline(4096):
            heard = line.decode("latin-1").strip()
            word = heard.split(" ")[0].upper()
            if word in ("EHLO", "HELO"):
                self._say("250-here\r\n250 AUTH PLAIN LOGIN")
            elif word == "AUTH":
                self._say(f"535 no: {heard} {PASSWORD}" if fails == "login" else "235 yes")
            elif word == "DATA" and fails != "data":
                self._say("354 go")
                while self.rfile.readline(4096).strip() != b".":
                    continue
                self._say("250 taken" if fails == "nothing" else "554 unwanted")
            elif word == "QUIT":
                self._say("221 bye")
                return
            elif word == {"sender": "MAIL", "reader": "RCPT", "data": "DATA"}.get(fails):
                self._say(f"550 no: {heard}")
            else:
                self._say("250 fine" if word in ("MAIL", "RCPT", "RSET", "NOOP") else f"502 what is {heard}")

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    fails = "nothing"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer(("127.0.0.1", 0), Talkative)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def newsroom(shell: Any, site: Any, papers: Any) -> Any:
    """A home that mails by a server and posts to a stand-in for X."""
    shell.write(
        "digest.toml",
        '[site]\nname = "The Courier"\nsender = "letters@news.example"\npostal_address = "1 Quay Street"\n'
        'editors = ["ana@news.example"]\n[delivery]\ntransport = "smtp"\n',
    )
    shell.write("social.toml", f'[[accounts]]\nname = "desk"\nnetwork = "x"\naddress = "{site.base}"\n')
    shell.write(
        "newsletters/daily.toml",
        'title = "The Daily"\nchannels = ["letter", "web", "x:desk"]\n[[sections]]\ntag = "*"\ntitle = "Today"\n',
    )
    shell.feeds(site.says("/feed", papers.rss(*(papers.item(n) for n in range(4)))))
    shell.do("subscribers", "add", "ana@inbox.example", "--consent", "invented for this test")
    shell.environment |= {f"DIGEST_X_DESK_{name}": value for name, value in KEYS.items()}
    return shell


def hidden(shell: Any, *words: str, **variables: str) -> str:
    """Run a command as wordily as it can, look for secrets in all it says, and give that."""
    shell.flags = ("--json", "-vv")
    process = shell.start(*words, **variables)
    out, errors = process.communicate(timeout=120)
    said = out + errors
    assert "Traceback" not in errors, errors
    for secret in SECRETS:
        assert secret not in said, words
    return said


def nowhere(shell: Any) -> None:
    """No file of the home, the database included, holds a secret."""
    for file in (shell.home / "var").rglob("*"):
        if file.is_file():
            body = file.read_bytes()
            for secret in SECRETS:
                assert secret.encode() not in body, file


@pytest.mark.slow
def test_no_secret_shows(newsroom: Any, mail: MailServer, site: Any):
    said, url = newsroom.environment, f"news:{quote(PASSWORD, safe='')}@"
    port = mail.server_address[1]
    good = f"smtp://{url}127.0.0.1:{port}"
    for wrong in (f"smtp://{url}127.0.0.1:99999999", f"smtp://{url}", f"smtp://{url}127.0.0.1:1", f"imap://{url}x",
                  f"smtp://{url}mail.invalid:587?tls=none", f"smtps://{url}127.0.0.1:{port}", f"{good}?tls=starttls",
                  f"{good}?ca=/nowhere", f"{good}?password=x", f"smtp://news:{PASSWORD}@127.0.0.1:{port}"):  # fmt: skip
        said["DIGEST_SMTP_URL"] = wrong
        if wrong == f"smtp://{url}":
            newsroom.do("gather")
            newsroom.do("draft", "daily")
            newsroom.do("approve", "daily/latest")
        hidden(newsroom, "publish", "daily/latest")
    hidden(newsroom, "check", "--online")
    nowhere(newsroom)


SLOW = [
    pytest.param(word, marks=pytest.mark.slow) for word in ("greeting", "sender", "reader", "data", "letter", "nothing")
]


@pytest.mark.parametrize("fails", ["login", *SLOW])
def test_no_secret_shows_when_a_server_fails(newsroom: Any, mail: MailServer, site: Any, fails: str):
    said = newsroom.environment
    said["DIGEST_SMTP_URL"] = f"smtp://news:{quote(PASSWORD, safe='')}@127.0.0.1:{mail.server_address[1]}"
    mail.fails = fails
    bodies = {
        "greeting": b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "login": b"HTTP/1.1 403 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<no>",
        "sender": b"garbage", "reader": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "data": b"HTTP/1.1 302 No\r\nLocation: http://127.0.0.1:1/2/tweets\r\nContent-Length: 0\r\n\r\n",
        "letter": b"HTTP/1.1 429 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "nothing": b"",
    }  # fmt: skip
    site.pages["/2/tweets"] = bodies[fails]
    if fails == "data":
        del said["DIGEST_X_DESK_CONSUMER_KEY"]
        said["DIGEST_X_DESK_TOKEN"] = TOKEN
    newsroom.do("gather")
    newsroom.do("draft", "daily")
    newsroom.do("approve", "daily/latest")
    hidden(newsroom, "publish", "daily/latest")
    hidden(newsroom, "deliveries", "daily/latest")
    hidden(newsroom, "run", "daily")
    nowhere(newsroom)

"""A mailbox is read once, whatever is in it and whoever keeps it."""

from __future__ import annotations

import os
import runpy
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.audience import suppression
from digest.delivery import mailbox, returns
from digest.delivery.letterbox import ImapBox, MaildirBox, letterbox
from digest.errors import ConfigError, TransportError
from digest.store.models import Letter, Report

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SmallImap = runpy.run_path(str(Path(__file__).parent / "small_imap.py"))["SmallImap"]
GONE = ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", "", "")
SPAM = b"From: prince@else.example\nSubject: Oil\n\nDear friend\n"


@pytest.fixture
def letter(edition, readers):
    (who,) = readers(1)
    return Letter.objects.create(edition=edition, subscriber=who, status="sent", due_at=NOW, at=NOW)


@pytest.fixture
def came_back(letter, dsn):
    return dsn(GONE, to=returns.address("bounces@news.example", letter.pk))


def visit(box, **limits):
    return mailbox.visit(box, now=NOW, soft_limit=3, **limits)


@pytest.fixture
def maildir(tmp_path):
    folder = tmp_path / "bounces"
    for kind in ("tmp", "new", "cur"):
        (folder / kind).mkdir(parents=True)
    return folder


def names(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() or file.is_symlink())


class TestMaildir:
    def test_what_is_understood_is_put_aside_and_the_rest_flagged(self, maildir, came_back, letter):
        (maildir / "new" / "1.a").write_bytes(came_back)
        (maildir / "new" / "2.b").write_bytes(SPAM)
        (maildir / "cur" / "3.c:2,").write_bytes(came_back)
        (maildir / "cur" / "4.d:2,S").write_bytes(came_back)
        assert visit(MaildirBox(folder=maildir)) == {"hard": 1, "repeat": 1, "not understood": 1}
        assert names(maildir) == [
            ".digest-done/cur/1.a:2,S", ".digest-done/cur/3.c:2,S", ".digest-done/maildirfolder",
            "cur/2.b:2,F", "cur/4.d:2,S",
        ]  # fmt: skip
        letter.refresh_from_db()
        assert (letter.status, letter.bounce) == ("failed", "hard")
        assert suppression.why("reader1@inbox.example") == "bounce"
        assert visit(MaildirBox(folder=maildir)) == {}

    def test_a_crash_after_the_commit_is_harmless(self, maildir, came_back):
        (maildir / "new" / "1.a").write_bytes(came_back)
        assert visit(MaildirBox(folder=maildir)) == {"hard": 1}
        (maildir / ".digest-done" / "cur" / "1.a:2,S").rename(maildir / "new" / "1.a")
        assert visit(MaildirBox(folder=maildir)) == {"repeat": 1}
        assert Report.objects.count() == 1

    def test_links_and_pipes_are_not_followed(self, maildir, tmp_path, came_back):
        (tmp_path / "secret").write_bytes(came_back)
        (maildir / "new" / "1.link").symlink_to(tmp_path / "secret")
        os.mkfifo(maildir / "new" / "2.pipe")
        (maildir / "new" / ".hidden").write_bytes(came_back)
        assert visit(MaildirBox(folder=maildir)) == {}

    def test_a_visit_has_an_end(self, maildir, came_back):
        for at in range(120):
            (maildir / "new" / f"{at}").write_bytes(came_back)
        assert sum(visit(MaildirBox(folder=maildir), limit=70).values()) == 70
        assert sum(visit(MaildirBox(folder=maildir), limit=70).values()) == 50

    def test_a_huge_message_is_read_at_its_beginning(self, maildir, came_back):
        with (maildir / "new" / "1.huge").open("wb") as file:
            file.write(came_back)
            file.truncate(200_000_000)
        assert visit(MaildirBox(folder=maildir)) == {"hard": 1}

    def test_a_folder_that_is_none_is_named(self, tmp_path):
        with pytest.raises(TransportError, match="DIGEST_BOUNCES_URL"):
            visit(MaildirBox(folder=tmp_path))


@pytest.fixture
def imap():
    running = []

    def start(messages, **manners):
        running.append(SmallImap(messages, **manners))
        return running[-1]

    yield start
    for server in running:
        server.close()


def box(server, **given):
    values = {"user": "ana", "password": "oyster bank", "tls": "none", "timeout": 2, "visit": 4}
    return ImapBox(host="127.0.0.1", port=server.port, **{**values, **given})


class TestImap:
    @pytest.mark.parametrize("move", [True, False])
    def test_what_is_understood_is_moved_and_the_rest_flagged(self, imap, came_back, letter, move):
        server = imap([came_back, SPAM, came_back], move=move)
        assert visit(box(server)) == {"hard": 1, "repeat": 1, "not understood": 1}
        assert set(server.moved) == {1, 3}
        assert server.folders == {"INBOX", "digest-done"}
        assert all("\\Seen" in flags for flags, _ in server.moved.values())
        assert "\\Flagged" in server.messages[2][0]
        assert visit(box(server)) == {}
        assert Report.objects.count() == 1

    def test_a_server_with_all_folders_under_inbox(self, imap, came_back):
        server = imap([came_back], manners="prefix")
        visit(box(server))
        assert server.folders == {"INBOX", "INBOX.digest-done"}

    def test_starttls_is_verified(self, imap, came_back, authority, tmp_path):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        server = imap([came_back], tls=context)
        with pytest.raises(TransportError, match="certificate"):
            visit(box(server, tls="starttls"))
        assert "LOGIN" not in server.seen
        assert visit(box(server, tls="starttls", ca=str(tmp_path / "ca.pem"))) == {"hard": 1}

    def test_without_starttls_nothing_is_said(self, imap):
        server = imap([])
        with pytest.raises(TransportError, match="TLS"):
            visit(box(server, tls="starttls"))
        assert "LOGIN" not in server.seen

    def test_a_refused_sign_in_does_not_show_the_password(self, imap):
        with pytest.raises(TransportError) as caught:
            visit(box(imap([], manners="refuse")))
        assert "DIGEST_BOUNCES_URL" in str(caught.value)
        assert "oyster" not in str(caught.value)
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize("manners", ["drip", "flood", "big", "hang", "bye"])
    def test_no_server_holds_a_visit_up(self, imap, came_back, manners):
        begin = time.monotonic()
        with pytest.raises(TransportError, match="does not list its messages"):
            visit(box(imap([came_back], manners=manners)))
        assert time.monotonic() - begin < 10

    def test_a_server_that_is_not_there(self, imap):
        server = imap([])
        server.close()
        with pytest.raises(TransportError, match="cannot be reached"):
            visit(ImapBox(host="127.0.0.1", port=server.port, user="a", password="b", tls="none", timeout=2))
        server.close = lambda: None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://ana:oyster%20bank@mail.example",
         ImapBox(host="mail.example", port=993, user="ana", password="oyster bank")),
        ("imaps://ana%40x.example:p@mail.example:9993/Returned/Mail?ca=/ca.pem",
         ImapBox(host="mail.example", port=9993, user="ana@x.example", password="p", folder="Returned/Mail",
                 ca="/ca.pem")),
        ("imap://ana:p@mail.example/INBOX",
         ImapBox(host="mail.example", port=143, user="ana", password="p", tls="starttls")),
        ("imap://ana:p@127.0.0.1:2143/INBOX",
         ImapBox(host="127.0.0.1", port=2143, user="ana", password="p", tls="none")),
        ("maildir:///var/mail/a%20b", MaildirBox(folder=Path("/var/mail/a b"))),
    ],
)  # fmt: skip
def test_an_address_is_read(url, expected):
    assert letterbox(url) == expected
    assert "oyster" not in repr(letterbox(url))


@pytest.mark.parametrize(
    "url",
    ["", "pop3://ana:secret@mail.example", "imaps://mail.example", "imaps://ana@mail.example", "maildir://var/mail",
     "imaps://ana:secret@mail.example:port", "imaps://ana:secret@mail.example?tls=none", "maildir:mail",
     "imaps://ana:sec%0Aret@mail.example", "imaps://ana:secret@mail.example/Zur%C3%BCck", "imaps://:secret@mail.example"],
)  # fmt: skip
def test_a_wrong_address_is_refused_without_its_password(url):
    with pytest.raises(ConfigError) as caught:
        letterbox(url)
    assert caught.value.problems[0].key == "DIGEST_BOUNCES_URL"
    assert "secret" not in str(caught.value)

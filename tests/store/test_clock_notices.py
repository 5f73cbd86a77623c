"""Notices leave once, are kept when they cannot, and hold no more than they must."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from digest.clock.house import forget
from digest.config import Config, Environment
from digest.pipeline import notices
from digest.store.editions import Edition, Notice
from digest.store.people import SignInLink, User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def configured(editors: list[str], transport: str = "folder") -> Config:
    site = {"name": "Courier", "editors": editors, "address": "https://news.example", "sender": "C <c@news.example>"}
    return Config.model_validate({"site": site, "delivery": {"transport": transport}})


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    return tmp_path


def letters(var: Path) -> list[email.message.EmailMessage]:
    files = sorted((var / "notices").glob("*.eml")) if (var / "notices").exists() else []
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]


def test_an_occasion_is_told_once_and_delivered_once(var: Path) -> None:
    config = configured(["Ana <ana@news.example>", "ben@news.example"])
    edition = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=NOW, number=1, window_from=NOW, window_to=NOW, drafted_at=NOW
    )
    assert notices.tell(config, "waits daily/1", "A draft waits", "Look.", edition=edition, now=NOW)
    assert not notices.tell(config, "waits daily/1", "A draft waits", "Look.", edition=edition, now=NOW)
    assert notices.deliver(config, Environment({}), now=NOW) == 1
    assert notices.deliver(config, Environment({}), now=NOW) == 0
    (letter,) = letters(var)
    assert letter["Subject"] == "[Courier] A draft waits"
    assert letter["To"] == "Ana <ana@news.example>, ben@news.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "https://news.example/studio/editions/daily/2026-11-24/" in letter.get_content()


def test_a_subject_from_outside_stays_one_line(var: Path) -> None:
    config = configured(["ana@news.example"])
    notices.tell(config, "x" * 900, "Stopped\r\nBcc: all@news.example", "…", now=NOW)
    assert notices.deliver(config, Environment({}), now=NOW) == 1
    (letter,) = letters(var)
    assert letter["Bcc"] is None


def test_what_cannot_be_delivered_is_kept_tried_again_and_given_up_when_old(var: Path) -> None:
    config = configured(["ana@news.example"])
    notices.tell(config, "held daily/1", "Held", "Look.", now=NOW)
    (var / "notices").write_text("a file where the folder should be")
    assert notices.deliver(config, Environment({}), now=NOW) == 0
    assert Notice.objects.get().problem
    (var / "notices").unlink()
    assert notices.deliver(config, Environment({}), now=NOW + timedelta(days=3)) == 0
    assert notices.deliver(config, Environment({}), now=NOW + timedelta(days=1)) == 1
    assert Notice.objects.get().problem == ""


def test_without_editors_notices_stay_in_the_studio() -> None:
    config = configured([])
    notices.tell(config, "held daily/1", "Held", "Look.", now=NOW)
    assert notices.deliver(config, Environment({}), now=NOW) == 0
    assert Notice.objects.get().sent_at is None


def test_old_sign_in_links_are_forgotten() -> None:
    user = User.objects.named("ana@news.example")
    for hours in (-30, -2, 1):
        SignInLink.objects.create(hash=f"h{hours}", user=user, expires_at=NOW + timedelta(hours=hours))
    forget(NOW)
    assert SignInLink.objects.count() == 2


class Bound(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Sink:
    """A mail server's mind: refuses one address."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address.startswith("gone"):
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 taken"


def test_notices_take_the_way_of_letters_and_are_not_repeated_for_one_bad_address() -> None:
    sink = Sink()
    controller = Bound(sink, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        smtp = Environment({"DIGEST_SMTP_URL": f"smtp://127.0.0.1:{controller.port}"})
        config = configured(["gone@news.example", "Ana <ana@news.example>"], "smtp")
        notices.tell(config, "held daily/1", "Held: daily/1", "Look.", now=NOW)
        assert notices.deliver(config, smtp, now=NOW) == 1
        assert notices.deliver(config, smtp, now=NOW) == 0
        assert [to for to, _ in sink.taken] == [["ana@news.example"]]
        assert b"Subject: [Courier] Held: daily/1" in sink.taken[0][1]
        notice = Notice.objects.get()
        assert "550 5.1.1" in notice.problem
        alone = configured(["gone@news.example"], "smtp")
        notices.tell(alone, "held daily/2", "Held: daily/2", "Look.", now=NOW)
        assert notices.deliver(alone, smtp, now=NOW) == 0
    finally:
        controller.stop()
    assert notices.deliver(alone, smtp, now=NOW) == 0
    assert "cannot be reached" in Notice.objects.get(occasion="held daily/2").problem

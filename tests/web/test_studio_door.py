"""The door: one answer for everybody, links that scanners cannot spend, and each link once."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from digest.clock.now import now
from digest.config import Environment
from digest.store.people import SignInLink, User
from digest.studio import door, gate, links
from digest.studio.aside import Aside

pytestmark = pytest.mark.django_db


def mailed(home: Path) -> list[str]:
    folder = home / "var" / "notices"
    files = sorted(folder.glob("*.eml")) if folder.exists() else []
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default).get_content() for f in files]


def asked(address: str, onward: str = "") -> bool:
    return links.by_mail(gate.current(), Environment({}), address, onward=onward, now=now())


def test_an_editor_gets_a_link_and_nobody_else_does(newsroom: Path) -> None:
    assert asked(" Ana@News.example ")
    assert not asked("mallory@evil.example")
    (text,) = mailed(newsroom)
    assert "https://news.example/studio/sign-in/" in text
    assert not User.objects.filter(email="mallory@evil.example").exists()


def test_requests_do_not_fill_an_editors_letters(newsroom: Path) -> None:
    assert [asked("ana@news.example") for _ in range(6)] == [True] * 3 + [False] * 3
    assert len(mailed(newsroom)) == 3


def test_an_hour_brings_one_editor_few_letters_even_if_each_link_is_used(newsroom: Path) -> None:
    start = now()

    def sent(minutes: int) -> bool:
        at = start + timedelta(minutes=minutes)
        done = links.by_mail(gate.current(), Environment({}), "ana@news.example", onward="", now=at)
        SignInLink.objects.update(used_at=at)
        return done

    assert [sent(minute) for minute in range(8)] == [True] * 6 + [False] * 2
    assert not sent(59)
    assert sent(61)


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_the_same_for_everybody(stranger: Any, newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = Aside("sign-in")
    monkeypatch.setattr(door, "MAILING", mailing)
    pages = []
    for address in ("ana@news.example", "mallory@evil.example"):
        page = stranger.get("/studio/sign-in")
        answer = stranger.press(page, "/studio/sign-in", email=address)
        pages.append(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    mailing.close()
    assert pages[0] == pages[1]
    assert "If that address belongs to an editor" in pages[0]
    assert len(mailed(newsroom)) == 1


def test_a_flood_of_requests_makes_few_threads_and_gets_the_same_answer(
    stranger: Any, newsroom: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go_on, began = threading.Event(), []
    mailing = Aside("flood", threads=2, waiting=5)

    def slow(*_: str) -> None:
        began.append(threading.get_ident())
        go_on.wait(20)

    monkeypatch.setattr(door, "MAILING", mailing)
    monkeypatch.setattr(door, "_mail", slow)
    answers = set()
    try:
        for _ in range(20):
            answer = stranger.press(stranger.get("/studio/sign-in"), "/studio/sign-in", email="ana@news.example")
            answers.add(re.sub(r'value="[^"]*"', "", answer.content.decode()))
        assert sum(thread.name.startswith("flood") for thread in threading.enumerate()) == 2
    finally:
        go_on.set()
        mailing.close()
    assert len(answers) == 1
    assert (len(began), len(set(began))) == (5, 2)
    assert caplog.text.count("one was not mailed") == 15


def test_a_job_that_breaks_off_is_told_and_leaves_its_room(caplog: pytest.LogCaptureFixture) -> None:
    mailing = Aside("room", threads=1, waiting=1)
    assert mailing.take(lambda: 1 // 0)
    assert mailing._room.acquire(timeout=20)
    mailing._room.release()
    assert mailing.take(lambda: None)
    mailing.close()
    assert "ZeroDivisionError" in caplog.text


def test_a_link_is_kept_as_a_hash_opened_by_a_press_and_spent_once(stranger: Any, newsroom: Path) -> None:
    assert asked("ana@news.example", onward="/studio/feeds")
    (address,) = re.findall(r"https://news\.example(/\S+)", mailed(newsroom)[0])
    token = address.split("/")[-1].split("?")[0]
    assert token not in str(SignInLink.objects.values())
    for _ in range(3):  # scanners look at links
        page = stranger.get(address)
        assert "Sign in to the studio" in page.content.decode()
    before = stranger.session.session_key
    answer = stranger.press(page, "")
    assert (answer.status_code, answer["Location"]) == (302, "/studio/feeds")
    assert stranger.session.session_key != before
    assert stranger.get("/studio/").status_code == 200
    again = type(stranger)()
    assert "used up" in again.get(address).content.decode()
    assert links.spend(token, now=now()) is None


def test_a_link_dies_after_twenty_minutes(newsroom: Path) -> None:
    address = links.by_shell(gate.current(), "https://news.example", now=now() - timedelta(minutes=20))
    assert links.spend(address.split("/")[-1], now=now()) is None
    assert links.spend("never made", now=now()) is None


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/studio/", "/e/daily/", "javascript:alert(1)"]
)
def test_a_link_leads_nowhere_else(stranger: Any, newsroom: Path, onward: str) -> None:
    address = links.by_shell(gate.current(), "", now=now())
    page = stranger.get(address, {"next": onward})
    assert stranger.press(page, "", next=onward)["Location"] == "/studio/"


def test_signing_out_takes_a_post_and_ends_the_session(ana: Any) -> None:
    assert ana.get("/studio/sign-out").status_code == 405
    assert ana.press(ana.get("/studio/"), "/studio/sign-out").status_code == 302
    assert ana.get("/studio/").status_code == 302


def test_the_operator_may_come_in_where_no_editor_is_configured(stranger: Any, newsroom: Path) -> None:
    toml = newsroom / "config" / "digest.toml"
    toml.write_text(re.sub(r"editors = .*", "editors = []", toml.read_text()))
    page = stranger.get(links.by_shell(gate.current(), "", now=now()))
    assert stranger.press(page, "").status_code == 302
    assert "operator@localhost" in stranger.get("/studio/").content.decode()


def test_a_link_of_somebody_who_left_the_list_opens_nothing(stranger: Any, newsroom: Path) -> None:
    address = links.by_shell(gate.current(), "", now=now())
    toml = newsroom / "config" / "digest.toml"
    toml.write_text(toml.read_text().replace("ana@news.example", "benno@news.example"))
    answer = stranger.press(stranger.get(address), "")
    assert answer.status_code == 403
    assert stranger.get("/studio/").status_code == 302


def test_cookies_are_shut_to_scripts_and_to_plain_http(ana: Any) -> None:
    cookie = ana.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)

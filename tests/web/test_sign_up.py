"""Signing up: one answer for everybody, a mail with a link, and a reader only once the link's button was pressed."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from digest.audience import limits, suppression, tokens
from digest.audience.subscriptions import add, erase, unsubscribe
from digest.clock.now import now
from digest.config import Config, Environment
from digest.pipeline import confirmations
from digest.reader import stamps
from digest.store import identity
from digest.store.models import Allowance, Request, Subscriber, Subscription

pytestmark = pytest.mark.django_db

SITE = {
    "name": "The Test Courier", "address": "https://news.example", "postal_address": "1 Quay Street",
    "sender": "The Test Courier <letters@news.example>", "privacy_link": "https://news.example/privacy",
    "proxies": ["192.0.2.1"],
}  # fmt: skip
SECTIONS = [{"tag": "Al Qaeda", "title": "Al Qaeda"}, {"tag": "world"}, {"tag": "*", "title": "Rest"}]


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    settings.CONFIG = Config.model_validate(
        {
            "site": SITE,
            "newsletters": {
                "daily": {"title": "The Daily & More", "sections": SECTIONS},
                "weekly": {"title": "The Weekly", "sections": SECTIONS, "default": False},
                "staff": {"title": "Staff only", "open": False},
            },
        }
    )
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.VAR = tmp_path
    identity.make(tmp_path, Environment({}), now=now())
    return tmp_path


@pytest.fixture
def web(var: Path) -> Client:
    """A browser from somewhere, without cookies, that is refused wherever a form token would be needed."""
    return Client(enforce_csrf_checks=True, REMOTE_ADDR="198.51.100.7")


def opened(seconds: float = 10.0) -> str:
    return stamps.stamp(now() - timedelta(seconds=seconds))


def ask(web: Client, address: str = "ana@inbox.example", path: str = "/subscribe/daily", **more: Any) -> Any:
    headers = more.pop("headers", {})
    return web.post(path, {"email": address, "opened": opened(), **more}, headers=headers)


def mailed(settings: Any) -> list[Any]:
    """The mails that leave now, each as a message."""
    folder = settings.VAR / "notices"
    before = set(folder.glob("*.eml")) if folder.exists() else set()
    confirmations.deliver(settings.CONFIG, Environment({}), now=now())
    new = sorted(set(folder.glob("*.eml")) - before) if folder.exists() else []
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in new]


def link(message: Any) -> str:
    text = message.get_body(("plain",)).get_content()
    return re.search(r"https://news\.example(/\S+)", text.split("privacy")[0])[1]


def test_from_the_form_to_a_reader(web, settings):
    page = web.get("/subscribe/daily")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    assert "X-Robots-Tag" not in page
    assert "I ask The Test Courier to send me The Daily &amp; More by e-mail." in page.text
    assert "https://news.example/privacy" in page.text
    answer = ask(web, " Ana@Inbox.Example ", topic=["daily/world"], language="de", zone="Asia/Tehran", format="text")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert not Subscriber.objects.exists()
    (message,) = mailed(settings)
    assert message["To"] == "ana@inbox.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in message.walk()} == {
        "multipart/alternative", "text/plain", "text/html",
    }  # fmt: skip
    confirm = link(message)
    assert confirm in message.get_body(("html",)).get_content()
    for method in ("get", "head", "get"):
        assert getattr(web, method)(confirm).status_code == 200
    assert not Subscriber.objects.exists()
    assert b"ana@" not in web.get(confirm).content
    assert web.post(confirm).status_code == 200
    reader = Subscriber.objects.get()
    assert (reader.email, reader.language, reader.zone, reader.format) == (
        "ana@inbox.example", "de", "Asia/Tehran", "text",
    )  # fmt: skip
    subscription = reader.subscriptions.get()
    assert (subscription.newsletter, subscription.status, subscription.topics) == ("daily", "active", ["world"])
    assert subscription.consent_at > now() - timedelta(minutes=1)
    assert "sign-up page /subscribe/daily" in subscription.consent_source
    assert "from 198.51.100.0/24" in subscription.consent_source
    assert "The Test Courier" in subscription.consent_text
    assert "The Daily & More" in subscription.consent_text


def test_a_link_pressed_again_brings_nobody_back(web, settings):
    ask(web)
    (message,) = mailed(settings)
    confirm = link(message)
    first = web.post(confirm)
    again = web.post(confirm)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    reader = Subscriber.objects.get()
    unsubscribe(reader.handle, "daily", now=now())
    assert web.post(confirm).status_code == 200
    assert Subscription.objects.get().status == "unsubscribed"
    erase("ana@inbox.example", now=now())
    assert web.post(confirm).status_code == 404
    assert not Subscriber.objects.exists()


def test_a_link_is_good_for_seven_days(web, settings):
    ask(web)
    (message,) = mailed(settings)
    Request.objects.update(asked_at=now() - timedelta(days=7, minutes=1))
    assert web.get(link(message)).status_code == 404
    assert web.post(link(message)).status_code == 404
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("bad", ["x", "A" * 32, "é" * 32, "A" * 31 + "/", "%00" + "A" * 31])
def test_a_forged_link_leads_nowhere(web, bad):
    assert web.post(f"/confirm/{bad}").status_code in (400, 404)


def test_everybody_gets_the_same_answer(web, settings):
    add("known@inbox.example", ["daily"], now=now(), consent_source="the shop")
    add("left@inbox.example", ["daily"], now=now(), consent_source="the shop")
    unsubscribe(Subscriber.objects.get(email="left@inbox.example").handle, "", now=now())
    for reason in ("bounce", "complaint", "erased", "person"):
        suppression.suppress(f"{reason}@inbox.example", reason=reason, now=now())
    names = ("known", "left", "bounce", "complaint", "erased", "person", "fresh")
    answers = []
    for name in names:
        answer = ask(web, f"{name}@inbox.example")
        answers.append((answer.status_code, answer.text.replace(name, "X"), sorted(answer.headers.items())))
    assert [a[:2] for a in answers] == [answers[0][:2]] * len(names)
    assert Request.objects.count() == len(names), "what is written does not differ either"
    found = {message["To"].partition("@")[0]: message for message in mailed(settings)}
    assert set(found) == {"known", "left", "erased", "person", "fresh"}
    assert "already receive" in found["known"]["Subject"]
    handle = Subscriber.objects.get(email="known@inbox.example").handle
    assert link(found["known"]) == f"/s/{tokens.make('settings', handle, 'daily')}"
    for name in ("left", "erased", "person"):
        web.post(link(found[name]))
        subscription = Subscription.objects.get(subscriber__email=f"{name}@inbox.example")
        assert subscription.status == "active"
        assert not suppression.why(f"{name}@inbox.example")
    assert set(Request.objects.values_list("email", flat=True)) == {
        f"{n}@inbox.example" for n in ("left", "erased", "person", "fresh")
    }
    assert limits.refusals(now()) == {"barred": 2}


def test_one_mail_an_hour_and_three_a_day_in_whatever_spelling(web, settings):
    spellings = ["v.ictim@gmail.com", "victim+a@gmail.com", "VICTIM@googlemail.com", "victim@gmail.com"]
    for spelling in spellings:
        assert ask(web, spelling).status_code == 200
    assert len(mailed(settings)) == 1
    assert Request.objects.count() == 1
    for hours in (2, 2, 2, 2):
        Allowance.objects.filter(key__contains="join").update(free_at=now() - timedelta(hours=hours))
        for spelling in spellings:
            ask(web, spelling)
        mailed(settings)
    assert Allowance.objects.get(key__contains="join").used == 3
    assert "victim" not in str(list(Allowance.objects.values()))


def test_a_network_that_asks_too_often_waits(web, settings):
    answers = [ask(web, f"r{n}@inbox.example").status_code for n in range(23)]
    assert answers == [200] * 20 + [429] * 3
    assert int(ask(web)["Retry-After"]) <= 240
    assert ask(web, "known@inbox.example").status_code == 429
    assert Request.objects.count() == 20
    other = Client(REMOTE_ADDR="198.51.101.7")
    assert ask(other).status_code == 200
    assert limits.refusals(now())["network"] == 5


def test_only_a_named_proxy_speaks_for_others(web, settings):
    def come(peer: str, said: str, number: int) -> int:
        return ask(
            Client(REMOTE_ADDR=peer), f"r{number}@inbox.example", headers={"X-Forwarded-For": said}
        ).status_code  # fmt: skip

    liar = [come("203.0.113.9", f"10.9.{n}.1", n) for n in range(21)]
    assert liar == [200] * 20 + [429]
    honest = [come("192.0.2.1", f"6.6.6.6, 8.8.{n}.1", n) for n in range(21)]
    assert honest == [200] * 21
    behind = [come("192.0.2.1", f"7.7.{n}.1, 9.9.9.9", n) for n in range(21)]
    assert behind == [200] * 20 + [429]


def test_a_flood_from_everywhere_is_slowed_when_nobody_confirms(web, settings):
    then = now() - timedelta(hours=1)
    for n in range(150):
        Request.objects.create(
            act="join", hash=f"h{n}", email=f"v{n}@inbox.example", asked_at=then, mailed_at=then,
            confirmed_at=then if n < 10 else None,
        )  # fmt: skip
    answers = [ask(Client(REMOTE_ADDR=f"2001:db8:{n:x}::1"), f"w{n}@inbox.example").status_code for n in range(70)]
    assert answers == [200] * 60 + [503] * 10
    Request.objects.filter(hash__in=[f"h{n}" for n in range(60)]).update(confirmed_at=then)
    assert ask(Client(REMOTE_ADDR="2001:db8:ffff::1"), "late@inbox.example").status_code == 200


def test_what_fills_in_every_field_is_no_person(web, settings):
    answer = ask(web, homepage="https://spam.example")
    assert answer.status_code == 200
    assert answer.content == ask(web).content
    assert Request.objects.count() == 1
    assert limits.refusals(now()) == {"honeypot": 1}


@pytest.mark.parametrize("stamp", ["", "x", "é", "A" * 24, "A" * 500])
def test_a_form_that_is_not_ours_leads_to_ours(web, settings, stamp):
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": stamp, "topic": "world"})
    assert answer.status_code == 200
    assert "press the button once more" in answer.text
    assert 'value="ana@inbox.example"' in answer.text
    assert 'value="daily/world" checked' in answer.text
    assert not Request.objects.exists()


def test_a_form_filled_in_at_once_or_left_for_days_is_shown_again(web):
    quick = opened(0)
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": quick})
    assert f'name="opened" value="{quick}"' in answer.text, "the clock goes on from when it was first opened"
    old = opened(86_500)
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": old})
    assert old not in answer.text
    assert not Request.objects.exists()


def test_a_stamp_of_a_key_that_was_changed_is_good_until_the_key_is_gone(web, settings):
    given = opened()
    settings.KEYS = ("new key", *settings.KEYS)
    assert web.post("/subscribe/daily", {"email": "a@inbox.example", "opened": given}).status_code == 200
    assert Request.objects.count() == 1
    settings.KEYS = ("new key",)
    assert "once more" in web.post("/subscribe/daily", {"email": "b@inbox.example", "opened": given}).text


def test_a_form_on_another_site_works_without_a_cookie_in_two_presses(web, settings):
    cross = {"Origin": "https://www.courier.example", "Sec-Fetch-Site": "cross-site", "Referer": "https://x.example/"}
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": opened()}, headers=cross)
    assert "once more" in answer.text, "a stamp that was fetched and put elsewhere is worth nothing"
    assert not Request.objects.exists()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    hidden["opened"] = opened()
    web.post(
        "/subscribe/daily", {"email": "ana@inbox.example", **hidden},
        headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert Request.objects.get().wish["origin"] == "https://www.courier.example"
    (message,) = mailed(settings)
    web.post(link(message))
    assert "a form on https://www.courier.example" in Subscription.objects.get().consent_source


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "a@b", "a b@inbox.example", "ana@inbox.example\r\nBcc: all@inbox.example",
        "ana@inbox.example,bo@x.example",
        "<ana@inbox.example>", '"a@b"@inbox.example', "a@[127.0.0.1]", "ana@inbox.example\x00",
        "an\u0430@inbox.example",
        "a" * 400 + "@inbox.example", "ana@inbox\u202e.example", "ana@xn--.example", "ana@\u2488com",
        "ana@-bad-.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_shown_again_and_nothing_is_noted(web, settings, address):
    answer = ask(web, address)
    if answer.status_code == 200:
        emails = set(Request.objects.values_list("email", flat=True))
        assert all(re.fullmatch(r"[!-~]+@[a-z0-9.-]+", e) for e in emails)
        for message in mailed(settings):
            assert message["Bcc"] is None
            assert message["To"] in emails
    else:
        assert answer.status_code == 400
        assert not Request.objects.exists()


def test_a_homograph_is_an_address_of_its_own(web, settings):
    add("ana@apple.example", ["daily"], now=now(), consent_source="the shop")
    ask(web, "ana@\u0430pple.example")
    ask(web, "ANA@apple.e\u00adxample")
    found = {message["To"]: message["Subject"] for message in mailed(settings)}
    assert set(found) == {"ana@xn--pple-43d.example", "ana@apple.example"}
    assert "already receive" in found["ana@apple.example"]


def test_only_open_newsletters_can_be_had(web, settings):
    assert web.get("/subscribe/staff").status_code == 404
    assert ask(web, path="/subscribe/staff").status_code == 404
    assert web.get("/subscribe/nothing").status_code == 404
    assert "Staff only" not in web.get("/subscribe").text
    answer = ask(web, path="/subscribe", newsletter=["staff"])
    assert answer.status_code == 400
    assert "tick at least one" in answer.text
    ask(web, path="/subscribe", newsletter=["weekly", "staff", "daily"], topic=["weekly/world", "daily/invented"])
    assert Request.objects.get().wish["newsletters"] == {"daily": [], "weekly": ["world"]}
    (message,) = mailed(settings)
    assert "The Daily & More and The Weekly" in message["Subject"]
    web.post(link(message))
    assert dict(Subscription.objects.values_list("newsletter", "topics")) == {"daily": [], "weekly": ["world"]}


def test_values_that_do_not_exist_are_left_out(web, settings):
    ask(web, language="xx-evil", zone="../../etc/passwd", format="<b>")
    wish = Request.objects.get().wish
    assert (wish["language"], wish["zone"], wish["form"]) == ("en", "", "rich")


def test_the_page_speaks_the_browsers_language(web):
    page = web.get("/subscribe/daily", headers={"Accept-Language": "xx, de-AT;q=0.9, en;q=0.5"})
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Accept-Language" in page["Vary"]
    assert '<html lang="ar" dir="rtl">' in web.get("/subscribe/daily?language=ar").text
    assert '<html lang="en"' in web.get("/subscribe/daily?language=../../x").text


def test_a_bounce_between_asking_and_confirming_counts(web, settings):
    ask(web)
    (message,) = mailed(settings)
    suppression.suppress("ana@inbox.example", reason="bounce", now=now())
    assert "Please write to the newsroom" in web.post(link(message)).text
    assert not Subscriber.objects.exists()


def test_a_change_of_keys_between_asking_and_mailing(web, settings):
    ask(web)
    settings.KEYS = ("new key", *settings.KEYS)
    (message,) = mailed(settings)
    settings.KEYS = ("newer key",)
    assert web.post(link(message)).status_code == 200
    assert Subscriber.objects.exists()


def test_old_requests_and_counters_are_forgotten(web, settings):
    from digest.audience import requests

    ask(web)
    mailed(settings)
    ask(web, "bo@inbox.example")
    requests.tidy(now() + timedelta(hours=7))
    assert list(Request.objects.values_list("email", flat=True)) == ["ana@inbox.example"]
    requests.tidy(now() + timedelta(days=8))
    assert not Request.objects.exists()
    assert not Allowance.objects.exists()


def test_nothing_is_mailed_from_a_copy(web, settings):
    ask(web)
    identity.disown(settings.VAR)
    assert mailed(settings) == []
    assert Request.objects.get().mailed_at is None


@pytest.mark.parametrize("path", ["/favicon.ico", "/nothing", "/subscribe/daily/more", "/e/daily/2026-01-01"])
def test_no_page_for_readers_sets_a_cookie(web, path):
    for answer in (web.get(path), web.post(path), web.get(path, headers={"Cookie": "sessionid=x; csrftoken=y"})):
        assert answer.status_code in (403, 404, 405)
        assert not answer.cookies
    assert "Nothing here" in web.get(path).text


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(web, method):
    for path in ("/subscribe", "/subscribe/daily", "/confirm/" + "A" * 32):
        assert getattr(web, method)(path).status_code == 405


def test_looking_notes_nothing(web):
    for method in ("get", "head"):
        for path in ("/subscribe?email=ana@inbox.example&opened=x", "/subscribe/daily"):
            assert getattr(web, method)(path, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert not Request.objects.exists()
    assert not Allowance.objects.exists()


def test_a_file_in_the_form_is_not_read(web):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = web.post("/subscribe/daily", {"a": SimpleUploadedFile("x.bin", b"x" * 3_000_000), "email": "a@b.example"})
    assert answer.status_code == 400
    assert not Request.objects.exists()


def test_too_much_is_refused(web):
    assert web.post("/subscribe", {"email": "x" * 1_100_000}).status_code == 400
    many = "&".join(f"topic=t{n}" for n in range(2000))
    assert web.post("/subscribe", many, content_type="application/x-www-form-urlencoded").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_the_mail_leaves_by_itself_and_the_answer_does_not_wait_for_it(web, settings):
    settings.ENVIRONMENT = Environment({})
    for name in ("ana", "bo"):
        assert ask(web, f"{name}@inbox.example").status_code == 200
    for thread in threading.enumerate():
        if thread.name == "confirmations":
            thread.join(20)
    assert len(list((settings.VAR / "notices").glob("*.eml"))) == 2
    assert Request.objects.filter(mailed_at=None).count() == 0

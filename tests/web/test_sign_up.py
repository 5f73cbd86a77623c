"""Signing up: one answer for everybody, a mail with a link, and a reader only once the link's button was pressed."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from digest import queue
from digest.audience import limits, suppression, tokens
from digest.audience.subscriptions import add, erase, unsubscribe
from digest.clock.now import now
from digest.config import Environment
from digest.store import identity
from digest.store.models import Request, Subscriber, Subscription

pytestmark = pytest.mark.django_db


def test_from_the_form_to_a_reader(web, ask, mailed, link):
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
    (message,) = mailed()
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


@pytest.mark.parametrize(("clock", "shown"), [("newsroom", False), ("reader", True)])
def test_the_time_zone_is_asked_for_where_letters_leave_by_it(web, settings, clock, shown):
    daily = settings.CONFIG.newsletters["daily"].model_copy(update={"clock": clock})
    settings.CONFIG = settings.CONFIG.model_copy(update={"newsletters": {"daily": daily}})
    folded = web.get("/subscribe/daily").text.partition("Language, time zone")[0].rpartition("<details")[2]
    assert (" open>" in folded) == shown


def test_a_link_pressed_again_brings_nobody_back(web, ask, mailed, link):
    ask(web)
    (message,) = mailed()
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


def test_a_link_is_good_for_seven_days(web, ask, mailed, link):
    ask(web)
    (message,) = mailed()
    Request.objects.update(asked_at=now() - timedelta(days=7, minutes=1))
    assert web.get(link(message)).status_code == 404
    assert web.post(link(message)).status_code == 404
    assert not Subscriber.objects.exists()


def test_everybody_gets_the_same_answer(web, ask, mailed, link):
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
    found = {message["To"].partition("@")[0]: message for message in mailed()}
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


@pytest.mark.parametrize("stamp", ["", "x", "é", "A" * 24, "A" * 500])
def test_a_form_that_is_not_ours_leads_to_ours(web, settings, stamp):
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": stamp, "topic": "world"})
    assert answer.status_code == 200
    assert "press the button once more" in answer.text
    assert 'value="ana@inbox.example"' in answer.text
    assert 'value="daily/world" checked' in answer.text
    assert not Request.objects.exists()


def test_a_form_on_another_site_works_without_a_cookie_in_two_presses(web, mailed, link, opened):
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
    (message,) = mailed()
    web.post(link(message))
    assert "a form on https://www.courier.example" in Subscription.objects.get().consent_source


def test_only_open_newsletters_can_be_had(web, ask, mailed, link):
    assert web.get("/subscribe/staff").status_code == 404
    assert ask(web, path="/subscribe/staff").status_code == 404
    assert web.get("/subscribe/nothing").status_code == 404
    assert "Staff only" not in web.get("/subscribe").text
    answer = ask(web, path="/subscribe", newsletter=["staff"])
    assert answer.status_code == 400
    assert "tick at least one" in answer.text
    ask(web, path="/subscribe", newsletter=["weekly", "staff", "daily"], topic=["weekly/world", "daily/invented"])
    assert Request.objects.get().wish["newsletters"] == {"daily": [], "weekly": ["world"]}
    (message,) = mailed()
    assert "The Daily & More and The Weekly" in message["Subject"]
    web.post(link(message))
    assert dict(Subscription.objects.values_list("newsletter", "topics")) == {"daily": [], "weekly": ["world"]}


def test_the_page_speaks_the_browsers_language(web):
    page = web.get("/subscribe/daily", headers={"Accept-Language": "xx, de-AT;q=0.9, en;q=0.5"})
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Accept-Language" in page["Vary"]
    assert '<html lang="ar" dir="rtl">' in web.get("/subscribe/daily?language=ar").text
    assert '<html lang="en"' in web.get("/subscribe/daily?language=../../x").text


def test_a_bounce_between_asking_and_confirming_counts(web, ask, mailed, link):
    ask(web)
    (message,) = mailed()
    suppression.suppress("ana@inbox.example", reason="bounce", now=now())
    assert "Please write to the newsroom" in web.post(link(message)).text
    assert not Subscriber.objects.exists()


def test_a_change_of_keys_between_asking_and_mailing(web, settings, ask, mailed, link):
    ask(web)
    settings.KEYS = ("new key", *settings.KEYS)
    (message,) = mailed()
    settings.KEYS = ("newer key",)
    assert web.post(link(message)).status_code == 200
    assert Subscriber.objects.exists()


def test_nothing_is_mailed_from_a_copy(web, settings, ask, mailed):
    ask(web)
    identity.disown(settings.VAR)
    assert mailed() == []
    assert Request.objects.get().mailed_at is None


@pytest.mark.django_db(transaction=True)
def test_the_mail_leaves_by_itself_and_the_answer_does_not_wait_for_it(web, settings, ask):
    settings.ENVIRONMENT = Environment({})
    for name in ("ana", "bo"):
        assert ask(web, f"{name}@inbox.example").status_code == 200
    for thread in threading.enumerate():
        if thread.name == "confirmations":
            thread.join(20)
    # Where there is a queue a worker does it, and the web's process nothing.
    by_worker = queue.stands()
    assert len(list((settings.VAR / "notices").glob("*.eml"))) == (0 if by_worker else 2)
    assert Request.objects.filter(mailed_at=None).count() == (2 if by_worker else 0)
    assert queue.waiting().get("confirm", 0) >= (2 if by_worker else 0)


def test_a_newsletter_that_is_no_more_cannot_be_joined(web, settings, ask, mailed, link):
    ask(web, path="/subscribe/weekly")
    (message,) = mailed()
    kept = {name: one for name, one in settings.CONFIG.newsletters.items() if name != "weekly"}
    settings.CONFIG = settings.CONFIG.model_copy(update={"newsletters": kept})
    assert web.get(link(message)).status_code == 404
    assert web.post(link(message)).status_code == 404
    assert not Subscriber.objects.exists()

"""A reader's letters move to another address of theirs: confirmed there, told here, and nothing is learnt by asking."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from digest.audience import moving, personal, requests, suppression, tokens
from digest.audience.subscriptions import add, erase, unsubscribe
from digest.clock.now import now
from digest.store.models import Request, Subscriber, Subscription

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
NEW = "ana@new.example"


@pytest.fixture
def ana(web: Client) -> Subscriber:
    found = add(
        "ana@inbox.example", ["daily", "weekly"], now=THEN, consent_at=THEN, consent_text="I ask for it.",
        consent_source="the sign-up page; asked from 203.0.113.0/24", name="Ana Sand", topics=["world"], language="de",
        zone="Asia/Tokyo",
    )  # fmt: skip
    unsubscribe(found.handle, "weekly", now=THEN)
    add("ana@inbox.example", ["staff"], now=THEN, consent_source="the desk")
    return found


def page(reader: Subscriber) -> str:
    return f"/s/{tokens.make('settings', reader.handle, 'daily')}"


def move(web: Client, reader: Subscriber, address: str = NEW, **more: Any) -> Any:
    return web.post(page(reader), {"do": "address", "email": address}, **more)


def states(address: str) -> dict[str, str]:
    return dict(Subscription.objects.filter(subscriber__email=address).values_list("newsletter", "status"))


def test_letters_move_when_it_is_confirmed_there(web, ana, mailed, link):
    assert move(web, ana, " Ana@New.Example ").status_code == 200
    (mail,) = mailed()
    assert mail["To"] == NEW
    assert "inbox.example" not in mail.as_string()
    assert "Ana Sand" not in mail.as_string()
    assert states(NEW) == {}
    address = link(mail)
    shown = web.get(address)
    assert (shown.status_code, "The Daily" in shown.text, '<html lang="de"' in shown.text) == (200, True, True)
    for method in (web.get, web.head):
        method(address)
    assert states(NEW) == {}
    for _ in range(2):
        assert "Ihre Briefe kommen jetzt hierher" in web.post(address).text
    assert states(NEW) == {"daily": "active", "staff": "active"}
    assert states("ana@inbox.example") == {"daily": "unsubscribed", "weekly": "unsubscribed", "staff": "unsubscribed"}
    daily = Subscription.objects.get(subscriber__email=NEW, newsletter="daily")
    assert (daily.topics, daily.consent_at, daily.consent_text) == (["world"], THEN, "I ask for it.")
    assert "first agreed as subscription" in daily.consent_source
    reader = daily.subscriber
    assert (reader.language, reader.zone, reader.handle == ana.handle) == ("de", "Asia/Tokyo", False)
    (told,) = mailed()
    assert told["To"] == "ana@inbox.example"
    assert "new.example" not in told.as_string()
    assert mailed() == []


def test_the_old_address_gets_its_letters_back_by_one_press(web, ana, mailed, link):
    move(web, ana)
    web.post(link(mailed()[0]))
    back = link(mailed()[0])
    assert back == page(ana)
    assert "kein Abonnement" in web.get(back).text
    web.post(back, {"do": "save", "topic": "world"})
    assert states("ana@inbox.example")["daily"] == "active"


def test_whoever_has_a_forwarded_letter_learns_nothing_by_moving_it(web, ana, mailed, link):
    move(web, ana, "thief@else.example")
    web.post(link(mailed()[0]))
    got = json.dumps(dict(personal.held("thief@else.example")), default=str)
    for secret in ("inbox.example", "Ana", "203.0.113.0/24", str(ana.handle)):
        assert secret not in got
    assert ana.name == "Ana Sand"
    assert "203.0.113.0/24" in Subscription.objects.get(subscriber=ana, newsletter="daily").consent_source


@pytest.mark.parametrize("reason", ["bounce", "complaint", "erased", "person"])
def test_nobody_suppressed_is_revived(web, ana, mailed, reason):
    plain = move(web, ana, "somebody@new.example").text
    suppression.suppress(NEW, reason=reason, now=now())
    Request.objects.all().delete()
    assert move(web, ana).text == plain
    assert mailed() == []
    assert suppression.why(NEW) == reason


def test_nobody_who_left_is_revived_and_what_they_have_stays(web, ana, mailed, link):
    other = add(NEW, ["daily", "staff"], now=THEN, consent_source="their own", topics=["al-qaeda"])
    unsubscribe(other.handle, "daily", now=THEN)
    move(web, ana)
    web.post(link(mailed()[0]))
    assert states(NEW) == {"daily": "unsubscribed", "staff": "active"}
    assert Subscription.objects.get(subscriber=other, newsletter="staff").consent_source == "their own"
    assert states("ana@inbox.example")["daily"] == "active"
    unsubscribe(other.handle, "staff", now=now())
    Request.objects.all().delete()
    move(web, ana)
    assert mailed() == []


def test_who_leaves_or_is_barred_before_the_press_moves_nothing(web, ana, mailed, link):
    move(web, ana)
    address = link(mailed()[0])
    suppression.suppress(NEW, reason="person", now=now())
    assert "Es wurde nichts geändert" in web.post(address).text or "Nichts" in web.post(address).text
    suppression.lift(NEW)
    unsubscribe(ana.handle, "", now=now())
    web.post(address)
    assert states(NEW) == {}
    assert not Subscriber.objects.filter(email=NEW).exists()
    erase("ana@inbox.example", now=now())
    assert web.post(address).status_code == 200
    assert states(NEW) == {}


def test_the_answer_is_the_same_for_every_address(web, ana):
    add("known@new.example", ["daily"], now=THEN, consent_source="x")
    answers = {move(web, ana, address).text for address in (NEW, "known@new.example", "ana@inbox.example")}
    assert len(answers) == 1


def test_ones_own_address_gets_no_mail(web, ana, mailed):
    move(web, ana, "ANA@inbox.example")
    assert mailed() == []


@pytest.mark.parametrize("bad", ["", "ana", "a@b", "ana@new.example\r\nBcc: x@y.example", "é@new.example", "@" * 4000])
def test_what_is_no_address_is_said(web, ana, bad):
    answer = move(web, ana, bad)
    assert answer.status_code == 400
    assert not Request.objects.exists()


def test_three_a_day_for_a_reader_and_the_limits_of_signing_up(web, ana, mailed):
    assert [move(web, ana, f"ana{n}@new.example").status_code for n in range(5)] == [200, 200, 200, 429, 429]
    assert Request.objects.count() == 3
    others = [add(f"r{n}@inbox.example", ["daily"], now=THEN, consent_source="x") for n in range(20)]
    answers = [move(web, one, f"n{one.handle}@else.example").status_code for one in others]
    assert answers == [200] * 17 + [429] * 3, "twenty an hour from one network, signing up and moving together"


def test_only_a_good_link_moves(web, ana, mailed, link):
    assert web.post(f"/s/{tokens.make('unsubscribe', ana.handle, 'daily')}", {"do": "address"}).status_code == 404
    web.post(f"/s/{tokens.dead('settings', 'daily')}", {"do": "address", "email": NEW})
    assert not Request.objects.exists()
    move(web, ana)
    address = link(mailed()[0])
    assert web.post(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    Request.objects.update(asked_at=now() - timedelta(hours=25))
    assert web.post(address).status_code == 404
    assert states(NEW) == {}


def test_the_notice_itself_confirms_nothing(web, ana):
    row = requests.ask("moved", "ana@inbox.example", requests.Wish(newsletters={"daily": ()}), now=now())
    assert web.post(f"/confirm/{requests.secret(row)}").status_code == 404


def test_who_receives_nothing_is_offered_no_move(web, ana):
    unsubscribe(ana.handle, "", now=now())
    assert moving.active(ana.handle) == []
    assert 'value="address"' not in web.get(page(ana)).text
    assert move(web, ana).status_code == 200
    assert not Request.objects.exists()

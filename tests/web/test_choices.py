"""A reader's own page and the unsubscribe page: less instead of nothing; a forwarded letter betrays nothing."""

from __future__ import annotations

import email
import email.policy
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from digest.audience import choices, personal, requests, suppression, tokens
from digest.audience.subscriptions import add, show
from digest.clock.now import now
from digest.config import Config, Environment, Newsletter
from digest.pipeline import confirmations
from digest.store import identity
from digest.store.models import Edition, Letter, Report, Request, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.django_db

SECTIONS = [{"tag": "Al Qaeda", "title": "Al Qaeda"}, {"tag": "world"}, {"tag": "*", "title": "Rest"}]
NEWSLETTERS = {
    "daily": {"title": "The Daily & More", "sections": SECTIONS},
    "weekly": {"title": "The Weekly", "tagline": "On Saturdays", "sections": SECTIONS},
    "world": {"title": "World Only", "sections": [{"tag": "world"}]},
    "sport": {"title": "Sport", "sections": [{"tag": "sport"}]},
    "secret": {"title": "Secret", "sections": SECTIONS, "open": False},
}
THEN = now() - timedelta(days=400)


@pytest.fixture
def web(settings: Any, tmp_path: Path) -> Client:
    settings.CONFIG = Config.model_validate(
        {
            "site": {
                "name": "The Test Courier", "address": "https://news.example",
                "sender": "The Test Courier <letters@news.example>",
            },
            "newsletters": NEWSLETTERS,
        }
    )  # fmt: skip
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.VAR = tmp_path
    identity.make(tmp_path, Environment({}), now=now())
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ana(web: Client) -> Subscriber:
    return add(
        "ana@inbox.example", ["daily"], now=THEN, consent_source="the shop", consent_text="I ask for it.",
        topics=["world"], name="Ana Q",
    )  # fmt: skip


def page(reader: Subscriber, newsletter: str = "daily") -> str:
    return f"/s/{tokens.make('settings', reader.handle, newsletter)}"


def leave(reader: Subscriber, newsletter: str = "daily") -> str:
    return f"/u/{tokens.make('unsubscribe', reader.handle, newsletter)}"


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("newsletter", "status"))


def mailed(settings: Any) -> list[Any]:
    folder = settings.VAR / "notices"
    confirmations.deliver(settings.CONFIG, Environment({}), now=now())
    found = []
    for file in sorted(folder.glob("*.eml")) if folder.exists() else []:
        found.append(email.message_from_bytes(file.read_bytes(), policy=email.policy.default))
        file.unlink()
    return found


def link(message: Any) -> str:
    return re.search(r"https://news\.example(/confirm/\S+)", message.get_body(("plain",)).get_content())[1]


def test_only_open_newsletters_of_the_same_sections_are_offered(web, ana):
    configured = {name: Newsletter.model_validate(value) for name, value in NEWSLETTERS.items()}
    assert choices.others("daily", configured) == ["weekly", "world"]
    assert choices.others("daily", configured, ["al-qaeda"]) == ["weekly"]
    assert choices.others("world", configured) == []
    assert choices.others("gone", configured) == []
    text = web.get(page(ana)).text
    assert "Receive The Weekly instead" in text
    assert "On Saturdays" in text
    assert "Secret" not in text
    assert "Sport" not in text


@pytest.mark.parametrize(
    ("zone", "until", "day"),
    [("Pacific/Auckland", "2030-01-10T12:00", "Friday, January 11, 2030"),
     ("America/Los_Angeles", "2030-01-10T04:00", "Wednesday, January 9, 2030"),
     ("", "2030-01-10T12:00", "Thursday, January 10, 2030"),
     ("Nowhere/None", "2030-01-10T12:00", "Thursday, January 10")],
)  # fmt: skip
def test_until_when_is_told_by_the_readers_day(web, ana, zone, until, day):
    Subscriber.objects.update(zone=zone)
    Subscription.objects.update(paused_until=datetime.fromisoformat(until).replace(tzinfo=UTC))
    assert f"come until {day}" in web.get(page(ana)).text


def test_the_page_of_less_tells_the_readers_day_too(web, ana, monkeypatch):
    moment = datetime(2030, 1, 10, 12, tzinfo=UTC)
    monkeypatch.setattr("digest.reader.leave.now", lambda: moment)
    Subscriber.objects.update(zone="Pacific/Auckland")
    assert "come until Sunday, February 10, 2030" in web.post(f"{leave(ana)}/less", {"do": "pause"}).text


def test_moving_takes_the_consent_along_and_says_so(web, ana):
    answer = web.post(page(ana), {"do": "move", "newsletter": "weekly"})
    assert "You receive The Weekly from now on" in answer.text
    assert states() == {"daily": "unsubscribed", "weekly": "active"}
    weekly = Subscription.objects.get(newsletter="weekly")
    assert (weekly.topics, weekly.consent_at, weekly.consent_text) == (["world"], THEN, "I ask for it.")
    assert weekly.consent_source.startswith("the shop; moved from daily by the reader, on the preferences page, ")
    assert page(ana, "weekly") in answer.text
    assert web.get(page(ana, "weekly")).status_code == 200


@pytest.mark.parametrize("to", ["sport", "secret", "daily", "nothing", ""])
def test_nobody_moves_to_what_is_not_offered(web, ana, to):
    for address, do in ((page(ana), "move"), (leave(ana) + "/less", "move")):
        web.post(address, {"do": do, "newsletter": to})
    assert states() == {"daily": "active"}


def test_moving_to_what_one_has_ends_only_the_other(web, ana):
    add("ana@inbox.example", ["weekly"], now=now(), consent_source="the web", topics=["al-qaeda"])
    web.post(page(ana), {"do": "move", "newsletter": "weekly"})
    assert states() == {"daily": "unsubscribed", "weekly": "active"}
    weekly = Subscription.objects.get(newsletter="weekly")
    assert (weekly.topics, weekly.consent_source) == (["al-qaeda"], "the web")


def test_a_move_never_widens_what_was_agreed_to(web, ana):
    Subscription.objects.update(topics=["al-qaeda"])
    web.post(page(ana), {"do": "move", "newsletter": "world"})
    assert states() == {"daily": "active"}


def test_who_bounced_does_not_move(web, ana):
    suppression.suppress("ana@inbox.example", reason="bounce", now=now())
    assert "write to the newsroom" in web.post(page(ana), {"do": "move", "newsletter": "weekly"}).text
    assert states() == {"daily": "active"}


@pytest.mark.parametrize(("said", "days"), [("7", 7), ("90", 90), ("100000", 30), ("-1", 30), ("", 30)])
def test_pausing_and_coming_back(web, ana, said, days):
    answer = web.post(page(ana), {"do": "pause", "days": said})
    until = Subscription.objects.get().paused_until
    assert abs(until - now() - timedelta(days=days)) < timedelta(minutes=1)
    assert "Then they come again by themselves" in answer.text
    assert "End the pause" in answer.text
    assert states() == {"daily": "active"}
    answer = web.post(page(ana), {"do": "resume"})
    assert Subscription.objects.get().paused_until is None
    assert "End the pause" not in answer.text


def test_language_zone_and_form(web, ana):
    text = web.post(page(ana), {"do": "adjust", "language": "ar", "zone": "Asia/Tehran", "format": "text"}).text
    assert '<html lang="ar" dir="rtl">' in text
    ana.refresh_from_db()
    assert (ana.language, ana.zone, ana.format) == ("ar", "Asia/Tehran", "text")
    web.post(page(ana), {"do": "adjust", "language": "xx", "zone": "Mars/Base", "format": "x"})
    ana.refresh_from_db()
    assert (ana.language, ana.zone, ana.format) == ("ar", "Asia/Tehran", "rich")
    web.post(page(ana), {"do": "adjust", "language": "", "zone": "", "format": "rich"})
    ana.refresh_from_db()
    assert (ana.language, ana.zone) == ("", "")


def test_what_an_import_brought_stays_possible(web, ana):
    Subscriber.objects.update(language="de-at", zone="Asia/Calcutta")
    text = web.get(page(ana)).text
    assert '<option value="de-at" selected>' in text
    assert '<option value="Asia/Calcutta" selected>' in text
    web.post(page(ana), {"do": "adjust", "language": "de-at", "zone": "Asia/Calcutta"})
    ana.refresh_from_db()
    assert (ana.language, ana.zone) == ("de-at", "Asia/Calcutta")


def test_leaving_everything(web, ana):
    add("ana@inbox.example", ["weekly", "sport"], now=now(), consent_source="the shop")
    assert "You have left all newsletters" in web.post(page(ana), {"do": "leave all"}).text
    assert set(states().values()) == {"unsubscribed"}


def test_the_unsubscribe_page_offers_less(web, ana):
    text = web.get(leave(ana)).text
    assert "Receive The Weekly instead" in text
    assert "Pause: 30 days" in text
    assert page(ana) in text
    answer = web.post(leave(ana) + "/less", {"do": "pause"})
    assert "Paused" in answer.text
    assert Subscription.objects.get().paused_until > now() + timedelta(days=29)
    assert states() == {"daily": "active"}
    answer = web.post(leave(ana) + "/less", {"do": "move", "newsletter": "weekly"})
    assert "You receive The Weekly from now on" in answer.text
    assert states() == {"daily": "unsubscribed", "weekly": "active"}
    assert "Nothing was changed" in web.post(leave(ana) + "/less", {"do": "pause"}).text


def test_less_after_leaving_is_a_new_consent(web, ana):
    text = web.post(leave(ana), {"List-Unsubscribe": "One-Click"}).text
    assert "Receive The Weekly instead" in text
    assert "Pause" not in text
    web.post(leave(ana) + "/less", {"do": "move", "newsletter": "weekly"})
    weekly = Subscription.objects.get(newsletter="weekly")
    assert weekly.consent_at > now() - timedelta(minutes=1)
    assert "they had left daily" in weekly.consent_source


def test_whatever_is_posted_to_the_one_click_address_leaves(web, ana):
    for body in ({"do": "pause"}, {"do": "move", "newsletter": "weekly"}, {"do": "save"}):
        Subscription.objects.update(status="active", paused_until=None)
        assert web.post(leave(ana), body).status_code == 200
        assert states() == {"daily": "unsubscribed"}
        assert Subscription.objects.get().paused_until is None


@pytest.mark.parametrize("method", ["get", "head"])
def test_less_is_only_posted(web, ana, method):
    back = getattr(web, method)(leave(ana) + "/less")
    assert (back.status_code, back["Location"], back.cookies) == (302, leave(ana), {})
    assert getattr(web, method)(leave(ana).replace("/u/", "/u/A") + "/less").status_code == 404
    assert web.put(leave(ana) + "/less").status_code == 405
    assert web.post(leave(ana).replace("/u/", "/u/A") + "/less", {"do": "pause"}).status_code == 404
    assert web.post(page(ana).replace("/s/", "/u/") + "/less", {"do": "pause"}).status_code == 404
    assert Subscription.objects.get().paused_until is None


def test_previews_of_all_this_change_nothing(web, ana):
    before = (list(Subscription.objects.values()), list(Subscriber.objects.values()))
    dead = tokens.dead("unsubscribe", "daily")
    assert "changes nothing" in web.post(f"/u/{dead}/less", {"do": "pause"}).text
    assert "changes nothing" in web.post(f"/u/{dead}/less", {"do": "move", "newsletter": "weekly"}).text
    for do in ("pause", "move", "adjust", "leave all", "export", "erase"):
        web.post(f"/s/{tokens.dead('settings', 'daily')}", {"do": do, "newsletter": "weekly"})
    assert (list(Subscription.objects.values()), list(Subscriber.objects.values())) == before
    assert not Request.objects.exists()


@pytest.fixture
def history(ana: Subscriber) -> None:
    """A letter that came back, and the words of two servers, which name the reader."""
    edition = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=THEN, number=1, status="sent", window_from=THEN,
        window_to=THEN, drafted_at=THEN,
    )  # fmt: skip
    letter = Letter.objects.create(
        edition=edition, subscriber=ana, status="failed", due_at=THEN, at=THEN, reply="550 no ANA@inbox.example here"
    )
    Report.objects.create(key="k", source="mailbox", letter=letter, kind="hard", words="ana@inbox.example", at=THEN)


def test_nothing_on_the_page_tells_a_stranger_who_it_is(web, ana, history):
    for address in (page(ana), leave(ana)):
        for answer in (web.get(address), web.post(address, {"do": "export"})):
            for secret in ("ana@", "inbox.example", "Ana Q", "2026-11-24", "the shop"):
                assert secret not in answer.text


def test_a_copy_comes_by_mail_and_only_by_mail(web, ana, history, settings):
    answer = web.post(page(ana), {"do": "export"})
    assert "only by the link in it" in answer.text
    (message,) = mailed(settings)
    assert message["To"] == "ana@inbox.example"
    address = link(message)
    assert "ana@" not in web.get(address).text
    for _ in range(2):
        copy = web.post(address)
        assert copy["Content-Disposition"].startswith("attachment")
        assert copy["Cache-Control"] == "no-store"
        held = json.loads(copy.content)
        assert held["address"] == "ana@inbox.example"
        assert held["reader"]["name"] == "Ana Q"
        assert held["subscriptions"][0]["consent_source"] == "the shop"
        assert held["letters"][0]["edition"] == "daily/2026-11-24"
        assert held["letters"][0]["reports"][0]["words"] == "ana@inbox.example"
        assert held["requests"][0]["for"] == "export"
    Request.objects.update(asked_at=now() - timedelta(hours=25))
    assert web.post(address).status_code == 404


def test_a_copy_leaves_nothing_out(web, ana, history):
    """Each column about a person is in the copy, or is named here."""
    left_out = {
        "digest_subscriber": {"id", "email", "handle"},
        "digest_subscription": {"id", "subscriber"},
        "digest_request": {"id", "hash", "email"},
    }
    requests.ask("join", "ana@inbox.example", requests.Wish(newsletters={"daily": ()}), text="I ask.", now=now())
    held = personal.held("ana@inbox.example")
    given = {
        Subscriber: held["reader"],
        Subscription: held["subscriptions"][0],
        Request: held["requests"][0],
    }
    renamed = {"act": "for", "wish": "chosen"}
    for model, found in given.items():
        columns = {f.name for f in model._meta.concrete_fields} - left_out[model._meta.db_table]
        assert {renamed.get(name, name) for name in columns} == set(found)


def test_erasing_is_confirmed_by_mail_and_keeps_a_hash(web, ana, history, settings):
    web.post(page(ana), {"do": "erase"})
    assert Subscriber.objects.exists()
    (message,) = mailed(settings)
    address = link(message)
    for method in ("get", "head"):
        assert getattr(web, method)(address).status_code == 200
    assert Subscriber.objects.exists()
    for _ in range(2):
        assert "Everything we held" in web.post(address).text
        assert "Everything we held" in web.get(address).text
    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    assert Suppression.objects.get().reason == "erased"
    letter = Letter.objects.get()
    assert (letter.subscriber, letter.status, letter.reply) == (None, "failed", "")
    assert show("ana@inbox.example") == {"email": "ana@inbox.example", "suppressed": "erased"}
    everything = str([list(model.objects.values()) for model in (Letter, Report, Request, Suppression)])
    assert "ana@" not in everything.lower()
    assert web.get(page(ana)).status_code == 404
    assert web.post(leave(ana)).status_code == 200


def test_each_kind_of_mail_has_its_own_measure(web, ana, settings):
    for _ in range(3):
        for do in ("export", "erase"):
            assert "on its way" in web.post(page(ana), {"do": do}).text
    assert len(mailed(settings)) == 2
    assert Request.objects.count() == 2


def test_who_bounced_gets_no_link_and_the_page_does_not_say_so(web, ana, settings):
    before = web.post(page(ana), {"do": "erase"}).text
    suppression.suppress("ana@inbox.example", reason="bounce", now=now())
    Request.objects.all().delete()
    assert web.post(page(ana), {"do": "erase"}).text == before
    assert mailed(settings) == []


def test_a_link_of_one_kind_does_only_that(web, ana, settings):
    web.post(page(ana), {"do": "export"})
    (message,) = mailed(settings)
    web.post(link(message), {"act": "erase", "do": "erase"})
    assert Subscriber.objects.exists()


@pytest.mark.parametrize("scope", ["unsubscribe", "settings"])
def test_a_ring_of_keys_is_turned_without_breaking_a_letter(settings, scope):
    settings.KEYS = ("old",)
    given = tokens.make(scope, 42, "daily")
    settings.KEYS = ("new", "old")
    assert tokens.read(scope, given) == tokens.Holder(42, "daily"), "an old letter's link works on"
    fresh = tokens.make(scope, 42, "daily")
    assert fresh != given
    settings.KEYS = ("new",)
    assert tokens.read(scope, fresh) == tokens.Holder(42, "daily"), "the new key has signed"
    assert tokens.read(scope, given) is None, "a key that was taken out signs for nobody"
    other = "settings" if scope == "unsubscribe" else "unsubscribe"
    assert tokens.read(other, fresh) is None
    assert len(f"https://news.example/u/{fresh}") <= 60

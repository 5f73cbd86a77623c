"""The web's attackers and its idiots: forged links, wrong methods, foreign hosts, strange bytes; nothing gives way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from digest.audience import tokens
from digest.clock.now import now
from digest.store.audience import Subscription
from digest.store.models import Subscriber
from digest.store.people import SignInLink, User
from digest.studio import links

pytestmark = pytest.mark.django_db

STRANGE = (
    "\x00", "a\x00b", "\ud800", "\u202e", "..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%", "%zz", "a" * 5000,
    "'; DROP TABLE digest_subscriber; --", "{{ 31337 * 3 }}", "<script>", "\r\nSet-Cookie: x=1", "\\", "/",
)  # fmt: skip
PLACES = ("/u/{}", "/s/{}", "/e/{}/", "/e/daily/{}", "/e/daily/{}/print", "/i/{}", "/static/{}", "/studio/sign-in/{}",
          "/studio/editions/daily/{}/", "/studio/editions/{}/2025-11-24/", "/studio/editions/daily/2025-11-24/{}",
          "/studio/editions/daily/2025-11-24/?to={}", "/studio/editions/daily/2025-11-24/see/html?to={}",
          "/studio/?page={}", "/studio/sign-in?next={}", "/{}")  # fmt: skip


class Web(Client):
    """A browser at the public address, which must bring its form tokens, and is told of no exception."""

    def __init__(self) -> None:
        super().__init__(
            enforce_csrf_checks=True, HTTP_HOST="news.example", HTTP_X_FORWARDED_PROTO="https",
            raise_request_exception=False,
        )  # fmt: skip

    def signed_in(self, config: Any) -> Web:
        """Come in by a link from the shell."""
        address = links.by_shell(config, "", now=now())
        page = self.get(address)
        answer = self.post(address, {"csrfmiddlewaretoken": token_of(page)}, headers=SAME)
        assert answer.status_code == 302
        return self


SAME = {"Referer": "https://news.example/studio/"}


def token_of(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def coded(text: str) -> str:
    return text if "%2f" in text else quote(text.encode("utf-8", "surrogatepass"), safe="/.")


@pytest.fixture
def drafted(room: Any, site: Any, papers: Any) -> Any:
    site.says("/feed", papers.rss(*(papers.item(n) for n in range(4))))
    return room.drafted()


@pytest.mark.parametrize("inside", [False, True])
def test_no_strange_address_breaks_anything(room: Any, drafted: Any, inside: bool, caplog: Any):
    web = Web().signed_in(room.config) if inside else Web()
    for place in PLACES:
        for text in STRANGE:
            answer = web.get(place.format(coded(text)))
            assert answer.status_code in (200, 301, 302, 400, 404, 405, 410), (place, text, answer.status_code)
            assert "Set-Cookie: x" not in str(answer.headers)
            body = b"" if answer.streaming else answer.content
            assert b"root:x:0" not in body
            assert b"94011" not in body
            assert b"<script>" not in body
            if answer.status_code in (301, 302):
                assert answer["Location"].startswith("/"), (place, answer["Location"])
                assert not answer["Location"].startswith("//")


def test_every_answer_is_shut_in(room: Any, drafted: Any):
    web = Web().signed_in(room.config)
    reader = Subscriber.objects.get()
    addresses = [
        f"/u/{tokens.make('unsubscribe', reader.handle, 'daily')}", "/u/nothing", "/e/daily/", "/e/nothing/x", "/i/x",
        f"/s/{tokens.make('settings', reader.handle, 'daily')}", "/studio/", "/studio/sign-in", "/studio/sign-in/x",
        "/studio/editions/daily/2025-11-24/", "/studio/editions/daily/2025-11-24/see/html", "/nothing",
    ]  # fmt: skip
    for address in addresses:
        answer = web.get(address)
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Referrer-Policy"] in ("no-referrer", "same-origin"), address
        policy = answer.get("Content-Security-Policy", "") if answer.status_code != 302 else "default-src 'none'"
        assert "default-src 'none'" in policy, address
        assert "script-src" not in policy
        assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_forged_and_torn_links_open_nothing(room: Any):
    reader = Subscriber.objects.get()
    good = tokens.make("unsubscribe", reader.handle, "daily")
    other = tokens.make("settings", reader.handle, "daily")
    who, _, name = good.partition(".")
    bad = [good[:n] for n in range(0, len(good), 3)] + [other, f"{who}.weekly", f"{who}.", f"{who}.{name}x", f" {good}"]
    bad += [good.swapcase(), who[::-1] + ".daily", "A" * 27 + ".daily", f"{who}=.{name}", f"{good}/", f"{good}.daily"]
    web = Web()
    for token in bad:
        assert web.post(f"/u/{coded(token)}").status_code == 404, token
    assert Subscription.objects.get().status == "active"


def test_scanners_change_nothing_and_one_click_does(room: Any):
    reader = Subscriber.objects.get()
    leave = f"/u/{tokens.make('unsubscribe', reader.handle, 'daily')}"
    choose = f"/s/{tokens.make('settings', reader.handle, 'daily')}"
    web = Web()
    for address in (leave, choose, f"{leave}?List-Unsubscribe=One-Click", f"{choose}?do=leave"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            assert web.generic(method, address).status_code in (200, 405)
    assert Subscription.objects.get().status == "active"
    for kind, body in (
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--\r\n"),
        ("multipart/form-data", b"no boundary"), ("text/plain", b"\x00\xff" * 600_000), ("", b""),
    ):  # fmt: skip
        Subscription.objects.update(status="active")
        answer = web.generic("POST", leave, body, content_type=kind)
        assert answer.status_code == 200, kind
        assert not answer.cookies
        assert Subscription.objects.get().status != "active", kind


def test_preferences_take_no_huge_or_broken_form(room: Any):
    reader = Subscriber.objects.get()
    choose = f"/s/{tokens.make('settings', reader.handle, 'daily')}"
    web = Web()
    for kind, body in (
        ("application/x-www-form-urlencoded", b"topic=" + b"x" * 3_000_000),
        ("application/x-www-form-urlencoded", b"&".join(b"topic=%d" % n for n in range(5000))),
        ("application/x-www-form-urlencoded", b"topic=%00&topic=%ff&do=%00"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=topic\r\n\r\n"),
        ("multipart/form-data", b"x"), ("application/json", b"{" * 10_000),
    ):  # fmt: skip
        assert web.generic("POST", choose, body, content_type=kind).status_code in (200, 400, 413), kind
    assert Subscription.objects.get().status == "active"


@pytest.mark.parametrize(
    "host", ["evil.example", "news.example.evil.example", "news.example:80@evil.example", "", "a\\b"]
)
def test_a_foreign_host_is_refused(room: Any, host: str):
    answer = Client(raise_request_exception=False).get("/studio/sign-in", HTTP_HOST=host or "..")
    assert answer.status_code == 400
    assert b"evil" not in answer.content


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example/studio/", "/\\evil.example", "/studio/\\..//evil.example", "javascript:x",
     "/studio/@evil.example", "\t//evil.example", "/studio\r\nX: 1", "/studio/../..//evil.example"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(room: Any, onward: str):
    web = Web()
    address = links.by_shell(room.config, "", now=now()) + f"?next={quote(onward)}"
    page = web.get(address)
    assert "evil.example" not in page.content.decode() or onward.startswith("/studio/")
    answer = web.post(address, {"csrfmiddlewaretoken": token_of(page), "next": onward}, headers=SAME)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/studio/")
    assert "\r" not in answer["Location"]


def test_a_link_signs_in_once_and_only_in_time(room: Any):
    address = links.by_shell(room.config, "", now=now())
    web = Web()
    for _ in range(3):
        page = web.get(address)
        assert web.head(address).status_code == 200
    mine = web.cookies.get("sessionid")
    assert mine is None
    assert web.post(address, headers=SAME).status_code == 403, "no form token"
    assert web.post(address, {"csrfmiddlewaretoken": token_of(page)}, headers=SAME).status_code == 302
    again = Web()
    page = again.get(address)
    assert (
        again.post(address, {"csrfmiddlewaretoken": again.cookies["csrftoken"].value}, headers=SAME).status_code == 403
    )
    late = links.by_shell(room.config, "", now=now() - timedelta(minutes=links.MINUTES + 1))
    assert again.post(late, {"csrfmiddlewaretoken": again.cookies["csrftoken"].value}, headers=SAME).status_code == 403
    assert "sessionid" not in again.cookies
    assert address.rpartition("/")[2] not in str(list(SignInLink.objects.values()))


def test_a_planted_session_is_worth_nothing(room: Any):
    thief = Web()
    thief.get("/studio/sign-in")
    planted = "plantedsessionkeyplantedsessionk"
    victim = Web()
    victim.cookies["sessionid"] = planted
    victim.signed_in(room.config)
    assert victim.cookies["sessionid"].value != planted
    assert victim.cookies["sessionid"]["httponly"]
    assert victim.cookies["sessionid"]["secure"]
    assert victim.cookies["sessionid"]["samesite"] == "Lax"
    thief.cookies["sessionid"] = planted
    assert thief.get("/studio/").status_code == 302
    kept = victim.cookies["sessionid"].value
    page = victim.get("/studio/")
    assert victim.post("/studio/sign-out", {"csrfmiddlewaretoken": token_of(page)}, headers=SAME).status_code == 302
    thief.cookies["sessionid"] = kept
    assert thief.get("/studio/").status_code == 302


def test_the_editors_word_cannot_be_forged(room: Any, drafted: Any):
    web, here = Web().signed_in(room.config), "/studio/editions/daily/2025-11-24/"
    fields = {"hash": drafted.hash, "reason": "x"}
    token = token_of(web.get(here))
    for act in ("approve", "hold"):
        assert web.post(here + act, fields, headers=SAME).status_code == 403
        assert web.post(here + act, {**fields, "csrfmiddlewaretoken": "x" * 64}, headers=SAME).status_code == 403
        foreign = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
        answer = web.post(here + act, {**fields, "csrfmiddlewaretoken": token}, headers=foreign)
        assert answer.status_code == 403
        for method in ("GET", "HEAD", "PUT"):
            assert web.generic(method, here + act).status_code == (403 if method == "PUT" else 405)
        stranger = Web()
        page = stranger.get("/studio/sign-in")
        answer = stranger.post(here + act, {**fields, "csrfmiddlewaretoken": token_of(page)}, headers=SAME)
        assert answer.status_code == 302
    drafted.refresh_from_db()
    assert drafted.status == "draft"


@pytest.mark.parametrize("act", ["approve", "hold"])
def test_strange_words_from_an_editor(room: Any, drafted: Any, act: str):
    web, here = Web().signed_in(room.config), "/studio/editions/daily/2025-11-24/"
    for text in ("\x00", "a\x00b\r\nBcc: x@evil.example", "\ud800".encode("utf-8", "surrogatepass"), "x" * 900_000):
        fields = {"hash": text, "reason": text, "csrfmiddlewaretoken": token_of(web.get(here))}
        assert web.post(here + act, fields, headers=SAME).status_code in (302, 400, 409, 413)


def test_somebody_who_left_the_newsroom_is_out_at_once(room: Any, drafted: Any):
    web = Web().signed_in(room.config)
    assert web.get("/studio/").status_code == 200
    User.objects.update(is_active=False)
    assert web.get("/studio/").status_code == 302

"""What sign-up forms are misused for: list bombs, floods, robots, strange addresses; and how little of it is noted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from digest.audience import limits
from digest.audience.subscriptions import add
from digest.clock.now import now
from digest.store.models import Allowance, Request

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("bad", ["x", "A" * 32, "é" * 32, "A" * 31 + "/", "%00" + "A" * 31])
def test_a_forged_link_leads_nowhere(web, bad):
    assert web.post(f"/confirm/{bad}").status_code in (400, 404)


def test_one_mail_an_hour_and_three_a_day_in_whatever_spelling(web, ask, mailed):
    spellings = ["v.ictim@gmail.com", "victim+a@gmail.com", "VICTIM@googlemail.com", "victim@gmail.com"]
    for spelling in spellings:
        assert ask(web, spelling).status_code == 200
    assert len(mailed()) == 1
    assert Request.objects.count() == 1
    for hours in (2, 2, 2, 2):
        Allowance.objects.filter(key__contains="join").update(free_at=now() - timedelta(hours=hours))
        for spelling in spellings:
            ask(web, spelling)
        mailed()
    assert Allowance.objects.get(key__contains="join").used == 3
    assert "victim" not in str(list(Allowance.objects.values()))


def test_a_network_that_asks_too_often_waits(web, settings, ask):
    answers = [ask(web, f"r{n}@inbox.example").status_code for n in range(23)]
    assert answers == [200] * 20 + [429] * 3
    assert int(ask(web)["Retry-After"]) <= 240
    assert ask(web, "known@inbox.example").status_code == 429
    assert Request.objects.count() == 20
    other = Client(REMOTE_ADDR="198.51.101.7")
    assert ask(other).status_code == 200
    assert limits.refusals(now())["network"] == 5


def test_only_a_named_proxy_speaks_for_others(web, settings, ask):
    def come(peer: str, said: str, number: int) -> int:
        return ask(
            Client(REMOTE_ADDR=peer), f"r@inbox{number}.example", headers={"X-Forwarded-For": said}
        ).status_code  # fmt: skip

    liar = [come("203.0.113.9", f"10.9.{n}.1", n) for n in range(21)]
    assert liar == [200] * 20 + [429]
    honest = [come("192.0.2.1", f"6.6.6.6, 8.8.{n}.1", n) for n in range(21)]
    assert honest == [200] * 21
    behind = [come("192.0.2.1", f"7.7.{n}.1, 9.9.9.9", n) for n in range(21)]
    assert behind == [200] * 20 + [429]


def test_a_flood_from_everywhere_is_slowed_when_nobody_confirms(web, settings, ask):
    then = now() - timedelta(hours=1)
    for n in range(150):
        Request.objects.create(
            act="join", hash=f"h{n}", email=f"v{n}@inbox.example", asked_at=then, mailed_at=then,
            confirmed_at=then if n < 10 else None,
        )  # fmt: skip
    answers = [ask(Client(REMOTE_ADDR=f"2001:db8:{n:x}::1"), f"w@inbox{n}.example").status_code for n in range(70)]
    assert answers == [200] * 60 + [503] * 10
    Request.objects.filter(hash__in=[f"h{n}" for n in range(60)]).update(confirmed_at=then)
    assert ask(Client(REMOTE_ADDR="2001:db8:ffff::1"), "late@inbox.example").status_code == 200


def test_nobody_buries_an_office_in_mail_from_everywhere(web, settings, ask):
    def come(number: int, domain: str) -> int:
        return ask(Client(REMOTE_ADDR=f"2001:db8:{number:x}::1"), f"r{number}@{domain}").status_code

    assert [come(n, "office.example") for n in range(34)] == [200] * 30 + [429] * 4
    assert limits.refusals(now()) == {"domain": 4}
    assert come(50, "other.example") == 200
    assert [come(n, "gmail.com") for n in range(100, 134)] == [200] * 34
    assert "office" not in str(list(Request.objects.filter(email__contains="r33@")))
    then = now() - timedelta(hours=1)
    for n in range(12):
        Request.objects.create(
            act="join", hash=f"h{n}", email=f"v{n}@office.example", asked_at=then, mailed_at=then,
            confirmed_at=then if n < 3 else None,
        )  # fmt: skip
    assert come(60, "office.example") == 429
    Request.objects.filter(hash__in=[f"h{n}" for n in range(6)]).update(confirmed_at=then)
    assert come(61, "office.example") == 200, "its people confirm what they ask for"


@pytest.mark.parametrize("domain", [f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.example", "x.example"])
def test_the_longest_domain_has_its_limit_too(web, ask, domain):
    assert [ask(Client(REMOTE_ADDR=f"2001:db8:{n:x}::1"), f"r{n}@{domain}").status_code for n in range(31)][29:] == [
        200, 429,
    ]  # fmt: skip


def test_what_fills_in_every_field_is_no_person(web, settings, ask):
    answer = ask(web, homepage="https://spam.example")
    assert answer.status_code == 200
    assert answer.content == ask(web).content
    assert Request.objects.count() == 1
    assert limits.refusals(now()) == {"honeypot": 1}


def test_a_form_filled_in_at_once_or_left_for_days_is_shown_again(web, opened):
    quick = opened(0)
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": quick})
    assert f'name="opened" value="{quick}"' in answer.text, "the clock goes on from when it was first opened"
    old = opened(86_500)
    answer = web.post("/subscribe/daily", {"email": "ana@inbox.example", "opened": old})
    assert old not in answer.text
    assert not Request.objects.exists()


def test_a_stamp_of_a_key_that_was_changed_is_good_until_the_key_is_gone(web, settings, opened):
    given = opened()
    settings.KEYS = ("new key", *settings.KEYS)
    assert web.post("/subscribe/daily", {"email": "a@inbox.example", "opened": given}).status_code == 200
    assert Request.objects.count() == 1
    settings.KEYS = ("new key",)
    assert "once more" in web.post("/subscribe/daily", {"email": "b@inbox.example", "opened": given}).text


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
def test_what_is_no_address_is_shown_again_and_nothing_is_noted(web, address, ask, mailed):
    answer = ask(web, address)
    if answer.status_code == 200:
        emails = set(Request.objects.values_list("email", flat=True))
        assert all(re.fullmatch(r"[!-~]+@[a-z0-9.-]+", e) for e in emails)
        for message in mailed():
            assert message["Bcc"] is None
            assert message["To"] in emails
    else:
        assert answer.status_code == 400
        assert not Request.objects.exists()


def test_a_homograph_is_an_address_of_its_own(web, ask, mailed):
    add("ana@apple.example", ["daily"], now=now(), consent_source="the shop")
    ask(web, "ana@\u0430pple.example")
    ask(web, "ANA@apple.e\u00adxample")
    found = {message["To"]: message["Subject"] for message in mailed()}
    assert set(found) == {"ana@xn--pple-43d.example", "ana@apple.example"}
    assert "already receive" in found["ana@apple.example"]


def test_values_that_do_not_exist_are_left_out(web, settings, ask):
    ask(web, language="xx-evil", zone="../../etc/passwd", format="<b>")
    wish = Request.objects.get().wish
    assert (wish["language"], wish["zone"], wish["form"]) == ("en", "", "rich")


def test_old_requests_and_counters_are_forgotten(web, ask, mailed):
    from digest.audience import requests

    ask(web)
    mailed()
    ask(web, "bo@inbox.example")
    requests.tidy(now() + timedelta(hours=7))
    assert list(Request.objects.values_list("email", flat=True)) == ["ana@inbox.example"]
    requests.tidy(now() + timedelta(days=8))
    assert not Request.objects.exists()
    assert not Allowance.objects.exists()


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

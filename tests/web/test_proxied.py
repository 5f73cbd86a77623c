"""A proxy that `site.proxies` does not name is noticed, and editors are told what to write; forgers raise no alarm."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from digest.audience import proxied
from digest.clock.now import now
from digest.reader.network import standing
from digest.site.proxied import IN_A_ROW

pytestmark = pytest.mark.django_db
READER = {"X-Forwarded-For": "203.0.113.77"}


def said(settings, *, later=timedelta(0), proxies=None):
    named = settings.CONFIG.site.proxies if proxies is None else proxies
    return proxied.says(settings.VAR, named, now=now() + later)


def come(times=1, *, peer, headers=READER, client=None):
    client = client or Client(REMOTE_ADDR=peer)
    for _ in range(times):
        assert client.get("/subscribe/daily", headers=headers).status_code == 200
    return client


@pytest.mark.parametrize(
    ("peer", "network"),
    [("127.0.0.1", "127.0.0.0/8"), ("172.18.0.4", "172.16.0.0/12"), ("10.1.2.3", "10.0.0.0/8"), ("::1", "::1/128"),
     ("::ffff:192.168.7.7", "192.168.0.0/16")],
)  # fmt: skip
def test_a_proxy_nearby_is_noticed_at_once_and_the_line_is_given(web, settings, peer, network):
    assert said(settings) == ""
    come(peer=peer)
    words = said(settings)
    assert "If this is your proxy" in words
    assert f'proxies = ["192.0.2.1", "{network}"]' in words
    kept = (settings.VAR / proxied.FILE).read_text()
    assert kept.split()[0] == network
    assert "203.0.113" not in kept + words


def test_a_named_proxy_and_requests_that_speak_for_nobody_are_as_they_should_be(web, settings):
    come(IN_A_ROW + 1, peer="192.0.2.1")
    come(IN_A_ROW + 1, peer="127.0.0.1", headers={})
    come(IN_A_ROW + 1, peer="203.0.113.9", headers={})
    come(peer="unknown")
    assert said(settings) == ""
    assert not (settings.VAR / proxied.FILE).exists()


def test_visitors_who_forge_the_header_among_others_raise_no_alarm(web, settings):
    client = Client()
    for _ in range(3):
        come(IN_A_ROW - 1, peer="", client=client_from(client, "203.0.113.9"))
        come(peer="", client=client_from(client, "198.51.100.7"), headers={})
        # What asks from this machine, such as a watch that reads /metrics, is no visitor either way.
        come(peer="", client=client_from(client, "127.0.0.1"), headers={})
    assert said(settings) == ""


def client_from(client, peer):
    client.defaults["REMOTE_ADDR"] = peer
    return client


def test_a_proxy_elsewhere_through_which_everybody_comes_is_noticed(web, settings):
    client = Client()
    for number in range(IN_A_ROW):
        come(peer="", client=client_from(client, f"203.0.113.{number}"))
    words = said(settings)
    assert 'proxies = ["192.0.2.1", "ITS ADDRESS"]' in words
    assert (settings.VAR / proxied.FILE).read_text().startswith("far ")
    assert "203.0.113" not in words


def test_the_note_is_void_once_proxies_are_named_or_nobody_came_for_a_week(web, settings):
    come(peer="127.0.0.1")
    assert said(settings)
    assert said(settings, proxies=["192.0.2.1", "127.0.0.1/32"]) == ""
    assert said(settings, later=timedelta(days=6))
    assert said(settings, later=timedelta(days=8)) == ""
    (settings.VAR / proxied.FILE).write_bytes(b"\xff\xfe torn")
    assert said(settings) == ""


def test_a_note_that_cannot_be_kept_costs_no_reader_the_page(web, settings, caplog):
    settings.VAR = settings.VAR / "nowhere"
    come(peer="127.0.0.1")
    assert "could not be noted" in caplog.text


def test_it_is_written_and_logged_once_a_day(web, settings, caplog):
    client = come(3, peer="127.0.0.1")
    assert caplog.text.count("spoke for others") == 1
    (settings.VAR / proxied.FILE).unlink()
    come(peer="", client=client)
    assert said(settings) == ""


def test_where_a_peer_stands(rf):
    def stands(peer, *proxies):
        return standing(rf.get("/", REMOTE_ADDR=peer), proxies)

    assert stands("127.0.0.1") == "127.0.0.0/8"
    assert stands("127.0.0.1", "127.0.0.1") == ""
    assert stands("2001:db8::1") == proxied.FAR
    assert stands("2001:db8::1", "2001:db8::/32") == ""
    assert stands("") == ""


def test_the_studios_front_page_says_so_to_editors_alone(ana, stranger, settings, newsroom: Path):
    assert "Who asks cannot be told" not in ana.get("/studio/").content.decode()
    proxied.note(settings.VAR, "127.0.0.0/8", settings.CONFIG.site.proxies, now=now())
    page = ana.get("/studio/").content.decode()
    assert "Who asks cannot be told" in page
    assert "127.0.0.0/8" in page
    assert "127.0.0.0/8" not in stranger.get("/studio/sign-in").content.decode()

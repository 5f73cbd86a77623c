"""A story's counting link leads to that story and nowhere else, and names nobody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from digest import config
from digest.edition import content
from digest.edition.counted import counted
from digest.pipeline import preview
from digest.reader import clicks, follow
from digest.store.editions import Edition
from digest.store.letters import Click

PHONE = "Mozilla/5.0 (Linux; Android 15) Firefox/140.0"


@pytest.fixture
def frozen(edition):
    Edition.objects.filter(pk=edition.pk).update(status="sent", approved_at=timezone.now())
    edition.refresh_from_db()
    return edition


@pytest.fixture
def tally(monkeypatch):
    fresh = clicks.Tally()
    monkeypatch.setattr(follow, "_TALLY", fresh)
    monkeypatch.setattr(follow, "_WRITER", clicks.Writer(fresh, timezone.now))
    monkeypatch.setattr(clicks.Writer, "begin", lambda _: None)
    return fresh


def _story(row):
    return content.read(row.content).stories[0]


def test_a_link_leads_to_its_story_and_is_counted(frozen, tally):
    story = _story(frozen)
    answer = Client().get(f"/r/{frozen.name}/{story.id}", HTTP_USER_AGENT=PHONE)
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, story.url, "no-store")
    assert answer.cookies == {}
    clicks.keep(tally.ripe(timezone.now(), everything=True))
    clicks.keep({(frozen.pk, story.id, timezone.now().date()): 2})
    assert Click.objects.get(edition=frozen, place=story.id).count == 3


@pytest.mark.parametrize(
    ("method", "headers"),
    [("head", {}), ("get", {"HTTP_SEC_PURPOSE": "prefetch;prerender"}), ("get", {"HTTP_PURPOSE": "preview"})],
)
def test_looking_ahead_is_no_follow(frozen, tally, method, headers):
    story = _story(frozen)
    answer = getattr(Client(), method)(f"/r/{frozen.name}/{story.id}", HTTP_USER_AGENT=PHONE, **headers)
    assert answer.status_code == 302
    assert tally.ripe(timezone.now(), everything=True) == {}


@pytest.mark.parametrize("order", [("head", "get"), ("get", "head"), ("head", "get", "head", "get")])
def test_a_scanner_that_asks_twice_in_a_row_counts_for_nothing(frozen, tally, order):
    story = _story(frozen)
    for method in order:
        getattr(Client(REMOTE_ADDR="198.51.100.7"), method)(f"/r/{frozen.name}/{story.id}", HTTP_USER_AGENT=PHONE)
    assert tally.ripe(timezone.now(), everything=True) == {}


@pytest.mark.parametrize("place", ["nothing", "..", "https:evil.example", "999999", "%0d%0aSet-Cookie:x"])
def test_it_leads_nowhere_else(frozen, tally, place):
    assert Client().get(f"/r/{frozen.name}/{place}", HTTP_USER_AGENT=PHONE).status_code == 404
    assert Client().post(f"/r/{frozen.name}/{_story(frozen).id}").status_code == 405


def test_a_draft_is_not_betrayed(edition, tally):
    assert Client().get(f"/r/{edition.name}/{_story(edition).id}").status_code == 404


def test_letters_carry_counting_links_only_where_the_newsletter_says_so(newsroom, edition, settings):
    from digest.studio import gate

    story = _story(edition)
    plain = preview.show(gate.current(), edition, "text", now=timezone.now()).decode()
    assert story.url in plain
    assert "/r/" not in plain
    daily = newsroom / "config" / "newsletters" / "daily.toml"
    daily.write_text(daily.read_text() + "count_clicks = true\n")
    counting = config.load(newsroom)
    text = preview.show(counting, edition, "text", now=timezone.now()).decode()
    html = preview.show(counting, edition, "html", now=timezone.now()).decode()
    for letter in (text, html):
        assert f"https://news.example/r/{edition.name}/{story.id}" in letter
        assert story.url not in letter
    assert [str(one) for one in preview.findings(counting, edition) if "address of" in str(one)] == []
    page = preview.show(counting, edition, "page", now=timezone.now()).decode()
    assert story.url in page
    assert "/r/" not in page


def test_a_story_without_an_address_stays_without(edition):
    value = content.read(edition.content)
    bare = counted(value, "https://news.example")
    assert all(story.url.startswith("https://news.example/r/daily/") for story in bare.stories)
    assert [story.id for story in bare.stories] == [story.id for story in value.stories]

"""The studio: only editors come in, they see what will leave, and their word counts for what they saw."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from digest import model
from digest.clock.due import next_slot
from digest.clock.now import now
from digest.edition import content
from digest.model import Image
from digest.store.articles import Article, Story
from digest.store.editions import Edition, Notice
from digest.store.feeds import Feed
from digest.store.people import User
from digest.studio import gate, show

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
HERE = "/studio/editions/daily/2026-11-24/"
PAGES = ["/studio/", "/studio/feeds", "/studio/tags", "/studio/notices", HERE] + [
    HERE + tab
    for tab in ("text", "posts", "page", "print", "ranks", "tags", "deliveries", "see/html", "see/page", "see/print")
]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_opens_for_a_stranger(stranger: Any, edition: Edition, address: str) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/studio/sign-in?next=%2Fstudio%2F")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_for_an_editor_and_is_shut_to_everything_else(
    ana: Any, edition: Edition, address: str
) -> None:
    answer = ana.get(address)
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer["Referrer-Policy"] == ("no-referrer" if "/see/" in address else "same-origin")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    if "/see/" in address:
        assert policy.startswith("sandbox;")
    else:
        assert "<script" not in answer.content.decode()
        assert " style=" not in answer.content.decode()


def test_an_edition_shows_what_will_leave_and_why(ana: Any, edition: Edition) -> None:
    letter = ana.get(HERE).content.decode()
    assert '<iframe sandbox=""' in letter
    assert "Also: a quieter ferry on the night line" in letter
    assert "The old pier closes for a year" in ana.get(HERE + "see/html").content.decode()
    assert "THE OLD PIER" in ana.get(HERE + "text").content.decode().upper()
    assert "62 of 280" in ana.get(HERE + "posts").content.decode()
    ranks = ana.get(HERE + "ranks").content.decode()
    for words in ("recency", "+0.92", "-0.20", "“harbour” 4 times", "Council minutes, October", "sent on Friday"):
        assert words in ranks
    assert "No letter is planned yet" in ana.get(HERE + "deliveries").content.decode()


def test_an_article_shows_what_was_left_out_of_its_text_and_why(ana: Any, stranger: Any) -> None:
    feed = Feed.objects.create(address="https://own.example/feed", title="The Own Courier")
    kept = [
        ["title", "The pier is shut"],
        ["body", "The pier was shut on Friday."],
        ["correction", "Correction: it was Friday, not Thursday."],
        ["repeated", "Give <b>now</b>", "seen on 7 pages of own.example since 3 March 2026"],
    ]
    row = Article.objects.create(
        feed=feed, url="https://own.example/pier", title="The pier is shut", blocks=kept, text=kept[1][1],
        published_at=AT, first_seen_at=AT, content_hash="x",
        picture={"url": "https://own.example/p.jpg", "caption": "Rust"},
    )  # fmt: skip
    here = f"/studio/articles/{row.pk}"
    assert stranger.get(here).status_code == 302
    assert ana.get("/studio/articles/999999").status_code == 404
    page = ana.get(here).content.decode()
    for words in ("3 of 4 paragraphs", "repeated by its site, seen on 7 pages", "Corrected by its publisher", "Rust"):
        assert words in page
    assert "<b>now" not in page
    Article.objects.update(said=b"x")
    assert "Nobody has wanted this text yet" in ana.get(here).content.decode()


def test_what_the_checks_say_stands_beside_the_decision(ana: Any, edition: Edition) -> None:
    assert "What the checks say" not in ana.get(HERE + "ranks").content.decode()
    edition.content["subject"] = "The old pier closes for a year of repairs, and the ferry moves to the quay"
    edition.save()
    page = ana.get(HERE + "ranks").content.decode()
    assert "subject: it has 74 characters; a phone shows about 60" in page
    edition.content["preheader"] = ""
    edition.content["sections"][0]["stories"][0]["url"] = "javascript:alert(1)"
    edition.save()
    assert ana.get(HERE + "ranks").status_code == 200


def test_pictures_can_be_turned_off_and_a_reader_taken_who_is_unknown(ana: Any, edition: Edition) -> None:
    assert "img-src 'none'" in ana.get(HERE + "see/html?pictures=off")["Content-Security-Policy"]
    assert "nobody@news.example does not receive daily" in ana.get(HERE + "?to=nobody@news.example").content.decode()
    assert ana.get(HERE + "see/html?to=nobody@news.example").status_code == 404


def test_approval_is_for_what_was_seen(ana: Any, edition: Edition) -> None:
    page = ana.get(HERE)
    answer = ana.press(page, HERE + "approve")
    assert answer.status_code == 302, answer.content.decode()
    edition.refresh_from_db()
    assert (edition.status, edition.approved_by) == ("approved", "ana@news.example")
    shown = ana.get(HERE).content.decode()
    assert "Approved by ana@news.example" in shown
    assert "Approve this version" not in shown


def test_an_edition_that_moved_on_is_not_approved(ana: Any, edition: Edition) -> None:
    page = ana.get(HERE)
    Edition.objects.filter(pk=edition.pk).update(hash="f" * 64)
    answer = ana.press(page, HERE + "approve")
    assert answer.status_code == 409
    assert "The edition has moved on" in answer.content.decode()
    assert Edition.objects.get().status == "draft"


def test_hold_takes_a_reason_and_tells_the_others(ana: Any, edition: Edition) -> None:
    answer = ana.press(ana.get(HERE), HERE + "hold", reason="A name is\r\nwrong <b>twice</b>")
    assert answer.status_code == 302
    edition.refresh_from_db()
    assert edition.status == "held"
    page = ana.get(HERE).content.decode()
    assert "A name is wrong &lt;b&gt;twice&lt;/b&gt;" in page
    notice = Notice.objects.get()
    assert "ana@news.example held daily/2026-11-24: A name is wrong" in notice.text
    assert "Held: daily/2026-11-24" in ana.get("/studio/notices").content.decode()


@pytest.mark.parametrize("act", ["approve", "hold"])
def test_decisions_need_a_post_a_form_token_and_an_editor(ana: Any, stranger: Any, edition: Edition, act: str) -> None:
    assert ana.get(HERE + act).status_code == 405
    forged = ana.post(HERE + act, {"hash": edition.hash})
    assert forged.status_code == 403
    assert "Nothing was changed" in forged.content.decode()
    door = stranger.get("/studio/sign-in")
    token = {"csrfmiddlewaretoken": stranger.cookies["csrftoken"].value, "hash": edition.hash}
    assert door.status_code == 200
    answer = stranger.post(HERE + act, token, headers={"Referer": "https://news.example/"})
    assert answer.status_code == 302
    assert Edition.objects.get().status == "draft"


def test_what_the_pipeline_refuses_is_said_in_words(ana: Any, edition: Edition) -> None:
    page = ana.get(HERE)
    Edition.objects.filter(pk=edition.pk).update(status="skipped")
    answer = ana.press(page, HERE + "approve")
    assert answer.status_code == 409
    assert "It cannot be approved as it is" in answer.content.decode()


def test_an_editor_who_left_the_list_is_out_at_once(ana: Any, newsroom: Path) -> None:
    assert ana.get("/studio/").status_code == 200
    toml = newsroom / "config" / "digest.toml"
    toml.write_text(toml.read_text().replace("ana@news.example", "benno@news.example"))
    assert ana.get("/studio/").status_code == 302


def test_a_wrong_configuration_and_a_foreign_database_are_said_on_every_page(ana: Any, newsroom: Path) -> None:
    with (newsroom / "config" / "digest.toml").open("a") as toml:
        toml.write("\n[sight]\n")
    (newsroom / "var" / "install-id").write_text("another")
    page = ana.get("/studio/").content.decode()
    assert "The configuration is wrong" in page
    assert "Nothing is sent from here." in page


@pytest.mark.parametrize(("mode", "waits"), [("required", "for an editor"), ("automatic", "leaves by itself")])
def test_the_front_page_says_what_a_draft_waits_for(
    ana: Any, edition: Edition, newsroom: Path, mode: str, waits: str
) -> None:
    file = newsroom / "config" / "newsletters" / "daily.toml"
    file.write_text(f'{file.read_text()}approval = {{ mode = "{mode}" }}\n')
    page = ana.get("/studio/").content.decode()
    assert "One draft" in page
    assert waits in page


def test_lists_and_errors_speak_in_words(ana: Any, edition: Edition) -> None:
    listed = ana.get("/studio/").content.decode()
    assert "The old pier closes for a year" in listed
    assert "The Morning Tide</strong> leaves" in listed
    feeds = ana.get("/studio/feeds").content.decode()
    assert "1 of 2 cannot be read" in feeds
    assert "the server answered 503, 3 times in a row" in feeds
    missing = ana.get("/studio/editions/daily/1999-01-01/")
    assert missing.status_code == 404
    assert "There is no such page" in missing.content.decode()
    assert User.objects.count() == 1


def test_the_style_sheets_are_served(stranger: Any) -> None:
    look = stranger.get("/studio/look.css")
    assert look.content.startswith(b":root{--accent:#")
    sheet = stranger.get("/static/studio/studio.css")
    assert sheet.status_code == 200
    assert sheet["Content-Type"].startswith("text/css")


def test_a_previews_own_pictures_come_from_where_the_editor_is(ana: Any, edition: Edition) -> None:
    value = content.read(edition.content)
    story = value.sections[0].stories[0]
    picture = Image(url=f"{settings.CONFIG.site.address}/i/abc.jpeg", alt="A bridge", width=600, height=400)
    first = replace(value.sections[0], stories=(replace(story, image=picture), *value.sections[0].stories[1:]))
    edition.content = content.dump(replace(value, sections=(first, *value.sections[1:])))
    edition.save()
    body = ana.get(f"{HERE}see/html").content.decode()
    assert '"/i/abc.jpeg"' in body
    assert f"{settings.CONFIG.site.address}/i/" not in body


def test_an_editors_wish_for_a_story_composes_the_draft_again(ana: Any, edition: Edition) -> None:
    story = content.read(edition.content).stories[0].id
    Story.objects.get_or_create(pk=int(story), defaults={"first_seen_at": edition.drafted_at})
    page = ana.get(f"{HERE}ranks").content.decode()
    assert f'name="story" value="{story}"' in page
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]

    def say(**given: str) -> int:
        fields = {"csrfmiddlewaretoken": token, "story": story, "wish": "out", "hash": edition.hash, **given}
        return ana.post(f"{HERE}wish", fields, headers={"Referer": "https://news.example/"}).status_code

    assert say(story="x") == say(wish="burn") == say(hash="0") == 409
    assert ana.post(f"{HERE}wish", {"story": story, "wish": "out", "hash": edition.hash}).status_code == 403
    assert ana.get(f"{HERE}wish").status_code == 405
    assert not Story.objects.filter(wish="out").exists()
    assert say() == 302
    assert Story.objects.get(pk=int(story)).wish == "out"
    assert Edition.objects.get(pk=edition.pk).touched
    # The same form again was made for an edition that is no more.
    assert say() == 409


def test_an_update_says_since_when_and_what_is_new_and_a_story_left_out_what_it_needed(
    ana: Any, edition: Edition
) -> None:
    value = content.read(edition.content)
    section = value.sections[0]
    told = section.stories[0]
    update = model.Update(
        since=edition.slot_at - timedelta(days=2), new=told.summary, why="new figures: <b>31</b>; new names: Quist"
    )
    stories = (replace(told, update=update), *section.stories[1:])
    skipped = model.Skipped(
        story="98", headline="Crane & co.", why="below place 2 in Harbour", rule="place", needed="0.42 more points"
    )
    value = replace(
        value,
        sections=(replace(section, stories=stories), *value.sections[1:]),
        skipped=(skipped, model.Skipped(story="99", headline="Old", why="carried on Friday", rule="carried")),
    )
    Edition.objects.filter(pk=edition.pk).update(content=content.dump(value))
    page = ana.get(f"{HERE}ranks").content.decode()
    weekday = (edition.slot_at - timedelta(days=2)).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"<b>Update since {weekday:%A}</b>" in page
    assert "new figures: &lt;b&gt;31&lt;/b&gt;" in page
    assert f"{told.summary[0].start}–{told.summary[0].end}" in page
    assert "It would have needed 0.42 more points." in page
    assert page.count('name="story" value="98"') == 1
    assert 'name="story" value="99"' not in page, "what was carried cannot be lifted"
    assert page.count(">Pin it<") == 4


def test_a_models_summary_shows_what_it_rests_on_and_a_refused_one_why(ana: Any, edition: Edition) -> None:
    story = edition.content["sections"][0]["stories"][0]
    story["summary"] = [{"text": "The pier <i>closes</i>.", "start": None, "end": None}]
    story["machine"] = {"model": "quill-1", "why": "", "shown": False, "places": [[[0, 41], [90, 120]]]}
    edition.save()
    page = ana.get(HERE + "ranks").content.decode()
    for words in (
        "written by quill-1",
        "0–41, 90–120",
        "readers are not told",
        "&lt;i&gt;closes",
        "summary written by",
    ):
        assert words in page
    story["machine"] = {"model": "quill-1", "why": "the figure <9> is not there", "shown": False, "places": []}
    edition.save()
    page = ana.get(HERE + "ranks").content.decode()
    assert "own sentences: the figure &lt;9&gt; is not there" in page


def test_what_was_sent_before_its_hour_is_not_announced_again(ana, edition):
    zone = gate.current().site.zone
    first = next_slot("0 7 * * *", zone, now())
    then = next_slot("0 7 * * *", zone, first.at)
    for status, leaves in (("draft", first), ("sent", then), ("sending", then), ("skipped", then), ("held", first)):
        Edition.objects.filter(pk=edition.pk).update(slot_key=first.key, slot_at=first.at, status=status)
        assert f"leaves {show.moment(leaves.at, zone)}" in ana.get("/studio/").content.decode(), status

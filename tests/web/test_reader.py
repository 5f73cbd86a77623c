"""The readers' rooms: GET changes nothing, POST acts, and nothing says who is a reader."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.pofile import read_po
from django.test import Client

from digest.audience import suppression, tokens
from digest.audience.subscriptions import add, erase
from digest.config import Config
from digest.resources import folder
from digest.store.models import Edition, Picture, Subscriber, Subscription, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def newsroom(settings):
    settings.CONFIG = Config.model_validate(
        {
            "site": {"name": "The <Test> Courier", "postal_address": "1 Quay Street", "zone": "Europe/Berlin"},
            "newsletters": {
                "daily": {
                    "title": "The Daily & More",
                    "sections": [
                        {"tag": "Al Qaeda", "title": "Al Qaeda"},
                        {"tag": "world"},
                        {"tag": "*", "title": "Rest"},
                    ],
                }
            },
        }
    )
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def web():
    """A browser that is refused wherever a form token would be needed, and has no cookies."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def reader():
    return add("ana@inbox.example", ["daily"], now=NOW, consent_source="the shop")


def _leave(reader):
    return f"/u/{tokens.make('unsubscribe', reader.handle, 'daily')}"


def _choose(reader):
    return f"/s/{tokens.make('settings', reader.handle, 'daily')}"


def _subscription():
    return Subscription.objects.get()


@pytest.mark.parametrize("address", [_leave, _choose])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(web, reader, address, method):
    before = Subscription.objects.values().get()
    answer = getattr(web, method)(address(reader))
    assert answer.status_code == 200
    assert Subscription.objects.values().get() == before
    assert b"ana@" not in answer.content
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        ("", "application/x-www-form-urlencoded"),
        ("broken", "multipart/form-data"),
    ],
)
def test_one_click_unsubscribes_in_every_encoding_and_again(web, reader, data, kind):
    for _ in range(3):
        answer = web.post(_leave(reader), data, content_type=kind)
        assert answer.status_code == 200
        assert not answer.cookies
        assert _subscription().status == "unsubscribed"
    assert "You have unsubscribed" in answer.text


def test_the_page_of_one_newsletter_is_escaped_and_says_nothing_has_happened(web, reader):
    text = web.get(_leave(reader)).text
    assert "Stop receiving The Daily &amp; More?" in text
    assert "The &lt;Test&gt; Courier" in text
    assert "Nothing has changed yet" in text
    assert "<script" not in text
    assert '<form method="post">' in text


@pytest.mark.parametrize("path", ["/u/", "/s/"])
@pytest.mark.parametrize("bad", ["x", "A" * 27 + ".daily", "ana@inbox.example", "é" * 30, "..%2f"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_is_404_in_words(web, reader, path, bad, method):
    answer = getattr(web, method)(path + bad)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert _subscription().status == "active"


def test_a_link_opens_only_its_own_door(web, reader):
    leave, choose = _leave(reader), _choose(reader)
    assert web.post(leave.replace("/u/", "/s/")).status_code == 404
    assert web.post(choose.replace("/s/", "/u/")).status_code == 404
    assert _subscription().status == "active"


def test_nobody_learns_from_leaving_whether_there_is_such_a_reader(web, reader):
    there = web.post(_leave(reader))
    erase("ana@inbox.example", now=NOW)
    gone = web.post(_leave(reader))
    assert (there.status_code, there.content) == (gone.status_code, gone.content)
    assert web.get(_choose(reader)).content == web.get("/s/nonsense").content


def test_a_previews_links_work_and_change_nothing(web, reader):
    answer = web.post(f"/u/{tokens.dead('unsubscribe', 'daily')}", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "changes nothing" in answer.text
    answer = web.post(f"/s/{tokens.dead('settings', 'daily')}", {"do": "leave"})
    assert answer.status_code == 200
    assert _subscription().status == "active"


def test_topics_are_chosen_and_everything_is_no_choice(web, reader):
    answer = web.get(_choose(reader))
    assert answer.text.count(" checked") == 3
    assert 'value="al-qaeda"' in answer.text
    answer = web.post(_choose(reader), {"topic": ["world", "*", "invented"], "do": "save"})
    assert "Saved" in answer.text
    assert answer.text.count(" checked") == 2
    assert _subscription().topics == ["*", "world"]
    web.post(_choose(reader), {"topic": ["world", "*", "al-qaeda"], "do": "save"})
    assert _subscription().topics == []


def test_nothing_ticked_changes_nothing(web, reader):
    web.post(_choose(reader), {"topic": ["world"]})
    answer = web.post(_choose(reader), {"do": "save"})
    assert "nothing was changed" in answer.text
    assert _subscription().topics == ["world"]


def test_who_left_comes_back_by_their_own_hand(web, reader):
    assert "You have unsubscribed" in web.post(_choose(reader), {"do": "leave"}).text
    assert _subscription().status == "unsubscribed"
    assert "Subscribe again" in web.get(_choose(reader)).text
    web.post(_choose(reader), {"topic": ["world"], "do": "save"})
    subscription = _subscription()
    assert (subscription.status, subscription.topics) == ("active", ["world"])
    assert subscription.consent_source == "the reader, on the preferences page"
    assert subscription.consent_at != NOW


def test_who_bounced_cannot_come_back_by_a_page(web, reader):
    web.post(_choose(reader), {"do": "leave"})
    suppression.suppress("ana@inbox.example", reason="bounce", now=NOW)
    assert "Please write to the newsroom" in web.post(_choose(reader), {"topic": ["world"]}).text
    assert _subscription().status == "unsubscribed"


def test_a_letter_of_a_newsletter_that_is_no_more_can_still_be_stopped(web):
    reader = add("bo@inbox.example", ["hourly"], now=NOW, consent_source="the shop")
    for scope, path, data in (("settings", "s", {"do": "save"}), ("unsubscribe", "u", {})):
        token = tokens.make(scope, reader.handle, "hourly")
        assert web.get(f"/{path}/{token}").status_code == 200
        assert web.post(f"/{path}/{token}", data).status_code == 200
    assert _subscription().status == "unsubscribed"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(web, reader, method):
    assert getattr(web, method)(_leave(reader)).status_code == 405


@pytest.fixture
def sent():
    """Makes an edition with its frozen page."""

    def make(slot="2026-11-24", status="sent", subject="The ferry <sails>"):
        edition = Edition.objects.create(
            newsletter="daily", slot_key=slot, slot_at=NOW + timedelta(days=Edition.objects.count()), number=7,
            status=status, window_from=NOW, window_to=NOW, drafted_at=NOW,
        )  # fmt: skip
        for kind in ("page", "print"):
            body = f"<!doctype html><title>{kind}</title>".encode()
            Variant.objects.create(
                edition=edition, kind=kind, key=kind, language="en", body=body, hash="h", subject=subject
            )

    return make


def test_an_edition_is_public_once_its_letters_leave(web, sent):
    sent("2026-11-24", "sent")
    sent("2026-11-25", "sending")
    for hidden, status in (("2026-11-26", "approved"), ("2026-11-27", "held"), ("2026-11-28", "draft")):
        sent(hidden, status)
        assert web.get(f"/e/daily/{hidden}").status_code == 404
    answer = web.get("/e/daily/2026-11-24")
    assert answer.content == b"<!doctype html><title>page</title>"
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "print" in web.get("/e/daily/2026-11-24/print").text
    listed = web.get("/e/daily/").text
    assert listed.index("/e/daily/2026-11-25") < listed.index("/e/daily/2026-11-24")
    assert "2026-11-26" not in listed
    assert "The ferry &lt;sails&gt;" in listed
    assert web.post("/e/daily/2026-11-24").status_code == 404


def test_an_editions_own_pictures_come_from_where_the_reader_is(web, sent, settings):
    sent()
    own, other = (
        f'<img src="{site}/i/a.jpeg">' for site in (settings.CONFIG.site.address, "https://elsewhere.example")
    )
    Variant.objects.filter(kind="page").update(body=f"<!doctype html>{own}{other}".encode())
    assert web.get("/e/daily/2026-11-24").text == f'<!doctype html><img src="/i/a.jpeg">{other}'


def test_an_archive_without_editions_says_so_and_an_unknown_one_is_404(web):
    assert "No edition has been sent yet" in web.get("/e/daily/").text
    assert web.get("/e/hourly/").status_code == 404


def test_a_picture_is_kept_for_ever_and_is_only_a_picture(web):
    Picture.objects.create(
        origin="https://a.example/1", name="abc.jpg", mime="image/jpeg", body=b"jpeg", fetched_at=NOW
    )
    Picture.objects.create(
        origin="https://a.example/2", name="abc.svg", mime="image/svg+xml", body=b"<svg", fetched_at=NOW
    )
    Picture.objects.create(origin="https://a.example/3", reason="too big", fetched_at=NOW)
    answer = web.get("/i/abc.jpg")
    assert (answer.content, answer["Content-Type"]) == (b"jpeg", "image/jpeg")
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert web.get("/i/abc.svg").status_code == 404
    assert web.get("/i/nothing.jpg").status_code == 404


def test_the_one_click_self_test_presses_a_real_link(live_server, settings):
    from digest.delivery.permitted import one_click

    settings.ALLOWED_HOSTS = ["*"]
    assert one_click(f"{live_server.url}/u/{tokens.dead('unsubscribe', 'self-test')}") == 200
    assert one_click(f"{live_server.url}/u/{tokens.dead('settings', 'self-test')}") == 404
    assert one_click("http://127.0.0.1:1/u/x") == 0


def test_pages_speak_the_readers_language(web, reader):
    Subscriber.objects.update(language="de-at")
    text = web.get(_leave(reader)).text
    assert '<html lang="de" dir="ltr">' in text
    assert "The Daily &amp; More abbestellen?" in text
    Subscriber.objects.update(language="ar")
    assert '<html lang="ar" dir="rtl">' in web.get(_choose(reader)).text


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr"])
def test_every_word_of_the_pages_is_translated_with_its_blanks(language):
    places = folder("templates")
    keys = {
        key
        for file in (places / "reader").rglob("*.*")
        if file.suffix in (".html", ".txt")
        for key in re.findall(r"""\bt\("([^"]+)\"""", file.read_text(encoding="utf-8"))
    } | {"the newsletters I have chosen"}
    text = "\n".join(
        (places / file).read_text(encoding="utf-8") for file in (f"words/{language}.po", f"reader/words/{language}.po")
    )
    entries = [entry for entry in read_po(io.BytesIO(text.encode()), abort_invalid=True) if entry.id]
    translated = {entry.id: entry.string for entry in entries if isinstance(entry.id, str)}
    assert len(keys) > 15
    assert keys <= set(translated)
    said = re.findall(r"^msgid (.+)$", text, re.MULTILINE)
    assert len(said) == len(set(said)), "said twice"
    assert {"{count} day", "{count} hour", "{count} minute"} <= {entry.id[0] for entry in entries}
    blanks = re.compile(r"\{\w+\}")
    assert all(set(blanks.findall(key)) == set(blanks.findall(translated[key])) for key in keys)


def test_a_homes_own_page_is_shown_as_soon_as_it_is_written(web, settings, tmp_path):
    settings.HOME = tmp_path
    own = tmp_path / "templates" / "reader"
    own.mkdir(parents=True)
    assert "Nothing here" in web.get("/s/x").text
    for words in ("Our own words", "Other words"):
        (own / "missing.html").write_text(words)
        assert web.get("/s/x").text == words
    (own / "missing.html").unlink()
    assert "Nothing here" in web.get("/s/x").text


@pytest.mark.parametrize("address", ["/e/daily/", "/e/daily/2026-11-24", "/r/daily/2026-11-24/1", "/i/x.png"])
def test_a_page_that_takes_no_form_says_so_in_readers_words(web, address):
    answer = web.post(address, {"x": "1"})
    assert (answer.status_code, "Nothing here" in answer.text) == (404, True)

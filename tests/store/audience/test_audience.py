"""Readers come, change, go and are forgotten; and files bring none of them back."""

import io
from datetime import UTC, datetime

import pytest

from digest.audience import requests, suppression
from digest.audience.exporting import write_csv, write_json_lines
from digest.audience.importing import load
from digest.audience.subscriptions import add, choose, erase, preferences, remove, show, unsubscribe
from digest.config import Config
from digest.errors import InputError, RefusedError
from digest.store.models import Edition, Letter, Subscriber, Subscription, Suppression

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
THEN = datetime(2025, 1, 2, tzinfo=UTC)
CONFIG = Config.model_validate(
    {
        "site": {"name": "The Courier"},
        "newsletters": {
            "daily": {"title": "Daily", "sections": [{"tag": "syria"}, {"tag": "*"}]},
            "weekly": {"title": "Weekly", "default": False},
        },
    }
)

pytestmark = pytest.mark.django_db


def _add(email="ana@inbox.example", newsletters=("daily",), **rest):
    return add(email, newsletters, **({"now": NOW, "consent_source": "the shop's counter"} | rest))


def _load(text, consent="paper form"):
    return load(io.BytesIO(text.encode()), config=CONFIG, now=NOW, consent=consent)


def _status(email="ana@inbox.example", newsletter="daily"):
    return Subscription.objects.get(subscriber__email=email, newsletter=newsletter).status


def test_adding_twice_changes_topics_and_makes_nobody_new():
    _add("Ana@Inbox.Example", topics=["syria", "europe"])
    _add(topics=["sport"], name="Ana")
    reader = Subscriber.objects.get()
    assert (reader.email, reader.name, reader.joined_at) == ("ana@inbox.example", "Ana", NOW)
    subscription = reader.subscriptions.get()
    assert (subscription.topics, subscription.consent_source) == (["sport"], "the shop's counter")
    assert reader.handle > 0


def test_who_asked_and_has_not_confirmed_can_be_found():
    requests.ask("join", "ana@inbox.example", requests.Wish(), now=NOW)
    held = show(" Ana@inbox.example ")
    (asked,) = held["asked"]
    assert (held["email"], asked["act"], asked["asked_at"]) == ("ana@inbox.example", "join", NOW)
    assert (asked["mailed_at"], asked["confirmed_at"]) == (None, None)
    assert show("bo@inbox.example") is None


def test_nobody_is_added_without_consent_or_address():
    with pytest.raises(RefusedError, match="say where and how"):
        _add(consent_source=" ")
    with pytest.raises(InputError, match="not-an-address"):
        _add("not-an-address")
    assert not Subscriber.objects.exists()


def test_unsubscribing_ends_one_newsletter_and_may_be_repeated():
    reader = _add(newsletters=("daily", "weekly"))
    for _ in range(2):
        unsubscribe(reader.handle, "daily", now=NOW)
    unsubscribe(12345, "daily", now=NOW)
    assert (_status(), _status(newsletter="weekly")) == ("unsubscribed", "active")
    unsubscribe(reader.handle, "", now=NOW)
    assert _status(newsletter="weekly") == "unsubscribed"


def test_only_the_reader_comes_back():
    _add()
    assert remove("ANA@inbox.example", now=NOW) == 1
    with pytest.raises(RefusedError, match="only they can come back"):
        _add()
    _add(by_reader=True, consent_source="the web form")
    subscription = Subscription.objects.get()
    assert (subscription.status, subscription.consent_source) == ("active", "the web form")


def test_erasure_leaves_a_hash_and_nothing_else():
    _add()
    assert erase("Ana@inbox.example", now=NOW) is True
    assert erase("ana@inbox.example", now=NOW) is False
    assert not Subscriber.objects.exists()
    kept = Suppression.objects.get()
    assert kept.reason == "erased"
    assert "ana" not in kept.hash
    assert show("ana@inbox.example") == {"email": "ana@inbox.example", "suppressed": "erased"}
    with pytest.raises(RefusedError, match="must not be written to"):
        _add()
    _add(by_reader=True)
    assert show("ana@inbox.example")["suppressed"] == ""


def test_who_bounced_or_complained_stays_away_even_in_person():
    suppression.suppress("ana@inbox.example", reason="complaint", now=NOW)
    with pytest.raises(RefusedError, match="complaint"):
        _add(by_reader=True)


def test_a_lost_key_is_an_error_and_not_a_clean_slate(settings, tmp_path):
    settings.VAR = tmp_path
    suppression.suppress("ana@inbox.example", reason="person", now=NOW)
    assert suppression.among({"ana@inbox.example": 1, "bo@inbox.example": 2}) == [1]
    assert (tmp_path / "suppression.key").stat().st_mode & 0o077 == 0
    (tmp_path / "suppression.key").unlink()
    settings.VAR = tmp_path / "."
    for cached in (suppression._key, suppression._keyed):
        cached.cache_clear()
    with pytest.raises(RefusedError, match="Put it back from a backup"):
        suppression.why("ana@inbox.example")


def test_everything_held_about_a_reader_is_shown():
    _add(topics=["syria"], name="Ana", language="PT", zone="Europe/Lisbon")
    held = show("ana@inbox.example")
    assert (held["name"], held["language"], held["zone"]) == ("Ana", "pt", "Europe/Lisbon")
    assert held["subscriptions"][0]["topics"] == ["syria"]
    assert show("bo@inbox.example") is None


def test_every_letter_of_a_reader_is_shown_however_many():
    reader = _add()
    at = NOW
    for number in range(101):
        edition = Edition.objects.create(
            newsletter="daily",
            number=number,
            slot_key=f"{number}",
            slot_at=at,
            window_from=at,
            window_to=at,
            drafted_at=at,
        )
        Letter.objects.create(edition=edition, subscriber=reader, status="sent", due_at=at, at=at, reply="250 ok")
    letters = show("ana@inbox.example")["letters"]
    assert [one["edition"] for one in letters] == [f"daily/{number}" for number in reversed(range(101))]


def test_a_reader_chooses_topics_and_comes_back_by_it():
    reader = _add()
    assert preferences(reader.handle, "daily").topics == ()
    assert choose(reader.handle, "daily", ["syria", "syria"], now=NOW, source="the preferences page")
    assert preferences(reader.handle, "daily").topics == ("syria",)
    unsubscribe(reader.handle, "daily", now=NOW)
    assert not preferences(reader.handle, "daily").active
    assert choose(reader.handle, "daily", [], now=NOW, source="the preferences page")
    assert preferences(reader.handle, "daily").active
    assert not choose(reader.handle, "hourly", [], now=NOW, source="x")
    suppression.suppress("ana@inbox.example", reason="bounce", now=NOW)
    assert not choose(reader.handle, "daily", [], now=NOW, source="x")


def test_an_import_adds_changes_and_rejects_line_by_line():
    _add("old@inbox.example")
    report = _load(
        "email,name,newsletters,topics\n"
        "ana@inbox.example,Ana,,syria\n"
        "nonsense,,,\n"
        "OLD@inbox.example,,,\n"
        "old@inbox.example,Olga,weekly,\n"
        "ana@inbox.example,Ana,,syria\n"
    )
    assert (report.added, report.updated, report.unchanged) == (1, 1, 2)
    assert [(bad.line, bad.why[:14]) for bad in report.rejected] == [(3, "not an address")]
    ana = Subscription.objects.get(subscriber__email="ana@inbox.example")
    assert (ana.topics, ana.consent_at, ana.consent_source) == (["syria"], NOW, "paper form")
    assert Subscriber.objects.get(email="old@inbox.example").name == "Olga"
    again = _load("email\nana@inbox.example\n")
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)


def test_no_file_brings_anybody_back():
    gone, erased = _add("gone@inbox.example"), _add("erased@inbox.example")
    unsubscribe(gone.handle, "daily", now=NOW)
    erase(erased.email, now=NOW)
    suppression.suppress("bounced@inbox.example", reason="bounce", now=NOW)
    report = _load("email\ngone@inbox.example\nerased@inbox.example\nbounced@inbox.example\nnew@inbox.example\n")
    assert report.added == 1
    assert [bad.line for bad in report.rejected] == [2, 3, 4]
    assert "unsubscribed from daily" in report.rejected[0].why
    assert not Subscription.objects.filter(status="active").exclude(subscriber__email="new@inbox.example").exists()


def test_a_no_can_be_imported_and_ends_what_was_active():
    _add()
    _load("email,status\nana@inbox.example,unsubscribed\nbo@inbox.example,unsubscribed\n", consent="")
    assert (_status(), _status("bo@inbox.example")) == ("unsubscribed", "unsubscribed")


@pytest.mark.parametrize("write", [write_csv, write_json_lines])
def test_what_is_exported_can_be_imported_again(write):
    _add("ana@inbox.example", ("daily", "weekly"), name="=HYPERLINK(1)", language="de", consent_at=THEN)
    reader = _add("bo@inbox.example", topics=["syria"], name="+49 Bo")
    unsubscribe(reader.handle, "daily", now=NOW)
    out = io.StringIO()
    assert write(out) == 3
    Subscriber.objects.all().delete()
    report = _load(out.getvalue(), consent="")
    assert report.rejected == []
    assert Subscriber.objects.get(email="ana@inbox.example").name == "=HYPERLINK(1)"
    assert Subscriber.objects.get(email="bo@inbox.example").name == "+49 Bo"
    assert _status("bo@inbox.example") == "unsubscribed"
    assert set(Subscription.objects.filter(status="active").values_list("newsletter", "consent_at")) == {
        ("daily", THEN),
        ("weekly", THEN),
    }


def test_every_column_of_an_export_comes_back():
    head = "email,format,paused_until,consent_at,consent_source,consent_text,zone\n"
    line = 'ana@inbox.example,text,2026-12-24T06:00:00+00:00,2024-01-01,form,"I agree; =really",Europe/Lisbon\n'
    _load(head + line, consent="")
    before = io.StringIO()
    write_csv(before)
    Subscriber.objects.all().delete()
    assert _load(before.getvalue(), consent="").rejected == []
    after = io.StringIO()
    write_csv(after)
    assert after.getvalue() == before.getvalue()
    held = Subscription.objects.select_related("subscriber").get()
    assert (held.consent_text, held.subscriber.format) == ("I agree; =really", "text")
    assert held.paused_until == datetime(2026, 12, 24, 6, tzinfo=UTC)


def test_bounces_and_blocks_of_another_program_bar_the_address():
    _add()
    head = "Email Address,OPTIN_TIME,CLEAN_TIME,LEID,EUID\n"
    report = _load(head + "ana@inbox.example,2024-05-01 10:00:00,2025-01-01 00:00:00,1,a\n", consent="")
    assert (report.suppressed, report.added, report.updated, report.unchanged) == (1, 0, 0, 0)
    assert suppression.why("ana@inbox.example") == "bounce"
    again = _load("email\nana@inbox.example\n")
    assert "must not be written to" in again.rejected[0].why


def test_topics_of_many_readers_change_by_one_statement(django_assert_max_num_queries):
    emails = [f"r{number}@inbox.example" for number in range(300)]
    _load("email\n" + "\n".join(emails))
    with django_assert_max_num_queries(20):
        report = _load("email,topics\n" + "\n".join(f"{email},syria" for email in emails))
    assert report.updated == 300
    assert Subscription.objects.filter(topics=["syria"]).count() == 300


def test_a_spreadsheet_runs_nothing_from_an_export():
    for at, name in enumerate(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "Ana"]):
        _add(f"r{at}@inbox.example", name=name)
    out = io.StringIO()
    write_csv(out)
    names = [line.split(",")[1] for line in out.getvalue().splitlines()[1:]]
    assert names == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t'=1", "Ana"]


def test_hostile_bytes_spoil_only_their_own_line():
    data = b"\xef\xbb\xbfemail,name\nana@inbox.example,Ana\nbo@inbox.example,\xff\xfe\ncy@inbox.example,\xc3\xa9\n"
    report = load(io.BytesIO(data), config=CONFIG, now=NOW, consent="form")
    assert (report.added, [bad.line for bad in report.rejected]) == (2, [3])


def test_an_empty_file_is_no_mistake():
    assert _load("").added == 0
    assert _load("email\n").added == 0


def test_batches_are_written_one_by_one(monkeypatch):
    from digest.audience import importing

    monkeypatch.setattr(importing, "BATCH", 7)
    told = []
    text = "email\n" + "".join(f"r{n}@inbox.example\n" for n in range(50))
    load(io.BytesIO(text.encode()), config=CONFIG, now=NOW, consent="form", on_progress=told.append)
    assert (sum(told), max(told), Subscriber.objects.count()) == (50, 7, 50)
    assert len(set(Subscriber.objects.values_list("handle", flat=True))) == 50

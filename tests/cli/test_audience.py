"""The audience from the shell: in with consent, out for good, and everything that is held can be seen."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

CSV = (
    "email,name,newsletters,topics,language,zone,consent_at,consent_source\n"
    'ana@news.example,"Oakes, Ana",daily,politics;economy,en,Europe/Berlin,2026-01-02,sign-up form\n'
    "bo@news.example,,,,,,2026-01-02T08:00:00+01:00,sign-up form\n"
    "nobody,,,,,,2026-01-02,form\n"
    "eve@news.example,,weekly,,,,2026-01-02,form\n"
    "fay@news.example,,,,,,,\n"
)


def test_an_import_counts_and_names_what_it_rejects(digest, home):
    done = digest("--json", "subscribers", "import", "-", home=home, input=CSV)
    assert done.code == 0, done.err
    assert (done.json["added"], done.json["updated"], done.json["unchanged"]) == (2, 0, 0)
    assert [line["line"] for line in done.json["rejected"]] == [4, 5, 6]
    assert all(line["why"] for line in done.json["rejected"])
    again = digest("--json", "subscribers", "import", "-", "--consent", "forms of 2025", home=home, input=CSV)
    assert (again.json["added"], again.json["unchanged"]) == (1, 2)


def test_an_import_that_brings_nobody_fails(digest, home, tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("email\nana@news.example\n")
    done = digest("subscribers", "import", str(file), home=home)
    assert done.code == 1
    assert f"{file}:2: " in done.out
    file.write_text("mail,nome\nana@news.example,x\n")
    wrong = digest("subscribers", "import", str(file), home=home)
    assert (wrong.code, str(file) in wrong.err) == (1, True)
    assert digest("subscribers", "import", str(tmp_path / "none.csv"), home=home).code == 2


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_goes_out_comes_in_again(digest, home, tmp_path, form):
    digest("subscribers", "import", "-", home=home, input=CSV.encode())
    digest("subscribers", "remove", "bo@news.example", home=home)
    out = digest("subscribers", "export", "--format", form, home=home)
    assert out.code == 0
    rows = list(csv.DictReader(io.StringIO(out.out))) if form == "csv" else out.lines
    assert [(row["email"], row["status"]) for row in rows] == [
        ("ana@news.example", "active"),
        ("bo@news.example", "unsubscribed"),
    ]
    for address in ("ana@news.example", "bo@news.example"):
        shown = digest("--json", "subscribers", "show", address, home=home).json
        assert shown["subscriptions"][0]["consent_source"] == "sign-up form"
    assert digest("--json", "subscribers", "export", home=home).json["subscribers"] == rows
    back = digest("--json", "subscribers", "import", "-", home=home, input=out.out)
    assert (back.code, back.json["unchanged"], back.json["rejected"]) == (0, 2, [])


def test_one_reader_is_added_by_hand(digest, home):
    added = digest("--json", "subscribers", "add", "Ana@News.example", "--topics", "politics", home=home)
    assert (added.code, added.json) == (
        0,
        {"email": "ana@news.example", "newsletters": ["daily"], "topics": ["politics"]},
    )
    shown = digest("--json", "subscribers", "show", "ana@news.example", home=home).json
    assert "by hand" in shown["subscriptions"][0]["consent_source"]
    told = digest("subscribers", "show", "ana@news.example", home=home).out
    assert "daily: active, politics; agreed 2" in told
    assert re.search(r"joined: \d{4}-\d\d-\d\d \d\d:\d\d \(Europe/Berlin\)\n", told)
    assert digest("subscribers", "add", "not an address", home=home).code == 1
    assert "no newsletter" in digest("subscribers", "add", "c@news.example", "--newsletter", "weekly", home=home).err
    assert "no section" in digest("subscribers", "add", "c@news.example", "--topics", "golf", home=home).err


def test_nobody_who_left_comes_back(digest, home):
    digest("subscribers", "add", "ana@news.example", home=home)
    digest("subscribers", "add", "bo@news.example", home=home)
    assert digest("--json", "subscribers", "remove", "ana@news.example", home=home).json["removed"] == 1
    assert digest("subscribers", "remove", "ana@news.example", home=home).code == 1
    assert digest("--json", "subscribers", "erase", "bo@news.example", home=home).json["erased"] is True
    for address in ("ana@news.example", "bo@news.example"):
        assert digest("subscribers", "add", address, home=home).code == 1
        row = json.dumps({"email": address, "consent_at": "2026-01-01", "consent_source": "an old list"})
        assert digest("subscribers", "import", "-", "--consent", "x", home=home, input=row + "\n").code == 1
    held = digest("--json", "subscribers", "show", "bo@news.example", home=home).json
    assert held == {"email": "bo@news.example", "suppressed": "erased"}
    assert digest("subscribers", "show", "never@news.example", home=home).code == 1


def test_who_asks_by_letter_gets_everything_in_one_file(digest, home):
    digest("subscribers", "import", "-", home=home, input=CSV)
    for flags in ((), ("--json",)):
        done = digest(*flags, "subscribers", "export", " Ana@News.example ", home=home)
        assert done.code == 0, done.err
        held = json.loads(done.out)
        assert held["address"] == "ana@news.example"
        assert held["reader"]["name"] == "Oakes, Ana"
        assert [one["newsletter"] for one in held["subscriptions"]] == ["daily"]
        assert {"letters", "requests", "not_to_be_written_to", "made_at", "by"} <= set(held)
    digest("subscribers", "erase", "ana@news.example", home=home)
    assert json.loads(digest("subscribers", "export", "ana@news.example", home=home).out)["reader"] is None
    for wrong in ("zoe@news.example", "nobody"):
        done = digest("subscribers", "export", wrong, home=home)
        assert (done.code, wrong in done.err, done.out) == (1, True, "")


MAILCHIMP = "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,LEID,EUID\n"


def test_who_said_no_elsewhere_is_not_told_as_a_new_reader(digest, home):
    text = MAILCHIMP + "ana@news.example,Ana,,2024-05-01 10:00:00,,2025-05-01 10:00:00,1,a\n"
    done = digest("--json", "subscribers", "import", "-", home=home, input=text)
    assert (done.json["added"], done.json["unsubscribed"]) == (1, 1)
    said = digest("subscribers", "import", "-", home=home, input=text)
    assert "1 of them said no and get nothing." in said.out


def test_mailchimps_contacts_who_never_subscribed_are_refused_by_the_files_name(digest, home, tmp_path):
    file = tmp_path / "nonsubscribed_email_audience_export_1.csv"
    file.write_text(MAILCHIMP + "ana@news.example,Ana,,,2024-05-01 10:00:00,,1,a\n")
    done = digest("subscribers", "import", str(file), "--consent", "forms of 2019", home=home)
    assert (done.code, "never subscribed" in done.err) == (1, True)
    assert digest("subscribers", "show", "ana@news.example", home=home).code != 0

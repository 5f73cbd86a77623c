"""Who got it, and what is done about letters of which nobody knows."""

from __future__ import annotations

import pytest

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}


@pytest.fixture
def sent(digest, home, site):
    """A home whose one reader got today's edition."""
    address = site.feed("/feed.xml", ["The ferry sails again", "Harbour gets a new crane"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    assert digest("subscribers", "add", "ana@news.example", home=home).code == 0
    assert digest("run", "daily", home=home, env=LOOPBACK).code == 0
    return home


def test_the_word_list_may_be_left_out(digest, sent):
    short = digest("deliveries", "daily/latest", "--json", home=sent)
    assert short.json == digest("--json", "deliveries", "list", "daily/latest", home=sent).json
    assert short.json["deliveries"][0]["status"] == "sent"
    assert digest("deliveries", "--status", "sent", "daily/latest", home=sent).code == 0
    assert "resolve" in digest("deliveries", "--help", home=sent).out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "--postfix-log FILE"),
        (["ana@news.example"], 2, "--as"),
        (["--as", "sent"], 2, "--all"),
        (["--as", "again", "ana@news.example", "--all"], 2, "--all"),
        (["--as", "again", "ana@news.example"], 1, "no uncertain letter of daily/"),
        (["--postfix-log", "no-such-file"], 1, "no-such-file cannot be read"),
    ],
)
def test_what_cannot_be_settled_is_said(digest, sent, words, code, says):
    done = digest("deliveries", "resolve", "daily/latest", *words, home=sent)
    assert (done.code, says in done.err) == (code, True), done.err


def test_a_log_that_knows_nothing_settles_nothing(digest, sent, tmp_path):
    log = tmp_path / "mail.log"
    log.write_text("Nov 24 06:00:01 mx1 postfix/cleanup[7]: 4A1B2C3D: message-id=<x@news.example>\n")
    done = digest("--json", "deliveries", "resolve", "daily/latest", "--postfix-log", str(log), home=sent)
    assert done.code == 0, done.err
    assert (done.json["settled"], done.json["uncertain"]) == ({"sent": 0, "failed": 0, "again": 0}, 0)


FOREIGN = "2026-11-24 06:00:01 1tXyZ4-0001 <= news@news.example H=localhost\n"


def test_a_log_in_a_form_it_does_not_know_is_said_and_shown(digest, sent, tmp_path):
    log = tmp_path / "exim.log"
    log.write_text("\n" + 3 * FOREIGN)
    done = digest("deliveries", "resolve", "daily/latest", "--postfix-log", str(log), home=sent)
    assert done.code == 1, "it settled nothing, and could not"
    assert f"{log}: 4 lines read, 0 of them tell of letters; 0 name a letter of ours" in done.out
    assert "postfix/smtp[9]: 4A1B2C3D: to=<...>" in done.out, "what it should look like"
    assert f"{log} instead, in line 2:\n    2026-11-24 06:00:01 1tXyZ4-0001 <= <address> H=localhost" in done.out
    assert "0 letters settled" in done.out
    word = ("--as", "failed", "--all")
    assert digest("deliveries", "resolve", "daily/latest", *word, "--postfix-log", str(log), home=sent).code == 0
    (tmp_path / "none.log").touch()
    empty = digest("deliveries", "resolve", "daily/latest", "--postfix-log", str(tmp_path / "none.log"), home=sent)
    assert (empty.code, "none.log: it is empty." in empty.out) == (1, True)


def test_a_log_of_another_server_is_told_apart_from_one_of_another_form(digest, sent, tmp_path):
    log, other = tmp_path / "mail.log", tmp_path / "exim.log"
    log.write_text("Nov 24 06:00:01 mx1 postfix/cleanup[7]: 4A1B2C3D: message-id=<x@news.example>\n")
    other.write_text(FOREIGN)
    files = ("--postfix-log", str(other), "--postfix-log", str(log))
    done = digest("deliveries", "resolve", "daily/latest", *files, home=sent)
    assert done.code == 0, done.err
    assert (
        f"{log}: 1 lines read, 1 of them tell of letters; 0 name a letter of ours, 0 of these one in doubt" in done.out
    )
    assert "None of it names a letter of ours" in done.out
    found = digest("--json", "deliveries", "resolve", "daily/latest", *files, home=sent).json["logs"]
    assert [(one["file"], one["lines"], one["understood"], one["first"]) for one in found] == [
        (str(other), 1, 0, 1),
        (str(log), 1, 1, 1),
    ]


def test_past_the_canary_everybody_gets_it(digest, home, site):
    file = home / "config" / "newsletters" / "daily.toml"
    file.write_text(file.read_text().replace("share = 0.0, wait", "share = 0.5, wait"))
    address = site.feed("/feed.xml", ["The ferry sails again", "Harbour gets a new crane"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    readers = "email\n" + "".join(f"reader{n}@news.example\n" for n in range(12))
    (home / "readers.csv").write_text(readers)
    added = digest("subscribers", "import", str(home / "readers.csv"), "--consent", "invented", home=home)
    assert added.code == 0, added.err
    first = digest("--json", "run", "daily", home=home, env=LOOPBACK)
    assert first.code == 0, first.err
    assert 0 < first.json["letters"]["sent"] < 12
    assert "to see whether they arrive" in first.json["waits"]
    assert first.json["posts"] == {}
    rest = digest("--json", "publish", "daily/latest", "--past-canary", home=home)
    assert (rest.json["letters"]["sent"], rest.json["waits"]) == (12, "")

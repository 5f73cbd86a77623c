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

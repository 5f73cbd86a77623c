"""The feeds from the shell: from nothing to a first gather, feeds.toml's comments kept, nonsense refused with words."""

from __future__ import annotations

import tomllib

import pytest

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}


def test_from_nothing_to_a_first_gather(digest, tmp_path, site):
    home = tmp_path / "newsroom"
    made = digest("--json", "init", str(home), home=home)
    assert (made.code, made.json) == (0, {"home": str(home)})
    assert digest("check", home=home).code == 0
    before = (home / "config" / "feeds.toml").read_text()
    address = site.feed("/feed.xml", ["Ferry sails again", "Harbour gets a new crane"], name="The Quay &amp; Post")
    added = digest("--json", "feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK)
    assert added.code == 0, added.err
    assert added.json["feeds"] == [
        {"address": address, "name": "The Quay & Post", "rights": "own", "healthy": True, "why": ""}
    ]
    text = (home / "config" / "feeds.toml").read_text()
    assert text.startswith(before)
    assert tomllib.loads(text)["feeds"] == [{"address": address, "name": "The Quay & Post", "rights": "own"}]
    assert digest("check", home=home).code == 0
    gathered = digest("--json", "gather", home=home, env=LOOPBACK)
    assert gathered.code == 0, gathered.err
    assert gathered.json["feeds"] == {"polled": 1, "changed": 1, "unchanged": 0, "failed": []}
    assert gathered.json["articles"] == {"new": 2, "updated": 0}
    assert digest("--json", "gather", home=home, env=LOOPBACK).json["feeds"]["polled"] == 0


def test_what_is_no_feed_is_refused_and_nothing_changes(digest, home, site):
    file = home / "config" / "feeds.toml"
    before = file.read_bytes()
    link = b'<link rel="alternate" type="application/rss+xml" title="x" href="/real.xml?a=1&amp;b=2">'
    site.pages["/page"] = (200, "text/html", b"<!doctype html><html><head>" + link + b"</head><body>x</body></html>")
    site.pages["/plain"] = (200, "text/plain", b"just words")
    says = {}
    for path in ("/page", "/plain", "/missing"):
        done = digest("feeds", "add", site.base + path, home=home, env=LOOPBACK)
        assert done.code == 1
        says[path] = done.err
    assert f"is a web page, not a feed; it offers {site.base}/real.xml?a=1&b=2" in says["/page"]
    assert "is not a feed" in says["/plain"]
    assert "404" in says["/missing"]
    assert digest("feeds", "add", "ftp://news.example/feed", home=home).code == 2
    private = digest("feeds", "add", site.feed("/feed.xml", ["x"]), home=home)
    assert private.code == 1
    assert "DIGEST_ALLOW_PRIVATE" in private.err
    assert file.read_bytes() == before


def test_a_feed_is_added_once(digest, home, site):
    address = site.feed("/feed.xml", ["Ferry sails"])
    assert digest("feeds", "add", address, "--name", "Ours", home=home, env=LOOPBACK).code == 0
    for again in (address, address + "#top", address.replace("http://", "HTTP://")):
        done = digest("feeds", "add", again, home=home, env=LOOPBACK)
        assert (done.code, "already, as Ours" in done.err) == (2, True), done.err
    site.pages["/old.xml"] = (301, "text/plain", address.encode())
    assert digest("feeds", "add", f"{site.base}/old.xml", home=home, env=LOOPBACK).code == 2


def test_a_feed_that_moved_for_good_is_added_where_it_is(digest, home, site):
    address = site.feed("/new.xml", ["Ferry sails"])
    site.pages["/old.xml"] = (301, "text/plain", address.encode())
    added = digest("--json", "feeds", "add", f"{site.base}/old.xml", home=home, env=LOOPBACK)
    assert [feed["address"] for feed in added.json["feeds"]] == [address]


def test_list_tells_each_feeds_health(digest, home, site):
    assert "No feeds yet" in digest("feeds", "list", home=home).out
    good = site.feed("/good.xml", ["Ferry sails"])
    bad = site.feed("/bad.xml", ["Whale seen"], name="Bad")
    for address in (good, bad):
        digest("feeds", "add", address, home=home, env=LOOPBACK)
    first = digest("--json", "feeds", "list", home=home).json["feeds"]
    assert [(feed["healthy"], feed["why"]) for feed in first] == [(True, "not read yet")] * 2
    site.pages["/bad.xml"] = (500, "text/plain", b"oops")
    assert digest("gather", home=home, env=LOOPBACK).code == 0
    second = digest("--json", "feeds", "list", home=home).json["feeds"]
    assert [(feed["address"], feed["healthy"]) for feed in second] == [(good, True), (bad, False)]
    assert "500" in second[1]["why"]
    assert second[0]["last_success"]
    words = digest("feeds", "list", home=home).out
    assert "answered 500" in words
    site.pages["/good.xml"] = (500, "text/plain", b"oops")
    assert digest("gather", "--all", home=home, env=LOOPBACK).code == 1


def test_lists_of_feed_readers_come_in_and_go_out(digest, home, tmp_path):
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        '<opml version="2.0"><body><outline text="Politics">'
        '<outline text="Quay &amp; Post" type="rss" xmlUrl="https://quay.example/feed"/>'
        '<outline type="rss" xmlUrl="https://nameless.example/rss"/></outline>'
        '<outline text="Again" type="rss" xmlUrl="http://www.quay.example/feed"/>'
        '<outline text="Evil" type="rss" xmlUrl="javascript:alert(1)"/></body></opml>'
    )
    done = digest("--json", "feeds", "import", str(opml), home=home)
    assert (done.code, done.json["added"], done.json["known"]) == (0, 2, 1), done.err
    text = (home / "config" / "feeds.toml").read_text()
    assert tomllib.loads(text)["feeds"] == [
        {"address": "https://quay.example/feed", "name": "Quay & Post", "tags": ["Politics"]},
        {"address": "https://nameless.example/rss", "name": "nameless.example", "tags": ["Politics"]},
    ]
    assert digest("check", home=home).code == 0
    assert digest("--json", "feeds", "import", str(opml), home=home).json["added"] == 0
    out = digest("feeds", "export", home=home).out
    (tmp_path / "out.opml").write_text(out)
    (home / "config" / "feeds.toml").write_text("")
    assert digest("--json", "feeds", "import", str(tmp_path / "out.opml"), home=home).json["added"] == 2
    assert tomllib.loads((home / "config" / "feeds.toml").read_text()) == tomllib.loads(text)


@pytest.mark.parametrize("text", ["not xml", "<html></html>", '<!DOCTYPE x [<!ENTITY a "b">]><opml><body/></opml>'])
def test_what_is_no_list_is_refused(digest, home, tmp_path, text):
    file = tmp_path / "x.opml"
    file.write_text(text)
    done = digest("feeds", "import", str(file), home=home)
    assert (done.code, str(file) in done.err) == (1, True)


def test_a_test_shows_what_would_be_kept_and_stores_nothing(digest, home, site):
    fresh = site.feed("/fresh.xml", ["Ferry sails", "Whale seen"])
    old = site.feed("/old.xml", ["Ferry built"], published="Mon, 02 Jan 2006 15:04:05 GMT")
    data = digest("--json", "feeds", "test", fresh, home=home, env=LOOPBACK).json
    assert (data["title"], data["kept"]) == ("The Quay Post", 2)
    assert [entry["headline"] for entry in data["entries"]] == ["Ferry sails", "Whale seen"]
    words = digest("feeds", "test", old, home=home, env=LOOPBACK).out
    assert "1 entry, 0 new enough" in words
    assert "too old" in words
    assert digest("feeds", "test", f"{site.base}/none", home=home, env=LOOPBACK).code == 1
    assert digest("--json", "feeds", "list", home=home).json["feeds"] == []


def test_a_feed_that_said_it_is_gone_is_revived(digest, home, site):
    address = site.feed("/feed.xml", ["Ferry sails"])
    alive = site.pages["/feed.xml"]
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    site.pages["/feed.xml"] = (410, "text/plain", b"gone")
    assert digest("gather", home=home, env=LOOPBACK).code == 1
    assert digest("--json", "gather", "--all", home=home, env=LOOPBACK).json["feeds"]["polled"] == 0
    (feed,) = digest("--json", "feeds", "list", home=home).json["feeds"]
    assert (feed["healthy"], "or revive it" in feed["why"]) == (False, True)

    site.pages["/feed.xml"] = alive
    done = digest("--json", "feeds", "revive", address.replace("http://", "HTTP://"), home=home)
    assert (done.code, done.json["revived"]) == (0, True), done.err
    gathered = digest("--json", "gather", home=home, env=LOOPBACK).json
    assert (gathered["feeds"]["changed"], gathered["articles"]["new"]) == (1, 1)
    assert digest("--json", "feeds", "revive", address, home=home).json["revived"] is False
    assert digest("feeds", "revive", "https://elsewhere.example/feed", home=home).code == 2

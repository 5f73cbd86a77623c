"""An edition's way from the shell, in words: what is printed is true at the end, and says what comes next."""

from __future__ import annotations

import re

import pytest

from digest.clock.now import now

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}
LONG = "Ferry to the outer islands sails again after eleven weeks, two storms and one very patient engineer"


@pytest.fixture
def fed(digest, home, site):
    """A home with a feed of two articles and a reader, where it is about noon, so that no test runs over midnight."""
    file = home / "config" / "digest.toml"
    zone = f"Etc/GMT{now().hour - 12:+d}"
    written, times = re.subn(r'^zone = ".*"$', f'zone = "{zone}"', file.read_text(), flags=re.MULTILINE)
    assert times == 1
    file.write_text(written)
    address = site.feed("/feed.xml", [LONG, "Harbour gets a new crane"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    assert digest("subscribers", "add", "ana@news.example", home=home).code == 0
    return home


def test_a_home_without_feeds_is_told_what_comes_next(digest, home):
    done = digest("run", "daily", home=home)
    assert done.code == 0
    assert done.out.startswith("There are no feeds yet; add one with `digest feeds add URL`.\n")


def test_a_run_tells_how_it_ended(digest, fed):
    done = digest("run", "daily", home=fed, env=LOOPBACK)
    assert done.code == 0, done.err
    assert "2 stories, sent\n" in done.out
    assert "letters: 1 sent\nposts: 1 sent\n" in done.out
    again = digest("run", "daily", home=fed, env=LOOPBACK)
    assert again.out.startswith("No feed is due; ")
    name = digest("--json", "run", "daily", home=fed, env=LOOPBACK).json["edition"]
    for command in (["deliveries", "daily/latest"], ["show", "daily/latest"]):
        said = digest("--json", *command, home=fed)
        assert (said.code, said.json.get("edition")) == (0, name), said.out[:400]


def test_the_json_of_a_run_has_counts_and_the_edition_with_its_posts(digest, fed):
    ran = digest("--json", "run", "daily", home=fed, env=LOOPBACK).json
    assert (ran["letters"]["sent"], ran["posts"]["sent"]) == (1, 1)
    assert ran["articles"]["new"] == 2
    assert [post["text"] for post in ran["content"]["posts"]]
    drafted = digest("--json", "draft", "daily", "--at", ran["slot"][:10], home=fed).json
    assert ran["content"].keys() == drafted.keys()
    for key in ("id", "edition", "status", "hash", "sections", "subject", "window", "skipped"):
        assert ran[key] == ran["content"][key]


def test_a_run_that_waits_for_an_editor_has_the_edition_and_no_counts(digest, fed):
    file = fed / "config" / "newsletters" / "daily.toml"
    file.write_text(file.read_text().replace('mode = "automatic"', 'mode = "required"'))
    ran = digest("--json", "run", "daily", home=fed, env=LOOPBACK).json
    assert (ran["letters"], ran["posts"], ran["content"]["status"]) == ({}, {}, "draft")
    assert ran["content"]["posts"]


def test_a_draft_that_waits_says_so_and_what_the_checks_found_comes_with_the_approval(digest, fed):
    file = fed / "config" / "newsletters" / "daily.toml"
    file.write_text(file.read_text().replace('mode = "automatic"', 'mode = "required"'))
    waits = digest("run", "daily", home=fed, env=LOOPBACK)
    assert waits.code == 0, waits.err
    assert "2 stories, draft\n" in waits.out
    assert "It waits for an editor: `digest show daily/" in waits.out
    done = digest("--json", "approve", "daily/latest", home=fed)
    assert (done.code, done.json["status"]) == (0, "approved"), done.err
    assert any(f"it has {len(LONG)} characters" in note for note in done.json["notes"])

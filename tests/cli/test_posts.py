"""An edition's posts from the shell: where they are, and a person's word on those nobody is sure of."""

from __future__ import annotations

import pytest

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}
# A server that answers neither yes nor no: what was sent may be there or not.
TOKEN = {**LOOPBACK, "DIGEST_X_NEWSROOM_TOKEN": "not-a-token"}


@pytest.fixture
def unsure(digest, home, site):
    """A home whose edition has one post on X that may or may not be there."""
    address = site.feed("/feed.xml", ["Harbour gets a new crane"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    social = home / "config" / "social.toml"
    account = f'\n[[accounts]]\nname = "newsroom"\nnetwork = "x"\naddress = "{site.base}"\nposts_per_edition = 1\n'
    social.write_text(social.read_text() + account)
    file = home / "config" / "newsletters" / "daily.toml"
    text = file.read_text().replace('mode = "automatic"', 'mode = "required"')
    lines = [
        'channels = ["letter", "x:newsroom"]' if line.startswith("channels") else line for line in text.split("\n")
    ]
    file.write_text("\n".join(lines))
    assert digest("run", "daily", home=home, env=TOKEN).code == 0
    assert digest("approve", "daily/latest", home=home).code == 0
    done = digest("--json", "publish", "daily/latest", home=home, env=TOKEN)
    assert (done.code, done.json["posts"]["uncertain"]) == (1, 1), (done.out, done.err)
    return home


def test_a_post_nobody_is_sure_of_is_listed_and_settled(digest, unsure):
    listed = digest("--json", "posts", "list", "daily/latest", "--status", "uncertain", home=unsure).json
    (post,) = listed["posts"]
    assert (post["account"], post["status"]) == ("x:newsroom", "uncertain")
    assert post["text"].startswith("Harbour gets a new crane")
    assert "x:newsroom" in digest("posts", "list", "daily/latest", home=unsure).out

    at = "https://x.com/newsroom/status/5"
    wrong = digest("posts", "settle", "daily/latest", "x:newsroom", "--as", "posted", "--url", "not one", home=unsure)
    assert wrong.code == 2
    done = digest("--json", "posts", "settle", "daily/latest", "x:newsroom", "--as", "posted", "--url", at, home=unsure)
    assert done.json == {
        "edition": listed["edition"], "post": post["id"], "account": "x:newsroom", "status": "sent",
    }, done.err  # fmt: skip
    (after,) = digest("--json", "posts", "list", "daily/latest", home=unsure).json["posts"]
    assert (after["status"], after["url"]) == ("sent", at)
    again = digest("posts", "settle", "daily/latest", "x:newsroom", "--as", "again", home=unsure)
    assert again.code == 1
    assert "nothing on x:newsroom waits for your word: sent" in again.err
    assert digest("publish", "daily/latest", home=unsure, env=TOKEN).code == 0


def test_a_post_is_given_up_or_sent_again(digest, unsure):
    given_up = digest("posts", "settle", "daily/latest", "x:newsroom", "--as", "failed", home=unsure)
    assert given_up.code == 0, given_up.err
    assert "counts as failed" in given_up.out
    again = digest("posts", "settle", "daily/latest", "x:newsroom", "--as", "again", home=unsure)
    assert "is planned again" in again.out
    (post,) = digest("--json", "posts", "list", "daily/latest", home=unsure).json["posts"]
    assert post["status"] == "planned"


def test_what_is_not_there_is_said(digest, home):
    assert digest("posts", "list", "daily/latest", home=home).code == 1
    assert digest("posts", "settle", "daily/latest", "x:newsroom", home=home).code == 2

"""`digest replay` from the shell: what would differ, in words and as JSON, and what it refuses."""

from __future__ import annotations

import pytest

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}
LONG = ("replay", "daily", "--from", "2026-01-01", "--to", "2099-12-31")


@pytest.fixture
def sent(digest, home, site):
    """A home with one edition of three stories behind it."""
    address = site.feed("/feed.xml", ["Harbour gets a new crane", "Ferry sails again", "Library opens on Sundays"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    assert digest("run", "daily", home=home, env=LOOPBACK).code == 0
    return home


def test_it_shows_what_a_change_would_have_done(digest, sent, tmp_path):
    (as_it_is,) = digest("--json", *LONG, home=sent).json["editions"]
    assert as_it_is["sent"]["same"] == as_it_is["sent"]["stories"] == as_it_is["stories"]["after"] == 3
    assert (as_it_is["in"], as_it_is["out"], as_it_is["moved"], as_it_is["notes"]) == ([], [], [], [])

    (fewer,) = digest("--json", *LONG, "--set", "maximum=2", "--set", "recency=0.5", home=sent).json["editions"]
    assert fewer["stories"] == {"before": 3, "after": 2}
    (out,) = fewer["out"]
    assert out["after"] == {"why": "the edition has the 2 stories it may have"}
    assert out["points"]["recency"][0] > out["points"]["recency"][1]

    rules = tmp_path / "rules.toml"
    rules.write_text('[[sections]]\ntag = "*"\ntitle = "All"\nmaximum = 1\n')
    done = digest(*LONG, "--weights", str(rules), home=sent)
    assert done.code == 0
    assert done.out.splitlines()[0].startswith("daily/")
    assert "2 out" in done.out.splitlines()[0]
    assert "-> below place 1 in All" in done.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "glamour=1"), 'there is no signal "glamour"'),
        (("--set", "recency"), "write NAME=NUMBER"),
        (("--set", "recency=nan"), "write NAME=NUMBER"),
        (("--set", "maximum=-3"), "maximum"),
    ],
)
def test_wrong_changes_are_wrong_use(digest, home, words, says):
    done = digest(*LONG, *words, home=home)
    assert done.code == 2
    assert says in done.err


def test_wrong_days_newsletters_and_files_are_named(digest, home, tmp_path):
    assert digest("replay", "daily", "--from", "soon", "--to", "2026-01-01", home=home).code == 2
    assert digest("replay", "daily", "--from", "2026-02-01", "--to", "2026-01-01", home=home).code == 2
    assert digest("replay", "weekly", "--from", "2026-01-01", "--to", "2026-02-01", home=home).code == 2
    broken = tmp_path / "rules.toml"
    broken.write_text('maximum = "many"\n')
    done = digest(*LONG, "--weights", str(broken), home=home)
    assert done.code == 1
    assert "maximum" in done.err
    assert digest(*LONG, home=home).out.startswith("No edition of daily left from 2026-01-01")

"""One page, one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.address import canonical, http_address, page_key, title_key, untracked


def key(address: str) -> str:
    return page_key(canonical(address))


@pytest.mark.parametrize(("written", "spelled"), [
    ("HTTP://E.Example:80/a/../b/./c/#top", "http://e.example/b/c"),
    ("https://e.example:443/a?utm_source=x&id=3&fbclid=1&gclid=2&mc_cid=4&at_medium=RSS", "https://e.example/a?id=3"),
    ("https://e.example/a/amp/", "https://e.example/a"),
    ("https://e.example/a?amp=1", "https://e.example/a"),
    ("https://e.example/a?ref=rss&ref2=rss", "https://e.example/a?ref2=rss"),
    ("https://e.example/a?ref=12", "https://e.example/a?ref=12"),
    ("https://www.google.com/amp/s/e.example/a/", "https://e.example/a"),
    ("https://e-example.cdn.ampproject.org/c/s/e.example/a", "https://e.example/a"),
    ("https://user:pw@e.example/a", "https://e.example/a"),
    ("https://e.example/%7ejo/%e2%82%ac", "https://e.example/~jo/%E2%82%AC"),
    ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
    ("https://e.example./a", "https://e.example/a"),
    ("https://e.example:8443/a", "https://e.example:8443/a"),
    ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
    ("  https://e.example/\n", "https://e.example/"),
    ("javascript:alert(1)", ""), ("ftp://e.example/", ""), ("//e.example/", ""), ("", ""), ("http://", ""),
    ("http://e.example:99999/", ""), ("http://[::1", ""), ("http://e x.example/" + "a" * 3000, ""),
])  # fmt: skip
def test_canonical(written, spelled):
    assert canonical(written) == spelled


def test_a_page_is_the_same_over_http_and_with_www():
    assert key("http://www.e.example/a/") == key("https://e.example/a?utm_medium=feed") == "e.example/a"
    assert key("https://e.example/") == "" == key("mailto:jo@e.example")


def test_addresses_are_made_absolute_and_stay_on_the_web():
    assert http_address("../b", base="https://e.example/a/c/d") == "https://e.example/a/b"
    assert http_address("java\nscript:alert(1)", base="https://e.example/") == ""
    assert http_address("https://e.example\u202e/a") == "https://e.example/a"


def test_titles():
    assert (
        title_key("“Storm” closes  the FERRY—again!")
        == title_key("storm closes the ferry: again")
        == ("storm closes the ferry again")
    )
    assert title_key("Ｆｕｌｌ width") == "full width"
    assert title_key("!!!") == "!!!"


PARTS = [
    *"ab./?&=%#:@2Ff[]",
    "amp",
    "utm_x=1",
    "..",
    "xn--",
    "ß",
    "İ",
    "www.google.com/amp/s/",
    "e.example",
    "%2e",
    "//",
]


@given(st.lists(st.sampled_from(PARTS)).map("".join) | st.text(), st.sampled_from(["http://", "HTTPS://e.example", ""]))
def test_spelling_twice_changes_nothing(rest, start):
    once = canonical(start + rest)
    assert canonical(once) == once
    assert key(start + rest) == key(once)


@given(st.text())
def test_a_titles_key_is_its_own_key(title):
    assert title_key(title_key(title)) == title_key(title)
    assert title_key(f"  {title}\t") == title_key(title)


@given(
    st.sampled_from(["utm_source", "utm_anything", "fbclid", "gclid", "mc_eid", "igshid"]),
    st.from_regex(r"[a-z0-9]{0,9}", fullmatch=True),
)
def test_tracking_changes_no_identity(name, value):
    assert canonical(f"https://e.example/a?id=1&{name}={value}") == canonical("https://e.example/a?id=1")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example/x?utm_source=rss&id=7#top", "https://a.example/x?id=7#top"),
        ("https://a.example/x/?utm_medium=feed", "https://a.example/x/"),
        ("https://A.example/X?b=2&a=1&&c", "https://A.example/X?b=2&a=1&&c"),
        ("https://a.example/x", "https://a.example/x"),
    ],
)
def test_only_what_tracks_is_taken_out_of_a_readers_link(given: str, kept: str):
    assert untracked(given) == kept


@given(
    st.from_regex(
        r"https?://([a-z0-9-]{1,63}\.){1,3}[a-z]{2}(:80)?/[A-Za-z0-9._~/-]{0,30}(\?[a-z=&.]{0,9})?", fullmatch=True
    )
)
def test_a_plain_address_is_taken_as_it_stands_and_any_other_way_round_comes_to_the_same(address):
    spelled = http_address(f" {address}")  # not plain: taken apart and put together
    assert http_address(address) == spelled == (address.removesuffix("?") if address.endswith("?") else address)

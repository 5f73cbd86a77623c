"""X's own count, and the doubt kept on the safe side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.length import LIMITS, addresses, fits, heaviest, weighted, whole


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("plain words", 11),
        ("日本語", 6),
        ("english text 日本語 😷 https://example.com", 46),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇫🇷", 2),
        ("مرحبا", 5),
        ("cafe\u0301", 4),
        ("a https://news.org/" + "x" * 400, 25),
        ("news.org", 23),
        ("“quoted” – dashes", 17),
    ],
)
def test_counts_as_x_does(text, weight):
    assert weighted(text) == weight


def test_the_limit_is_the_last_that_fits():
    assert fits("x" * 280, "x")
    assert not fits("x" * 281, "x")
    assert fits("語" * 140, "folder")
    assert not fits("語" * 140 + ".", "folder")
    assert set(LIMITS.values()) == {280}


def test_an_address_that_may_be_linked_is_counted_as_if_it_were():
    assert weighted("https://a.example/x") == 19
    assert heaviest("https://a.example/x") == 23
    assert heaviest("日本news.com語") >= 2 * 3 + 23
    assert heaviest("U.S. troops, e.g. 3.5") == weighted("U.S. troops, e.g. 3.5")


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        ("https://news.org/a(b).", "https://news.org/a%28b%29%2E"),
        ("https://news.org/a,b!", "https://news.org/a%2Cb%21"),
        ("https://news.org/?q='x'", "https://news.org/?q=%27x%27"),
        ("https://news.org/plain?a=b#c", "https://news.org/plain?a=b#c"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
    ],
)
def test_an_address_is_spelt_so_that_all_of_it_is_linked(url, spelt):
    assert whole(url) == spelt


@given(st.text(alphabet="abc/.,;:!?'()[]{}*$&=+-_~%#@|", max_size=60))
def test_respelling_never_leaves_less_linked(path):
    url = "https://news.org/" + path
    spelt = whole(url)
    assert spelt == url or addresses(spelt) == (spelt,)


@given(st.text(max_size=300))
def test_the_safe_count_is_never_below_the_count(text):
    assert heaviest(text) >= weighted(text)

"""Filling the encoded body gives the same as encoding the filled one, and no hole is ever left."""

from __future__ import annotations

import html
import quopri
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import RefusedError
from digest.render.wire import encode, fill, holes

FRAGMENT = st.text(max_size=200) | st.text("ab =\t.\n\ré", max_size=200) | st.integers(60, 90).map("x".__mul__)
NAMES = st.sampled_from(["address", "unsubscribe_url", "&address", "&name"])


def canonical(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def without_holes(text: str) -> str:
    return text.replace("\x01", "").replace("\x02", "")


@given(FRAGMENT.map(without_holes), st.lists(st.tuples(NAMES, FRAGMENT.map(without_holes)), max_size=5), FRAGMENT)
def test_filling_the_bytes_is_filling_the_text(start: str, rest: list[tuple[str, str]], value: str) -> None:
    body = start + "".join(f"\x01{name}\x02{fragment}" for name, fragment in rest)
    values = dict.fromkeys(("address", "unsubscribe_url", "name"), value)
    filled = fill(encode(body), values)
    shown = {True: html.escape(value), False: value}
    pieces = [start] + [piece for name, fragment in rest for piece in (shown[name.startswith("&")], fragment)]
    assert quopri.decodestring(filled).decode() == "".join(canonical(piece) for piece in pieces)
    assert all(len(line) <= 76 for line in filled.split(b"\r\n"))
    assert b"\n" not in filled.replace(b"\r\n", b"")
    assert filled.isascii()


def test_a_long_body_and_a_long_value_stay_within_the_line() -> None:
    body = encode("é" * 500 + "\x01unsubscribe_url\x02" + "x" * 76 + "\x01&address\x02\n\x01address\x02.\n.\n")
    filled = fill(body, {"unsubscribe_url": "https://x.example/" + "t" * 300, "address": "o'neil&co@example.org"})
    assert max(len(line) for line in filled.split(b"\r\n")) <= 76
    decoded = quopri.decodestring(filled).decode()
    assert "o&#x27;neil&amp;co@example.org\r\no'neil&co@example.org.\r\n.\r\n" in decoded


def test_holes_are_counted_by_name() -> None:
    body = encode("a\x01address\x02b\x01&address\x02c\x01page_url\x02 \x01 \x01not a hole\x02")
    assert holes(body) == Counter({"address": 2, "page_url": 1})


def test_a_hole_without_a_value_is_refused() -> None:
    with pytest.raises(RefusedError, match="'page_url'"):
        fill(encode("a\x01page_url\x02"), {"address": "x"})


def test_a_broken_mark_is_refused() -> None:
    with pytest.raises(RefusedError, match="broken hole"):
        fill(encode("a\x01page_url\x02").replace(b"\x02", b""), {"page_url": "x"})


def test_a_value_cannot_open_a_hole() -> None:
    filled = fill(encode("\x01address\x02"), {"address": "\x01page_url\x02"})
    assert holes(filled) == Counter()

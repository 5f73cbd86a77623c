"""Whatever a feed gives as an address either is refused at the door or can stand in a letter."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from digest.feeds.address import http_address, untracked
from digest.render.links import link

PIECES = st.sampled_from([
    "http", "https", "javascript", ":", "//", "/", "\\", "@", "?", "#", "[", "]", "::1", "%00", "%2e", "..", ".",
    "xn--", "a", "\u00e4", "\u202e", "\x00", " ", '"', "'", "<", "{{ x }}", "paper.example", ":99999", ":80",
    "\u3002", "\u2044",
])  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40).map("https://".__add__) | st.text(max_size=60))
@example("http://\u00e4..\u00f6/x")
@example("http://xn--/x")
@example("http://a\u2100b/x")
def test_an_address_that_enters_can_leave(text: str):
    for base in ("", "https://paper.example/feed"):
        address = untracked(http_address(text, base=base))
        if address:
            made = link(address)
            assert urlsplit(made).scheme in ("http", "https")
            assert made.isascii()
            assert not set(made) & set(' "<>\\\r\n\t')

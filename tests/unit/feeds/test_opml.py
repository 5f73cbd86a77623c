"""Lists of feeds, in and out, without anything dangerous in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputError
from digest.feeds.opml import Outline, read, write

LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Bay</title></head><body>
<outline text="Islands"><outline text="Harbour &amp; Bay" type="rss" xmlUrl="https://harbour.example/feed" htmlUrl="x"/>
<outline text="Deep"><outline title="Lantern" xmlurl="feed://lantern.example/atom" category="/news/,ships"/></outline>
</outline><outline text="Again" xmlUrl="https://harbour.example/feed"/><outline text="None"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/><outline text="feed:" xmlUrl="feed:https://coast.example/rss"/>
</body></opml>"""


def test_folders_and_categories_become_tags():
    assert read(LIST) == (
        Outline(address="https://harbour.example/feed", title="Harbour & Bay", tags=("Islands",)),
        Outline(address="http://lantern.example/atom", title="Lantern", tags=("Islands", "Deep", "news", "ships")),
        Outline(address="https://coast.example/rss", title="feed:"),
    )


@pytest.mark.parametrize("bad", [
    b"", b"hello", b"<html><body>x</body></html>", b"<opml><body/></opml>",
    b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="http://e.example/"/></body></opml>',
    b'<!DOCTYPE o SYSTEM "http://e.example/x.dtd"><opml/>',
    '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY x "y">]><opml><body><outline xmlUrl="http://e.example/"/></body></opml>'.encode("utf-16"),
])  # fmt: skip
def test_what_is_no_list_or_dangerous_is_refused(bad):
    with pytest.raises(InputError):
        read(bad)


def test_a_damaged_list_gives_what_can_be_saved():
    assert len(read(LIST.replace(b"</body></opml>", b"<outline"))) == 3


def test_depth_does_no_harm():
    assert read(b"<opml><body>" + b"<outline text='x'>" * 100_000) == ()


names = st.text(max_size=40).map(lambda text: " ".join("".join(c for c in text if c.isprintable()).split()))
outlines = st.builds(
    Outline,
    address=st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9]{0,9}(\?a=1&b=[0-9])?", fullmatch=True),
    title=names,
    tags=st.lists(names.map(lambda tag: tag.replace(",", "").strip("/ ")).filter(bool), unique=True, max_size=4).map(
        tuple
    ),
)


@given(st.lists(outlines, min_size=1, unique_by=lambda outline: outline.address))
def test_what_is_written_is_read_back(wanted):
    assert [(o.address, o.tags) for o in read(write(wanted, title="A & B"))] == [(o.address, o.tags) for o in wanted]
    assert [o.title for o in read(write(wanted))] == [o.title for o in wanted]

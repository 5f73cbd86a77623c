"""feeds.toml grows at its end; nothing that stood in it changes."""

from __future__ import annotations

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.values import Feed
from digest.errors import InputError
from digest.feeds import book
from digest.resources import folder

FEED = Feed(address="https://news.example/feed?a=1&b=2", name='The "Quay" \\ Post', rights="own")
ROW = {"address": "https://news.example/feed?a=1&b=2", "name": 'The "Quay" \\ Post', "rights": "own"}


def test_a_first_feed_follows_the_explanations():
    text = (folder("config") / "feeds.toml").read_text()
    made = book.add(text, [FEED])
    assert made.startswith(text.rstrip() + "\n\n[[feeds]]\n")
    assert made.endswith("\n")
    assert tomllib.loads(made) == {"feeds": [ROW]}


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "# only a comment", "# no line end", "[[feeds]]\naddress = 'https://a.example' # why\nname = 'A'",
        "[[feeds]]\r\naddress = 'https://a.example'\r\nname = 'A'\r\n# the end\r\n",
        "[[feeds]]\naddress = 'https://a.example'\nname = '''\nA\n[[feeds]]\n'''\n\n\n\n",
        "feeds = [\n  {address = 'https://a.example', name = 'A'}, # why\n]\n",
    ],
)  # fmt: skip
def test_what_stood_there_stands_there(text):
    made = book.add(text, [FEED])
    before = tomllib.loads(text).get("feeds", [])
    assert tomllib.loads(made)["feeds"] == [*before, ROW]
    assert all(line in made.splitlines() for line in text.splitlines() if line)
    if "\r\n" in text:
        assert "\n" not in made.replace("\r\n", "")


words = st.text(min_size=1).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text))


@given(st.lists(words, min_size=1, max_size=5))
def test_any_name_comes_back(names):
    feeds = [Feed(address=f"https://news.example/{at}", name=name) for at, name in enumerate(names)]
    text = "# mine\n"
    for feed in feeds:
        text = book.add(text, [feed])
    assert [row["name"] for row in tomllib.loads(text)["feeds"]] == names
    assert text == book.add("# mine\n", feeds)


def test_no_feed_changes_nothing():
    assert book.add("# x", []) == "# x"


def test_a_feed_that_is_there_and_a_text_that_is_no_toml_are_refused():
    text = book.add("", [FEED])
    with pytest.raises(InputError, match="already"):
        book.add(text, [FEED])
    with pytest.raises(InputError, match="TOML"):
        book.add("[[feeds", [FEED])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://news.example/feed", "http://www.news.example/feed/", True),
        ("https://news.example/feed#top", "https://NEWS.example:443/feed", True),
        ("https://news.example/feed?c=1", "https://news.example/feed?c=2", False),
        ("https://news.example/", "https://other.example/", False),
        ("https://news.example/a", "https://news.example/b", False),
    ],
)
def test_addresses_of_one_feed(one, other, same):
    assert (book.same(one) == book.same(other)) is same


def test_a_file_is_replaced_whole_and_keeps_its_rights(tmp_path):
    real = tmp_path / "real.toml"
    real.write_bytes("# é\r\n".encode())
    real.chmod(0o640)
    link = tmp_path / "feeds.toml"
    link.symlink_to(real)
    book.rewrite(link, lambda text: text + "x = 1\r\n")
    assert link.is_symlink()
    assert real.read_bytes() == "# é\r\nx = 1\r\n".encode()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["feeds.toml", "real.toml"]


def test_a_failed_edit_changes_nothing(tmp_path):
    file = tmp_path / "feeds.toml"
    file.write_text("[[feeds")
    with pytest.raises(InputError):
        book.rewrite(file, lambda text: book.add(text, [FEED]))
    assert [each.name for each in tmp_path.iterdir()] == ["feeds.toml"]
    assert file.read_text() == "[[feeds"
    file.write_bytes(b"\xff")
    with pytest.raises(InputError, match="UTF-8"):
        book.rewrite(file, lambda text: text)
    with pytest.raises(InputError, match="cannot be written"):
        book.rewrite(tmp_path / "none" / "feeds.toml", lambda text: text)


def test_two_writers_at_once_lose_nothing(tmp_path):
    file = tmp_path / "feeds.toml"

    def add(at: int) -> None:
        book.rewrite(file, lambda text: book.add(text, [Feed(address=f"https://news.example/{at}", name=f"N {at}")]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert {row["name"] for row in tomllib.loads(file.read_text())["feeds"]} == {f"N {at}" for at in range(24)}

"""Gathering against a real web server: what is new, what is a revision, what costs nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path

import pytest

from digest.config.values import Config
from digest.feeds.standing import revive
from digest.pipeline import gather as gathering
from digest.pipeline import texts
from digest.pipeline.gather import HERE_BELOW, gather
from digest.store.models import Article, Feed, Revision

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
HERE = (ip_network("127.0.0.0/8"),)


class Site:
    """A web server whose answers a test sets: path to (status, headers, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers)))
                status, headers, body = site.pages.get(self.path, (404, {}, ""))
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, body = 304, ""
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def config(site: Site, *paths: str, **more: object) -> Config:
    feeds = [{"address": site.base + path, "name": f"Feed {path}", "rights": "own", **more} for path in paths]
    return Config.model_validate({"site": {"name": "Test"}, "feeds": feeds})


def item(name: str, *, title: str = "", when: datetime = NOW, guid: str = "", body: str = "", talk: int = 0) -> str:
    return (
        f"<item><title>{title or f'What {name} said about the harbour'}</title>"
        f"<guid isPermaLink='false'>{guid or name}</guid>"
        f"<link>https://paper.example/{name}</link><pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description>{body or f'The {name} board met on Monday and closed the slip.'}</description>"
        f"<slash:comments>{talk}</slash:comments></item>"
    )


def rss(*items: str) -> str:
    return (
        '<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>Paper</title>'
        f"<language>en</language>{''.join(items)}</channel></rss>"
    )


def poll(site: Site, *paths: str, at: datetime = NOW, **more: object):
    return gather(config(site, *(paths or ("/feed",)), **more), now=at, allow=HERE, everything=True)


def read() -> list[Article]:
    """All articles, their texts read as a draft reads them."""
    texts.read(Article.objects.all())
    return list(Article.objects.order_by("pk"))


def test_new_articles_are_kept_once(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one"), item("two")))
    assert poll(site).new == 2
    site.pages["/feed"] = (200, {}, rss(item("one"), item("two"), item("three")))
    report = poll(site)
    assert (report.new, report.updated) == (1, 0)
    assert Article.objects.count() == 3


def test_an_unchanged_feed_is_not_parsed_again(site: Site):
    site.pages["/feed"] = (200, {"ETag": '"a"'}, rss(item("one")))
    poll(site)
    report = poll(site)
    assert (report.changed, report.unchanged) == (0, 1)
    assert site.asked[-1][1]["If-None-Match"] == '"a"'


@pytest.mark.parametrize(
    "again",
    [
        item("one", when=NOW + timedelta(days=1)),
        item("one", guid="other"),
        item("one?utm_source=feed", guid="one"),
        item("one-renamed", title="What one said about the harbour", guid="one"),
        item("one-renamed", title="What one said about the harbour", guid="changed", body="x"),
    ],
    ids=["bumped date", "changed guid", "tracking", "re-slugged", "re-slugged with another guid"],
)
def test_the_same_article_under_another_name_is_not_new(site: Site, again: str):
    site.pages["/feed"] = (200, {}, rss(item("one")))
    poll(site)
    site.pages["/feed"] = (200, {}, rss(again))
    assert poll(site, at=NOW + timedelta(days=1)).new == 0
    # And by its newer name it is still known when an old one comes back.
    site.pages["/feed"] = (200, {}, rss(item("one")))
    assert poll(site, at=NOW + timedelta(days=1, hours=1)).new == 0
    assert Article.objects.count() == 1


def test_words_that_another_article_has_are_its_own_all_the_same(site: Site):
    words = "The board met on Monday and closed the slip until the spring tides are over."
    long_ago = NOW - timedelta(days=1)
    site.pages["/feed"] = (200, {}, rss(item("one", title="Tides", when=long_ago, body=words), item("two")))
    poll(site)
    again = item("three", title="Tides", when=NOW + timedelta(days=9), body=words)
    revised = item("two", title="Tides", body=words)
    site.pages["/feed"] = (200, {}, rss(item("one", title="Tides", when=long_ago, body=words), revised, again))
    report = poll(site, at=NOW + timedelta(days=9))
    assert (report.new, report.updated, report.changed) == (1, 1, 1)
    assert [article.deck or article.text for article in read()] == [words] * 3


def test_what_is_too_old_on_first_contact_is_known_but_its_text_is_not_read(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("old", when=NOW - timedelta(days=9)), item("fresh")))
    assert poll(site).new == 2
    fresh, old = sorted(read(), key=lambda article: article.backlog)
    assert (old.backlog, old.deck + old.text, old.said) == (True, "", None)
    assert not fresh.backlog
    assert fresh.deck
    site.pages["/feed"] = (200, {}, rss(item("old", when=NOW - timedelta(days=9)), item("fresh"), item("newer")))
    assert (poll(site).new, Article.objects.count()) == (1, 3)


def test_a_changed_text_is_a_revision_and_keeps_the_old_words(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one", body="Eleven people died when the ferry ran onto the rocks.")))
    poll(site)
    read()
    site.pages["/feed"] = (200, {}, rss(item("one", body="Twelve people died when the ferry ran onto the rocks.")))
    report = poll(site)
    assert (report.new, report.updated) == (0, 1)
    [article] = read()
    assert "Twelve" in article.deck + article.text
    old = Revision.objects.get()
    assert "Eleven" in old.deck + old.text
    assert article.first_seen_at == NOW


def test_talk_is_followed_without_a_revision(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one", talk=2)))
    poll(site)
    site.pages["/feed"] = (200, {}, rss(item("one", talk=40)))
    assert poll(site).updated == 0
    assert Article.objects.get().comments == 40


def test_first_contact_does_not_flood(site: Site):
    old = item("old", when=NOW - timedelta(days=30))
    site.pages["/feed"] = (200, {}, rss(item("fresh"), old))
    assert poll(site).new == 2
    assert set(Article.objects.filter(backlog=False).values_list("guid", flat=True)) == {"fresh"}
    # Later, an old date is a late arrival and not the feed's backlog.
    site.pages["/feed"] = (200, {}, rss(item("fresh"), old, item("late", when=NOW - timedelta(days=5))))
    poll(site)
    assert not Article.objects.get(guid="late").backlog


def test_one_document_that_says_a_thing_twice_says_it_once(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one"), item("one"), item("one", guid="another")))
    assert poll(site).new == 1


def test_a_bad_feed_is_reported_in_words_and_the_others_go_on(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one")))
    site.pages["/page"] = (200, {"Content-Type": "text/html"}, "<html><title>Welcome</title></html>")
    report = poll(site, "/feed", "/page", "/gone")
    assert report.new == 1
    assert {failure.name: failure.why for failure in report.failed} == {
        "Feed /page": "is a web page, not a feed; look for the feed's own address on it",
        "Feed /gone": "answered 404: not found",
    }
    row = Feed.objects.get(address=f"{site.base}/gone")
    assert (row.failures, row.reason) == (1, "answered 404: not found")
    assert row.due_at > NOW


def test_a_feed_that_is_gone_for_good_is_asked_no_more(site: Site):
    site.pages["/feed"] = (410, {}, "")
    poll(site)
    assert poll(site).polled == 0


def test_a_feed_that_moved_and_then_went_is_revived_at_its_own_address(site: Site):
    site.pages["/feed"] = (301, {"Location": "/new"}, "")
    site.pages["/new"] = (200, {"ETag": '"a"'}, rss(item("one")))
    poll(site)
    site.pages["/new"] = (410, {}, "")
    poll(site)
    assert poll(site).polled == 0
    site.pages["/feed"] = (200, {"ETag": '"a"'}, rss(item("one"), item("two")))
    (feed,) = config(site, "/feed").feeds
    assert revive(feed)
    assert not revive(feed)
    report = poll(site)
    assert (report.changed, report.new) == (1, 1)


def test_a_permanent_redirect_is_remembered(site: Site):
    site.pages["/feed"] = (301, {"Location": "/new"}, "")
    site.pages["/new"] = (200, {}, rss(item("one")))
    poll(site)
    site.asked.clear()
    poll(site)
    assert [path for path, _ in site.asked] == ["/new"]


def test_retry_after_is_obeyed(site: Site):
    site.pages["/feed"] = (429, {"Retry-After": "7200"}, "")
    poll(site)
    assert Feed.objects.get().due_at >= NOW + timedelta(hours=2)
    assert gather(config(site, "/feed"), now=NOW + timedelta(hours=1), allow=HERE).polled == 0


def test_nothing_private_is_reached_unless_it_is_allowed(site: Site):
    site.pages["/feed"] = (200, {}, rss(item("one")))
    report = gather(config(site, "/feed"), now=NOW, allow=(), everything=True)
    assert "private" in report.failed[0].why
    assert site.asked == []


def test_many_feeds_are_read_by_other_processes_with_the_same_outcome(site: Site):
    paths = [f"/feed{n}" for n in range(9)]
    for path in paths:
        site.pages[path] = (200, {}, rss(item(f"one{path[1:]}"), item(f"two{path[1:]}")))
    assert poll(site, *paths).new == 18
    assert poll(site, *paths).unchanged == 9


PAGE = """<html><head><title>Slip closes</title><meta name="robots" content="{robots}"></head><body><article>
<h1>Slip closes</h1>{body}</article></body></html>"""
PARAGRAPHS = "".join(
    f"<p>The board of the harbour met for the {n}th time and heard the engineers, who had dived along every pier.</p>"
    for n in range(4, 9)
)


def own_item(site: Site) -> str:
    return rss(item("one").replace("https://paper.example/one", f"{site.base}/one"))


def test_the_page_is_read_where_the_newsroom_asks_for_it(site: Site):
    site.pages["/feed"] = (200, {}, own_item(site))
    site.pages["/one"] = (200, {"Content-Type": "text/html"}, PAGE.format(body=PARAGRAPHS, robots="all"))
    poll(site, full_text=True)
    article = Article.objects.get()
    assert article.text.count("The board of the harbour met") == 5
    assert article.page_problem == ""


@pytest.mark.parametrize(
    "link", ['<link rel="amphtml" href="/one.amp">', '<a class="print-link" href="/one.amp">Print</a>']
)
@pytest.mark.parametrize(("robots_txt", "times"), [("", 5), ("User-agent: *\nDisallow: /one.amp", 0)])
def test_a_page_that_gives_little_is_read_in_the_version_for_print_where_that_is_allowed(
    site: Site, link: str, robots_txt: str, times: int
):
    site.pages["/feed"] = (200, {}, own_item(site))
    site.pages["/robots.txt"] = (200, {}, robots_txt)
    bare = (
        f"<html><body><div id=root>{link}<p>The text comes with a script that nobody has run.</p></div></body></html>"
    )
    site.pages["/one"] = (200, {"Content-Type": "text/html"}, bare)
    site.pages["/one.amp"] = (200, {"Content-Type": "text/html"}, PAGE.format(body=PARAGRAPHS, robots="all"))
    poll(site, full_text=True)
    assert Article.objects.get().text.count("The board of the harbour met") == times
    assert ("/one.amp" in [path for path, _ in site.asked]) == bool(times)


def test_what_could_deceive_does_not_enter_with_a_page(site: Site):
    body = PARAGRAPHS.replace("dived along", "dived\u202e along\ue000") + "<p>\u2066\u2069</p>"
    site.pages["/feed"] = (200, {}, own_item(site))
    site.pages["/one"] = (200, {"Content-Type": "text/html"}, PAGE.format(body=body, robots="all"))
    poll(site, full_text=True)
    article = Article.objects.get()
    assert article.text.count("had dived along every pier") == 5
    kept = f"{article.text} {article.blocks} {article.deck} {article.authors}"
    assert not set("\u202e\ue000\u2066\u2069") & set(kept)
    assert article.text == "\n\n".join(text for label, text in article.blocks if label in ("body", "quotation", "list"))


@pytest.mark.parametrize(
    ("robots_txt", "meta", "why"),
    [("User-agent: *\nDisallow: /one", "all", "robots.txt"), ("", "noarchive", "noarchive")],
)
def test_a_page_that_asks_to_be_left_alone_is(site: Site, robots_txt: str, meta: str, why: str):
    site.pages["/feed"] = (200, {}, own_item(site))
    site.pages["/robots.txt"] = (200, {}, robots_txt)
    site.pages["/one"] = (200, {"Content-Type": "text/html"}, PAGE.format(body=PARAGRAPHS, robots=meta))
    poll(site, full_text=True)
    article = Article.objects.get()
    assert "engineers" not in article.text
    assert why in article.page_problem


def test_the_page_is_left_alone_unless_asked_for(site: Site):
    site.pages["/feed"] = (200, {}, own_item(site))
    poll(site)
    assert [path for path, _ in site.asked] == ["/feed"]


def test_the_same_words_under_a_new_name_are_kept_whole(site: Site):
    body = "Every week the harbour office posts the same notice about the tide tables and the lock."
    site.pages["/feed"] = (200, {}, rss(item("one", title="Notice", body=body)))
    poll(site)
    again = item("two", title="Notice", body=body, when=NOW + timedelta(days=7))
    site.pages["/feed"] = (200, {}, rss(again))
    assert poll(site, at=NOW + timedelta(days=7)).new == 1
    assert {article.deck or article.text for article in read()} == {body}


CRASHING = """
import os
from digest.feeds.parse import parse as real

def parse(body, **words):
    if b"Bang" in body:
        os._exit(1)
    return real(body, **words)
"""


def test_a_feed_that_crashes_the_parser_takes_no_other_with_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "crashing_parser.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(gathering, "parse", import_module("crashing_parser").parse)
    for number in range(HERE_BELOW + 4):
        title = "Bang" if number == 3 else f"Paper {number}"
        site.pages[f"/{number}"] = (200, {}, rss(item(f"one{number}", title=title)))
    report = poll(site, *site.pages)
    assert [(failure.name, "crashed" in failure.why) for failure in report.failed] == [("Feed /3", True)]
    assert report.new == Article.objects.count() == HERE_BELOW + 3

"""What a site and a page allow."""

from __future__ import annotations

import time

import pytest

from digest.feeds.robots import may_read, withheld

ROBOTS = """
User-agent: *      # everybody
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Disallow: /*?print=
Disallow:

User-agent: Other
User-agent: digest
Disallow: /archive/
Crawl-delay: 10
"""


@pytest.mark.parametrize(("agent", "path", "may"), [
    ("Digest/0.1 (+https://site.example)", "/archive/2026", False),
    ("Digest/0.1", "/private", True),
    ("other", "/archive/", False),
    ("Third", "/archive/", True),
    ("Third", "/private/x", False),
    ("Third", "/private/open/x", True),
    ("Third", "/a/b.pdf", False),
    ("Third", "/a/b.pdf.html", True),
    ("Third", "/a?print=1", False),
    ("Third", "/%70rivate", False),
    ("Third", "", True),
])  # fmt: skip
def test_the_longest_rule_of_our_group_decides(agent, path, may):
    assert may_read(ROBOTS, f"https://e.example{path}", agent) is may


@pytest.mark.parametrize(("text", "may"), [
    ("", True), ("nonsense", True), ("Disallow: /", True), ("User-agent: *\nDisallow: /", False),
    ("User-agent: *\nDisallow: /\nAllow: /", True), ("user-AGENT : *\r\ndisALLOW: /a", False),
    ("User-agent: digestive\nDisallow: /", True), ("\ufeffUser-agent: *\nDisallow: /", False),
    ("User-agent: *\nDisallow: /a*a*a", False), ("User-agent: *\nDisallow: *b$", False),
])  # fmt: skip
def test_files_of_all_sorts(text, may):
    assert may_read(text, "https://e.example/aaab", "Digest/0.1") is may


def test_a_hostile_pattern_takes_no_time():
    began = time.monotonic()
    may_read("User-agent: *\n" + f"Disallow: /{'*a' * 2000}b$\n" * 50, f"https://e.example/{'a' * 5000}", "Digest")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("html", "words"), [
    ('<meta name="robots" content="index, NOARCHIVE">', "the page asks not to be kept (noarchive)"),
    ('<meta name="Digest" content="noarchive">', "the page asks not to be kept (noarchive)"),
    ('<meta name="description" content="noarchive">', ""),
    ('<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>',
     "the page says that it is not free to read"),
    ('<script type="application/ld+json">[{"@graph":[{"isAccessibleForFree":"False"}]}]</script>',
     "the page says that it is not free to read"),
    ('<script type="application/ld+json">{"isAccessibleForFree":true}</script>', ""),
    ('<script type="application/ld+json">{"isAccessibleForFree":false</script>', ""),
    ('<p itemprop="isAccessibleForFree" content="False">x</p>', "the page says that it is not free to read"),
    ("<p>An ordinary page.</p>", ""), ("", ""),
    ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", ""),
])  # fmt: skip
def test_marks_of_a_page(html, words):
    assert withheld(html) == words

"""The whole chain on one core, step by step: parse, read and label, tag, stories, rank and choose, summarise.

`python bench/chain.py FOLDER`, with FOLDER holding `feeds/real/*.gz` and `pages/html/*.html.gz`. From feeds, all items
with a title; from pages, whole pages as they came. Processor time, so that what else the machine does counts little.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from measure import say

from digest import config
from digest.content.choice.choose import choose
from digest.content.choice.rank import DEFAULT_WEIGHTS
from digest.content.page.extract import read_page
from digest.content.rules import section_rules, tag_rules
from digest.content.stories.grouping import group
from digest.content.summary.summarise import summarise
from digest.content.tags.vocabulary import Vocabulary
from digest.edition.compose import stories
from digest.feeds.parse import parse
from digest.feeds.reading import read
from digest.model import Article
from digest.resources import folder

NOW = datetime(2026, 11, 22, tzinfo=UTC)
T = TypeVar("T")


class Steps:
    """How long each step takes."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        made = work()
        self.took[name] = time.process_time() - began
        return made


def from_feeds(place: Path, steps: Steps) -> list[Article]:
    bodies = [(file.name, gzip.decompress(file.read_bytes())) for file in sorted((place / "feeds/real").glob("*.gz"))]
    feeds = steps(
        "parse", lambda: [(n, parse(body, address=f"https://{n}/feed", now=NOW).entries) for n, body in bodies]
    )
    entries = [(name, entry) for name, found in feeds for entry in found if entry.title]
    whole = steps("read and label", lambda: [(name, read(entry)) for name, entry in entries])
    return [
        Article(
            id=str(number), source=name, url=entry.url, title=entry.title, published=entry.published or NOW,
            text=entry.page.text if entry.page else "", deck=entry.deck, language=entry.language, rights="own",
            categories=entry.categories,
        )
        for number, (name, entry) in enumerate(whole)
    ]  # fmt: skip


def from_pages(place: Path, steps: Steps) -> list[Article]:
    files = sorted((place / "pages/html").glob("*.html.gz"))
    bodies = [gzip.decompress(file.read_bytes()).decode("utf-8", "replace") for file in files]
    pages = steps("read and label", lambda: [read_page(html, "https://pages.example/a") for html in bodies])
    return [
        Article(
            id=str(number), source=files[number].name, url=f"https://pages.example/{number}", title=page.title or "?",
            published=page.published or NOW, text=page.text, deck=page.deck, language=page.language, rights="own",
            categories=(),
        )
        for number, page in enumerate(pages)
    ]  # fmt: skip


def rest(articles: Sequence[Article], steps: Steps) -> None:
    settings = config.load(folder("config").parent)
    newsletter = next(iter(settings.newsletters.values()))
    vocabulary, sections = Vocabulary(tag_rules(settings)), section_rules(newsletter)
    tags = steps(
        "tag", lambda: {a.id: vocabulary.tag(a.title, a.text or a.deck, a.categories, a.tags) for a in articles}
    )
    groups = steps("stories", lambda: [replace(found, story=found.lead) for found in group(articles)])
    by_id = {article.id: article for article in articles}
    told = stories(groups, by_id, lambda article: tags[article.id])
    weights: dict[str, Any] = {**DEFAULT_WEIGHTS, **newsletter.weights}
    steps("rank and choose", lambda: choose(told, sections, now=NOW, weights=weights))
    steps("summarise", lambda: [summarise(a.title, a.text, language=a.language, rights="own") for a in articles])


def main(place: Path) -> None:
    rows = []
    for name, begin in (("feeds", from_feeds), ("pages", from_pages)):
        steps = Steps()
        articles = begin(place, steps)
        rest(articles, steps)
        many = len(articles)
        rows += [{"from": name, "step": step, "ms an article": 1000 * s / many} for step, s in steps.took.items()]
        whole = sum(steps.took.values())
        rows.append({"from": name, "step": f"all, {many / whole:.0f} a second", "ms an article": 1000 * whole / many})
    say("the whole chain on one core", rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Measures tagging: how fast it goes with a large vocabulary, and how often five tags are the publisher's own.

python bench/tags.py decks.jsonl.gz     lines with "title", "text" and "publisher_tags", as `digest evaluate tags` reads
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from digest.content.tags.capitals import phrases
from digest.content.tags.suggest import Suggestions
from digest.content.tags.vocabulary import Vocabulary
from digest.model import TagRule

TAGS, ALIASES = 500, 3_000


def main() -> None:
    file = Path(sys.argv[1])
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    speed(rows)
    publishers(rows)


def speed(rows: list[dict[str, Any]]) -> None:
    """The vocabulary is the texts' own capitalised phrases, so that far more is found than in any newsroom."""
    counted = Counter(phrase.text for row in rows for phrase in phrases(row["text"]))
    names = [name for name, _ in counted.most_common(TAGS + ALIASES)]
    rules = [
        TagRule(
            key=f"t{at}",
            name=name,
            aliases=(*names[TAGS + at :: TAGS], *((f"al-{name}",) if at % 2 else ())),
            unless=(f"{name} Street",),
            patterns=(rf"{re.escape(name)} (?:policy|plan)s?",) if at % 10 == 0 else (),
            parents=(f"t{at * 7 % TAGS}",) if at % 3 == 0 else (),
        )
        for at, name in enumerate(names[:TAGS])
    ]
    start = time.process_time()
    words = Vocabulary(rules)
    compiled = time.process_time() - start
    start = time.process_time()
    found = sum(len(words.tag(row["title"], row["text"])) for row in rows)
    spent = time.process_time() - start
    print(f"{len(rules)} tags, {sum(len(rule.aliases) for rule in rules)} aliases, compiled in {compiled:.2f} s")
    size = sum(len(row["text"]) for row in rows) / 1000
    print(f"{len(rows) / spent:.0f} articles/s of {size / len(rows):.1f} kB, {size / spent:.0f} kB/s; {found} tags")
    start = time.process_time()
    suggestions = Suggestions(Vocabulary([]))
    for at, row in enumerate(rows):
        suggestions.add(row["title"], row["text"], source=str(at))
    count = len(suggestions.best(25))
    print(f"{len(rows) / (time.process_time() - start):.0f} articles/s looked through for {count} suggestions")


def publishers(rows: list[dict[str, Any]]) -> None:
    """Of the five strongest tags, how many are the publisher's; of the publisher's in the text, how many are found.

    The vocabulary is every other page's tags. Only pages that name two of their own tags count.
    """

    def plain(text: str) -> str:
        return re.sub(r"[^\w]+", " ", text.casefold()).strip()

    given = [{plain(tag): tag for tag in row.get("publisher_tags") or () if plain(tag)} for row in rows]
    pages = Counter(tag for tags in given for tag in tags)
    names = {key: tag for tags in given for key, tag in tags.items()}
    words = Vocabulary([TagRule(key=key, name=name) for key, name in names.items()])
    right, of_own, count = 0.0, 0.0, 0
    for row, tags in zip(rows, given, strict=True):
        said = f" {plain(row['title'])} {plain(row['text'])} "
        own = {tag for tag in tags if f" {tag} " in said}
        if len(own) < 2:
            continue
        found = [t.tag for t in words.tag(row["title"], row["text"]) if pages[t.tag] > (t.tag in tags)][:5]
        hits = len(tags.keys() & set(found))
        right, of_own, count = right + hits / 5, of_own + hits / len(own), count + 1
    print(f"{count} pages, {len(names)} tags: P@5 {right / count:.3f}, R@5 {of_own / count:.3f}")


if __name__ == "__main__":
    main()

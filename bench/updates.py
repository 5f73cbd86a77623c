"""How often another account of a carried story counts as news: of the same day, and of a later one.

    python bench/updates.py FOLDER     (of *.json.gz: lists of events with the articles that told of them)

Days are read out of the articles' addresses; articles without one are left out. Accounts of the same day are mostly the
same news in other words, those of later days more often a development; nobody has said which is which.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

from digest.content.summary.news import Known, news
from digest.model import Article

MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_DAY = re.compile(r"(20[01]\d)[/-]?([A-Za-z]{3}|\d{1,2})[/-]?(\d{1,2})(?!\d)")
LIMITS = (0.4, 0.5, 0.6, 0.7, 0.8)


def main(folder: Path) -> None:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for file in sorted(folder.glob("*.json.gz")):
        for event in json.loads(gzip.decompress(file.read_bytes())):
            told = [(day(a["ext_url"]), a) for a in event["articles"] if len(a["text"]) > 300]
            dated = [(when, a) for when, a in told if when]
            for when, account in dated:
                earlier = {
                    "same day": [b for other, b in dated if other == when and b is not account],
                    "later day": [b for other, b in dated if other < when],
                }
                for which, known in earlier.items():
                    if known:
                        how_many = "one known" if len(known) == 1 else "two or more known"
                        found[which, how_many].append(strength(known, account))
    for (which, how_many), values in sorted(found.items()):
        parts = "  ".join(f"> {limit}: {sum(v > limit for v in values) / len(values):4.0%}" for limit in LIMITS)
        print(f"{which:10} {how_many:18} {len(values):4} accounts  {parts}")


def strength(known: list[dict[str, str]], account: dict[str, str]) -> float:
    article = Article(
        id="new",
        source="",
        url="",
        title=account["title"] or "",
        published=datetime(2026, 11, 24, tzinfo=UTC),
        text=account["text"],
        language="en",
    )
    return news(Known([f"{a['title']}\n{a['text']}" for a in known]), article).strength


def day(address: str) -> date | None:
    """The day in an article's address, as in /2014/Feb-26/ or /20140425/."""
    if not (m := _DAY.search(address)):
        return None
    month = int(m[2]) if m[2].isdigit() else MONTHS.get(m[2].lower(), 0)
    try:
        return date(int(m[1]), month, int(m[3]))
    except ValueError:
        return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Which way of avoiding repeats keeps more: maximal marginal relevance or facility location, on real stories.

    python bench/choice.py FOLDER     (of *.json.gz: lists of events with the articles that told of them)

Every article is a candidate of its own, as if nothing had grouped them, so that each event is there several times. A
choice is of TAKEN of POOL events' articles; scores are drawn by chance, higher where an event has more accounts, as
coverage would have it. Reported over DRAWS draws: how many of the chosen tell an event that is chosen already, how many
events are there, and how much of the best possible score is kept. Both ways have one dial; each is turned until the
score kept is the same, so that the redundancy left compares.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from digest.content.choice.choose import choose
from digest.content.choice.nearness import Index, features
from digest.content.choice.rank import DEFAULT_WEIGHTS, SIGNALS
from digest.model import Article, SectionRule, Story

POOL, TAKEN, DRAWS = 25, 12, 30
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
DIALS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 20.0)
KEPT = (0.99, 0.98, 0.97, 0.95)

Likeness = dict[str, dict[str, float]]
Way = Callable[[Sequence[Story], dict[str, float], Likeness, float], list[str]]


def relevance(stories: Sequence[Story], scores: dict[str, float], likeness: Likeness, dial: float) -> list[str]:
    """Carbonell and Goldstein 1998: the next best, less what it repeats of the nearest one taken."""
    taken: list[str] = []
    while len(taken) < TAKEN:
        left = [s.id for s in stories if s.id not in taken]
        taken.append(
            max(left, key=lambda i: (scores[i] - dial * max((likeness[i].get(j, 0.0) for j in taken), default=0.0), i))
        )
    return taken


def location(stories: Sequence[Story], scores: dict[str, float], likeness: Likeness, dial: float) -> list[str]:
    """Lin and Bilmes 2011: the next that most raises how well all candidates are stood for, and the score."""
    taken: list[str] = []
    covered = dict.fromkeys(likeness, 0.0)
    mean = statistics.fmean(scores.values())
    while len(taken) < TAKEN:
        left = [s.id for s in stories if s.id not in taken]

        gains = {
            i: scores[i] + dial / 4 * sum(max(0.0, n - covered[j]) * scores[j] / mean for j, n in likeness[i].items())
            for i in left
        }
        best = max(left, key=lambda i: (gains[i], i))
        taken.append(best)
        for j, near in likeness[best].items():
            covered[j] = max(covered[j], near)
    return taken


def limited(stories: Sequence[Story], scores: dict[str, float], _: Likeness, dial: float) -> list[str]:
    """The product: relevance, and nothing above the limit of likeness; its points come from the drawn scores."""
    section = SectionRule(tag="*", title="All", maximum=TAKEN)
    weights = {**dict.fromkeys(SIGNALS, 0.0), "boost": 10.0, "likeness": dial}
    drawn = [
        Story(
            id=s.id, lead=Article(**{**{f: getattr(s.lead, f) for f in s.lead.__slots__}, "boost": scores[s.id] / 10})
        )
        for s in stories
    ]
    made = choose(drawn, [section], now=NOW, weights=weights)
    return [ranked.story.id for _, chosen in made.sections for ranked in chosen]


def main(folder: Path) -> None:
    ways: dict[str, Way] = {"relevance": relevance, "location": location, "product": limited}
    for file in sorted(folder.glob("*.json.gz")):
        told_of = json.loads(gzip.decompress(file.read_bytes()))
        events = [[a for a in event["articles"] if len(a["text"]) > 300] for event in told_of]
        events = [event for event in events if event]
        results = {(way, dial): [] for way in ways for dial in DIALS}
        spent = dict.fromkeys(ways, 0.0)
        for draw in range(DRAWS):
            chance = random.Random(draw)
            stories, event_of, scores = _pool(chance.sample(events, min(POOL, len(events))), chance)
            known, _ = features(stories)
            index = Index(known)
            likeness = {name: index.likeness(vector) for name, vector in known.items()}
            ideal = sum(sorted(scores.values(), reverse=True)[:TAKEN])
            for way, pick in ways.items():
                for dial in DIALS:
                    began = time.process_time()
                    taken = pick(stories, scores, likeness, dial)
                    spent[way] += time.process_time() - began
                    told = {event_of[i] for i in taken}
                    repeats = len(taken) - len(told)
                    results[way, dial].append((repeats, len(told), sum(scores[i] for i in taken) / ideal, len(taken)))
        print(f"{file.name}: {len(events)} events; {TAKEN} of the accounts of {min(POOL, len(events))}, {DRAWS} draws")
        for (way, dial), rows in results.items():
            repeats, told, kept, count = (statistics.fmean(column) for column in zip(*rows, strict=True))
            print(
                f"  {way:10} {dial:4.1f}: repeats {repeats:5.2f} of {count:5.2f}, events {told:5.2f}, kept {kept:.3f}"
            )
        for level in KEPT:
            print(f"  repeats where {level:.0%} of the score is kept:", end="")
            for way in ways:
                print(f"  {way} {_at(level, [results[way, dial] for dial in DIALS])}", end="")
            print()
        print(
            "  processor time a choice:", {way: f"{1000 * t / DRAWS / len(DIALS):.1f} ms" for way, t in spent.items()}
        )


def _at(level: float, runs: Sequence[Sequence[tuple[float, ...]]]) -> str:
    """The repeats left where a share of the score is kept, between the two nearest turns of the dial."""
    points = sorted((statistics.fmean(r[2] for r in rows), statistics.fmean(r[0] for r in rows)) for rows in runs)
    for (low, a), (high, b) in pairwise(points):
        if low <= level <= high:
            return f"{a + (b - a) * (level - low) / (high - low or 1):.2f}"
    return "-"


def _pool(
    events: Sequence[list[dict[str, str]]], chance: random.Random
) -> tuple[list[Story], dict[str, int], dict[str, float]]:
    stories, event_of, scores = [], {}, {}
    for number, event in enumerate(events):
        weight = chance.uniform(4, 8) + min(2.0, 0.5 * len(event))
        for at, told in enumerate(event):
            name = f"{number:03}-{at:02}"
            lead = Article(
                id=name,
                source=f"{number}-{at}",
                url="",
                title=(told.get("title") or told["text"].split("\n")[0])[:120],
                text=told["text"],
                published=NOW - timedelta(hours=1),
                language="en",
            )
            stories.append(Story(id=name, lead=lead))
            event_of[name] = number
            scores[name] = round(weight + chance.uniform(-1, 1), 4)
    return stories, event_of, scores


if __name__ == "__main__":
    assert DEFAULT_WEIGHTS["likeness"] > 0
    main(Path(sys.argv[1]))

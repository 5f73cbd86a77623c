"""How long ranking and choosing takes: 5,000 stories of 200 words for ten sections, of 300 outlets, all invented.

    python bench/choosing.py

Every part apart, in processor time; the median of three runs. The words are drawn by chance with the frequencies of a
language (Zipf), so that stories share words as news does.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from digest.content.choice.choose import choose
from digest.content.choice.nearness import features, nearest
from digest.content.choice.rank import Context, rankings
from digest.content.summary.news import Known, news
from digest.model import Article, SectionRule, Story, Tagged

STORIES, OUTLETS, WORDS, VOCABULARY, RUNS = 5_000, 300, 200, 40_000, 3
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TOPICS = [f"topic-{i}" for i in range(9)]


def main() -> None:
    chance = random.Random(1)
    stories = _stories(chance)
    shown = [(s.lead.title, s.lead.text[:300]) for s in chance.sample(stories, 150)]
    times: dict[str, list[float]] = {}
    for _, minimum in itertools.product(range(RUNS), (0, 2)):
        sections = [SectionRule(tag=tag, title=tag, minimum=minimum, maximum=6) for tag in TOPICS]
        sections.append(SectionRule(tag="*", title="Also", minimum=minimum, maximum=8))
        began = time.process_time()
        vectors, carried = features(stories, *shown)
        read = time.process_time()
        context = Context(carried=nearest(vectors, carried))
        compared = time.process_time()
        rankings(stories, sections, now=NOW, context=context)
        ranked = time.process_time()
        choose(stories, sections, now=NOW, per_source=3, maximum=40, context=context, features=vectors)
        chosen = time.process_time()
        known = Known([s.lead.text for s in stories[:5]])
        for story in stories[5:55]:
            news(known, story.lead)
        ended = time.process_time()
        for what, took in (
            ("reading words", read - began),
            ("novelty beside 150 carried", compared - read),
            ("ranking for ten sections", ranked - compared),
            (f"choosing, minimum {minimum}, ranking included", chosen - ranked),
            ("all", chosen - began - (ranked - compared)),
            ("news of 50 returning stories", ended - chosen),
        ):
            times.setdefault(what, []).append(took)
    for what, took in times.items():
        print(f"{what:44} {statistics.median(took):6.2f} s")


def _stories(chance: random.Random) -> list[Story]:
    vocabulary = [f"w{chance.randrange(36**5):x}" for _ in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(VOCABULARY)))
    made = []
    for at in range(STORIES):
        words = chance.choices(vocabulary, cum_weights=weights, k=WORDS + 10)
        lead = Article(
            id=str(at),
            source=f"outlet {chance.randrange(OUTLETS)}",
            url="https://news.example/",
            title=" ".join(words[:10]),
            text=". ".join(" ".join(words[i : i + 20]).capitalize() for i in range(10, WORDS + 10, 20)) + ".",
            published=NOW - timedelta(hours=30 * chance.random()),
            language="en",
        )
        tags = tuple(Tagged(tag=tag, strength=chance.random(), why="") for tag in chance.sample(TOPICS, 2))
        made.append(Story(id=str(at), lead=lead, tags=tags))
    return made


if __name__ == "__main__":
    main()

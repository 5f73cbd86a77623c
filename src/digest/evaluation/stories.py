"""Evaluates stories: B-cubed against known events, the threshold chosen on one set and tested on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from digest.content.page.dates import instant
from digest.content.stories.grouping import THRESHOLD, group
from digest.errors import InputError
from digest.evaluation import copies, rivals
from digest.evaluation.figures import Figure, Report, Row, bootstrap
from digest.evaluation.measures import b_cubed, harmonic
from digest.evaluation.samples import Sample, files, name, samples
from digest.model import Article

CAREFUL = 0.92
"""The precision that a threshold must keep where it is chosen to be careful: a false merge claims a confirmation."""

_SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS = (*(round(0.01 + 0.005 * i, 3) for i in range(29)), *(round(0.16 + 0.02 * i, 2) for i in range(18)))
"""Thresholds that are tried: half per cents up to 15, then twos up to 50."""

Grouping = Callable[[float], dict[str, str]]
"""From a threshold to the group of every article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Articles, and the event each tells of; no events where nobody said.

    Attributes:
        dated: whether the articles have their own dates; else all are of one moment, and dates help nobody.
    """

    name: str
    articles: tuple[Article, ...]
    events: dict[str, str]
    dated: bool


def read(path: Path) -> Set:
    """One set: a line for each article with `event`, or one object for each event with its `articles`.

    Raises:
        InputError: neither, or an article without text and title.
    """
    articles: list[Article] = []
    events: dict[str, str] = {}
    dated = False
    for number, sample in enumerate(samples(path)):
        told = sample.values.get("articles")
        if told is None:
            one = [sample]
            event = sample.text("event")
        elif isinstance(told, list) and all(isinstance(item, dict) for item in told):
            one = [Sample(item, f"{sample.place}, article {at}") for at, item in enumerate(told, start=1)]
            event = str(number)
        else:
            raise InputError(f'{sample.place}: "articles" is not a list of objects')
        for item in one:
            article = _article(item, f"{len(articles):05}")
            dated = dated or article.published != _SAME_DAY
            articles.append(article)
            if event:
                events[article.id] = event
    if events and len(events) != len(articles):
        raise InputError(f'{path}: some lines have an "event" and some have none')
    return Set(name=name(path), articles=tuple(articles), events=events, dated=dated)


def _article(sample: Sample, key: str) -> Article:
    url = sample.text("url") or sample.text("ext_url")
    text = sample.text("text") or " ".join(sample.texts("sentences"))
    if not text and not sample.text("title"):
        raise InputError(f'{sample.place}: neither "text" nor "title"')
    said = sample.text("published")
    published = instant(said) if said else _SAME_DAY
    if published is None:
        raise InputError(f'{sample.place}: "published" is not a time; write it as in 2026-11-24T07:00:00Z')
    return Article(
        id=key,
        source=sample.text("source") or urlsplit(url).netloc or key,
        url=url,
        title=sample.text("title"),
        text=text,
        published=published,
        language=sample.text("language") or "en",
    )


def evaluate(path: Path, *, baselines: bool = True) -> Report:
    """Group every set; with two sets or more, choose the threshold on one and test it on each other.

    Args:
        path: a file, or a folder of them.
        baselines: whether MinHash is run too.

    Raises:
        InputError: a set cannot be read.
        UsageError: the extra `evaluate` is not installed.
    """
    sets = [read(file) for file in files(path)]
    rows: list[Row] = []
    told = [s for s in sets if s.events]
    ways: dict[str, Callable[[Set], Grouping]] = {"own": _own}
    if baselines:
        ways["MinHash"] = _minhash
    groupings = {(way, s.name): make(s) for way, make in ways.items() for s in told}
    for tested in told:
        rows += _rows(tested, f"own, as shipped ({THRESHOLD:g})", groupings["own", tested.name](THRESHOLD))
        for way in ways:
            for trained in told:
                if trained is not tested:
                    rows += _tested(way, trained, tested, groupings)
        rows += _rows(tested, "each its own story", {a.id: a.id for a in tested.articles})
    for each in sets:
        rows += copies.rows(each.name, list(each.articles), each.events, baselines=baselines)
    notes = (
        "B-cubed: the mean over articles. “chosen on X”: the threshold with the best F1 there; “careful”: the best of",
        f"those whose precision there is at least {100 * CAREFUL:g}. Articles without dates count as of one moment.",
        "Copies: each article beside one with 30 % of its sentences cut, words changed, a line before and after it.",
    )
    return Report(kind="stories", rows=tuple(rows), notes=notes)


def _tested(way: str, trained: Set, tested: Set, groupings: dict[tuple[str, str], Grouping]) -> Iterator[Row]:
    scores = [(t, *_score(b_cubed(groupings[way, trained.name](t), trained.events))) for t in _STEPS]
    best = max(scores, key=lambda s: (s[3], s[0]))
    careful = max((s for s in scores if s[1] >= CAREFUL), key=lambda s: (s[3], s[0]), default=None)
    yield from _rows(tested, f"{way}, chosen on {trained.name} ({best[0]:g})", groupings[way, tested.name](best[0]))
    if careful and careful[0] != best[0]:
        who = f"{way}, careful on {trained.name} ({careful[0]:g})"
        yield from _rows(tested, who, groupings[way, tested.name](careful[0]))


def _own(of: Set) -> Grouping:
    def grouped(threshold: float) -> dict[str, str]:
        found = group(of.articles, threshold=threshold)
        return {member: each.lead for each in found for member in each.members}

    return grouped


def _minhash(of: Set) -> Grouping:
    hashes = rivals.minhashes([f"{a.title}\n{a.text}" for a in of.articles])
    pairs = rivals.alike(hashes, _STEPS[0])

    def grouped(threshold: float) -> dict[str, str]:
        homes = rivals.components(len(of.articles), pairs, threshold)
        return {a.id: str(home) for a, home in zip(of.articles, homes, strict=True)}

    return grouped


def _score(items: dict[str, tuple[float, float]]) -> tuple[float, float, float]:
    precision = sum(p for p, _ in items.values()) / len(items)
    recall = sum(r for _, r in items.values()) / len(items)
    return precision, recall, harmonic(precision, recall)


def _rows(of: Set, who: str, groups: dict[str, str]) -> Iterator[Row]:
    """B-cubed with intervals of resampled events: the articles of an event stand or fall together."""
    items = b_cubed(groups, of.events)
    events: dict[str, list[tuple[float, float]]] = {}
    for key, event in of.events.items():
        events.setdefault(event, []).append(items[key])
    units = list(events.values())
    for at, measure in enumerate(("precision", "recall", "F1")):

        def statistic(drawn: Sequence[list[tuple[float, float]]], at: int = at) -> float:
            every = [pair for unit in drawn for pair in unit]
            precision, recall = (sum(pair[side] for pair in every) / len(every) for side in (0, 1))
            return 100 * (precision, recall, harmonic(precision, recall))[at]

        found = bootstrap(units, statistic)
        figure = Figure(value=found.value, low=found.low, high=found.high, count=len(items))
        yield Row(set=of.name, measure=f"B-cubed {measure}", who=who, figure=figure)

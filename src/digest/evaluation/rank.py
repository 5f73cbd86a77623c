"""Evaluates the ranking: by what was known before, how well it foretells what readers made of later posts."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from digest.content.choice.prior import priors, response
from digest.content.choice.rank import DEFAULT_WEIGHTS, Context, rank
from digest.content.page.dates import instant
from digest.errors import InputError
from digest.evaluation.figures import Report, Row, bootstrap, correlation, mean
from digest.evaluation.measures import spearman
from digest.evaluation.samples import Sample, files, name, samples
from digest.model import Article, SectionRule, Story

LEARNED = 0.8
"""The earlier part of the posts, from which is learned what is usual; the rest is foretold."""

DOUBT = 5.0
"""For the source prior: how many usual posts every source is thought to have had before its first."""

TOP = 10
"""One in so many is at the top."""

_SECTION = SectionRule(tag="*", title="all", half_life=18.0)
_FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, and what readers made of it afterwards (points: votes, clicks, reads)."""

    article: Article
    points: float


def read(path: Path) -> list[Post]:
    """The posts of one file in order of time: lines with `title`, `published`, `points`, and `source` or `url`.

    Raises:
        InputError: a line lacks one of them.
    """
    posts = [_post(sample, at) for at, sample in enumerate(samples(path))]
    if len(posts) < 10 * _FEWEST:
        raise InputError(f"{path}: {len(posts)} posts; at least {10 * _FEWEST} are needed to learn and to foretell")
    return sorted(posts, key=lambda post: (post.article.published, post.article.id))


def _post(sample: Sample, at: int) -> Post:
    points = sample.number("points" if "points" in sample.values else "num_points")
    comments = sample.number("comments" if "comments" in sample.values else "num_comments")
    if points is None:
        raise InputError(f'{sample.place}: "points" is missing')
    url = sample.text("url")
    article = Article(
        id=f"{at:08}",
        source=sample.text("source") or urlsplit(url).netloc.removeprefix("www.") or "without a source",
        url=url,
        title=sample.text("title", needed=True),
        text=sample.text("text"),
        published=_published(sample),
        comments=None if comments is None else int(comments),
    )
    return Post(article=article, points=max(0.0, points))


def _published(sample: Sample) -> datetime:
    said = sample.text("published") or sample.text("created_at", needed=True)
    try:
        return instant(said) or datetime.strptime(said, "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise InputError(f'{sample.place}: "{said[:40]}" is not a time; write it as in 2026-11-24T07:00:00Z') from None


def evaluate(path: Path) -> Report:
    """Learn what is usual from the first four fifths, rank the rest, and compare with what readers made of it.

    Raises:
        InputError: a set cannot be read.
    """
    rows: list[Row] = []
    for file in files(path):
        rows += _set(name(file), read(file))
    notes = (
        f"Learned from the first {100 * LEARNED:g} % by time, told of the rest. Spearman: 0 says nothing, 1 all.",
        "“with comments” knows how many comments a post got in the end, which no ranking knows when it is made.",
        "“of a day”: the mean over days, each ranked at its end, age counting as it does in an edition.",
    )
    return Report(kind="rank", rows=tuple(rows), notes=notes)


def _set(of: str, posts: Sequence[Post]) -> Iterator[Row]:
    cut = int(len(posts) * LEARNED)
    known, later = posts[:cut], posts[cut:]
    prior = _source_prior(known)
    context = _context(known)
    common = prior[""]
    said = {
        "newest first": [p.article.published.timestamp() for p in later],
        "source prior": [prior.get(p.article.source, common) for p in later],
        "own, age aside": _scores(later, context, now=later[-1].article.published, aged=False, talked=False),
        "own with comments, age aside": _scores(
            later, context, now=later[-1].article.published, aged=False, talked=True
        ),
    }
    points = [p.points for p in later]
    for who, scores in said.items():
        pairs = list(zip(scores, points, strict=True))
        yield Row(set=of, measure="Spearman with points", who=who, figure=correlation(_correlation(pairs), len(pairs)))
        yield Row(set=of, measure="top tenth right %", who=who, figure=bootstrap(pairs, _top))
    days = _days(later)
    for who in ("newest first", "source prior", "own"):
        found = [_correlation(_of_day(who, day, prior, context)) for day in days]
        yield Row(set=of, measure="Spearman of a day", who=who, figure=mean(found))


def _of_day(who: str, day: Sequence[Post], prior: Mapping[str, float], context: Context) -> list[tuple[float, float]]:
    if who == "own":
        end = max(p.article.published for p in day)
        scores = _scores(day, context, now=end, aged=True, talked=False)
    elif who == "newest first":
        scores = [p.article.published.timestamp() for p in day]
    else:
        scores = [prior.get(p.article.source, prior[""]) for p in day]
    return list(zip(scores, (p.points for p in day), strict=True))


def _days(posts: Sequence[Post]) -> list[list[Post]]:
    """The posts of each civil day in UTC; days with fewer than ten are left out."""
    found: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        found[post.article.published.date().isoformat()].append(post)
    return [day for _, day in sorted(found.items()) if len(day) >= _FEWEST]


def _source_prior(known: Sequence[Post]) -> dict[str, float]:
    """The mean logarithm of a source's points, drawn towards that of all; "" has that of all."""
    logs: dict[str, list[float]] = defaultdict(list)
    for post in known:
        logs[post.article.source].append(math.log1p(post.points))
    common = statistics.fmean(value for values in logs.values() for value in values)
    found = {s: (math.fsum(v) + DOUBT * common) / (len(v) + DOUBT) for s, v in logs.items()}
    return {**found, "": common}


def _context(known: Sequence[Post]) -> Context:
    """What the store would know: the usual comments and volume of a source, and what readers made of its posts."""
    usual = statistics.median(p.points for p in known)
    weeks = max(1.0, (known[-1].article.published - known[0].article.published).total_seconds() / (7 * 86_400))
    answers: dict[str, list[float]] = defaultdict(list)
    talk: dict[str, list[int]] = defaultdict(list)
    for post in known:
        answers[post.article.source].append(response(post.points, max(1.0, usual)))
        if post.article.comments is not None:
            talk[post.article.source].append(post.article.comments)
    volume = Counter(post.article.source for post in known)
    return Context(
        comments={source: statistics.median(counts) for source, counts in talk.items()},
        volume={source: count / weeks for source, count in volume.items()},
        readers=priors(answers),
    )


def _scores(posts: Sequence[Post], context: Context, *, now: datetime, aged: bool, talked: bool) -> list[float]:
    weights = {**DEFAULT_WEIGHTS} if aged else {**DEFAULT_WEIGHTS, "recency": 0.0}
    if not talked:
        weights["discussion"] = 0.0
    stories = [Story(id=p.article.id, lead=p.article) for p in posts]
    ranked = {r.story.id: r.score for r in rank(stories, _SECTION, now=now, weights=weights, context=context)}
    return [ranked[p.article.id] for p in posts]


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    return spearman([a for a, _ in pairs], [b for _, b in pairs])


def _top(pairs: Sequence[tuple[float, float]]) -> float:
    """The share of the tenth that was put on top which readers put there too; ties go to the one that came first."""
    count = max(1, len(pairs) // TOP)
    ours, theirs = (set(sorted(range(len(pairs)), key=lambda i: (-pairs[i][side], i))[:count]) for side in (0, 1))
    return 100 * len(ours & theirs) / count

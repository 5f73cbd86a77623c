"""Composes past editions again with other weights and rules, from what the store still holds; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.config.values import Config, Newsletter
from digest.content.stories.grouping import SPAN
from digest.content.stories.lead import worth
from digest.edition import addressed, content
from digest.edition.workflow import FROZEN
from digest.model import Article, Choice, Group, Reason, Story, Window
from digest.pipeline import candidates, carried, selection
from digest.pipeline.articles import values
from digest.pipeline.tagging import teller
from digest.store import articles as rows
from digest.store.editions import Consideration, Edition

EVERYTHING = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story stands: its section's title and its position there from 1, or why it stands nowhere."""

    section: str = ""
    position: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one story.

    Attributes:
        kind: "in", "out" or "moved".
        before, after: its places by the rules as they are, and by the changed ones.
        points: (before, after) of every term that differs, and of "score".
    """

    story: str
    headline: str
    kind: str
    before: Place
    after: Place
    points: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One past edition, composed again.

    Attributes:
        stories: how many it has by the rules as they are, and by the changed ones.
        sent: how many stories it carried when it left, and how many of these the rules as they are choose again.
        changes: what the changed rules would do to it.
        notes: what could not be made as it was.
    """

    edition: str
    slot: datetime
    stories: tuple[int, int]
    sent: tuple[int, int]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def replay(config: Config, name: str, changed: Newsletter, *, start: datetime, end: datetime) -> Iterator[Replayed]:
    """Every frozen edition of a newsletter in a span of time, composed by its rules and by the changed ones.

    Both are composed from the same articles, so what differs is what the change does. How far the rules as they are
    give what was sent is told beside it: editors' later wishes, comments that came since and a newer program count.

    Args:
        config: the home's configuration, which has the newsletter as it is.
        name: the newsletter's.
        changed: its rules with the change.
        start: the earliest slot, aware.
        end: the latest slot, aware and included.
    """
    for row in Edition.objects.filter(
        newsletter=name, status__in=FROZEN, slot_at__gte=start, slot_at__lte=end
    ).order_by("slot_at", "pk"):
        found, told, notes = _as_it_was(config, row)
        before, after = (
            selection.choice(
                config, name, rules, found, told, row.drafted_at, until=row.drafted_at, explained=EVERYTHING
            )
            for rules in (config.newsletters[name], changed)
        )
        sent = {story.id for story in content.read(row.content).stories}
        again = {ranked.story.id for _, chosen in before.sections for ranked in chosen}
        yield Replayed(
            edition=row.name,
            slot=row.slot_at,
            stories=(len(again), sum(len(chosen) for _, chosen in after.sections)),
            sent=(len(sent), len(sent & again)),
            changes=tuple(changes(before, after)),
            notes=notes,
        )


def changes(before: Choice, after: Choice) -> list[Change]:
    """What differs between two choices from the same stories: what comes in, what goes out, what moves.

    A story moves when its section changes, or its place among those that both have in the section.
    """
    then, now = _places(before), _places(after)
    both = set(then.keys() & now.keys())
    stood, stands = _among(before, both), _among(after, both)
    names = _headlines(before) | _headlines(after)
    found = []
    for story in sorted(then.keys() | now.keys()):
        kind = "moved" if story in both else "in" if story in now else "out"
        if kind == "moved" and stood[story] == stands[story]:
            continue
        was, is_ = then.get(story), now.get(story)
        points_then, points_now = _terms(before, story), _terms(after, story)
        points = {
            term: (points_then.get(term, 0.0), points_now.get(term, 0.0))
            for term in dict.fromkeys((*points_then, *points_now))
            if points_then.get(term, 0.0) != points_now.get(term, 0.0)
        }
        found.append(
            Change(
                story=story,
                headline=names[story],
                kind=kind,
                before=was or Place(why=_why(before, story)),
                after=is_ or Place(why=_why(after, story)),
                points=points,
            )
        )
    order = {"in": 0, "out": 1, "moved": 2}
    return sorted(found, key=lambda c: (order[c.kind], c.after.section or c.before.section, c.after.position, c.story))


def _as_it_was(config: Config, row: Edition) -> tuple[candidates.Candidates, tuple[Story, ...], tuple[str, ...]]:
    """What an edition was drafted from, as far as it is there: its articles, their stories, and what is missing."""
    feeds = {feed.address: feed for feed in config.feeds}
    considered = dict(Consideration.objects.filter(edition=row).values_list("article_id", "story"))
    told = {story for story in considered.values() if story}
    accounts = rows.Article.objects.filter(feed__address__in=feeds, first_seen_at__lte=row.drafted_at)
    kin = accounts.filter(story__in=told, first_seen_at__gte=row.drafted_at - SPAN).values_list("pk", flat=True)
    wanted = accounts.filter(pk__in={*considered, *kin}).select_related("feed", "story").defer("blocks", "said")
    articles = carried.unrevised(values(wanted.order_by("pk"), feeds), row.drafted_at)
    members: dict[str, list[str]] = defaultdict(list)
    for pk, article in articles.items():
        # As it was filed then: stories are parted and joined later.
        story = considered.get(int(pk)) or (int(article.story) if article.story else 0)
        if story in told:
            members[str(story)].append(pk)
    groups = [_led(story, held, articles) for story, held in sorted(members.items())]
    new = frozenset(str(pk) for pk in considered) & articles.keys()
    found = candidates.Candidates(
        window=Window(start=row.window_from, end=row.window_to), new=new, articles=articles, problems={}
    )
    stories = teller(config, articles)([addressed.led(group, articles) for group in groups])
    return found, stories, _missing(row, len(new), sum(not articles[pk].text and not articles[pk].deck for pk in new))


def _led(story: str, members: Sequence[str], articles: Mapping[str, Article]) -> Group:
    ordered = sorted(members, key=lambda pk: (*worth(articles[pk]), articles[pk].published, int(pk)))
    return Group(story=story, lead=ordered[0], members=tuple(ordered))


def _missing(row: Edition, there: int, empty: int) -> tuple[str, ...]:
    """What could not be made as it was, in words."""
    notes = []
    looked_at = len(row.looked_at)
    if there < looked_at:
        gone = looked_at - there
        notes.append(f"{gone} of the {looked_at} articles it looked at are gone, or their feeds are")
    if empty:
        have = "1 article has no text: it is" if empty == 1 else f"{empty} articles have no text: they are"
        notes.append(f"{have} ranked without it")
    return tuple(notes)


def _places(choice: Choice) -> dict[str, Place]:
    return {
        ranked.story.id: Place(section=rule.title, position=at)
        for rule, chosen in choice.sections
        for at, ranked in enumerate(chosen, start=1)
    }


def _among(choice: Choice, both: set[str]) -> dict[str, tuple[str, int]]:
    """The section of each story, and its place among those that both choices have."""
    return {
        name: (rule.tag, at)
        for rule, chosen in choice.sections
        for at, name in enumerate([ranked.story.id for ranked in chosen if ranked.story.id in both])
    }


def _terms(choice: Choice, story: str) -> dict[str, float]:
    """A story's points by term, and its score, wherever it stands or would have stood."""
    for _, chosen in choice.sections:
        for ranked in chosen:
            if ranked.story.id == story:
                return _named(ranked.reasons, ranked.score)
    left = next((one for one in choice.skipped if one.story == story and one.reasons), None)
    return _named(left.reasons, left.score) if left else {}


def _named(reasons: Sequence[Reason], score: float) -> dict[str, float]:
    return {**{reason.signal: reason.points for reason in reasons}, "score": score}


def _why(choice: Choice, story: str) -> str:
    return next((one.why for one in choice.skipped if one.story == story), "")


def _headlines(choice: Choice) -> dict[str, str]:
    shown = {ranked.story.id: ranked.story.lead.title for _, chosen in choice.sections for ranked in chosen}
    return {one.story: one.headline for one in choice.skipped} | shown

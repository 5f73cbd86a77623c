"""Stories that this newsletter carried before: they return as an update with what is new, or are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.content.summary.news import Known, News, news
from digest.content.summary.summarise import EXCERPT_WORDS
from digest.edition import content
from digest.model import Article, Skipped, Story, Update
from digest.store import articles as rows
from digest.store.editions import Consideration, Edition

ACCOUNTS = 40
"""Accounts of one story that are compared, the last ones carried: a story of months does not hold all others up."""

EDITIONS = 10
"""Editions whose own words on a story are compared, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How a newsletter carried a story before.

    Attributes:
        since: the slot of the last edition that had it, aware UTC.
        accounts: ids of the articles that were carried, those that are compared.
        known: all that was said.
    """

    since: datetime
    accounts: frozenset[str]
    known: Known


def before(name: str, stories: Collection[int], *, until: datetime | None = None) -> dict[str, Before]:
    """What a newsletter's frozen editions carried of these stories, by the story's id.

    An account's text is that of the edition's approval, though its publisher changed it since. Where it is gone, what
    the edition itself showed of the story still stands.

    Args:
        name: the newsletter's.
        stories: ids as the store has them.
        until: only editions approved before this instant; None for all there are.
    """
    considered = Consideration.objects.filter(newsletter=name, carried=True)
    if until is not None:
        considered = considered.filter(edition__approved_at__lt=until)
    wanted = ("article_id", "story", "article__story_id", "edition_id")
    # An article that an editor's word moved to another story was carried there as well.
    found = {
        *considered.filter(story__in=stories).values_list(*wanted),
        *considered.filter(article__story__in=stories).values_list(*wanted),
    }
    by_story: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for article, then, current, edition in found:
        for story in {then, current} & set(stories):
            by_story[story].add((edition, article))
    editions = Edition.objects.in_bulk({edition for pairs in by_story.values() for edition, _ in pairs})
    order = {pk: (edition.slot_at, pk) for pk, edition in editions.items()}
    kept = {
        story: sorted(pairs, key=lambda pair: (order[pair[0]], pair[1]))[-ACCOUNTS:]
        for story, pairs in by_story.items()
    }
    texts = _texts({article: editions[edition] for pairs in kept.values() for edition, article in pairs})
    said = _said({pk: editions[pk] for pairs in kept.values() for pk, _ in pairs[-EDITIONS:]})
    return {
        str(story): Before(
            since=editions[pairs[-1][0]].slot_at,
            accounts=frozenset(str(article) for _, article in pairs),
            known=Known(
                [
                    *(text for _, article in pairs for text in texts.get(article, ())),
                    *(text for pk in {pk for pk, _ in pairs} for text in said.get((pk, str(story)), ())),
                ]
            ),
        )
        for story, pairs in kept.items()
    }


def unrevised(articles: Mapping[str, Article], at: datetime) -> dict[str, Article]:
    """The articles as they stood at an instant (aware UTC), where their publishers changed them since."""
    then = dict(articles)
    earlier = rows.Revision.objects.filter(article__in=[int(pk) for pk in articles], replaced_at__gt=at)
    # The earliest change after that instant comes last, and holds what stood until then.
    for article, title, deck, text in (
        earlier.exclude(text="").order_by("article", "-number").values_list("article_id", "title", "deck", "text")
    ):
        then[str(article)] = replace(then[str(article)], title=title, deck=deck, text=text)
    return then


def _texts(approved: dict[int, Edition]) -> dict[int, tuple[str, ...]]:
    """The words of articles as they stood when an edition that carried them was approved."""
    found: dict[int, tuple[str, ...]] = {
        pk: (title, deck, text)
        for pk, title, deck, text in rows.Article.objects.filter(pk__in=approved).values_list(
            "pk", "title", "deck", "text"
        )
    }
    earlier = rows.Revision.objects.filter(article__in=approved).exclude(text="").order_by("article", "-number")
    for article, replaced, *words in earlier.values_list("article_id", "replaced_at", "title", "deck", "text"):
        at = approved[article].approved_at
        if at is not None and replaced > at:
            found[article] = (words[0], words[1], words[2])
    return found


def _said(editions: dict[int, Edition]) -> dict[tuple[int, str], tuple[str, ...]]:
    """What editions showed of each of their stories."""
    return {
        (pk, story.id): (story.headline, *(sentence.text for sentence in story.summary))
        for pk, edition in editions.items()
        for story in content.read(edition.content).stories
    }


def returning(
    told: Iterable[Story],
    known: dict[str, Before],
    *,
    above: float,
    sentences: int,
    led: Callable[[Story, Article], Story],
    now: datetime,
    zone: str,
) -> tuple[list[Story], list[Skipped]]:
    """The stories that are new or have news, and the reasons why the others stay away.

    Args:
        told: candidates.
        known: what was carried; see `before`.
        above: how new an account's opening must be; 1 for no updates.
        sentences: the most sentences that are shown as new.
        led: makes another account the story's lead.
        now: aware UTC.
        zone: the newsroom's, by its IANA name.
    """
    stories: list[Story] = []
    skipped: list[Skipped] = []
    for story in told:
        was = known.get(story.id)
        if was is None:
            stories.append(story)
            continue
        fresh = [(_news(was.known, a, sentences), a) for a in (story.lead, *story.others) if a.id not in was.accounts]
        enough = [pair for pair in fresh if pair[1].url and pair[0].strength > _limit(above, was, story, pair[1])]
        best = max(enough, key=lambda pair: _worth(*pair), default=None)
        if best and (best[0].new or best[0].figures):
            update = Update(since=was.since, new=best[0].new, why=best[0].why)
            stories.append(replace(led(story, best[1]), update=update))
        else:
            skipped.append(
                Skipped(
                    story=story.id,
                    headline=story.lead.title,
                    why=f"carried {day(was.since, now, zone)}, nothing new",
                    rule="carried",
                    needed=_needed(fresh, above, was, story),
                )
            )
    return stories, skipped


def day(since: datetime, now: datetime, zone: str) -> str:
    """When something was carried, for an editor: "on Tuesday", "today at 07:00", "on 12 November"."""
    then, today = since.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    age = (today - then.date()).days
    if age == 0:
        return f"today at {then:%H:%M}"
    return f"on {then:%A}" if 0 < age < 7 else f"on {then.day} {then:%B}"


def _news(known: Known, article: Article, sentences: int) -> News:
    if article.rights == "excerpt":
        return news(known, article, sentences=1, words=EXCERPT_WORDS)
    return news(known, article, sentences=sentences)


def _limit(above: float, was: Before, story: Story, account: Article) -> float:
    """How new an account must be: more so from another outlet where one account alone is known.

    Outlets tell the same in other words, and against one account most of them are new; an outlet that comes back to
    its own story has a reason.
    """
    outlets = {a.source for a in (story.lead, *story.others) if a.id in was.accounts}
    return above if len(was.accounts) > 1 or account.source in outlets else (1 + above) / 2


def _worth(found: News, article: Article) -> tuple[bool, float, float, str]:
    """The account an update is led by: the own newsroom's, else the one with most news."""
    own = article.rights == "own" and bool(found.new)
    return own, found.strength, article.published.timestamp(), article.id


def _needed(fresh: Sequence[tuple[News, Article]], above: float, was: Before, story: Story) -> str:
    if above >= 1:
        return "this newsletter carries no updates (update_above = 1)"
    short = [(_limit(above, was, story, account) - found.strength, found.strength) for found, account in fresh]
    if not short:
        return "a new account"
    missing, strength = min(short)
    return f"an account whose opening is newer than {missing + strength:.2f}; the best has {strength:.2f}"

"""Which stories an edition takes: candidates become stories, tagged and ranked, and the best are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.config.values import Config, Newsletter
from digest.content.choice.choose import choose
from digest.content.choice.rank import DEFAULT_WEIGHTS
from digest.content.choice.whynot import EXPLAINED
from digest.content.rules import section_rules
from digest.content.stories.lead import worth
from digest.edition import addressed
from digest.model import Article, Choice, Group, Skipped, Story
from digest.pipeline import carried
from digest.pipeline.candidates import Candidates
from digest.pipeline.tagging import teller
from digest.pipeline.usual import usual
from digest.store import articles as rows

TOO_OLD = timedelta(days=14)
"""An article first seen now but published so long ago is a feed's bookkeeping, not news."""


def stories(config: Config, found: Candidates) -> tuple[Story, ...]:
    """The stories that new articles tell, with their other accounts, tagged."""
    fresh = [addressed.led(g, found.articles) for g in _groups(found) if not found.new.isdisjoint(g.members)]
    return teller(config, found.articles)(fresh)


def choice(
    config: Config,
    name: str,
    newsletter: Newsletter,
    found: Candidates,
    told: Sequence[Story],
    now: datetime,
    *,
    until: datetime | None = None,
    explained: int = EXPLAINED,
) -> Choice:
    """Choose by the newsletter's rules; every story that is left out says why, and one that returns what is new.

    Args:
        config: the home's configuration.
        name: the newsletter's.
        newsletter: its rules.
        found: the candidates, for the window they came from.
        told: their stories.
        now: aware UTC.
        until: for a look back: only what was approved before this instant counts as carried.
        explained: how many of those left out are told with every term of their points.
    """
    ids = [int(story.id) for story in told]
    wishes = dict(rows.Story.objects.filter(pk__in=ids).exclude(wish="").values_list("pk", "wish"))
    oldest = found.window.start - TOO_OLD
    old = {s.id: s for s in told if all(a.published < oldest for a in (s.lead, *s.others))}
    unread = {s.id: s for s in told if s.lead.id in found.problems and s.id not in old}
    nowhere = addressed.nowhere([story for story in told if story.id not in old.keys() | unread.keys()])
    out = old.keys() | unread.keys() | {skipped.story for skipped in nowhere}
    tell = teller(config, found.articles)

    def led(story: Story, lead: Article) -> Story:
        members = (lead.id, *(a.id for a in (story.lead, *story.others) if a.id != lead.id))
        return tell([Group(story=story.id, lead=lead.id, members=members, why=story.why)])[0]

    fresh, again = carried.returning(
        [story for story in told if story.id not in out],
        carried.before(name, ids, until=until),
        above=newsletter.update_above,
        sentences=min(2, newsletter.sentences),
        led=led,
        now=now,
        zone=config.site.zone,
    )
    context, features = usual(config, name, fresh, now=now)
    made = choose(
        fresh,
        section_rules(newsletter),
        now=now,
        weights={**DEFAULT_WEIGHTS, **newsletter.weights},
        maximum=newsletter.maximum,
        per_source=newsletter.per_source,
        vetoed={str(pk) for pk, wish in wishes.items() if wish == rows.Story.Wish.OUT},
        pinned={str(pk) for pk, wish in wishes.items() if wish == rows.Story.Wish.PIN},
        context=context,
        features=features,
        explained=explained,
    )
    late = [
        Skipped(
            story=s.id,
            headline=s.lead.title,
            why=f"published {s.lead.published:%Y-%m-%d}, long before it came in",
            rule="old",
        )
        for s in old.values()
    ]
    lost = [
        Skipped(story=s.id, headline=s.lead.title, why=found.problems[s.lead.id], rule="text") for s in unread.values()
    ]
    return addressed.once(Choice(sections=made.sections, skipped=(*made.skipped, *again, *nowhere, *late, *lost)))


def _groups(found: Candidates) -> list[Group]:
    """The stories that the articles were placed in, each led by the own newsroom's or the richest account."""
    members: dict[str, list[Article]] = {}
    for article in found.articles.values():
        if article.story is not None:
            members.setdefault(article.story, []).append(article)
    why = dict(rows.Story.objects.filter(pk__in=map(int, members)).values_list("pk", "why"))
    made = []
    for story, accounts in members.items():
        there = {a.id for a in accounts}
        copies = {a.id: a.copy_of for a in accounts if a.copy_of in there and a.copy_of is not None}
        ids = tuple(a.id for a in sorted(accounts, key=lambda a: (*worth(a, copy=a.id in copies), a.published, a.id)))
        made.append(Group(story=story, lead=ids[0], members=ids, duplicates=tuple(copies.items()), why=why[int(story)]))
    return made

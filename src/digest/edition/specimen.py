"""An invented edition with everything in it, to try templates on before there is news. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.config import Newsletter, slug
from digest.content.text.language import direction
from digest.model import (
    Addition,
    Also,
    Appeal,
    Differing,
    Edition,
    EditionStory,
    Figure,
    Image,
    Reason,
    Section,
    Sentence,
    Tagged,
    Update,
    Window,
)

_PLACE = "https://specimen.example"


def specimen(
    name: str, newsletter: Newsletter, *, site: str, language: str, appeal: Appeal | None, now: datetime
) -> Edition:
    """An edition of this newsletter: two stories a section, among them each kind of rights, a picture, Arabic, updates.

    Args:
        name: the newsletter's name.
        newsletter: its sections and its title.
        site: the installation's address, where pictures stand.
        language: the furniture's.
        appeal: shown after the first section; None for none.
        now: aware UTC.
    """
    sections = []
    for at, table in enumerate(newsletter.sections):
        tag = table.tag if table.tag == "*" else slug(table.tag)
        lead = _plain(f"{at}-1", tag, now)
        second = _arabic(f"{at}-2", tag, now) if at == 0 else replace(lead, id=f"{at}-2", rights="excerpt", image=None)
        if at < 2:
            second = _again(second, now)
        if at == 0:
            lead = replace(lead, image=Image(url=f"{site}/i/specimen.jpg", alt="A harbour", width=600, height=400))
        sections.append(Section(tag=tag, title=table.title or table.tag, stories=(lead, second)))
    return Edition(
        id=f"{name}/specimen",
        newsletter=name,
        title=newsletter.title,
        number=1,
        slot=now,
        window=Window(start=now - timedelta(days=1), end=now),
        language=language,
        direction=direction(language),
        subject="",
        preheader="",
        sections=tuple(sections),
        appeal=appeal and replace(appeal, after=sections[0].tag, why="it is tried"),
    )


_DIFFER = Differing(
    what="injured",
    figures=(
        Figure(source="The Specimen", url=f"{_PLACE}/ferry", text="two people were injured"),
        Figure(source="The Other", url=f"{_PLACE}/other", text="three people were injured"),
    ),
)


def _plain(key: str, tag: str, now: datetime) -> EditionStory:
    return EditionStory(
        id=key,
        headline="The ferry sails again & the harbour says “at last”",
        url=f"{_PLACE}/ferry?a=1&b=2",
        source="The Specimen",
        rights="own",
        published=now - timedelta(hours=3),
        authors=("Ana Example", "Bo Example"),
        language="en",
        tags=(Tagged(tag=tag, strength=0.8, why="it is tried"),),
        summary=(Sentence(text="The ferry sailed on Monday for the first time since spring.", start=0, end=59),),
        score=1.5,
        reasons=(Reason(signal="recency", points=1.5),),
        also=(Also(source="The Other", url=f"{_PLACE}/other", headline="Ferry is back"),),
        adds=(Addition(source="The Other", url=f"{_PLACE}/other", text="It carried 212 people, The Other counted."),),
        differ=(_DIFFER,),
        minutes=3,
        articles=(key,),
    )


def _again(story: EditionStory, now: datetime) -> EditionStory:
    """The same as an update: its first sentence is new."""
    return replace(story, update=Update(since=now - timedelta(days=2), new=story.summary[:1]))


def _arabic(key: str, tag: str, now: datetime) -> EditionStory:
    return replace(
        _plain(key, tag, now),
        headline="العبّارة تعود إلى الميناء",
        rights="licensed",
        language="ar",
        direction="rtl",
        authors=(),
        also=(),
        adds=(),
        differ=(),
        summary=(Sentence(text="عادت العبّارة إلى الميناء يوم الاثنين.", start=0, end=38),),
    )

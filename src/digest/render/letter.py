"""Compiles an edition's letter once and joins any variant of it from the pieces.

    Edition ─► compile_letter ─► pieces ─► join(shown sections, appeal or not) ─► Letter(html, text)

A template marks where pieces begin; the compiled output is cut there. The first shown section's first story becomes
the lead, in its large form; the rest of that section follows. Joining is string work only and costs far below 1 ms.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from digest.errors import RefusedError, TemplateError
from digest.model import Edition, EditionStory, Section
from digest.render.brand import Brand
from digest.render.colour import palette
from digest.render.furniture import Furniture
from digest.render.links import link
from digest.render.mjml import compile_mjml
from digest.render.plain import shorten
from digest.render.templates import Templates

HTML_TEMPLATE = "letter/letter.mjml"
TEXT_TEMPLATE = "letter/letter.txt"
MOST_CONTENTS = 5
"""Lines of "In this edition": on a phone the lead shall not be a screen away."""
PREHEADER_LENGTH = 110
"""Characters of the preheader: what a phone shows beside the subject."""
LONGEST_SUBJECT = 150
"""Characters of a subject; one made from a longer headline is cut at a word."""

_HOLE = re.compile(r"\x01([a-z][a-z0-9_]*)\x02")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One variant of a letter, its holes still open (`digest.render.wire`)."""

    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledLetter:
    """A letter in pieces, for one language.

    Attributes:
        edition: what it was made from; sections without stories are left out.
        language: the furniture's language.
        date: the day its letters leave, in that language.
        html, text: the pieces by name: open, masthead, contents-open, contents:N, contents-rest:N, contents-close,
            lead:N, section:N, rest:N, appeal, foot; N is the section's place.
    """

    edition: Edition
    language: str
    html: Mapping[str, str]
    text: Mapping[str, str]
    date: str = ""


def compile_letter(edition: Edition, brand: Brand, furniture: Furniture, templates: Templates) -> CompiledLetter:
    """Compiles the letter with all its sections and its appeal, and cuts it into pieces.

    Raises:
        TemplateError: a template is wrong, or what it gives is no sound mail markup.
        RefusedError: an address in it is not absolute http or https, two sections share a tag, or there is no story.
    """
    edition = replace(edition, sections=tuple(section for section in edition.sections if section.stories))
    tags = [section.tag for section in edition.sections]
    if not tags:
        raise RefusedError(f"{edition.id}: there is no story in it, so there is no letter.")
    if len(set(tags)) < len(tags):
        raise RefusedError(f"{edition.id}: two sections have the same tag; readers could not choose between them.")
    # Marks and holes must pass through two template languages as plain words, and no feed may be able to write one:
    # they carry a digest of everything the feeds wrote.
    secret = hashlib.sha256(repr(edition).encode("utf-8", "backslashreplace")).hexdigest()[:12]
    values = {
        "edition": edition,
        "brand": _with_words_for_holes(brand, secret),
        "words": furniture,
        "t": furniture.t,
        "n": furniture.n,
        "colours": palette(brand.accent),
        "mark": _marker(secret),
    }
    made = compile_mjml(templates.render(HTML_TEMPLATE, values), name=HTML_TEMPLATE)
    text = templates.render(TEXT_TEMPLATE, values)
    return CompiledLetter(
        edition=edition,
        language=furniture.language,
        date=furniture.date(edition.slot, "long"),
        html=_cut(made, secret, HTML_TEMPLATE, hole="\x01&{}\x02"),
        text={name: piece.strip("\n") for name, piece in _cut(text, secret, TEXT_TEMPLATE, hole="\x01{}\x02").items()},
    )


def join(compiled: CompiledLetter, shown: tuple[str, ...], appeal_after: str | None) -> Letter:
    """One variant: the sections a reader chose, with or without the appeal.

    Args:
        compiled: the pieces.
        shown: tags of the sections to show; their order is the edition's.
        appeal_after: the tag of the shown section the appeal follows; None for the twin without the appeal.

    Raises:
        RefusedError: a tag is not in this edition, nothing is shown, or the appeal has no place.
    """
    places = _places(compiled, shown)
    order = _order(compiled, places, appeal_after)
    made = compiled.html
    preheader = html.escape(preheader_for(compiled, shown))
    page = [made["open"], preheader, *(made[name] for name in order)]
    text = compiled.text
    blocks: list[str] = []
    for name in order:
        glue = _glue(name)
        if text[name]:
            blocks += [glue, text[name]]
    return Letter(html="".join(page), text="".join(blocks).lstrip("\n") + "\n")


def _glue(name: str) -> str:
    """What parts a piece of plain text from the one before it: nothing within a list, air before a story."""
    if name.startswith("contents"):
        return "\n\n" if name == "contents-open" else "\n"
    return "\n\n\n"


def _order(compiled: CompiledLetter, places: tuple[int, ...], appeal_after: str | None) -> list[str]:
    """The names of the pieces of one variant, in reading order, after "open"."""
    first, *others = places
    sections = compiled.edition.sections
    contents = [f"contents-rest:{first}"] * (len(sections[first].stories) > 1) + [f"contents:{at}" for at in others]
    if appeal_after is not None and (
        compiled.edition.appeal is None or appeal_after not in {sections[at].tag for at in places}
    ):
        raise RefusedError(f"{compiled.edition.id}: the appeal cannot stand after '{appeal_after}': it is not shown.")
    order = ["masthead"]
    if len(contents) > 1:
        order += ["contents-open", *contents[:MOST_CONTENTS], "contents-close"]
    for at in places:
        if at == first:
            order += [f"lead:{at}"] + [f"rest:{at}"] * (len(sections[at].stories) > 1)
        else:
            order.append(f"section:{at}")
        if sections[at].tag == appeal_after:
            order.append("appeal")
    return [*order, "foot"]


def lead_of(compiled: CompiledLetter, shown: tuple[str, ...]) -> EditionStory:
    """The story that opens a variant."""
    return compiled.edition.sections[_places(compiled, shown)[0]].stories[0]


def subject_for(compiled: CompiledLetter, shown: tuple[str, ...], template: str, templates: Templates) -> str:
    """A variant's subject: the edition's own where its lead opens the variant, else made from the variant's lead.

    Args:
        compiled: the pieces.
        shown: tags of the sections the variant shows.
        template: a one-line template; knows `lead`, `edition`, `date` and `newsletter` (`title`, `name`).
        templates: renders it.

    Raises:
        TemplateError: the template is wrong.
    """
    edition, lead = compiled.edition, lead_of(compiled, shown)
    if edition.subject and lead is edition.lead:
        return shorten(edition.subject, len(edition.subject))
    newsletter = {"title": edition.title, "name": edition.newsletter}
    values = {"lead": lead, "edition": edition, "newsletter": newsletter, "date": compiled.date}
    made = templates.line(template, values, name=f"the subject of newsletter {edition.newsletter}")
    return shorten(made, LONGEST_SUBJECT)


def preheader_for(compiled: CompiledLetter, shown: tuple[str, ...]) -> str:
    """A variant's preheader: the edition's own where its lead opens it, else the lead's summary, else headlines.

    A machine's summary stands only where readers can be told that it is one, which is not here.
    """
    edition = compiled.edition
    sections = [edition.sections[at] for at in _places(compiled, shown)]
    lead = sections[0].stories[0]
    if edition.preheader and lead is edition.lead:
        return shorten(edition.preheader, max(len(edition.preheader), 1))
    bound = (
        lead.summary and lead.summary[0].bound and len(lead.opening) > PREHEADER_LENGTH
    )  # no claim without its doubt
    if lead.summary and not bound and not (lead.machine and lead.machine.shown):
        return shorten(lead.opening, PREHEADER_LENGTH)
    return shorten(" · ".join(story.headline for story in _following(sections)), PREHEADER_LENGTH)


def _following(sections: list[Section]) -> list[EditionStory]:
    """The stories after the lead, the lead itself if it is alone."""
    stories = [story for section in sections for story in section.stories]
    return stories[1:] or stories


def _places(compiled: CompiledLetter, shown: tuple[str, ...]) -> tuple[int, ...]:
    wanted = set(shown)
    places = tuple(at for at, section in enumerate(compiled.edition.sections) if section.tag in wanted)
    if not places or len(places) < len(wanted):
        raise RefusedError(f"{compiled.edition.id}: shows no section for some of {', '.join(shown) or 'no topics'}.")
    return places


def _with_words_for_holes(brand: Brand, secret: str) -> Brand:
    """The brand with each hole as a plain word, and each given address checked."""

    def word(value: str) -> str:
        return _HOLE.sub(lambda hole: f"HOLE{secret}X{hole[1]}XEND", value)

    def place(value: str) -> str:
        return word(value) if not value or _HOLE.search(value) else link(value)

    return replace(
        brand,
        unsubscribe_url=place(brand.unsubscribe_url),
        preferences_url=place(brand.preferences_url),
        page_url=place(brand.page_url),
        address=word(brand.address),
    )


def _marker(secret: str) -> Callable[[str], Markup]:
    return lambda name: Markup(f"CUT{secret}X{name}XEND")  # noqa: S704 -- the names stand in our templates


def _cut(made: str, secret: str, template: str, *, hole: str) -> dict[str, str]:
    """The pieces by name; holes back in their final form."""
    made = re.sub(f"HOLE{secret}X([a-z0-9_]+)XEND", lambda found: hole.format(found[1]), made)
    first, *parts = re.split(f"CUT{secret}X([a-z:0-9-]+)XEND", made)
    names, pieces = parts[::2], parts[1::2]
    if len(set(names)) < len(names):
        raise TemplateError(f"{template}: two pieces have the same mark; each mark(...) may stand once.")
    return {"open": first, **dict(zip(names, pieces, strict=True))}

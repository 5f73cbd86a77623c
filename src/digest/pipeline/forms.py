"""An edition in each of its forms: the letters readers' wishes lead to, the page, the print page, the posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.conf import settings

from digest import config as configuration
from digest import resources
from digest.appeals.choose import Place, place
from digest.config.values import Config, Newsletter
from digest.edition.counted import counted
from digest.edition.variants import Shown, whole
from digest.model import Appeal, Edition, Post
from digest.render import letter, page, posts, printed
from digest.render.brand import Brand
from digest.render.furniture import Furniture, furniture
from digest.render.templates import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLetter:
    """One letter as text and HTML, its personal holes open; the HTML is empty where text alone is wanted.

    `asks` says whether the appeal stands in it.
    """

    shown: Shown
    asks: bool
    why: str
    subject: str
    html: str
    text: str


def templates() -> Templates:
    """The home's templates, as they are now."""
    return Templates(lambda name: resources.template(name, settings.HOME))


def brand(config: Config, newsletter: Newsletter) -> Brand:
    """Who publishes, for letters; the personal addresses are holes."""
    site = config.site
    return Brand(
        name=site.name,
        site=site.address,
        accent=site.accent,
        tagline=newsletter.tagline,
        sender=site.sender.partition("<")[0].strip() or site.name,
        postal_address=site.postal_address,
        donation_link=site.donation_link or "",
    )


def words(config: Config, language: str, using: Templates) -> Furniture:
    """The furniture of a language, dates in the newsroom's zone."""
    return furniture(language, config.site.zone, using.read)


def placed(appeal: Appeal, spot: Place) -> Appeal:
    """The appeal with its place in the whole letter and the reason for it."""
    return replace(appeal, after=spot.after or "", why=spot.why)


def dressed(config: Config, newsletter: Newsletter, edition: Edition) -> Edition:
    """The edition with its subject, its preheader and its posts."""
    if not edition.stories:
        return edition
    using = templates()
    compiled = letter.compile_letter(edition, brand(config, newsletter), words(config, edition.language, using), using)
    everything = whole(edition).sections
    subject = letter.subject_for(compiled, everything, newsletter.subject, using)
    preheader = letter.preheader_for(compiled, everything)
    edition = replace(edition, subject=subject, preheader=preheader)
    return replace(edition, posts=tuple(_posts(config, newsletter, edition, using)))


def letters(config: Config, newsletter: Newsletter, edition: Edition, wanted: Iterable[Shown]) -> Iterator[MadeLetter]:
    """Make the wanted letters: each compiled once a language, and joined for what it shows.

    Where a letter asks for support its twin without the appeal follows it.
    """
    using = templates()
    look = brand(config, newsletter)
    if newsletter.count_clicks:
        edition = counted(edition, config.site.address)
    compiled: dict[str, letter.CompiledLetter] = {}
    for shown in sorted(wanted):
        if shown.language not in compiled:
            spoken = words(config, shown.language, using)
            compiled[shown.language] = letter.compile_letter(edition, look, spoken, using)
        made = compiled[shown.language]
        sections = [section for section in edition.sections if section.tag in shown.sections]
        spot = place(sections) if edition.appeal else Place(after=None, why="this edition asks for nothing")
        for after in dict.fromkeys((spot.after, None)):
            joined = letter.join(made, shown.sections, after)
            yield MadeLetter(
                shown=shown,
                asks=after is not None,
                why=spot.why,
                subject=letter.subject_for(made, shown.sections, newsletter.subject, using),
                html="" if shown.text else joined.html,
                text=joined.text,
            )


def web_page(config: Config, newsletter: Newsletter, edition: Edition) -> str:
    """The page everybody may see: no identity in it."""
    using = templates()
    return page.render_page(
        edition, _shared(config, newsletter, edition), words(config, edition.language, using), using
    )


def print_page(config: Config, newsletter: Newsletter, edition: Edition) -> str:
    """The page for paper."""
    using = templates()
    look = _shared(config, newsletter, edition)
    return printed.render_printed(edition, look, words(config, edition.language, using), using)


def page_address(config: Config, edition_id: str) -> str:
    """Where an edition's page stands."""
    return f"{config.site.address}/e/{edition_id}"


def _shared(config: Config, newsletter: Newsletter, edition: Edition) -> Brand:
    address = page_address(config, edition.id)
    look = brand(config, newsletter)
    return replace(
        look, page_url=address, print_url=f"{address}/print", unsubscribe_url="", preferences_url="", address=""
    )


def _posts(config: Config, newsletter: Newsletter, edition: Edition, using: Templates) -> Iterator[Post]:
    names = {configuration.slug(tag.name): tag.name for tag in config.tags}
    ask = None
    if newsletter.appeal:
        ask = posts.asking(newsletter.appeal, config.appeals[newsletter.appeal], config.site.donation_link)
    for account in config.accounts:
        if account.channel in newsletter.channels:
            yield from posts.compose(edition, account, templates=using, tags=names, site=config.site.address, ask=ask)

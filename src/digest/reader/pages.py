"""Answers readers with a page: the templates, the words of their language, the headers that protect it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from digest import resources
from digest.audience.words import words as spoken
from digest.config import Config, Newsletter
from digest.delivery.waves import place
from digest.reader import zones
from digest.render.colour import palette
from digest.render.furniture import Furniture
from digest.render.plain import plain
from digest.render.templates import Templates

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What our own pages may do: no script, nothing from elsewhere, no frame around them. Styles stand in the page."""


def config() -> Config:
    """The configuration this process started with."""
    return settings.CONFIG


def newsletter(name: str) -> Newsletter | None:
    """A newsletter that is still configured; letters of one that is not may still be in mailboxes."""
    return config().newsletters.get(name)


def title(name: str) -> str:
    """A newsletter's title, or its name when it is no longer configured."""
    found = newsletter(name)
    return found.title if found else name


def page(
    name: str, values: Mapping[str, Any], *, status: int = 200, language: str = "", private: bool = True
) -> HttpResponse:
    """The page `templates/reader/NAME.html`.

    Args:
        name: the template's.
        values: what it shows.
        status: the HTTP status.
        language: the reader's; empty for the site's.
        private: it belongs to one reader: kept by no cache and no search engine.
    """
    site = config().site
    speaks = words(language)
    shared = {"site": site, "words": speaks, "t": speaks.t, "colours": palette(site.accent)}
    response = HttpResponse(_templates().render(f"reader/{name}.html", {**shared, **values}), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Content-Language"] = speaks.language
    response["Cache-Control"] = "no-store" if private else "public, max-age=300"
    if private:
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def missing(_request: HttpRequest | None = None) -> HttpResponse:
    """404 in words; the same for a forged link, a damaged one, and one whose reader is gone."""
    return page("missing", {}, status=404)


def words(language: str) -> Furniture:
    """The words of a language; of the site's where it is empty."""
    site = config().site
    return _words(language or site.language, site.zone)


def day(at: datetime, zone: str = "") -> date:
    """The date of an instant where a reader is.

    Args:
        at: aware.
        zone: the reader's; empty, or one that is none, for the newsroom's.
    """
    return at.astimezone(place(zone, ZoneInfo(config().site.zone))).date()


def consent(language: str, titles: Sequence[str]) -> str:
    """The sentence a reader agrees to, from `templates/reader/consent.txt`, on one line.

    Args:
        language: the page's.
        titles: those of the newsletters; none where they are still to be chosen.
    """
    speaks = words(language)
    chosen = speaks.join(titles) if titles else speaks.t("the newsletters I have chosen")
    values = {"site": config().site, "words": speaks, "t": speaks.t, "newsletters": chosen}
    return plain(_templates().render("reader/consent.txt", values))


def languages() -> list[tuple[str, str]]:
    """The languages that the furniture speaks, each with its own name for itself."""
    known = sorted(resources.languages(settings.HOME))
    return [(tag, Locale.parse(tag, sep="-").get_display_name() or tag) for tag in known]


def lists(speaks: str, *, language: str, zone: str) -> dict[str, Any]:
    """What a page offers to choose from; what is chosen already is among it.

    Args:
        speaks: the page's language.
        language: the one that is chosen; empty for none.
        zone: the one that is chosen; empty for the newsroom's.
    """
    spoken, regions = languages(), zones.by_region(words(speaks).language)
    rare_zone = bool(zone) and all(zone != name for _, places in regions for name, _ in places)
    return {
        "languages": spoken,
        "rare_language": language if language and language not in dict(spoken) else "",
        "regions": regions,
        "rare_zone": zone if rare_zone else "",
    }


def _templates() -> Templates:
    """The readers' templates, compiled once as long as no file of them changes: after an edition many come at once."""
    places = (settings.HOME / "templates" / "reader", resources.folder("templates") / "reader")
    return _compiled(settings.HOME, tuple(_about(file) for place in places for file in sorted(place.rglob("*.*"))))


def _about(file: Path) -> tuple[str, int, int]:
    """What changes when a file does; one that is just being replaced has changed."""
    try:
        about = file.stat()
    except FileNotFoundError:
        return str(file), 0, 0
    return str(file), about.st_mtime_ns, about.st_size


@lru_cache(maxsize=2)
def _compiled(home: Path, _stamp: tuple[tuple[str, int, int], ...]) -> Templates:
    return Templates(lambda file: resources.template(file, home))


@lru_cache(maxsize=32)
def _words(language: str, zone: str) -> Furniture:
    return spoken(language, zone, lambda file: resources.template(file, settings.HOME))

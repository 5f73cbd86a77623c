"""Answers readers with a page: the templates, the words of their language, the headers that protect it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from digest import resources
from digest.config import Config, Newsletter
from digest.render.colour import palette
from digest.render.furniture import Furniture, furniture
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
    words = _words(language or site.language, site.zone)
    shared = {"site": site, "words": words, "t": words.t, "colours": palette(site.accent)}
    using = Templates(lambda file: resources.template(file, settings.HOME))
    response = HttpResponse(using.render(f"reader/{name}.html", {**shared, **values}), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Content-Language"] = words.language
    response["Cache-Control"] = "no-store" if private else "public, max-age=300"
    if private:
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def missing(_request: HttpRequest | None = None) -> HttpResponse:
    """404 in words; the same for a forged link, a damaged one, and one whose reader is gone."""
    return page("missing", {}, status=404)


@lru_cache(maxsize=32)
def _words(language: str, zone: str) -> Furniture:
    return furniture(language, zone, _catalogue)


def _catalogue(file: str) -> str:
    """The words of letters, and where there are any those of these pages, which use some of the former."""
    text = resources.template(file, settings.HOME)
    try:
        return f"{text}\n{resources.template(f'reader/{file}', settings.HOME)}"
    except resources.MissingTemplateError:
        return text

"""Renders the page behind "read in your browser": the whole edition, for everybody, naming nobody.

No script, no form, no inline attribute styles: one `<style>`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from digest.errors import RefusedError
from digest.model import Edition
from digest.render.brand import Brand
from digest.render.colour import palette
from digest.render.furniture import Furniture
from digest.render.plain import shorten
from digest.render.templates import Templates

TEMPLATE = "page/page.html"
DESCRIPTION_LENGTH = 200
"""Characters of the description that link previews show."""


def render_page(edition: Edition, brand: Brand, furniture: Furniture, templates: Templates) -> str:
    """The edition as a web page with link preview data; the same for every visitor.

    Args:
        edition: what is shown; the appeal stands after the section it names.
        brand: a `page_url` that is still a hole is left out.
        furniture: the page's language.
        templates: renders it.

    Raises:
        TemplateError: a template is wrong.
        RefusedError: there is no story, or an address is not absolute http or https.
    """
    return templates.render(TEMPLATE, page_values(edition, brand, furniture))


def page_values(edition: Edition, brand: Brand, furniture: Furniture) -> dict[str, Any]:
    """What the templates of pages know.

    Raises:
        RefusedError: there is no story.
        TemplateError: the accent colour is not written as "#rrggbb".
    """
    edition = replace(edition, sections=tuple(section for section in edition.sections if section.stories))
    lead = edition.lead
    if lead is None:
        raise RefusedError(f"{edition.id}: there is no story in it, so there is no page.")
    told = () if lead.machine and lead.machine.shown else lead.summary  # whoever cites this page cannot say whose it is
    about = " ".join(sentence.text for sentence in told) or lead.headline
    return {
        "edition": edition,
        "brand": brand,
        "words": furniture,
        "t": furniture.t,
        "colours": palette(brand.accent),
        "address": "" if "\x01" in brand.page_url else brand.page_url,
        "description": shorten(about, DESCRIPTION_LENGTH),
    }

"""Renders the edition for paper: one column, no pictures, every address written out."""

from __future__ import annotations

from digest.model import Edition
from digest.render.brand import Brand
from digest.render.furniture import Furniture
from digest.render.page import page_values
from digest.render.templates import Templates

TEMPLATE = "print/print.html"


def render_printed(edition: Edition, brand: Brand, furniture: Furniture, templates: Templates) -> str:
    """The edition as a page to print, or to make a PDF of.

    Args:
        edition: what is shown; its appeal stands at the end.
        brand: a `page_url` that is still a hole is left out.
        furniture: the page's language.
        templates: renders it.

    Raises:
        TemplateError: a template is wrong.
        RefusedError: there is no story, or an address is not absolute http or https.
    """
    return templates.render(TEMPLATE, page_values(edition, brand, furniture))

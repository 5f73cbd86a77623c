"""Composes the few mails that answer a request: what they say stands in templates, as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from digest.config.values import SiteTable
from digest.render.colour import palette
from digest.render.furniture import Furniture
from digest.render.plain import plain
from digest.render.templates import Templates

Kind = Literal["join", "known", "move", "moved", "export", "erase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail: a subject of one line, and the same words as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A piece of a mail: words, or where `link` is set the words on its button."""

    words: str
    link: str = ""


def compose(
    kind: Kind, link: str, values: Mapping[str, Any], *, site: SiteTable, words: Furniture, using: Templates
) -> Mail:
    """Make a mail from `templates/reader/mail/KIND.txt`.

    Its first line is the subject; paragraphs are parted by empty lines; the one that ends with the link becomes a
    button. So the HTML says what the text says.

    Args:
        kind: which.
        link: the address its button leads to.
        values: what the template names beside `site`, `words`, `t` and `link`.
        site: who writes.
        words: the reader's language.
        using: the home's templates.

    Raises:
        digest.errors.TemplateError: a template is wrong.
    """
    shared = {"site": site, "words": words, "t": words.t, "link": link}
    written = using.render(f"reader/mail/{kind}.txt", {**shared, **values})
    first, _, rest = written.strip().partition("\n")
    subject = plain(first)
    paragraphs = [_paragraph(block, link) for block in rest.split("\n\n") if block.strip()]
    html = using.render(
        "reader/mail/frame.html",
        {**shared, "subject": subject, "paragraphs": paragraphs, "colours": palette(site.accent)},
    )
    return Mail(subject=subject, text=f"{rest.strip()}\n", html=html)


def _paragraph(block: str, link: str) -> Paragraph:
    lines = [line.strip() for line in block.strip().splitlines()]
    if lines[-1] == link:
        return Paragraph(words=" ".join(lines[:-1]).rstrip(":： ") or link, link=link)
    return Paragraph(words=" ".join(lines))

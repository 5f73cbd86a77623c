"""One article as it was read: every paragraph of it, what was left out of its text, and why."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from digest.content.text.language import direction
from digest.store.articles import Article
from digest.studio import gate, show
from digest.studio.pages import page

CALLED = {
    "title": "title", "deck": "deck", "byline": "byline", "date": "date line", "caption": "caption",
    "credit": "picture credit", "bio": "about the author", "appeal": "appeal to readers", "correction": "correction",
    "related": "leads elsewhere", "tags": "tags", "comment": "readers' comment", "repeated": "repeated by its site",
    "other": "the page's machinery",
}  # fmt: skip
"""What editors call the labels of what is no text; body, quotation and list are."""


def article(request: HttpRequest, number: int) -> HttpResponseBase:
    """The paragraphs of one article in their order."""
    row = Article.objects.select_related("feed").filter(pk=number).first()
    if row is None:
        raise Http404("There is no such article.")
    config = gate.current()
    feed = next((feed for feed in config.feeds if feed.address == row.feed.address), None)
    lines = [_line(*block) for block in row.blocks]
    return page(
        request,
        "article",
        {
            "title": row.title,
            "row": row,
            "source": feed.name if feed else row.feed.title or row.feed.address,
            "rights": feed.rights if feed else "",
            "published": show.moment(row.published_at, config.site.zone),
            "lines": lines,
            "picture": {"alt": "", "caption": "", "credit": "", **row.picture} if row.picture else None,
            "corrections": [line["text"] for line in lines if line["label"] == "correction"],
            "left": sum(not line["kept"] for line in lines),
            "unread": row.said is not None,
            "direction": direction(row.language),
        },
    )


def _line(label: str, text: str, why: str = "") -> dict[str, str | bool]:
    return {"label": label, "called": CALLED.get(label, ""), "text": text, "why": why, "kept": label not in CALLED}

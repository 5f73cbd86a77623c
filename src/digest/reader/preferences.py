"""Choosing: which topics of a newsletter, none of it, or all of it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import subscriptions, tokens
from digest.audience.subscriptions import Preferences
from digest.clock.now import now
from digest.config import Newsletter, slug
from digest.reader import pages


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The reader's own page: GET shows it, POST saves it. The token is the authority; no address is shown."""
    holder = tokens.read("settings", token)
    if holder is None:
        return pages.missing(request)
    newsletter = pages.newsletter(holder.newsletter)
    if holder.nobody:
        found: Preferences | None = Preferences(active=True, topics=(), language="")
    else:
        found = subscriptions.preferences(holder.handle, holder.newsletter)
    if found is None:
        return pages.missing(request)
    done = ""
    if request.method == "POST" and not holder.nobody:
        done = _save(request, holder, _sections(newsletter))
        found = subscriptions.preferences(holder.handle, holder.newsletter) or found
    values = {
        "title": pages.title(holder.newsletter),
        "tagline": newsletter.tagline if newsletter else "",
        "preview": holder.nobody,
        "active": found.active,
        "topics": [
            {"key": key, "title": title, "chosen": not found.topics or key in found.topics}
            for key, title in _sections(newsletter).items()
        ],
        "done": done,
    }
    return pages.page("preferences", values, language=found.language or (newsletter.language if newsletter else ""))


def _save(request: HttpRequest, holder: tokens.Holder, sections: dict[str, str]) -> str:
    """Do what the form says; which of it was done."""
    moment = now()
    if request.POST.get("do") == "leave":
        subscriptions.unsubscribe(holder.handle, holder.newsletter, now=moment)
        return "left"
    chosen = [key for key in request.POST.getlist("topic") if key in sections]
    if sections and not chosen:
        # Nothing ticked is a mistake more often than a wish to leave, and for that there is a button.
        return "none"
    topics = [] if len(chosen) == len(sections) else chosen
    saved = subscriptions.choose(
        holder.handle, holder.newsletter, topics, now=moment, source="the reader, on the preferences page"
    )
    return "saved" if saved else "barred"


def _sections(newsletter: Newsletter | None) -> dict[str, str]:
    """The sections a reader may choose from, by key; the general one, which takes the rest, is chosen as "*"."""
    if newsletter is None:
        return {}
    return {
        section.tag if section.tag == "*" else slug(section.tag): section.title or section.tag
        for section in newsletter.sections
    }

"""Leaving: GET shows a page and changes nothing, for link scanners press every link; POST acts. Less is offered too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import choices, subscriptions, tokens
from digest.clock.now import now
from digest.reader import fields, pages

REST = timedelta(days=30)
"""The pause that is offered in place of leaving."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link in every letter, and the target of one-click unsubscribing (RFC 8058).

    The token is the whole authority: no cookie, no session, no form token. The body of a POST is not looked at,
    so either form encoding will do, and none. It answers 200 without a redirect, however often it is repeated.
    """
    holder = tokens.read("unsubscribe", token)
    if holder is None:
        return pages.missing(request)
    if request.method != "POST":
        return pages.page("leave", _values(holder, token), language=_language(holder))
    if not holder.nobody:
        subscriptions.unsubscribe(holder.handle, holder.newsletter, now=now())
    fields.drain(request)
    return pages.page("left", _values(holder, token), language=_language(holder))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def less(request: HttpRequest, token: str) -> HttpResponse:
    """Less instead of nothing: a pause, or a newsletter of the same sections that comes less often.

    It has an address of its own, so that whatever is posted to the other one leaves, and nothing else.
    """
    holder = tokens.read("unsubscribe", token)
    if holder is None:
        return pages.missing(request)
    if request.method != "POST":
        # A browser that comes back to this address later asks by GET.
        return HttpResponseRedirect(f"/u/{token}")
    given = fields.fields(request)
    to, moment, done = fields.one(given, "newsletter"), now(), ""
    until = moment + REST
    if holder.nobody:
        done = "moved" if to else "paused"
    elif fields.one(given, "do") == "pause":
        done = "paused" if choices.pause(holder.handle, holder.newsletter, until=until) else ""
    elif choices.move(
        holder.handle, holder.newsletter, to, pages.config().newsletters, now=moment, where="on the unsubscribe page"
    ):
        done = "moved"
    values = {
        **_values(holder, token),
        "done": done,
        "until": _day(holder, until),
        "other": pages.title(to) if to else "",
    }
    return pages.page("less", values, language=_language(holder))


def _values(holder: tokens.Holder, token: str) -> dict[str, Any]:
    """What the pages show: it follows from the link and the configuration alone, and says nothing of the reader."""
    newsletters = pages.config().newsletters
    offered = [
        {"name": name, "title": newsletters[name].title, "tagline": newsletters[name].tagline}
        for name in choices.others(holder.newsletter, newsletters)
    ]
    newsletter = pages.newsletter(holder.newsletter)
    return {
        "title": pages.title(holder.newsletter),
        "preview": holder.nobody,
        "token": token,
        # Nobody's handle makes a dead token, as it should in a preview.
        "settings": tokens.make("settings", holder.handle, holder.newsletter),
        "others": offered,
        "topics": newsletter is not None and len(newsletter.sections) > 1,
        "days": REST.days,
    }


def _day(holder: tokens.Holder, at: datetime) -> date:
    """The date of an instant where the reader is."""
    found = subscriptions.preferences(holder.handle, holder.newsletter)
    return pages.day(at, found.zone if found else "")


def _language(holder: tokens.Holder) -> str:
    """The reader's language, else the newsletter's."""
    found = subscriptions.preferences(holder.handle, holder.newsletter)
    newsletter = pages.newsletter(holder.newsletter)
    return (found.language if found else "") or (newsletter.language if newsletter else "")

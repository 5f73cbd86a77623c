"""Leaving: GET shows a page and changes nothing, for link scanners press every link; POST acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import subscriptions, tokens
from digest.clock.now import now
from digest.reader import pages


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link in every letter, and the target of one-click unsubscribing (RFC 8058).

    The token is the whole authority: no cookie, no session, no form token. The body of a POST is not even read, so
    either form encoding will do, and none. It answers 200 without a redirect, however often it is repeated.
    """
    holder = tokens.read("unsubscribe", token)
    if holder is None:
        return pages.missing(request)
    values = {"title": pages.title(holder.newsletter), "preview": holder.nobody}
    language = _language(holder)
    if request.method != "POST":
        return pages.page("leave", values, language=language)
    if not holder.nobody:
        subscriptions.unsubscribe(holder.handle, holder.newsletter, now=now())
    return pages.page("left", values, language=language)


def _language(holder: tokens.Holder) -> str:
    """The reader's language, else the newsletter's."""
    found = subscriptions.preferences(holder.handle, holder.newsletter)
    newsletter = pages.newsletter(holder.newsletter)
    return (found.language if found else "") or (newsletter.language if newsletter else "")

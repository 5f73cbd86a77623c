"""Leads on to a story from a letter, and counts that somebody went there; nothing else is known of it.

Only stories of that edition are led to: the address comes from what was frozen, never from the link.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from digest.clock.now import now
from digest.edition import content
from digest.reader import pages
from digest.reader.clicks import Tally, Writer
from digest.reader.network import network
from digest.store.models import Edition

_TALLY = Tally()
_WRITER = Writer(_TALLY, now)


@require_safe
def follow(request: HttpRequest, newsletter: str, slot: str, story: str) -> HttpResponse:
    """Redirect to a story. HEAD and prefetching are answered alike and not counted, nor is a GET beside a HEAD."""
    rows = Edition.objects.filter(newsletter=newsletter, slot_key=slot, approved_at__isnull=False)
    found = rows.values_list("id", "hash").first()
    address = _addresses(*found).get(story) if found else None
    if found is None or address is None:
        return pages.missing(request)
    said = (
        request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "") + request.headers.get("X-Moz", "")
    )
    near, program = network(request, settings.CONFIG.site.proxies), request.headers.get("User-Agent", "")
    if request.method == "HEAD":
        _TALLY.machine(network=near, program=program, at=now())
    elif "pre" not in said.lower():
        _WRITER.begin()
        _TALLY.follow(found[0], story, network=near, program=program, at=now())
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@lru_cache(maxsize=64)
def _addresses(edition: int, _hash: str) -> dict[str, str]:
    """The addresses of an edition's stories; read anew when it was frozen anew."""
    body = Edition.objects.values_list("content", flat=True).get(pk=edition)
    return {story.id: story.url for story in content.read(body).stories if story.url} if body else {}

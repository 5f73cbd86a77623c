"""What was sent, for everybody to read: the list of a newsletter's editions, and each as it was frozen."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from digest.reader import pages
from digest.store.models import Edition, Variant

PAGE = 60
"""Editions on one page of the archive."""

_PUBLIC = (Edition.Status.SENDING, Edition.Status.SENT)

FROZEN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""What an edition's page may do: show words, its own styles and pictures from this address."""


@require_safe
def archive(request: HttpRequest, newsletter: str) -> HttpResponse:
    """The editions of a newsletter that were sent, newest first."""
    pages_with = Variant.objects.filter(kind="page", edition__newsletter=newsletter, edition__status__in=_PUBLIC)
    rows = pages_with.order_by("-edition__slot_at", "id").values_list(
        "edition__slot_key", "edition__slot_at", "edition__number", "subject"
    )
    found = {
        slot: {"slot": slot, "at": at, "number": number, "subject": subject}
        for slot, at, number, subject in rows[: PAGE * 4]
    }
    if not found and pages.newsletter(newsletter) is None:
        return pages.missing(request)
    configured = pages.newsletter(newsletter)
    values = {
        "title": pages.title(newsletter),
        "tagline": configured.tagline if configured else "",
        "newsletter": newsletter,
        "open": configured is not None and configured.open,
        "editions": list(found.values())[:PAGE],
    }
    return pages.page("archive", values, language=configured.language if configured else "", private=False)


@require_safe
def edition(request: HttpRequest, newsletter: str, slot: str) -> HttpResponse:
    """One edition as it was frozen, once its letters leave."""
    return _frozen(request, newsletter, slot, "page")


@require_safe
def printed(request: HttpRequest, newsletter: str, slot: str) -> HttpResponse:
    """The same for paper."""
    return _frozen(request, newsletter, slot, "print")


def _frozen(request: HttpRequest, newsletter: str, slot: str, kind: str) -> HttpResponse:
    found = Variant.objects.filter(
        kind=kind, edition__newsletter=newsletter, edition__slot_key=slot, edition__status__in=_PUBLIC
    )
    variant = found.order_by("id").first()
    if variant is None:
        return pages.missing(request)
    # Our pictures come from where the reader is: that may be another of our addresses than the site's.
    body = bytes(variant.body).replace(f'"{settings.CONFIG.site.address}/i/'.encode(), b'"/i/')
    response = HttpResponse(body, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = FROZEN_POLICY
    response["Cache-Control"] = "public, max-age=300"
    response["ETag"] = f'"{variant.hash}"'
    return response

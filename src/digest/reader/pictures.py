"""Pictures from our own address, named by the hash of their bytes, so that they may be kept for ever."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from digest.reader import pages
from digest.store.models import Picture

_KINDS = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """One picture."""
    found = Picture.objects.filter(name=name).exclude(name="").first()
    if found is None or found.mime not in _KINDS:
        return pages.missing(request)
    response = HttpResponse(bytes(found.body), content_type=found.mime)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

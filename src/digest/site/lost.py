"""Says that a page does not exist, or takes no form, in the room where it was looked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from digest.reader import pages as reader
from digest.studio import pages as studio


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in words: the studio's for editors, the readers' for everybody else."""
    return studio.not_found(request, exception) if request.path.startswith("/studio") else reader.missing(request)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token; Django calls it. Readers' pages that take forms ask for none, the others take none."""
    return studio.forged(request, reason) if request.path.startswith("/studio") else reader.missing(request)

"""Says that a page does not exist, in the room where it was looked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from digest.reader import pages as reader
from digest.studio import pages as studio


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in words: the studio's for editors, the readers' for everybody else."""
    return studio.not_found(request, exception) if request.path.startswith("/studio") else reader.missing(request)

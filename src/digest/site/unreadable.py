"""Turns away addresses with a NUL in them: no page has one, and no text column of PostgreSQL can hold or compare it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

Answer = Callable[[HttpRequest], HttpResponse]


def refuse(onward: Answer) -> Answer:
    """A Django middleware: 400 for such an address, for everything else whatever comes next."""

    def answered(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("This address cannot be read.\n", content_type="text/plain; charset=utf-8")
        return onward(request)

    return answered

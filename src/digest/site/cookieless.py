"""Takes the cookies off requests for readers' pages, which neither read nor set any: only the studio knows people."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def apart(onward: Answer) -> Answer:
    """A Django middleware: no session and no form token outside the studio, not even to delete a broken one.

    One-click unsubscribing must not depend on a cookie (RFC 8058, 3.2), and what comes with none sets none.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/studio"):
            return onward(request)
        request.META.pop("HTTP_COOKIE", None)
        response = onward(request)
        response.cookies.clear()
        return response

    return answered

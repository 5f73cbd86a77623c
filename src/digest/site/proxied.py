"""Notices a proxy in front that `site.proxies` does not name, by any request that comes through it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from digest.audience import proxied
from digest.clock.now import now
from digest.reader.network import standing

Answer = Callable[[HttpRequest], HttpResponse]

IN_A_ROW = 20
"""Requests from outside that all speak for others before it is noted: through a proxy all do, of visitors only some."""

log = logging.getLogger(__name__)


def noticed(onward: Answer) -> Answer:
    """A Django middleware: once a day it notes where such requests come from. They are answered like any others."""
    noted: set[tuple[str, date]] = set()
    outside = 0

    def answered(request: HttpRequest) -> HttpResponse:
        nonlocal outside
        proxies, speaks = settings.CONFIG.site.proxies, bool(request.META.get("HTTP_X_FORWARDED_FOR"))
        where = standing(request, proxies)
        if where == proxied.FAR:
            outside = outside + 1 if speaks else 0
        if speaks and where and (where != proxied.FAR or outside >= IN_A_ROW):
            at = now()
            if (where, at.date()) not in noted:
                noted.add((where, at.date()))
                _note(where, proxies)
        return onward(request)

    return answered


def _note(where: str, proxies: tuple[str, ...]) -> None:
    at = now()
    try:
        proxied.note(settings.VAR, where, proxies, now=at)
    except OSError as error:
        log.warning("a proxy that site.proxies does not name could not be noted: %s", error)
        return
    log.warning("%s", proxied.says(settings.VAR, proxies, now=at))

"""The sign-in pages: ask for a link, press the button it leads to, and leave again."""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from digest.clock.now import now
from digest.errors import DigestError
from digest.studio import gate, links
from digest.studio.aside import Aside
from digest.studio.pages import page, words

log = logging.getLogger(__name__)

MAILING = Aside("sign-in")
"""Writes to those who ask for a link, aside, so that the time an answer takes does not say who is an editor."""


def ask(request: HttpRequest) -> HttpResponseBase:
    """GET: the form. POST: mail a link to a known editor, and say the same to everybody."""
    onward = _onward(request)
    if request.method != "POST":
        if gate.person(request):
            return HttpResponseRedirect(onward or "/studio/")
        return page(request, "sign-in", {"onward": onward, "asked": False})
    address = request.POST.get("email", "")[:320]
    if not MAILING.take(partial(_mail, address, onward)):
        log.warning("too many sign-in links are asked for at once; one was not mailed")
    return page(request, "sign-in", {"onward": onward, "asked": True})


def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET: a button, so that scanners who follow links spend nothing. POST: sign in."""
    onward = _onward(request)
    if request.method != "POST":
        return page(request, "sign-in-link", {"good": links.good(token, now=now()), "onward": onward})
    user = links.spend(token, now=now())
    if user is None or not user.is_active:
        return page(request, "sign-in-link", {"good": False, "onward": onward}, status=403)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if gate.person(request) is None:
        logout(request)
        text = "Your address no longer stands among the editors of this newsroom (site.editors)."
        return words(request, "You may not come in", text, status=403)
    return HttpResponseRedirect(onward or "/studio/")


def leave(request: HttpRequest) -> HttpResponseBase:
    """POST: sign out."""
    logout(request)
    return HttpResponseRedirect("/studio/sign-in")


def _mail(address: str, onward: str) -> None:
    try:
        links.by_mail(gate.current(), settings.ENVIRONMENT, address, onward=onward, now=now())
    except (DigestError, OSError) as error:
        log.error("a sign-in link could not be mailed: %s", error)
    finally:
        close_old_connections()


def _onward(request: HttpRequest) -> str:
    """The page to go to afterwards, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/studio/")
    return wanted if safe and len(wanted) < 300 else ""

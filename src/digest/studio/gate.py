"""Says who may come in, and which configuration is in force for this request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from digest.clock.reread import Configuration
from digest.config import Config
from digest.errors import ConfigError
from digest.store.people import User
from digest.studio.links import editors

View = Callable[..., HttpResponseBase]


@cache
def _configuration() -> Configuration:
    return Configuration(settings.HOME)


def current() -> Config:
    """The configuration in force."""
    return _configuration().current()[0]


def mistake() -> ConfigError | None:
    """What is wrong with the configuration's files, if they are not in force."""
    return _configuration().current()[1]


def person(request: HttpRequest) -> User | None:
    """Who is signed in and may be here: an editor of the configuration in force, or the operator."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return None
    return user if user.is_superuser or user.email in editors(current()) else None


def signed_in(view: View) -> View:
    """Send everybody else to the door, and back again once they are in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if person(request) is None:
            onward = request.get_full_path() if request.method == "GET" else "/studio/"
            return HttpResponseRedirect("/studio/sign-in?" + urlencode({"next": onward}))
        return view(request, *args, **named)

    return guarded


def taken(allowed: str, view: View) -> View:
    """Refuse methods other than `allowed` (HEAD goes with GET)."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method not in ((allowed, "HEAD") if allowed == "GET" else (allowed,)):
            return HttpResponse(f"This address takes {allowed} only.", status=405, headers={"Allow": allowed})
        return view(request, *args, **named)

    return checked

"""Answers with a page: the studio's templates, the headers that protect it, and errors in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from digest import resources
from digest.render.colour import palette
from digest.render.templates import Templates
from digest.store import identity
from digest.studio import gate

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What the studio's own pages may load: nothing from elsewhere and no script at all."""


def page(request: HttpRequest, name: str, values: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The page `templates/studio/NAME.html` with what every page needs."""
    config = gate.current()
    user = gate.person(request)
    trouble = gate.mistake() if user else None
    shared = {
        "newsroom": config.site.name,
        "zone": config.site.zone,
        "user": user,
        "csrf": get_token(request),
        "path": request.path,
        "trouble": str(trouble) if trouble else "",
        "stranded": identity.mismatch(settings.VAR, settings.ENVIRONMENT) if user else "",
    }
    using = Templates(lambda file: resources.template(file, settings.HOME))
    response = HttpResponse(using.render(f"studio/{name}.html", {**shared, **values}), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    # Not no-referrer: browsers then send "Origin: null" with forms, and every form would count as forged.
    response["Referrer-Policy"] = "same-origin"
    return response


def words(request: HttpRequest, title: str, text: str, *, status: int, back: str = "/studio/") -> HttpResponse:
    """A page that only says something."""
    return page(request, "words", {"title": title, "text": text, "back": back}, status=status)


def look(_request: HttpRequest) -> HttpResponse:
    """The newsroom's own colour, as a style sheet: the policy allows no style in the page."""
    shades = palette(gate.current().site.accent)
    css = (
        f":root{{--accent:{shades.accent}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{shades.night_accent}}}}}\n"
    )
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in words."""
    del exception
    return words(request, "There is no such page", "The address may be mistyped, or the page is gone.", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 in words."""
    del exception
    return words(request, "This is not for you", "You may not do this with the address you signed in with.", status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a form gets whose token is missing or old; Django calls it."""
    del reason
    text = "The form is too old, or did not come from this studio. Nothing was changed. Open the page again and retry."
    return words(request, "Nothing was changed", text, status=403)


def failed(_request: HttpRequest) -> HttpResponse:
    """500 in words, from no template: whatever broke may have been one."""
    text = (
        "<!doctype html><html lang=en><title>Something broke</title><h1>Something broke</h1><p>The log says what.</p>"
    )
    return HttpResponse(text, status=500)

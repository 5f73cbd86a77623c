"""Signing up: a form that may stand on another site, an answer that tells nothing, a link that confirms by mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import limits, requests
from digest.audience.addresses import NotAnAddress, normalise
from digest.audience.choices import sections
from digest.audience.requests import Wish
from digest.clock.now import now
from digest.config import Newsletter
from digest.pipeline import notices
from digest.reader import fields, outbound, pages, stamps
from digest.reader.network import network

_ORIGIN = re.compile(r"^https?://[a-z0-9.-]{1,253}(?::\d{1,5})?$")
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a form says, or what it begins with.

    Attributes:
        chosen: the newsletters that are ticked, each with its topics; none of them means everything.
        origin: the other site whose page held the form; empty for ours.
    """

    email: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = ""
    zone: str = ""
    form: str = "rich"
    origin: str = ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, newsletter: str = "") -> HttpResponse:
    """The form for one newsletter, or for all that are open. GET shows it; POST asks for a link by mail.

    No cookie guards it, so that it may stand on the newsroom's own site as plain HTML: a POST that does not bring
    the signed stamp of our own page is answered with that page, filled in, and nothing else happens. So a form that
    another site sends without its reader's knowledge ends there, and nobody skips the sentence they agree to.
    """
    everything = pages.config().newsletters
    offered = {name: one for name, one in everything.items() if one.open and newsletter in ("", name)}
    if not offered:
        return pages.missing(request)
    if request.method != "POST":
        chosen = {name: () for name, one in offered.items() if one.default or len(offered) == 1}
        speaks = fields.language(request) or _language(offered)
        return _form(offered, Entry(chosen=chosen, language=speaks), newsletter)
    given = fields.fields(request)
    entry = _entry(request, given, offered)
    moment = now()
    if given.get("homepage"):
        limits.refused("honeypot", now=moment)
        return _asked(entry, offered)
    try:
        address = normalise(entry.email)
    except NotAnAddress:
        return _form(offered, entry, newsletter, note="address", status=400)
    if not entry.chosen:
        return _form(offered, entry, newsletter, note="nothing", status=400)
    opened = fields.one(given, "opened")
    judged = stamps.judge(opened, now=moment) if _ours(request) else "none"
    if judged == "quick":
        limits.refused("stamp", now=moment)
    if judged != "good":
        return _form(offered, entry, newsletter, note="again", stamp=opened if judged == "quick" else "")
    return _ask(request, entry, offered, address, moment)


def _ask(
    request: HttpRequest, entry: Entry, offered: Mapping[str, Newsletter], address: str, moment: datetime
) -> HttpResponse:
    """Note the request, unless too many come from there or from everywhere: that says nothing about the address."""
    config = pages.config()
    near = network(request, config.site.proxies)
    with transaction.atomic():
        why, wait = requests.admit(near, address, now=moment)
        if not why:
            text = pages.consent(entry.language, [offered[name].title for name in entry.chosen])
            wish = Wish(
                newsletters=entry.chosen, language=entry.language, zone=entry.zone, form=entry.form,
                page=request.path[:100], origin=entry.origin,
            )  # fmt: skip
            requests.ask("join", address, wish, text=text, network=near, now=moment)
            outbound.soon()
    if why:
        limits.refused(why, now=moment)
        if why in ("flood", "brake"):
            _tell(why == "brake", moment)
        return _later(entry, wait, 503 if why in ("flood", "brake") else 429)
    return _asked(entry, offered)


def _tell(braked: bool, moment: datetime) -> None:
    why = (
        "Hardly anybody confirms what is asked for on the sign-up page, so somebody fills it in for others. "
        f"At most {limits.BRAKE.many} requests an hour are taken until people confirm again."
        if braked
        else f"More than {limits.SITE.many} people an hour signed up; those beyond were asked to come back later."
    )
    notices.tell(pages.config(), f"sign-up brake {moment:%Y-%m-%d}", "Sign-ups are slowed down", why, now=moment)


def _entry(request: HttpRequest, given: QueryDict, offered: Mapping[str, Newsletter]) -> Entry:
    ticked = list(offered) if len(offered) == 1 else [name for name in offered if name in given.getlist("newsletter")]
    origin = request.headers.get("Origin", "") if not _ours(request) else fields.one(given, "from")
    return Entry(
        email=fields.one(given, "email"),
        chosen={name: fields.topics(given, name, offered[name]) for name in ticked},
        language=fields.language(request, fields.one(given, "language")) or _language(offered),
        zone=fields.zone(given),
        form=fields.form(given),
        origin=origin if _ORIGIN.match(origin) else "",
    )


def _ours(request: HttpRequest) -> bool:
    """Whether the form stood on our own page, as far as the browser says (W3C Fetch Metadata); old ones say nothing."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def _language(offered: Mapping[str, Newsletter]) -> str:
    """The newsletter's language where only one is offered, else the site's."""
    only = next(iter(offered.values())).language if len(offered) == 1 else ""
    return only or pages.config().site.language


def _form(
    offered: Mapping[str, Newsletter],
    entry: Entry,
    newsletter: str,
    *,
    note: str = "",
    stamp: str = "",
    status: int = 200,
) -> HttpResponse:
    titles = [offered[name].title for name in (offered if len(offered) == 1 else ())]
    values: dict[str, Any] = {
        "entry": entry,
        "note": note,
        "action": f"/subscribe/{newsletter}" if newsletter else "/subscribe",
        "title": titles[0] if titles else "",
        "newsletters": [
            {"name": name, "title": one.title, "tagline": one.tagline, "sections": sections(one)}
            for name, one in offered.items()
        ],
        # Then the time zone is worth asking for, and not only where somebody looks for it.
        "by_readers_clock": any(one.clock == "reader" for one in offered.values()),
        "stamp": stamp or stamps.stamp(now()),
        "consent": pages.consent(entry.language, titles),
        **pages.lists(entry.language, language=entry.language, zone=entry.zone),
    }
    answer = pages.page("sign-up", values, status=status, language=entry.language)
    if status == 200 and not note:
        # A page for everybody, but each with its own stamp: found by search engines and kept by no cache.
        del answer["X-Robots-Tag"]
        answer["Vary"] = "Accept-Language"
    return answer


def _asked(entry: Entry, offered: Mapping[str, Newsletter]) -> HttpResponse:
    """The one answer: for the known and the unknown, the barred, the subscribed, and whoever asked too often."""
    title = next(iter(offered.values())).title if len(offered) == 1 else ""
    values = {"email": entry.email, "title": title, "days": requests.GOOD_FOR["join"].days}
    return pages.page("asked", values, language=entry.language)


def _later(entry: Entry, wait: timedelta, status: int) -> HttpResponse:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    answer = pages.page("later", {"minutes": minutes}, status=status, language=entry.language)
    answer["Retry-After"] = str(minutes * 60)
    return answer

"""The reader's own page: topics, another cadence, a pause, language and form, leaving, and what is held about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import choices, requests, subscriptions, tokens, zones
from digest.audience.subscriptions import Preferences
from digest.clock.now import now
from digest.config import Newsletter
from digest.reader import fields, newaddress, outbound, pages

PAUSES = (7, 14, 30, 90)
"""Days a reader may pause for."""

_WHERE = "on the preferences page"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The reader's own page: GET shows it, POST does what its form says. The token is the authority.

    A letter may be forwarded, so the page shows neither the address nor what was sent to it, and nothing done here
    cannot be undone: a copy of what is held, and erasure, go by a mail to the address on file.
    """
    holder = tokens.read("settings", token)
    if holder is None:
        return pages.missing(request)
    newsletter = pages.newsletter(holder.newsletter)
    found = _found(holder)
    if found is None:
        return pages.missing(request)
    done, other = "", ""
    if request.method == "POST" and not holder.nobody:
        given = fields.fields(request)
        if fields.one(given, "do") == "address":
            speaks = _language(found, newsletter)
            done = newaddress.ask(request, given, holder, language=speaks, form=found.form, now=now())
        else:
            done = _do(given, holder, newsletter, found, now())
        other = fields.one(given, "newsletter") if done == "moved" else ""
        found = _found(holder) or found
    return pages.page(
        "preferences",
        _values(holder, newsletter, found, done, other),
        language=_language(found, newsletter),
        status={"address": 400, "later": 429}.get(done, 200),
    )


def _do(
    given: QueryDict, holder: tokens.Holder, newsletter: Newsletter | None, found: Preferences, at: datetime
) -> str:
    """Do what the form says; the word for what was done."""
    match fields.one(given, "do"):
        case "leave":
            subscriptions.unsubscribe(holder.handle, holder.newsletter, now=at)
            return "left"
        case "leave all":
            subscriptions.unsubscribe(holder.handle, "", now=at)
            return "left all"
        case "pause":
            days = next((days for days in PAUSES if str(days) == fields.one(given, "days")), PAUSES[2])
            return "paused" if choices.pause(holder.handle, holder.newsletter, until=at + timedelta(days=days)) else ""
        case "resume":
            choices.pause(holder.handle, holder.newsletter, until=None)
            return "resumed"
        case "move":
            to = fields.one(given, "newsletter")
            every = pages.config().newsletters
            moved = choices.move(holder.handle, holder.newsletter, to, every, now=at, where=_WHERE)
            return "moved" if moved else "barred"
        case "adjust":
            _adjust(given, holder, found)
            return "adjusted"
        case "export" | "erase" as act:
            page = f"preferences of {holder.newsletter}"
            requests.by_reader("export" if act == "export" else "erase", holder.handle, page=page, now=at)
            outbound.soon()
            return "mailed"
        case _:
            return _topics(given, holder, newsletter, at)


def _topics(given: QueryDict, holder: tokens.Holder, newsletter: Newsletter | None, at: datetime) -> str:
    there = choices.sections(newsletter) if newsletter else {}
    chosen = [key for key in given.getlist("topic")[:500] if key in there]
    if there and not chosen:
        # Nothing ticked is a mistake more often than a wish to leave, and for that there is a button.
        return "none"
    topics = [] if len(set(chosen)) == len(there) else chosen
    source = f"the reader, {_WHERE}"
    saved = subscriptions.choose(holder.handle, holder.newsletter, topics, now=at, source=source)
    return "saved" if saved else "barred"


def _adjust(given: QueryDict, holder: tokens.Holder, found: Preferences) -> None:
    """What the reader has stays possible, although no list offers it: an import may have brought it."""
    language, zone = fields.one(given, "language"), fields.one(given, "zone")
    known = {"", found.language, *(tag for tag, _ in pages.languages())}
    choices.adjust(
        holder.handle,
        language=language if language in known else found.language,
        zone=zone if zone in ("", found.zone) or zone in zones.names() else found.zone,
        form=fields.form(given),
    )


def _found(holder: tokens.Holder) -> Preferences | None:
    if holder.nobody:
        return Preferences(active=True, topics=(), language="")
    return subscriptions.preferences(holder.handle, holder.newsletter)


def _values(
    holder: tokens.Holder, newsletter: Newsletter | None, found: Preferences, done: str, other: str
) -> dict[str, Any]:
    every = pages.config().newsletters
    there = choices.sections(newsletter) if newsletter else {}
    paused = found.paused_until if found.active and found.paused_until and found.paused_until > now() else None
    lists = pages.lists(_language(found, newsletter), language=found.language, zone=found.zone)
    return {
        **lists,
        "title": pages.title(holder.newsletter),
        "tagline": newsletter.tagline if newsletter else "",
        "preview": holder.nobody,
        "active": found.active,
        "topics": [
            {"key": key, "title": title, "chosen": not found.topics or key in found.topics}
            for key, title in there.items()
        ],
        "others": [
            {"name": name, "title": every[name].title, "tagline": every[name].tagline}
            for name in choices.others(holder.newsletter, every, found.topics)
        ],
        "paused": pages.day(paused, found.zone) if paused else None,
        "pauses": PAUSES,
        "language": found.language,
        "zone": found.zone,
        "form": found.form,
        "open": any(one.open for one in every.values()),
        "done": done,
        "other": {"title": pages.title(other), "link": tokens.make("settings", holder.handle, other)} if other else {},
    }


def _language(found: Preferences, newsletter: Newsletter | None) -> str:
    return found.language or (newsletter.language if newsletter else "")

"""The lists: editions, feeds and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponseBase

from digest.audience import proxied
from digest.clock.due import next_slot
from digest.clock.now import now
from digest.config import Config
from digest.store.editions import Edition, Notice
from digest.store.feeds import Feed
from digest.studio import gate, show
from digest.studio.pages import page

A_PAGE = 20

_GONE = (Edition.Status.SENDING, Edition.Status.SENT, Edition.Status.SKIPPED)
"""An edition that somebody sent before its hour does not leave again."""


def editions(request: HttpRequest) -> HttpResponseBase:
    """All editions, newest first, and what comes next."""
    config, at = gate.current(), now()
    rows = Edition.objects.defer("content", "looked_at").annotate(subject=KT("content__subject"))
    shown = Paginator(rows.order_by("-slot_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    counts = show.letters(shown.object_list)
    return page(
        request,
        "editions",
        {
            "title": "Editions",
            "proxied": proxied.says(settings.VAR, config.site.proxies, now=at),
            "editions": [_line(config, row, counts.get(row.pk, {})) for row in shown.object_list],
            "coming": _coming(config),
            "newer": shown.previous_page_number() if shown.has_previous() else 0,
            "older": shown.next_page_number() if shown.has_next() else 0,
            "waiting": _waiting(config, at),
        },
    )


def _waiting(config: Config, at: datetime) -> str:
    """What the drafts whose hour is to come wait for, in a sentence or two; empty where there is none."""
    drafts = list(Edition.objects.filter(status="draft", slot_at__gt=at).values_list("newsletter", flat=True))
    required = {name for name, newsletter in config.newsletters.items() if newsletter.approval.mode == "required"}
    asking = sum(name in required for name in drafts)
    alone = len(drafts) - asking
    told = []
    if asking:
        told.append("One draft waits for an editor." if asking == 1 else f"{asking} drafts wait for an editor.")
    if alone:
        told.append("One draft leaves by itself." if alone == 1 else f"{alone} drafts leave by themselves.")
    return " ".join(told)


def feeds(request: HttpRequest) -> HttpResponseBase:
    """Each feed's health, broken ones first."""
    config, at = gate.current(), now()
    known = {feed.address: feed for feed in Feed.objects.all()}
    lines = [_feed(feed.name, feed.address, feed.rights, known.get(feed.address), at) for feed in config.feeds]
    lines.sort(key=lambda line: (line["state"] != "broken", line["state"] != "new", line["name"].casefold()))
    broken = sum(line["state"] == "broken" for line in lines)
    return page(request, "feeds", {"title": "Feeds", "feeds": lines, "broken": broken})


def notices(request: HttpRequest) -> HttpResponseBase:
    """What the editors were told, and what could not be delivered."""
    config = gate.current()
    lines = [
        {
            "subject": notice.subject,
            "text": notice.text,
            "made": show.moment(notice.made_at, config.site.zone),
            "sent": show.moment(notice.sent_at, config.site.zone) if notice.sent_at else "",
            "problem": notice.problem,
        }
        for notice in Notice.objects.order_by("-made_at", "-pk")[:100]
    ]
    return page(request, "notices", {"title": "Notices", "notices": lines, "editors": len(config.site.editors)})


def _line(config: Config, row: Any, counts: dict[str, int]) -> dict[str, Any]:
    newsletter = config.newsletters.get(row.newsletter)
    return {
        "name": row.name,
        "newsletter": newsletter.title if newsletter else row.newsletter,
        "leaves": show.moment(row.slot_at, config.site.zone),
        "status": row.status,
        "subject": row.subject or "",
        "sent": counts.get("sent", 0),
        "letters": sum(counts.values()),
        "wrong": counts.get("failed", 0) + counts.get("uncertain", 0),
    }


def _coming(config: Config) -> list[dict[str, str]]:
    """The next issue of each newsletter with a schedule."""
    found = []
    for name, newsletter in config.newsletters.items():
        slot = next_slot(newsletter.schedule, config.site.zone, now())
        gone = Edition.objects.filter(newsletter=name, status__in=_GONE)
        while slot and gone.filter(Q(slot_key=slot.key) | Q(slot_at=slot.at)).exists():
            slot = next_slot(newsletter.schedule, config.site.zone, slot.at)
        if slot:
            drafted = show.moment(slot.at - newsletter.draft_before, config.site.zone)
            found.append(
                {"title": newsletter.title, "leaves": show.moment(slot.at, config.site.zone), "drafted": drafted}
            )
    return found


def _feed(name: str, address: str, rights: str, known: Feed | None, at: Any) -> dict[str, Any]:
    if known is None or known.last_attempt_at is None:
        state = "new"
    else:
        state = "broken" if known.failures or known.gone else "healthy"
    return {
        "name": name,
        "address": address,
        "rights": rights,
        "state": state,
        "seen": show.ago(known.last_success_at if known else None, at),
        "failures": known.failures if known else 0,
        "reason": known.reason if known else "",
        "moved": known.moved_to if known else "",
        "gone": bool(known and known.gone),
    }

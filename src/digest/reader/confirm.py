"""The links of our mails: GET shows what a press of the button would do, POST does it, once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.audience import moving, personal, requests
from digest.audience.choices import sections
from digest.clock.now import now
from digest.reader import fields, outbound, pages
from digest.reader.network import network
from digest.store.models import Request


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of a mailed link. The secret is the whole authority; the page shows no address, for mails are forwarded.

    A link that has done its work shows so and does nothing more: a sign-up that is pressed again a week later brings
    nobody back who has left meanwhile.
    """
    moment = now()
    row = requests.find(secret, now=moment)
    if row is None or (row.act in ("join", "move") and not _chosen(row)):
        return pages.missing(request)
    language = requests.wish_of(row).language
    if request.method != "POST":
        before = row.confirmed_at is not None and row.act != "export"
        return pages.page("confirm", _values(row, "done" if before else ""), language=language)
    fields.drain(request)
    if row.act == "export":
        return _copy(row, moment)
    done = "done"
    if row.act == "erase":
        requests.erase(row, now=moment)
    else:
        near = network(request, pages.config().site.proxies)
        if row.act == "move":
            good = moving.move(row, network=near, now=moment)
            outbound.soon()
        else:
            good = requests.join(row, pages.config(), network=near, now=moment)
        done = "done" if good else "barred"
    return pages.page("confirm", _values(row, done), language=language)


def _values(row: Request, done: str) -> dict[str, Any]:
    return {"act": row.act, "done": done, "chosen": _chosen(row), "consent": row.text}


def _chosen(row: Request) -> list[dict[str, Any]]:
    """The newsletters that were chosen and still are, with the titles of their topics."""
    chosen: list[dict[str, Any]] = []
    for name, topics in requests.wish_of(row).newsletters.items():
        newsletter = pages.newsletter(name)
        if newsletter is not None:
            titles = [title for key, title in sections(newsletter).items() if key in topics]
            chosen.append({"title": newsletter.title, "topics": titles})
    return chosen


def _copy(row: Request, moment: datetime) -> HttpResponse:
    """Everything that is held, as a file; as often as it is asked for while the link is good."""
    Request.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=moment)
    held = {"made_at": moment, "by": pages.config().site.name, **personal.held(row.email)}
    body = json.dumps(held, ensure_ascii=False, indent=1, default=datetime.isoformat)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="what-is-held-about-me.json"'
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer

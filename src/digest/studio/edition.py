"""One edition: as letter, text, posts, page and print, with its ranks explained and what became of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from digest.clock.now import now
from digest.config import Config
from digest.delivery.summary import follows, summary
from digest.edition import content
from digest.edition.workflow import Status, find
from digest.errors import DigestError, InputError
from digest.model import Edition as Value
from digest.model import Post as PostValue
from digest.pipeline import preview, resume
from digest.pipeline.carried import day as carried_day
from digest.preflight import Finding
from digest.render.length import LIMITS, weighted
from digest.social.posted import OPEN
from digest.store.articles import Story
from digest.store.audience import Subscription
from digest.store.editions import Edition
from digest.store.posts import Post
from digest.studio import gate, show, tagged, told
from digest.studio.pages import page

TABS = (
    ("letter", "Letter"), ("text", "Text"), ("posts", "Posts"), ("page", "Page"), ("print", "Print"),
    ("ranks", "Why these stories"), ("tags", "Tags"), ("deliveries", "Deliveries"),
)  # fmt: skip
WIDTHS = ("600", "375")


def row_of(newsletter: str, slot: str) -> Edition:
    """The edition an address names.

    Raises:
        Http404: there is none.
    """
    try:
        return find(f"{newsletter}/{slot}")
    except InputError as error:
        raise Http404(str(error)) from error


def letter(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """The letter in a frame, narrow or wide, with and without pictures, as everybody's or as one reader's."""
    row = row_of(newsletter, slot)
    width = request.GET.get("width", WIDTHS[0])
    to = request.GET.get("to", "").strip()[:320]
    extra = {
        "width": width if width in WIDTHS else WIDTHS[0],
        "widths": WIDTHS,
        "pictures": request.GET.get("pictures") != "off",
        "to": to,
        "problem": _problem(row, "html", to),
    }
    return page(request, "letter", {**_about(row, "letter"), **extra})


def tab(request: HttpRequest, newsletter: str, slot: str, tab: str) -> HttpResponseBase:
    """One of the other tabs."""
    row = row_of(newsletter, slot)
    about = _about(row, tab)
    own = {"text": _text, "posts": _posts, "ranks": _ranks, "tags": tagged.fill, "deliveries": _deliveries}
    fill = own.get(tab, _framed)
    template = "framed" if tab in ("page", "print") else tab
    values = {**about, **fill(gate.current(), row, about["value"], tab)}
    if "still" in request.GET:
        # Whoever reads or types keeps the page as it is.
        values["refresh"] = 0
    return page(request, template, values)


def see(request: HttpRequest, newsletter: str, slot: str, form: str) -> HttpResponseBase:
    """The bytes of a form themselves, shut in: no script, no form, no way out of the frame."""
    row = row_of(newsletter, slot)
    to = request.GET.get("to", "").strip()[:320]
    try:
        body = preview.show(gate.current(), row, form, to=to, now=now())
    except InputError as error:
        raise Http404(str(error)) from error
    # Our pictures come from where the editor is: the site's address may not lead here yet, or not from here.
    body = body.replace(f'"{gate.current().site.address}/i/'.encode(), b'"/i/')
    pictures = "'none'" if request.GET.get("pictures") == "off" else "'self' https:"
    response = HttpResponse(body, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    response["Cache-Control"] = "no-store"
    return response


def _about(row: Edition, tab: str) -> dict[str, Any]:
    """What every tab shows above and beside its own part."""
    config, at = gate.current(), now()
    value = content.read(row.content) if row.content else None
    newsletter = config.newsletters.get(row.newsletter)
    may = show.may(row) if newsletter else {"approve": False, "hold": False, "go_on": False}
    return {
        "title": f"{newsletter.title if newsletter else row.newsletter}, {row.slot_key}",
        "row": row,
        "value": value,
        "newsletter": newsletter.title if newsletter else row.newsletter,
        "sender": config.site.sender.partition("<")[0].strip() or config.site.name,
        "leaves": show.moment(row.slot_at, config.site.zone),
        "drafted": show.moment(row.drafted_at, config.site.zone),
        "standing": show.standing(config, row, at),
        "overdue": show.overdue(config, row, at),
        "may": may,
        "findings": _findings(config, row) if may["approve"] else (),
        "readers": Subscription.objects.filter(newsletter=row.newsletter, status="active").count(),
        "stories": len(value.stories) if value else 0,
        "here": f"/studio/editions/{row.name}/",
        "tab": tab,
        "tabs": TABS,
    }


def _findings(config: Config, row: Edition) -> tuple[Finding, ...]:
    """What preflight says; a template's mistake is shown where the letter would be."""
    try:
        return preview.findings(config, row)
    except DigestError:
        return ()


def _problem(row: Edition, form: str, to: str) -> str:
    """Why a form cannot be shown; empty when it can."""
    try:
        preview.show(gate.current(), row, form, to=to, now=now())
    except DigestError as error:
        return str(error)
    return ""


def _text(config: Config, row: Edition, _value: Value | None, _tab: str) -> dict[str, Any]:
    try:
        return {"text": preview.show(config, row, "text", now=now()).decode(), "problem": ""}
    except DigestError as error:
        return {"text": "", "problem": str(error)}


def _framed(_config: Config, row: Edition, _value: Value | None, tab: str) -> dict[str, Any]:
    return {"problem": _problem(row, tab, "")}


def _posts(config: Config, row: Edition, value: Value | None, _tab: str) -> dict[str, Any]:
    planned = {(post.account, post.kind, post.item): post for post in show.posts(row)}
    composed = value.posts if value else ()
    found = [_post(config, post, planned.pop((post.account, post.kind, post.item), None)) for post in composed]
    # What was sent of an earlier version is on the account all the same.
    found += [_post(config, post, post) for post in planned.values()]
    return {"posts": found}


def _post(config: Config, post: PostValue | Post, frozen: Post | None) -> dict[str, Any]:
    """One post as composed, and what became of it once it was frozen."""
    shown = {
        "account": post.account,
        "kind": post.kind,
        "text": frozen.text if frozen else post.text,
        "length": post.length if isinstance(post, PostValue) else weighted(post.text),
        "limit": next(
            (LIMITS[one.network] for one in config.accounts if one.channel == post.account), LIMITS["folder"]
        ),
    }
    if frozen is None:
        return shown | {"status": "", "due": "", "url": "", "reply": "", "settle": None, "uncertain": False}
    return shown | {
        "status": show.POSTS.get(frozen.status, frozen.status),
        "due": show.moment(frozen.due_at, config.site.zone) if frozen.status == "planned" else "",
        "url": frozen.url,
        "reply": frozen.reply,
        "settle": frozen.pk if frozen.status in OPEN else None,
        "uncertain": frozen.status == "uncertain",
    }


def _ranks(config: Config, row: Edition, value: Value | None, _tab: str) -> dict[str, Any]:
    stories = value.stories if value else ()
    best = max((abs(reason.points) for story in stories for reason in story.reasons), default=1.0) or 1.0
    skipped = value.skipped if value else ()
    shown = [int(one.id) for one in stories] + [int(one.story) for one in skipped[:300]]
    wishes = Story.objects.filter(pk__in=shown).exclude(wish="").values_list("pk", "wish")
    return {
        "best": best,
        "skipped": skipped[:300],
        "more": max(0, len(skipped) - 300),
        "wishes": {str(pk): word for pk, word in wishes},
        "open": row.status == Status.DRAFT,
        "accounts": told.accounts(config, [int(one.id) for one in stories]),
        "said": told.shapings(config, [int(one.id) for one in stories]),
        "joinable": told.choices(value),
        "day": lambda since: carried_day(since, row.slot_at, config.site.zone).removeprefix("on "),
    }


def _run(config: Config, row: Edition) -> dict[str, Any]:
    """What an editor may say of a run that is held, or that waits."""
    at = now()
    found = resume.choices(config, row, now=at)
    late = (found.go_on or found.past) and show.past_the_clock(config, row, at)
    return {
        "run": found,
        "run_late": late,
        "rests": show.moment(found.rests, config.site.zone) if found.rests else "",
        "held": row.status == Status.HELD,
    }


def _deliveries(config: Config, row: Edition, value: Value | None, _tab: str) -> dict[str, Any]:
    counts = show.letters([row]).get(row.pk, {})
    at = now()
    stand = summary(row, at)
    due = stand.counts.next_due
    followed = follows(row)
    return {
        # Without a script the page loads itself again while letters leave.
        "refresh": 10 if row.status == Status.SENDING else 0,
        **_run(config, row),
        "pace": f"{stand.pace:.0f} a second" if stand.pace else "",
        "due": show.moment(due, config.site.zone) if due and due > at and row.status != Status.HELD else "",
        "left": show.span(stand.left),
        "reasons": stand.reasons[:20],
        "reports": [
            (stand.bounces[word], f"{word}: {says}") for word, says in show.REPORTS.items() if word in stand.bounces
        ],
        "states": [status for status in show.LETTERS if counts.get(status)],
        "domains": show.domains(row, at),
        "follows": sorted(
            (
                (followed[story.id], story.headline)
                for story in (value.stories if value else ())
                if story.id in followed
            ),
            reverse=True,
        ),
        "counts": [(status, counts.get(status, 0), words) for status, words in show.LETTERS.items()],
        "total": sum(counts.values()),
        "troubled": [
            {
                "to": letter.subscriber.email if letter.subscriber else "erased",
                "status": letter.status,
                "reply": letter.reply,
                "at": show.moment(letter.at, config.site.zone),
            }
            for letter in show.troubled(row)
        ],
        "posts": [
            {
                "account": post.account,
                "kind": post.kind,
                "status": show.POSTS.get(post.status, post.status),
                "at": show.moment(post.at, config.site.zone),
                "reply": post.reply,
                "url": post.url,
            }
            for post in show.posts(row)
        ],
    }

"""The editor's word from the studio: approve what was seen, hold it, or shape it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from digest.clock.now import now
from digest.errors import DigestError, MovedOnError
from digest.feeds.address import http_address
from digest.pipeline import approve as pipeline
from digest.pipeline.resume import resume as go_on
from digest.pipeline.wish import wish as pipeline_wish
from digest.render.plain import plain
from digest.social import ledger
from digest.studio import gate, show
from digest.studio.edition import row_of
from digest.studio.pages import words

_VERDICTS: dict[str, ledger.Verdict] = {"posted": "it is there", "failed": "it failed", "again": "send again"}
_DIGITS = 18


def approve(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Approve the edition whose hash the form carries; another one is refused."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/"
    seen = request.POST.get("hash", "")
    user = gate.person(request)
    assert user is not None
    if not seen or seen != row.hash:
        return moved_on(request, here)
    try:
        pipeline.approve(gate.current(), row, by=user.email, now=now(), expected=seen)
    except MovedOnError:
        return moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot be approved as it is", str(error), status=409, back=here)
    return HttpResponseRedirect(here)


def hold(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Hold the edition, with a reason that the other editors read; the pipeline tells them."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/"
    user = gate.person(request)
    assert user is not None
    reason = plain(request.POST.get("reason", ""))[:500]
    try:
        pipeline.hold(gate.current(), row, by=user.email, now=now(), reason=reason)
    except DigestError as error:
        return words(request, "It cannot be held", str(error), status=409, back=here)
    return HttpResponseRedirect(here)


def wish(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Lift or pin a story of a draft, or leave it out; the draft is composed again."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/"
    given = request.POST
    try:
        pipeline_wish(
            gate.current(),
            row,
            given.get("story", ""),
            given.get("wish", ""),
            expected=given.get("hash", ""),
            now=now(),
        )
    except MovedOnError:
        return moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot be changed", str(error), status=409, back=here)
    return HttpResponseRedirect(f"{here}ranks")


def resume(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Let a run that was held or rests go on, past the canary if the form says so; two presses do what one does."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/deliveries"
    config, at, user = gate.current(), now(), gate.person(request)
    assert user is not None
    if show.past_the_clock(config, row, at):
        text = f"Its run stopped too long ago for the clock. From the shell it goes on: digest publish {row.name}"
        return words(request, "Too late for the clock", text, status=409, back=here)
    past = request.POST.get("past") == "canary"
    try:
        go_on(config, row, by=user.email, now=at, mark=request.POST.get("mark", ""), past_canary=past)
    except MovedOnError:
        return moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot go on", str(error), status=409, back=here)
    return HttpResponseRedirect(here)


def settle(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Say what became of a post that is uncertain or failed, after a look at the account."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/posts"
    user = gate.person(request)
    assert user is not None
    given = request.POST
    number, verdict, url = given.get("post", ""), _VERDICTS.get(given.get("verdict", "")), given.get("url", "").strip()
    if verdict is None or not number.isdecimal() or len(number) > _DIGITS:
        return words(request, "Nothing was said of it", "Choose what you saw on the account.", status=400, back=here)
    if given.get("looked") != "yes":
        text = "Look at the account first, and say so with a tick: a post that is sent again may stand there twice."
        return words(request, "Nothing was changed", text, status=400, back=here)
    if url and not http_address(url):
        return words(request, "Nothing was changed", f"“{plain(url)}” is no web address.", status=400, back=here)
    post = row.posts.filter(pk=int(number)).first()
    if post is None:
        return words(request, "There is no such post", "Look at the edition's posts again.", status=404, back=here)
    try:
        ledger.settle(post, verdict, by=user.email, now=now(), url=http_address(url))
    except DigestError as error:
        return words(request, "It cannot be settled", str(error), status=409, back=here)
    return HttpResponseRedirect(here)


def moved_on(request: HttpRequest, here: str) -> HttpResponseBase:
    """Say that the edition is not the one the editor saw."""
    text = (
        "The edition has changed since you looked at it, so your word would have been for something else. "
        "Nothing was done. Look again, then decide."
    )
    return words(request, "The edition has moved on", text, status=409, back=here)

"""The editor's word from the studio: approve what was seen, hold it, or shape it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from digest.clock.now import now
from digest.errors import DigestError, MovedOnError
from digest.pipeline import approve as pipeline
from digest.pipeline.wish import wish as pipeline_wish
from digest.render.plain import plain
from digest.studio import gate
from digest.studio.edition import row_of
from digest.studio.pages import words


def approve(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Approve the edition whose hash the form carries; another one is refused."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/"
    seen = request.POST.get("hash", "")
    user = gate.person(request)
    assert user is not None
    if not seen or seen != row.hash:
        return _moved_on(request, here)
    try:
        pipeline.approve(gate.current(), row, by=user.email, now=now(), expected=seen)
    except MovedOnError:
        return _moved_on(request, here)
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
    """Lift a story of a draft or leave it out; the draft is composed again."""
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
        return _moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot be changed", str(error), status=409, back=here)
    return HttpResponseRedirect(f"{here}ranks")


def _moved_on(request: HttpRequest, here: str) -> HttpResponseBase:
    text = (
        "The edition has changed since you looked at it, so your word would have been for something else. "
        "Nothing was done. Look again, then decide."
    )
    return words(request, "The edition has moved on", text, status=409, back=here)

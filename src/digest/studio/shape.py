"""The editor's word on what is one story: two are joined, or articles of one parted from it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from digest.clock.now import now
from digest.errors import DigestError, MovedOnError
from digest.pipeline import shape as pipeline
from digest.studio import gate
from digest.studio.decide import moved_on
from digest.studio.edition import row_of
from digest.studio.pages import words


def shape(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Join two stories of a draft, or part articles from one; the draft is composed again."""
    row, here = row_of(newsletter, slot), f"/studio/editions/{newsletter}/{slot}/"
    user = gate.person(request)
    assert user is not None
    given = request.POST
    story, seen = given.get("story", ""), given.get("hash", "")
    try:
        if given.get("act") == "join":
            pipeline.merge(gate.current(), row, story, given.get("other", ""), by=user.email, expected=seen, now=now())
        else:
            pipeline.split(
                gate.current(), row, story, given.getlist("article"), by=user.email, expected=seen, now=now()
            )
    except MovedOnError:
        return moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot be changed", str(error), status=409, back=f"{here}ranks")
    return HttpResponseRedirect(f"{here}ranks")

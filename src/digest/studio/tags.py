"""An editor's word on a tag, and the names that recur in recent articles and have no tag."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from digest.clock.now import now
from digest.content.tags.suggest import Suggestion
from digest.errors import DigestError, MovedOnError
from digest.pipeline.retag import retag
from digest.pipeline.vocabulary import suggestions
from digest.store.articles import Article
from digest.studio import gate
from digest.studio.decide import moved_on
from digest.studio.edition import row_of
from digest.studio.pages import page, words

_WORDS = {"yes": True, "no": False, "back": None}
_LOOKED_AT = 1_000  # articles, the newest first, for the page of suggestions: about three seconds' work, once


def say(request: HttpRequest, newsletter: str, slot: str) -> HttpResponseBase:
    """Note that a tag fits a story, or does not, or take that back."""
    here = f"/studio/editions/{newsletter}/{slot}/"
    user, given = gate.person(request), request.POST
    assert user is not None
    if given.get("word") not in _WORDS:
        text = "Choose a tag, and whether it fits."
        return words(request, "Nothing was changed", text, status=400, back=f"{here}tags")
    try:
        retag(
            gate.current(),
            row_of(newsletter, slot),
            given.get("article", ""),
            given.get("tag", ""),
            fits=_WORDS[given["word"]],
            by=user.email,
            expected=given.get("hash", ""),
            now=now(),
        )
    except MovedOnError:
        return moved_on(request, here)
    except DigestError as error:
        return words(request, "It cannot be changed", str(error), status=409, back=f"{here}tags")
    return HttpResponseRedirect(f"{here}tags")


def lacking(request: HttpRequest) -> HttpResponseBase:
    """What recurs in recent articles and has no tag."""
    config = gate.current()
    newest = Article.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = _lacking(config.model_dump_json(include={"tags", "feeds", "site"}), newest)
    return page(request, "lacking", {"title": "Tags", "found": found, "tags": len(config.tags)})


@lru_cache(maxsize=2)
def _lacking(_config: str, _newest: int) -> tuple[Suggestion, ...]:
    """The suggestions, looked for again when an article came in or the configuration changed."""
    return tuple(suggestions(gate.current(), now=now(), most=_LOOKED_AT))

"""Reads the fields of a form that anybody may send: no files, each at most so long, and only values that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.utils.translation.trans_real import parse_accept_lang_header

from digest import resources
from digest.audience import zones
from digest.audience.choices import sections
from digest.config import Newsletter

_DRAINED = 2_000_000
LONGEST = 320
"""Characters of a field; the longest address has 254, and some a few more."""


class _NoFiles(FileUploadHandler):
    """Ends the reading of a form at its first file: no form of ours has one, and a disk is soon full."""

    def new_file(self, *_args: Any, **_named: Any) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - the library's signature
        raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - the library's signature
        return None


def fields(request: HttpRequest) -> QueryDict:
    """The fields of a POST in either encoding.

    Raises:
        django.core.exceptions.SuspiciousOperation: it is too big, or has too many fields; Django answers 400.
    """
    request.upload_handlers = [_NoFiles(request)]
    return request.POST


def drain(request: HttpRequest) -> None:
    """Read a body that means nothing, up to 2 MB, when the act is done: who still sends may miss the answer otherwise.

    A server that answers early closes the connection, and the sender's system then drops what it had received.
    """
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    body = request.environ["wsgi.input"] if chunked and isinstance(request, WSGIRequest) else request
    left = _DRAINED
    try:
        while left > 0 and (piece := body.read(min(left, 65536))):
            left -= len(piece)
    except OSError:
        return


def one(given: Mapping[str, Any], name: str) -> str:
    """One field on one line, cut where no honest value goes on."""
    value = given.get(name, "")
    return " ".join(str(value)[:LONGEST].replace("\x00", "").split())


def language(request: HttpRequest, asked: str = "") -> str:
    """The language of a page: the one that is asked for, else the browser's first that we speak; empty for none.

    Args:
        request: its address may say `?language=de`.
        asked: what a form says.
    """
    spoken = resources.languages(settings.HOME)
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    for wanted in (asked, request.GET.get("language", ""), *(tag for tag, weight in accepted if weight)):
        tag = wanted.lower().replace("_", "-")
        for known in (tag, tag.partition("-")[0]):
            if known in spoken:
                return known
    return ""


def zone(given: Mapping[str, Any]) -> str:
    """The chosen zone; empty for the newsroom's."""
    found = one(given, "zone")
    return found if found in zones.names() else ""


def form(given: Mapping[str, Any]) -> str:
    """The chosen form of letters: "rich" or "text"."""
    return "text" if one(given, "format") == "text" else "rich"


def topics(given: QueryDict, name: str, newsletter: Newsletter) -> tuple[str, ...]:
    """The topics chosen for a newsletter; none means everything, and so do all.

    A box is called `topic` and says "world", or "daily/world" where a page has several newsletters.
    """
    there = sections(newsletter)
    said: Sequence[str] = given.getlist("topic")[:500]
    chosen = {key for key in there if key in said or f"{name}/{key}" in said}
    return () if chosen == set(there) else tuple(sorted(chosen))

"""Lets only absolute http and https addresses into anything a reader can press."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from digest.errors import RefusedError
from digest.render.plain import plain

_KEPT = "/:?#[]@!$&'()*+,;=%-._~"


@lru_cache(maxsize=4096)
def link(url: str) -> str:
    """The address, in ASCII, safe inside any attribute: spaces, quotes, backslashes and letters beyond ASCII are coded.

    A letter says each address in several of its forms, so the last few thousand are remembered.

    Raises:
        RefusedError: it is not an absolute http or https address with a host, or it carries a password.
    """
    text = plain(url)
    try:
        parts = urlsplit(text.replace("\\", "%5C"))
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RefusedError(f"'{text[:200]}' is no address a letter may carry: {error}.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise RefusedError(f"'{text[:200]}' is no address a letter may carry: it must start with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise RefusedError(f"The address at '{host}' carries a user name, which hides where it leads: remove it.")
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RefusedError(f"'{text[:200]}' has a host name that cannot be written: {error}.") from error
    if ":" in name:
        name = f"[{name}]"
    place = quote(name, safe="[]:.-_") + (f":{port}" if port else "")
    kept = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, place, *kept))

"""Reads the addresses a fetch goes through: which can be fetched, where a redirect leads, what may be shown. Pure."""

from __future__ import annotations

from yarl import URL


class NoAnswerError(Exception):
    """There is no answer, or none that is of use; the message says why, in words."""


def readable(address: str) -> URL:
    """Read an address that may be fetched.

    Raises:
        NoAnswerError: it is no http(s) address; the words never repeat it, for it may hold a password.
    """
    try:
        url = URL(address.strip())
        sound = bool(url.host) and url.port is not None
    except ValueError:
        raise NoAnswerError("is not an address that can be read") from None
    if url.scheme not in ("http", "https") or not sound:
        raise NoAnswerError("is not an http or https address")
    return url.with_fragment(None)


def redirected(url: URL, location: str) -> URL:
    """Say where a redirect leads. A password goes along to the same host and port only, and none is taken from it.

    Raises:
        NoAnswerError: the target is no address that may be fetched.
    """
    try:
        target = readable(str(url.join(URL(location.strip()))))
    except ValueError:
        raise NoAnswerError("redirects to an address that cannot be read") from None
    except NoAnswerError as reason:
        raise NoAnswerError(f"redirects, but the new address {reason}") from None
    target = target.with_user(None)
    if url.user is not None and target.origin() == url.with_user(None).origin():
        target = target.with_user(url.user).with_password(url.password)
    return target


def is_weaker(url: URL, target: URL) -> bool:
    """Say whether a redirect leads from https to http: followed, but never remembered."""
    return url.scheme == "https" and target.scheme == "http"


def shown(url: URL) -> str:
    """Write an address without user name and password."""
    return str(url.with_user(None))
